"""Which doubts a team has not been told of yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from publisher.cli.doubts import news
from publisher.delivery.courier import Outcome
from publisher.errors import LedgerError
from publisher.ledger.events import Event, Kind, doubted
from publisher.ledger.story import Story
from publisher.model import Attempt

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TRIED = Attempt(key="1", post="listen", channel="x", position=0, digest="d", at=NOW)
LOST, BLIND = doubted(TRIED, "its answer was lost", NOW), doubted(TRIED, "nothing can be seen", NOW)
UNREADABLE = Event(kind=Kind.UNREADABLE, channel="", at=NOW)


def outcome(state: str = "doubt", *, channel: str = "x", error: str = "Uncertain") -> Outcome:
    return Outcome(post="listen", channel=channel, network="x", state=state, error=error)


def stories(*events: Event) -> Mapping[str, Story]:
    return {"listen": Story(post="listen", events=events)}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ([], [LOST], True), ([LOST], [LOST], False), ([LOST], [LOST, BLIND], True), ([], [], True),
        ([UNREADABLE], [UNREADABLE], True), ([LOST, UNREADABLE], [LOST, UNREADABLE], True),
    ],
)  # fmt: skip
def test_a_doubt_is_news_when_it_was_not_there_or_was_told_otherwise(
    before: list[Event], after: list[Event], told: bool
) -> None:
    one = outcome()
    assert news([one], stories(*before), lambda: stories(*after)) == (one,) * told


def test_only_the_doubt_that_is_old_is_left_out() -> None:
    new = [outcome(channel="mastodon"), outcome("published", error=""), outcome("failed", error="Rejected")]
    assert news([outcome(), *new], stories(LOST), lambda: stories(LOST)) == tuple(new)


def test_what_is_live_without_its_receipt_is_news_although_it_was_in_doubt() -> None:
    one = outcome(error="LedgerError")
    assert news([one], stories(LOST), lambda: stories(LOST)) == (one,)


def test_a_doubt_is_told_again_rather_than_not_at_all_where_the_ledger_cannot_be_read() -> None:
    def unreadable() -> Mapping[str, Story]:
        raise LedgerError("it is away")

    assert news([outcome()], stories(LOST), unreadable) == (outcome(),)
