"""The calendar as one page: a month on a desk, an agenda on a phone, and under it every post with its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct

from publisher.studio.calendar.colours import Paint
from publisher.studio.calendar.entries import MARKS, Airing, Calendar, Entry, gather, say_state
from publisher.studio.press import load_template, read_page, write_policy

_UNSENT = ("held", "failed", "doubt", "withdrawn")


class Day(Struct, frozen=True, kw_only=True):
    """A day of the page; `looks` are its classes."""

    day: date
    looks: str
    quiet: str
    airings: tuple[Airing, ...]


class Story(Struct, frozen=True, kw_only=True):
    """A post of the page with all its entries, the first one first."""

    anchor: str
    entries: tuple[Entry, ...]

    @property
    def first(self) -> Entry:
        """Any of the entries."""
        return self.entries[0]


def write_html(calendar: Calendar, channels: Mapping[str, Paint], objectives: Mapping[str, Paint]) -> Iterator[str]:
    """The page, piece by piece: it asks nobody for anything, runs no script, and every word in it is escaped.

    `objectives` are the paints on a light ground; on a dark one fill and ink change places.
    """
    style = _write_style(calendar, channels, objectives)
    stories = _tell_stories(calendar)
    return load_template("calendar.html").generate(
        calendar=calendar,
        span=calendar.span,
        weeks=_view_weeks(calendar),
        stories=stories,
        anchors={one.first.key: one.anchor for one in stories},
        undated=gather(calendar.undated),
        channel_looks={name: f"channel-{place}" for place, name in enumerate(calendar.named_channels)},
        objective_looks={name: f"objective-{place}" for place, name in enumerate(calendar.named_objectives)},
        unsent=_UNSENT,
        signs=[(MARKS.get(state, ""), say_state(state)) for state in calendar.states],
        style=style,
        policy=write_policy(style),
    )


def _write_style(calendar: Calendar, channels: Mapping[str, Paint], objectives: Mapping[str, Paint]) -> str:
    chips = [
        f".channel-{place} {{ --fill: {channels[name].fill}; --ink: {channels[name].ink}; }}"
        for place, name in enumerate(calendar.named_channels)
    ]
    badges = [
        f".objective-{place} {{ background: light-dark({paint.fill}, {paint.ink}); "
        f"color: light-dark({paint.ink}, {paint.fill}); }}"
        for place, paint in enumerate(objectives[name] for name in calendar.named_objectives)
    ]
    looks = [read_page("calendar.css"), f":root {{ --week: {_share_week(calendar)}; }}", *chips, *badges]
    return "\n".join(looks).replace("\r", "").replace("</", "<\\/")


def _share_week(calendar: Calendar) -> str:
    """How wide each day of the week is: less where nothing ever happens."""
    used = {one.at.weekday() for one in calendar.entries if one.at}
    return " ".join(f"minmax(0, {1 if day in used or not used else 0.55:g}fr)" for day in range(7))


def _view_weeks(calendar: Calendar) -> list[list[Day]]:
    airings, today = calendar.by_day(), calendar.now.date()
    return [[_view_day(day, airings.get(day, ()), calendar, today) for day in week] for week in calendar.span.weeks]


def _view_day(day: date, airings: tuple[Airing, ...], calendar: Calendar, today: date) -> Day:
    inside = calendar.span.holds(day)
    quiet = calendar.quiet.get(day, "") if inside else ""
    looks = {"outside": not inside, "today": day == today, "quiet": bool(quiet), "empty": not airings}
    return Day(day=day, looks=" ".join(name for name, holds in looks.items() if holds), quiet=quiet, airings=airings)


def _tell_stories(calendar: Calendar) -> Sequence[Story]:
    found: dict[str, list[Entry]] = {}
    for one in calendar.all:
        found.setdefault(one.key, []).append(one)
    return [Story(anchor=f"post-{place}", entries=tuple(entries)) for place, entries in enumerate(found.values(), 1)]
