"""What a picture's file is called: its alt text, the only place a chat keeps for it."""

from __future__ import annotations

import re

from adapters.apprise.limits import LIMITS
from publisher.model import Media

_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp"}
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\\s]+")


def name(media: Media) -> str:
    """The alt text, as far as a file's name can hold it, with the ending that makes chats show a picture."""
    return described(media) + _ENDINGS.get(media.mime, "")


def described(media: Media) -> str:
    """The alt text on one line, by as many whole words as fit."""
    words, room = _UNSAFE.sub(" ", media.alt).split(), LIMITS.more["name"].value
    while len(" ".join(words)) > room and len(words) > 1:
        words.pop()
    return " ".join(words)[:room]


def spoken(filename: str) -> str:
    """What a picture of that name shows."""
    return next((filename.removesuffix(ending) for ending in _ENDINGS.values() if filename.endswith(ending)), filename)
