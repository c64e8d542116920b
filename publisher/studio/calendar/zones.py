"""A time zone as a calendar file describes it: each change of its clocks, and what they show after it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from icalendar import Timezone

_STEP = timedelta(days=1)


def describe_zone(name: str, first: datetime, last: datetime) -> Timezone:
    """The zone's clocks from the day before `first` to the day after `last`, as RFC 5545 (3.6.5) has it."""
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

    zone, described = ZoneInfo(name), Timezone()
    described.add("tzid", name)
    start, end = first.astimezone(UTC) - _STEP, last.astimezone(UTC) + _STEP
    for moment in (start.replace(second=0, microsecond=0), *find_changes(zone, start, end)):
        before, after = ((moment + shift).astimezone(zone) for shift in (timedelta(seconds=-1), timedelta()))
        clocks = TimezoneDaylight() if after.dst() else TimezoneStandard()
        came_from = before.utcoffset() or timedelta()
        clocks.add("dtstart", (moment + came_from).replace(tzinfo=None))
        clocks.add("tzoffsetfrom", came_from)
        clocks.add("tzoffsetto", after.utcoffset() or timedelta())
        clocks.add("tzname", after.tzname() or name)
        described.add_component(clocks)
    return described


def find_changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The instants after `start` and up to `end`, in UTC, at which the zone's clocks change."""
    day = start
    while day < end:
        next_day = min(day + _STEP, end)
        if _shows(zone, day) != _shows(zone, next_day):
            yield _find_change(zone, day, next_day)
        day = next_day


def _find_change(zone: ZoneInfo, early: datetime, late: datetime) -> datetime:
    """The first second at which the clocks no longer show what they show at `early`."""
    shown = _shows(zone, early)
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        early, late = (middle, late) if _shows(zone, middle) == shown else (early, middle)
    return (late + timedelta(microseconds=500_000)).replace(microsecond=0)


def _shows(zone: ZoneInfo, moment: datetime) -> tuple[timedelta | None, str | None]:
    local = moment.astimezone(zone)
    return local.utcoffset(), local.tzname()
