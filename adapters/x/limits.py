"""What X accepts, as its documentation and its twitter-text configuration say."""

from __future__ import annotations

from publisher.model import Fact, Limits

_TEXT = "https://github.com/twitter/twitter-text/blob/master/config/v3.json"
_DOCS = "https://docs.x.com/x-api/"

LIMITS = Limits(
    unit="weighted characters",
    text=Fact(value=280, source=_TEXT, seen="2026-11-22"),
    images=Fact(value=4, source=_DOCS + "media/quickstart/best-practices", seen="2026-08-22"),
    alt=Fact(value=1000, source=_DOCS + "fundamentals/data-dictionary", seen="2026-08-22"),
    image_bytes=Fact(value=5 * 1024 * 1024, source=_DOCS + "media/quickstart/best-practices", seen="2026-08-22"),
    image_types=("image/jpeg", "image/png", "image/gif", "image/webp"),
    more={
        # Every address, with or without https://, counts as this much: X puts a t.co link in its place.
        "url": Fact(value=23, source=_TEXT, seen="2026-11-22"),
        "emoji": Fact(value=2, source=_DOCS + "fundamentals/counting-characters", seen="2026-08-22"),
        "gifs": Fact(value=1, source=_DOCS + "media/quickstart/best-practices", seen="2026-08-22"),
        "gif_bytes": Fact(value=15 * 1024 * 1024, source=_DOCS + "media/quickstart/best-practices", seen="2026-08-22"),
        "cashtags": Fact(value=1, source=_DOCS + "posts/manage-tweets/integrate", seen="2026-08-22"),
        "premium_text": Fact(value=25_000, source="https://docs.x.com/changelog", seen="2026-08-22"),
        # X's own pages disagree: within the last hour (changelog), or 30 minutes and five edits (its guide to edits).
        "edit_seconds": Fact(value=3600, source="https://docs.x.com/changelog", seen="2026-08-22", trust="unverified"),
        "edits": Fact(value=5, source=_DOCS + "posts/edit-tweets/introduction", seen="2026-08-22", trust="unverified"),
        # The length of the window in which the same text is refused is not published.
        "duplicate_seconds": Fact(value=86_400, source="public issue trackers", seen="2026-02-13", trust="field"),
        "posts_quarter_hour": Fact(value=100, source=_DOCS + "fundamentals/rate-limits", seen="2026-08-22"),
        "posts_day": Fact(value=10_000, source=_DOCS + "fundamentals/rate-limits", seen="2026-08-22"),
        # Thousandths of a US dollar for one post, without and with an address in it.
        "price": Fact(value=15, source=_DOCS + "getting-started/pricing", seen="2026-08-22"),
        "price_with_url": Fact(value=200, source=_DOCS + "getting-started/pricing", seen="2026-08-22"),
    },
)
