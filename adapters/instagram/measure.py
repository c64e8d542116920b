"""Instagram's count: characters, addresses in full though none can be clicked, and a limit to hashtags and mentions."""

from __future__ import annotations

from adapters._meta.entities import find_entities
from adapters.instagram.limits import LIMITS
from publisher.model import Measure

_CROWDS = {"hashtag": LIMITS.more["tags"].value, "mention": LIMITS.more["mentions"].value}


def measure(text: str, limit: int = LIMITS.text.value) -> Measure:
    """The text's length in characters, and its addresses, mentions and hashtags in order."""
    entities = find_entities(text)
    kinds = [entity.kind for entity in entities]
    valid = 0 < len(text) <= limit and all(kinds.count(kind) <= most for kind, most in _CROWDS.items())
    return Measure(length=len(text), limit=limit, valid=valid, entities=entities)


def count(text: str, kind: str) -> int:
    """How many hashtags (`hashtag`) or mentions (`mention`) a text has."""
    return sum(entity.kind == kind for entity in find_entities(text))
