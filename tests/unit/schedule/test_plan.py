from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from publisher.errors import Deferred, Rejected, Unauthorized
from publisher.ledger.claims import Publication
from publisher.ledger.events import (
    Event,
    attempted,
    completed,
    decode,
    deferred,
    doubted,
    received,
    refused,
    removed,
    resolved,
    withdrawn,
)
from publisher.ledger.runner import Runner
from publisher.ledger.story import Story
from publisher.model import Attempt, Channel, Override, Post, Receipt, part_key
from publisher.schedule.items import Item, Plan, State
from publisher.schedule.plan import plan
from publisher.schedule.timetable import Quiet, Slot, Timetable

PARIS = ZoneInfo("Europe/Paris")
X = Channel(name="x", network="x")
BLOG = Channel(name="blog", network="ghost")
BOTH = (X, BLOG)
WEEKDAYS = (0, 1, 2, 3, 4)
WEEK = Timetable(
    zone=PARIS,
    slots=(
        Slot(name="morning", days=WEEKDAYS, at=(time(9, 30),), channels=("x",)),
        Slot(name="noon", days=WEEKDAYS, at=(time(12),)),
    ),
    quiet=(Quiet(why="weekend", days=(5, 6)), Quiet(why="holidays", first=date(2026, 12, 24), last=date(2026, 12, 27))),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


NOW = at("2026-12-01 10:00")  # a Tuesday


def post(name: str = "agile", publish: str = "2026-12-01 10:00", **more: Any) -> Post:
    return Post(id=name, path=f"content/{name}.md", digest=f"blob-{name}", publish=publish, **more)


def part(name: str = "agile", channel: str = "x", position: int = 0) -> Attempt:
    key = part_key(name, channel, 1, position)
    return Attempt(key=key, post=name, channel=channel, position=position, digest="d", at=NOW - timedelta(hours=2))


def tried(runner: str = "gone", **more: Any) -> Event:
    return attempted(part(**more), Runner(host=runner, pid=1), NOW - timedelta(hours=2))


def live(when: datetime = NOW, **more: Any) -> Event:
    return received(part(**more), Receipt(id="1", url="https://x.example/1", at=when))


def done(channel: str = "x", blob: str = "blob-agile") -> Event:
    return completed(channel, "d", blob, NOW)


def anyone(_: Event) -> bool:
    return True


def make(
    *posts: Post, channels: tuple[Channel, ...] = (X,), timetable: Timetable = WEEK, now: datetime = NOW,
    settled: Mapping[str, str] | None = None, **more: Any,
) -> Plan:  # fmt: skip
    stories = {name: Story(post=name, events=tuple(events)) for name, events in more.pop("events", {}).items()}
    return plan(posts, channels, timetable, stories, settled or {}, now, **more)


def only(*posts: Post, **more: Any) -> Item:
    (item,) = make(*posts, **more).items
    return item


def said(item: Item) -> tuple[str, str]:
    return item.state.value, item.reason


# --- one post -------------------------------------------------------------------------------------------------------


def test_a_post_is_due_from_its_instant_on_and_never_before() -> None:
    assert said(only(post(), now=NOW - timedelta(seconds=1))) == ("later", "")
    assert said(only(post())) == ("due", "")
    assert only(post(), now=NOW + timedelta(hours=3)).at == NOW


def test_what_is_not_meant_for_a_channel_is_no_item() -> None:
    assert make(post(muted=("x",))).items == ()
    assert [item.channel for item in make(post(only=("ghost",)), channels=BOTH).items] == ["blog"]


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (post(publish=""), "draft: no publish: line"),
        (post(expires="2026-11-30"), "expired on 2026-11-30"),
        (post(publish="noonish"), "publish: noonish is neither an instant nor a slot of schedules/"),
        (post(publish="2026-13-01 10:00"), "publish: 2026-13-01 10:00 is neither an instant nor a slot of schedules/"),
        (post(expires="soon"), "expires: soon is not a day or an instant"),
        (post(late="soon"), "late: soon is not a duration"),
        (post(publish="@blog"), "waiting for @blog"),
        (post(link="@blog"), "waiting for @blog"),
        (post(publish="2026-12-24 10:00"), "quiet period: holidays until 2026-12-28; its time is 2026-12-24 10:00"),
    ],
)
def test_a_held_post_says_why(one: Post, reason: str) -> None:
    assert said(only(one)) == ("held", reason)


