"""The calendar as a workbook: a row an entry to sort and filter, the weeks on a sheet of their own, and a legend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from publisher.studio.calendar.colours import Paint
from publisher.studio.calendar.entries import MARKS, Calendar, Entry, say_state
from publisher.studio.calendar.tables import COLUMNS, tabulate

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

CELL = 32_767
"""The most UTF-16 units a cell holds (Excel specifications and limits, support.microsoft.com)."""

_WIDTHS = (12, 14, 17, 12, 14, 14, 30, 60, 22, 36, 28, 24, 34, 24, 40)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LINE, _TALLEST = 15, 12
"""A line's height in points, and the most lines of a row; what is longer is read in the cell itself."""
_URLS = 60_000
"""Excel follows 65,530 links on a sheet, and an address of 2,079 characters."""
_HEAD: Mapping[str, Any] = {"bold": True, "bg_color": "#16181c", "font_color": "#ffffff", "valign": "vcenter"}
_WRAPPED: Mapping[str, Any] = {"text_wrap": True, "valign": "top"}
_RULED: Mapping[str, Any] = {"bottom": 1, "bottom_color": "#d3d8de"}


def write_xlsx(calendar: Calendar, channels: Mapping[str, Paint], objectives: Mapping[str, Paint]) -> bytes:
    """The workbook; dates and hours are real ones, on the project's clocks, and no text is ever a formula."""
    from xlsxwriter import Workbook

    file = BytesIO()
    with Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": f"{calendar.team} {calendar.span.name}".strip(), "created": _naive(calendar.now)})
        pens = _Pens(book, channels, objectives)
        _write_list(book.add_worksheet("Calendar"), calendar, pens)
        _write_weeks(book.add_worksheet("Weeks"), calendar, pens)
        _write_legend(book.add_worksheet("Legend"), calendar, pens)
    return file.getvalue()


class _Pens:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook, channels: Mapping[str, Paint], objectives: Mapping[str, Paint]) -> None:
        self._book, self._channels, self._objectives = book, channels, objectives
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def pick(self, paint: Paint | None = None, **more: Any) -> Format:
        """The format with that filling and whatever else is asked for."""
        wanted = {**_WRAPPED, **more}
        if paint:
            wanted |= {"bg_color": paint.fill, "font_color": paint.ink}
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(wanted)
        return self._made[key]

    def channel(self, name: str, **more: Any) -> Format:
        return self.pick(self._channels.get(name), **more)

    def objective(self, name: str, **more: Any) -> Format:
        return self.pick(self._objectives.get(name), **more)


def _write_list(sheet: Worksheet, calendar: Calendar, pens: _Pens) -> None:
    for column, (name, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        heading = "URL" if name == "url" else name.capitalize()
        told = f"{heading} ({calendar.zone})" if name == "time" else heading
        sheet.write_string(0, column, told, pens.pick(**_HEAD))
    sheet.set_row(0, 32)
    for row, entry in enumerate(calendar.all, 1):
        _write_row(sheet, row, entry, pens, linked=2 * row < _URLS)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(calendar.all)), len(COLUMNS) - 1)
    _set_paper(sheet, calendar)
    sheet.repeat_rows(0)


def _write_row(sheet: Worksheet, row: int, entry: Entry, pens: _Pens, *, linked: bool) -> None:
    cells = tabulate(entry)
    formats = {
        "channel": pens.channel(entry.item.channel, **_RULED),
        "network": pens.channel(entry.item.channel, **_RULED),
        "objective": pens.objective(entry.objective, **_RULED),
    }
    plain = pens.pick(**_RULED)
    sheet.set_row(row, _LINE * _count_lines([cells[name] for name in COLUMNS]))
    for column, name in enumerate(COLUMNS):
        if entry.at and name in {"date", "time"}:
            as_number = "yyyy-mm-dd" if name == "date" else "hh:mm"
            moment = _naive(entry.at).replace(second=0, microsecond=0)
            part = moment.date() if name == "date" else moment.time()
            sheet.write_datetime(row, column, part, pens.pick(num_format=as_number, align="left", **_RULED))
        elif linked and name in {"link", "url"} and _leads(cells[name]):
            address = cells[name]
            sheet.write_url(row, column, address, pens.pick(font_color="#0b5cad", underline=1, **_RULED), address)
        elif cells[name]:
            sheet.write_string(row, column, _fit(cells[name], entry), formats.get(name, plain))
        else:
            sheet.write_blank(row, column, None, formats.get(name, plain))


