"""A calendar in the terminal: the weeks as a grid where there is room, otherwise, and for a week, day by day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from publisher.cli.table import COLOURS
from publisher.studio.calendar.entries import MARKS, Airing, Calendar, gather, say_state
from publisher.studio.calendar.spans import Span, say_day

if TYPE_CHECKING:
    from publisher.studio.calendar.colours import Paint

GRID = 72
"""Fewer columns than this have no room for seven days beside one another."""
WIDEST = 180
_MOST = 8
_EMPTY = 5
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


def print_calendar(calendar: Calendar, paint: Mapping[str, Paint], console: Console, *, by_day: bool) -> None:
    """Prints the calendar, the posts without a date below it, and how to turn the page.

    `paint` colours the channels on a terminal that has colours.
    """
    width = min(console.width, WIDEST)
    pens = _Pens(calendar, paint)
    grid = not by_day and width >= GRID
    console.print(_heading(calendar), width=width)
    console.print(_grid(calendar, pens, width) if grid else _agenda(calendar, pens, whole=by_day), width=width)
    if calendar.undated:
        console.print(Text("\nWithout a date", style="bold"), width=width)
        console.print(_airings(gather(calendar.undated), pens), width=width)
    for line in _legend(calendar, pens, width) if grid else ():
        console.print(line, width=width)
    for line in _ways(calendar, by_day=by_day):
        console.print(line, width=width, style="dim")


class _Pens:
    """The channels' names, whole and in short, in their colours."""

    def __init__(self, calendar: Calendar, paint: Mapping[str, Paint]) -> None:
        self._paint = paint
        self.codes = abbreviate(calendar.named_channels)
        self.between = " " if paint else ", "

    def code(self, name: str, mark: str = "") -> Text:
        return Text(f"{self.codes[name]}{mark}", style=self._style(name))

    def name(self, name: str) -> Text:
        return Text(f" {name} " if self._paint else name, style=self._style(name))

    def _style(self, name: str) -> str:
        paint = self._paint.get(name)
        return f"{paint.ink} on {paint.fill}" if paint else ""


def abbreviate(names: Sequence[str]) -> Mapping[str, str]:
    """A code of few letters for every name: its initials, or its beginning, and as much more as tells it apart."""
    codes: dict[str, str] = {}
    for name in names:
        words = [word for word in name.split("-") if word]
        initials = "".join(word[0] for word in words) if len(words) > 1 else ""
        starts = [initials, *(name[:length] for length in range(2, len(name) + 1)), name]
        codes[name] = next(one for one in starts if one and one not in codes.values())
    return codes


def _heading(calendar: Calendar) -> Text:
    count = len(calendar.entries)
    told = f"{count:,} {'entry' if count == 1 else 'entries'}" if count else "nothing planned"
    return Text.assemble((calendar.span.name, "bold"), (f"  {told} ({calendar.zone})", "dim"))


