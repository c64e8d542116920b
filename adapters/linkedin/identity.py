"""The URNs in LinkedIn's addresses."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

_HOST = re.compile(r"(?:(?:www|[a-z]{2})\.)?linkedin\.com")
_POST = re.compile(r"/feed/update/(urn:li:(?:share|ugcPost|activity):\d+)/?")
_NAMED = re.compile(r"/posts/[^/]*-(share|ugcPost|activity)-(\d+)-[\w-]+/?")
_COMMENT = re.compile(r"urn:li:comment:\((?:urn:li:)?(share|ugcPost|activity):(\d+),(\d+)\)")


def identify(url: str) -> str:
    """The URN of the post or comment at that address, empty when it is no address of one."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    if not _HOST.fullmatch(parts.netloc.lower()):
        return ""
    comment = _COMMENT.fullmatch(parse_qs(parts.query).get("commentUrn", [""])[-1])
    if comment:
        return f"urn:li:comment:(urn:li:{comment[1]}:{comment[2]},{comment[3]})"
    path = unquote(parts.path)
    post, named = _POST.fullmatch(path), _NAMED.fullmatch(path)
    return post[1] if post else f"urn:li:{named[1]}:{named[2]}" if named else ""
