"""What a ledger must know before it writes, the same for every home. Pure, but for the memory `Seen` keeps."""

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


class Seen(Struct, frozen=True):
    """How many events of each part this runner has read or written; one more than that came from somebody else.

    `claimed` are the parts it claimed itself and has not read about since.
    """

    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)

    def note(self, story: Story) -> None:
        """Remember the story as read."""
        self.counts.update({(story.post, key): number for key, number in _numbers(story).items()})
        self.claimed.difference_update(one.key for one in story.events)

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


def claims(
    attempts: Sequence[Attempt], runner: Runner, stories: Mapping[str, Story], seen: Seen, at: datetime, nonce: str
) -> dict[str, list[Event]]:
    """The events that claim every attempt, by post. Raises Conflict when some of them are not ours to make.

    Events of an earlier try of this very claim (its answer was lost) are not made again.
    """
    events: dict[str, list[Event]] = {}
    refused: dict[str, str] = {}
    for attempt in attempts:
        story = stories[attempt.post]
        if any(one.claim == nonce and one.key == attempt.key for one in story.events):
            continue
        if why := _hindrance(story, attempt, seen):
            refused[attempt.key] = f"{attempt.post} on {attempt.channel}, part {attempt.position + 1}: {why}"
            continue
        first = story.first_attempt(attempt.key) is None
        events.setdefault(attempt.post, []).append(attempted(attempt, runner, attempt.at if first else at, nonce))
    if refused:
        raise Conflict("; ".join(refused.values()), refused=refused)
    return events


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
