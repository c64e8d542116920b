"""A team's year, played: posts that come and go, runs that are late, doubled, missing or killed, and what went live.

The plan is the real one and so is the ledger's book-keeping; the network is a list. A run is alive from its start for
`WINDOW`: it sends what is due, waits for what comes within that time, and sends it at its very instant.
"""

from __future__ import annotations

import random
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from publisher.errors import Conflict
from publisher.ledger.claims import Publication
from publisher.ledger.events import Event, completed, received
from publisher.ledger.in_memory import InMemoryLedger, Memory
from publisher.ledger.runner import Runner
from publisher.ledger.story import Story
from publisher.model import Attempt, Channel, Override, Post, Receipt, part_key
from publisher.schedule.items import Item, Plan
from publisher.schedule.plan import plan
from publisher.schedule.series import Series
from publisher.schedule.timetable import Queue, Quiet, Slot, Timetable
from publisher.schedule.turns import queued, read_stories

CHANNELS = (Channel(name="x", network="x"), Channel(name="blog", network="ghost"))
YEAR = 2026
WINDOW, TICK, LEASE, HOUR = timedelta(minutes=150), timedelta(hours=3), timedelta(minutes=15), timedelta(hours=1)
LATE = timedelta(hours=24)
WEEKDAYS, EVERY_DAY = (0, 1, 2, 3, 4), tuple(range(7))

_Key = tuple[str, str, int]


def timetable(zone: ZoneInfo) -> Timetable:
    """Slots, a series and two queues, one of which has slots at hours that the clocks skip and repeat."""
    return Timetable(
        zone=zone,
        slots=(
            Slot(name="morning", days=WEEKDAYS, at=(time(9, 30),), channels=("x",)),
            Slot(name="noon", days=EVERY_DAY, at=(time(12, 15),)),
            Slot(name="night", days=EVERY_DAY, at=(time(2, 30),), channels=("x",)),
            Slot(name="evening", days=(1, 3, 6), at=(time(19),)),
        ),
        series=(
            Series(name="numbers", rule="FREQ=WEEKLY;BYDAY=MO", at=(time(8, 5),)),
            Series(name="month-end", rule="FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", at=(time(17),)),
        ),
        queues=(
            Queue(name="classics", slots=("evening", "month-end"), cooldown=timedelta(days=30)),
            Queue(name="owls", slots=("night",), cooldown=timedelta(days=28), channels=("x",)),
        ),
        quiet=(
            Quiet(why="holidays", first=date(YEAR, 12, 24), last=date(YEAR, 12, 27)),
            Quiet(why="summer", first=date(YEAR, 8, 10), last=date(YEAR, 8, 14)),
        ),
        gaps={"default": timedelta(minutes=30), "blog": timedelta(hours=2)},
        maxima={"x": 5, "blog": 3},
    )


@dataclass(frozen=True)
class Entry:
    """A post, and when it was merged."""

    post: Post
    merged: datetime
    parts: int


@dataclass(frozen=True)
class Life:
    """A run from its start to its end; a `killed` one ended in the middle of a post."""

    start: datetime
    end: datetime
    killed: bool = False


@dataclass(eq=False)
class Year:
    """What was written, which runs there were, and what went live when."""

    zone: ZoneInfo
    entries: tuple[Entry, ...]
    timetable: Timetable
    lives: list[Life] = field(default_factory=list)
    live: dict[_Key, list[datetime]] = field(default_factory=dict)
    conflicts: int = 0
    plans: int = 0

    def first(self, turn: str, channel: str) -> datetime | None:
        """When the first part of that turn went live on the channel."""
        return min(self.live.get((turn, channel, 0), ()), default=None)

    def history(self, channel: str) -> list[tuple[datetime, str]]:
        """The first parts on a channel, in the order in which they went live."""
        return self._histories[channel]

    def comings(self, post: str, channel: str) -> list[datetime]:
        """When the turns of a post went live there."""
        return self._comings.get((post, channel), [])

    @cached_property
    def _histories(self) -> Mapping[str, list[tuple[datetime, str]]]:
        """Asked when the year is over."""
        told: dict[str, list[tuple[datetime, str]]] = {channel.name: [] for channel in CHANNELS}
        for (turn, channel, part), times in self.live.items():
            told[channel] += [(at, turn) for at in times if part == 0]
        return {channel: sorted(told[channel]) for channel in told}

    @cached_property
    def _comings(self) -> Mapping[tuple[str, str], list[datetime]]:
        told: dict[tuple[str, str], list[datetime]] = {}
        for channel, history in self._histories.items():
            for at, turn in history:
                told.setdefault((turn.split("~")[0], channel), []).append(at)
        return told


