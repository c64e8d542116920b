"""The project's files: where it begins, its posts and schedules, its pictures. Nothing outside it is ever read."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from publisher.content.pictures import place
from publisher.content.spelling import find_near
from publisher.errors import ConfigError, ContentError
from publisher.words import Finding

if TYPE_CHECKING:
    from publisher.model import Media

PROJECT = "publisher.yml"
TEXT_LIMIT = 20_000_000
"""Reads are bounded here; what a post or a schedule may measure is for their parsers to say."""
PICTURE_LIMIT = 50_000_000
"""More than any network takes for one picture."""
PIXELS = 120_000_000
"""More than any network takes; larger ones are decompression bombs more often than photographs."""

_SIGNS = (
    ("PNG", 0, b"\x89PNG\r\n\x1a\n"),
    ("JPEG", 0, b"\xff\xd8\xff"),
    ("GIF", 0, b"GIF8"),
    ("WEBP", 8, b"WEBP"),
    ("AVIF", 4, b"ftypavif"),
    ("AVIF", 4, b"ftypavis"),
)
_ORIENTATION = 0x0112
_TURNED = (5, 6, 7, 8)


class WorkTree(Struct, frozen=True):
    """A project on disk. Paths are relative to `root`, with `/`, and lead nowhere else."""

    root: Path

    @staticmethod
    def find(start: Path) -> Path:
        """The nearest folder at or above `start` that holds publisher.yml. Raises ConfigError where there is none."""
        here = start.resolve()
        for folder in (here, *here.parents):
            if (folder / PROJECT).is_file():
                return folder
        raise ConfigError(f"there is no {PROJECT} in {here} or above it", hint="publisher init")

    def project_source(self) -> bytes:
        """The bytes of publisher.yml. Raises ConfigError when they cannot be read."""
        try:
            return self.read(PROJECT)
        except ContentError as error:
            raise ConfigError(str(error), hint=error.hint) from error

    def posts(self, folder: str = "content") -> Iterator[str]:
        """The paths of the posts (`*.md`) in a folder and below, in git's order, one at a time.

        Hidden files and folders are passed over, and so are links to folders of the project: their posts are found
        where they are. A name that is not UTF-8 is spelled out, and refused by `read`. Raises ContentError for a link
        that leads out of it.
        """
        return self._files(folder, (".md",))

    def schedules(self, folder: str = "schedules") -> Iterator[str]:
        """The paths of the schedules (`*.yml`, `*.yaml`) in a folder and below, as `posts` gives those of the posts."""
        return self._files(folder, (".yml", ".yaml"))

    def _files(self, folder: str, endings: tuple[str, ...]) -> Iterator[str]:
        if not os.path.lexists(self.root / folder):
            return
        self._inside(folder)
        yield from self._walk(folder.strip("/"), endings)

    def _walk(self, folder: str, endings: tuple[str, ...]) -> Iterator[str]:
        for name, is_folder in self._entries(folder):
            path = name if folder in ("", ".") else f"{folder}/{name}"
            if is_folder:
                yield from self._walk(path, endings)
            elif name.endswith(endings):
                yield readable(path)

    def _entries(self, folder: str) -> list[tuple[str, bool]]:
        """A folder's visible entries; a folder sorts as if its name ended in `/`, so that whole paths are in order."""
        try:
            with os.scandir(self.root / folder) as entries:
                seen = [
                    (entry.name, self._is_folder(folder, entry)) for entry in entries if not entry.name.startswith(".")
                ]
        except OSError as error:
            raise ContentError(f"the folder {readable(folder)} cannot be read: {error.strerror}") from error
        kept = [(name, is_folder) for name, is_folder in seen if is_folder is not None]
        return sorted(kept, key=lambda one: one[0] + "/" * one[1])

    def _is_folder(self, folder: str, entry: os.DirEntry[str]) -> bool | None:
        """Whether it is a folder to go into; None for a link to one that is inside the project anyway."""
        try:
            linked = entry.is_symlink() and entry.is_dir()
        except OSError:  # it leads round in a circle: reading it says so
            linked = False
        if not linked:
            return entry.is_dir(follow_symlinks=False)
        self._inside(f"{folder}/{entry.name}")
        return None

    def _inside(self, path: str) -> Path:
        """Where a path really leads. Raises ContentError when that is outside the project, or nowhere."""
        try:
            found = (self.root / path).resolve(strict=True)
        except (OSError, RuntimeError, ValueError) as error:
            if "\\x" in path and os.path.lexists(self.root / _original(path)):
                raise ContentError(f"{path[:200]} cannot be read: its name is not UTF-8", hint="rename it") from error
            raise ContentError(f"there is no file {path[:200]} in this project") from error
        if not found.is_relative_to(_real(self.root)):
            raise _Outside(f"{path[:200]} leads out of the project", hint="copy the file into the project")
        return found

    def read(self, path: str, limit: int = TEXT_LIMIT) -> bytes:
        """The bytes of a file. Raises ContentError when it is not there, no file, outside, or over `limit`."""
        found = self._inside(path)
        try:
            descriptor = os.open(found, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
            with os.fdopen(descriptor, "rb") as file:
                size = os.fstat(file.fileno())
                if not stat.S_ISREG(size.st_mode):
                    raise ContentError(f"{path} is not a file")
                source = file.read(limit + 1)
        except OSError as error:
            raise ContentError(f"{path} cannot be read: {error.strerror}") from error
        if len(source) > limit:
            raise ContentError(
                f"{path} has {size.st_size:,} bytes, and at most {limit:,} are read", hint="make it smaller"
            )
        return source

    def measure(self, post_path: str, file: str, alt: str) -> Media | Finding:
        """A picture named by a post: its type, size and digest, or what is wrong; its pixels are not decoded."""
        from publisher.model import Media

        path = place(post_path, file)
        if isinstance(path, Finding):
            return path
        try:
            source = self.read(path, PICTURE_LIMIT)
        except ContentError as error:
            rule = "media-outside" if isinstance(error, _Outside) else "missing-file"
            return Finding(rule=rule, message=str(error), path=post_path, hint=error.hint or self._suggest(path))
        measured = look_at(source, path)
        if isinstance(measured, Finding):
            return replace(measured, path=post_path)
        mime, width, height = measured
        digest = hashlib.sha256(source).hexdigest()
        return Media(file=path, alt=alt, digest=digest, mime=mime, size=len(source), width=width, height=height)

    def _suggest(self, path: str) -> str:
        """The nearest name in the same folder."""
        folder, _, name = path.rpartition("/")
        try:
            near = find_near(name, sorted(one.name for one in (self.root / folder).iterdir()))
        except OSError:
            return "put the picture beside the post"
        return f"did you mean `{near}`?" if near else "put the picture beside the post"


@cache
def _real(root: Path) -> Path:
    """Where the project really is, asked once for all its files."""
    return root.resolve()


class _Outside(ContentError):
    """A path that leads out of the project."""


def readable(path: str) -> str:
    """The path as it can be printed: with the number of every byte that is not UTF-8, so that nothing opens it."""
    return path if path.isascii() else path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _original(path: str) -> str:
    """The path that `readable` spells like this."""
    return os.fsdecode(re.sub(rb"\\x([0-9a-f]{2})", lambda byte: bytes.fromhex(byte[1].decode()), path.encode()))


def look_at(source: bytes, path: str) -> tuple[str, int, int] | Finding:
    """Type, width and height as a reader will see them: a photograph that is stored on its side is turned."""
    kind = _sniff(source)
    size = _size(source, kind) if kind else None
    if size is None:
        hint = "save it as PNG, JPEG, GIF, WebP or AVIF"
        return Finding(rule="not-a-picture", message=f"{path} is not a picture that can be read", hint=hint)
    width, height = size
    if width * height > PIXELS:
        return Finding(
            rule="picture-too-big", message=f"{path} has more than {PIXELS:,} pixels", hint="make it smaller"
        )
    return f"image/{kind.lower()}", width, height


def _sniff(source: bytes) -> str:
    """The picture's type by its first bytes, or empty."""
    for kind, start, sign in _SIGNS:
        if source[start : start + len(sign)] == sign:
            return kind
    return ""


def _size(source: bytes, kind: str) -> tuple[int, int] | None:
    """Width and height; None when the picture cannot be read. An enormous one is told by its size, never unpacked."""
    import struct
    import warnings

    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(source), formats=(kind,)) as image:
                width, height = image.size
                turned = kind == "JPEG" and image.getexif().get(_ORIENTATION) in _TURNED
    except Image.DecompressionBombError:
        return PIXELS, PIXELS
    except (OSError, SyntaxError, ValueError, LookupError, TypeError, ArithmeticError, AttributeError, struct.error):
        return None
    return (height, width) if turned else (width, height)
