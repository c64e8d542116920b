"""What an attempt puts on its network before its post: taken from an earlier try, or put there now and remembered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from publisher.adapter import Account
from publisher.errors import Rejected
from publisher.model import Attempt, Media, Part, Receipt

# What a receipt says of a part, by which an edit sees what changed.
PICTURES, FIXED = "pictures", "fixed"
# What it says where the network refused the words as a duplicate, and shows them.
ADOPTED = {"evidence": "duplicate"}


class Uploads:
    """The uploads of one try; `new` are those that no earlier try left."""

    def __init__(self, held: Mapping[str, str]) -> None:
        self._held = held
        self.new: dict[str, str] = {}

    def take(self, name: str, upload: Callable[[], str]) -> str:
        """The network's id of what is called `name`, uploaded now if no earlier try did."""
        found = self._held.get(name) or self.new.get(name)
        if not found:
            found = self.new[name] = upload()
        return found

    def take_all(self, media: Sequence[Media], upload: Callable[[Media], str]) -> list[str]:
        """The network's ids of the pictures, in order."""
        return [self.take(name_of(one, place), partial(upload, one)) for place, one in enumerate(media)]


def name_of(media: Media, place: int) -> str:
    """The name of a picture among an attempt's uploads: it changes with its bytes, its alt text and its place."""
    return f"{place}-{print_of(media.digest, media.alt)}"


def print_of(*words: str) -> str:
    """A short name for those words, the same for ever."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def pictures_of(media: Sequence[Media]) -> str:
    """A short name for pictures and their alt texts in that order; empty for none."""
    return print_of(*(name_of(one, place) for place, one in enumerate(media))) if media else ""


def fixed_of(part: Part) -> str:
    """A short name for all of a part but its words, for networks where nothing else can be edited."""
    return print_of(pictures_of(part.media), json.dumps(dict(part.native), sort_keys=True))


@contextmanager
def uploading(account: Account, attempt: Attempt) -> Iterator[Uploads]:
    """The attempt's uploads; what is new is remembered at the end, also when something fails in the middle."""
    uploads = Uploads(attempt.uploads)
    try:
        yield uploads
    finally:
        if uploads.new:
            account.remember(attempt, uploads.new)


def renewed(send: Callable[[Attempt], Receipt], attempt: Attempt, lapsed: Callable[[Rejected], bool]) -> Receipt:
    """What `send` gives; where the network knows earlier uploads no more, once again with new ones.

    `lapsed` tells whether a refusal may be about them; a refusal means that nothing was posted.
    """
    try:
        return send(attempt)
    except Rejected as refusal:
        if not attempt.uploads or not lapsed(refusal):
            raise
    return send(replace(attempt, uploads={}))
