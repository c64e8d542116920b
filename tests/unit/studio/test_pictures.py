from __future__ import annotations

import base64
from io import BytesIO

import pytest
from PIL import Image

from publisher.studio.pictures import EDGE, as_address, shrink

ORIENTATION, CAMERA = 0x0112, 0x010F


def drawn(width: int, height: int) -> bytes:
    picture = BytesIO()
    Image.new("RGB", (width, height), "red").save(picture, "PNG")
    return picture.getvalue()


def opened(source: bytes | None) -> Image.Image:
    assert source
    return Image.open(BytesIO(source))


@pytest.mark.parametrize(
    ("size", "shown"), [((1800, 900), (900, 450)), ((1000, 2000), (450, 900)), ((40, 30), (40, 30)), ((1, 1), (1, 1))]
)
def test_a_picture_is_made_smaller_and_never_larger(size: tuple[int, int], shown: tuple[int, int]) -> None:
    picture = opened(shrink(drawn(*size)))
    assert (picture.format, picture.size) == ("JPEG", shown)
    assert max(picture.size) <= EDGE


def test_what_a_camera_wrote_is_gone_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[CAMERA] = 6, "Secret camera"
    source = BytesIO()
    Image.new("RGB", (60, 40), "red").save(source, "JPEG", exif=exif)
    assert b"Secret camera" in source.getvalue()
    small = shrink(source.getvalue())
    assert opened(small).size == (40, 60)
    assert not opened(small).getexif()
    assert b"Secret camera" not in (small or b"")


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_white(mode: str) -> None:
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 0)).convert(mode)
    source = BytesIO()
    clear.save(source, "PNG", **({"transparency": 0} if mode == "P" else {}))
    shown = opened(shrink(source.getvalue())).convert("RGB").getpixel((4, 4))
    assert isinstance(shown, tuple)
    assert min(shown) >= 250


@pytest.mark.parametrize("source", [b"", b"no picture", b"\x89PNG\r\n\x1a\n", drawn(60, 60)[:-30], b"<svg/>"])
def test_what_cannot_be_read_has_no_address(source: bytes) -> None:
    assert as_address(source) == ""


def test_an_address_holds_the_whole_picture() -> None:
    head, _, body = as_address(drawn(10, 10)).partition(",")
    assert head == "data:image/jpeg;base64"
    assert opened(base64.b64decode(body)).size == (10, 10)