def test_a_day_in_expires_is_included() -> None:
    assert only(post(expires="2026-12-01")).state is State.DUE
    assert only(post(expires="2026-12-01 10:00")).state is State.HELD


def test_a_paused_channel_holds_its_posts() -> None:
    assert said(only(post(), channels=(structs.replace(X, paused=True),))) == ("held", "channel paused")


def test_now_means_at_once_even_on_a_quiet_day() -> None:
    assert said(only(post(publish="now"), now=at("2026-12-05 23:00"))) == ("due", "")


def test_a_channel_can_have_its_own_time_by_its_name_or_its_networks() -> None:
    one = post(overrides={"x": Override(publish="2026-12-02 10:00"), "ghost": Override(publish="now")})
    assert [item.state for item in make(one, channels=BOTH).items] == [State.LATER, State.DUE]
    held = structs.replace(one, publish="withdrawn")
    assert {item.state for item in make(held, channels=BOTH).items} == {State.WITHDRAWN}


ACME = (Channel(name="company", network="linkedin"), Channel(name="founder", network="linkedin"))


def states(one: Post, **more: Any) -> dict[str, str]:
    return {item.channel: item.state.value for item in make(one, channels=ACME, **more).items}


def test_a_channel_with_words_of_its_own_keeps_the_time_that_its_network_has() -> None:
    one = post(overrides={"linkedin": Override(publish="2026-12-02 10:00"), "founder": Override(text="Mine.")})
    assert states(one) == {"company": "later", "founder": "later"}
    assert {item.publish for item in make(one, channels=ACME).items} == {"2026-12-02 10:00"}


def test_a_withdrawal_of_a_network_is_for_those_of_its_channels_that_have_no_time_of_their_own() -> None:
    own = {"linkedin": Override(publish="withdrawn"), "founder": Override(text="Mine.")}
    assert states(post(overrides=own)) == {"company": "withdrawn", "founder": "withdrawn"}
    own["founder"] = Override(publish="2026-12-01 10:00")
    assert states(post(overrides=own)) == {"company": "withdrawn", "founder": "due"}


def test_what_is_live_is_withdrawn_by_its_networks_name_whatever_its_own_name_says() -> None:
    one = post(overrides={"linkedin": Override(publish="withdrawn"), "founder": Override(text="Mine.")})
    events = {"agile": [live(channel="founder"), done("founder", "before")]}
    acts = {item.channel: item.act for item in make(one, channels=ACME, events=events).items}
    assert acts["founder"] == "withdraw"


def test_a_channel_that_is_left_out_is_no_item_whatever_its_network_says() -> None:
    one = post(overrides={"linkedin": Override(publish="now")}, muted=("founder",))
    assert states(one) == {"company": "due"}
    assert states(post(overrides={"founder": Override(text="Mine.")}, muted=("linkedin",))) == {"founder": "due"}


def test_a_list_of_channels_takes_the_words_of_the_body_for_their_network_too() -> None:
    own = {"linkedin": Override(text="Theirs."), "founder": Override(text="Mine.")}
    assert states(post(only=("founder",), overrides=own)) == {"founder": "due"}
    assert states(post(only=("linkedin",), overrides=own)) == {"company": "due", "founder": "due"}


def test_a_channel_with_words_of_its_own_waits_for_what_its_network_links_to() -> None:
    one = post(overrides={"linkedin": Override(link="@blog"), "founder": Override(text="Mine.")})
    items = make(one, channels=(*ACME, BLOG)).items
    assert [item.reason for item in items] == ["waiting for @blog", "waiting for @blog", ""]
    own = {**one.overrides, "founder": Override(link="")}
    assert make(structs.replace(one, overrides=own), channels=ACME).items[1].state is State.DUE


# --- late -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "hours", "state"),
    [
        ("", 24, "due"), ("", 25, "held"), ("2h", 2, "due"), ("2h", 3, "held"), ("publish", 24 * 2, "due"),
        ("skip", 25, "held"), ("2h skip", 3, "held"), ("2h publish", 3, "due"),
        ("2h next", 2, "due"), ("2h next", 3, "later"),
    ],
)  # fmt: skip
def test_a_late_run_does_what_the_post_says(late: str, hours: int, state: str) -> None:
    assert only(post(late=late), now=NOW + timedelta(hours=hours)).state == state


