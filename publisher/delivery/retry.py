"""Patience: what is safe to send again is sent again, inside a budget; a longer wait is given back to the plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Event

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_attempt,
    stop_before_delay,
    stop_when_event_set,
)
from tenacity.wait import wait_base, wait_exponential

from publisher.errors import Deferred

TRIES, BUDGET_SECONDS = 4, 60.0


class _UntilToldTime(wait_base):
    """Waits until the instant the network named, or a little longer each time where it named none."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock, self._otherwise = clock, wait_exponential(multiplier=0.5, max=8)

    def __call__(self, retry_state: RetryCallState) -> float:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        until = error.until if isinstance(error, Deferred) else None
        return max(0.0, (until - self._clock()).total_seconds()) if until else self._otherwise(retry_state)


def patience(*, clock: Callable[[], datetime], stop: Event) -> Retrying:
    """A policy that repeats a call while it raises Deferred, at most TRIES times and BUDGET_SECONDS in all.

    Setting `stop` ends a wait at once, and nothing is repeated after it.
    """
    return Retrying(
        retry=retry_if_exception_type(Deferred),
        wait=_UntilToldTime(clock),
        stop=stop_after_attempt(TRIES) | stop_before_delay(BUDGET_SECONDS) | stop_when_event_set(stop),
        sleep=sleep_using_event(stop),
        reraise=True,
    )
