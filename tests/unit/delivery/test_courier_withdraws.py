"""A post is withdrawn of which nobody knows how much is live: what is known goes, what is not is looked for or told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from publisher.delivery.courier import Job, Outcome
from publisher.errors import ConfigError, Deferred, DeliveryError, Rejected, Unauthorized, Uncertain
from publisher.ledger.events import Kind, doubted, received
from publisher.ledger.runner import Runner
from publisher.ledger.story import Story
from publisher.model import Attempt, Part, Receipt, Rendition, part_key
from tests.unit.delivery.test_courier import NOW, Desk, Network, job

GONE = Runner(host="another machine", pid=7, started="7")
BLIND = [Rejected("you may not read"), Uncertain("nothing can be seen"), Deferred("rate limited")]


@dataclass
class Shown(Network):
    """A network that deletes by the words in a receipt's id; `looks` end the next looks, `refusals` the deletions."""

    looks: list[DeliveryError] = field(default_factory=list)
    refusals: list[DeliveryError] = field(default_factory=list)

    def find(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        if self.looks:
            raise self.looks.pop(0)
        return super().find(part, attempt, thread)

    def withdraw(self, live: Receipt, thread: Sequence[Receipt]) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.live.remove(live.id.rpartition("-")[0])


WORDS = job("one", "two").rendition


@pytest.fixture
def network() -> Shown:
    return Shown(live=["one"])


@pytest.fixture
def desk(network: Shown) -> Desk:
    """The first part of two is live, and the runner that had claimed the second is gone."""
    desk = Desk(networks={"x": network})
    first, second = (_attempt(position) for position in (0, 1))
    desk.ledger.claim([first], GONE)
    desk.ledger.record({"listen": [received(first, Receipt(id="one-1", url="https://example.org/1", at=NOW))]})
    desk.ledger.claim([second], GONE)
    return desk


def _attempt(position: int) -> Attempt:
    return Attempt(
        key=part_key("listen", "x", 1, position), post="listen", channel="x", position=position, digest=WORDS.digest,
        at=NOW - timedelta(hours=1), wording=WORDS.wordings[position],
    )  # fmt: skip


def withdraw(desk: Desk, words: Rendition | None = WORDS) -> Outcome:
    nothing = replace(job("one", "two"), rendition=Rendition(post="listen", channel="x", network="x", parts=()))
    return desk.run(replace(nothing, words=words))[0]


def story(desk: Desk) -> Story:
    return desk.ledger.read(["listen"])["listen"]


def leave_doubt(desk: Desk) -> None:
    desk.ledger.record({"listen": [doubted(_attempt(1), "no answer", NOW)]})


@pytest.mark.parametrize("doubt", [True, False])
@pytest.mark.parametrize("live", [True, False])
def test_what_may_be_live_is_looked_for_and_withdrawn_with_the_rest(
    desk: Desk, network: Shown, live: bool, doubt: bool
) -> None:
    network.live = ["one", "two"] if live else ["one"]
    if doubt:
        leave_doubt(desk)
    told = withdraw(desk)
    assert (told.state, told.act, told.error, network.live) == ("withdrawn", "withdraw", "", [])
    done = story(desk).done("x")
    assert done
    assert done.act == "withdraw"


@pytest.mark.parametrize("error", BLIND, ids=str)
@pytest.mark.parametrize("doubt", [True, False])
def test_what_nobody_can_look_for_stays_in_doubt_and_the_rest_is_withdrawn(
    desk: Desk, network: Shown, error: DeliveryError, doubt: bool
) -> None:
    network.live, network.looks = ["one", "two"], [error]
    if doubt:
        leave_doubt(desk)
    told = withdraw(desk)
    assert (told.state, told.act, told.error, network.live) == ("doubt", "withdraw", "Uncertain", ["two"])
    assert told.reason.startswith("withdrawn, but part of it may be live")
    assert (story(desk).done("x"), len(story(desk).in_doubt("x"))) == (None, 1)


@pytest.mark.parametrize("words", [None, job("one", "zwei").rendition, job("one").rendition], ids=str)
def test_what_was_said_in_other_words_is_not_looked_for(desk: Desk, network: Shown, words: Rendition | None) -> None:
    network.live = ["one", "two"]
    assert (withdraw(desk, words).state, network.live) == ("doubt", ["two"])


def test_a_rest_that_hung_on_what_is_withdrawn_is_not_looked_for_by_another_run(desk: Desk, network: Shown) -> None:
    """Without the part above it a network may not show it, which proves nothing."""
    network.live, network.looks = ["one", "two"], [Rejected("you may not read")]
    withdraw(desk)
    told = withdraw(desk)
    assert (told.state, network.live) == ("doubt", ["two"])
    assert [one.kind for one in story(desk).events].count(Kind.DOUBT) == 1


def test_a_withdrawal_put_off_forgets_no_try_that_may_be_live(desk: Desk, network: Shown) -> None:
    network.live, network.looks = ["one", "two"], [Rejected("you may not read")]
    network.refusals = [Deferred("rate limited")]
    withdraw(desk)
    assert (len(story(desk).in_doubt("x")), network.live) == (1, ["one", "two"])
    assert (withdraw(desk).state, network.live) == ("withdrawn", [])


def test_a_channel_without_its_credentials_withdraws_nothing(desk: Desk, network: Shown) -> None:
    network.looks = [Unauthorized("expired")]
    told = withdraw(desk)
    assert (told.state, told.error, network.live) == ("failed", "Unauthorized", ["one"])


def test_a_network_that_deletes_nothing_leaves_the_doubt_open(desk: Desk) -> None:
    desk.networks["x"] = Network(live=["one", "two"], blind=True)
    told = withdraw(desk)
    assert (told.state, "lets no program delete" in told.reason) == ("doubt", True)
    assert story(desk).done("x") is None


@pytest.mark.parametrize("doubt", [True, False])
def test_what_is_in_doubt_stays_so_where_settings_are_missing(doubt: bool) -> None:
    desk = Desk()

    def unset(*_: object) -> Network:
        raise ConfigError("X_TOKEN is not set", hint="get one")

    desk.connect = unset  # type: ignore[method-assign]  # the desk's own seam
    asked: Job = job("one")
    attempt = replace(_attempt(0), digest=asked.rendition.digest, wording="")
    desk.ledger.claim([attempt], GONE)
    if doubt:
        desk.ledger.record({"listen": [doubted(attempt, "no answer", NOW)]})
    (told,) = desk.run(asked)
    expected = ("doubt", "Uncertain") if doubt else ("held", "ConfigError")
    assert (told.state, told.error, told.reason, told.hint) == (*expected, "X_TOKEN is not set", "get one")


def test_words_that_changed_over_a_doubt_leave_it_in_doubt(desk: Desk, network: Shown) -> None:
    leave_doubt(desk)
    (told,) = desk.run(job("one", "zwei"))
    assert (told.state, told.error, "earlier wording" in told.reason) == ("doubt", "Uncertain", True)
    assert "publisher resolve listen x" in told.hint
    assert network.live == ["one"]
