from __future__ import annotations

import time as stopwatch
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.schedule.series import Series
from publisher.schedule.timetable import Queue, Slot, Timetable, parse_timetable

PARIS = ZoneInfo("Europe/Paris")
CHANNELS = ("x", "linkedin", "mastodon")
HALF_PAST_TWO = (time(2, 30),)


def told(text: str) -> list[tuple[str, int, int, str]]:
    _, findings = parse_timetable({"schedules/week.yml": text}, PARIS, CHANNELS)
    return [(finding.rule, finding.line, finding.column, finding.hint) for finding in findings]


def days(rule: str, begins: str, count: int = 5, **more: date | None) -> list[str]:
    series = Series(name="a", rule=rule, at=HALF_PAST_TWO, **more)  # type: ignore[arg-type]  # from and until only
    start = date.fromisoformat(begins)
    ahead = (start + timedelta(days=number) for number in range(4000))
    return [day.isoformat() for day in islice((day for day in ahead if series.falls_on(day)), count)]


def instants(zone: str, start: str, count: int, *clocks: str, rule: str = "FREQ=DAILY") -> list[str]:
    """The clock times, with their offsets, at which a series comes."""
    series = Series(name="a", rule=rule, at=tuple(map(time.fromisoformat, clocks)))
    place = ZoneInfo(zone)
    begins = datetime.fromisoformat(start).replace(tzinfo=place).astimezone(UTC)
    found = Timetable(zone=place, series=(series,)).occurrences("x", "a", begins, place)
    return [f"{at.astimezone(place):%m-%d %H:%M %z}" for at in islice(found, count)]


# --- days -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=WEEKLY;BYDAY=MO", ["2026-01-05", "2026-01-12", "2026-01-19"]),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO", ["2026-01-05", "2026-01-12", "2026-01-19"]),
        ("freq=weekly;byday=mo,th", ["2026-01-01", "2026-01-05", "2026-01-08"]),
        ("FREQ=MONTHLY;BYDAY=1MO", ["2026-01-05", "2026-02-02", "2026-03-02"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["2026-01-30", "2026-02-27", "2026-03-27"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31", ["2026-01-31", "2026-03-31", "2026-05-31"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ["2026-01-30", "2026-02-27", "2026-03-31"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", ["2028-02-29", "2032-02-29", "2036-02-29"]),
        ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", ["2026-12-28", "2032-12-27"]),
    ],
)
def test_a_rule_falls_on_its_days(rule: str, expected: list[str]) -> None:
    assert days(rule, "2026-01-01", len(expected)) == expected


def test_a_rule_that_counts_does_so_from_its_first_day() -> None:
    first = date(2026, 1, 5)
    assert days("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "2026-01-01", 3, first=first) == [
        "2026-01-05", "2026-01-19", "2026-02-02",
    ]  # fmt: skip
    assert days("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "2031-01-01", 1, first=first) == ["2031-01-13"]
    assert days("FREQ=DAILY;COUNT=3", "2026-01-01", first=first) == ["2026-01-05", "2026-01-06", "2026-01-07"]
    assert days("FREQ=MONTHLY", "2026-01-01", 2, first=date(2026, 1, 31)) == ["2026-01-31", "2026-03-31"]


def test_a_series_begins_and_ends_with_the_days_it_names() -> None:
    first, last = date(2026, 1, 12), date(2026, 1, 19)
    assert days("FREQ=WEEKLY;BYDAY=MO", "2026-01-01", first=first, last=last) == ["2026-01-12", "2026-01-19"]


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2000, 1, 1), date(2398, 12, 31)), st.sampled_from(["FREQ=WEEKLY;BYDAY=MO", "FREQ=DAILY"]))
def test_a_rule_is_the_same_in_every_century(day: date, rule: str) -> None:
    series = Series(name="a", rule=rule, at=HALF_PAST_TWO)
    assert series.falls_on(day) is (rule == "FREQ=DAILY" or day.weekday() == 0)