def test_a_missed_limit_is_told_with_the_time_it_was_for() -> None:
    item = only(post(), now=NOW + timedelta(hours=30))
    assert said(item) == ("held", "missed its lateness limit of 24h: it was for 2026-12-01 10:00")
    assert only(post(), now=NOW + timedelta(hours=30), late=timedelta(hours=48)).state is State.DUE


def test_a_missed_limit_may_take_the_next_slot_and_goes_out_then() -> None:
    one = post(late="1h next")
    assert only(one, now=at("2026-12-01 13:30")).at == at("2026-12-02 09:30")
    assert said(only(one, now=at("2026-12-02 09:34"))) == ("due", "")


def test_a_day_that_was_quiet_in_between_holds_a_late_post() -> None:
    item = only(post(publish="2026-12-04 18:00"), now=at("2026-12-05 08:00"))
    assert said(item) == ("held", "quiet period: weekend until 2026-12-07")


LATEST = timedelta(hours=30)


def unsure(**more: Any) -> list[Event]:
    return [tried(**more), doubted(part(**more), "lost", NOW - timedelta(hours=2))]


@pytest.mark.parametrize("events", [[tried()], unsure()])
def test_what_nobody_knows_of_is_told_why_it_would_be_held_were_it_not_live(events: list[Event]) -> None:
    begun = only(post(), events={"agile": events}, abandoned=anyone, now=NOW + LATEST)
    fresh = only(post(), now=NOW + LATEST)
    assert begun.overdue == fresh.reason == "missed its lateness limit of 24h: it was for 2026-12-01 10:00"


@pytest.mark.parametrize("events", [[tried()], unsure()])
@pytest.mark.parametrize(
    "fine",
    [
        {"now": NOW}, {"late": "publish"}, {"publish": "now"}, {"publish": "morning"}, {"publish": "next"},
        {"late": "2h next", "now": at("2026-12-02 12:10")},
    ],
)  # fmt: skip
def test_what_would_go_out_anyway_is_told_nothing(events: list[Event], fine: dict[str, Any]) -> None:
    now = fine.get("now", NOW + LATEST)
    one = post(**{name: value for name, value in fine.items() if name != "now"})
    assert only(one, events={"agile": events}, abandoned=anyone, now=now).overdue == ""


def test_a_late_post_that_was_begun_would_take_the_next_slot() -> None:
    item = only(post(late="2h next"), events={"agile": unsure()}, now=NOW + LATEST)
    assert item.overdue == "it is late, and takes the slot of 2026-12-03 09:30"


def test_a_post_that_had_to_wait_for_room_is_not_late_and_its_own_try_takes_none() -> None:
    full = [Publication(post="other", channel="x", at=at("2026-12-01 09:50"))]
    once = structs.replace(WEEK, maxima={"x": 1})
    one, events = post(publish="2026-12-01 10:00"), {"agile": [tried()]}
    again = {"timetable": once, "recent": full, "events": events, "abandoned": anyone}
    assert only(one, now=at("2026-12-02 20:00"), **again).overdue == ""
    alone = {"timetable": once, "events": events, "abandoned": anyone}
    assert "24h" in only(one, now=at("2026-12-02 20:00"), **alone).overdue


def test_what_is_live_in_part_is_never_late() -> None:
    events = {"agile": [tried(), live(NOW - timedelta(hours=2)), *unsure(position=1)]}
    assert only(post(), events=events, abandoned=anyone, now=NOW + LATEST).overdue == ""


# --- slots ----------------------------------------------------------------------------------------------------------


def test_next_is_the_next_free_slot_of_the_channel_in_the_order_of_paths() -> None:
    items = make(post("c", "next"), post("a", "next"), post("b", "next"), now=at("2026-12-01 10:30")).items
    assert [(item.post, item.at) for item in items] == [
        ("a", at("2026-12-01 12:00")), ("b", at("2026-12-02 09:30")), ("c", at("2026-12-02 12:00")),
    ]  # fmt: skip


def test_a_slot_by_name_skips_the_others() -> None:
    assert only(post(publish="morning")).at == at("2026-12-01 09:30")
    assert only(post(publish="morning"), now=at("2026-12-01 10:30")).at == at("2026-12-02 09:30")


@pytest.mark.parametrize(("minutes", "state"), [(-1, "later"), (0, "due"), (3, "due"), (59, "due"), (60, "later")])
def test_a_slot_stays_open_for_an_hour(minutes: int, state: str) -> None:
    assert only(post(publish="morning"), now=at("2026-12-01 09:30") + timedelta(minutes=minutes)).state == state


