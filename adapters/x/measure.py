"""X's count: twitter-text's configuration 3, where an address is 23, an emoji 2 and a character outside Latin mostly 2.

Source: twitter/twitter-text 3.1.0, its config/v3.json and its conformance suite, read 2026-11.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from adapters._names.domains import LATIN
from adapters.x.addresses import addresses
from adapters.x.emoji import EMOJI
from adapters.x.limits import LIMITS
from publisher.model import Entity, Measure

if TYPE_CHECKING:
    import regex

_URL, _EMOJI = LIMITS.more["url"].value, LIMITS.more["emoji"].value

_HEAVY = re.compile(r"[^\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
# Without any of these, every emoji is one code point, which weighs as much as an emoji.
_JOINED = re.compile("[\u200d\u20e3\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e007f]")
_INVALID = re.compile("[\ufffe\ufeff\uffff]")
_SPACE = r"[\t-\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_AFTER = r"\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff!'#%&()*+,\\\-./:;<=>?@\[\]^_{|}~$"
_MENTION = re.compile(
    r"(?:^|[^a-zA-Z0-9_!#$%&*@＠]|(?:^|[^a-zA-Z0-9_+~.-])[rR][tT]:?)"
    r"(?P<entity>[@＠][a-zA-Z0-9_]{1,20}(?:/[a-zA-Z][a-zA-Z0-9_-]{0,24})?)"
)
_NO_MENTION_BEFORE = re.compile(rf"[@＠{LATIN}]|://")
_CASHTAG = re.compile(rf"(?:^|{_SPACE})(?P<entity>\$[a-zA-Z]{{1,6}}(?:[._][a-zA-Z]{{1,2}})?)(?=$|[{_AFTER}])")


def measure(text: str, limit: int = LIMITS.text.value) -> Measure:
    """The text's weighted length, and its addresses, mentions, hashtags and cashtags in order."""
    length = weigh(text)
    valid = 0 < length <= limit and not _INVALID.search(text)
    return Measure(length=length, limit=limit, valid=valid, entities=tuple(_entities(text)))


def weigh(text: str) -> int:
    """The weighted length alone."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if "." not in text:
        return _weigh_words(text)
    total = position = 0
    for start, end in addresses(text):
        total += _weigh_words(text[position:start]) + _URL
        position = end
    return total + _weigh_words(text[position:])


def find_invalid(text: str) -> tuple[int, ...]:
    """The code points in the text that X refuses, each once, in order."""
    return tuple(dict.fromkeys(ord(sign) for sign in _INVALID.findall(text)))


def _weigh_words(text: str) -> int:
    if text.isascii() or not _HEAVY.search(text):
        return len(text)
    rest, emoji = EMOJI.subn("", text) if _JOINED.search(text) else (text, 0)
    return emoji * _EMOJI + len(rest) + len(_HEAVY.findall(rest))


def _entities(text: str) -> Iterator[Entity]:
    spans = [("url", start, end) for start, end in addresses(text)] if "." in text else []
    spans += [*_mentions(text), *_hashtags(text), *_cashtags(text)]
    last = 0
    for kind, start, end in sorted(spans, key=lambda span: span[1]):
        if start >= last:
            yield Entity(kind=kind, text=text[start:end], start=start, end=end)
            last = end


def _mentions(text: str) -> Iterator[tuple[str, int, int]]:
    if "@" in text or "＠" in text:
        for match in _MENTION.finditer(text):
            if not _NO_MENTION_BEFORE.match(text, match.end()):
                yield ("mention", *match.span("entity"))


def _cashtags(text: str) -> Iterator[tuple[str, int, int]]:
    if "$" in text:
        for match in _CASHTAG.finditer(text):
            yield ("cashtag", *match.span("entity"))


def _hashtags(text: str) -> Iterator[tuple[str, int, int]]:
    if "#" in text or "＃" in text:
        for match in _hashtag().finditer(text):
            if not text.startswith(("#", "＃", "://"), match.end()):
                yield ("hashtag", *match.span("entity"))


@cache
def _hashtag() -> regex.Pattern[str]:
    import regex

    signs = r"_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\u00b7"
    letter, sign = r"[\p{L}\p{M}]", rf"[\p{{L}}\p{{M}}\p{{Nd}}{signs}]"
    before = rf"(?:^|\ufe0e|\ufe0f|(?!{sign}|&).)"
    return regex.compile(rf"(?s){before}(?P<entity>[#＃](?!\ufe0f|\u20e3){sign}*{letter}{sign}*)")
