"""A machine whose clock is far ahead dies in the middle: the next one, whose clock is right, sends nothing twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from publisher.registry import networks
from publisher.schedule.items import State
from tests.crash.newsroom import NOON, Newsroom

YEARS = timedelta(days=800)


@pytest.mark.parametrize("network", networks())
def test_what_a_clock_far_ahead_began_is_found_or_in_doubt_and_never_sent_twice(network: str) -> None:
    """The network's clock is right all along."""
    for skip in range(20):
        room = Newsroom(network, ahead=YEARS)
        room.clock.now = NOON + YEARS
        room.world.dial(network, "lost", target="any", skip=skip)
        room.world.dial(network, "limited", target="any", times=99)
        room.run()
        if room.made():
            break
    room.forget_doubts()
    room.world.clear_faults()
    room.clock.now, room.ahead = NOON + timedelta(minutes=30), timedelta()
    item, _ = room.until_quiet()
    assert item.state in {State.PUBLISHED, State.DOUBT}
    assert set(room.held().values()) == {1}
    assert room.made() == (2 if item.state is State.PUBLISHED and network != "apprise" else 1)