def test_one_slot_takes_one_post() -> None:
    now = at("2026-12-01 12:03")
    assert [item.state for item in make(post("a", "next"), post("b", "next"), now=now).items] == ["due", "later"]
    recent = [Publication(post="a", channel="x", at=now)]
    assert only(post("b", "next"), now=now + timedelta(minutes=5), recent=recent).at == at("2026-12-02 09:30")


def test_a_dated_post_takes_the_slot_of_its_instant() -> None:
    dated, asks = post("z", "2026-12-01 12:00"), post("a", "next")
    now = at("2026-12-01 11:00")
    assert [item.at for item in make(asks, dated, now=now).items] == [at("2026-12-02 09:30"), at("2026-12-01 12:00")]
    now = at("2026-12-01 12:01")
    assert [item.state for item in make(asks, dated, now=now).items] == ["later", "due"]


def test_slots_on_quiet_days_are_passed_over() -> None:
    assert only(post(publish="next"), now=at("2026-12-23 12:30")).at == at("2026-12-23 12:00")
    assert only(post(publish="next"), now=at("2026-12-23 13:30")).at == at("2026-12-28 09:30")


def test_a_channel_without_the_slot_is_told_so() -> None:
    items = make(post(publish="morning"), channels=(BLOG,)).items
    assert said(items[0]) == ("held", "the slot morning is not for blog")
    assert said(only(post(publish="next"), timetable=Timetable(zone=PARIS))) == ("held", "schedules/ has no slot for x")
    never = structs.replace(WEEK, quiet=(Quiet(why="strike", days=tuple(range(7))),))
    assert said(only(post(publish="next"), timetable=never)) == ("held", "no slot of x is free within a year")
    strike = said(only(post(publish="2026-12-02 10:00"), timetable=never))
    assert strike[0] == "held"


# --- gap and maximum ------------------------------------------------------------------------------------------------

CALM = Timetable(zone=PARIS, gaps={"default": timedelta(minutes=30)}, maxima={"x": 2})


def test_a_late_catch_up_never_floods() -> None:
    names = ["a", "b", "c", "d"]
    made = make(*(post(name) for name in names), timetable=CALM, now=at("2026-12-01 15:00"))
    assert [(item.state.value, item.at) for item in made.items] == [
        ("due", at("2026-12-01 10:00")),
        ("later", at("2026-12-01 15:30")),
        ("later", at("2026-12-02 10:00")),
        ("later", at("2026-12-02 10:30")),
    ]
    assert [item.reason for item in made.items[1:3]] == [
        "30m between two posts on x: next free 2026-12-01 15:30",
        "2 posts a day on x: next free 2026-12-02 10:00",
    ]


def test_what_had_to_queue_is_not_late_and_waits_for_its_own_hour() -> None:
    full = [Publication(post=name, channel="x", at=at(f"2026-12-01 1{number}:00")) for number, name in enumerate("ab")]
    early, in_time = at("2026-12-02 00:05"), at("2026-12-02 10:02")
    assert only(post("c"), timetable=CALM, recent=full, now=early).at == at("2026-12-02 10:00")
    assert only(post("c"), timetable=CALM, recent=full, now=in_time, late=timedelta(minutes=5)).state is State.DUE


def test_posts_that_are_settled_count_for_the_gap() -> None:
    recent = [Publication(post="before", channel="x", at=NOW - timedelta(minutes=10))]
    assert only(post(), timetable=CALM, recent=recent).at == NOW + timedelta(minutes=20)
    assert only(post(), timetable=CALM, recent=recent, channels=(BLOG,)).state is State.DUE


def test_a_post_known_twice_counts_once() -> None:
    events = {"a": [live(NOW - timedelta(hours=1), name="a"), done(blob="blob-a")]}
    recent = [Publication(post="a", channel="x", at=NOW - timedelta(hours=1))]
    assert make(post("a"), post("b"), timetable=CALM, events=events, recent=recent).items[1].state is State.DUE


def test_a_dated_post_to_come_keeps_its_instant_before_late_ones() -> None:
    late, coming = [post("a"), post("b")], post("c", "2026-12-01 15:40")
    made = make(*late, coming, timetable=structs.replace(CALM, maxima={}), now=at("2026-12-01 15:00"))
    assert [item.at for item in made.items] == [at("2026-12-01 10:00"), at("2026-12-01 16:10"), at("2026-12-01 15:40")]


