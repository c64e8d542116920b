from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import count, islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from publisher.errors import Rejected
from publisher.ledger.claims import Publication
from publisher.ledger.events import (
    Event,
    Kind,
    attempted,
    completed,
    deferred,
    doubted,
    received,
    refused,
    removed,
    resolved,
    withdrawn,
)
from publisher.ledger.in_memory import InMemoryLedger, Memory
from publisher.ledger.runner import Runner
from publisher.ledger.story import Story
from publisher.model import Attempt, Channel, Override, Post, Receipt, part_key
from publisher.schedule.items import Item, Plan, State
from publisher.schedule.plan import plan
from publisher.schedule.series import Series
from publisher.schedule.timetable import Queue, Quiet, Slot, Timetable
from publisher.schedule.turns import name_turn, number_of, place_of, promise_of, queued, read_stories

PARIS = ZoneInfo("Europe/Paris")
X, BLOG = Channel(name="x", network="x"), Channel(name="blog", network="ghost")
DAILY = tuple(range(7))
CLASSICS = Queue(name="classics", slots=("afternoon",), cooldown=timedelta(days=30))
WEEK = Timetable(
    zone=PARIS,
    slots=(Slot(name="afternoon", days=DAILY, at=(time(15),)), Slot(name="morning", days=DAILY, at=(time(9),))),
    series=(Series(name="mondays", rule="FREQ=WEEKLY;BYDAY=MO", at=(time(9),)),),
    queues=(CLASSICS,),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


NOW = at("2026-12-01 12:00")  # a Tuesday


def post(name: str = "agile", publish: str = "classics", **more: Any) -> Post:
    return Post(id=name, path=f"content/{name}.md", digest=f"blob-{name}", publish=publish, **more)


def part(turn: str, channel: str, when: datetime) -> Attempt:
    key = part_key(turn, channel, 1, 0)
    return Attempt(key=key, post=turn, channel=channel, position=0, digest="d", at=when)


def live(turn: str, when: datetime, channel: str = "x") -> list[Event]:
    return [
        received(part(turn, channel, when), Receipt(id="1", url=f"https://x.example/{turn}", at=when)),
        completed(channel, "d", "an older blob", when),
    ]


def begun(turn: str, when: datetime, channel: str = "x") -> Event:
    return attempted(part(turn, channel, when), Runner(host="gone", pid=1), when)


def told(events: Mapping[str, Iterable[Event]]) -> dict[str, Story]:
    return {name: Story(post=name, events=tuple(one)) for name, one in events.items()}


def make(
    *posts: Post, events: Mapping[str, Iterable[Event]] | None = None, now: datetime = NOW,
    channels: tuple[Channel, ...] = (X,), timetable: Timetable = WEEK, **more: Any,
) -> Plan:  # fmt: skip
    return plan(posts, channels, timetable, told(events or {}), more.pop("settled", {}), now, **more)


def said(made: Plan) -> list[tuple[str, str, datetime | None]]:
    return [(item.post, item.state.value, item.at) for item in made.items]


def only(made: Plan) -> Item:
    (item,) = made.items
    return item


# --- evergreen ------------------------------------------------------------------------------------------------------


def test_a_queue_publishes_one_post_at_each_of_its_slots() -> None:
    assert said(make(post("a"), post("b"))) == [
        ("a", "later", at("2026-12-01 15:00")),
        ("b", "later", at("2026-12-02 15:00")),
    ]
    assert said(make(post("a"), post("b"), now=at("2026-12-01 15:04"))) == [
        ("a", "due", at("2026-12-01 15:00")),
        ("b", "later", at("2026-12-02 15:00")),
    ]


def test_the_next_turn_is_a_post_of_its_own_and_comes_after_the_cool_down() -> None:
    events = {"agile": live("agile", at("2026-11-20 15:03"))}
    assert said(make(post(), events=events)) == [("agile~2", "later", at("2026-12-20 15:00"))]
    resting = make(post(), events=events, now=at("2026-12-19 15:02"))
    assert said(resting) == [("agile~2", "later", at("2026-12-20 15:00"))]
    assert said(make(post(), events=events, now=at("2026-12-20 15:02"))) == [("agile~2", "due", at("2026-12-20 15:00"))]


def test_the_post_that_waited_longest_comes_first_and_a_new_one_before_all() -> None:
    events = {
        "a": live("a", at("2026-09-02 15:00")),
        "b": live("b", at("2026-09-01 15:00")),
        "c": live("c", at("2026-08-01 15:00")),
        "c~2": live("c~2", at("2026-10-01 15:00")),
    }
    made = make(post("a"), post("b"), post("c"), post("d"), events=events)
    assert [item.post for item in sorted(made.items, key=lambda item: item.at or NOW)] == ["d", "b~2", "a~2", "c~3"]


def test_a_queue_takes_no_slot_that_anything_else_takes() -> None:
    asks, dated = post("z", "afternoon"), post("y", "2026-12-02 15:00")
    assert said(make(post("a"), dated, asks)) == [
        ("a", "later", at("2026-12-03 15:00")),
        ("y", "later", at("2026-12-02 15:00")),
        ("z", "later", at("2026-12-01 15:00")),
    ]
    now = at("2026-12-01 15:01")
    assert [one[:2] for one in said(make(post("a"), asks, now=now))] == [("a", "later"), ("z", "due")]
    sent = [Publication(post="z", channel="x", at=now)]
    assert only(make(post("a"), now=now + timedelta(minutes=9), recent=sent)).at == at("2026-12-02 15:00")


def test_gaps_and_maxima_hold_for_a_queue_too() -> None:
    strict = structs.replace(WEEK, gaps={"default": timedelta(hours=3)}, maxima={"x": 1})
    near = post("y", "2026-12-02 13:00")
    assert make(post("a"), near, timetable=strict, now=at("2026-12-01 16:00")).items[0].at == at("2026-12-03 15:00")
    sent = [Publication(post="z", channel="x", at=at("2026-12-01 09:00"))]
    assert only(make(post("a"), timetable=strict, recent=sent)).at == at("2026-12-02 15:00")


def test_a_missed_slot_is_left_and_never_made_up_for() -> None:
    assert only(make(post("a"), now=at("2026-12-01 16:00"))).at == at("2026-12-02 15:00")


def test_every_channel_has_turns_of_its_own() -> None:
    events = {"agile": [*live("agile", at("2026-10-01 15:00")), begun("agile", at("2026-10-01 15:00"), "blog")]}
    events["agile"] += [doubted(part("agile", "blog", NOW), "the answer was lost", NOW)]
    made = make(post(), events=events, channels=(X, BLOG))
    assert [(item.post, item.channel, item.state.value) for item in made.items] == [
        ("agile~2", "x", "later"),
        ("agile", "blog", "doubt"),
    ]
    assert made.complete == {}


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ([begun("agile~2", NOW)], "due"),
        ([refused(part("agile~2", "x", NOW), Rejected("you said that before"), NOW, blob="blob-agile")], "failed"),
        ([begun("agile~2", NOW), doubted(part("agile~2", "x", NOW), "lost", NOW)], "doubt"),
        ([received(part("agile~2", "x", NOW), Receipt(id="1", url="", at=NOW))], "due"),
        ([deferred(part("agile~2", "x", NOW), Rejected("busy"), NOW)], "later"),
    ],
)
def test_a_turn_that_is_not_complete_goes_on_or_waits_and_no_other_begins(more: list[Event], state: str) -> None:
    events = {"agile": live("agile", at("2026-10-01 15:00")), "agile~2": more}
    item = only(make(post(), events=events, abandoned=lambda _: True))
    assert (item.post, item.state.value) == ("agile~2", state)


