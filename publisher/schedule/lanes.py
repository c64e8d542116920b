"""One channel's calendar: what went live, what is planned, and where there is still room. Pure."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import count, islice

from publisher.schedule.times import day_of, show_span, start_of
from publisher.schedule.timetable import AHEAD, Timetable

OPEN = timedelta(hours=1)
"""How long a slot waits for a run that comes late when it was promised to nobody."""


class Lane:
    """The posts of one channel in time: those that went `live`, and those a plan being made has promised since."""

    def __init__(self, channel: str, timetable: Timetable, zone: tzinfo, live: Iterable[datetime] = ()) -> None:
        self.channel, self.timetable, self.zone = channel, timetable, zone
        self._live = sorted(live)
        self._taken: list[datetime] = []
        self._days: Counter[date] = Counter()
        self._known: dict[tuple[str, datetime], tuple[list[datetime], Iterator[datetime]]] = {}
        for at in self._live:
            self.take(at)

    def take(self, at: datetime) -> None:
        """Count a post at that instant."""
        insort(self._taken, at)
        self._days[day_of(at, self.zone)] += 1

    def refusal(self, at: datetime, *, quiet: bool = True) -> str:
        """Why nothing can go out at that instant, empty when it can."""
        day = day_of(at, self.zone)
        return (quiet and self.timetable.quiet_on(day)) or self._full(day) or self._crowded(at)

    def _full(self, day: date) -> str:
        most = self.timetable.daily(self.channel)
        full = most is not None and self._days[day] >= most
        return f"{most} {'post' if most == 1 else 'posts'} a day on {self.channel}" if full else ""

    def _crowded(self, at: datetime) -> str:
        gap = self.timetable.gap(self.channel)
        return f"{show_span(gap)} between two posts on {self.channel}" if self._neighbour(at) else ""

    def _neighbour(self, at: datetime) -> datetime | None:
        """The latest post that stands too near."""
        gap = self.timetable.gap(self.channel)
        after = bisect_left(self._taken, at + gap)
        near = self._taken[after - 1] if after else None
        return near if near is not None and near > at - gap else None

    def earliest(self, start: datetime, wanted: datetime | None, *, quiet: bool = True) -> tuple[datetime | None, str]:
        """The first instant from `start` on with room, and what stood in the way before.

        On a later day it is not before the clock time of `wanted`, so that nobody is written to at midnight; what is
        wanted at no time in particular goes out with the day.
        """
        at, reason = start, ""
        clock = wanted.astimezone(self.zone).time() if wanted else time()
        while why := self.refusal(at, quiet=quiet):
            near = None if why != self._crowded(at) else self._neighbour(at)
            tomorrow = start_of(day_of(at, self.zone) + timedelta(days=1), self.zone, clock)
            at = near + self.timetable.gap(self.channel) if near else tomorrow
            reason = reason or why
            if at - start > AHEAD:
                return None, reason
        return at, reason

    def open_slot(self, name: str, now: datetime, others: Container[datetime]) -> datetime | None:
        """The slot whose time has just come, if nothing went live in it and no other has its very instant."""
        for at in self._slots(name, now):
            if at > now:
                return None
            if at not in others and not _within(self._live, at, at + OPEN) and not self.refusal(at):
                return at
        return None

    def has_slot(self, name: str, at: datetime) -> bool:
        """Whether there is a slot of that name at that very instant, on a day that is not quiet."""
        found = next(self.timetable.occurrences(self.channel, name, at, self.zone), None)
        return found == at and not self.timetable.quiet_on(day_of(at, self.zone))

    def next_slot(self, name: str, now: datetime) -> datetime | None:
        """The first slot after `now` that is still free."""
        return next((at for at, _ in self.free_slots([name], now)), None)

    def free_slots(self, names: Iterable[str], now: datetime) -> Iterator[tuple[datetime, str]]:
        """The slots after `now` that are free when their turn comes, in order, each with the name that leads to it."""
        from heapq import merge

        for at, name in merge(*(self._named(name, now) for name in sorted(names))):
            if not _within(self._taken, at, at + timedelta.resolution) and not self.refusal(at):
                yield at, name

    def _named(self, name: str, now: datetime) -> Iterator[tuple[datetime, str]]:
        return ((at, name) for at in self._slots(name, now) if at > now)

    def _slots(self, name: str, now: datetime) -> Iterator[datetime]:
        """The slots of that name from those still open at `now` on; many posts ask, and each slot is found once."""
        if (name, now) not in self._known:
            start = now - OPEN + timedelta.resolution
            self._known[name, now] = ([], self.timetable.occurrences(self.channel, name, start, self.zone))
        known, more = self._known[name, now]
        for number in count():
            if number == len(known):
                known.extend(islice(more, 1))
            if number == len(known):
                return
            yield known[number]


def _within(instants: Sequence[datetime], start: datetime, end: datetime) -> bool:
    return bisect_left(instants, start) < bisect_left(instants, end)
