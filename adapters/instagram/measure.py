"""Instagram's count: characters, addresses in full, though no address can be clicked."""

from __future__ import annotations

from adapters._meta.entities import find_entities
from adapters.instagram.limits import LIMITS
from publisher.model import Measure


def measure(text: str, limit: int = LIMITS.text.value) -> Measure:
    """The text's length in characters, and its addresses, mentions and hashtags in order."""
    return Measure(length=len(text), limit=limit, valid=0 < len(text) <= limit, entities=find_entities(text))


def count(text: str, kind: str) -> int:
    """How many hashtags (`hashtag`) or mentions (`mention`) a text has."""
    return sum(entity.kind == kind for entity in find_entities(text))