def test_a_doubt_that_is_resolved_ends_the_turn_or_repeats_it() -> None:
    doubt = [begun("agile", NOW), doubted(part("agile", "x", NOW), "lost", NOW)]
    absent = [*doubt, resolved(part("agile", "x", NOW), NOW, posted=False)]
    assert said(make(post(), events={"agile": absent})) == [("agile", "later", at("2026-12-01 15:00"))]


def test_an_edit_is_for_the_turns_to_come() -> None:
    events = {"agile": live("agile", at("2026-10-01 15:00"))}
    item = only(make(structs.replace(post(), digest="edited"), events=events))
    assert (item.post, item.act, item.blob) == ("agile~2", "send", "edited")


def test_a_post_that_was_published_once_can_become_evergreen() -> None:
    events = {"agile": live("agile", at("2026-10-01 15:00"))}
    settled = {"content/agile.md": "the dated blob"}
    assert said(make(post(), events=events, settled=settled)) == [("agile~2", "later", at("2026-12-01 15:00"))]


def test_a_post_that_stops_being_evergreen_stays_as_it_was() -> None:
    events = {"agile": live("agile", at("2026-09-01 15:00")), "agile~2": live("agile~2", at("2026-10-15 15:00"))}
    assert [item.post for item in make(post(publish="2026-12-24 10:00"), events=events).items] == ["agile"]
    events["agile~3"] = [begun("agile~3", NOW), doubted(part("agile~3", "x", NOW), "lost", NOW)]
    made = make(post(publish=""), events=events)
    assert [(item.post, item.state.value) for item in made.items][1:] == [("agile~3", "doubt")]


