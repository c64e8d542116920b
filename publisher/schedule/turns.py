"""Turns: an evergreen post is published again and again, and every time is a post of its own to the ledger. Pure.

The first turn has the post's id, the next ones `<id>~2`, `<id>~3` and so on, which no author can write. So whatever
holds for a post holds for a turn: it is attempted, received, doubted and resolved once. On each channel a turn begins
only when the one before is complete there; one that failed, or is in doubt, waits for a person. An edit of the file is
for the turns to come: those that are live stay as they were.

A post that waits for a slot has its place in the queue from the first run that saw it, kept as `<id>~0` with the slot
that it was promised last on each channel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from msgspec.structs import replace

from publisher.ledger.events import Event, Kind
from publisher.schedule.times import day_of, start_of

if TYPE_CHECKING:
    from publisher.ledger.story import Story
    from publisher.schedule.items import Item
    from publisher.schedule.timetable import Queue, Timetable
    from publisher.words import Post

EVER = datetime.min.replace(tzinfo=UTC)
NEVER = datetime.max.replace(tzinfo=UTC)

_MARK = "~"
_FIRST_READ = 4


def name_turn(post: str, number: int) -> str:
    """The id of a post's turn."""
    return post if number == 1 else f"{post}{_MARK}{number}"


def number_of(turn: str) -> int:
    """Which turn of its post an id names."""
    number = turn.rpartition(_MARK)[2] if _MARK in turn else "1"
    return int(number)


def post_of(turn: str) -> str:
    """The id of the post whose turn an id names."""
    return turn.partition(_MARK)[0]


# --- what the ledger holds of them ----------------------------------------------------------------------------------


def read_stories(read: Callable[[Iterable[str]], Mapping[str, Story]], posts: Iterable[Post]) -> dict[str, Story]:
    """The stories of these posts, of all their turns and of the next one, and their places in the queue.

    How many turns a post has had is known only by reading them: a few first, then more of those that had all of these.
    """
    named = tuple(posts)
    places = (name_turn(post.id, 0) for post in named if _may_queue(post))
    stories = dict(read((*(post.id for post in named), *places)))
    again = [post.id for post in named if any(one.kind is Kind.DONE for one in stories[post.id].events)]
    first, last = 2, _FIRST_READ
    while again:
        stories.update(read([name_turn(post, number) for post in again for number in range(first, last + 1)]))
        again = [post for post in again if stories[name_turn(post, last)].events]
        first, last = last + 1, last * 4
    return stories


def _may_queue(post: Post) -> bool:
    """Whether the post names a slot, or may come to need one."""
    written = [post.publish, *(own.publish for own in post.overrides.values() if own.publish)]
    return post.late.endswith("next") or any(one and not one[0].isdigit() and one != "now" for one in written)


def place_of(post: str, stories: Mapping[str, Story]) -> datetime:
    """When the post was first seen waiting for a slot; the newest comers have no place yet."""
    story = stories.get(name_turn(post, 0))
    return min((one.at for one in story.events if one.kind is Kind.QUEUED), default=NEVER) if story else NEVER


def promise_of(post: str, channel: str, stories: Mapping[str, Story]) -> datetime | None:
    """The slot that the post was promised last on the channel."""
    story = stories.get(name_turn(post, 0))
    events = reversed(story.events) if story else ()
    return next((one.until for one in events if one.kind is Kind.QUEUED and one.channel == channel), None)


def queued(items: Iterable[Item], stories: Mapping[str, Story], now: datetime) -> dict[str, Sequence[Event]]:
    """The events that give those that wait a place, and write down each slot that was not promised before."""
    new: dict[str, list[Event]] = {}
    for item in items:
        if item.queued and promise_of(item.post, item.channel, stories) != item.at:
            event = Event(kind=Kind.QUEUED, channel=item.channel, at=now, until=item.at)
            new.setdefault(name_turn(item.post, 0), []).append(event)
    return dict(new)


# --- which of them a plan is about ----------------------------------------------------------------------------------


def turns(
    post: Post, channel: str, publish: str, timetable: Timetable, stories: Mapping[str, Story]
) -> tuple[Post, ...]:
    """The turns of the post to plan on a channel where its `publish:` says that, as posts.

    Of an evergreen post that is the one not complete there. Any other has one turn, and those that broke off while it
    was evergreen; a withdrawn one has all that are live.
    """
    if timetable.queue(publish):
        return (replace(post, id=next(name for name, story in _told(post, stories) if not _is_over(story, channel))),)
    later = [(name, story) for name, story in _told(post, stories) if name != post.id and story]
    if publish == "withdrawn":
        kept = [name for name, story in later if story and (story.receipts(channel) or _is_open(story, channel))]
    else:
        kept = [name for name, story in later if story and _is_open(story, channel)]
    return (post, *(replace(post, id=name) for name in kept))


def _told(post: Post, stories: Mapping[str, Story]) -> Iterator[tuple[str, Story | None]]:
    """The turns in order, as far as they have a story, and the next one."""
    number = 1
    while story := stories.get(name := name_turn(post.id, number)):
        yield name, story
        number += 1
    yield name, None


def _is_over(story: Story | None, channel: str) -> bool:
    done = story.done(channel) if story else None
    return done is not None and done.act != "withdraw"


def _is_open(story: Story, channel: str) -> bool:
    """Whether something of that turn is, or may be, under way."""
    begun = story.receipts(channel) or story.in_doubt(channel)
    return bool(story.open_attempts(channel) or (begun and not story.done(channel)))


def rested(turn: str, channel: str, queue: Queue, stories: Mapping[str, Story], zone: tzinfo) -> datetime:
    """From when on the turn may come: the cool-down, in whole days, after the one before; ever, for the first."""
    number = number_of(turn)
    before = stories.get(name_turn(turn.rpartition(_MARK)[0], number - 1)) if number > 1 else None
    proof = before.receipt(channel, 0) if before else None
    done = before.done(channel) if before else None
    last = proof.at if proof else done.at if done else None
    return EVER if last is None else start_of(day_of(last, zone) + queue.cooldown, zone)
