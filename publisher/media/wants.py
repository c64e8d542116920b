"""What a network wants of a picture, and the frame a picture is put in so that it gets it. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from publisher.model import Limits, Media

MADE = ".publisher/media/"
"""Where the pictures made here are kept, relative to the project; nothing in it is in git."""

JPEG, PNG, GIF = "image/jpeg", "image/png", "image/gif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants:
    """What a network takes: types, bytes, width over height in thousandths, a width, and fewer pixels than `pixels`.

    Zero stands for no such limit.
    """

    types: tuple[str, ...]
    size: int
    ratio_least: int = 0
    ratio_most: int = 0
    width_most: int = 0
    pixels: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A canvas and the size of the whole picture in its middle; where they differ, the rest is filled with a colour."""

    width: int
    height: int
    inner_width: int
    inner_height: int

    @property
    def is_padded(self) -> bool:
        """Whether there is anything to fill."""
        return (self.width, self.height) != (self.inner_width, self.inner_height)


def wants_of(limits: Limits) -> Wants:
    """What an adapter's limits say: of `more`, image_ratio_min, image_ratio_max, image_width_max and image_pixels."""

    def more(name: str) -> int:
        return limits.more[name].value if name in limits.more else 0

    return Wants(
        types=limits.image_types,
        size=limits.image_bytes.value,
        ratio_least=more("image_ratio_min"),
        ratio_most=more("image_ratio_max"),
        width_most=more("image_width_max"),
        pixels=more("image_pixels"),
    )


def fits(media: Media, wants: Wants) -> bool:
    """Whether the network takes the picture as it is."""
    frame = frame_for(media.width, media.height, wants)
    as_it_is = (frame.width, frame.height) == (media.width, media.height)
    return media.mime in wants.types and media.size <= wants.size and as_it_is


def frame_for(width: int, height: int, wants: Wants) -> Frame:
    """The frame that shows all of a picture: padded to the nearest ratio the network takes, then scaled.

    Nothing is ever cropped: what stands at the edge of a picture was put there by its author.
    """
    factor = _factor(*_pad(width, height, wants), wants)
    inner = max(1, int(width * factor)), max(1, int(height * factor))
    padded = _pad(*inner, wants)
    return Frame(width=padded[0], height=padded[1], inner_width=inner[0], inner_height=inner[1])


def _pad(width: int, height: int, wants: Wants) -> tuple[int, int]:
    if wants.ratio_least and 1000 * width < wants.ratio_least * height:
        return -(-wants.ratio_least * height // 1000), height
    if wants.ratio_most and 1000 * width > wants.ratio_most * height:
        return width, -(-1000 * width // wants.ratio_most)
    return width, height


def _factor(width: int, height: int, wants: Wants) -> Fraction:
    """By how much a canvas is made smaller to keep within the width and below the pixels."""
    factor = Fraction(1)
    if 0 < wants.width_most < width:
        factor = Fraction(wants.width_most, width)
    if wants.pixels and width * height * factor**2 >= wants.pixels:
        # A thousandth to spare: padding in whole pixels may add a row.
        factor = Fraction(isqrt((wants.pixels - 1) * 1_000_000 // (width * height)) - 1, 1000)
    return factor


def choose_type(mime: str, wants: Wants, *, transparent: bool) -> str:
    """The type to write a picture in: its own where it is taken, PNG for what one can see through, else JPEG."""
    if mime in wants.types and mime in (JPEG, PNG):
        return mime
    return PNG if PNG in wants.types and (transparent or JPEG not in wants.types) else JPEG


def tell(before: Media, after: Media, *first: str) -> str:
    """What was done to a picture, for the reviewer: `loop.png: converted to JPEG, 1080×1350, 214 kB`.

    `first` is what neither of the two can tell.
    """
    name = before.file.rpartition("/")[2]
    steps = [*first, *_steps(before, after)] or ["compressed"]
    return f"{name}: {', '.join(steps)}, {_shape(after)}"


def _steps(before: Media, after: Media) -> Iterator[str]:
    if before.mime != after.mime:
        yield f"converted to {after.mime.removeprefix('image/').upper()}"
    if abs(before.width * after.height / max(1, before.height * after.width) - 1) > 0.02:
        yield "padded to the network's shape"
    elif after.width < before.width:
        yield "scaled down"


def _shape(media: Media) -> str:
    size = f"{media.size / 1e6:.1f} MB" if media.size >= 1e6 else f"{max(1, round(media.size / 1000))} kB"
    return f"{media.width}×{media.height}, {size}"
