"""Waiting for an instant: by a clock that is handed in, never longer than needed, and not past newer words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.cli.vigil import LOOK_SECONDS, End, Vigil

START = datetime(2026, 11, 23, 8, tzinfo=UTC)


class Hand:
    """A clock that a sleep moves; somebody stops it, or merges, after so many sleeps."""

    def __init__(self, *, stopped: int = 0, merged: int = 0, slow: float = 1.0) -> None:
        self.now, self.slept, self.looks = START, [], 0
        self._stopped, self._merged, self._slow = stopped, merged, slow

    def sleep(self, seconds: float) -> bool:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds * self._slow)
        return len(self.slept) == self._stopped

    def moved(self) -> bool:
        self.looks += 1
        return self.looks == self._merged

    @property
    def vigil(self) -> Vigil:
        return Vigil(clock=lambda: self.now, sleep=self.sleep, moved=self.moved)


@given(st.integers(1, 7_200), st.sampled_from([0.9, 1.0, 1.0001]))
def test_a_wait_ends_at_its_instant_and_never_before(seconds: int, slow: float) -> None:
    hand, instant = Hand(slow=slow), START + timedelta(seconds=seconds)
    assert hand.vigil.until(instant) is End.COME
    late = (hand.now - instant).total_seconds()
    assert 0 <= late <= max(0.0, slow - 1) * LOOK_SECONDS + 0.002
    assert max(hand.slept) <= LOOK_SECONDS
    assert hand.looks == len(hand.slept)


@pytest.mark.parametrize("seconds", [0, -1, -86_400])
def test_what_is_past_is_not_waited_for(seconds: int) -> None:
    hand = Hand()
    assert hand.vigil.until(START + timedelta(seconds=seconds)) is End.COME
    assert hand.slept == []


def test_a_person_stops_it_at_once() -> None:
    hand = Hand(stopped=3)
    assert hand.vigil.until(START + timedelta(hours=1)) is End.STOPPED
    assert len(hand.slept) == 3


def test_newer_words_end_it_unless_nobody_is_to_look() -> None:
    hour = START + timedelta(hours=1)
    assert Hand(merged=2).vigil.until(hour) is End.MOVED
    deaf = Hand(merged=2)
    assert deaf.vigil.until(hour, looking=False) is End.COME
    assert deaf.looks == 0
