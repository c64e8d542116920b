"""What Instagram accepts through content publishing."""

from __future__ import annotations

from publisher.model import Fact, Limits

_DOCS = "https://developers.facebook.com/docs/instagram-platform/"
_MEDIA = _DOCS + "instagram-graph-api/reference/ig-user/media"
_GUIDE = _DOCS + "content-publishing"

LIMITS = Limits(
    unit="characters",
    text=Fact(value=2200, source=_MEDIA, seen="2026-11-22", trust="field"),
    images=Fact(value=10, source=_GUIDE, seen="2026-11-22", trust="field"),
    alt=Fact(value=1000, source=_MEDIA, seen="2026-11-22", trust="field"),
    image_bytes=Fact(
        value=8 * 1024 * 1024, source=_DOCS + "instagram-graph-api/reference/error-codes", seen="2026-06-02"
    ),
    image_types=("image/jpeg",),
    fold=125,
    fold_lines=2,
    more={
        "tags": Fact(value=30, source=_MEDIA, seen="2026-11-22", trust="field"),
        # The product shows people at most five since 2025-12; whether the API refuses more is not known.
        "tags_shown": Fact(value=5, source=_GUIDE, seen="2026-09-14", trust="unverified"),
        "mentions": Fact(value=20, source=_MEDIA, seen="2026-11-22", trust="field"),
        "images_needed": Fact(value=1, source=_GUIDE, seen="2026-11-22"),
        # Width over height, in thousandths: from 4:5 to 1.91:1.
        "image_ratio_min": Fact(value=800, source=_MEDIA, seen="2026-11-22", trust="field"),
        "image_ratio_max": Fact(value=1910, source=_MEDIA, seen="2026-11-22", trust="field"),
        # Wider pictures are scaled down, by them less well than by us; narrower than 320 ones are scaled up.
        "image_width_max": Fact(value=1440, source=_MEDIA, seen="2026-11-22", trust="field"),
        "container_hours": Fact(value=24, source=_MEDIA, seen="2026-11-22"),
        "containers_a_day": Fact(value=400, source=_MEDIA, seen="2026-11-22"),
        # The publishing guide has said 100, and before that 25; the account's own answer decides.
        "posts_a_day": Fact(
            value=50, source=_DOCS + "instagram-graph-api/reference/ig-user/media_publish", seen="2026-11-22"
        ),
        "comment": Fact(value=2200, source=_MEDIA, seen="2026-11-22", trust="unverified"),
    },
)