def test_a_withdrawn_post_is_taken_back_turn_by_turn() -> None:
    events = {"agile": live("agile", at("2026-09-01 15:00")), "agile~2": live("agile~2", at("2026-10-15 15:00"))}
    made = make(post(publish="withdrawn"), events=events)
    assert [(item.post, item.act, item.state.value) for item in made.items] == [
        ("agile", "withdraw", "due"),
        ("agile~2", "withdraw", "due"),
    ]
    for turn, story in events.items():
        taken = replace(part(turn, "x", NOW), act="withdraw", key=part_key(turn, "x", 2, 0))
        story += [withdrawn(taken, NOW), removed("x", "blob-agile", NOW)]
    gone = make(post(publish="withdrawn"), events=events)
    assert {item.state for item in gone.items} == {State.WITHDRAWN}
    assert gone.complete == {"content/agile.md": "blob-agile"}


def test_an_evergreen_post_expires_like_any_other() -> None:
    assert only(make(post(expires="2026-11-30"))).state is State.HELD
    events = {"agile": live("agile", at("2026-11-20 15:00"))}
    item = only(make(post(expires="2026-12-10"), events=events))
    assert item.reason == "it expires before its turn comes at 2026-12-20 15:00"


def test_a_queue_that_has_no_slot_says_so() -> None:
    elsewhere = structs.replace(WEEK, queues=(structs.replace(CLASSICS, channels=("blog",)),))
    assert only(make(post(), timetable=elsewhere)).reason == "the slot classics is not for x"
    long = structs.replace(WEEK, queues=(structs.replace(CLASSICS, cooldown=timedelta(days=900)),))
    item = only(make(post(), events={"agile": live("agile", at("2026-11-20 15:00"))}, timetable=long))
    assert item.state is State.HELD
    assert "agile~2 rests until 2029-05-08 00:00" in item.reason


def test_a_channel_alone_can_be_evergreen() -> None:
    one = post(publish="2026-10-01 15:00", overrides={"x": Override(publish="classics")})
    events = {"agile": [*live("agile", at("2026-10-01 15:00")), *live("agile", at("2026-10-01 15:00"), "blog")]}
    made = make(structs.replace(one, digest="an older blob"), events=events, channels=(X, BLOG))
    assert [(item.post, item.channel, item.state.value) for item in made.items] == [
        ("agile~2", "x", "later"),
        ("agile", "blog", "published"),
    ]


