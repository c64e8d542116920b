"""The ids in the addresses that servers of Mastodon's API show to people."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# Mastodon, its older addresses, its wide view, GoToSocial, takahe and Pleroma, in this order.
_PATHS = re.compile(
    r"/@[^/]+/(?P<a>\d+)|/(?:web/statuses|users/[^/]+/statuses)/(?P<b>\d+)|/(?:web|deck)/@[^/]+/(?P<c>\d+)"
    r"|/@[^/]+/statuses/(?P<d>\w+)|/@[^/]+/posts/(?P<e>\d+)|/notice/(?P<f>\w+)"
)


def identify(url: str) -> str:
    """The id of the status at that address, empty when it is no address of one."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    found = _PATHS.fullmatch(parts.path.rstrip("/")) if parts.scheme in {"http", "https"} else None
    return next(filter(None, found.groups()), "") if found else ""
