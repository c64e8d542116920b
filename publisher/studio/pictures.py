"""Pictures small enough to travel inside a page, and without what a camera wrote into them."""

from __future__ import annotations

import base64
import warnings
from io import BytesIO

EDGE = 900
QUALITY = 74
_KINDS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF")


def shrink(source: bytes) -> bytes | None:
    """The picture upright, as a JPEG of at most `EDGE` pixels a side, on white where it was transparent.

    None where it cannot be read. Place, time and camera are not kept.
    """
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(source), formats=_KINDS) as image:
                image.thumbnail((EDGE, EDGE))
                upright = ImageOps.exif_transpose(image).convert("RGBA")
    except (OSError, SyntaxError, ValueError, LookupError, TypeError, ArithmeticError, Image.DecompressionBombError):
        return None
    flat = Image.new("RGB", upright.size, "white")
    flat.paste(upright, mask=upright)
    small = BytesIO()
    flat.save(small, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return small.getvalue()


def as_address(source: bytes) -> str:
    """The picture as a `data:` address, empty where it cannot be read."""
    small = shrink(source)
    return f"data:image/jpeg;base64,{base64.b64encode(small).decode()}" if small else ""
