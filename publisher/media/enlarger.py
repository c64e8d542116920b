"""Pixels: one picture decoded, set upright, put in its frame and written again, within a network's bytes."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING

from publisher.errors import ContentError
from publisher.media.wants import JPEG, PNG, Frame, Wants, choose_type, frame_for
from publisher.model import Media

if TYPE_CHECKING:
    from PIL import Image

PIXELS = 64_000_000
"""The largest picture that is decoded: what the largest cameras make, and some hundred megabytes of memory."""
_QUALITIES = (92, 84, 75)
_SHRINKS = 12
_ORIENTATION = 0x0112
_WHITE = (255, 255, 255)
_EVEN = 12.0
"""The deviation of a picture's edge, of 255, up to which it is one colour to the eye."""


@dataclass(frozen=True, slots=True)
class _Decoded:
    """A picture's first frame, upright; `width` and `height` are its own, which a draft of it may not have."""

    image: Image.Image
    width: int
    height: int


def read_header(source: bytes, media: Media) -> tuple[bool, bool]:
    """Whether a picture is stored otherwise than it is to be seen, and whether it moves. Raises ContentError."""
    with _opened(source, media) as image:
        return _orientation(image) > 1, bool(getattr(image, "is_animated", False))


def _orientation(image: Image.Image) -> int:
    found = image.getexif().get(_ORIENTATION, 1)
    return found if found in range(1, 9) else 1


def fit(source: bytes, media: Media, wants: Wants) -> bytes:
    """The whole picture as the network wants it: a still, upright, in sRGB, with no notes.

    Raises ContentError for a picture that is cut off, too large to be decoded, or never small enough.
    """
    if media.width * media.height > PIXELS:
        told = f"{media.file} has {media.width * media.height / 1e6:.0f} million pixels and does not fit as it is"
        raise ContentError(told, hint=f"export it with at most {PIXELS / 1e6:.0f} million")
    with _opened(source, media) as image:
        mime = choose_type(media.mime, wants, transparent=image.has_transparency_data)
        decoded = _decode(image, wants)
    return _within(decoded, mime, wants, media)


@contextmanager
def _opened(source: bytes, media: Media) -> Iterator[Image.Image]:
    from PIL import Image

    kind = media.mime.removeprefix("image/").upper()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(source), formats=(kind,)) as image:
                yield image
    except Image.DecompressionBombError as error:
        raise ContentError(f"{media.file} has too many pixels", hint="export it smaller") from error
    except (OSError, SyntaxError, ValueError, LookupError, TypeError, ArithmeticError, struct.error) as error:
        raise ContentError(f"{media.file} cannot be read whole: {error}", hint="export it again") from error


def _decode(image: Image.Image, wants: Wants) -> _Decoded:
    """The first frame, decoded no larger than it is needed, as it is to be seen."""
    from PIL import ImageOps

    width, height = image.size if _orientation(image) < 5 else image.size[::-1]
    if image.format == "JPEG":
        frame = frame_for(width, height, wants)
        side = 2 * max(frame.inner_width, frame.inner_height)
        image.draft(image.mode, (side, side))
    ImageOps.exif_transpose(image, in_place=True)
    return _Decoded(_in_srgb(image), width, height)


def _in_srgb(image: Image.Image) -> Image.Image:
    """The picture in eight bits of RGB, or RGBA where one can see through it."""
    profile, mode = image.info.get("icc_profile"), "RGBA" if image.has_transparency_data else "RGB"
    if image.mode.startswith("I"):
        # Sixteen bits of grey: Pillow would cut off what is above 255 instead of scaling it.
        return image.convert("I").point(lambda value: value / 257).convert("L").convert("RGB")
    if image.mode in ("P", "PA", "LA", "1"):
        image = image.convert("RGBA").convert(mode)
    if profile:
        return _by_profile(image, profile, mode)
    image.load()
    return image if image.mode == mode else image.convert(mode)


def _by_profile(image: Image.Image, profile: bytes, mode: str) -> Image.Image:
    from PIL import Image, ImageCms

    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        made = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):  # a profile that is broken, or of another kind of picture
        return image.convert(mode)
    return made if isinstance(made, Image.Image) else image.convert(mode)


def _within(decoded: _Decoded, mime: str, wants: Wants, media: Media) -> bytes:
    """The first of ever smaller versions that keeps within the bytes."""
    within = wants
    for _ in range(_SHRINKS):
        frame = frame_for(decoded.width, decoded.height, within)
        for written in _versions(decoded.image, frame, mime, wants):
            if len(written) <= wants.size:
                return written
        within = replace(wants, pixels=max(2, frame.width * frame.height * 6 // 10))
    raise ContentError(f"{media.file} cannot be made to fit in {wants.size:,} bytes", hint="export it smaller")


def _versions(picture: Image.Image, frame: Frame, mime: str, wants: Wants) -> Iterator[bytes]:
    """The picture in its frame without a loss, where that is wanted, then with ever more of it."""
    if mime == PNG:
        yield _png(_framed(picture, frame))
    if JPEG in wants.types:
        flat = _framed(_on_white(picture), frame)
        yield from (_jpeg(flat, quality) for quality in _QUALITIES)


def _framed(picture: Image.Image, frame: Frame) -> Image.Image:
    from PIL import Image

    inner = (frame.inner_width, frame.inner_height)
    scaled = picture if picture.size == inner else picture.resize(inner, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if not frame.is_padded:
        return scaled
    canvas = Image.new(scaled.mode, (frame.width, frame.height), _edge(scaled, frame))
    canvas.paste(scaled, ((frame.width - inner[0]) // 2, (frame.height - inner[1]) // 2))
    return canvas


def _edge(picture: Image.Image, frame: Frame) -> tuple[int, ...]:
    """The colour beside a picture: that of its edges where they are of one colour, else white or nothing."""
    from PIL import Image, ImageStat

    if picture.mode == "RGBA":
        return (*_WHITE, 0)
    width, height = picture.size
    if frame.width > frame.inner_width:
        boxes, size = ((0, 0, 1, height), (width - 1, 0, width, height)), (2, height)
    else:
        boxes, size = ((0, 0, width, 1), (0, height - 1, width, height)), (width, 2)
    edges = Image.new("RGB", size)
    edges.paste(picture.crop(boxes[0]), (0, 0))
    edges.paste(picture.crop(boxes[1]), (size[0] - 1, 0) if size[0] == 2 else (0, 1))
    seen = ImageStat.Stat(edges)
    return tuple(map(round, seen.mean)) if max(seen.stddev) <= _EVEN else _WHITE


def _on_white(picture: Image.Image) -> Image.Image:
    from PIL import Image

    if picture.mode != "RGBA":
        return picture
    paper = Image.new("RGB", picture.size, _WHITE)
    paper.paste(picture, (0, 0), picture)
    return paper


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    held = BytesIO()
    sharp = 0 if quality > 90 else 2  # colours in full where there is room: words on colours stay crisp
    # Neither optimized nor progressive: for those Pillow sets aside a byte a pixel, and fails where that is too little.
    picture.save(held, "JPEG", quality=quality, subsampling=sharp)
    return held.getvalue()


def _png(picture: Image.Image) -> bytes:
    held = BytesIO()
    picture.save(held, "PNG", optimize=True)
    return held.getvalue()