# --- clocks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "start", "clocks", "expected"),
    [
        ("Europe/Paris", "2026-03-28", ["02:30"], ["03-28 02:30 +0100", "03-29 03:30 +0200", "03-30 02:30 +0200"]),
        ("Europe/Paris", "2026-10-24", ["02:30"], ["10-24 02:30 +0200", "10-25 02:30 +0200", "10-26 02:30 +0100"]),
        ("America/New_York", "2026-03-07", ["02:30"], ["03-07 02:30 -0500", "03-08 03:30 -0400", "03-09 02:30 -0400"]),
        # Half an hour: 02:00 became 02:30, and 02:00 came back as 01:30.
        ("Australia/Lord_Howe", "2025-10-04", ["02:15"],
         ["10-04 02:15 +1030", "10-05 02:45 +1100", "10-06 02:15 +1100"]),
        ("Australia/Lord_Howe", "2025-04-05", ["01:45"],
         ["04-05 01:45 +1100", "04-06 01:45 +1100", "04-07 01:45 +1030"]),
        # Summer time at midnight, the last that Brazil had; a year later there was none.
        ("America/Sao_Paulo", "2018-11-03", ["00:30"], ["11-03 00:30 -0300", "11-04 01:30 -0200", "11-05 00:30 -0200"]),
        ("America/Sao_Paulo", "2019-11-02", ["00:30"], ["11-02 00:30 -0300", "11-03 00:30 -0300", "11-04 00:30 -0300"]),
        # Jordan stayed at +03 in October 2022, having turned the clocks back on such a Friday the year before.
        ("Asia/Amman", "2021-10-28", ["00:30"], ["10-28 00:30 +0300", "10-29 00:30 +0300", "10-30 00:30 +0200"]),
        ("Asia/Amman", "2022-10-27", ["00:30"], ["10-27 00:30 +0300", "10-28 00:30 +0300", "10-29 00:30 +0300"]),
        # Volgograd left Moscow's hour in 2018 and came back to it at the end of 2020.
        ("Europe/Volgograd", "2018-10-27", ["02:30"], ["10-27 02:30 +0300", "10-28 03:30 +0400", "10-29 02:30 +0400"]),
        ("Europe/Volgograd", "2020-12-26", ["01:30"], ["12-26 01:30 +0400", "12-27 01:30 +0400", "12-28 01:30 +0300"]),
        # Morocco goes back an hour for Ramadan, and forward after it.
        ("Africa/Casablanca", "2024-03-09", ["02:30"], ["03-09 02:30 +0100", "03-10 02:30 +0100", "03-11 02:30 +0000"]),
        ("Africa/Casablanca", "2024-04-13", ["02:30"], ["04-13 02:30 +0000", "04-14 03:30 +0100", "04-15 02:30 +0100"]),
        # Samoa had no 30 December 2011: what was for that day is on the next, and once if it was for that one too.
        ("Pacific/Apia", "2011-12-29", ["09:30"], ["12-29 09:30 -1000", "12-31 09:30 +1400", "01-01 09:30 +1400"]),
        ("Pacific/Apia", "2011-12-29", ["09:30", "23:00"],
         ["12-29 09:30 -1000", "12-29 23:00 -1000", "12-31 09:30 +1400", "12-31 23:00 +1400", "01-01 09:30 +1400"]),
        # Two clock times that a change makes one are one.
        ("Europe/Paris", "2026-03-29", ["02:30", "03:30"], ["03-29 03:30 +0200", "03-30 02:30 +0200"]),
    ],
)  # fmt: skip
def test_a_series_keeps_its_clock_time_whatever_the_clocks_do(
    zone: str, start: str, clocks: list[str], expected: list[str]
) -> None:
    assert instants(zone, start, len(expected), *clocks) == expected


def test_a_day_that_was_skipped_leaves_its_post_to_the_next() -> None:
    rule = "FREQ=MONTHLY;BYMONTHDAY=30"
    assert instants("Pacific/Apia", "2011-12-01", 2, "18:00", rule=rule) == ["12-31 18:00 +1400", "01-30 18:00 +1400"]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["Europe/Paris", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns", "Asia/Amman"]),
    st.dates(date(2005, 1, 1), date(2026, 1, 1)),
    st.lists(st.times().map(lambda clock: clock.replace(microsecond=0)), min_size=1, max_size=3),
)
def test_occurrences_come_in_order_each_once(zone: str, start: date, clocks: list[time]) -> None:
    place = ZoneInfo(zone)
    slot = Slot(name="a", days=tuple(range(7)), at=tuple(clocks))
    begins = datetime.combine(start, time(), UTC)
    found = list(Timetable(slots=(slot,)).occurrences("x", "a", begins, place))
    assert all(earlier < later for earlier, later in pairwise(found))
    assert found[0] >= begins
    assert len(found) >= 395 * len(set(clocks))


# --- files ----------------------------------------------------------------------------------------------------------

