"""Stretches of a calendar: a month, a week, or any run of days; weeks begin on Monday."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from msgspec import Struct

WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


class Span(Struct, frozen=True, kw_only=True):
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> tuple[date, ...]:
        """Every day."""
        return tuple(self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1))

    @property
    def weeks(self) -> tuple[tuple[date, ...], ...]:
        """The whole weeks these days lie in, each from Monday to Sunday."""
        monday = self.first - timedelta(days=self.first.weekday())
        count = (self.last - monday).days // 7 + 1
        return tuple(tuple(monday + week * WEEK + day * _DAY for day in range(7)) for week in range(count))

    @property
    def is_month(self) -> bool:
        """Whether it is one whole month."""
        return self == month_of(self.first)

    @property
    def name(self) -> str:
        """How a person calls it: `December 2026`, `30 November to 6 December 2026`."""
        if self.is_month:
            return f"{self.first:%B %Y}"
        if self.first == self.last:
            return say_day(self.last)
        first = say_day(self.first).removesuffix(f" {self.last.year}")
        if (self.first.year, self.first.month) == (self.last.year, self.last.month):
            first = str(self.first.day)
        return f"{first} to {say_day(self.last)}"

    @property
    def before(self) -> Span:
        """The stretch of the same kind that ends where this one begins."""
        last = self.first - _DAY
        return month_of(last) if self.is_month else Span(first=last - (self.last - self.first), last=last)

    @property
    def after(self) -> Span:
        """The stretch of the same kind that begins where this one ends."""
        first = self.last + _DAY
        return month_of(first) if self.is_month else Span(first=first, last=first + (self.last - self.first))

    def holds(self, day: date) -> bool:
        """Whether that day is one of them."""
        return self.first <= day <= self.last


def month_of(day: date) -> Span:
    """The month the day lies in."""
    return Span(first=day.replace(day=1), last=day.replace(day=monthrange(day.year, day.month)[1]))


def week_of(day: date) -> Span:
    """The week the day lies in."""
    monday = day - timedelta(days=day.weekday())
    return Span(first=monday, last=monday + timedelta(days=6))


def days_from(day: date, count: int) -> Span:
    """So many days, the first of them that one."""
    return Span(first=day, last=day + timedelta(days=count - 1))


def say_day(day: date) -> str:
    """`1 December 2026`."""
    return f"{day.day} {day:%B %Y}"
