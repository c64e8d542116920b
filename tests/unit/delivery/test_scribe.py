"""The scribe: many pens asked, one used, and only the one who was refused is told so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest

from publisher.delivery.scribe import Scribe
from publisher.errors import Conflict, LedgerError
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

    def record(self, events: Mapping[str, Sequence[Event]]) -> None:
        self.writes += 1
        gate, self.gate = self.gate, None
        if gate:
            gate.wait(timeout=20)
        super().record(events)


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
        others = [pool.submit(scribe.record, f"p{number}", proof(f"p{number}")) for number in range(8)]
        while len(scribe._waiting) < 8:
            pass
        gate.wait(timeout=20)
        for written in (first, *others):
            written.result()
    assert ledger.writes == 2
    assert all(story.receipts("x") for story in ledger.read([f"p{number}" for number in range(8)]).values())


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
        def claim(self, attempts: Sequence[Attempt], runner: Runner) -> None:
            super().claim(attempts, runner)
            writes.append([one.post for one in attempts])

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
        def record(self, events: Mapping[str, Sequence[Event]]) -> None:
            raise LedgerError("the disk is full")

    scribe = Scribe(Broken(clock=lambda: NOW), MINE)
    for _ in range(2):
        with pytest.raises(LedgerError, match="the disk is full"):
            scribe.record("a", doubted(attempt("a"), "?", NOW))


def test_nobody_takes_a_write_that_broke_for_one_that_was_made() -> None:
    gate = Barrier(2)

    class Breaking(InMemoryLedger):
        def claim(self, attempts: Sequence[Attempt], runner: Runner) -> None:
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
