"""A machine whose clock is wrong sends nothing; where its network tells no time, the next one sends nothing twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from publisher.registry import networks
from publisher.schedule.items import State
from tests.crash.newsroom import NOON, Newsroom

YEARS = timedelta(days=800)
TIMED = [network for network in networks() if network != "apprise"]


def dead(network: str, ahead: timedelta, *, silent: bool = False) -> Newsroom:
    """The room of a runner that died before it heard that its post went out, if its clock let it send one."""
    for skip in range(20):
        room = Newsroom(network, ahead=ahead, silent=silent)
        room.clock.now = NOON + ahead
        room.world.dial(network, "lost", target="any", skip=skip)
        room.world.dial(network, "limited", target="any", times=99)
        room.run()
        if room.made():
            break
    room.forget_doubts()
    room.world.clear_faults()
    return room


@pytest.mark.parametrize("network", networks())
def test_what_a_clock_far_ahead_began_is_found_or_in_doubt_and_never_sent_twice(network: str) -> None:
    """The network's clock is right all along, and it does not tell it."""
    room = dead(network, YEARS, silent=True)
    assert room.made() == 1
    room.clock.now, room.ahead = NOON + timedelta(minutes=30), timedelta()
    item, _ = room.until_quiet()
    assert item.state in {State.PUBLISHED, State.DOUBT}
    assert set(room.held().values()) == {1}
    assert room.made() == (2 if item.state is State.PUBLISHED and network != "apprise" else 1)


@pytest.mark.parametrize("network", TIMED)
@pytest.mark.parametrize("ahead", [timedelta(minutes=12), timedelta(hours=2)])
def test_what_a_clock_ahead_began_is_not_sent_twice_once_its_instant_has_passed(network: str, ahead: timedelta) -> None:
    room = dead(network, ahead)
    room.clock.now, room.ahead = NOON + ahead + timedelta(minutes=30), timedelta()
    item, _ = room.until_quiet()
    assert item.state is State.PUBLISHED
    assert set(room.held().values()) == {1}


@pytest.mark.parametrize("network", TIMED)
@pytest.mark.parametrize("ahead", [timedelta(minutes=3), timedelta(hours=-2)])
def test_a_wrong_clock_claims_nothing_and_says_which_it_is(network: str, ahead: timedelta) -> None:
    room = Newsroom(network, publish="2026-11-23 01:00", ahead=ahead)
    room.clock.now = NOON + ahead
    outcome = room.run()
    assert outcome is not None
    assert outcome.state == "held"
    assert "the clock here is" in outcome.reason
    assert not room.memory.events
    room.clock.now, room.ahead = NOON, timedelta()
    assert room.until_quiet()[0].state is State.PUBLISHED
