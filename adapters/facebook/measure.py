"""Facebook's count: characters, addresses in full. How Facebook itself counts emoji is not documented."""

from __future__ import annotations

from adapters._meta.entities import find_entities
from adapters.facebook.limits import LIMITS
from publisher.model import Measure


def measure(text: str, limit: int = LIMITS.text.value) -> Measure:
    """The text's length in characters, and its addresses, mentions and hashtags in order."""
    return Measure(length=len(text), limit=limit, valid=0 < len(text) <= limit, entities=find_entities(text))
