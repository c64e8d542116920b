"""Splitting: one text as a thread of messages, with every word in its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from publisher.craft.sentences import ends
from publisher.errors import Unsupported

_PARAGRAPH = re.compile(r"[ \t\r]*\n[ \t\r]*\n[ \t\r\n]*")
_LINE = re.compile(r"[ \t\r]*\n")
_BLANK = re.compile(r"[ \t\r\n]*")
_CLAUSE = re.compile(r"(?<=[,;:)»—–])[ \t\r\n]+|(?<=[，、；：])")
_SPACE = re.compile(r"[ \t\r\n\u3000]+")
_BY_LEVEL = (_PARAGRAPH, _LINE, None, _CLAUSE, _SPACE)  # sentences have no pattern

_Fits = Callable[[str, int], bool]


def split(
    text: str,
    limit: int,
    length: Callable[[str], int],
    *,
    number: Callable[[int, int], str] | None = None,
    language: str = "en",
) -> tuple[str, ...]:
    """`text` as messages of at most `limit`, cut at the ends of paragraphs, else of sentences, clauses, words.

    `number(i, n)` gives what follows message i of n, and is counted; a text that fits one message has no number.
    Raises Unsupported when one word is longer than a message.
    """
    text = text.strip()
    if length(text) <= limit:
        return (text,)
    if number is None:
        return _pack(text, lambda part, _: length(part) <= limit, language)
    return _numbered(text, lambda part: length(part) <= limit, number, language)


def _numbered(
    text: str, fits: Callable[[str], bool], number: Callable[[int, int], str], language: str
) -> tuple[str, ...]:
    def fits_as(part: str, i: int) -> bool:
        return fits(part + number(i, total))

    total, most = 2, len(text) + 2
    while total <= most:
        parts = _pack(text, fits_as, language)
        numbered = tuple(part + number(i, len(parts)) for i, part in enumerate(parts, 1))
        if all(map(fits, numbered)):
            return numbered
        total = max(total + 1, len(parts))
    raise Unsupported("the numbers of this thread leave no room for its words", hint="leave the thread unnumbered")


def _pack(text: str, fits: _Fits, language: str) -> tuple[str, ...]:
    parts = [""]
    left = [("", text, 0)]
    while left:
        joint, piece, level = left.pop()
        longer = parts[-1] + joint + piece if parts[-1] else piece
        if fits(longer, len(parts)):
            parts[-1] = longer
        elif parts[-1] and fits(piece, len(parts) + 1):
            parts.append(piece)
        else:
            left += reversed(_cut(joint, piece, level, language))
    return tuple(parts)


def _cut(joint: str, piece: str, level: int, language: str) -> list[tuple[str, str, int]]:
    """`piece` cut into the next smaller units, each with the blank before it."""
    if level == len(_BY_LEVEL):
        raise Unsupported(
            f"“{piece}” is longer than one message and cannot be cut",
            hint="shorten it, put a space in it, or write `text:` for this channel",
        )
    units, start = [], 0
    for gap, end in _gaps(piece, level, language):
        if end < len(piece) and not _clings(piece[end]):
            units.append((joint, piece[start:gap], level + 1))
            joint, start = piece[gap:end], end
    return [*units, (joint, piece[start:], level + 1)]


def _gaps(piece: str, level: int, language: str) -> Iterable[tuple[int, int]]:
    """Where `piece` may be cut: between its paragraphs, lines, sentences, clauses or words, by level."""
    pattern = _BY_LEVEL[level]
    found = pattern.finditer(piece) if pattern else (_BLANK.match(piece, end) for end in ends(piece, language))
    return [match.span() for match in found if match]


def _clings(sign: str) -> bool:
    """Whether this sign makes one grapheme with whatever stands before it, even a space."""
    return unicodedata.category(sign)[0] == "M" or sign in "\u200c\u200d" or "\U0001f3fb" <= sign <= "\U0001f3ff"
