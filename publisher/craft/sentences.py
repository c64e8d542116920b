"""Sentences: where one ends, without being fooled by abbreviations, decimals, initials or addresses."""

from __future__ import annotations

import re
from functools import lru_cache

from publisher.craft.language import Language, speak

# A stop with its closing marks before a space, a stop of Chinese or Japanese, or a line's end. One set of signs is
# found much quicker than a choice of patterns, so that the first sign stands before the choice.
_STOP = re.compile(
    r"[.!?…。！？｡\n](?:(?<=[.!?…])(?P<more>[.!?…]*)(?:[ \u00a0\u202f]?»|[\"”’')\]])*(?=[ \t\n]|$)"
    r"|(?<=[。！？｡])[。！？｡]*[」』”’）]*|(?<=\n))",
)
_OPENING = re.compile(r"[\s\"'“‘«(\[¿¡—–-]*")
_DOTTED = re.compile(r"(?:[^\W\d_]\.-?)+[^\W\d_]")
# What is quoted goes on after its bracket: 「…か？」と尋ねた.
_GOES_ON = re.compile(r"[」』”’）](?:って|という|など|[とはがをにのもで、])")
_ADDRESS = ("http://", "https://", "www.")
_LONGEST_ABBREVIATION = 24


def sentences(text: str, language: str = "en") -> tuple[str, ...]:
    """The sentences of `text`; for text with single spaces, joined by single spaces they are `text` again.

    Chinese and Japanese stand without spaces: there `ends` gives the exact places.
    """
    found, start = [], 0
    for end in ends(text, language):
        found.append(text[start:end].strip(" \t\r\n"))
        start = end
    return tuple(filter(None, found))


@lru_cache(maxsize=512)
def ends(text: str, language: str = "en") -> tuple[int, ...]:
    """The offsets at which the sentences of `text` end; the last one is its length."""
    spoken, found, start = speak(language), [], 0
    for match in _STOP.finditer(text):
        end = match.end()
        if end < len(text) and _is_end(text, start, match, spoken):
            found.append(end)
            start = end
    return (*found, len(text)) if text else ()


def _is_end(text: str, start: int, match: re.Match[str], language: Language) -> bool:
    stop, more = match.start(), match["more"]
    if more is None:
        return not _GOES_ON.match(text, match.end() - 1)
    follows = match.end() + 1
    if not text[follows : follows + 1].isalpha():  # mostly a word follows at once
        follows = _OPENING.match(text, match.end()).end()  # type: ignore[union-attr] # it matches the empty string
    if text[follows : follows + 1].islower() and not text.startswith(_ADDRESS, follows):
        return False
    return more != "" or text[stop] != "." or not _is_abbreviated(text, start, stop, follows, language)


def _is_abbreviated(text: str, start: int, stop: int, follows: int, language: Language) -> bool:
    before = text[max(start, stop - _LONGEST_ABBREVIATION) : stop].rsplit(None, 1)
    if not before:
        return False
    word = before[-1].lstrip("(«“\"'[").rpartition("’")[2].rpartition("'")[2]
    low = word.casefold()
    if len(word) == 1 and word.isupper():
        return word not in language.letters
    if low in language.numbered:
        return text[follows : follows + 1].isdigit()
    if word.isdigit():  # the number of a list's item, not the end of a sentence
        return not text[start : stop - len(word)].strip()
    return low in language.titles or ("." in word and low not in language.closing and bool(_DOTTED.fullmatch(word)))
