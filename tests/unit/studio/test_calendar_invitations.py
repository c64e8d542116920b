from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from dateutil.tz import tzical
from msgspec.structs import replace

from publisher.schedule.items import State
from publisher.studio.calendar.entries import Calendar
from publisher.studio.calendar.invitations import write_ics
from publisher.studio.calendar.zones import describe_zone, find_changes
from tests.unit.studio.calendars import HOSTILE, entry, sample, utc


def events(calendar: Calendar) -> dict[str, icalendar.Event]:
    read = icalendar.Calendar.from_ical(write_ics(calendar))
    return {str(one["SUMMARY"]): one for one in read.walk("VEVENT")}


def test_a_calendar_library_that_did_not_write_it_accepts_it() -> None:
    read = vobject.readOne(write_ics(sample()).decode())
    assert read.validate(raiseException=True)
    assert len(read.vevent_list) == 6
    told = {one.dtstart.value.astimezone(UTC) for one in read.vevent_list}
    assert told == {one.at.astimezone(UTC) for one in sample().entries if one.at}


def test_every_line_is_short_and_ends_as_the_standard_says() -> None:
    source = write_ics(sample())
    lines = source.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75


def test_an_event_says_what_where_and_how_sure() -> None:
    found = events(sample())
    live = found["✓ x: Listen"]
    assert (str(live["URL"]), live["STATUS"], live["TRANSP"]) == ("https://x.example/1", "CONFIRMED", "TRANSPARENT")
    assert live.decoded("DTSTAMP") == sample().now
    assert live["CATEGORIES"].cats == ["x", "awareness", "autumn"]
    held = found["‖ linkedin-founder: Listen"]
    assert held["STATUS"] == "TENTATIVE"
    assert str(held["DESCRIPTION"]).startswith("held: channel paused\n\n")
    assert str(found["linkedin: Listen"]["DESCRIPTION"]).startswith("=SUM(A1)\nand more")


def test_the_hour_that_comes_twice_is_told_so_that_nobody_takes_it_for_the_first() -> None:
    source = write_ics(sample()).decode()
    assert "DTSTART;TZID=Europe/Paris:20261025T023000\r\n" in source
    assert "DTSTART:20261025T013000Z\r\n" in source


def test_an_event_keeps_its_name_while_it_moves() -> None:
    early, late = (sample(entry("sell", "linkedin-founder", State.LATER, utc(day, 9))) for day in (28, 29))
    newer = replace(late, now=late.now + timedelta(minutes=1))
    before, after = (events(one)[f"linkedin-founder: {HOSTILE}"] for one in (early, newer))
    assert before["UID"] == after["UID"]
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert before.decoded("DTSTART") != after.decoded("DTSTART")


def test_every_event_has_a_name_of_its_own() -> None:
    calendar = sample(entry("listen~2", "x", State.LATER, utc(28, 9)))
    read = icalendar.Calendar.from_ical(write_ics(calendar))
    names = [str(one["UID"]) for one in read.walk("VEVENT")]
    assert len(names) == len(set(names)) == 7
    elsewhere = events(replace(calendar, team="Another"))
    assert not {str(one["UID"]) for one in elsewhere.values()} & set(names)


def test_what_was_withdrawn_is_cancelled() -> None:
    found = events(sample(entry("sell", "x", State.WITHDRAWN, utc(28, 9))))
    assert [one["STATUS"] for name, one in found.items() if name.startswith("–")] == ["CANCELLED"]


def test_a_calendar_in_utc_needs_no_zone() -> None:
    calendar = sample()
    moved = tuple(replace(one, at=one.at.astimezone(ZoneInfo("UTC")) if one.at else None) for one in calendar.entries)
    source = write_ics(replace(calendar, zone="UTC", entries=moved)).decode()
    assert "VTIMEZONE" not in source
    assert "DTSTART:20261005T073000Z\r\n" in source


def test_nothing_is_a_calendar_too() -> None:
    assert icalendar.Calendar.from_ical(write_ics(replace(sample(), entries=()))).walk("VEVENT") == []


@pytest.mark.parametrize(
    "name",
    ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Europe/Dublin", "Africa/Casablanca"],
)
def test_a_zone_is_described_as_it_is(name: str) -> None:
    first, last, zone = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 12, 20, tzinfo=UTC), ZoneInfo(name)
    read = tzical(io.StringIO(describe_zone(name, first, last).to_ical().decode())).get()
    moments = [first + timedelta(hours=number) for number in range(int((last - first) / timedelta(hours=1)))]
    clocks = [one.astimezone(zone).replace(tzinfo=None, fold=0) for one in moments]
    assert [one for one in clocks if one.replace(tzinfo=read).utcoffset() != one.replace(tzinfo=zone).utcoffset()] == []


def test_changes_are_found_to_the_second() -> None:
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    assert list(find_changes(ZoneInfo("Europe/Paris"), start, end)) == [
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 1, tzinfo=UTC),
    ]
    assert list(find_changes(ZoneInfo("Asia/Kolkata"), start, end)) == []
