"""Patience: only what is safe is repeated, only inside the budget, and a call to stop ends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from publisher.delivery.retry import patience
from publisher.errors import Deferred, DeliveryError, Rejected, Uncertain

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def calls(*answers: DeliveryError | str) -> tuple[Callable[[], str], list[int]]:
    left, made = list(answers), []

    def call() -> str:
        made.append(1)
        answer = left.pop(0)
        if isinstance(answer, DeliveryError):
            raise answer
        return answer

    return call, made


@pytest.mark.parametrize("error", [Rejected("no"), Uncertain("maybe")])
def test_what_may_be_live_or_was_refused_is_not_repeated(error: DeliveryError) -> None:
    call, made = calls(error, "never")
    with pytest.raises(type(error)):
        patience(clock=lambda: NOW, stop=Event())(call)
    assert len(made) == 1


def test_what_was_not_sent_is_repeated() -> None:
    call, made = calls(Deferred("busy", until=NOW), Deferred("busy", until=NOW), "done")
    assert patience(clock=lambda: NOW, stop=Event())(call) == "done"
    assert len(made) == 3


def test_a_wait_beyond_the_budget_is_given_back_at_once() -> None:
    call, made = calls(Deferred("tomorrow", until=NOW + timedelta(hours=12)), "never")
    with pytest.raises(Deferred, match="tomorrow"):
        patience(clock=lambda: NOW, stop=Event())(call)
    assert len(made) == 1


def test_nothing_is_repeated_after_a_call_to_stop() -> None:
    stop = Event()
    stop.set()
    call, made = calls(Deferred("busy"), "never")
    with pytest.raises(Deferred):
        patience(clock=lambda: NOW, stop=stop)(call)
    assert len(made) == 1


def test_patience_ends_after_four_tries() -> None:
    call, made = calls(*[Deferred("busy", until=NOW)] * 9)
    with pytest.raises(Deferred):
        patience(clock=lambda: NOW, stop=Event())(call)
    assert len(made) == 4