def test_now_holds_the_gap_too() -> None:
    recent = [Publication(post="before", channel="x", at=NOW - timedelta(minutes=10))]
    item = only(post(publish="now"), timetable=CALM, recent=recent)
    assert (item.state, item.at) == (State.LATER, NOW + timedelta(minutes=20))


def test_what_would_come_too_late_says_so_now() -> None:
    made = make(post("a"), post("b", expires="2026-12-01 10:10"), timetable=CALM)
    assert said(made.items[1]) == ("held", "it expires before its turn comes at 2026-12-01 10:30")


# --- memory ---------------------------------------------------------------------------------------------------------


def test_what_is_settled_as_it_stands_is_published_without_a_story() -> None:
    assert said(only(post(), settled={"content/agile.md": "blob-agile"})) == ("published", "")
    held = only(post(), settled={"content/agile.md": "older"})
    assert said(held) == ("held", "content/agile.md was published, but the ledger has no story of agile")


def test_what_is_done_is_published_wherever_the_file_moved() -> None:
    item = only(structs.replace(post(), path="content/elsewhere.md"), events={"agile": [tried(), live(), done()]})
    assert said(item) == ("published", "")
    assert (item.at, [one.id for one in item.receipts]) == (NOW, ["1"])


def test_a_post_changed_after_publishing_is_to_be_edited_at_once() -> None:
    made = make(post(publish="2026-11-28 10:00"), events={"agile": [tried(), live(), done(blob="older")]})
    assert said(made.items[0]) == ("due", "changed since it was published")
    assert made.items[0].act == "edit"
    assert made.complete == {}


def test_an_edit_that_broke_off_is_made_again_even_when_the_words_came_back() -> None:
    begun = attempted(replace(part(), act="edit"), Runner(host="gone", pid=1), NOW - timedelta(hours=2))
    events = {"agile": [tried(), live(), done(), begun]}
    assert only(post(), events=events, abandoned=anyone).act == "edit"
    busy = only(post(), events=events)
    assert said(busy) == ("published", "being edited by another runner")


def test_a_refused_edit_waits_for_other_words_or_for_a_person() -> None:
    no = refused(replace(part(), act="edit"), Rejected("too late"), NOW, blob="blob-agile")
    events = {"agile": [tried(), live(), done(blob="older"), no]}
    assert said(only(post(), events=events, abandoned=anyone)) == ("failed", "the edit was refused: too late")
    assert only(post(), events=events, abandoned=anyone, again=True).state is State.DUE
    assert only(structs.replace(post(), digest="newer"), events=events, abandoned=anyone).state is State.DUE


def test_a_post_published_everywhere_can_be_settled() -> None:
    events = {
        "agile": [live(), done(), live(channel="blog"), done("blog")],
        "half": [live(name="half"), done(blob="blob-half")],
    }
    made = make(post(), post("half", "2027-01-04 10:00"), channels=BOTH, events=events)
    assert made.complete == {"content/agile.md": "blob-agile"}


def test_a_broken_thread_goes_on_whatever_the_time() -> None:
    events = {"agile": [tried(), live(NOW - timedelta(days=3))]}
    item = only(post(publish="2026-11-28 10:00"), events=events)
    assert said(item) == ("due", "goes on where it stopped")


@pytest.mark.parametrize(
    ("gone", "state", "reason", "uncertain"),
    [
        (True, "due", "an earlier attempt has to be looked for first", True),
        (False, "held", "being sent by another runner", False),
    ],
)
def test_an_open_attempt_is_looked_for_once_its_runner_is_gone(
    gone: bool, state: str, reason: str, uncertain: bool
) -> None:
    item = only(post(), events={"agile": [tried()]}, abandoned=lambda _: gone)
    assert (*said(item), item.uncertain) == (state, reason, uncertain)


def test_what_may_be_live_keeps_others_away_as_if_it_were() -> None:
    calm = Timetable(zone=PARIS, gaps={"default": timedelta(hours=3)})
    attempt = {"agile": [tried()]}  # two hours ago
    held, waits = make(post(), post("b"), timetable=calm, events=attempt).items
    assert (held.reason, waits.at) == ("being sent by another runner", NOW + timedelta(hours=1))
    again, waits = make(post(), post("b"), timetable=calm, events=attempt, abandoned=lambda _: True).items
    assert (again.state, waits.at) == (State.DUE, NOW + timedelta(hours=3))
    doubt = {"agile": [tried(), doubted(part(), "the answer was lost", NOW - timedelta(hours=2))]}
    assert make(post(), post("b"), timetable=calm, events=doubt).items[1].at == NOW + timedelta(hours=1)