@pytest.mark.parametrize("zone", ["Europe/Paris", "Australia/Lord_Howe"])
def test_a_cool_down_counts_days_and_not_hours(zone: str) -> None:
    weekly = structs.replace(WEEK, zone=ZoneInfo(zone), queues=(structs.replace(CLASSICS, cooldown=timedelta(days=7)),))
    sent = datetime(2026, 10, 24, 15, 40, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # forty minutes late
    made = make(post(), events={"agile": live("agile", sent)}, timetable=weekly, now=sent + timedelta(days=1))
    assert only(made).at == datetime(2026, 10, 31, 15, tzinfo=ZoneInfo(zone)).astimezone(UTC)


# --- reading them ---------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 150))
def test_however_many_turns_there_were_all_are_read_and_the_next_one_in_few_rounds(number: int) -> None:
    stories = told({name_turn("a", turn): live(name_turn("a", turn), NOW) for turn in range(1, number + 1)})
    rounds = count()

    def read(names: Iterable[str]) -> dict[str, Story]:
        next(rounds)
        return {name: stories.get(name) or Story(post=name) for name in names}

    found = read_stories(read, [post("a")])
    assert [turn for turn in range(1, number + 1) if name_turn("a", turn) not in found] == []
    made = plan([post("a")], [X], WEEK, found, {}, NOW)
    assert only(made).post == name_turn("a", number + 1)
    assert next(rounds) <= 5


def test_a_post_that_was_never_published_costs_one_look() -> None:
    asked: list[list[str]] = []

    def read(names: Iterable[str]) -> dict[str, Story]:
        asked.append(list(names))
        return {name: Story(post=name) for name in asked[-1]}

    read_stories(read, [post("a", "2026-12-01 09:30"), post("b", "next"), post("c", "now"), post("d", "")])
    assert asked == [["a", "b", "c", "d", "b~0"]]


def test_a_turns_name_tells_its_number() -> None:
    assert [number_of(name_turn("a.b-c", number)) for number in (0, 1, 2, 41)] == [0, 1, 2, 41]


# --- places in the queue --------------------------------------------------------------------------------------------


class Team:
    """Runs one after the other, each giving places to what it sees waiting."""

    def __init__(self) -> None:
        self.now = NOW
        self.ledger = InMemoryLedger(Memory(), clock=lambda: self.now)

    def run(self, *posts: Post, timetable: Timetable = WEEK) -> dict[str, datetime | None]:
        """When each post is to go out, as this run sees it."""
        stories = read_stories(self.ledger.read, posts)
        made = self.made = plan(posts, [X], timetable, stories, {}, self.now, recent=self.ledger.recent(NOW))
        self.ledger.record(queued(made.items, stories, self.now))
        self.now += timedelta(minutes=1)
        return {item.post: item.at for item in made.items}

    def send(self, name: str) -> None:
        """What the run that was just played would have done with a post that is due."""
        assert [item.post for item in self.made.due] == [name]
        self.ledger.record({name: live(name, self.now)})


def test_a_promised_slot_does_not_move_when_a_post_that_sorts_earlier_comes() -> None:
    team = Team()
    before = team.run(post("m", "next"), post("n", "next"))
    after = team.run(post("a", "next"), post("m", "next"), post("n", "next"))
    assert before == {"m": at("2026-12-01 15:00"), "n": at("2026-12-02 09:00")}
    assert after == {**before, "a": at("2026-12-02 15:00")}


def test_without_a_run_in_between_newcomers_queue_by_path() -> None:
    assert Team().run(post("b", "next"), post("a", "next")) == {
        "a": at("2026-12-01 15:00"),
        "b": at("2026-12-02 09:00"),
    }


def test_what_moves_a_promised_slot() -> None:
    team = Team()
    team.run(post("m", "next"), post("n", "next"))
    dated = team.run(post("m", "next"), post("n", "next"), post("z", "2026-12-01 15:00"))
    assert dated["m"] == at("2026-12-02 09:00")
    assert team.run(post("n", "next"))["n"] == at("2026-12-01 15:00")  # m went
    calm = structs.replace(WEEK, slots=WEEK.slots[1:])
    assert team.run(post("m", "next"), timetable=calm)["m"] == at("2026-12-02 09:00")


def test_a_post_that_was_late_queues_behind_those_that_wait() -> None:
    team = Team()
    missed = post("a", "2026-11-20 10:00", late="1h next")
    team.run(post("m", "next"))
    assert team.run(missed, post("m", "next")) == {"a": at("2026-12-02 09:00"), "m": at("2026-12-01 15:00")}


def waiting(name: str, until: datetime, channel: str = "x") -> Item:
    return Item(
        post=name, path="", blob="", channel=channel, network=channel, state=State.LATER, at=until, queued=True
    )  # fmt: skip


def test_a_place_is_given_once_and_the_slot_it_leads_to_is_written_whenever_that_is_another() -> None:
    slot, later = at("2026-12-01 15:00"), NOW + timedelta(minutes=15)
    events = dict(queued([waiting("a", slot)], {}, NOW))
    assert (place_of("a", told(events)), promise_of("a", "x", told(events))) == (NOW, slot)
    assert queued([waiting("a", slot), structs.replace(waiting("b", slot), queued=False)], told(events), later) == {}
    moved = slot + timedelta(days=1)
    events["a~0"] = [*events["a~0"], *queued([waiting("a", moved)], told(events), later)["a~0"]]
    assert (place_of("a", told(events)), promise_of("a", "x", told(events))) == (NOW, moved)
    assert (promise_of("a", "blog", told(events)), promise_of("b", "x", told(events))) == (None, None)
    assert place_of("b", told(events)) > NOW + timedelta(days=9999)


def test_a_place_that_an_older_version_gave_is_kept_and_its_slot_written() -> None:
    events = {"a~0": [Event(kind=Kind.QUEUED, channel="*", at=NOW)]}
    new = queued([waiting("a", at("2026-12-01 15:00"))], told(events), NOW + timedelta(hours=1))
    assert place_of("a", told({"a~0": [*events["a~0"], *new["a~0"]]})) == NOW


# --- slots that no run came for in time -----------------------------------------------------------------------------

MONTHLY = structs.replace(
    WEEK, slots=(), series=(Series(name="review", rule="FREQ=MONTHLY;BYMONTHDAY=2", at=(time(17),)),), queues=()
)
REVIEW, NEXT_REVIEW = at("2026-12-02 17:00"), at("2027-01-02 17:00")


@pytest.mark.parametrize(
    ("late", "missed_by", "comes"),
    [
        ("", timedelta(minutes=70), REVIEW),
        ("", timedelta(hours=24), REVIEW),
        ("", timedelta(hours=24, minutes=1), NEXT_REVIEW),
        ("2h", timedelta(hours=2), REVIEW),
        ("2h", timedelta(hours=3), NEXT_REVIEW),
        ("30m", timedelta(minutes=50), REVIEW),
        ("publish", timedelta(days=9), REVIEW),
    ],
)
def test_a_promised_slot_waits_for_a_late_run_as_long_as_the_post_may_be_late(
    late: str, missed_by: timedelta, comes: datetime
) -> None:
    team, one = Team(), post("numbers", "review", late=late)
    assert team.run(one, timetable=MONTHLY) == {"numbers": REVIEW}
    team.now = REVIEW + missed_by
    assert team.run(one, timetable=MONTHLY) == {"numbers": comes}
    assert [item.state for item in team.made.items] == [State.DUE if comes == REVIEW else State.LATER]


def test_a_slot_that_was_promised_to_nobody_is_open_for_an_hour_only() -> None:
    team, one = Team(), post("numbers", "review")
    team.now = REVIEW + timedelta(minutes=70)
    assert team.run(one, timetable=MONTHLY) == {"numbers": NEXT_REVIEW}
    team.now = REVIEW + timedelta(minutes=80)
    assert team.run(one, timetable=MONTHLY) == {"numbers": NEXT_REVIEW}


def test_posts_that_missed_their_slots_follow_one_another_as_soon_as_there_is_room() -> None:
    strict = structs.replace(WEEK, gaps={"default": timedelta(hours=3)})
    team, posts = Team(), (post("m", "next"), post("n", "next"))
    assert team.run(*posts, timetable=strict) == {"m": at("2026-12-01 15:00"), "n": at("2026-12-02 09:00")}
    team.now = at("2026-12-02 12:30")
    assert team.run(*posts, timetable=strict) == {"m": at("2026-12-01 15:00"), "n": at("2026-12-02 15:30")}
    assert team.made.items[1].reason == "3h between two posts on x: next free 2026-12-02 15:30"
    team.send("m")
    team.now = at("2026-12-02 15:40")
    assert team.run(*posts[1:], timetable=strict) == {"n": at("2026-12-02 09:00")}
    team.send("n")


def test_a_post_for_which_there_is_no_room_within_its_lateness_takes_the_next_slot() -> None:
    strict = structs.replace(WEEK, maxima={"default": 1})
    team, one = Team(), post("m", "next", late="2h")
    assert team.run(one, timetable=strict) == {"m": at("2026-12-01 15:00")}
    team.now = at("2026-12-01 16:30")
    dated = post("z", "2026-12-01 16:30")
    assert team.run(one, dated, timetable=strict) == {"m": at("2026-12-02 09:00"), "z": at("2026-12-01 16:30")}


def test_a_promised_slot_that_schedules_no_longer_have_is_not_waited_for() -> None:
    team, one = Team(), post("numbers", "review")
    team.run(one, timetable=MONTHLY)
    team.now = REVIEW + timedelta(minutes=70)
    moved = structs.replace(MONTHLY, series=(structs.replace(MONTHLY.series[0], at=(time(18, 30),)),))
    assert team.run(one, timetable=moved) == {"numbers": at("2026-12-02 18:30")}


def test_a_slot_on_a_day_that_became_quiet_is_not_used_late() -> None:
    team, one = Team(), post("numbers", "review")
    team.run(one, timetable=MONTHLY)
    team.now = REVIEW + timedelta(hours=20)
    quiet = structs.replace(MONTHLY, quiet=(Quiet(why="strike", first=REVIEW.date(), last=REVIEW.date()),))
    assert team.run(one, timetable=quiet) == {"numbers": NEXT_REVIEW}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from("abcdefghijklmnop"), unique=True, min_size=2),
    st.lists(st.sampled_from(["next", "morning", "afternoon", "mondays"]), min_size=16, max_size=16),
)
def test_no_newcomer_ever_moves_a_promise(names: list[str], wanted: list[str]) -> None:
    team, posts = Team(), [post(name, wish) for name, wish in zip(names, wanted, strict=False)]
    promised: dict[str, datetime | None] = {}
    for known in range(1, len(posts) + 1):
        seen = team.run(*islice(posts, known))
        assert {name: seen[name] for name in promised} == promised
        promised = seen
