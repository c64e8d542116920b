"""Until when a runner may act on its claim: after that another may have taken the part over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from publisher.errors import Deferred
from publisher.ledger.runner import LEASE
from publisher.model import Receipt

MARGIN = timedelta(minutes=5)
"""How long before its claim ends a runner sends nothing more: longer than any one request takes."""


class Overtaken(Deferred):
    """The claim is nearly over; nothing may be sent, nor written, for that would end the claim of somebody else."""


class Fence:
    """The end of the claim in hand; a runner without one may send nothing."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock, self._end = clock, clock()

    def move(self, claimed: datetime) -> None:
        """Stands where a claim that was asked for at that instant nearly ends."""
        self._end = claimed + LEASE - MARGIN

    def check(self) -> None:
        """Nothing, while the claim lasts. Raises Overtaken."""
        if self._end <= self._clock():
            raise Overtaken("this run took too long, and another may have taken the part over")

    def around(self, call: Callable[[], Receipt]) -> Callable[[], Receipt]:
        """The call, refused when the claim is nearly over."""

        def fenced() -> Receipt:
            self.check()
            return call()

        return fenced
