"""Two simulated years, judged by what went live and by nothing the plan says of itself.

Every check works from the posts, the runs and the network's list alone. A post is expected at its minute when a run
was alive then, and otherwise as its lateness policy says. Where something else stood too near, or the day was full,
only what holds for everything is checked, and how often that happened is bounded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from publisher.content.times import parse_instant
from publisher.model import Post
from tests.properties.years import HOUR, LATE, Entry, Life, Year, alive_at, play

YEARS = [("Europe/Paris", 20260109), ("America/New_York", 20260102)]
CHANNELS = ("x", "blog")
LIMITS = {"": LATE, "30m": timedelta(minutes=30), "2h next": timedelta(hours=2), "6h skip": timedelta(hours=6)}


@pytest.fixture(scope="module", params=YEARS, ids=lambda one: f"{one[0]}-{one[1]}")
def year(request: pytest.FixtureRequest) -> Year:
    name, seed = request.param
    found = play(name, seed)
    print(f"{name}, seed {seed}: {len(found.lives)} runs, {found.plans} plans, {found.conflicts} refused twins")
    return found


# --- what is asked of the year, without the plan --------------------------------------------------------------------


def _wanted(text: str, zone: ZoneInfo) -> datetime | None:
    """The instant a dated post names: the first of two, and forward where the clocks skip it."""
    clock = parse_instant(text)
    return clock.replace(tzinfo=zone, fold=0).astimezone(UTC) if clock else None


def _publish(post: Post, channel: str) -> str:
    own = post.overrides.get(channel)
    return own.publish if own and own.publish else post.publish


def _dated(year: Year) -> Iterator[tuple[Entry, str, datetime]]:
    for entry in year.entries:
        for channel in CHANNELS:
            wanted = _wanted(_publish(entry.post, channel), year.zone)
            if wanted and channel not in entry.post.muted:
                yield entry, channel, wanted


def _day(year: Year, at: datetime) -> date:
    return at.astimezone(year.zone).date()


def _is_quiet(year: Year, at: datetime) -> bool:
    return any(quiet.holds(_day(year, at)) for quiet in year.timetable.quiet)


def _chance(year: Year, wanted: datetime, merged: datetime) -> tuple[datetime, Life] | None:
    """The first instant at which a run that knew of the post was alive when it was due."""
    for life in year.lives:
        if life.end >= wanted and life.start >= merged:
            return max(life.start, wanted), life
    return None


def _crowded(year: Year, channel: str, at: datetime, besides: str) -> bool:
    """Whether something else stood too near that instant, was to stand there, or the day was full."""
    gap, most = year.timetable.gap(channel), year.timetable.daily(channel)
    others = [*_looking(year), *(when for when, turn in year.history(channel) if turn != besides)]
    coming = [wanted for entry, there, wanted in _dated(year) if there == channel and entry.post.id != besides]
    full = most is not None and sum(_day(year, when) == _day(year, at) for when in others) >= most
    return full or any(abs(when - at) < gap for when in (*others, *coming))


@cache
def _looking(year: Year) -> tuple[datetime, ...]:
    """When runs looked for what a killed one may have sent: for the plan, it may be sent just then."""
    threes = zip(year.lives, year.lives[1:], year.lives[2:], strict=False)
    return tuple(one.start for life, *later in threes if life.killed for one in later)


@cache
def _slots(year: Year, channel: str, name: str) -> list[datetime]:
    """The instants of a slot, a series or a queue in that year; any slot for `next`."""
    start = datetime(2025, 12, 31, tzinfo=UTC)
    found = year.timetable.occurrences(channel, "" if name == "next" else name, start, year.zone)
    return [at for at in found if at < datetime(2027, 1, 3, tzinfo=UTC)]


# --- what must hold -------------------------------------------------------------------------------------------------


def test_every_part_went_live_once_at_most(year: Year) -> None:
    assert {key: times for key, times in year.live.items() if len(times) > 1} == {}
    killed = sum(life.killed for life in year.lives)
    assert killed >= 5
    assert year.conflicts >= 3
    started = {(turn, channel) for turn, channel, _ in year.live}
    parts = {entry.post.id: entry.parts for entry in year.entries}
    halves = [
        one for one in started if any((*one, part) not in year.live for part in range(parts[one[0].split("~")[0]]))
    ]
    assert len(halves) <= 1  # only the very last run may have ended between two parts


def test_gaps_and_daily_maxima_were_never_exceeded(year: Year) -> None:
    for channel in CHANNELS:
        instants = [at for at, _ in year.history(channel)]
        gap, most = year.timetable.gap(channel), year.timetable.daily(channel)
        assert min(later - earlier for earlier, later in pairwise(instants)) >= gap
        busiest = max(Counter(_day(year, at) for at in instants).values())
        assert most is not None
        assert busiest <= most
        assert not any(_is_quiet(year, at) for at, turn in year.history(channel) if not _now(year, turn))


def _now(year: Year, turn: str) -> bool:
    return any(entry.post.id == turn and entry.post.publish == "now" for entry in year.entries)


def test_every_dated_post_came_at_its_minute_or_as_its_policy_says(year: Year) -> None:
    verdicts: Counter[str] = Counter()
    wrong = []
    for entry, channel, wanted in _dated(year):
        verdict = _judge(year, entry, channel, wanted)
        verdicts[verdict] += 1
        if verdict.startswith("wrong"):
            wrong.append((entry.post.id, channel, entry.post.late, wanted, year.first(entry.post.id, channel), verdict))
    print(dict(verdicts))
    assert wrong == []
    assert verdicts["at its minute"] >= 0.4 * verdicts.total()
    assert verdicts["crowded"] <= 0.25 * verdicts.total()
    assert all(verdicts[one] for one in ("late, within its limit", "missed its limit", "took another slot", "quiet"))


def _judge(year: Year, entry: Entry, channel: str, wanted: datetime) -> str:
    post, sent = entry.post, year.first(entry.post.id, channel)
    if sent and sent < wanted:
        return "wrong: early"
    chance = _chance(year, wanted, entry.merged)
    if _is_quiet(year, wanted):
        return "quiet" if sent is None else "wrong: on a quiet day"
    if chance is None:
        return "no run came" if sent is None else "wrong: sent without a run"
    first, life = chance
    ends = _wanted(post.expires, year.zone) if post.expires else None
    if ends and sent and sent >= ends:
        return "wrong: expired"
    limit = LIMITS.get(post.late)
    if limit and first - wanted > limit and not (ends and ends <= first):
        return _too_late(year, post, channel, wanted, sent)
    if sent == first:
        return "at its minute" if first == wanted else "late, within its limit"
    return _excuse(year, entry, channel, wanted, first, life, ends, sent)


def _too_late(year: Year, post: Post, channel: str, wanted: datetime, sent: datetime | None) -> str:
    """What became of a post for which no run came in time; one that had to queue is not late."""
    if sent is None:
        return "missed its limit"
    if post.late.endswith("next") and any(at <= sent < at + HOUR for at in _slots(year, channel, "next")):
        return "took another slot"
    return "crowded" if _crowded(year, channel, wanted, post.id) else "wrong: sent after its limit"


def _excuse(
    year: Year, entry: Entry, channel: str, wanted: datetime, first: datetime, life: Life, ends: datetime | None,
    sent: datetime | None,
) -> str:  # fmt: skip
    """Why a post did not go out at the first instant at which a run could have sent it."""
    post = entry.post
    if ends and ends <= first:
        return "expired" if sent is None else "wrong: after it expired"
    if life.killed:
        return "its run was killed"
    crowded = _crowded(year, channel, first, post.id) or _crowded(year, channel, wanted, post.id)
    quiet = _is_quiet(year, first)
    return "crowded" if crowded else "quiet" if quiet else "wrong: not when it could"


def test_every_post_that_waits_for_a_slot_has_one_to_itself_and_is_late_only_for_one_it_missed(year: Year) -> None:
    late = 0
    for channel in CHANNELS:
        choices: dict[str, list[datetime]] = {}
        for entry in year.entries:
            name, sent = _publish(entry.post, channel), year.first(entry.post.id, channel)
            if sent is None or name == "now" or parse_instant(name) or year.timetable.queue(name):
                continue
            within = [at for at in _slots(year, channel, name) if at <= sent < at + HOUR]
            missed = list(_missed_slots(year, entry, channel, name, sent))
            assert within or missed, (entry.post.id, channel, name, sent)
            choices[entry.post.id] = [*within, *missed]
            late += not within
        assert len(_shared_out(choices)) == len(choices) > 40
    assert 2 <= late <= 20


def _missed_slots(year: Year, entry: Entry, channel: str, name: str, sent: datetime) -> Iterator[datetime]:
    """The slots that a post may have been sent for after their hour: a run saw it wait, and none sent it then."""
    limit = LIMITS.get(entry.post.late)
    for slot in _slots(year, channel, name):
        in_time = slot + HOUR <= sent and (limit is None or sent - slot <= limit)
        if in_time and any(entry.merged <= life.start < slot for life in year.lives):
            life = alive_at(year.lives, slot)
            if life is None or life.killed or _crowded(year, channel, slot, entry.post.id):
                yield slot


def _shared_out(choices: dict[str, list[datetime]]) -> dict[datetime, str]:
    """As many posts as can have a slot of their own, by slot."""
    owners: dict[datetime, str] = {}

    def seat(one: str, asked: set[datetime]) -> bool:
        for slot in choices[one]:
            if slot not in asked:
                asked.add(slot)
                if slot not in owners or seat(owners[slot], asked):
                    owners[slot] = one
                    return True
        return False

    for one in choices:
        seat(one, set())
    return owners


def test_a_slot_that_no_run_came_for_is_made_up_for_by_the_first_that_comes(year: Year) -> None:
    made_up = 0
    for channel in CHANNELS:
        instants = {at for at, _ in year.history(channel)}
        for slot in _slots(year, channel, "next"):
            if alive_at(year.lives, slot) or _is_quiet(year, slot):
                continue
            before = [life for life in year.lives if life.end < slot]
            first = next((life for life in year.lives if life.start >= slot), None)
            if not (before and first) or first.killed or _is_quiet(year, first.start):
                continue
            if _waits_for(year, channel, slot, before[-1], first.start - slot):
                made_up += first.start in instants and first.start - slot >= HOUR
                assert first.start in instants or _crowded(year, channel, first.start, ""), (channel, slot)
    assert made_up > 0


def _waits_for(year: Year, channel: str, slot: datetime, before: Life, delay: timedelta) -> bool:
    """Whether the run before saw posts wait for that slot, none of which was promised an earlier one or is too late."""
    names = [name for name in ("next", *year.timetable.names) if slot in _slots(year, channel, name)]
    posts = [
        entry.post
        for entry in year.entries
        if _publish(entry.post, channel) in names
        and not year.timetable.queue(entry.post.publish)
        and channel not in entry.post.muted
        and entry.merged <= before.start
        and not any(at < slot for at in year.comings(entry.post.id, channel))
    ]
    limits = [LIMITS.get(post.late) for post in posts if not post.expires]
    soonest = not any(before.start < at < slot for at in _slots(year, channel, "next"))
    in_time = len(limits) == len(posts) and all(limit is None or delay <= limit for limit in limits)
    return bool(posts) and soonest and in_time and not before.killed


def test_no_slot_stayed_empty_while_a_run_was_there_and_a_post_waited(year: Year) -> None:
    filled = 0
    for channel in CHANNELS:
        instants = {at for at, _ in year.history(channel)}
        names = [
            one for one in ("next", *year.timetable.names) if one == "next" or year.timetable.slots_for(channel, one)
        ]
        for name in names:
            for slot in _slots(year, channel, name):
                life = alive_at(year.lives, slot)
                if not life or life.killed or _is_quiet(year, slot) or not _waiting(year, channel, name, slot, life):
                    continue
                near = slot in instants
                filled += near
                assert near or _crowded(year, channel, slot, ""), (name, channel, slot)
    assert filled > 100


def _waiting(year: Year, channel: str, name: str, slot: datetime, life: Life) -> bool:
    """Whether a post asked for that slot, or one of the queue had rested long enough."""
    queue = year.timetable.queue(name)
    for entry in year.entries:
        post = entry.post
        if _publish(post, channel) != name or channel in post.muted or entry.merged > life.start or post.expires:
            continue
        turns = [at for at in year.comings(post.id, channel) if at < slot]
        if not turns or (queue and _day(year, slot) >= _day(year, turns[-1]) + queue.cooldown):
            return True
    return False


def test_evergreen_posts_come_in_turn_and_never_within_their_cool_down(year: Year) -> None:
    comings = 0
    for channel in CHANNELS:
        history = year.history(channel)
        for queue in year.timetable.queues:
            members = {entry.post.id: entry for entry in year.entries if _publish(entry.post, channel) == queue.name}
            last: dict[str, datetime] = {}
            for at, turn in history:
                name, _, number = turn.partition("~")
                if name not in members:
                    continue
                assert name not in last or _day(year, at) >= _day(year, last[name]) + queue.cooldown
                assert int(number or 1) == 1 + sum(one.split("~")[0] == name for when, one in history if when < at)
                slot = [one for one in _slots(year, channel, queue.name) if one <= at < one + HOUR]
                assert slot, (turn, channel, at)
                for other, entry in members.items():
                    life = alive_at(year.lives, at)
                    if life and entry.merged <= life.start and channel not in entry.post.muted and other != name:
                        ready = other not in last or _day(year, slot[0]) >= _day(year, last[other]) + queue.cooldown
                        assert not ready or _before(last, members, name, other), (turn, other, at)
                last[name] = at
                comings += 1
    assert comings > 40


def _before(last: dict[str, datetime], members: dict[str, Entry], name: str, other: str) -> bool:
    """Whether the first of the two has waited longer, by days, or by path where neither has been published."""

    def rank(one: str) -> tuple[date, str]:
        return last[one].date() if one in last else date.min, members[one].post.path

    return rank(name) <= rank(other)
