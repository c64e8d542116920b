"""What is written into a ledger and what it must know before, the same for every home. Pure, but for `Seen`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct, field

from publisher.errors import Conflict
from publisher.ledger.events import Event, Kind, attempted
from publisher.ledger.runner import Runner
from publisher.ledger.story import Story

if TYPE_CHECKING:
    from publisher.model import Attempt


class Publication(Struct, frozen=True, kw_only=True):
    """One post that went live on one channel."""

    post: str
    channel: str
    at: datetime


class Claim(Struct, frozen=True, kw_only=True):
    """Parts that one runner is about to send, in order."""

    attempts: Sequence[Attempt] = ()
    runner: Runner

    @property
    def posts(self) -> tuple[str, ...]:
        """The posts they are parts of, each once."""
        return tuple(dict.fromkeys(attempt.post for attempt in self.attempts))


class Entry(Struct, frozen=True, kw_only=True):
    """What is written at once: what happened, by post; what is about to be sent; and the blob of what is done, by path.

    A claim is judged by what had happened before, the entry's own events included.
    """

    events: Mapping[str, Sequence[Event]] = field(default_factory=dict)
    claim: Claim | None = None
    settled: Mapping[str, str] = field(default_factory=dict)

    @property
    def claimed(self) -> tuple[str, ...]:
        """The posts of which a part is claimed."""
        return self.claim.posts if self.claim else ()


class Seen(Struct, frozen=True):
    """How many events of each part this runner has read or written; one more than that came from somebody else.

    `claimed` are the parts it claimed itself and has not read about since.
    """

    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)

    def note(self, stories: Mapping[str, Story]) -> Mapping[str, Story]:
        """The stories, remembered as read."""
        for story in stories.values():
            self.counts.update({(story.post, key): number for key, number in _numbers(story).items()})
            self.claimed.difference_update(one.key for one in story.events)
        return stories

    def add(self, post: str, events: Iterable[Event]) -> None:
        """Remember events of our own."""
        for event in events:
            self.counts[post, event.key] = self.counts.get((post, event.key), 0) + 1
            if event.kind is Kind.ATTEMPT:
                self.claimed.add(event.key)
            elif event.kind is not Kind.UPLOADED:
                self.claimed.discard(event.key)

    def knows(self, story: Story, key: str) -> bool:
        """Whether nothing came to this part since it was read."""
        return _numbers(story)[key] <= self.counts.get((story.post, key), 0)


def _numbers(story: Story) -> Counter[str]:
    return Counter(one.key for one in story.events)


def events_of(
    entry: Entry, stories: Mapping[str, Story], seen: Seen, at: datetime, nonce: str
) -> Mapping[str, Sequence[Event]]:
    """All the events that the entry adds, by post. Raises Conflict when parts it claims are not the runner's to send.

    Those of an earlier try to write this very claim, whose answer was lost, are given as they are.
    """
    if entry.claim is None:
        return entry.events
    made = {post: list(new) for post, new in entry.events.items()}
    refused: dict[str, str] = {}
    for attempt in entry.claim.attempts:
        story = stories[attempt.post].plus(entry.events.get(attempt.post, ()))
        written = next((one for one in story.events if one.claim == nonce and one.key == attempt.key), None)
        if written:
            made.setdefault(attempt.post, []).append(written)
            continue
        if why := _hindrance(story, attempt, seen):
            refused[attempt.key] = f"{attempt.post} on {attempt.channel}, part {attempt.position + 1}: {why}"
            continue
        first = story.first_attempt(attempt.key) is None
        event = attempted(attempt, entry.claim.runner, attempt.at if first else at, nonce)
        made.setdefault(attempt.post, []).append(event)
    if refused:
        raise Conflict("; ".join(refused.values()), refused=refused)
    return made


def _hindrance(story: Story, attempt: Attempt, seen: Seen) -> str:
    if any((one.proves or one.removes) and one.key == attempt.key for one in story.events):
        return "it is done already"
    doubts = story.in_doubt(attempt.channel)
    if any(one.kind is Kind.UNREADABLE or one.key == attempt.key for one in doubts):
        return "nobody knows yet whether it is live"
    if attempt.key in seen.claimed:
        return "this run is sending it already"
    return "" if seen.knows(story, attempt.key) else "another runner was here first"


def publications(post: str, events: Iterable[Event]) -> list[Publication]:
    """What the events say went live: the first part of a post counts, the rest of a thread does not."""
    return [
        Publication(post=post, channel=one.channel, at=one.at)
        for one in events
        if one.proves and one.position == 0 and one.act == "send"
    ]
