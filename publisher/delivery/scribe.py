"""One pen for many channels: ledger writes of channels at work side by side are grouped into few commits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock

from publisher.errors import Conflict, LedgerError
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
    path: str = ""
    blob: str = ""
    done: bool = False
    error: LedgerError | None = None


@dataclass(slots=True)
class Scribe:
    """Writes to a ledger for many threads; every call returns when its words are durable.

    Whoever holds the pen writes for everybody who waits, so a slow push is shared and not repeated.
    """

    ledger: Ledger
    runner: Runner
    _waiting: list[_Wish] = field(default_factory=list)
    _queue: Lock = field(default_factory=Lock)
    _pen: Lock = field(default_factory=Lock)

    def claim(self, attempt: Attempt) -> None:
        """Records the intent to send one part. Raises Conflict when the part is not ours to send."""
        self._write(_Wish(attempt=attempt))

    def record(self, post: str, *events: Event) -> None:
        """Appends to the story of a post."""
        self._write(_Wish(post=post, events=events))

    def settle(self, path: str, blob: str) -> None:
        """Remembers that a post is done on every channel."""
        self._write(_Wish(path=path, blob=blob))

    def _write(self, wish: _Wish) -> None:
        with self._queue:
            self._waiting.append(wish)
        with self._pen:
            if not wish.done:
                self._write_taken(self._take())
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

    def _write_all(self, wishes: list[_Wish]) -> None:
        told = [wish for wish in wishes if wish.events]
        claimed = [wish for wish in wishes if wish.attempt]
        finished = [wish for wish in wishes if wish.path]
        self._try(told, lambda: self.ledger.record(_by_post(told)))
        self._claim(claimed)
        self._try(finished, lambda: self.ledger.settle({wish.path: wish.blob for wish in finished}))

    def _claim(self, wishes: list[_Wish]) -> None:
        """Claims all that can be had at once; only who is refused is told so."""
        try:
            self._try(wishes, lambda: self.ledger.claim([w.attempt for w in wishes if w.attempt], self.runner))
        except Conflict as conflict:
            for wish in wishes:
                if wish.attempt and (why := conflict.refused.get(wish.attempt.key)):
                    wish.error, wish.done = Conflict(why, refused={wish.attempt.key: why}), True
            self._claim([wish for wish in wishes if not wish.done])

    @staticmethod
    def _try(wishes: list[_Wish], write: Callable[[], None]) -> None:
        if not wishes:
            return
        error: LedgerError | None = None
        try:
            write()
        except Conflict:
            raise
        except LedgerError as failure:
            error = failure
        for wish in wishes:
            wish.error, wish.done = error, True


def _by_post(wishes: Sequence[_Wish]) -> dict[str, list[Event]]:
    events: dict[str, list[Event]] = {}
    for wish in wishes:
        events.setdefault(wish.post, []).extend(wish.events)
    return events