def test_a_doubt_waits_for_a_person() -> None:
    events = [tried(), doubted(part(), "the answer was lost", NOW)]
    assert said(only(post(), events={"agile": events})) == ("doubt", "the answer was lost")
    told = [*events, resolved(part(), NOW, posted=False)]
    assert only(post(), events={"agile": told}).state is State.DUE
    broken = decode("{oops\n")[0][0]
    assert only(post(), events={"agile": [broken]}).state is State.DOUBT


def test_a_refusal_stands_until_the_post_or_its_rendition_changes() -> None:
    no = refused(part(), Rejected("too long"), NOW, blob="blob-agile")
    assert said(only(post(), events={"agile": [tried(), no]})) == ("failed", "refused: too long")
    assert only(post(), events={"agile": [tried(), no]}, digests={("agile", "x"): "d"}).state is State.FAILED
    assert only(post(), events={"agile": [tried(), no]}, digests={("agile", "x"): "other"}).state is State.DUE
    assert only(structs.replace(post(), digest="edited"), events={"agile": [tried(), no]}).state is State.DUE


def test_missing_credentials_and_a_plain_no_for_now_are_tried_again() -> None:
    for event in (
        refused(part(), Unauthorized("expired"), NOW, blob="blob-agile"),
        deferred(part(), Deferred("busy"), NOW),
    ):
        assert only(post(), events={"agile": [tried(), event]}).state is State.DUE


def test_a_rate_limit_is_waited_for() -> None:
    event = deferred(part(), Deferred("slow down", until=NOW + timedelta(minutes=20)), NOW)
    item = only(post(), events={"agile": [tried(), event]})
    assert said(item) == ("later", "rate limited until 2026-12-01 10:20: slow down")
    assert only(post(), events={"agile": [tried(), event]}, now=NOW + timedelta(minutes=20)).state is State.DUE
    assert only(post(), events={"agile": [tried(), event]}, again=True).state is State.DUE


@pytest.mark.parametrize("name", ["blog", "ghost"])
def test_a_post_waits_for_the_channel_it_links_to(name: str) -> None:
    one = post(link=f"@{name}")
    assert [item.state for item in make(one, channels=BOTH).items] == [State.HELD, State.DUE]
    events = {"agile": [live(channel="blog"), done("blog")]}
    assert [item.state for item in make(one, channels=BOTH, events=events).items] == [State.DUE, State.PUBLISHED]


def test_publish_after_a_channel_means_as_soon_as_it_is_there() -> None:
    one = post(overrides={"x": Override(publish="@blog")})
    events = {"agile": [live(NOW - timedelta(minutes=5), channel="blog"), done("blog")]}
    item = make(one, channels=BOTH, events=events).items[0]
    assert (item.state, item.at) == (State.DUE, NOW - timedelta(minutes=5))


def test_a_withdrawn_post_that_is_live_is_to_be_deleted() -> None:
    item = only(post(publish="withdrawn"), events={"agile": [live(), done()]})
    assert (*said(item), item.act) == ("due", "withdrawn: to be deleted there", "withdraw")


def test_a_post_that_is_withdrawn_everywhere_can_be_settled_and_is_not_sent_again() -> None:
    gone = withdrawn(replace(part(), act="withdraw"), NOW)
    events = {"agile": [live(), done(), gone, removed("x", "blob-agile", NOW)]}
    made = make(post(publish="withdrawn"), events=events)
    assert (made.items[0].state, made.complete) == (State.WITHDRAWN, {"content/agile.md": "blob-agile"})
    again = only(post(publish="now"), events=events)
    assert said(again) == ("held", "it was withdrawn: give the post a new `id:` to publish it again")


def test_what_may_be_live_is_looked_for_before_a_withdrawal() -> None:
    item = only(post(publish="withdrawn"), events={"agile": [tried()]}, abandoned=anyone)
    assert (*said(item), item.act) == ("due", "withdrawn: an earlier attempt has to be looked for", "withdraw")
    assert item.uncertain


# --- a channel that is added later ----------------------------------------------------------------------------------

MONTHS = timedelta(days=150)
LONG_AGO = NOW - MONTHS
TOLD = (
    "published on 2026-07-04 before blog was one of its channels; to send it there: "
    "publisher push content/agile.md -c blog"
)


