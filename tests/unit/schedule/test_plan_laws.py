"""Weeks of runs, as Hypothesis likes them: late, doubled, missing."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from publisher.ledger.claims import Publication
from publisher.ledger.events import completed, received
from publisher.ledger.story import Story
from publisher.model import Attempt, Channel, Post, Receipt
from publisher.schedule.items import Plan, State
from publisher.schedule.plan import plan
from publisher.schedule.timetable import Quiet, Slot, Timetable

PARIS = ZoneInfo("Europe/Paris")
CHANNELS = (Channel(name="x", network="x"), Channel(name="blog", network="ghost"))
START = datetime(2026, 10, 23, 6, tzinfo=UTC)  # the clocks go back on the 25th
MINUTES = st.integers(0, 4 * 24 * 60)


def post(number: int, publish: str) -> Post:
    return Post(id=f"p{number}", path=f"content/p{number:02}.md", digest=f"b{number}", publish=publish, late="publish")


def instant(minutes: int) -> str:
    return f"{(START + timedelta(minutes=minutes)).astimezone(PARIS):%Y-%m-%d %H:%M}"


wishes = st.one_of(st.sampled_from(["next", "now", "noon", "morning"]), MINUTES.map(instant))
posts = st.lists(wishes, max_size=8).map(lambda texts: [post(number, text) for number, text in enumerate(texts)])
timetables = st.builds(
    Timetable,
    zone=st.just(PARIS),
    slots=st.just(
        (
            Slot(name="morning", days=tuple(range(7)), at=(time(2, 30),)),
            Slot(name="noon", days=(0, 4, 6), at=(time(12),)),
        )
    ),
    quiet=st.sampled_from([(), (Quiet(why="weekend", days=(5,)),)]),
    gaps=st.dictionaries(st.sampled_from(["default", "x"]), st.integers(0, 600).map(lambda m: timedelta(minutes=m))),
    maxima=st.dictionaries(st.sampled_from(["default", "x"]), st.integers(1, 4)),
)
ticks = st.lists(MINUTES, max_size=12).map(lambda found: [START + timedelta(minutes=one) for one in sorted(found)])


def run(made: Plan, stories: dict[str, Story]) -> list[Publication]:
    """Sends everything that is due, at the plan's own time."""
    sent = []
    for item in made.due:
        key = f"{item.post}/{item.channel}"
        attempt = Attempt(key=key, post=item.post, channel=item.channel, position=0, digest="d", at=made.now)
        proof = received(attempt, Receipt(id=key, url="", at=made.now))
        known = stories.get(item.post, Story(post=item.post)).events
        stories[item.post] = Story(
            post=item.post, events=(*known, proof, completed(item.channel, "d", item.blob, made.now))
        )
        sent.append(Publication(post=item.post, channel=item.channel, at=made.now))
    return sent


@settings(max_examples=120, deadline=None)
@given(posts, timetables, ticks)
def test_no_run_of_runs_breaks_a_gap_a_maximum_or_sends_twice(
    words: list[Post], timetable: Timetable, runs: list[datetime]
) -> None:
    stories: dict[str, Story] = {}
    live: list[Publication] = []
    for now in runs:
        made = plan(words, CHANNELS, timetable, stories, {}, now, recent=live)
        live += run(made, stories)
    assert len({(one.post, one.channel) for one in live}) == len(live)
    for channel in ("x", "blog"):
        instants = sorted(one.at for one in live if one.channel == channel)
        gap, most = timetable.gap(channel), timetable.daily(channel)
        assert all(later - earlier >= gap for earlier, later in pairwise(instants))
        days = Counter(at.astimezone(PARIS).date() for at in instants)
        assert most is None or all(number <= most for number in days.values())


@settings(max_examples=80, deadline=None)
@given(posts, timetables, MINUTES)
def test_a_plan_is_the_same_twice_and_keeps_its_own_rules(
    words: list[Post], timetable: Timetable, minutes: int
) -> None:
    now = START + timedelta(minutes=minutes)
    made = plan(words, CHANNELS, timetable, {}, {}, now)
    assert made == plan(reversed(words), CHANNELS, timetable, {}, {}, now)
    assert len(made.items) == len(words) * len(CHANNELS)
    assert all(item.at and item.at > now for item in made.of(State.LATER))
    assert all(item.reason for item in made.items if item.state == "held")


@settings(max_examples=80, deadline=None)
@given(posts, timetables, MINUTES)
def test_nothing_more_is_due_once_what_was_due_is_sent(words: list[Post], timetable: Timetable, minutes: int) -> None:
    now = START + timedelta(minutes=minutes)
    stories: dict[str, Story] = {}
    made = plan(words, CHANNELS, timetable, stories, {}, now)
    live = run(made, stories)
    assert plan(words, CHANNELS, timetable, stories, {}, now, recent=live).due == ()


@settings(max_examples=60, deadline=None)
@given(posts, timetables, MINUTES)
def test_without_limits_what_is_promised_for_later_is_due_then(
    words: list[Post], timetable: Timetable, minutes: int
) -> None:
    free = structs.replace(timetable, quiet=(), gaps={}, maxima={})
    now = START + timedelta(minutes=minutes)
    stories: dict[str, Story] = {}
    made = plan(words, CHANNELS, free, stories, {}, now)
    live = run(made, stories)
    for then in sorted({item.at for item in made.items if item.state == "later" and item.at}):
        due = plan(words, CHANNELS, free, stories, {}, then, recent=live)
        promised = {(item.post, item.channel) for item in made.items if item.state == "later" and item.at == then}
        assert promised == {(item.post, item.channel) for item in due.due}
        live += run(due, stories)


@settings(max_examples=60, deadline=None)
@given(posts, timetables, MINUTES)
def test_everything_goes_out_in_the_end_when_runs_come_as_promised(
    words: list[Post], timetable: Timetable, minutes: int
) -> None:
    calm = structs.replace(timetable, quiet=())
    now: datetime | None = START + timedelta(minutes=minutes)
    stories: dict[str, Story] = {}
    live: list[Publication] = []
    while now:
        made = plan(words, CHANNELS, calm, stories, {}, now, recent=live)
        live += run(made, stories)
        assert not made.of(State.HELD)
        now = min((item.at for item in made.items if item.state == "later" and item.at), default=None)
    assert len(live) == len(words) * len(CHANNELS)