def _count_lines(cells: Sequence[str]) -> int:
    """How many lines the tallest cell takes, within reason: programs do not all find out by themselves."""
    needed = (
        sum(1 + len(line) // width for line in cell.split("\n")) for cell, width in zip(cells, _WIDTHS, strict=True)
    )
    return min(_TALLEST, max(needed))


def _leads(address: str) -> bool:
    return address.startswith(("https://", "http://")) and len(address) < 2_000


def _fit(text: str, entry: Entry) -> str:
    """The text, or as much as a cell holds and where the rest is."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * CELL:
        return text
    rest = f"… (the rest is in {entry.item.path})"
    return units[: 2 * (CELL - len(rest))].decode("utf-16-le", errors="ignore") + rest


def _write_weeks(sheet: Worksheet, calendar: Calendar, pens: _Pens) -> None:
    """A block of rows for each week: the dates, and under each date its entries, a cell each."""
    sheet.set_column(0, 6, 24)
    sheet.merge_range(0, 0, 0, 6, f"{calendar.team} · {calendar.span.name} · {calendar.zone}".strip(" ·"), _title(pens))
    for column, name in enumerate(_DAYS):
        sheet.write_string(1, column, name, pens.pick(**_HEAD))
    row = 2
    days = calendar.by_day()
    for week in calendar.span.weeks:
        row = _write_week(sheet, row, week, calendar, {day: days.get(day, ()) for day in week}, pens)
    sheet.freeze_panes(2, 0)
    sheet.hide_gridlines(2)
    _set_paper(sheet, calendar)
    sheet.repeat_rows(1)


def _title(pens: _Pens) -> Format:
    return pens.pick(bold=True, font_size=14)


def _write_week(
    sheet: Worksheet,
    top: int,
    week: Sequence[date],
    calendar: Calendar,
    airings: Mapping[date, Sequence[Any]],
    pens: _Pens,
) -> int:
    """Writes one week, and gives the row after it."""
    entries = {day: [entry for airing in airings[day] for entry in airing.entries] for day in week}
    for column, day in enumerate(week):
        inside = calendar.span.holds(day)
        paint = Paint(fill="#e3e6ea", ink="#16181c") if inside else Paint(fill="#f6f7f8", ink="#5c6470")
        told = f"{day.day} {day:%b}" + (f" · {calendar.quiet[day]}" if day in calendar.quiet else "")
        sheet.write_string(top, column, told, pens.pick(paint, bold=inside, top=1, top_color="#9aa1a9"))
        for place, entry in enumerate(entries[day], 1):
            told = f"{entry.at:%H:%M} {entry.mark} {entry.item.channel}\n{entry.title}".replace("  ", " ")
            border = {"border": 1, "border_color": "#ffffff"}
            sheet.write_string(top + place, column, _fit(told, entry), pens.channel(entry.item.channel, **border))
    height = max(2, *(len(found) + 1 for found in entries.values()))
    for row in range(top + 1, top + height):
        sheet.set_row(row, 46)
    return top + height


def _write_legend(sheet: Worksheet, calendar: Calendar, pens: _Pens) -> None:
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 2, 34)
    row = _write_block(sheet, 0, ("Channel", "Network", "Account"), pens)
    known = {one.name: one for one in calendar.channels}
    for name in calendar.named_channels:
        channel = known.get(name)
        sheet.write_string(row, 0, name, pens.channel(name))
        sheet.write_string(row, 1, channel.network if channel else "no longer in publisher.yml", pens.pick())
        sheet.write_string(row, 2, channel.handle if channel else "", pens.pick())
        row += 1
    row = _write_block(sheet, row + 1, ("Objective",), pens)
    for objective in calendar.named_objectives:
        sheet.write_string(row, 0, objective, pens.objective(objective))
        row += 1
    row = _write_block(sheet, row + 1, ("Sign", "Status"), pens)
    for state in calendar.states:
        sheet.write_string(row, 0, MARKS.get(state) or "none", pens.pick())
        sheet.write_string(row, 1, say_state(state), pens.pick())
        row += 1
    _set_paper(sheet, calendar)
    sheet.write_string(row + 1, 0, f"All times are in {calendar.zone}.", pens.pick(text_wrap=False))


def _write_block(sheet: Worksheet, row: int, names: Sequence[str], pens: _Pens) -> int:
    for column, name in enumerate(names):
        sheet.write_string(row, column, name, pens.pick(**_HEAD))
    return row + 1


def _set_paper(sheet: Worksheet, calendar: Calendar) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{calendar.team[:80].replace('&', '&&')}&C{calendar.span.name}&RPage &P of &N")


def _naive(moment: datetime) -> datetime:
    """The instant as its own clock shows it: a spreadsheet knows no time zones."""
    return moment.replace(tzinfo=None)
