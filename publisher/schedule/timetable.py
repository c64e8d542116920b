"""The team's times: weekly slots, quiet periods, gaps and daily maxima. Pure, once it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from msgspec import Struct, field

from publisher.schedule.times import day_of, start_of
from publisher.words import Finding

AHEAD = timedelta(days=400)
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
    quiet: tuple[Quiet, ...] = ()
    gaps: Mapping[str, timedelta] = field(default_factory=dict)
    maxima: Mapping[str, int] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the slots."""
        return tuple(slot.name for slot in self.slots)

    def slots_for(self, channel: str, name: str = "") -> tuple[Slot, ...]:
        """The slots of a channel, or only the one of that name."""
        return tuple(slot for slot in self.slots if slot.serves(channel) and name in ("", slot.name))

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
        """The instants of the channel's slots from `start` on, for a little more than a year."""
        slots = self.slots_for(channel, name)
        day = day_of(start, zone)
        for number in range(AHEAD.days if slots else 0):
            one = day + timedelta(days=number)
            clocks = {clock for slot in slots if one.weekday() in slot.days for clock in slot.at}
            yield from (at for at in sorted(start_of(one, zone, clock) for clock in clocks) if at >= start)

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