def entries(zone: ZoneInfo, dice: random.Random) -> Iterator[Entry]:
    """Posts of every kind, spread over the year, most merged in time and some too late."""
    begin = datetime(YEAR, 1, 1, tzinfo=zone)
    lates: list[str] = ["", "", "", "30m", "2h next", "publish", "6h skip"]
    named = ["next", "next", "morning", "noon", "evening", "numbers", "month-end", "now", "night"]
    for number in range(330):
        wanted = begin + timedelta(minutes=dice.randrange(364 * 1440))
        text, late, expires = f"{wanted:%Y-%m-%d %H:%M}", dice.choice(lates), ""
        if number % 3 == 0:
            text = dice.choice(named)
        if number % 11 == 0:
            expires = f"{wanted + timedelta(hours=dice.randrange(1, 60)):%Y-%m-%d %H:%M}"
        ahead = timedelta(hours=dice.choice([-3, 1, 5, 10, 30, 100]))
        yield _entry(f"p{number:03}", text, wanted - ahead, dice, late, expires)
    for hour in (
        "01:30",
        "02:30",
        "03:00",
    ):  # every such hour of the year, those that are skipped or repeated among them
        for number, day in enumerate(_changes(zone)):
            yield _entry(f"dst{number}-{hour[:2]}", f"{day} {hour}", begin - timedelta(days=1), dice)
    for number in range(5):
        yield _entry(f"classic{number}", "classics", begin + timedelta(days=dice.randrange(-9, 150)), dice)
        yield _entry(f"owl{number}", "owls", begin + timedelta(days=dice.randrange(-9, 90)), dice)


def _entry(name: str, publish: str, merged: datetime, dice: random.Random, late: str = "", expires: str = "") -> Entry:
    own = {"blog": Override(publish="noon")} if dice.random() < 0.05 and publish[0].isdigit() else {}
    muted = dice.choice([(), (), ("blog",), ("x",)]) if publish not in ("owls", "morning", "night") else ("blog",)
    folder = dice.choice("abcdef")
    post = Post(
        id=name, path=f"content/{folder}/{name}.md", digest=name, publish=publish, muted=muted, overrides=own,
        late=late, expires=expires,
    )  # fmt: skip
    return Entry(post, merged.astimezone(UTC), 2 if dice.random() < 0.2 else 1)


def _changes(zone: ZoneInfo) -> list[date]:
    """The days on which the clocks change, and the days after them."""
    days = [datetime(YEAR, 1, 2, 12, tzinfo=zone) + timedelta(days=number) for number in range(360)]
    changes = [day for day in days if day.utcoffset() != (day - timedelta(days=1)).utcoffset()]
    return [one.date() for day in changes for one in (day, day + timedelta(days=1))]


def starts(zone: ZoneInfo, dice: random.Random) -> Iterator[datetime]:
    """When runs start: every three hours, late by up to half an hour; now and then none for up to two days."""
    at, end = (datetime(year, 1, 1, tzinfo=zone).astimezone(UTC) for year in (YEAR, YEAR + 1))
    while at < end:
        yield at + timedelta(seconds=dice.randrange(1800))
        at += TICK if dice.random() > 0.01 else timedelta(hours=dice.uniform(2, 48))


@cache
def play(name: str, seed: int) -> Year:
    """The year of a team in that zone."""
    dice, zone = random.Random(seed), ZoneInfo(name)
    year = Year(zone, tuple(entries(zone, dice)), timetable(zone))
    game = _Game(year, dice)
    for start in starts(zone, dice):
        game.run(max(start, game.now))
    return year


class _Killed(Exception):
    """The run ended where it stood."""


