from __future__ import annotations

import csv
import io
from datetime import datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from publisher.media.colours import READABLE, contrast
from publisher.schedule.items import State
from publisher.studio.calendar.entries import Calendar
from publisher.studio.calendar.tables import COLUMNS, defuse, write_csv
from publisher.studio.calendar.workbook import CELL, write_xlsx
from tests.unit.studio.calendars import CHANNELS, HOSTILE, entry, paints, sample, utc


def read_csv(calendar: Calendar) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(write_csv(calendar).decode("utf-8-sig"), newline="")))


def test_excel_is_told_that_it_is_utf_8() -> None:
    assert write_csv(sample()).startswith(b"\xef\xbb\xbfdate,time,channel,")


def test_a_row_says_what_content_teams_keep() -> None:
    row = next(one for one in read_csv(sample()) if one["status"] == "published" and one["channel"] == "x")
    assert row == {
        "date": "2026-10-05",
        "time": "09:30",
        "channel": "x",
        "network": "x",
        "objective": "awareness",
        "campaign": "autumn",
        "title": "Listen",
        "text": "'@acme listens",
        "visual": "loop.jpg",
        "alt": "A loop",
        "call to action": "Take the sheet",
        "keywords": "listening, care",
        "link": "https://a.example",
        "status": "published",
        "url": "https://x.example/1",
    }


def test_what_has_no_date_stands_last_with_its_reason() -> None:
    rows = read_csv(sample())
    assert [(row["date"], row["status"]) for row in rows][-1] == ("", "held: draft: no publish: line")
    assert [row["date"] for row in rows[:-1]] == sorted(row["date"] for row in rows[:-1])


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r1", "\n=1", "＝1+1", "\u00a0=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert defuse(cell) == f"'{cell}"


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_a_cell_is_left_as_it_is_unless_it_begins_like_a_formula(cell: str) -> None:
    formula = cell.lstrip()[:1] in tuple("=+-@＝＋－＠") or cell[:1] in tuple("\t\r")
    assert defuse(cell) == (f"'{cell}" if formula else cell)


# --- the workbook


@pytest.fixture
def sheets() -> dict[str, Worksheet]:
    calendar = sample()
    book = load_workbook(io.BytesIO(write_xlsx(calendar, *paints(calendar))))
    return {sheet.title: sheet for sheet in book.worksheets}


def fill(sheet: Worksheet, place: str) -> str:
    return f"#{sheet[place].fill.fgColor.rgb[2:].lower()}"


def ink(sheet: Worksheet, place: str) -> str:
    return f"#{sheet[place].font.color.rgb[2:].lower()}"


def test_a_reader_finds_the_colours_of_channels_and_objectives(sheets: dict[str, Worksheet]) -> None:
    calendar, sheet = sample(), sheets["Calendar"]
    channels, objectives = paints(calendar)
    for row, one in enumerate(calendar.all, 2):
        for column in "CD":
            assert fill(sheet, f"{column}{row}") == channels[one.item.channel].fill
            assert contrast(fill(sheet, f"{column}{row}"), ink(sheet, f"{column}{row}")) >= READABLE
        if one.objective:
            assert fill(sheet, f"E{row}") == objectives[one.objective].fill
    assert len({fill(sheet, f"C{row}") for row in range(2, 9)}) == len(CHANNELS) + 1


def test_the_list_can_be_sorted_and_filtered(sheets: dict[str, Worksheet]) -> None:
    sheet = sheets["Calendar"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:O8"
    assert [str(cell.value).casefold().partition(" (")[0] for cell in sheet[1]] == list(COLUMNS)
    assert sheet["B1"].value == "Time (Europe/Paris)"
    first = next(row for row in sheet.iter_rows(min_row=2) if row[13].value == "published" and row[2].value == "x")
    assert first[0].value == datetime(2026, 10, 5)  # noqa: DTZ001 - a spreadsheet knows no time zones
    assert first[1].value == time(9, 30)
    assert first[7].alignment.wrap_text
    assert first[14].hyperlink.target == "https://x.example/1"
    assert sheet.column_dimensions["H"].width >= 50


def test_no_text_is_a_formula(sheets: dict[str, Worksheet]) -> None:
    cells = [cell for sheet in sheets.values() for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "d", "n"}
    assert "=SUM(A1)\nand more" in {cell.value for cell in cells}
    assert HOSTILE in {cell.value for cell in cells}


def test_the_weeks_stand_on_a_sheet_of_their_own(sheets: dict[str, Worksheet]) -> None:
    sheet, (channels, _) = sheets["Weeks"], paints(sample())
    assert [cell.value for cell in sheet[2]][:2] == ["Monday", "Tuesday"]
    found = {str(cell.value): cell for row in sheet.iter_rows(min_row=3) for cell in row if cell.value}
    assert found["5 Oct"].column_letter == "A"
    assert found["31 Oct · a holiday"].column_letter == "F"
    post = found["09:30 ✓ x\nListen"]
    assert (post.column_letter, post.row) == ("A", found["5 Oct"].row + 1)
    assert f"#{post.fill.fgColor.rgb[2:].lower()}" == channels["x"].fill


def test_a_legend_says_what_the_colours_mean(sheets: dict[str, Worksheet]) -> None:
    sheet, (channels, objectives) = sheets["Legend"], paints(sample())
    rows = {row[0].value: row for row in sheet.iter_rows() if row[0].value}
    for name, paint in channels.items():
        assert fill(sheet, rows[name][0].coordinate) == paint.fill
    for name in ("awareness", "selling"):
        assert fill(sheet, rows[name][0].coordinate) == objectives[name].fill
    assert rows["myspace"][1].value == "no longer in publisher.yml"
    assert rows["?"][1].value == "in doubt"


@pytest.mark.parametrize("sign", ["a", "é", "😀"])
def test_what_a_cell_cannot_hold_is_told(sign: str) -> None:
    calendar = sample(entry("listen", "x", State.LATER, utc(28, 8), text=sign * (CELL + 1)))
    book = load_workbook(io.BytesIO(write_xlsx(calendar, *paints(calendar))))
    longest = max((str(cell.value) for cell in book["Calendar"]["H"]), key=len)
    assert CELL - 1 <= len(longest.encode("utf-16-le")) / 2 <= CELL
    assert longest.endswith(f"{sign}… (the rest is in content/listen.md)")


def test_the_same_calendar_is_the_same_file() -> None:
    calendar = sample()
    assert write_xlsx(calendar, *paints(calendar)) == write_xlsx(calendar, *paints(calendar))


def test_an_empty_calendar_is_a_workbook_too() -> None:
    from msgspec.structs import replace

    calendar = replace(sample(), entries=(), undated=())
    book = load_workbook(io.BytesIO(write_xlsx(calendar, *paints(calendar))))
    assert book["Calendar"].max_row == 1
