"""Recurring series: days by a rule, clock times by the project's zone. Pure.

A series is asked for days, never for instants, so that a change of clocks is one thing for all that is scheduled: a
clock time that does not exist on a day moves forward, one that comes twice is the first (`times.locate`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from functools import lru_cache

from msgspec import Struct

from publisher.schedule.rules import tidy_rule

EARLIEST, LATEST = date(2000, 1, 1), date(2399, 12, 31)
"""The first and the last day a series may name: one turn of the calendar, which repeats to the weekday in 400 years."""

_TURN = 400


class Series(Struct, frozen=True, kw_only=True):
    """The days of `rule` from `first` to `last`, both included, at each time of `at`; no `channels` means all of them.

    Without a `first` day the rule holds for ever, and may not count (`INTERVAL`, `COUNT`).
    """

    name: str
    rule: str
    at: tuple[time, ...]
    channels: tuple[str, ...] = ()
    first: date | None = None
    last: date = LATEST

    def serves(self, channel: str) -> bool:
        """Whether the series is for that channel."""
        return not self.channels or channel in self.channels

    def falls_on(self, day: date) -> bool:
        """Whether that day is one of them."""
        return day <= self.last and EARLIEST <= day <= LATEST and day in _days_in(self.rule, self.first, day.year)

    @property
    def happens(self) -> bool:
        """Whether there is any such day."""
        found = next(_days(self.rule, self.first or EARLIEST), None)
        return found is not None and found <= self.last


@lru_cache(maxsize=256)
def _days_in(rule: str, first: date | None, year: int) -> frozenset[date]:
    """The days of one year. A rule that counts is walked from its first day; any other one from the year before."""
    found = set()
    for day in _days(rule, first or max(date(year - 1, 1, 1), EARLIEST)):
        if day.year > year:
            break
        if day.year == year:
            found.add(day)
    return frozenset(found)


def _days(rule: str, start: date) -> Iterator[date]:
    """The rule's days from `start` on.

    The library looks for the next day until the year 9999, a long way for a rule that never happens. So it is asked in
    the last 400 years it knows, whose calendar is that of any other 400, and the answer is brought back.
    """
    from dateutil.rrule import rrulestr

    there = _shift(start, 9999 - _TURN + 1)
    week = "" if "WKST=" in tidy_rule(rule) else ";WKST=MO"
    for at in rrulestr(tidy_rule(rule) + week, dtstart=datetime(there.year, there.month, there.day)):  # noqa: DTZ001 - a day has no zone
        yield _shift(at.date(), EARLIEST.year)


def _shift(day: date, first_year: int) -> date:
    return day.replace(year=first_year + day.year % _TURN)