class _Game:
    """The team's memory, and the runs that share it."""

    def __init__(self, year: Year, dice: random.Random) -> None:
        self.year, self.dice, self.now = year, dice, datetime(YEAR - 1, 12, 1, tzinfo=UTC)
        self._memory = Memory()
        self._published: list[Publication] = []
        self._coming = sorted(year.entries, key=lambda entry: entry.merged)
        self._open: dict[str, Entry] = {}
        self._stories: dict[str, Story] = {}
        self._parts = {entry.post.path: entry.parts for entry in year.entries}

    def run(self, start: datetime) -> None:
        """One run; now and then two that start together, and one of them is always slower."""
        self.now, end = start, start + WINDOW
        while self._coming and self._coming[0].merged <= start:
            entry = self._coming.pop(0)
            self._open[entry.post.path] = entry
        twin = self._open_ledger() if self.dice.random() < 0.05 else None
        seen = (self._plan(twin), self._stories) if twin else None
        try:
            self._live(end)
        except _Killed:
            self.year.lives.append(Life(start, self.now, killed=True))
        else:
            self.now = end
            self.year.lives.append(Life(start, end))
        if twin and seen:
            self._follow(twin, *seen)

    def _live(self, end: datetime) -> None:
        ledger = self._open_ledger()
        while True:
            made = self._plan(ledger)
            for item in made.due:
                self._send(ledger, item, self._stories)
            ledger.record(queued(made.items, self._stories, self.now))
            if made.due:
                self._settle(ledger)
            coming = [item.at for item in made.items if item.state == "later" and item.at and item.at <= end]
            if not coming:
                return
            self.now = min(coming)

    def _follow(self, ledger: InMemoryLedger, seen: Plan, stories: Mapping[str, Story]) -> None:
        """The slower twin, which still believes what both saw at the start."""
        for item in seen.due:
            try:
                self._send(ledger, item, stories)
            except Conflict:
                self.year.conflicts += 1
            except _Killed:
                return

    def _open_ledger(self) -> InMemoryLedger:
        return InMemoryLedger(self._memory, clock=lambda: self.now)

    def _plan(self, ledger: InMemoryLedger) -> Plan:
        self.year.plans += 1
        posts = [entry.post for entry in self._open.values()]
        self._stories = read_stories(ledger.read, posts)
        since = self.year.timetable.horizon(self.now)
        recent = self._published[bisect_left(self._published, since, key=lambda one: one.at) :]
        return plan(
            posts, CHANNELS, self.year.timetable, self._stories, {}, self.now, late=LATE, recent=recent,
            abandoned=lambda attempt: self.now - attempt.at >= LEASE,
        )  # fmt: skip

    def _send(self, ledger: InMemoryLedger, item: Item, stories: Mapping[str, Story]) -> None:
        story = stories[item.post]
        tried = {one.key for one in story.open_attempts(item.channel)}
        for position in range(self._parts[item.path]):
            if story.receipt(item.channel, position):
                continue
            key = part_key(item.post, item.channel, 1, position)
            attempt = Attempt(
                key=key, post=item.post, channel=item.channel, position=position, digest="d", at=self.now
            )  # fmt: skip
            there = self.year.live.setdefault((item.post, item.channel, position), [])
            if not (key in tried and there):
                ledger.claim([attempt], Runner(host=str(id(ledger)), pid=1))
                there.append(self.now)
                if self.dice.random() < 0.02:
                    raise _Killed
            self._record(ledger, item.post, received(attempt, Receipt(id=key, url="", at=there[0])))
            if position == 0:
                published = Publication(post=item.post, channel=item.channel, at=there[0])
                insort(self._published, published, key=lambda one: one.at)
        self._record(ledger, item.post, completed(item.channel, "d", item.blob, self.now))

    @staticmethod
    def _record(ledger: InMemoryLedger, post: str, event: Event) -> None:
        ledger.record({post: [event]})

    def _settle(self, ledger: InMemoryLedger) -> None:
        """Forgets what is done, as a ledger lets a run do, and what has been held for two weeks: the file goes."""
        made, old = self._plan(ledger), self.now - timedelta(days=14)
        open_ = {item.path for item in made.items if item.state not in ("held", "published")}
        for path in [path for path, entry in self._open.items() if path in made.complete or entry.merged < old]:
            if path not in open_:
                del self._open[path]


def alive_at(lives: Iterable[Life], instant: datetime) -> Life | None:
    """The run that was alive at that instant."""
    return next((life for life in lives if life.start <= instant <= life.end), None)
