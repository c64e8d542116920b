"""A ledger that lives as long as its `Memory`: for tests and rehearsals, with the very rules of the one in git."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from publisher.ledger.claims import Entry, Publication, Seen, events_of, publications
from publisher.ledger.events import Event
from publisher.ledger.memory import Ledger
from publisher.ledger.story import Story


@dataclass(frozen=True, slots=True)
class Memory:
    """What several ledgers share."""

    events: dict[str, tuple[Event, ...]] = field(default_factory=dict)
    settled: dict[str, str] = field(default_factory=dict)
    claims: count[int] = field(default_factory=count)
    lock: threading.RLock = field(default_factory=threading.RLock)


class InMemoryLedger(Ledger):
    """One runner's view of a `Memory`."""

    def __init__(self, memory: Memory | None = None, *, clock: Callable[[], datetime]) -> None:
        self._memory = memory or Memory()
        self._clock = clock
        self._seen = Seen()

    def refresh(self) -> None:
        """Nothing: a memory is always fresh."""

    def read(self, posts: Iterable[str]) -> Mapping[str, Story]:
        with self._memory.lock:
            return self._seen.note(self.glance(posts))

    def glance(self, posts: Iterable[str]) -> Mapping[str, Story]:
        with self._memory.lock:
            return {post: self._story(post) for post in posts}

    def recent(self, since: datetime) -> Sequence[Publication]:
        with self._memory.lock:
            found = [one for post, events in self._memory.events.items() for one in publications(post, events)]
        return sorted((one for one in found if one.at >= since), key=lambda one: one.at)

    def settled(self, paths: Iterable[str] | None = None) -> Mapping[str, str]:
        known = dict(self._memory.settled)
        return known if paths is None else {path: known[path] for path in paths if path in known}

    def unfinished(self) -> Collection[str]:
        with self._memory.lock:
            return tuple(post for post in self._memory.events if self._story(post).is_unfinished)

    def write(self, entry: Entry) -> None:
        with self._memory.lock:
            stories = {post: self._story(post) for post in entry.claimed}
            nonce = f"{next(self._memory.claims):x}"
            made = events_of(entry, stories, self._seen, self._clock(), nonce)
            self._append({post: [one for one in new if one not in self._of(post)] for post, new in made.items()})
            self._memory.settled.update(entry.settled)

    def _of(self, post: str) -> tuple[Event, ...]:
        return self._memory.events.get(post, ())

    def _story(self, post: str) -> Story:
        return Story(post=post, events=self._of(post))

    def _append(self, events: Mapping[str, Sequence[Event]]) -> None:
        for post, new in events.items():
            self._memory.events[post] = (*self._of(post), *new)
            self._seen.add(post, new)
