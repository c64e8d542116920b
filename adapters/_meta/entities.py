"""What both networks turn into links: addresses, mentions and hashtags."""

from __future__ import annotations

import re

from publisher.model import Entity

_URL = re.compile(r"(?<![\w/])https?://[^\s<>\"“”«»]+[^\s<>\"“”«».,;:!?'’)\]}…]", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w/.@])@(\w(?:[\w.]{0,48}\w)?)")
_TAG = re.compile(r"(?<![\w/&])#(\w*[^\W\d_]\w*)")


def find_entities(text: str) -> tuple[Entity, ...]:
    """The addresses, mentions and hashtags of a text, in order; what stands inside an address is part of it."""
    found = [_entity("url", match) for match in _URL.finditer(text)]
    covered = [(entity.start, entity.end) for entity in found]
    for kind, pattern in (("mention", _MENTION), ("hashtag", _TAG)):
        matches = pattern.finditer(text)
        found += [_entity(kind, match) for match in matches if not _within(match.start(), covered)]
    return tuple(sorted(found, key=lambda entity: entity.start))


def _within(position: int, covered: list[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in covered)


def _entity(kind: str, match: re.Match[str]) -> Entity:
    return Entity(kind=kind, text=match[0], start=match.start(), end=match.end())
