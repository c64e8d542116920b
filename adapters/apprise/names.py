"""What a picture's file is called: its alt text, the only place a chat keeps for it."""

from __future__ import annotations

import re

from adapters.apprise.limits import LIMITS
from publisher.model import Media

_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp"}
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]+")


def name(media: Media) -> str:
    """The alt text, as far as a file's name can hold it, with the ending that makes chats show a picture."""
    return described(media) + _ENDINGS.get(media.mime, "")


def described(media: Media) -> str:
    """The alt text on one line, by as many whole words as fit."""
    words, room = " ".join(_UNSAFE.sub(" ", media.alt).split()), LIMITS.more["name"].value
    if len(words) <= room:
        return words
    last = words.rfind(" ", 0, room + 1)
    return words[: last if last > 0 else room]


def spoken(filename: str) -> str:
    """What a picture of that name shows."""
    return next((filename.removesuffix(ending) for ending in _ENDINGS.values() if filename.endswith(ending)), filename)
