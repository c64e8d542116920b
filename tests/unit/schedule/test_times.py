from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.schedule.times import Moment, locate, parse_duration, parse_end, parse_moment, show, show_span, tell

PARIS = ZoneInfo("Europe/Paris")
ZONES = [
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Africa/Casablanca",
    "Pacific/Apia",
    "UTC",
]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-12-01 09:30", Moment(at=utc("2026-12-01 08:30"))),
        ("2026-07-01 09:30", Moment(at=utc("2026-07-01 07:30"))),
        ("2026-12-01T09:30:15Z", Moment(at=utc("2026-12-01 09:30:15"))),
        ("2026-12-01 09:30+05:30", Moment(at=utc("2026-12-01 04:00"))),
        ("2026-03-29 02:30", Moment(at=utc("2026-03-29 01:30"), rule="time-gap")),  # 03:30 on the clock
        ("2026-03-29 03:00", Moment(at=utc("2026-03-29 01:00"))),
        ("2026-10-25 02:30", Moment(at=utc("2026-10-25 00:30"), rule="time-twice")),  # the first of the two
        ("2026-10-25 03:00", Moment(at=utc("2026-10-25 02:00"))),
        ("2026-10-25 02:30+01:00", Moment(at=utc("2026-10-25 01:30"))),
        ("2026-12-01", None),
        ("tomorrow", None),
        ("2026-02-30 09:30", None),
        ("0001-01-01 00:00", None),
        ("", None),
    ],
)
def test_what_is_typed_is_an_instant_of_the_project(written: str, expected: Moment | None) -> None:
    assert parse_moment(written, PARIS) == expected


def test_a_time_the_clocks_skip_or_repeat_is_told_with_what_it_is_taken_for() -> None:
    skipped, twice = parse_moment("2026-03-29 02:30", PARIS), parse_moment("2026-10-25 02:30", PARIS)
    assert skipped is not None
    assert twice is not None
    told = tell(skipped, "2026-03-29 02:30", PARIS, "a.md", 3, "x")
    again = tell(twice, "2026-10-25 02:30", PARIS, "a.md", 3)
    assert told is not None
    assert again is not None
    assert (told.rule, told.path, told.line, told.channel) == ("time-gap", "a.md", 3, "x")
    assert "2026-03-29 03:30 CEST" in told.message
    assert "2026-10-25 02:30 CEST" in again.message
    assert tell(Moment(at=utc("2026-12-01 08:30")), "", PARIS, "a.md", 3) is None


@settings(max_examples=200)
@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)), st.sampled_from(ZONES))  # noqa: DTZ001 - a clock without a zone is the point
def test_a_clock_time_moves_forward_over_a_gap_and_never_otherwise(clock: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    moment = locate(clock, zone)
    shown = moment.at.astimezone(zone).replace(tzinfo=None)
    if moment.rule == "time-gap":
        assert clock < shown <= clock + timedelta(days=1)
    else:
        assert shown == clock
    earlier = (moment.at - timedelta(minutes=step) for step in range(30, 181, 30))
    assert all(one.astimezone(zone).replace(tzinfo=None) != clock for one in earlier)


def test_a_day_ends_when_the_next_begins_whatever_the_clocks_do() -> None:
    assert parse_end("2026-12-08", PARIS) == utc("2026-12-08 23:00")
    assert parse_end("2026-10-25", PARIS) == utc("2026-10-25 23:00")
    assert parse_end("2026-12-08 12:00", PARIS) == utc("2026-12-08 11:00")
    assert parse_end("soon", PARIS) is None
    assert parse_end("9999-12-31", PARIS) is None


@pytest.mark.parametrize(
    ("written", "hours"),
    [("24h", 24), ("30m", 0.5), ("2d", 48), ("1h 30m", 1.5), ("1w", 168), ("90", None), ("", None)],
)
def test_durations_are_a_number_and_a_letter(written: str, hours: float | None) -> None:
    assert parse_duration(written) == (None if hours is None else timedelta(hours=hours))


def test_instants_and_durations_are_shown_as_people_write_them() -> None:
    assert show(utc("2026-12-01 08:30"), PARIS) == "2026-12-01 09:30"
    spans = [timedelta(hours=24), timedelta(minutes=90), timedelta(days=3, hours=2), timedelta()]
    assert [show_span(span) for span in spans] == ["24h", "1h 30m", "3d 2h", "0m"]
