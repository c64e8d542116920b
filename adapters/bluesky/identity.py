"""The names of records in the addresses that Bluesky's app shows."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from adapters.bluesky.lexicon import POST

_REPO = r"did:[a-z]+:[\w.:%-]+|(?:[a-zA-Z0-9-]+\.)+[a-zA-Z]+"
_PATH = re.compile(rf"/profile/({_REPO})/post/([\w~.:-]+)/?")
_URI = re.compile(rf"at://(?:{_REPO})/{re.escape(POST)}/[\w~.:-]+")


def identify(url: str) -> str:
    """The at:// address of the post at that address, empty when it is no address of one.

    It names the account as the address does, by its DID or by its handle.
    """
    if _URI.fullmatch(url.strip()):
        return url.strip()
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    found = _PATH.fullmatch(unquote(parts.path)) if parts.scheme == "https" else None
    return f"at://{found[1]}/{POST}/{found[2]}" if found else ""
