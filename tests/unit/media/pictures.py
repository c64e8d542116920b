"""Pictures of every awkward kind, made where they are needed."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin

from publisher.media.darkroom import Darkroom
from publisher.media.wants import Wants
from publisher.model import Finding, Media
from publisher.worktree import PICTURE_LIMIT, WorkTree

ALT = "A loop of three steps"
GPS = 0x8825
INSTAGRAM = Wants(types=("image/jpeg",), size=8_000_000, ratio_least=800, ratio_most=1910, width_most=1440)
X = Wants(types=("image/jpeg", "image/png", "image/gif", "image/webp"), size=5 * 1024 * 1024)
FACEBOOK = Wants(types=("image/jpeg", "image/png"), size=4 * 1024 * 1024)


def saved(image: Image.Image, kind: str = "JPEG", **how: Any) -> bytes:
    held = io.BytesIO()
    image.save(held, kind, **how)
    return held.getvalue()


def halves(width: int = 400, height: int = 400, *, mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), "#c02020")
    image.paste("#2020c0", (width // 2, 0, width, height))
    return image.convert(mode)


def noise(width: int, height: int) -> Image.Image:
    """What no compression makes small."""
    return Image.frombytes("L", (width, height), _random(width * height)).convert("RGB")


def _random(length: int) -> bytes:
    import random

    return random.Random(7).randbytes(length)


def exif(orientation: int = 1) -> Image.Exif:
    notes = Image.Exif()
    notes[0x0112] = orientation
    notes[0x010F] = "A camera"
    notes.get_ifd(GPS).update({1: "N", 2: (48.0, 23.0, 24.0)})
    return notes


def png_notes() -> PngImagePlugin.PngInfo:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Somebody")
    return notes


class Project:
    """A folder with pictures, and the darkroom of one run in it."""

    def __init__(self, root: Path) -> None:
        self.root, self.tree = root, WorkTree(root)

    @property
    def cellar(self) -> Path:
        folder = self.root / ".publisher" / "media"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def darkroom(self) -> Darkroom:
        """A new one, as another process has."""
        return Darkroom(self.read, lambda: self.cellar)

    def read(self, media: Media) -> bytes:
        return self.tree.read(media.file, PICTURE_LIMIT)

    def add(self, content: bytes, name: str = "loop.jpg") -> Media:
        (self.root / name).write_bytes(content)
        media = self.tree.measure("post.md", name, ALT)
        assert not isinstance(media, Finding), media
        return media

    def open(self, media: Media) -> Image.Image:
        content = self.read(media)
        assert media.digest == hashlib.sha256(content).hexdigest()
        assert media.size == len(content)
        image = Image.open(io.BytesIO(content))
        image.load()
        assert image.size == (media.width, media.height)
        assert f"image/{(image.format or '').lower()}" == media.mime
        return image

    def made(self) -> list[str]:
        return sorted(path.name for path in self.cellar.iterdir())
