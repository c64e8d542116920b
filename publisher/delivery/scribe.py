"""One pen for many channels: ledger writes of channels at work side by side are grouped into few commits."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock

from publisher.errors import Conflict, LedgerError
from publisher.ledger.claims import Claim, Entry
from publisher.ledger.events import Event
from publisher.ledger.memory import Ledger
from publisher.ledger.runner import Runner
from publisher.model import Attempt


@dataclass(slots=True)
class _Wish:
    """Something a channel waits to see written."""

    attempt: Attempt | None = None
    post: str = ""
    events: Sequence[Event] = ()
    done: bool = False
    error: LedgerError | None = None


@dataclass(slots=True)
class Scribe:
    """Writes to a ledger for many threads; every call returns when its words are durable.

    Whoever holds the pen writes for everybody who waits, so a slow push is shared and not repeated. Others are given a
    tenth of what the last write took to join.
    """

    ledger: Ledger
    runner: Runner
    pause: Callable[[float], None] = time.sleep
    _took: float = 0.0
    _waiting: list[_Wish] = field(default_factory=list)
    _queue: Lock = field(default_factory=Lock)
    _pen: Lock = field(default_factory=Lock)

    def claim(self, attempt: Attempt) -> None:
        """Records the intent to send one part. Raises Conflict when the part is not ours to send."""
        self._write(_Wish(attempt=attempt))

    def record(self, post: str, *events: Event) -> None:
        """Appends to the story of a post."""
        self._write(_Wish(post=post, events=events))

    def _write(self, wish: _Wish) -> None:
        with self._queue:
            self._waiting.append(wish)
        with self._pen:
            if not wish.done:
                self.pause(self._took / 10)
                began = time.monotonic()
                self._write_taken(self._take())
                self._took = time.monotonic() - began
        if wish.error:
            raise wish.error

    def _write_taken(self, wishes: list[_Wish]) -> None:
        """Writes, and tells everybody who waits when it could not be done, whatever went wrong."""
        try:
            self._write_all(wishes)
        except Exception as failure:
            for wish in wishes:
                if not wish.done:
                    wish.error, wish.done = LedgerError(f"not written: {failure}"), True
            raise

    def _take(self) -> list[_Wish]:
        with self._queue:
            taken, self._waiting = self._waiting, []
        return taken

    def _write_all(self, wishes: Sequence[_Wish]) -> None:
        """Writes all at once, without the claims that are refused; only who asked for one is told so."""
        error: LedgerError | None = None
        try:
            self.ledger.write(self._entry(wishes))
        except Conflict as conflict:
            left = [wish for wish in wishes if not self._refuse(wish, conflict)]
            return self._write_all(left) if left else None
        except LedgerError as failure:
            error = failure
        for wish in wishes:
            wish.error, wish.done = error, True
        return None

    @staticmethod
    def _refuse(wish: _Wish, conflict: Conflict) -> bool:
        """Whether the wish is one of those that the conflict is about, which is told so then."""
        key = wish.attempt.key if wish.attempt else ""
        if why := conflict.refused.get(key):
            wish.error, wish.done = Conflict(why, refused={key: why}), True
        return wish.done

    def _entry(self, wishes: Sequence[_Wish]) -> Entry:
        events: dict[str, list[Event]] = {}
        for wish in wishes:
            if wish.events:
                events.setdefault(wish.post, []).extend(wish.events)
        attempts = [wish.attempt for wish in wishes if wish.attempt]
        return Entry(events=events, claim=Claim(attempts=attempts, runner=self.runner))
