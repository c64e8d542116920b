from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from publisher.ledger.events import Event, Kind
from publisher.ledger.runner import JUMP, LEASE, Runner, alive, birth, here, is_abandoned

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
ME = Runner(host="here", pid=10, started="100")
PROCESSES = {10: "100", 11: "110", 12: ""}


def held(runner: Runner | None, age: timedelta = timedelta()) -> Event:
    return Event(kind=Kind.ATTEMPT, channel="x", at=NOW - age, runner=runner)


@pytest.mark.parametrize(
    ("runner", "expected"),
    [
        (Runner(host="here", pid=11, started="110"), True),
        (Runner(host="here", pid=11, started="999"), False),  # the pid was given to another process
        (Runner(host="here", pid=11), True),
        (Runner(host="here", pid=12, started="120"), True),  # the system will not say since when
        (Runner(host="here", pid=99, started="990"), False),
        (Runner(host="there", pid=11, started="110"), None),
    ],
)
def test_a_runner_lives_while_its_process_does(runner: Runner, expected: bool | None) -> None:
    assert alive(runner, ME, PROCESSES.get) is expected


def test_a_dead_process_of_this_machine_has_abandoned_its_attempts_at_once() -> None:
    assert is_abandoned(held(Runner(host="here", pid=99)), NOW, ME, PROCESSES.get)


def test_a_living_process_of_this_machine_keeps_its_attempts_however_old() -> None:
    assert not is_abandoned(held(Runner(host="here", pid=11, started="110"), timedelta(days=9)), NOW, ME, PROCESSES.get)


@pytest.mark.parametrize("runner", [Runner(host="there", pid=11), None, ME])
def test_whoever_cannot_be_asked_has_a_lease(runner: Runner | None) -> None:
    assert not is_abandoned(held(runner, LEASE - timedelta(seconds=1)), NOW, ME, PROCESSES.get)
    assert is_abandoned(held(runner, LEASE), NOW, ME, PROCESSES.get)


@pytest.mark.parametrize("runner", [Runner(host="there", pid=11), None, ME])
def test_a_claim_from_so_far_ahead_that_a_clock_was_wrong_holds_nobody_up(runner: Runner | None) -> None:
    assert not is_abandoned(held(runner, timedelta(seconds=1) - JUMP), NOW, ME, PROCESSES.get)
    assert is_abandoned(held(runner, -JUMP), NOW, ME, PROCESSES.get)


def test_this_process_is_alive_and_one_that_ended_is_not() -> None:
    me = here()
    assert (me.pid, alive(me, me, birth)) == (os.getpid(), True)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as child:
        runner = Runner(host=me.host, pid=child.pid, started=birth(child.pid) or "")
        assert alive(runner, me, birth) is True
        child.communicate(b"\n")
    assert alive(runner, me, birth) is False


def test_the_machine_is_named_without_its_name() -> None:
    import platform

    assert here().host == here().host
    assert platform.node() not in here().host


def test_a_killed_process_is_gone_even_before_its_parent_asks_after_it() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert birth(process.pid) is not None
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert birth(process.pid) is None
    process.communicate()
