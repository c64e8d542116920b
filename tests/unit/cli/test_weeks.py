from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len
from rich.console import Console

from publisher.cli.weeks import abbreviate, print_calendar
from publisher.schedule.items import State
from publisher.studio.calendar.colours import Paint
from publisher.studio.calendar.entries import Calendar
from publisher.studio.calendar.spans import days_from, week_of
from tests.unit.studio.calendars import entry, paints, sample, utc

NAMES = st.lists(st.from_regex(r"[a-z0-9][a-z0-9-]{0,9}", fullmatch=True), unique=True, max_size=20)
WEEK = week_of(date(2026, 10, 26))


def printed(
    calendar: Calendar, width: int = 80, *, by_day: bool = False, paint: Mapping[str, Paint] | None = None
) -> str:
    file = io.StringIO()
    console = Console(
        file=file,
        width=width,
        highlight=False,
        force_terminal=bool(paint),
        color_system="truecolor" if paint else None,
        legacy_windows=False,
    )
    print_calendar(calendar, paint or {}, console, by_day=by_day)
    return file.getvalue()


@settings(max_examples=80, deadline=None)
@given(NAMES)
def test_every_channel_has_a_code_of_its_own(names: Sequence[str]) -> None:
    codes = abbreviate(names)
    assert list(codes) == list(names)
    assert len(set(codes.values())) == len(names)


def test_codes_are_what_a_person_would_guess() -> None:
    names = ["x", "linkedin", "linkedin-founder", "facebook", "bluesky", "blog"]
    assert list(abbreviate(names).values()) == ["x", "li", "lf", "fa", "bl", "blo"]


@pytest.mark.parametrize("by_day", [False, True])
@pytest.mark.parametrize("width", [30, 40, 60, 72, 80, 100, 250])
def test_no_line_is_wider_than_the_terminal(width: int, by_day: bool) -> None:
    more = entry("a-title-with-no-blank-that-is-much-longer-than-any-cell-" * 3, "x", State.LATER, utc(28, 9))
    wide = entry("日本語の長い題名は二倍の幅を取る" * 3, "linkedin", State.LATER, utc(29, 9))
    lines = printed(sample(more, wide), width, by_day=by_day).splitlines()
    assert max(cell_len(line) for line in lines) <= width


@pytest.mark.parametrize("width", [40, 80])
def test_a_month_shows_every_post_and_those_without_a_date(width: int) -> None:
    shown = printed(sample(), width)
    assert shown.startswith("October 2026  6 entries (Europe/Paris)")
    for word in ("Listen", "09:30", "Without a date", "=1+1", "draft: no publish: line", "2 earlier: --month 2026-09"):
        assert word in shown


def test_a_wide_terminal_shows_weeks_and_a_narrow_one_days() -> None:
    assert "│Mon" in printed(sample(), 80)
    narrow = printed(sample(), 40)
    assert "│" not in narrow
    assert "Mon 5 October 2026" in narrow
    assert "Tue 6 October 2026" not in narrow


def test_the_grid_says_what_its_codes_and_signs_mean() -> None:
    shown = printed(sample())
    assert "x  li linkedin  lf linkedin-founder  my myspace" in shown
    assert "✓ published  ‖ held  ? in doubt" in shown
    assert "li lf‖" in shown


def test_a_week_shows_every_day_with_reasons_and_addresses() -> None:
    shown = printed(replace(sample(), span=WEEK), by_day=True)
    assert "Mon 26 October 2026" in shown
    assert "Sat 31 October 2026  a holiday" in shown
    assert "planned: linkedin\n" in re.sub(" +\n", "\n", shown)
    assert "held: linkedin-founder" in shown
    assert "channel paused" in shown
    assert "3 later: --week --from 2026-11-02" in shown


def test_what_is_live_says_where() -> None:
    assert "https://x.example/1" in printed(replace(sample(), span=week_of(date(2026, 10, 5))), by_day=True)


def test_any_stretch_of_days_can_be_turned() -> None:
    shown = printed(replace(sample(), span=days_from(date(2026, 10, 1), 10)), by_day=True)
    assert "2 earlier: --from 2026-09-21 --days 10" in shown
    assert "3 later: --from 2026-10-11 --days 10" in shown


def test_a_channel_has_its_colour_and_the_words_are_those_without_colours() -> None:
    channels, _ = paints(sample())
    shown = printed(sample(), paint=channels)
    red, green, blue = bytes.fromhex(channels["linkedin"].fill[1:])
    assert f"48;2;{red};{green};{blue}mli" in shown
    words, plain = re.sub(r"\x1b\[[0-9;]*m", "", shown).split(), printed(sample()).replace(",", "").split()
    assert words == plain


def test_a_crowded_day_says_that_it_is_cut() -> None:
    crowd = [entry("listen", "x", State.LATER, utc(28, hour)) for hour in range(7, 19)]
    shown = printed(sample(*crowd))
    assert "and 4 more" in shown
    assert "A day shows 8 posts here, and all of them with --week." in shown
    assert printed(sample(*crowd), by_day=True).count("Listen") == 14


def test_words_from_a_file_move_no_cursor() -> None:
    calendar = sample(entry("\x1b[2Jgone\u202e", "x", State.LATER, utc(28, 9), reason="\x1b]0;title\x07"))
    for by_day in (False, True):
        assert not set("\x1b\x07\u202e") & set(printed(calendar, 100, by_day=by_day))


def test_an_empty_month_is_a_month() -> None:
    shown = printed(replace(sample(), entries=(), undated=(), earlier=0, later=0))
    assert shown.startswith("October 2026  nothing planned (Europe/Paris)")
    assert "Without a date" not in shown
    assert shown.rstrip().endswith("┘")
