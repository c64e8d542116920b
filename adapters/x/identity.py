"""The ids in X's addresses."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_HOST = re.compile(r"(?:(?:www|mobile|m)\.)?(?:x|twitter)\.com")
_PATH = re.compile(r"/(?:i/web|i|\w+)/status(?:es)?/(\d{1,19})(?:/(?:photo|video)/\d+)?/?")


def identify(url: str) -> str:
    """The id of the post at that address, empty when it is no address of one."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    found = _PATH.fullmatch(parts.path) if _HOST.fullmatch(parts.netloc.lower()) else None
    return found[1] if found else ""
