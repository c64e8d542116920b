from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.schedule.timetable import Quiet, Slot, Timetable, parse_timetable

PARIS = ZoneInfo("Europe/Paris")
CHANNELS = ("x", "linkedin", "mastodon")

WEEK = """
slots:
  morning: {days: [mon, Tuesday], at: "09:30", channels: [x, linkedin]}
  noon: {at: [12:00, 18:00]}
quiet:
  - {from: 2026-12-24, to: 2026-12-27, why: holidays}
  - {from: 2026-05-01, why: Labour Day}
  - {days: [sat, sun], why: weekend}
gap: {default: 30m, linkedin: 4h}
daily: 4
"""


def told(text: str) -> list[tuple[str, int, str]]:
    _, findings = parse_timetable({"schedules/week.yml": text}, PARIS, CHANNELS)
    return [(finding.rule, finding.line, finding.hint) for finding in findings]


def test_a_week_is_read_whole() -> None:
    timetable, findings = parse_timetable({"schedules/week.yml": WEEK.encode()}, PARIS, CHANNELS)
    assert findings == ()
    assert timetable == Timetable(
        zone=PARIS,
        slots=(
            Slot(name="morning", days=(0, 1), at=(time(9, 30),), channels=("x", "linkedin")),
            Slot(name="noon", days=(0, 1, 2, 3, 4, 5, 6), at=(time(12), time(18))),
        ),
        quiet=(
            Quiet(why="holidays", first=date(2026, 12, 24), last=date(2026, 12, 27)),
            Quiet(why="Labour Day", first=date(2026, 5, 1), last=date(2026, 5, 1)),
            Quiet(why="weekend", days=(5, 6)),
        ),
        gaps={"default": timedelta(minutes=30), "linkedin": timedelta(hours=4)},
        maxima={"default": 4},
    )


def test_a_channel_has_its_own_gap_and_maximum_or_the_default() -> None:
    timetable = Timetable(gaps={"default": timedelta(hours=1), "x": timedelta(hours=2)}, maxima={"x": 3})
    assert (timetable.gap("x"), timetable.gap("y"), Timetable().gap("x")) == (
        timedelta(hours=2), timedelta(hours=1), timedelta(),
    )  # fmt: skip
    assert (timetable.daily("x"), timetable.daily("y")) == (3, None)


def test_a_quiet_day_says_why_and_until_when_the_quiet_lasts() -> None:
    timetable, _ = parse_timetable({"w.yml": WEEK}, PARIS, CHANNELS)
    assert timetable.quiet_on(date(2026, 12, 24)) == "quiet period: holidays until 2026-12-28"
    assert timetable.quiet_on(date(2026, 12, 5)) == "quiet period: weekend until 2026-12-07"
    assert timetable.quiet_on(date(2026, 12, 28)) == ""
    always = Timetable(quiet=(Quiet(why="strike", days=tuple(range(7))),))
    assert always.quiet_on(date(2026, 12, 1)).startswith("quiet period: strike")