FILE = """
slots:
  lunch: {days: [tue], at: "12:15"}
series:
  monday-numbers: {rule: "FREQ=WEEKLY;BYDAY=MO", at: "09:30", channels: [x], from: 2026-01-01, until: 2026-12-31}
  last-friday: {rule: FREQ=MONTHLY;BYDAY=-1FR, at: [16:00, 09:00]}
evergreen:
  classics: {slots: [lunch, last-friday], cooldown: 90d, channels: [x, mastodon]}
"""


def test_series_and_queues_are_read_whole() -> None:
    timetable, findings = parse_timetable({"week.yml": FILE}, PARIS, CHANNELS)
    assert findings == ()
    first, second = timetable.series
    assert first == Series(
        name="monday-numbers",
        rule="FREQ=WEEKLY;BYDAY=MO",
        at=(time(9, 30),),
        channels=("x",),
        first=date(2026, 1, 1),
        last=date(2026, 12, 31),
    )
    assert (second.at, second.channels, second.first) == ((time(9), time(16)), (), None)
    assert timetable.queues == (
        Queue(
            name="classics",
            slots=("lunch", "last-friday"),
            cooldown=timedelta(days=90),
            channels=("x", "mastodon"),
        ),
    )
    assert timetable.names == ("lunch", "monday-numbers", "last-friday", "classics")


def test_a_name_leads_to_a_slot_a_series_or_all_that_a_queue_may_use() -> None:
    timetable, _ = parse_timetable({"week.yml": FILE}, PARIS, CHANNELS)

    def leads(channel: str, name: str = "") -> list[str]:
        return [one.name for one in timetable.slots_for(channel, name)]

    assert leads("x") == ["lunch"]  # `next` leaves a series to those that name it
    assert leads("x", "monday-numbers") == ["monday-numbers"]
    assert leads("linkedin", "monday-numbers") == []
    assert leads("mastodon", "classics") == ["lunch", "last-friday"]
    assert leads("linkedin", "classics") == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("rule: FREQ=SECONDLY", ("bad-rule", 11, 'FREQ=DAILY, and several times: at: ["09:30", "16:00"]')),
        ("rule: FREQ=MINUTELY", ("bad-rule", 11, 'FREQ=DAILY, and several times: at: ["09:30", "16:00"]')),
        ("rule: FREQ=WEEKLY;BYDYA=MO", ("bad-rule", 23, "did you mean `BYDAY`?")),
        ("rule: FREQ=WEEKLY;BYDAY=MON", ("bad-rule", 23, "did you mean `MO`?")),
        ('rule: "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9"', ("bad-rule", 33, 'at: "09:30"')),
        ("rule: FREQ=WEEKLY;BYDAY=MO;UNTIL=20261231", ("bad-rule", 32, "until: 2026-12-31")),
        ("rule: FREQ=WEKLY;BYDAY=MO", ("bad-rule", 11, "did you mean `WEEKLY`?")),
        ("rule: BYDAY=MO", ("bad-rule", 11, "FREQ=WEEKLY;BYDAY=MO")),
        ("rule: FREQ=WEEKLY", ("bad-rule", 11, "BYDAY=MO, or a first day: from: 2026-01-01")),
        ("rule: FREQ=WEEKLY;BYDAY=1MO", ("bad-rule", 23, "FREQ=MONTHLY;BYDAY=1MO")),
        ("rule: FREQ=WEEKLY;BYMONTHDAY=3", ("bad-rule", 23, "FREQ=MONTHLY")),
        ("rule: FREQ=MONTHLY;BYSETPOS=1", ("bad-rule", 24, "BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1")),
        ("rule: FREQ=DAILY;INTERVAL=2", ("bad-rule", 22, "from: 2026-01-01")),
        ("rule: FREQ=DAILY;INTERVAL=0", ("bad-rule", 22, "1 to 999")),
        ("rule: FREQ=DAILY;COUNT=99999", ("bad-rule", 22, "1 to 9999")),
        ("rule: FREQ=DAILY;FREQ=WEEKLY", ("bad-rule", 11, "keep one of them")),
        (f"rule: FREQ=WEEKLY;BYDAY={','.join(['MO'] * 70)}", ("bad-rule", 11, "")),
        ("rule: FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", ("never-happens", 5, "look at its parts again")),
        ("rule: FREQ=DAILY\n    until: 1999-01-01", ("bad-date", 3, "from: 2026-01-01")),
        ("rule: FREQ=DAILY\n    from: 2026-02-01\n    until: 2026-01-01", ("bad-date", 7, "exchange the days")),
        ("rule: FREQ=DAILY\n    from: soon", ("bad-date", 5, "2026-12-24")),
        ("rules: FREQ=DAILY", ("no-rule", 3, "rule: FREQ=WEEKLY;BYDAY=MO")),
    ],
)
def test_a_rule_that_cannot_be_meant_is_told_at_its_part(line: str, expected: tuple[str, int, str]) -> None:
    rule, column_or_line, hint = expected
    text = f'series:\n  # words\n  numbers:\n    at: "09:30"\n    {line}'
    found = told(text)[0]
    assert (found[0], found[3]) == (rule, hint)
    assert column_or_line in found[1:3]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("series:\n  a: {rule: FREQ=DAILY}", ("no-time", 2, 3, 'at: "09:30"')),
        ("series:\n  a: {at: 09:30}", ("no-rule", 2, 3, "rule: FREQ=WEEKLY;BYDAY=MO")),
        ("series:\n  a: FREQ=DAILY", ("bad-value", 2, 3, "a: {…}")),
        ("series:\n  next: {rule: FREQ=DAILY, at: 09:30}", ("bad-slot", 2, 3, "give the slot another name")),
        ("slots:\n  2nd: {at: 09:30}", ("bad-slot", 2, 3, "begin with a letter; then letters, digits and `-`")),
        ("evergreen:\n  a: {slots: lunch}", ("no-cooldown", 2, 3, "cooldown: 90d")),
        ("evergreen:\n  a: {cooldown: 90d}", ("no-slot", 2, 3, "slots: lunch")),
        ("evergreen:\n  a: {slots: lunch, cooldown: 90d}", ("unknown-slot", 2, 14, "")),
        ("slots: {lunch: {at: 12:15}}\nevergreen:\n  a: {slots: lunhc, cooldown: 90d}",
         ("unknown-slot", 3, 14, "did you mean `lunch`?")),
        ("slots: {a: {at: 12:15}}\nevergreen:\n  b: {slots: a, cooldown: 36h}",
         ("bad-duration", 3, 17, "cooldown: 90d")),
        ("slots: {a: {at: 12:15}}\nevergreen:\n  b: {slots: a, cooldown: 7d}",
         ("short-cooldown", 3, 17, "30d or more")),
        ("slots: {a: {at: 12:15}}\nevergreen:\n  a: {slots: a, cooldown: 90d}",
         ("doubled-slot", 3, 3, "rename one of them")),
        ("slots: {a: {at: 12:15}}\nevergreen:\n  b: {slots: a, cooldown: 90d, channels: linkdin}",
         ("unknown-channel", 3, 32, "did you mean `linkedin`?")),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_told_where_it_stands(text: str, expected: tuple[str, int, int, str]) -> None:
    assert told(text) == [expected]


