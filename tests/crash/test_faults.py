"""Every fault of the sandbox on every call of every act, on every network: each part ends up there exactly once.

What was uploaded is not uploaded again: a fault costs the upload whose answer it spoilt, and no other.

A network's calls are met one after the other: the first, the second, until the fault meets nothing. After each, runs an
hour apart go on until they change nothing, and what the network holds is counted. `pytest tests/crash -s` prints how
many cases there were; PUBLISHER_FAULTS=1 tries more statuses, and every two faults in a row.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from publisher.cli import DOUBT, FAILED
from publisher.cli.run import exit_code
from publisher.delivery.courier import Outcome
from publisher.registry import networks
from publisher.schedule.items import State
from publisher.testing.steps import IT_WAS_DONE
from tests.crash.newsroom import Newsroom

ALL = bool(os.environ.get("PUBLISHER_FAULTS"))
KINDS = ("refused", "expired", "limited", "status:404", "status:503", *IT_WAS_DONE)
MORE = ("status:400", "status:403", "status:408", "status:410", "status:422", "status:500", "after:408", "after:503")
ACTS = ("send", "look", "resume", "edit", "withdraw")
MOST = 60


def prepared(network: str, act: str) -> Newsroom:
    """A newsroom in which the next run is the act: sending, looking for what is in doubt or was being sent by a runner
    that died, editing, withdrawing.
    """
    room = Newsroom(network)
    if act in {"look", "resume"}:
        room = broken_off(network)
        if act == "resume":
            room.forget_doubts()
    elif act != "send":
        told = room.run()
        assert told
        assert told.state == "published"
    if act == "edit":
        room.change()
    elif act == "withdraw":
        room.withdraw()
    return room


def broken_off(network: str) -> Newsroom:
    """A newsroom that sent its first part, lost the answer, and could not look."""
    for skip in range(MOST):
        room = Newsroom(network)
        room.world.dial(network, "lost", target="any", skip=skip)
        room.world.dial(network, "limited", target="any", times=99)
        told = room.run()
        if room.made():
            assert told
            assert told.state == "doubt"
            room.world.clear_faults()
            return room
    raise AssertionError(f"{network} published nothing in {MOST} calls")


def cases(network: str, act: str, *kinds: str) -> Iterator[tuple[int, Newsroom]]:
    """The act with those faults in a row from the first call on, from the second, until they meet nothing."""
    before = prepared(network, act)
    for skip in range(MOST):
        room = before.copy()
        for place, kind in enumerate(kinds):
            room.world.dial(network, kind, target="any", times=3 if place else 1, skip=0 if place else skip)
        yield skip, room
        if room.world.faults():
            return
    raise AssertionError(f"{network} was called {MOST} times")


class Watch:
    """Sees that nothing is ever on the network twice, nor anything that nobody wrote."""

    def __init__(self, room: Newsroom, case: str) -> None:
        self.room, self.case = room, case
        self.known = set(room.held()) | {part.text for part in room.rendition.parts}
        self.most = max(room.made(), len(Newsroom(room.network).rendition.parts))

    def __call__(self) -> None:
        held = self.room.held()
        assert set(held) <= self.known, self.case
        assert max(held.values(), default=0) <= 1, f"{self.case}: {held}"
        assert self.room.made() <= self.most, f"{self.case}: {self.room.made()} made, {self.most} asked for"


def ends_well(room: Newsroom, expected: Newsroom, case: str, faults: int = 1) -> None:
    """Nothing is twice or lost, nor uploaded again for another reason than those faults, and what is amiss is told."""
    watch = Watch(room, case)
    item, told = room.until_quiet(watch)
    for outcome in told:
        assert outcome.reason or outcome.state in {"published", "withdrawn"}, case
    if item.state is State.FAILED:
        assert exit_code(told) == FAILED, case
        assert item.reason, case
        room.world.clear_faults()
        told += filter(None, [room.run(hand=True)])
        item, _ = room.until_quiet(watch)
    uploads, usual = (one.world.tally(room.network, "upload") for one in (room, expected))
    assert uploads <= usual + faults, f"{case}: {uploads} uploads, {usual} without a fault"
    if item.state is State.DOUBT:
        assert exit_code(told) == DOUBT, case
        assert room.network in BLIND, f"{case}: {item.reason}"
        return
    assert item.state is expected.item().state, f"{case}: {item.state}, {item.reason}"
    assert room.held() == expected.held() or is_told(told[-1:], room), f"{case}: {room.held()}"


def is_told(last: list[Outcome], room: Newsroom) -> bool:
    """Whether the last run said that the network lets nobody change it any more, and nothing of it is lost."""
    kept = Counter(part.text for part in Newsroom(room.network).rendition.parts)
    return [one.error for one in last] == ["Unsupported"] and room.held() == kept


BLIND: set[str] = set()
"""Networks of the sandbox that nobody can ask what they hold: there, a doubt that is told is the right end."""


def undisturbed(network: str, act: str) -> Newsroom:
    """The same without a fault."""
    room = prepared(network, act)
    room.until_quiet()
    return room


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("network", networks())
def test_one_fault_on_any_call_ends_with_each_part_exactly_once(network: str, act: str) -> None:
    expected, number = undisturbed(network, act), 0
    for kind in (*KINDS, *(MORE if ALL else ())):
        for skip, room in cases(network, act, kind):
            ends_well(room, expected, f"{network}, {act}, {kind} on call {skip + 1}")
            number += 1
    print(f"\n{network}, {act}: {number} cases")


@pytest.mark.parametrize("network", networks())
def test_a_lost_answer_and_bad_looks_after_it_end_with_each_part_exactly_once(network: str) -> None:
    """The second fault meets three calls in a row: the looks, mostly."""
    expected, number = undisturbed(network, "send"), 0
    for first in KINDS if ALL else ("lost",):
        for second in KINDS:
            for skip, room in cases(network, "send", first, second):
                ends_well(room, expected, f"{network}, {first} on call {skip + 1}, then {second}", faults=4)
                number += 1
    print(f"\n{network}: {number} pairs of faults")