def published_on_x(publish: str = "now", *, now: datetime = NOW, edited: bool = True, **more: Any) -> Plan:
    """The plan once the blog is a channel too: of a post that was done on x, and is edited now."""
    one = post(publish=publish, **more)
    events = {"agile": [tried(), live(LONG_AGO), done()]}
    new = structs.replace(one, digest="edited") if edited else one
    return make(new, channels=BOTH, events=events, settled={one.path: "blob-agile"}, now=now, abandoned=anyone)


@pytest.mark.parametrize("publish", ["now", "2026-07-04 10:00", "next", "noon", "@x"])
@pytest.mark.parametrize("late", ["", "publish", "2h next"])
def test_an_edit_does_not_send_an_old_post_to_a_channel_that_was_added_since(publish: str, late: str) -> None:
    made = published_on_x(publish, late=late)
    assert [(*said(item), item.act) for item in made.items] == [
        ("due", "changed since it was published", "edit"),
        ("held", TOLD, "send"),
    ]
    assert (made.missed, made.complete) == ((), {})


def test_an_edited_post_is_settled_although_a_channel_that_was_added_since_has_not_got_it() -> None:
    events = {"agile": [tried(), live(LONG_AGO), done(), done(blob="edited")]}
    new = structs.replace(post(publish="now"), digest="edited")
    made = make(new, channels=BOTH, events=events, settled={new.path: "blob-agile"})
    assert made.complete == {new.path: "edited"}


@pytest.mark.parametrize("wish", [{"only": ("x", "blog")}, {"overrides": {"blog": Override(angle="quote")}}])
def test_a_post_that_names_the_channel_goes_there(wish: dict[str, Any]) -> None:
    assert published_on_x(**wish).items[1].state is State.DUE


def test_a_post_that_went_out_within_its_lateness_goes_to_a_new_channel_too() -> None:
    assert published_on_x(now=LONG_AGO + timedelta(hours=24)).items[1].state is State.DUE
    assert published_on_x(now=LONG_AGO + timedelta(hours=25)).items[1].state is State.HELD
    assert published_on_x(now=LONG_AGO + timedelta(hours=3), late="2h").items[1].state is State.HELD


def test_a_post_that_is_given_a_time_to_come_goes_to_a_new_channel_then() -> None:
    assert published_on_x("2026-12-02 10:00").items[1].state is State.LATER


def test_a_post_that_is_as_it_was_published_is_not_said_to_be_on_a_channel_that_was_added_since() -> None:
    assert [said(item) for item in published_on_x(edited=False).items] == [("published", ""), ("held", TOLD)]


def test_a_post_whose_channel_has_another_name_now_is_not_said_to_be_absent_there() -> None:
    one, events = post(publish="now"), {"agile": [tried(), live(LONG_AGO), done()]}
    for digest in ("blob-agile", "edited"):
        item = only(
            structs.replace(one, digest=digest), channels=(BLOG,), events=events, settled={one.path: "blob-agile"},
            abandoned=anyone,
        )  # fmt: skip
        assert (item.state, "live on x, which publisher.yml does not have now" in item.reason) == (State.HELD, True)


def test_what_names_a_channel_added_since_waits_for_an_edit_like_any_other() -> None:
    assert said(published_on_x(edited=False, only=("x", "blog")).items[1]) == ("held", TOLD)


@pytest.mark.parametrize("edited", [True, False])
def test_a_person_sends_an_old_post_to_a_new_channel(edited: bool) -> None:
    new = structs.replace(post(publish="now", late="publish"), digest="edited" if edited else "blob-agile")
    events = {"agile": [tried(), live(LONG_AGO), done()]}
    made = make(new, channels=BOTH, events=events, settled={new.path: "blob-agile"}, abandoned=anyone, again=True)
    assert made.items[1].state is State.DUE


def test_a_post_still_under_way_waits_for_its_other_channels_however_long() -> None:
    """It is marked as begun, and so it is known that not every channel it was for has it."""
    events = {"agile": [tried(), live(LONG_AGO), done()]}
    made = make(post(publish="next"), channels=BOTH, events=events, settled={"content/agile.md": "a mark"})
    assert said(made.items[1]) == ("later", "")


def test_what_is_published_now_is_late_from_the_moment_it_was_first_sent_anywhere() -> None:
    events = {"agile": [tried(), live(LONG_AGO), done()]}
    made = make(post(publish="now"), channels=BOTH, events=events, settled={"content/agile.md": "a mark"})
    assert said(made.items[1]) == ("held", "missed its lateness limit of 24h: it was for 2026-07-04 11:00")
    soon = make(post(publish="now"), channels=BOTH, events=events, now=LONG_AGO + timedelta(hours=23))
    assert said(soon.items[1]) == ("due", "")