def test_a_short_cool_down_is_a_warning_and_counts() -> None:
    text = "slots: {a: {at: 12:15}}\nevergreen:\n  b: {slots: a, cooldown: 7d}"
    timetable, findings = parse_timetable({"week.yml": text}, PARIS, CHANNELS)
    assert [finding.severity.value for finding in findings] == ["warning"]
    assert [queue.cooldown.days for queue in timetable.queues] == [7]


def test_a_queue_may_use_the_slots_of_another_file() -> None:
    sources = {"a.yml": "evergreen: {old: {slots: lunch, cooldown: 90d}}", "b.yml": "slots: {lunch: {at: 12:15}}"}
    assert parse_timetable(sources, PARIS, CHANNELS)[1] == ()


def test_there_is_an_end_to_how_many_series_are_read() -> None:
    many = "".join(f'  a{number}: {{rule: FREQ=DAILY, at: "09:30"}}\n' for number in range(52))
    found = told(f"series:\n{many}")
    assert [rule for rule, *_ in found] == ["too-many", "too-many"]


def test_a_rule_that_never_happens_is_soon_known_to() -> None:
    began = stopwatch.process_time()
    for rule in ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6;BYDAY=MO"):
        assert not Series(name="a", rule=rule, at=HALF_PAST_TWO).happens
    slow = stopwatch.process_time() - began
    began = stopwatch.process_time()
    for number in range(300_000):
        date.fromordinal(700_000 + number).weekday()
    assert slow < 60 * (stopwatch.process_time() - began)  # in units of this machine, not in seconds


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="FREQ=WEKLYBDAMO;,-+123 INTERVALCOUNT", max_size=40))
def test_no_rule_crashes_the_reader(rule: str) -> None:
    text = f'series:\n  a: {{at: "09:30", from: 2026-01-01, rule: "{rule}"}}'
    timetable, findings = parse_timetable({"w.yml": text}, PARIS, CHANNELS)
    assert bool(timetable.series) is not bool(findings)
