"""Two posts say the same words on a channel: the proof of one is no proof of the other, and nothing is lost for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from publisher.delivery.courier import Job
from publisher.delivery.evidence import digest_words
from publisher.errors import Uncertain
from publisher.ledger.events import received
from publisher.ledger.in_memory import InMemoryLedger, Memory
from publisher.ledger.runner import Runner
from publisher.model import Attempt, Part, Receipt, Rendition, part_key
from tests.unit.delivery.test_courier import NOW, Desk, Network, job

GONE = Runner(host="another machine", pid=7, started="7")


@dataclass
class Board(Network):
    """A network that calls every part by its place, and finds the first one that says the words."""

    withdrawn: list[str] = field(default_factory=list)
    before: Callable[[], None] | None = None

    def deliver(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
        super().deliver(part, attempt, thread)
        return _receipt(len(self.live) - 1)

    def find(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        before, self.before = self.before, None
        if before:
            before()
        return _receipt(self.live.index(part.text)) if part.text in self.live else None

    def withdraw(self, live: Receipt, thread: Sequence[Receipt]) -> None:
        self.withdrawn.append(live.id)


def _receipt(place: int) -> Receipt:
    return Receipt(id=str(place), url=f"https://example.org/{place}", at=NOW)


@pytest.fixture
def network() -> Board:
    return Board()


@pytest.fixture
def desk(network: Board) -> Desk:
    return Desk(networks={"x": network})


def attempt(asked: Job) -> Attempt:
    words = asked.rendition
    return Attempt(
        key=part_key(words.post, "x", 1, 0), post=words.post, channel="x", position=0, digest=words.digest, at=NOW,
        wording=words.wordings[0], words=digest_words(words.parts[0].text),
    )  # fmt: skip


def test_what_never_arrived_is_not_taken_for_another_post_of_this_run(desk: Desk, network: Board) -> None:
    first, second = job("read this", post="one"), job("read this", post="two")
    desk.run(first)
    network.mishaps = [(Uncertain("no answer"), False)]
    (told,) = desk.run(second)
    assert (told.state, told.receipts, "only the post one is seen" in told.reason) == ("doubt", (), True)
    assert [one.kind for one in desk.ledger.read(["two"])["two"].in_doubt("x")] == ["doubt"]


def test_in_one_run_too(desk: Desk, network: Board) -> None:
    first, second = job("read this", post="one"), job("read this", post="two")
    network.live = ["read this"]
    desk.ledger.claim([attempt(first), attempt(second)], GONE)
    told = desk.run(first, second)
    assert [one.state for one in told] == ["doubt", "doubt"]
    assert "https://example.org/0 may be the post two, of which nobody knows either" in told[0].reason
    assert network.live == ["read this"]


@pytest.mark.parametrize("words", ["read this", "Read this: https://example.org/two"])
@pytest.mark.parametrize("in_this_run", [True, False])
@pytest.mark.parametrize("written", [True, False])
def test_what_another_runner_sends_in_the_meantime_is_not_taken_for_it(
    desk: Desk, network: Board, written: bool, in_this_run: bool, words: str
) -> None:
    """The other one sends a post of its own, of the same words, just before the network is asked for this one."""
    memory = Memory()
    desk.ledger, others = (InMemoryLedger(memory, clock=lambda: NOW) for _ in range(2))
    first, second = job("read this", post="one"), job(words, post="two")
    receipt = {"two": [received(attempt(second), _receipt(0))]}

    def send() -> None:
        others.claim([attempt(second)], GONE)
        network.live = ["read this"]
        if written:
            others.record(receipt)

    desk.ledger.claim([attempt(first)], GONE)
    network.before = send
    told = desk.run(first, second) if in_this_run else desk.run(first)
    others.record(receipt)
    assert (told[0].state, told[0].receipts) == ("doubt", ())
    assert [story.receipts("x") for story in others.read(["one", "two"]).values()] == [(), (_receipt(0),)]
    assert network.live == ["read this"]


def test_what_an_earlier_run_sent_of_another_post_is_not_withdrawn(desk: Desk, network: Board) -> None:
    first, second = job("read this", post="one"), job("read this", post="two")
    network.live = ["read this"]
    desk.ledger.claim([attempt(first)], GONE)
    desk.ledger.record({"one": [received(attempt(first), _receipt(0))]})
    desk.ledger.claim([attempt(second)], GONE)
    nothing = Rendition(post="two", channel="x", network="x", parts=())
    (told,) = desk.run(Job(channel=second.channel, rendition=nothing, blob=second.blob, words=second.rendition))
    assert (told.state, network.withdrawn) == ("doubt", [])


def test_its_own_part_is_found_as_ever(desk: Desk, network: Board) -> None:
    network.mishaps = [(Uncertain("no answer"), True)]
    network.live = ["something else"]
    (told,) = desk.run(job("read this"))
    assert (told.state, [one.id for one in told.receipts]) == ("published", ["1"])
