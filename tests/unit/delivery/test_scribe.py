"""The scribe: many pens asked, one used, and only the one who was refused is told so."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest

from publisher.delivery.scribe import Scribe
from publisher.errors import Conflict, LedgerError
from publisher.ledger.claims import Entry
from publisher.ledger.events import Event, doubted, received
from publisher.ledger.in_memory import InMemoryLedger, Memory
from publisher.ledger.runner import Runner
from publisher.model import Attempt, Receipt

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
MINE, THEIRS = Runner(host="here", pid=1), Runner(host="there", pid=2)


class Slow(InMemoryLedger):
    """A ledger whose first write waits until everybody else stands in line."""

    def __init__(self, memory: Memory, gate: Barrier | None = None) -> None:
        super().__init__(memory, clock=lambda: NOW)
        self.gate, self.writes = gate, 0

    def write(self, entry: Entry) -> None:
        self.writes += 1
        gate, self.gate = self.gate, None
        if gate:
            gate.wait(timeout=20)
        super().write(entry)


def attempt(post: str, channel: str = "x") -> Attempt:
    return Attempt(key=f"{post}/{channel}", post=post, channel=channel, position=0, digest="d", at=NOW)


def proof(post: str) -> Event:
    return received(attempt(post), Receipt(id=post, url="https://x.example/1", at=NOW))


def test_writes_that_wait_for_one_another_share_a_commit() -> None:
    gate = Barrier(2)
    ledger = Slow(Memory(), gate)
    scribe = Scribe(ledger, MINE)
    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(scribe.record, "first", proof("first"))
        while not ledger.writes:
            pass
        others = [pool.submit(scribe.record, f"p{number}", proof(f"p{number}")) for number in range(8)]
        while len(scribe._waiting) < 8:
            pass
        gate.wait(timeout=20)
        for written in (first, *others):
            written.result()
    assert ledger.writes == 2
    assert all(story.receipts("x") for story in ledger.read([f"p{number}" for number in range(8)]).values())


def test_what_happened_and_what_is_to_be_sent_share_a_commit() -> None:
    ledger = Slow(Memory())
    scribe = Scribe(ledger, MINE)
    scribe._pen.acquire()
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(scribe.record, "a", proof("a")), pool.submit(scribe.claim, attempt("b"))]
        while len(scribe._waiting) < 2:
            pass
        scribe._pen.release()
        for written in asked:
            written.result(timeout=20)
    assert ledger.writes == 1
    stories = ledger.read(["a", "b"])
    assert (stories["a"].receipts("x")[0].id, len(stories["b"].open_attempts("x"))) == ("a", 1)


def test_others_are_given_a_moment_to_join_that_a_slow_write_makes_longer() -> None:
    gate = Barrier(2)
    pauses: list[float] = []
    scribe = Scribe(Slow(Memory(), gate), MINE, pause=pauses.append)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(scribe.record, "a", proof("a"))
        began = time.monotonic()
        while time.monotonic() < began + 0.1:
            pass
        gate.wait(timeout=20)
        slow.result(timeout=20)
    scribe.record("b", proof("b"))
    assert pauses[0] == 0
    assert pauses[1] >= 0.01


def test_what_happened_is_written_beside_a_claim_that_is_refused() -> None:
    memory = Memory()
    mine, theirs = Slow(memory), InMemoryLedger(memory, clock=lambda: NOW)
    mine.read(["a", "b"])
    theirs.claim([attempt("b")], THEIRS)
    scribe = Scribe(mine, MINE)
    scribe._pen.acquire()
    with ThreadPoolExecutor(2) as pool:
        told, refused = pool.submit(scribe.record, "a", proof("a")), pool.submit(scribe.claim, attempt("b"))
        while len(scribe._waiting) < 2:
            pass
        scribe._pen.release()
        told.result(timeout=20)
        assert isinstance(refused.exception(timeout=20), Conflict)
    assert mine.read(["a"])["a"].receipts("x")[0].id == "a"


def test_only_the_refused_claim_is_refused() -> None:
    memory = Memory()
    mine, theirs = InMemoryLedger(memory, clock=lambda: NOW), InMemoryLedger(memory, clock=lambda: NOW)
    mine.read(["a", "b", "c"])
    theirs.claim([attempt("b")], THEIRS)
    scribe = Scribe(mine, MINE)
    scribe.claim(attempt("a"))
    with pytest.raises(Conflict):
        scribe.claim(attempt("b"))
    scribe.claim(attempt("c"))
    holders = {post: story.open_attempts("x")[0].runner for post, story in mine.read(["a", "b", "c"]).items()}
    assert holders == {"a": MINE, "b": THEIRS, "c": MINE}


def test_a_refused_claim_costs_those_beside_it_no_write_of_their_own() -> None:
    memory, writes = Memory(), []

    class Counting(InMemoryLedger):
        def write(self, entry: Entry) -> None:
            super().write(entry)
            writes.append(list(entry.claimed))

    mine, theirs = Counting(memory, clock=lambda: NOW), InMemoryLedger(memory, clock=lambda: NOW)
    mine.read("abcd")
    for post in "bc":
        theirs.claim([attempt(post)], THEIRS)
    scribe = Scribe(mine, MINE)
    scribe._pen.acquire()
    with ThreadPoolExecutor(4) as pool:
        asked = {}
        for post in "abcd":
            asked[post] = pool.submit(scribe.claim, attempt(post))
            while len(scribe._waiting) < len(asked):
                pass
        scribe._pen.release()
        refused = {post: str(error) for post, one in asked.items() if (error := one.exception(timeout=20))}
    assert writes == [["a", "d"]]
    assert refused == {post: f"{post} on x, part 1: another runner was here first" for post in "bc"}


def test_a_ledger_that_fails_is_told_to_everybody_who_waits() -> None:
    class Broken(InMemoryLedger):
        def write(self, entry: Entry) -> None:
            raise LedgerError("the disk is full")

    scribe = Scribe(Broken(clock=lambda: NOW), MINE)
    for _ in range(2):
        with pytest.raises(LedgerError, match="the disk is full"):
            scribe.record("a", doubted(attempt("a"), "?", NOW))


def test_nobody_takes_a_write_that_broke_for_one_that_was_made() -> None:
    gate = Barrier(2)

    class Breaking(InMemoryLedger):
        def write(self, entry: Entry) -> None:
            gate.wait(timeout=20)
            raise OSError(12, "no memory")

    scribe = Scribe(Breaking(clock=lambda: NOW), MINE)
    scribe._pen.acquire()
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(scribe.claim, attempt(post)) for post in "abc"]
        while len(scribe._waiting) < 3:
            pass
        scribe._pen.release()
        gate.wait(timeout=20)
        errors = [one.exception(timeout=20) for one in asked]
    assert sorted(type(error).__name__ for error in errors) == ["LedgerError", "LedgerError", "OSError"]
