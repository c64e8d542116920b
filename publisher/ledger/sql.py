"""The ledger in a database: an SQLite file for one machine, PostgreSQL for many, by the rules of the one in git."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import msgspec
import sqlalchemy as sql
from msgspec import Struct

from publisher.errors import LedgerError
from publisher.ledger.checkout import Checkout
from publisher.ledger.claims import Entry, Publication, Seen, events_of, publications
from publisher.ledger.database import Database, Raced, Unreachable, file_address, parse_address
from publisher.ledger.events import Event, decode, encode
from publisher.ledger.memory import Ledger
from publisher.ledger.story import Story

T = TypeVar("T")
Lines: TypeAlias = "Mapping[int, str]"

_PREFIX = "publisher_"
_REHEARSED = "publisher_sandbox_"
_TURNS = 40
_CHUNK = 1_000  # as many names as go into one question; SQLite takes no more than 32,766
_FEW = 1_000  # no more than that many pending posts are remembered
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def open_file(path: Path, checkout: Checkout, *, clock: Callable[[], datetime], name: str = "") -> SqlLedger:
    """The ledger in an SQLite file, which is made when it is first used; see SqlLedger for its `name`."""
    return SqlLedger(Database(file_address(path), _PREFIX), checkout, clock=clock, name=name)


def open_address(
    address: str,
    checkout: Checkout,
    *,
    clock: Callable[[], datetime],
    rehearsed: bool = False,
    pause: Callable[[float], None] = time.sleep,
    name: str = "",
) -> SqlLedger:
    """The ledger at that address; that of rehearsals is another file, or other tables. Raises ConfigError."""
    url = parse_address(address)
    if rehearsed and url.get_backend_name() == "sqlite":
        path = Path(str(url.database))
        return open_file(path.with_name(f"{path.stem}-sandbox{path.suffix}"), checkout, clock=clock)
    return SqlLedger(Database(url, _REHEARSED if rehearsed else _PREFIX), checkout, clock=clock, pause=pause, name=name)


class Look(Struct, frozen=True):
    """What was pending of a tree, by path, at that count of writes; `of` is empty where nobody looked.

    What was settled and is gone is there without a blob.
    """

    settles: int
    of: str
    pending: dict[str, str]


class SqlLedger(Ledger):
    """A `Ledger` in a database's tables, of the posts in a checkout.

    `clock` gives the aware instant of a write, `pause` waits between two tries. With a `name`, the clone remembers from
    the first write on that the ledger has begun, so that a new one is not taken for it.

    A write reads the stories it adds to, decides, and adds its lines under the next numbers; when another runner took
    one of them meanwhile, all of it is done again.
    """

    def __init__(
        self,
        database: Database,
        checkout: Checkout,
        *,
        clock: Callable[[], datetime],
        pause: Callable[[float], None] = time.sleep,
        name: str = "",
    ) -> None:
        self._name, self._is_noted = name, False
        self._database = database
        self._checkout = checkout
        self._ledger = database.tables.ledger
        self._events, self._settled = database.tables.events, database.tables.settled
        self._begun = database.tables.begun
        self._clock = clock
        self._pause = pause
        self._seen = Seen()
        self._lock = threading.RLock()

    @property
    def place(self) -> str:
        """Where it is, as a person may read it: a file, or a server and a database."""
        return str(self._database.place)

    def is_new(self) -> bool:
        """Whether nothing was ever remembered here. Raises LedgerError."""
        return self._database.version() is None

    def is_missed(self) -> bool:
        """Whether this clone has written to a ledger of that name; if this one is new, that one was lost."""
        return bool(self._name) and self._checkout.remembers(self._name)

    def refresh(self) -> None:
        """See `Ledger.refresh`; every read looks again, so it is only made sure that the tables are there."""
        self._do(lambda _: None)

    def forget(self) -> None:
        """Empties the ledger: for rehearsals. Raises LedgerError."""

        def write(connection: sql.Connection) -> None:
            for table in (self._events, self._settled, self._begun):
                connection.execute(sql.delete(table))
            connection.execute(sql.update(self._ledger).values(settles=self._ledger.c.settles + 1, looked=""))

        with self._lock:
            self._do(write, writes=True)
            self._seen = Seen()

    # --- reading ----------------------------------------------------------------------------------------------------

    def read(self, posts: Iterable[str]) -> Mapping[str, Story]:
        with self._lock:
            return self._seen.note(self.glance(posts))

    def glance(self, posts: Iterable[str]) -> Mapping[str, Story]:
        names = tuple(posts)
        return self._do(lambda connection: self._stories(connection, names))

    def recent(self, since: datetime) -> Sequence[Publication]:
        events = self._events.c
        asked = sql.select(events.post, events.line).where(events.live >= _micros(since))
        rows = self._do(lambda connection: connection.execute(asked).all())
        found = [one for post, line in rows for one in publications(post, decode(_text(line))[0])]
        return sorted(found, key=lambda one: one.at)

    def settled(self, paths: Iterable[str] | None = None) -> Mapping[str, str]:
        names = None if paths is None else tuple(paths)
        return self._do(lambda connection: self._blobs(connection, names))

    def unfinished(self) -> Collection[str]:
        asked = sql.select(self._begun.c.post)
        return self._do(lambda connection: tuple(connection.execute(asked).scalars()))

    def pending(self, folder: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """See `Mirror.pending`; what is settled with the words of a new path is given too, gone or not.

        What was found is remembered with git's tree of the folder, so that the next look costs what changed since. It
        compares every file where that tree is not in this clone, or somebody settled what was not pending.
        """
        tree = self._checkout.tree(folder)
        if not tree:
            return {}, {}
        last = self._do(self._look)
        here = f"{folder}/**/*.md"
        found, whole = self._since(last, here, tree)
        known = self.settled(None if whole or len(found) > _FEW else found) if whole or found else {}
        left = {path: blob for path, blob in found.items() if blob and known.get(path) != blob}
        gone = {path: blob for path, blob in known.items() if not found.get(path, "" if whole else blob)}
        kept = dict.fromkeys(sorted(gone, reverse=True)[: max(0, _FEW - len(left))], "")
        look = Look(last.settles, f"{here}:{tree}", left | kept)
        if look != last and len(left) <= _FEW:
            with suppress(LedgerError):  # only the next look's shortcut is missing
                self._do(lambda connection: self._remember(connection, look), writes=True)
        return left, gone | self._twins([blob for path, blob in left.items() if path not in known])

    def _twins(self, blobs: Sequence[str]) -> dict[str, str]:
        """What is settled with one of these very blobs, by path."""
        settled = self._settled.c
        asked = sql.select(settled.path, settled.blob)

        def find(connection: sql.Connection) -> dict[str, str]:
            chunks = [blobs[start : start + _CHUNK] for start in range(0, len(blobs), _CHUNK)]
            found = (connection.execute(asked.where(settled.blob.in_(chunk))) for chunk in chunks)
            return {path: blob for rows in found for path, blob in rows}

        return self._do(find) if blobs else {}

    def _since(self, last: Look, here: str, tree: str) -> tuple[dict[str, str], bool]:
        """The files that may be pending or gone: those of the last look and what changed since, or else all there are.

        And whether these are all.
        """
        where, _, old = last.of.rpartition(":")
        folder = here.partition("/**/")[0]
        changed = ({} if old == tree else self._checkout.changes(old, tree)) if where == here else None
        if whole := changed is None:
            last, changed = Look(0, "", {}), self._checkout.changes("", tree) or {}
        return last.pending | {f"{folder}/{path}": blob for path, blob in changed.items()}, whole

    def _look(self, connection: sql.Connection) -> Look:
        row = connection.execute(sql.select(self._ledger.c.settles, self._ledger.c.looked, self._ledger.c.pending))
        settles, looked, pending = row.one()
        try:
            return Look(settles, looked, msgspec.json.decode(pending, type=dict[str, str]))
        except (msgspec.DecodeError, UnicodeError):
            return Look(settles, "", {})

    def _remember(self, connection: sql.Connection, look: Look) -> None:
        """Keep the look, unless somebody settled anything since."""
        kept = {"looked": look.of, "pending": msgspec.json.encode(look.pending).decode()}
        connection.execute(sql.update(self._ledger).where(self._ledger.c.settles == look.settles).values(kept))

    def _blobs(self, connection: sql.Connection, names: Sequence[str] | None) -> dict[str, str]:
        settled = self._settled.c
        asked = sql.select(settled.path, settled.blob)
        if names is None:
            with connection.execute(asked, execution_options={"yield_per": 10 * _CHUNK}) as rows:
                return dict(iter(rows))
        keys = {_key(name): name for name in names}
        found = (connection.execute(asked.where(settled.path.in_(chunk))) for chunk in _chunks(keys))
        return {keys[path]: blob for rows in found for path, blob in rows}

    def _stories(self, connection: sql.Connection, posts: Sequence[str]) -> dict[str, Story]:
        lines = self._lines(connection, posts)
        return {post: self._story(post, lines.get(_key(post), {})) for post in posts}

    def _lines(self, connection: sql.Connection, posts: Iterable[str]) -> dict[str, dict[int, str]]:
        events = self._events.c
        asked = sql.select(events.post, events.number, events.line).order_by(events.post, events.number)
        lines: dict[str, dict[int, str]] = {}
        for chunk in _chunks(map(_key, posts)):
            for post, number, line in connection.execute(asked.where(events.post.in_(chunk))):
                lines.setdefault(post, {})[number] = _text(line)
        return lines

    def _story(self, post: str, lines: Lines) -> Story:
        events, complaints = decode("\n".join(lines.values()), f"{self._events.name}/{post}")
        return Story(post=post, events=events, complaints=complaints)

    def recall(self, blobs: Sequence[str]) -> Mapping[str, bytes]:
        return self._checkout.contents(blobs)

    # --- writing ----------------------------------------------------------------------------------------------------

    def write(self, entry: Entry) -> None:
        posts = tuple(dict.fromkeys((*entry.events, *entry.claimed)))
        nonce = os.urandom(6).hex()
        made: dict[str, Sequence[Event]] = {}

        def write(connection: sql.Connection) -> None:
            lines = self._lines(connection, posts)
            stories = {post: self._story(post, lines.get(_key(post), {})) for post in entry.claimed}
            made.update(events_of(entry, stories, self._seen, self._clock(), nonce))
            self._append(connection, made, lines)
            self._settle(connection, entry.settled)
            self._note_begun(connection, made)

        with self._lock:
            self._note_name()
            self._do(write, writes=True, patience=4 if entry.events else 2)
            for post, new in made.items():
                self._seen.add(post, new)

    def _note_begun(self, connection: sql.Connection, posts: Iterable[str]) -> None:
        """Keep those of these posts that are unfinished now, and no others of them; in order, as `_append` does."""
        stories = self._stories(connection, tuple(posts))
        left = sorted(_key(post) for post, story in stories.items() if story.is_unfinished)
        known = self._begun.c.post
        for chunk in _chunks(sorted(map(_key, stories))):
            connection.execute(sql.delete(self._begun).where(known.in_(chunk)))
        if left:
            connection.execute(sql.insert(self._begun), [{"post": post} for post in left])

    def _note_name(self) -> None:
        """Have this clone remember the ledger before anything is sent."""
        if self._name and not self._is_noted:
            self._checkout.remember(self._name)
            self._is_noted = True

    def _settle(self, connection: sql.Connection, paths: Mapping[str, str]) -> None:
        known = self._blobs(connection, tuple(paths))
        changed = {_key(path): blob for path, blob in sorted(paths.items()) if known.get(path) != blob}
        if changed:
            self._count(connection, changed)
        for chunk in _chunks(changed):
            connection.execute(sql.delete(self._settled).where(self._settled.c.path.in_(chunk)))
            connection.execute(sql.insert(self._settled), [{"path": path, "blob": changed[path]} for path in chunk])

    def _count(self, connection: sql.Connection, paths: Iterable[str]) -> None:
        """Count a write to `settled`, one runner after another; forget the last look where it was not pending."""
        connection.execute(sql.update(self._ledger).values(settles=self._ledger.c.settles + 1))
        if not set(paths) <= set(self._look(connection).pending):
            connection.execute(sql.update(self._ledger).values(looked=""))

    def _append(
        self, connection: sql.Connection, events: Mapping[str, Sequence[Event]], lines: Mapping[str, Lines]
    ) -> None:
        """Add what is not there yet; posts in order, so that two runners never wait for each other."""
        rows = [row for post in sorted(events) for row in _rows(_key(post), events[post], lines.get(_key(post), {}))]
        if rows:
            connection.execute(sql.insert(self._events), rows)

    def _do(self, work: Callable[[sql.Connection], T], *, writes: bool = False, patience: int = 2) -> T:
        """What `work` gives in a transaction, done again when others were quicker.

        A database that cannot be reached, or whose answer was lost, is tried `patience` times.
        """
        for turn in range(_TURNS):
            try:
                with self._database.transaction(writes=writes) as connection:
                    return work(connection)
            except Raced:
                self._pause(os.urandom(1)[0] / 255 * min(2.0, 0.02 * (2**turn - 1)))
            except Unreachable:
                patience -= 1
                if patience <= 0:
                    raise
                self._pause(min(2.0, 0.5 * 2**turn))
        raise LedgerError(f"the ledger could not be written: others were quicker {_TURNS} times", hint="run again")


def _rows(key: str, events: Sequence[Event], lines: Lines) -> Iterator[dict[str, Any]]:
    """The rows of those events that the story does not hold yet, under the next numbers."""
    known, number = set(lines.values()), max(lines, default=0)
    for event in events:
        line = _key(encode([event]).rstrip("\n"))
        if line not in known:
            number += 1
            live = next((_micros(one.at) for one in publications(key, [event])), None)
            yield {"post": key, "number": number, "line": line, "live": live}


def _key(text: str) -> str:
    """The text as every database can hold it; only a file's name in no known encoding is changed."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def _text(value: object) -> str:
    """A line of a story, whatever a hand has put there: one line, and never so empty that it would be passed over."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return " ".join(text.split("\n")).strip() or "(nothing)"


def _micros(instant: datetime) -> int:
    return (instant - _BEGINNING) // timedelta(microseconds=1)


def _chunks(names: Iterable[str]) -> Iterator[list[str]]:
    listed = list(names)
    return (listed[start : start + _CHUNK] for start in range(0, len(listed), _CHUNK))
