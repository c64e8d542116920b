"""What LinkedIn accepts, in a member's name and in an organization's."""

from __future__ import annotations

from publisher.model import Fact, Limits

_DOCS = "https://learn.microsoft.com/linkedin/marketing/"
_POSTS = _DOCS + "community-management/shares/posts-api"

LIMITS = Limits(
    # The unit is not documented. Escaped text in UTF-16 is the longest of the readings, so what fits it fits them all.
    unit="characters",
    text=Fact(value=3000, source=_POSTS, seen="2026-08-22", trust="field"),
    images=Fact(value=20, source=_DOCS + "community-management/shares/multiimage-post-api", seen="2026-08-22"),
    alt=Fact(value=4086, source=_POSTS, seen="2026-08-22", trust="unverified"),
    image_bytes=Fact(value=8 * 1024 * 1024, source=_POSTS, seen="2026-08-22", trust="unverified"),
    image_types=("image/jpeg", "image/png", "image/gif"),
    fold=210,
    fold_lines=3,
    more={
        "image_pixels": Fact(value=36_152_320, source=_POSTS, seen="2026-08-22", trust="field"),
        "comment": Fact(value=1250, source=_POSTS, seen="2026-08-22", trust="unverified"),
        # A version lives about a year, then every request with it is refused with 426.
        "version": Fact(value=202609, source=_POSTS + "?view=li-lms-2026-09", seen="2026-11-22", trust="unverified"),
        "version_oldest": Fact(value=202512, source=_DOCS + "versioning", seen="2026-11-22", trust="unverified"),
        "requests_a_day": Fact(
            value=150,
            source="https://learn.microsoft.com/linkedin/consumer/integrations/self-serve/share-on-linkedin",
            seen="2026-08-22",
            trust="field",
        ),
    },
)