def _grid(calendar: Calendar, pens: _Pens, width: int) -> Table:
    """The weeks, a row each; a day of the week on which nothing ever happens takes little room."""
    airings, weeks = calendar.by_day(), calendar.span.weeks
    used = [not airings or any(airings.get(week[place]) for week in weeks) for place in range(7)]
    wide = max(_EMPTY, (width - 8 - _EMPTY * used.count(False)) // used.count(True))
    grid = Table(box=box.SQUARE, show_lines=True, padding=0, border_style="bright_black", header_style="dim")
    widths = [wide if one else _EMPTY for one in used]
    for day, one in zip(weeks[0], widths, strict=True):
        grid.add_column(f"{day:%a}", width=one)
    for week in weeks:
        grid.add_row(
            *(_cell(day, airings.get(day, ()), calendar, pens, one) for day, one in zip(week, widths, strict=True))
        )
    return grid


def _cell(day: date, airings: Sequence[Airing], calendar: Calendar, pens: _Pens, width: int) -> Group:
    lines = [_date(day, calendar, width)]
    for airing in airings[:_MOST]:
        lines.extend(_brief(airing, pens, width))
    if len(airings) > _MOST:
        lines.append(Text(f"and {len(airings) - _MOST} more", style="italic"))
    return Group(*lines)


def _date(day: date, calendar: Calendar, width: int) -> Text:
    if not calendar.span.holds(day):
        return Text(str(day.day), style="bright_black")
    told = f"{day.day} {day:%b}" if day.day == 1 or day == calendar.span.first else str(day.day)
    why = f" {_plain(calendar.quiet.get(day, ''))}" if width > _EMPTY else ""
    style = "bold reverse" if day == calendar.now.date() else "bold"
    return Text.assemble((told, style), (why.rstrip(), "bright_black"))


def _brief(airing: Airing, pens: _Pens, width: int) -> Iterator[Text]:
    """The hour, the title in as many lines as a narrow cell needs, the channels' codes."""
    from textwrap import wrap

    lines = wrap(
        f"{airing.at:%H:%M} {_plain(airing.first.title)}", width, max_lines=max(1, 44 // width), placeholder="…"
    )
    title = Text("\n".join(lines))
    title.stylize("bold", 0, 5)
    yield title
    yield Text(" ").join(pens.code(one.item.channel, one.mark) for one in airing.entries)


def _agenda(calendar: Calendar, pens: _Pens, *, whole: bool) -> Group:
    """Day by day; with `whole`, days without anything too."""
    airings = calendar.by_day()
    rows: list[RenderableType] = []
    for day in calendar.span.days:
        if whole or day in airings:
            style = "bold reverse" if day == calendar.now.date() else "bold"
            why = _plain(calendar.quiet.get(day, ""))
            rows.append(Text.assemble((f"{day:%a} {say_day(day)}", style), (f"  {why}", "dim")))
        if day in airings:
            rows.append(_airings(airings[day], pens))
    return Group(*rows)


def _airings(airings: Iterable[Airing], pens: _Pens) -> Padding:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=5, no_wrap=True)
    table.add_column(overflow="fold")
    for airing in airings:
        table.add_row(f"{airing.at:%H:%M}" if airing.at else "", Group(*_told(airing, pens)))
    return Padding(table, (0, 0, 0, 1), expand=False)


def _told(airing: Airing, pens: _Pens) -> Iterator[Text]:
    """The title, then each state with its channels, its reason and where it can be seen."""
    about = " · ".join(one for one in (airing.first.objective, airing.first.campaign) if one)
    yield Text.assemble((_plain(airing.first.title), "bold"), (f"  {_plain(about)}", "dim"))
    for stage in airing.stages:
        item = stage[0].item
        names = Text(pens.between).join(pens.name(one.item.channel) for one in stage)
        yield Text.assemble((f"{stage[0].word}:", COLOURS.get(item.state, "")), " ", names)
        if item.reason:
            yield Text(_plain(item.reason), style="yellow")
        yield from (Text(_plain(one.url), style="dim", overflow="fold") for one in stage if one.url)


def _legend(calendar: Calendar, pens: _Pens, width: int) -> Iterator[Text]:
    """What the codes and the signs of the grid stand for."""
    if calendar.all:
        yield Text()
    if any(len(airings) > _MOST for airings in calendar.by_day().values()):
        yield Text(f"A day shows {_MOST} posts here, and all of them with --week.")
    codes = [
        Text.assemble(pens.code(name), f" {name}" if pens.codes[name] != name else "")
        for name in calendar.named_channels
    ]
    signs = [Text(f"{MARKS[state]} {say_state(state)}") for state in calendar.states if MARKS.get(state)]
    for pieces in (codes, signs):
        yield from _flow(pieces, width)


def _flow(pieces: Iterable[Text], width: int) -> Iterator[Text]:
    """The pieces in lines of that width, none of them broken."""
    line = Text()
    for piece in pieces:
        if line and line.cell_len + 2 + piece.cell_len > width:
            yield line
            line = Text()
        line = Text.assemble(line, "  " if line else "", piece)
    if line:
        yield line


def _ways(calendar: Calendar, *, by_day: bool) -> Iterator[Text]:
    """What to type for what lies before and after."""
    before, after = (_option(span, by_day=by_day) for span in (calendar.span.before, calendar.span.after))
    told = ((calendar.earlier, "earlier", before), (calendar.later, "later", after))
    yield from (Text(f"{count:,} {where}: {option}") for count, where, option in told if count)


def _option(span: Span, *, by_day: bool) -> str:
    if span.is_month:
        return f"--month {span.first:%Y-%m}"
    if len(span.days) == 7 and span.first.weekday() == 0 and by_day:
        return f"--week --from {span.first}"
    return f"--from {span.first} --days {len(span.days)}"


def _plain(text: str) -> str:
    """Words from a file cannot move a terminal's cursor or turn its text around."""
    return _UNSEEN.sub(" ", text)
