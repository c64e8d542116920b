"""LinkedIn's count, on the safe side: UTF-16 units of the text with its escapes."""

from __future__ import annotations

from adapters.linkedin.limits import LIMITS
from adapters.linkedin.little import MENTION, TAG, URL, little
from publisher.model import Entity, Measure


def measure(text: str) -> Measure:
    """The text's length once escaped, and its addresses, mentions and hashtags in order."""
    length, limit = utf16(little(text)), LIMITS.text.value
    return Measure(length=length, limit=limit, valid=0 < length <= limit, entities=_entities(text))


def utf16(text: str) -> int:
    """How many UTF-16 code units the text takes."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _entities(text: str) -> tuple[Entity, ...]:
    found: list[Entity] = []
    for kind, pattern in (("url", URL), ("mention", MENTION), ("hashtag", TAG)):
        for match in pattern.finditer(text):
            if not any(entity.start <= match.start() < entity.end for entity in found):
                found.append(Entity(kind=kind, text=match[0], start=match.start(), end=match.end()))
    return tuple(sorted(found, key=lambda entity: entity.start))
