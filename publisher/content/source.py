"""The bytes of a post, taken apart: front matter and body as text, each with the line it begins on."""

from __future__ import annotations

import hashlib
import re

from msgspec import Struct

from publisher.content.notes import Notes, Place, quote

LIMIT = 1_000_000
"""The largest file that is read, in bytes."""
BODY_LIMIT = 100_000
"""The longest body that is read, in characters: more is a book, and Markdown's time grows with its square."""
LINES_LIMIT = 10_000
"""The most lines of a body that are read: each may be a list of its own."""

_FORBIDDEN = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]"
_FENCE = "---"
_CLOSING = ("---", "...")
_EXAMPLE = "begin the file with `---`, `title: …`, `---`, each on its own line"


class Source(Struct, frozen=True, kw_only=True):
    """A post's text in two halves; both lines count from 1 in the file."""

    header: str
    body: str
    header_line: int
    body_line: int


def blob_id(source: bytes) -> str:
    """The name git gives to a file of these bytes."""
    return hashlib.sha1(b"blob %d\x00" % len(source) + source, usedforsecurity=False).hexdigest()


def split_source(source: bytes, notes: Notes) -> Source | None:
    """The two halves of a post; None, with a finding, when the file is not one."""
    text = read_text(source, notes)
    if text is None:
        return None
    if not text.strip():
        notes.add("empty-file", "the file is empty", hint=_EXAMPLE)
        return None
    return _halves(text, notes)


def read_text(source: bytes, notes: Notes) -> str | None:
    """The bytes as text with plain line ends; None, with a finding, when they are none or far too many."""
    text = _decode(source, notes)
    return None if text is None or _has_controls(text, notes) else text


def _decode(source: bytes, notes: Notes) -> str | None:
    if len(source) > LIMIT:
        notes.add("too-big", f"the file has {len(source):,} bytes; at most {LIMIT:,} are read")
        return None
    try:
        text = source.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"the byte 0x{source[error.start]:02X} at offset {error.start} is not UTF-8 text"
        at = _end_of(source[: error.start].decode().removeprefix("\ufeff"))
        notes.add("not-utf8", message, at, hint="save the file with the encoding UTF-8")
        return None
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _end_of(text: str) -> Place:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return len(lines), len(lines[-1]) + 1


def find_forbidden(text: str) -> re.Match[str] | None:
    """The first character that has no place in a text: neither YAML nor a reader can do anything with it.

    None of them is printable, so the pattern is seldom needed, and it is slow to compile.
    """
    return None if all(map(str.isprintable, text.split("\n"))) else re.search(_FORBIDDEN, text)


def _has_controls(text: str, notes: Notes) -> bool:
    found = find_forbidden(text)
    if found:
        sign = f"U+{ord(found.group()):04X}"
        notes.add(
            "bad-character",
            f"the invisible character {sign} cannot stand here",
            _end_of(text[: found.start()]),
            hint="delete it",
        )
    return found is not None


def _halves(text: str, notes: Notes) -> Source | None:
    first, _, rest = text.partition("\n")
    if first.rstrip() != _FENCE:
        blank = not first.strip() and text.lstrip().startswith(_FENCE)
        message = (
            "`---` must be the very first line"
            if blank
            else f"there is no front matter: the first line is {quote(first)}"
        )
        notes.add("no-front-matter", message, hint="remove the lines before it" if blank else _EXAMPLE)
        return None
    lines = rest.split("\n")
    end = next((number for number, line in enumerate(lines) if line.rstrip(" \t") in _CLOSING), None)
    if end is None:
        notes.add(
            "unclosed-front-matter",
            "the front matter that begins here is never closed",
            hint="put a line `---` after its last key",
        )
        return None
    header = "".join(f"{line}\n" for line in lines[:end])
    return Source(header=header, body="\n".join(lines[end + 1 :]), header_line=2, body_line=end + 3)
