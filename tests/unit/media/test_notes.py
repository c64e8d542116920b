"""Hidden notes go, and nothing else: the pixels, the colours and the movement stay as they were."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from publisher.errors import ContentError
from publisher.media.notes import take_notes_out
from tests.unit.media.pictures import exif, halves, png_notes, saved

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

NOTED = {
    "image/jpeg": saved(halves(), exif=exif(), icc_profile=PROFILE, xmp=b"<x:xmpmeta/>", comment=b"secret"),
    "image/png": saved(halves(mode="RGBA"), "PNG", exif=exif(), icc_profile=PROFILE, pnginfo=png_notes()),
    "image/webp": saved(halves(), "WEBP", exif=exif(), icc_profile=PROFILE, xmp=b"<x:xmpmeta/>", lossless=True),
}
PLAIN = {
    "image/jpeg": saved(halves()),
    "image/png": saved(halves(), "PNG"),
    "image/webp": saved(halves(), "WEBP"),
    "image/gif": saved(halves(), "GIF"),
}
PROGRESSIVE = saved(halves(), progressive=True, optimize=True, restart_marker_rows=1, exif=exif())


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize("mime", NOTED)
def test_where_and_when_and_by_whom_is_gone(mime: str) -> None:
    source = NOTED[mime]
    assert opened(source).getexif()
    clean = take_notes_out(source, mime)
    assert not opened(clean).getexif()
    assert not {"exif", "xmp", "comment", "Author"} & opened(clean).info.keys()
    assert not any(word in clean for word in (b"A camera", b"xmpmeta", b"secret", b"Somebody"))


@pytest.mark.parametrize("mime", NOTED)
def test_pixels_and_colours_stay(mime: str) -> None:
    before, after = opened(NOTED[mime]), opened(take_notes_out(NOTED[mime], mime))
    assert after.tobytes() == before.tobytes()
    assert after.info["icc_profile"] == PROFILE


@pytest.mark.parametrize("mime", NOTED)
def test_what_was_taken_out_once_is_not_there_again(mime: str) -> None:
    clean = take_notes_out(NOTED[mime], mime)
    assert take_notes_out(clean, mime) == clean


@pytest.mark.parametrize("mime", PLAIN)
def test_a_picture_without_notes_is_the_very_same(mime: str) -> None:
    assert take_notes_out(PLAIN[mime], mime) == PLAIN[mime]


def test_a_progressive_jpeg_keeps_all_its_scans() -> None:
    clean = take_notes_out(PROGRESSIVE, "image/jpeg")
    assert len(clean) < len(PROGRESSIVE)
    assert opened(clean).tobytes() == opened(PROGRESSIVE).tobytes()


def test_a_second_picture_behind_a_jpeg_goes_too() -> None:
    behind = PLAIN["image/jpeg"] + NOTED["image/jpeg"]
    assert take_notes_out(behind, "image/jpeg") == PLAIN["image/jpeg"]


def test_a_moving_webp_goes_on_moving() -> None:
    frames = [halves(), halves().rotate(90)]
    moving = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], exif=exif(), lossless=True)
    assert getattr(opened(take_notes_out(moving, "image/webp")), "n_frames", 1) == 2


@pytest.mark.parametrize("mime", NOTED)
def test_a_file_that_is_cut_off_is_told(mime: str) -> None:
    for end in range(16, len(NOTED[mime]) - 2, 61):
        with pytest.raises(ContentError, match="cut off"):
            take_notes_out(NOTED[mime][:end], mime)


@given(st.sampled_from(sorted(NOTED)), st.binary(min_size=1, max_size=8), st.data())
@settings(max_examples=80)
def test_any_bytes_end_in_a_picture_or_a_complaint(mime: str, harm: bytes, data: st.DataObject) -> None:
    source = NOTED[mime]
    at = data.draw(st.integers(0, len(source)))
    with suppress(ContentError):
        assert len(take_notes_out(source[:at] + harm + source[at + len(harm) :], mime)) <= len(source) + len(harm)
