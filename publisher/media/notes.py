"""The hidden notes in a picture's file (where and when it was taken, by whom, with what), taken out without a loss.

Only whole blocks of the file are left out; no pixel is touched. What Pillow would have to guess is read here byte by
byte: JPEG (ITU T.81), PNG (W3C), and WebP (its container specification).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from publisher.errors import ContentError

_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
_ALONE = {0x01, *range(0xD0, 0xD9)}
_START_OF_SCAN, _END = 0xDA, 0xD9
_PNG_NOTES = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
_WEBP_NOTES = {b"EXIF", b"XMP "}
_WEBP_FLAGS = 0b0000_1100
"""The two bits of VP8X that promise Exif and XMP."""


def take_notes_out(source: bytes, mime: str) -> bytes:
    """The picture's bytes without its hidden notes; the very same bytes when it has none.

    Raises ContentError when the file ends too early.
    """
    strip = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp}.get(mime)
    try:
        return b"".join(strip(source)) if strip else source
    except (IndexError, struct.error) as error:
        raise ContentError("the file is cut off", hint="export it again") from error


def _jpeg(source: bytes) -> Iterator[bytes]:
    yield source[:2]
    at = 2
    while True:
        while source[at] == 0xFF and source[at + 1] == 0xFF:
            at += 1
        marker = source[at + 1]
        if source[at] != 0xFF:
            raise IndexError(at)
        if marker == _END:
            yield source[at : at + 2]
            return
        end = at + 2 if marker in _ALONE else at + 2 + struct.unpack_from(">H", source, at + 2)[0]
        if marker == _START_OF_SCAN:
            found = _NEXT_MARKER.search(source, end)
            if found is None:
                raise IndexError(end)
            end = found.start()
        if _is_kept(marker, source[at + 4 : at + 18]):
            yield source[at:end]
        at = end


def _is_kept(marker: int, begin: bytes) -> bool:
    """Whether a JPEG needs the block to be shown as it should: of the optional ones, JFIF, Adobe's and its colours."""
    if marker == 0xE2:
        return begin.startswith(b"ICC_PROFILE\0")
    if marker == 0xE0:
        return begin.startswith(b"JFIF\0")
    return marker == 0xEE or not (0xE0 <= marker <= 0xEF or marker == 0xFE)


def _png(source: bytes) -> Iterator[bytes]:
    yield source[:8]
    for kind, block in _blocks(source, 8, ">I4s", 12):
        if kind not in _PNG_NOTES:
            yield block
        if kind == b"IEND":
            return
    raise IndexError(len(source))


def _webp(source: bytes) -> Iterator[bytes]:
    size = struct.unpack_from("<I", source, 4)[0] + 8
    if size > len(source):
        raise IndexError(size)
    blocks = list(_blocks(source[:size], 12, "<4sI", 8))
    kept = [block for kind, block in blocks if kind not in _WEBP_NOTES]
    if len(kept) == len(blocks):
        yield source
        return
    if kept[0].startswith(b"VP8X"):
        kept[0] = kept[0][:8] + bytes([kept[0][8] & ~_WEBP_FLAGS]) + kept[0][9:]
    yield b"RIFF" + struct.pack("<I", 4 + sum(map(len, kept))) + b"WEBP"
    yield from kept


def _blocks(source: bytes, at: int, head: str, around: int) -> Iterator[tuple[bytes, bytes]]:
    """The blocks of a file from `at`: name and bytes. `around` is what a block has beside its content."""
    even = head.startswith("<")
    while at < len(source):
        first, second = struct.unpack_from(head, source, at)
        kind, length = (first, second) if even else (second, first)
        end = at + around + length + (length % 2 if even else 0)
        if end > len(source):
            raise IndexError(end)
        yield kind, source[at:end]
        at = end
