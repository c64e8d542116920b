"""The team's times: slots, series, evergreen queues, quiet periods, gaps and daily maxima. Pure, once it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from msgspec import Struct, field

from publisher.schedule.series import Series
from publisher.schedule.times import day_of, start_of
from publisher.words import Finding

AHEAD = timedelta(days=400)
NEVER = datetime.max.replace(tzinfo=UTC)
DEFAULT = "default"


class Slot(Struct, frozen=True, kw_only=True):
    """A time of the week; `days` count from Monday as 0, no `channels` means all of them."""

    name: str
    days: tuple[int, ...]
    at: tuple[time, ...]
    channels: tuple[str, ...] = ()

    def serves(self, channel: str) -> bool:
        """Whether the slot is for that channel."""
        return not self.channels or channel in self.channels

    def falls_on(self, day: date) -> bool:
        """Whether that day has this slot."""
        return day.weekday() in self.days


class Queue(Struct, frozen=True, kw_only=True):
    """Evergreen posts, published again and again: one at each of `slots` (of slots and series, by name).

    A post comes again on a channel once `cooldown`, in whole days of the project's calendar, has passed there.
    """

    name: str
    slots: tuple[str, ...]
    cooldown: timedelta
    channels: tuple[str, ...] = ()

    def serves(self, channel: str) -> bool:
        """Whether the queue is for that channel."""
        return not self.channels or channel in self.channels


class Quiet(Struct, frozen=True, kw_only=True):
    """Days on which nothing is published: from `first` to `last`, both included, or certain days of every week."""

    why: str
    first: date = date.max
    last: date = date.min
    days: tuple[int, ...] = ()

    def holds(self, day: date) -> bool:
        """Whether that day is one of them."""
        return self.first <= day <= self.last or day.weekday() in self.days


class Timetable(Struct, frozen=True, kw_only=True):
    """Everything `schedules/` says. `gaps` and `maxima` are by channel, `default` standing for the others."""

    zone: tzinfo = UTC
    slots: tuple[Slot, ...] = ()
    series: tuple[Series, ...] = ()
    queues: tuple[Queue, ...] = ()
    quiet: tuple[Quiet, ...] = ()
    gaps: Mapping[str, timedelta] = field(default_factory=dict)
    maxima: Mapping[str, int] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """What `publish:` may name: slots, series and evergreen queues."""
        return tuple(one.name for one in (*self._times, *self.queues))

    @property
    def _times(self) -> tuple[Slot | Series, ...]:
        return self.slots + self.series

    def queue(self, name: str) -> Queue | None:
        """The evergreen queue of that name."""
        return next((queue for queue in self.queues if queue.name == name), None)

    def slots_for(self, channel: str, name: str = "") -> tuple[Slot | Series, ...]:
        """Where that name leads on a channel: to a slot, a series, or all of a queue's; without a name, to any slot.

        A series is for what names it: `next` does not take its occurrences.
        """
        if not name:
            return tuple(slot for slot in self.slots if slot.serves(channel))
        queue = self.queue(name)
        if queue and not queue.serves(channel):
            return ()
        names = queue.slots if queue else (name,)
        return tuple(one for one in self._times if one.name in names and one.serves(channel))

    def gap(self, channel: str) -> timedelta:
        """The least time between two posts on the channel."""
        return self.gaps.get(channel, self.gaps.get(DEFAULT, timedelta()))

    def daily(self, channel: str) -> int | None:
        """The most posts a day on the channel, None where nobody has said."""
        return self.maxima.get(channel, self.maxima.get(DEFAULT))

    def quiet_on(self, day: date) -> str:
        """Why that day is quiet, until when; empty on any other day."""
        quiet = next((one for one in self.quiet if one.holds(day)), None)
        return f"quiet period: {quiet.why} until {self._noise_after(day)}" if quiet else ""

    def _noise_after(self, day: date) -> date:
        """The first day after `day` that is not quiet."""
        days = (day + timedelta(days=number) for number in range(1, AHEAD.days))
        return next((one for one in days if not any(quiet.holds(one) for quiet in self.quiet)), day + AHEAD)

    def occurrences(self, channel: str, name: str, start: datetime, zone: tzinfo) -> Iterator[datetime]:
        """The instants of the channel's slots from `start` on, each once, for a little more than a year.

        A time that a change of clocks skips moves forward, by a day where a whole day is skipped; so what a day holds
        is told only when no earlier instant can follow.
        """
        slots = self.slots_for(channel, name)
        day = day_of(start, zone) - timedelta(days=1)
        waiting: set[datetime] = set()
        for number in range(AHEAD.days + 1 if slots else 0):
            one = day + timedelta(days=number)
            found = {start_of(one, zone, clock) for slot in slots if slot.falls_on(one) for clock in slot.at}
            if not (found or waiting):
                continue
            ready = {at for at in waiting if at < min(found, default=NEVER)}
            yield from sorted(at for at in ready if at >= start)
            waiting = (waiting - ready) | found
        yield from sorted(at for at in waiting if at >= start)

    def horizon(self, now: datetime) -> datetime:
        """How far back the plan must know what went live, to keep every gap and daily maximum."""
        return now - max([timedelta(), *self.gaps.values()]) - timedelta(days=2)


def parse_timetable(
    sources: Mapping[str, str | bytes], zone: tzinfo, channels: Iterable[str]
) -> tuple[Timetable, tuple[Finding, ...]]:
    """The timetable that the files of `schedules/` make together, and what is wrong with them. Never raises."""
    from publisher.schedule.sheets import Sheets

    sheets = Sheets(zone, tuple(channels))
    for path in sorted(sources):
        sheets.read(path, sources[path])
    return sheets.timetable(), tuple(sheets.findings)
