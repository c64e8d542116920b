"""From what people type to instants in UTC, by the project's time zone. Pure.

Every instant the schedule handles is in UTC: two instants of one zone would be compared by their clocks, which lie
twice a year.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from msgspec import Struct

from publisher.content.times import parse_day, parse_instant, parse_span
from publisher.words import Finding, Severity

parse_duration = parse_span


class Moment(Struct, frozen=True, kw_only=True):
    """An instant in UTC, and what the zone's clocks did to it: `rule` is time-gap, time-twice or empty."""

    at: datetime
    rule: str = ""


def locate(clock: datetime, zone: tzinfo) -> Moment:
    """When that clock time is: a time that a change of clocks skips moves forward, one it repeats is the first."""
    if clock.tzinfo is not None:
        return Moment(at=clock.astimezone(UTC))
    first, second = (clock.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    at = first.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != clock:
        return Moment(at=at, rule="time-gap")
    return Moment(at=at, rule="" if first.utcoffset() == second.utcoffset() else "time-twice")


def parse_moment(text: str, zone: tzinfo) -> Moment | None:
    """`2026-12-01 09:30`, in the project's zone unless it names an offset; None for anything else."""
    clock = parse_instant(text)
    try:
        return locate(clock, zone) if clock else None
    except OverflowError:
        return None


def parse_end(text: str, zone: tzinfo) -> datetime | None:
    """The instant from which `expires` holds: the one named, or the end of the day named."""
    day = parse_day(text)
    if day is None:
        moment = parse_moment(text, zone)
        return moment.at if moment else None
    return start_of(day + timedelta(days=1), zone) if day < date.max else None


def start_of(day: date, zone: tzinfo, clock: time = time()) -> datetime:
    """The instant at which that day, or a clock time on it, comes; `locate` says which where the clocks change."""
    return datetime.combine(day, clock.replace(fold=0), zone).astimezone(UTC)


def day_of(at: datetime, zone: tzinfo) -> date:
    """The day of the project's calendar on which the instant falls."""
    return at.astimezone(zone).date()


def show(at: datetime, zone: tzinfo) -> str:
    """The instant as the project's clocks show it."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def show_span(span: timedelta) -> str:
    """A duration as people type it: `24h`, `1h 30m`."""
    minutes = round(span.total_seconds() / 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24) if hours > 48 else (0, hours)
    parts = [f"{number}{unit}" for number, unit in ((days, "d"), (hours, "h"), (minutes, "m")) if number]
    return " ".join(parts) or "0m"


def tell(moment: Moment, written: str, zone: tzinfo, path: str, line: int, channel: str = "") -> Finding | None:
    """What an author must know about a time that the change of clocks skips or repeats."""
    if not moment.rule:
        return None
    shown = moment.at.astimezone(zone)
    means = f"it is taken as {shown:%Y-%m-%d %H:%M} {shown.tzname()}"
    skipped = "does not exist: the clocks skip it" if moment.rule == "time-gap" else "comes twice: the clocks go back"
    return Finding(
        rule=moment.rule,
        message=f"{written} {skipped}; {means}",
        severity=Severity.WARNING,
        path=path,
        line=line,
        channel=channel,
        hint="choose another time, or write the offset",
    )
