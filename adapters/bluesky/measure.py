"""Bluesky's count, and the links, mentions and tags that its official client finds in a text.

Source: rich-text/detection of @atproto/api 0.19.19, read 2026-11.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from adapters.bluesky.limits import LIMITS
from publisher.craft.graphemes import count
from publisher.model import Entity, Measure

# In UTF-16 units, though the lexicon allows as many graphemes.
LONGEST_TAG = 64

# What the client's language takes for white space, which is not what Python does.
_SPACE = r"\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_START, _WORD = rf"(?<![^{_SPACE}(])", rf"[^{_SPACE}]"
# A name that begins with http needs no known domain; HTTPS:// in capitals makes no link at all.
_LINK = re.compile(rf"{_START}(?:(?i:https?)://{_WORD}+|(?P<domain>[a-zA-Z][a-zA-Z0-9]*(?:\.[a-zA-Z0-9]+)+){_WORD}*)")
# Without one of these there is neither: a quick look before the slow ones.
_ADDRESSED = re.compile(r"\.[a-zA-Z0-9]|://")
_MENTION = re.compile(rf"{_START}@(?P<handle>[a-zA-Z0-9.-]+)\b", re.ASCII)
# What ends a tag besides a space: soft hyphen, joiners and other signs without a width.
_TAG = re.compile(rf"[#＃](?<![^{_SPACE}][#＃])(?!\ufe0f)(?P<tag>[^{_SPACE}\u00ad\u2060\u200b-\u200d\u20e2]+)")
_CASHTAG = re.compile(rf"{_START}\$[A-Za-z][A-Za-z0-9]{{0,4}}(?=[{_SPACE}.,;:!?)\"'\u2019]|\Z)")


def measure(text: str) -> Measure:
    """The text's length in graphemes, and what the client would link in it, in order; both limits decide `valid`."""
    valid = 0 < weight(text) <= LIMITS.text.value
    return Measure(length=count(text), limit=LIMITS.text.value, valid=valid, entities=find_entities(text))


def find_entities(text: str) -> tuple[Entity, ...]:
    """What the client would link in the text, in order."""
    return tuple(sorted(_entities(text), key=lambda entity: entity.start))


def weight(text: str) -> int:
    """The length with both limits in one number: graphemes, or a tenth of the bytes where those come to more."""
    bytes_each = LIMITS.more["bytes"].value // LIMITS.text.value
    return max(count(text), -(-len(text.encode("utf-8", "surrogatepass")) // bytes_each))


def address(link: str) -> str:
    """Where a link in a text leads: itself, with https:// where it has no scheme."""
    return link if link.lower().startswith(("http://", "https://")) else f"https://{link}"


def is_domain(name: str) -> bool:
    """Whether a name ends with one of the world's top-level domains, in small letters."""
    return "." in name and name.rpartition(".")[2] in _top_level_domains()


def _entities(text: str) -> Iterator[Entity]:
    if addressed := _ADDRESSED.search(text):
        yield from _mentions(text) if "@" in text else ()
        yield from _links(text, text.rfind(" ", 0, addressed.start()) + 1)
    for match in _TAG.finditer(text) if "#" in text or "＃" in text else ():
        tag = _without_final_punctuation(match["tag"])
        if any(not _is_sign(character) for character in tag) and _units(tag) <= LONGEST_TAG:
            yield _entity("hashtag", text, match.start(), match.start() + 1 + len(tag))
    for match in _CASHTAG.finditer(text) if "$" in text else ():
        yield _entity("cashtag", text, match.start(), match.end())


def _mentions(text: str) -> Iterator[Entity]:
    for match in _MENTION.finditer(text):
        if is_domain(match["handle"]) or match["handle"].endswith(".test"):
            yield _entity("mention", text, match.start(), match.end())


def _links(text: str, start: int) -> Iterator[Entity]:
    for match in _LINK.finditer(text, start):
        link = match[0]
        if not link.startswith("http") and not (match["domain"] and is_domain(match["domain"])):
            continue
        if link[-1] in ".,;:!?":
            link = link[:-1]
        if link.endswith(")") and "(" not in link:
            link = link[:-1]
        yield _entity("url", text, match.start(), match.start() + len(link))


def _entity(kind: str, text: str, start: int, end: int) -> Entity:
    return Entity(kind=kind, text=text[start:end], start=start, end=end)


@cache
def _top_level_domains() -> frozenset[str]:
    lines = files(__package__ or "adapters.bluesky").joinpath("tlds.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def _is_sign(character: str) -> bool:
    return character in "0123456789" or unicodedata.category(character)[0] == "P"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _without_final_punctuation(tag: str) -> str:
    while tag and unicodedata.category(tag[-1])[0] == "P":
        tag = tag[:-1]
    return tag
