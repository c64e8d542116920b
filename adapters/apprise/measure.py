"""A chat's count: characters as they are, addresses found."""

from __future__ import annotations

import re

from adapters.apprise.limits import LIMITS
from publisher.model import Entity, Measure

_URL = re.compile(r"(?<![\w/])(?i:https?)://[^\s<>\"“”«»]+[^\s<>\"“”«».,;:!?'’)\]}…]")


def measure(text: str, limit: int = LIMITS.text.value) -> Measure:
    """The text's length in code points, and the addresses in it."""
    found = (Entity(kind="url", text=match[0], start=match.start(), end=match.end()) for match in _URL.finditer(text))
    return Measure(length=len(text), limit=limit, valid=0 < len(text) <= limit, entities=tuple(found))