def test_due_items_come_in_the_order_of_their_instants() -> None:
    made = make(post("a", "2026-12-01 09:00"), post("b", "2026-12-01 08:00"), channels=BOTH)
    assert [item.post for item in made.due] == ["b", "b", "a", "a"]


@pytest.mark.parametrize(
    ("more", "channel", "why"),
    [
        ({}, structs.replace(X, paused=True), "channel paused"),
        ({"publish": ""}, X, "draft: no publish: line"),
        ({"expires": "2026-11-30"}, X, "expired on 2026-11-30"),
        ({"publish": "2026-12-02 10:00"}, X, "it is for 2026-12-02 10:00"),
    ],
    ids=str,
)
def test_a_doubt_about_a_post_that_is_held_is_not_looked_for(more: dict[str, Any], channel: Channel, why: str) -> None:
    events = {"agile": [tried(), doubted(part(), "the answer was lost", NOW)]}
    item = only(structs.replace(post(), **more), channels=(channel,), events=events)
    assert (*said(item), item.barred) == ("doubt", f"the answer was lost; {why}", True)


def test_a_doubt_about_a_part_that_was_added_later_is_a_doubt() -> None:
    events = [tried(), live(), done(blob="before"), tried(position=1), doubted(part(position=1), "no answer", NOW)]
    item = only(post(), events={"agile": events})
    assert (*said(item), item.act, item.barred) == ("doubt", "no answer", "edit", False)


def test_a_post_that_was_put_off_after_a_runner_died_waits_for_its_new_time() -> None:
    item = only(post(publish="2026-12-02 10:00"), events={"agile": [tried()]}, abandoned=lambda _: True)
    assert (item.state, item.at, item.uncertain) == (State.LATER, at("2026-12-02 10:00"), True)


@pytest.mark.parametrize("events", [[tried()], [tried(), doubted(part(), "no answer", NOW)], [tried(), live()]])
def test_a_channel_that_may_be_a_lost_one_under_a_new_name_gets_nothing(events: list[Event]) -> None:
    renamed = structs.replace(X, name="twitter")
    item = only(post(), channels=(renamed,), events={"agile": events})
    assert (item.state, item.at, "live on x, which" in item.reason) == (State.HELD, NOW, True)
    assert (
        "leave it out of the post (channels: {twitter: false}); if it is another account: publisher push" in item.reason
    )
    both = make(post(), channels=(X, renamed), events={"agile": events}).items
    assert both[1].state is State.DUE


def test_what_is_live_on_a_lost_channel_is_complete_and_what_may_be_is_not() -> None:
    renamed = structs.replace(X, name="twitter")
    for events, complete in (([tried(), live()], {"content/agile.md": "blob-agile"}), ([tried()], {})):
        made = make(post(), channels=(renamed,), events={"agile": events})
        assert ([item.channel for item in made.missed], made.complete) == (["twitter"], complete)


def test_a_channel_is_no_new_name_of_one_that_was_on_another_network() -> None:
    events = {"agile": [tried(), live()]}
    for name, state in {"mastodon": State.DUE, "twitter": State.HELD}.items():
        channel = structs.replace(X, name=name, network=name if name == "mastodon" else "x")
        item = only(post(), channels=(channel,), events=events, networks=lambda: ("mastodon", "x"))
        assert (name, item.state) == (name, state)


def test_a_channel_of_any_name_is_no_new_name_of_one_that_was_on_another_network() -> None:
    for network, state in {"": State.HELD, "mastodon": State.HELD, "x": State.DUE}.items():
        sent = replace(part(channel="news"), network=network)
        events = [attempted(sent, Runner(host="gone", pid=1), NOW), received(sent, Receipt(id="1", url="", at=NOW))]
        channel = Channel(name="mastodon", network="mastodon")
        item = only(post(), channels=(channel,), events={"agile": events}, networks=lambda: ("mastodon", "x"))
        assert (network, item.state) == (network, state)


def test_a_person_sends_to_a_channel_that_is_a_new_one() -> None:
    item = only(post(), channels=(structs.replace(X, name="twitter"),), events={"agile": [tried(), live()]}, again=True)
    assert item.state is State.DUE
