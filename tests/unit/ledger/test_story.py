from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.errors import Deferred, Rejected
from publisher.ledger.events import (
    Event,
    attempted,
    completed,
    decode,
    deferred,
    doubted,
    received,
    refused,
    resolved,
)
from publisher.ledger.runner import Runner
from publisher.ledger.story import Story
from publisher.model import Attempt, Receipt, part_key

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
ME = Runner(host="here", pid=1)


def part(position: int = 0, channel: str = "x") -> Attempt:
    key = part_key("agile", channel, 0, position)
    return Attempt(key=key, post="agile", channel=channel, position=position, digest="d", at=NOW)


def tried(position: int = 0, channel: str = "x") -> Event:
    return attempted(part(position, channel), ME, NOW)


def live(position: int = 0, channel: str = "x", name: str = "1") -> Event:
    return received(part(position, channel), Receipt(id=name, url=f"https://x.example/{name}", at=NOW))


def refusal(position: int = 0) -> Event:
    return refused(part(position), Rejected("no"), NOW)


def story(*events: Event) -> Story:
    return Story(post="agile", events=events)


def open_positions(*events: Event) -> list[int]:
    return [one.position for one in story(*events).open_attempts("x")]


def test_an_attempt_is_open_until_its_own_outcome() -> None:
    assert open_positions(tried()) == [0]
    assert open_positions(tried(), live()) == []
    assert open_positions(tried(), refusal()) == []
    assert open_positions(tried(), deferred(part(), Deferred("later"), NOW)) == []
    assert open_positions(tried(), resolved(part(), NOW, posted=False)) == []
    assert open_positions(tried(), live(channel="mastodon")) == [0]


def test_a_second_try_is_open_again() -> None:
    assert open_positions(tried(), refusal(), tried()) == [0]


def test_parts_after_one_that_stopped_were_never_sent() -> None:
    whole = (tried(0), tried(1), tried(2))
    assert open_positions(*whole, live(0)) == [1, 2]
    assert open_positions(*whole, live(0), refusal(1)) == []
    assert open_positions(*whole, live(0), doubted(part(1), "lost", NOW)) == [1]


def test_receipts_come_in_the_order_of_their_parts_and_the_first_proof_counts() -> None:
    told = story(live(1, name="b"), live(0, name="a"), live(0, name="again"), live(0, "mastodon", "m"))
    assert [one.id for one in told.receipts("x")] == ["a", "b"]
    assert told.receipt("mastodon", 0) is not None
    assert told.receipt("mastodon", 1) is None


def test_a_person_who_says_it_is_live_is_a_receipt() -> None:
    told = story(tried(), doubted(part(), "lost", NOW), resolved(part(), NOW, posted=True, url="https://x.example/9"))
    assert told.receipt("x", 0) == Receipt(id="", url="https://x.example/9", at=NOW)


def test_a_doubt_lasts_until_somebody_knows() -> None:
    doubt = doubted(part(), "lost", NOW)
    assert story(tried(), doubt).in_doubt("x") == (doubt,)
    assert story(tried(), doubt).in_doubt("mastodon") == ()
    assert story(tried(), doubt, live()).in_doubt("x") == ()
    assert story(tried(), doubt, resolved(part(), NOW, posted=False)).in_doubt("x") == ()
    assert story(tried(), doubt, resolved(part(1), NOW, posted=False)).in_doubt("x") == (doubt,)
    after = doubted(part(1), "what came before it was lost", NOW)
    assert story(doubt, after, resolved(part(), NOW, posted=True)).in_doubt("x") == (after,)
    assert story(doubt, after, resolved(part(), NOW, posted=False)).in_doubt("x") == ()


def test_a_line_that_cannot_be_read_puts_every_channel_in_doubt_until_it_is_resolved() -> None:
    broken = decode("{oops\n")[0][0]
    assert story(live(), broken).in_doubt("x") == (broken,)
    assert story(live(), broken).in_doubt("mastodon") == (broken,)
    assert story(broken, resolved(part(), NOW, posted=False)).in_doubt("x") == ()
    assert story(broken, completed("x", "d", "b", NOW)).in_doubt("x") == ()
    assert story(broken, resolved(part(), NOW, posted=False), broken).in_doubt("x") == (broken,)
    assert story(broken, resolved(part(), NOW, posted=False)).in_doubt("mastodon") == (broken,)


def test_a_refusal_and_a_deferral_stand_until_something_happens_on_the_channel() -> None:
    waited = deferred(part(), Deferred("later", until=NOW), NOW)
    assert story(tried(), refusal()).refusal("x") == refusal()
    assert story(tried(), refusal(), tried()).refusal("x") is None
    assert story(tried(), refusal(), live(channel="mastodon")).refusal("x") == refusal()
    assert story(tried(), waited).deferral("x") == waited
    assert story(tried(), waited).refusal("x") is None


def test_done_is_the_last_word_on_a_channel() -> None:
    first, second = completed("x", "d", "b1", NOW), completed("x", "d", "b2", NOW)
    assert story(live(), first, second).done("x") == second
    assert story(live()).done("x") is None


def test_a_later_try_keeps_the_first_instant() -> None:
    late = attempted(part(), ME, NOW + timedelta(days=3))
    told = story(tried(), refusal(), late)
    assert told.first_attempt(part().key) == tried()
    assert told.attempt(told.open_attempts("x")[0]) == part()
    assert told.first_attempt("unknown") is None


steps = st.sampled_from(
    [
        tried(0),
        tried(1),
        live(0),
        live(1),
        refusal(0),
        doubted(part(0), "lost", NOW),
        resolved(part(0), NOW, posted=False),
    ]
)


@settings(max_examples=80)
@given(st.lists(steps, max_size=8))
def test_what_is_live_is_never_forgotten_by_what_comes_after(events: list[Event]) -> None:
    told = story(*events)
    assert {one.position for one in events if one.proves} == {
        position for position in (0, 1) if told.receipt("x", position)
    }
    assert all(one in events for one in told.open_attempts("x"))
