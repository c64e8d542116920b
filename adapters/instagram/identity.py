"""The names in Instagram's addresses."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_HOST = re.compile(r"(?:(?:www|m)\.)?instagram\.com")
_PATH = re.compile(r"/(?:[\w.]+/)?(?:p|reel|reels|tv)/(?P<code>[\w-]+)(?:/c/(?P<comment>\d+))?/?", re.ASCII)


def identify(url: str) -> str:
    """The id of the comment, or the short name of the post, at that address; empty when it is no address of one."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    found = _PATH.fullmatch(parts.path) if _HOST.fullmatch(parts.netloc.lower()) else None
    return (found["comment"] or found["code"]) if found else ""
