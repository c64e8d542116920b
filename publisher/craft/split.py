"""Splitting: one text as a thread of messages, with every word in its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from publisher.craft.sentences import ends
from publisher.errors import Unsupported

# A mark that sits on a space makes one grapheme with it.
_MARKS = (
    "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\U0001f3fb-\U0001f3ff"
)
_PARAGRAPH = re.compile(r"[ \t\r]*\n[ \t\r]*\n[ \t\r\n]*" + f"(?![{_MARKS}])")
_LINE = re.compile(rf"[ \t\r]*\n(?![{_MARKS}])")
_BLANK = re.compile(rf"[ \t\r\n]*(?<=[ \t\r\n])(?![{_MARKS}])")
_CLAUSE = re.compile(rf"(?<=[,;:)»—–])[ \t\r\n]+(?![{_MARKS}])|(?<=[，、；：])")
_SPACE = re.compile(rf"[ \t\r\n\u3000]+(?![{_MARKS}])")

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
        if len(parts) <= total and all(map(fits, numbered)):
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
    if level > 4:
        raise Unsupported(
            f"“{piece}” is longer than one message and cannot be cut",
            hint="shorten it, put a space in it, or write `text:` for this channel",
        )
    units, start = [], 0
    for gap, end in _gaps(piece, level, language):
        if gap > start:
            units.append((joint, piece[start:gap], level + 1))
            joint, start = piece[gap:end], end
    return [*units, (joint, piece[start:], level + 1)]


def _gaps(piece: str, level: int, language: str) -> Iterable[tuple[int, int]]:
    """Where `piece` may be cut: between its paragraphs, lines, sentences, clauses or words, by level."""
    if level == 2:
        blanks = (_BLANK.match(piece, end) for end in ends(piece, language)[:-1])
        return [blank.span() for blank in blanks if blank and blank.end() < len(piece)]
    return [match.span() for match in (_PARAGRAPH, _LINE, _CLAUSE, _CLAUSE, _SPACE)[level].finditer(piece)]
