"""What Bluesky accepts, as its lexicons and its own client say."""

from __future__ import annotations

from publisher.model import Fact, Limits

_LEXICONS = "https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky/"
_RATES = "https://docs.bsky.app/docs/advanced-guides/rate-limits"

LIMITS = Limits(
    unit="graphemes",
    text=Fact(value=300, source=_LEXICONS + "feed/post.json", seen="2026-11-22"),
    images=Fact(value=4, source=_LEXICONS + "embed/images.json", seen="2026-11-22"),
    # The lexicon has no limit; the official app's form stops here.
    alt=Fact(value=2000, source="https://github.com/bluesky-social/social-app", seen="2026-11-22", trust="field"),
    image_bytes=Fact(value=2_000_000, source=_LEXICONS + "embed/images.json", seen="2026-11-22"),
    image_types=("image/jpeg", "image/png", "image/webp", "image/gif"),
    more={
        # The second limit of every text, in UTF-8: 300 family emoji are 300 graphemes and too long all the same.
        "bytes": Fact(value=3000, source=_LEXICONS + "feed/post.json", seen="2026-11-22"),
        "tag": Fact(value=64, source=_LEXICONS + "richtext/facet.json", seen="2026-11-22"),
        "tag_bytes": Fact(value=640, source=_LEXICONS + "richtext/facet.json", seen="2026-11-22"),
        "hidden_tags": Fact(value=8, source=_LEXICONS + "feed/post.json", seen="2026-11-22"),
        "languages": Fact(value=3, source=_LEXICONS + "feed/post.json", seen="2026-11-22"),
        # Whether the app shows a record that was rewritten, 1 for yes; the server takes it all the same.
        "edits_shown": Fact(value=0, source=_LEXICONS + "feed/post.json", seen="2026-11-22", trust="unverified"),
        "points_hour": Fact(value=5000, source=_RATES, seen="2026-11-22"),
        "points_day": Fact(value=35_000, source=_RATES, seen="2026-11-22"),
        "points_post": Fact(value=3, source=_RATES, seen="2026-11-22"),
        "sessions_5_minutes": Fact(value=30, source=_RATES, seen="2026-11-22"),
        "sessions_day": Fact(value=300, source=_RATES, seen="2026-11-22"),
        "blob_bytes": Fact(value=52_428_800, source=_RATES, seen="2026-11-22"),
        "session_minutes": Fact(value=120, source="https://github.com/bluesky-social/atproto", seen="2026-11-22"),
    },
)
