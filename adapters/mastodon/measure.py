"""Mastodon's count: graphemes, any address as 23, and of a remote mention only the name.

Source: StatusLengthValidator of mastodon/mastodon, read 2026-08.
"""

from __future__ import annotations

import re

from adapters.mastodon.limits import LIMITS
from publisher.craft.graphemes import count
from publisher.model import Entity, Measure

_URL = re.compile(r"(?<![\w/])https?://[^\s<>\"“”«»]+[^\s<>\"“”«».,;:!?'’)\]}…]", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w/=])@(\w+(?:[\w.-]*\w)?)(@[\w.-]+\w)?")
_TAG = re.compile(r"(?<![\w/&])#(\w*[^\W\d_]\w*)")


def measure(text: str, limit: int = LIMITS.text.value) -> Measure:
    """The text's length as Mastodon counts it, and its addresses, mentions and hashtags in order."""
    entities = tuple(sorted(_entities(text), key=lambda entity: entity.start))
    length = count(_countable(text, entities))
    return Measure(length=length, limit=limit, valid=0 < length <= limit, entities=entities)


def _entities(text: str) -> list[Entity]:
    found = [_entity("url", match) for match in _URL.finditer(text)]
    covered = [(entity.start, entity.end) for entity in found]
    for kind, pattern in (("mention", _MENTION), ("hashtag", _TAG)):
        free = (match for match in pattern.finditer(text) if not _within(match.start(), covered))
        found.extend(_entity(kind, match) for match in free)
    return found


def _within(position: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in spans)


def _entity(kind: str, match: re.Match[str]) -> Entity:
    return Entity(kind=kind, text=match[0], start=match.start(), end=match.end())


def _countable(text: str, entities: tuple[Entity, ...]) -> str:
    for entity in reversed(entities):
        if entity.kind == "url":
            shown = "x" * LIMITS.more["url"].value
        elif entity.kind == "mention":
            shown = "@" + entity.text[1:].split("@")[0]
        else:
            continue
        text = text[: entity.start] + shown + text[entity.end :]
    return text
