from __future__ import annotations

from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from publisher.model import Channel, Override, Post, Severity
from publisher.schedule.checks import check_times
from publisher.schedule.timetable import Quiet, Slot, Timetable

PARIS = ZoneInfo("Europe/Paris")
CHANNELS = (Channel(name="x", network="x"), Channel(name="blog", network="ghost"))
WEEK = Timetable(
    zone=PARIS,
    slots=(Slot(name="morning", days=(0,), at=(time(9, 30),), channels=("x",)),),
    quiet=(Quiet(why="holidays", first=date(2026, 12, 24), last=date(2026, 12, 27)),),
)


def told(timetable: Timetable = WEEK, **more: Any) -> list[tuple[str, int, str, str]]:
    post = Post(id="a", path="content/a.md", digest="b", lines={"publish": 3, "expires": 4}, **more)
    found = check_times([post], CHANNELS, timetable)
    return [(one.rule, one.line, one.channel, one.hint) for one in found]


def test_ordinary_times_need_no_word() -> None:
    for publish in ("", "now", "withdrawn", "2026-12-01 09:30", "@blog", "not a time"):
        assert told(publish=publish, expires="2026-12-08") == []


def test_clocks_that_change_are_told_once_for_all_channels() -> None:
    found = told(publish="2026-03-29 02:30", expires="2026-10-25 02:30")
    assert [(rule, line, channel) for rule, line, channel, _ in found] == [("time-gap", 3, ""), ("time-twice", 4, "")]


def test_a_channels_own_time_is_told_at_its_own_line() -> None:
    own = {"blog": Override(publish="2026-03-29 02:30", line=9)}
    assert [one[:3] for one in told(publish="now", overrides=own)] == [("time-gap", 9, "blog")]


def test_a_networks_time_is_told_at_its_own_line_for_a_channel_with_words_of_its_own() -> None:
    own = {"ghost": Override(publish="2026-03-29 02:30", line=9), "blog": Override(text="Mine.", line=11)}
    assert [one[:3] for one in told(publish="now", overrides=own)] == [("time-gap", 9, "blog")]


def test_a_quiet_day_is_told_before_it_holds_anything() -> None:
    assert [one[:2] for one in told(publish="2026-12-24 10:00")] == [("quiet-day", 3)]


def test_a_slot_nobody_has_is_told_with_the_nearest_name() -> None:
    assert told(publish="mornin") == [("unknown-slot", 3, "", "did you mean `morning`?")]


def test_a_slot_for_other_channels_is_told_for_those_it_leaves_out() -> None:
    assert [one[:3] for one in told(publish="morning")] == [("slot-elsewhere", 3, "blog")]
    assert told(publish="morning", muted=("blog",)) == []


def weights(timetable: Timetable = WEEK, **more: Any) -> dict[str, Severity]:
    post = Post(id="a", path="content/a.md", digest="b", publish="next", **more)
    return {one.channel: one.severity for one in check_times([post], CHANNELS, timetable)}


def test_next_without_any_slot_is_told() -> None:
    (one,) = told(publish="next")
    assert one[:3] == ("no-slot", 3, "blog")
    assert one[3] == "give blog a slot in schedules/, or leave it out: channels: {blog: false}"


def test_a_channel_without_slots_is_no_error_of_a_post_that_does_not_name_it_for_it_may_be_newer() -> None:
    assert weights() == {"blog": Severity.WARNING}
    assert weights(overrides={"ghost": Override(angle="quote")}) == {"blog": Severity.WARNING}
    assert weights(overrides={"blog": Override(angle="quote")}) == {"blog": Severity.ERROR}
    assert weights(only=("x", "blog")) == {"blog": Severity.ERROR}


def test_next_is_an_error_where_no_channel_of_the_post_has_a_slot() -> None:
    assert weights(Timetable(zone=PARIS)) == {"x": Severity.ERROR, "blog": Severity.ERROR}
    assert weights(muted=("x",)) == {"blog": Severity.ERROR}
