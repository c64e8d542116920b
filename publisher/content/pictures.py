"""Which picture is meant, and whether its words will do: rules about names and alt text, without touching a file."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Protocol

from publisher.content.plain import tidy
from publisher.words import Finding

if TYPE_CHECKING:
    from publisher.model import Media

_URL = r"(?i)[a-z][a-z0-9+.-]+:"
_DRIVE = r"(?i)[a-z]:[\\/]"
_FILE_NAME = r"(?i)\S+\.(?:png|jpe?g|gif|webp|avif|heic|tiff?|bmp|svg|mp4|mov)"
_CAMERA = r"(?i)(?:img|dsc|dscn|pxl|image|photo|picture|screenshot|untitled)[ _-]?\d*"


class Files(Protocol):
    """The files beside the posts, asked for one picture at a time."""

    def measure(self, post_path: str, file: str, alt: str) -> Media | Finding:
        """The picture as it is, or what is wrong with it; the caller knows line and column."""
        ...


def place(post_path: str, file: str) -> str | Finding:
    """The picture's path inside the project; a finding for a name that is an address or leads out of it."""
    if (re.match(_URL, file) and not re.match(_DRIVE, file)) or file.startswith("//"):
        return Finding(
            rule="media-url",
            message="a picture is a file beside the post, and this is an address",
            hint="download it and name the file",
        )
    if "\\" in file or re.match(_DRIVE, file):
        return Finding(
            rule="media-outside",
            message="a picture's path is written with `/`",
            hint=f"file: {file.replace(chr(92), '/')}",
        )
    if not file.strip() or any(sign < " " for sign in file):
        return Finding(rule="missing-file", message="the picture has no file name", hint="file: loop.png")
    if file.startswith(("/", "~")) or ".." in file.split("/"):
        return Finding(
            rule="media-outside",
            message=f"`{file[:80]}` leads out of the post's folder",
            hint="put the picture beside the post",
        )
    return posixpath.normpath(posixpath.join(posixpath.dirname(post_path), file))


def judge_alt(file: str, alt: str) -> Finding | None:
    """What is wrong with the words that stand for a picture, if anything."""
    words, name = tidy(alt), posixpath.basename(file)
    if not words:
        return Finding(
            rule="missing-alt",
            message=f"the picture `{file[:80]}` has no alt text",
            hint='alt: "what matters in the picture"',
        )
    if (
        words.casefold() in (name.casefold(), posixpath.splitext(name)[0].casefold())
        or re.fullmatch(_FILE_NAME, words)
        or re.fullmatch(_CAMERA, words)
    ):
        return Finding(
            rule="bad-alt",
            message=f"“{words[:80]}” is a file's name, not alt text",
            hint="say what matters in the picture",
        )
    return None