def test_slots_come_in_order_on_their_days_at_their_clock_time() -> None:
    timetable, _ = parse_timetable({"w.yml": WEEK}, PARIS, CHANNELS)
    start = datetime(2026, 3, 27, 18, tzinfo=UTC)  # a Friday; the clocks change on Sunday
    found = [
        at.astimezone(PARIS) for _, at in zip(range(5), timetable.occurrences("x", "", start, PARIS), strict=False)
    ]
    assert [f"{at:%a %H:%M}" for at in found] == ["Sat 12:00", "Sat 18:00", "Sun 12:00", "Sun 18:00", "Mon 09:30"]
    assert next(timetable.occurrences("mastodon", "morning", start, PARIS), None) is None
    assert next(timetable.occurrences("x", "morning", start, PARIS)) == datetime(2026, 3, 30, 7, 30, tzinfo=UTC)
    at = datetime(2026, 3, 30, 7, 30, tzinfo=UTC)
    assert next(timetable.occurrences("x", "morning", at, PARIS)) == at


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("slot: {}", ("unknown-key", 1, "did you mean `slots`?")),
        ('slots:\n  a: {day: [mon], at: "09:30"}', ("unknown-key", 2, "did you mean `days`?")),
        ("slots:\n  a:\n    days: [mon]", ("no-time", 2, 'at: "09:30"')),
        ('slots:\n  a:\n    days: [mon, wensday]\n    at: "09:30"', ("bad-day", 3, "did you mean `wed`?")),
        ('slots:\n  a:\n    days: [zz]\n    at: "09:30"', ("bad-day", 3, "known: mon, tue, wed, thu, fri, sat, sun")),
        ("slots:\n  a:\n    at: 25:00", ("bad-time", 3, 'at: "09:30"')),
        ("slots:\n  a:\n    at: 9h30", ("bad-time", 3, 'at: "09:30"')),
        ("slots:\n  a:\n    at: 09:30\n    channels: [linkdin]", ("unknown-channel", 4, "did you mean `linkedin`?")),
        ("slots:\n  next: {at: 09:30}", ("bad-slot", 2, "give the slot another name")),
        ("slots: [a]", ("bad-value", 1, "slots: {…}")),
        ("slots:\n  a: 09:30", ("bad-value", 2, "a: {…}")),
        ("just words", ("bad-value", 1, "slots: {…}")),
        ("quiet:\n  - {from: 2026-12-27, to: 2026-12-24}", ("bad-date", 2, "exchange the days")),
        ("quiet:\n  - {from: Christmas, to: 2026-12-27}", ("bad-date", 2, "2026-12-24")),
        ("quiet:\n  - {why: rest}", ("no-days", 2, "{from: 2026-12-24, to: 2026-12-27, why: holidays}")),
        ("gap: {x: soon}", ("bad-duration", 1, "30m, 4h or 1d")),
        ("gap: {y: 30m}", ("unknown-channel", 1, "known: x, linkedin, mastodon, default")),
        ("daily: {x: 0}", ("bad-number", 1, "1 or more")),
        ("daily: {x: true}", ("bad-number", 1, "1 or more")),
        ("daily: many", ("bad-number", 1, "1 or more")),
    ],
)
def test_what_cannot_be_meant_is_told_where_it_stands(text: str, expected: tuple[str, int, str]) -> None:
    assert told(text) == [expected]


def test_two_files_add_up_and_may_not_contradict_each_other() -> None:
    one, two = "slots: {a: {at: 09:30}}\ngap: {x: 1h}", "slots: {a: {at: 10:30}, b: {at: 11:30}}\ngap: {x: 2h}"
    timetable, findings = parse_timetable({"2.yml": two, "1.yml": one}, PARIS, CHANNELS)
    assert [(finding.rule, finding.path) for finding in findings] == [
        ("doubled-slot", "2.yml"),
        ("doubled-rule", "2.yml"),
    ]
    assert [(slot.name, slot.at) for slot in timetable.slots] == [("a", (time(9, 30),)), ("b", (time(11, 30),))]
    assert timetable.gap("x") == timedelta(hours=1)


def test_an_empty_or_unreadable_file_is_no_crash() -> None:
    sources: dict[str, str | bytes] = {"empty.yml": "", "latin.yml": b"slots: \xe9", "broken.yml": "slots: {"}
    timetable, findings = parse_timetable(sources, PARIS, CHANNELS)
    assert timetable == Timetable(zone=PARIS)
    assert {finding.path for finding in findings} == {"latin.yml", "broken.yml"}


@settings(max_examples=60)
@given(st.text(alphabet="slotquiegapdy: {}[]-\n\"09'#@x", max_size=60))
def test_no_text_crashes_the_reader(text: str) -> None:
    parse_timetable({"w.yml": text}, PARIS, CHANNELS)


def test_the_horizon_reaches_over_the_longest_gap() -> None:
    now = datetime(2026, 12, 1, tzinfo=UTC)
    assert Timetable(gaps={"x": timedelta(days=7)}).horizon(now) == now - timedelta(days=9)
