"""What a Facebook Page accepts. Meta documents few numbers; each says how far it can be trusted."""

from __future__ import annotations

from publisher.model import Fact, Limits

_GRAPH = "https://developers.facebook.com/docs/graph-api/reference/page/"

LIMITS = Limits(
    unit="characters",
    text=Fact(value=63_206, source=_GRAPH + "feed", seen="2026-11-22", trust="unverified"),
    images=Fact(value=10, source=_GRAPH + "feed", seen="2026-11-22", trust="field"),
    alt=Fact(value=1000, source=_GRAPH + "photos", seen="2026-11-22", trust="unverified"),
    image_bytes=Fact(value=4 * 1024 * 1024, source=_GRAPH + "photos", seen="2026-11-22", trust="field"),
    image_types=("image/jpeg", "image/png"),
    fold=480,
    more={"comment": Fact(value=8000, source=_GRAPH + "feed", seen="2026-11-22", trust="unverified")},
)
