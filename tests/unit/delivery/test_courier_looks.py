"""Looking for an earlier attempt can fail too: then nobody knows more than before, and nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from publisher.delivery.courier import Job
from publisher.errors import Deferred, DeliveryError, Rejected, Unauthorized, Uncertain
from publisher.ledger.events import Kind
from publisher.ledger.in_memory import InMemoryLedger, Memory
from publisher.ledger.runner import SENDING, Runner
from publisher.model import Attempt, Part, Receipt, part_key
from tests.unit.delivery.test_courier import NOW, Desk, Network, job

GONE = Runner(host="another machine", pid=7, started="7")
LOOKS = [Deferred("rate limited", until=NOW + timedelta(hours=1)), Deferred("not reached"), Unauthorized("expired")]


@dataclass
class Veiled(Network):
    """A network whose next looks fail."""

    looks: list[DeliveryError] = field(default_factory=list)

    def find(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        if self.looks:
            raise self.looks.pop(0)
        return super().find(part, attempt, thread)


@pytest.fixture
def network() -> Veiled:
    return Veiled()


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def desk(network: Veiled, memory: Memory) -> Desk:
    """A runner was killed after it claimed the one part of a post; nobody knows how far it came."""
    desk = Desk(networks={"x": network}, ledger=InMemoryLedger(memory, clock=lambda: NOW))
    digest = job("one").rendition.digest
    key = part_key("listen", "x", 1, 0)
    attempt = Attempt(key=key, post="listen", channel="x", position=0, digest=digest, at=NOW - timedelta(hours=1))
    desk.ledger.claim([attempt], GONE)
    return desk


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("error", LOOKS, ids=str)
def test_a_look_that_fails_ends_nothing_and_the_next_run_looks_again(
    desk: Desk, network: Veiled, error: DeliveryError, live: bool
) -> None:
    network.live = ["one"] * live
    network.looks = [error, error]
    for _ in range(2):
        (outcome,) = desk.run(job("one"))
        assert outcome.state in {"due", "later", "failed"}
        assert outcome.error == type(error).__name__
        assert "may be live" in outcome.reason
        assert network.live == ["one"] * live
        assert desk.ledger.read(["listen"])["listen"].open_attempts("x")
    assert desk.run(job("one"))[0].state == "published"
    assert network.live == ["one"]


@pytest.mark.parametrize("error", LOOKS, ids=str)
def test_a_doubt_stays_a_doubt_while_nobody_can_look(desk: Desk, network: Veiled, error: DeliveryError) -> None:
    network.live = ["one"]
    network.looks = [Uncertain("nothing can be seen"), error]
    assert desk.run(job("one"))[0].state == "doubt"
    (outcome,) = desk.run(job("one"))
    assert (outcome.state, outcome.error) == ("doubt", type(error).__name__)
    assert desk.run(job("one"))[0].state == "published"
    assert network.live == ["one"]


def test_a_network_that_refuses_to_be_looked_at_leaves_a_doubt(desk: Desk, network: Veiled) -> None:
    network.live = ["one"]
    network.looks = [Rejected("you may not read")]
    (outcome,) = desk.run(job("one"))
    assert (outcome.state, outcome.error) == ("doubt", "Uncertain")
    assert "you may not read" in outcome.reason
    assert desk.ledger.read(["listen"])["listen"].in_doubt("x")
    assert network.live == ["one"]


LATE = "missed its lateness limit of 24h"


def late(*texts: str) -> Job:
    return replace(job(*texts), overdue=LATE)


@pytest.mark.parametrize("doubt", [True, False])
def test_what_is_not_live_after_all_is_held_when_it_would_be_late(desk: Desk, network: Veiled, doubt: bool) -> None:
    network.looks = [Uncertain("nothing can be seen")] * doubt
    for _ in network.looks[:]:
        assert desk.run(late("one"))[0].state == "doubt"
    (outcome,) = desk.run(late("one"))
    assert (outcome.state, outcome.reason, outcome.error) == ("held", LATE, "")
    assert network.live == []
    story = desk.ledger.read(["listen"])["listen"]
    assert (story.is_unsure("x"), story.events[-1].kind) == (False, Kind.RESOLVED)


def test_what_is_live_after_all_is_finished_however_late(desk: Desk, network: Veiled) -> None:
    network.live = ["one"]
    assert desk.run(late("one"))[0].state == "published"
    assert network.live == ["one"]


@dataclass
class Raced(Network):
    """A network that another runner claims the part of while this one looks."""

    ledger: InMemoryLedger = field(kw_only=True)

    def find(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        self.ledger.claim([attempt], GONE)
        return None


def test_what_another_runner_took_up_meanwhile_is_not_called_unsent(desk: Desk, memory: Memory) -> None:
    other = InMemoryLedger(memory, clock=lambda: NOW)
    other.read(["listen"])
    desk.networks["x"] = Raced(ledger=other)
    (outcome,) = desk.run(late("one"))
    assert (outcome.state, outcome.reason.startswith(SENDING)) == ("held", True)
    assert desk.ledger.read(["listen"])["listen"].is_unsure("x")
