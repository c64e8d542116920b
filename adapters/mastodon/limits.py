"""What Mastodon accepts. An instance may allow more; these are the defaults of stock Mastodon."""

from __future__ import annotations

from publisher.model import Fact, Limits

_API = "https://docs.joinmastodon.org/"

# The only languages it knows by region; of all others it knows the first part alone.
# Source: LanguagesHelper of mastodon/mastodon.
REGIONAL = frozenset({"zh-CN", "zh-HK", "zh-TW", "zh-YUE"})

LIMITS = Limits(
    unit="characters",
    text=Fact(value=500, source=_API + "methods/instance/#v2", seen="2026-08-19"),
    images=Fact(value=4, source=_API + "user/posting/#attachments", seen="2026-07-02"),
    alt=Fact(value=1500, source=_API + "methods/media/#v2", seen="2026-07-02"),
    image_bytes=Fact(value=16 * 1024 * 1024, source=_API + "methods/instance/#v2", seen="2026-07-02"),
    image_types=("image/jpeg", "image/png", "image/gif", "image/webp"),
    more={
        # Every http(s) address counts as this many characters, however long it is.
        "url": Fact(value=23, source=_API + "user/posting/#text", seen="2026-07-02"),
        "image_pixels": Fact(value=33_177_600, source=_API + "methods/instance/#v2", seen="2026-07-02"),
        # Counted for each account, in fixed spans of three hours. Source: app/lib/rate_limiter.rb of mastodon/mastodon.
        "statuses_three_hours": Fact(
            value=300, source="https://github.com/mastodon/mastodon", seen="2026-11-22", trust="field"
        ),
        "deletions_half_hour": Fact(value=30, source=_API + "api/rate-limits/", seen="2026-07-02"),
        # Honoured by stock Mastodon; several servers of the same API ignore it.
        "idempotency_seconds": Fact(value=3600, source=_API + "methods/statuses/#create", seen="2026-07-02"),
    },
)
