"""What stands in a calendar: a post on a channel at an instant, alone and beside its siblings. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from pathlib import PurePosixPath

from msgspec import Struct, field

from publisher.schedule.items import Item, State
from publisher.studio.calendar.spans import Span
from publisher.words import Channel, Post

MARKS: Mapping[str, str] = {
    "published": "✓",
    "due": "▸",
    "later": "",
    "held": "‖",
    "failed": "✗",
    "doubt": "?",
    "withdrawn": "–",
}
"""A sign for each state; what simply comes later needs none."""

WORDS: Mapping[str, str] = {"due": "due now", "later": "planned", "doubt": "in doubt"}
"""How a state is told to a person, where its own name does not tell."""


def say_state(state: str) -> str:
    """The state in words."""
    return WORDS.get(state, state)


class Entry(Struct, frozen=True, kw_only=True):
    """An item of the plan with its post; `at` is on the project's clocks, None where nobody can say.

    `post` is None where its file is gone. `text` is the first part of what the channel says, `link` what the post
    leads to; both are empty where nobody asked for them.
    """

    item: Item
    at: datetime | None = None
    post: Post | None = None
    text: str = ""
    link: str = ""

    @property
    def key(self) -> str:
        """What it shares with its post's other entries: the file, or the id where that is gone."""
        return self.item.path or self.item.post

    @property
    def title(self) -> str:
        """The post's title, or else its id."""
        return (self.post.title if self.post else "") or self.item.post

    @property
    def objective(self) -> str:
        """Why the post exists."""
        return self.post.objective if self.post else ""

    @property
    def campaign(self) -> str:
        """The campaign it belongs to."""
        return self.post.campaign if self.post else ""

    @property
    def url(self) -> str:
        """Where it can be seen, once it is live."""
        return next((receipt.url for receipt in self.item.receipts if receipt.url), "")

    @property
    def mark(self) -> str:
        """The sign of its state."""
        return MARKS.get(self.item.state, "")

    @property
    def word(self) -> str:
        """Its state in words."""
        return say_state(self.item.state)

    @property
    def pictures(self) -> tuple[str, ...]:
        """The names of the post's picture files."""
        return tuple(PurePosixPath(one.file).name for one in self.post.media) if self.post else ()


class Airing(Struct, frozen=True, kw_only=True):
    """One post on the channels that show it at the same minute; there is at least one."""

    entries: tuple[Entry, ...]

    @property
    def at(self) -> datetime | None:
        """When."""
        return self.entries[0].at

    @property
    def first(self) -> Entry:
        """Any of the entries: they share their post and their time."""
        return self.entries[0]

    @property
    def stages(self) -> tuple[tuple[Entry, ...], ...]:
        """The entries that are in the same state for the same reason, each group once."""
        found: dict[tuple[State, str], list[Entry]] = {}
        for one in self.entries:
            found.setdefault((one.item.state, one.item.reason), []).append(one)
        return tuple(map(tuple, found.values()))


class Calendar(Struct, frozen=True, kw_only=True):
    """The entries of a span in the order of time, and those without a date.

    `now` is on the project's clocks, in the time zone called `zone`. `quiet` says of a day why nothing is published.
    `earlier` and `later` count what lies outside the span.
    """

    team: str
    zone: str
    now: datetime
    span: Span
    channels: tuple[Channel, ...]
    objectives: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    undated: tuple[Entry, ...] = ()
    quiet: Mapping[date, str] = field(default_factory=dict)
    earlier: int = 0
    later: int = 0

    @property
    def all(self) -> tuple[Entry, ...]:
        """Every entry, those without a date last."""
        return (*self.entries, *self.undated)

    @property
    def named_channels(self) -> tuple[str, ...]:
        """The names of the channels that have an entry: the project's in its order, then those it no longer has."""
        used = dict.fromkeys(one.item.channel for one in self.all)
        known = [one.name for one in self.channels if one.name in used]
        return tuple(dict.fromkeys((*known, *used)))

    @property
    def named_objectives(self) -> tuple[str, ...]:
        """The objectives that an entry has: the project's in its order, then others."""
        used = dict.fromkeys(one.objective for one in self.all if one.objective)
        return tuple(dict.fromkeys((*(one for one in self.objectives if one in used), *used)))

    @property
    def all_objectives(self) -> tuple[str, ...]:
        """The project's objectives in its order, then others that an entry has: each keeps its place."""
        return tuple(dict.fromkeys((*self.objectives, *self.named_objectives)))

    @property
    def states(self) -> tuple[State, ...]:
        """The states that an entry is in."""
        used = {one.item.state for one in self.all}
        return tuple(state for state in State if state in used)

    def by_day(self) -> Mapping[date, tuple[Airing, ...]]:
        """What happens on each day; days without anything are not in it."""
        days: dict[date, list[Entry]] = {}
        for one in self.entries:
            if one.at:
                days.setdefault(one.at.date(), []).append(one)
        return {day: gather(entries) for day, entries in days.items()}


def gather(entries: Iterable[Entry]) -> tuple[Airing, ...]:
    """The entries of one post at one minute together, in the order in which each first appears."""
    airings: dict[tuple[str, str], list[Entry]] = {}
    for one in entries:
        minute = f"{one.at:%Y-%m-%dT%H:%M%z}" if one.at else ""
        airings.setdefault((minute, one.key), []).append(one)
    return tuple(Airing(entries=tuple(found)) for found in airings.values())


def enter(item: Item, post: Post | None, now: datetime, zone: tzinfo) -> Entry:
    """The item as an entry; what is due without a time goes out now."""
    at = item.at or (now if item.state is State.DUE else None)
    return Entry(item=item, at=at.astimezone(zone) if at else None, post=post)


def in_time(entries: Iterable[Entry], channels: Sequence[str]) -> tuple[Entry, ...]:
    """The entries in the order of time, then of posts, then of channels; those without a date last."""
    places = {name: place for place, name in enumerate(channels)}

    def key(one: Entry) -> tuple[float, str, str, int, str]:
        moment = one.at.timestamp() if one.at else float("inf")
        minute = moment // 60 if one.at else moment
        channel = one.item.channel
        return minute, one.item.path, one.item.post, places.get(channel, len(places)), channel

    return tuple(sorted(entries, key=key))
