"""What a run says it came to."""

from __future__ import annotations

from publisher.cli.run import sum_up
from publisher.delivery.courier import Outcome
from publisher.ledger.runner import SENDING
from publisher.schedule.items import Item, State

AWAY = "Another run is sending {} of what is due just now. See how they stand with: publisher status"


def done(channel: str, state: str = "published", reason: str = "", hint: str = "") -> Outcome:
    return Outcome(post="listen", channel=channel, network=channel, state=state, reason=reason, hint=hint)


def planned(channel: str, state: State, reason: str = "") -> Item:
    return Item(
        post="listen", path="content/listen.md", blob="b", channel=channel, network=channel, state=state, reason=reason
    )


def lost(channel: str) -> Outcome:
    return done(channel, "held", f"{SENDING} (listen on {channel}, part 1: another runner was here first)")


def test_what_another_run_took_first_is_not_counted_as_failed() -> None:
    taken = [planned(name, State.DUE) for name in ("x", "mastodon")]
    assert list(sum_up([lost("x"), lost("mastodon")], taken)) == [AWAY.format(2)]
    assert list(sum_up([done("x"), lost("mastodon")], taken)) == ["1 of 1 published.", AWAY.format(1)]


def test_what_another_run_had_in_hand_before_is_no_reason_to_say_that_nothing_is_due() -> None:
    busy, later = planned("x", State.HELD, SENDING), planned("mastodon", State.LATER)
    assert list(sum_up([], [busy, later])) == [AWAY.format(1)]
    assert list(sum_up([done("bluesky")], [busy, later])) == ["1 of 1 published.", AWAY.format(1)]


def test_a_run_without_others_says_what_it_did() -> None:
    later = planned("mastodon", State.LATER)
    assert list(sum_up([], [])) == ["Nothing is due."]
    assert list(sum_up([], [later])) == ["Nothing is due; 1 to come. See them with: publisher plan"]
    doubt = done("x", "doubt", "the answer was lost", "look at x")
    assert list(sum_up([doubt, done("mastodon")], [])) == ["1 of 2 published.", "In doubt: listen on x: look at x"]
