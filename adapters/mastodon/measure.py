"""Mastodon's count: graphemes, any address as 23, and of a remote mention only the name.

Source: StatusLengthValidator and Extractor of mastodon/mastodon, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from adapters._names.domains import LATIN, is_plain_address
from adapters.mastodon.addresses import addresses
from adapters.mastodon.limits import LIMITS
from publisher.craft.graphemes import count
from publisher.model import Entity, Measure

if TYPE_CHECKING:
    import regex

LONGEST_DOMAIN = 253


def measure(text: str, limit: int = LIMITS.text.value) -> Measure:
    """The text's length as Mastodon counts it, and its addresses, mentions and hashtags in order."""
    urls, mentions = _urls(text), _mentions(text)
    tags = list(_hashtags(text)) if "#" in text or "＃" in text else []
    length = _length(text, urls, mentions) if text.strip() else 0
    entities = tuple(_apart([*urls, *tags, *mentions]))
    return Measure(length=length, limit=limit, valid=0 < length <= limit, entities=entities)


def weigh(text: str) -> int:
    """The length alone, also of a blank line, which counts only beside others."""
    if "@" not in text and "://" not in text:
        return count(text)
    return LIMITS.more["url"].value if is_plain_address(text) else _length(text, _urls(text), _mentions(text))


def _length(text: str, urls: list[Entity], mentions: list[Entity]) -> int:
    return count(_countable(text, _apart([*urls, *mentions])) if urls or mentions else text)


def _urls(text: str) -> list[Entity]:
    return [_entity("url", text, *span) for span in addresses(text)] if "://" in text else []


def _mentions(text: str) -> list[Entity]:
    if "@" not in text:
        return []
    mention, after = _patterns()[:2]
    return [
        _entity("mention", text, *match.span())
        for match in mention.finditer(text)
        if not after.match(text, match.end()) and len(match["domain"] or "") <= LONGEST_DOMAIN
    ]


def _hashtags(text: str) -> Iterator[Entity]:
    for match in _patterns()[2].finditer(text):
        end = match.end()
        if text.startswith("://", end):
            end -= next((len(scheme) for scheme in ("https", "http") if match["name"][1:].endswith(scheme)), 0)
        yield _entity("hashtag", text, match.start(), end)


@cache
def _patterns() -> tuple[regex.Pattern[str], regex.Pattern[str], regex.Pattern[str]]:
    import regex

    word, signs = r"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}", "_\u00b7\u30fb\u200c"
    domain = rf"[{word}]+(?:[.-]+[{word}]+)*"
    joined = rf"[{word}][{word}{signs}]*[\p{{Alphabetic}}{signs}][{word}{signs}]*[{word}]"
    return (
        regex.compile(rf"(?<![=/{word}])@[a-zA-Z0-9_]+(?:[.-]+[a-zA-Z0-9_]+)*(?:@(?P<domain>{domain}))?"),
        regex.compile(rf"[@＠{LATIN}]|://"),
        regex.compile(rf"(?<!\S)[#＃](?P<name>{joined}|[{word}]*\p{{Alphabetic}}[{word}]*)"),
    )


def _apart(entities: Iterable[Entity]) -> Iterator[Entity]:
    """The entities in order, without those that begin within another."""
    last = 0
    for entity in sorted(entities, key=lambda entity: entity.start):
        if entity.start >= last:
            yield entity
            last = entity.end


def _entity(kind: str, text: str, start: int, end: int) -> Entity:
    return Entity(kind=kind, text=text[start:end], start=start, end=end)


def _countable(text: str, entities: Iterable[Entity]) -> str:
    pieces, position = [], 0
    for entity in entities:
        shown = "x" * LIMITS.more["url"].value if entity.kind == "url" else "@" + entity.text.split("@")[1]
        pieces += [text[position : entity.start], shown]
        position = entity.end
    return "".join(pieces) + text[position:]
