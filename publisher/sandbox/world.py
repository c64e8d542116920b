"""What the sandbox's networks remember: posts, pictures and small notes, in one SQLite file.

Threads and processes may share the file; every request is one transaction, so a crash leaves no half of it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any
from weakref import finalize

from publisher.model import Json

SCHEMA = """
CREATE TABLE IF NOT EXISTS posts (
  seq INTEGER PRIMARY KEY, network TEXT NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL, url TEXT NOT NULL,
  text TEXT NOT NULL, created TEXT NOT NULL, reply_to TEXT NOT NULL, media TEXT NOT NULL, native TEXT NOT NULL,
  UNIQUE (network, id)
);
CREATE TABLE IF NOT EXISTS notes (network TEXT, key TEXT, value TEXT NOT NULL, PRIMARY KEY (network, key));
CREATE TABLE IF NOT EXISTS blobs (digest TEXT PRIMARY KEY, mime TEXT NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS mishaps (
  seq INTEGER PRIMARY KEY, network TEXT NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL, times INTEGER NOT NULL,
  skip INTEGER NOT NULL
);
"""

ACTS = frozenset({"create", "upload", "edit", "withdraw"})
COLUMNS = "network, id, account, url, text, created, reply_to, media, native"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture under a published post: its alt text and the digest of its bytes in the sandbox."""

    alt: str
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One post on a network of the sandbox. `native` is what its page shows besides: a card, a warning, tags."""

    network: str
    account: str
    id: str
    url: str
    text: str
    created: datetime
    reply_to: str = ""
    media: tuple[Picture, ...] = ()
    native: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault dialled in: it meets `times` requests of the network, once `skip` of them went well."""

    network: str
    kind: str
    target: str
    times: int
    skip: int = 0


class World:
    """The memory of every network in a sandbox. `now` is the instant of the request being answered."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._turn = RLock()
        self._now: datetime | None = None
        self._connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        finalize(self, self._connection.close)  # whoever forgets to close a world has let go of it all the same
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(SCHEMA)

    def forget(self) -> None:
        """Empties every network, for whoever has the file open too."""
        for table in ("posts", "notes", "blobs", "mishaps"):
            self._ask(f"DELETE FROM {table}")  # noqa: S608 - our own tables

    def close(self) -> None:
        """Lets go of the file."""
        with self._turn:
            self._connection.close()

    @property
    def now(self) -> datetime:
        """The instant of the request in hand."""
        return self._now or datetime.now(UTC)

    @contextmanager
    def turn(self, now: datetime) -> Iterator[None]:
        """One request, answered at `now`, whole or not at all; other threads and processes wait for their turn."""
        with self._turn:
            self._now = now
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _ask(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that a statement gives; none for one that only changes something."""
        with self._turn:
            return self._connection.execute(question, values).fetchall()

    # --- posts

    def publish(self, post: Published) -> None:
        """Adds a post; an id that exists already is a mistake of the stand-in."""
        self._ask(
            f"INSERT INTO posts ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - our own column names
            post.network,
            post.id,
            post.account,
            post.url,
            post.text,
            post.created.isoformat(),
            post.reply_to,
            _written(post.media),
            json.dumps(dict(post.native)),
        )

    def posts(self, network: str = "", account: str = "") -> Sequence[Published]:
        """Every post, the oldest first, of one network or account if named."""
        chosen = "WHERE (? = '' OR network = ?) AND (? = '' OR account = ?) ORDER BY seq"
        rows = self._ask(f"SELECT {COLUMNS} FROM posts {chosen}", network, network, account, account)  # noqa: S608 - ours
        return [_published(row) for row in rows]

    def post(self, network: str, id: str) -> Published | None:  # noqa: A002 - the networks' own word
        """The post of that id, or None."""
        rows = self._ask(f"SELECT {COLUMNS} FROM posts WHERE network = ? AND id = ?", network, id)  # noqa: S608 - ours
        return next(map(_published, rows), None)

    def revise(self, post: Published, before: str = "") -> None:
        """Puts a post in the place of the one whose id was `before`, its own by default; answers follow it."""
        changed = "id = ?, url = ?, text = ?, reply_to = ?, media = ?, native = ?"
        self._ask(
            f"UPDATE posts SET {changed} WHERE network = ? AND id = ?",  # noqa: S608 - our own column names
            post.id,
            post.url,
            post.text,
            post.reply_to,
            _written(post.media),
            json.dumps(dict(post.native)),
            post.network,
            before or post.id,
        )
        if before:
            moved = "UPDATE posts SET reply_to = ? WHERE network = ? AND reply_to = ?"
            self._ask(moved, post.id, post.network, before)

    def remove(self, network: str, id: str) -> bool:  # noqa: A002 - the networks' own word
        """Whether there was such a post to remove; the comments inside it go with it."""
        inside = "DELETE FROM posts WHERE network = ? AND reply_to = ? AND json_extract(native, '$.kind') = 'comment'"
        self._ask(inside, network, id)
        return bool(self._ask("DELETE FROM posts WHERE network = ? AND id = ? RETURNING id", network, id))

    # --- notes: whatever a stand-in must remember between requests

    def note(self, network: str, key: str, value: Json) -> None:
        """Remembers a value under a key, replacing what was there."""
        self._ask("INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", network, key, json.dumps(value))

    def recall(self, network: str, key: str) -> Json:
        """The value noted under that key, or None."""
        rows = self._ask("SELECT value FROM notes WHERE network = ? AND key = ?", network, key)
        return json.loads(rows[0][0]) if rows else None

    def count(self, network: str, counter: str = "id") -> int:
        """The next number of a counter, from 1."""
        last = self.recall(network, f"counter:{counter}")
        number = (last if isinstance(last, int) else 0) + 1
        self.note(network, f"counter:{counter}", number)
        return number

    def tally(self, network: str, act: str) -> int:
        """How many requests of the network did that: create, upload, edit or withdraw."""
        counted = self.recall(network, f"counter:act:{act}")
        return counted if isinstance(counted, int) else 0

    # --- pictures

    def keep(self, content: bytes, mime: str) -> str:
        """The digest under which these bytes are kept."""
        digest = hashlib.sha256(content).hexdigest()
        self._ask("INSERT OR IGNORE INTO blobs VALUES (?, ?, ?)", digest, mime, content)
        return digest

    def picture(self, digest: str) -> tuple[bytes, str] | None:
        """The bytes and type kept under that digest, or None."""
        rows = self._ask("SELECT bytes, mime FROM blobs WHERE digest = ?", digest)
        return (rows[0][0], rows[0][1]) if rows else None

    # --- faults

    def dial(self, network: str, kind: str, *, target: str = "create", times: int = 1, skip: int = 0) -> None:
        """Makes the next `times` requests to the network go wrong, once `skip` of them went well.

        `target` is what they do (create, upload, edit, withdraw), any, or a part of their path.
        """
        dialled = "INSERT INTO mishaps (network, kind, target, times, skip) VALUES (?, ?, ?, ?, ?)"
        self._ask(dialled, network, kind, target, times, skip)

    def clear_faults(self) -> None:
        """Forgets every fault still dialled in."""
        self._ask("DELETE FROM mishaps")

    def faults(self) -> Sequence[Fault]:
        """Every fault still dialled in."""
        rows = self._ask("SELECT network, kind, target, times, skip FROM mishaps ORDER BY seq")
        return [Fault(network=row[0], kind=row[1], target=row[2], times=row[3], skip=row[4]) for row in rows]

    def next_fault(self, network: str, path: str, act: str) -> str:
        """The kind of fault that a request meets, used up by one; empty for none, and for one that is let pass."""
        chosen = "SELECT seq, kind, target, skip FROM mishaps WHERE network IN (?, '*') ORDER BY seq"
        for seq, kind, target, skip in self._ask(chosen, network):
            if target != "any" and (target != act if target in ACTS else target not in path):
                continue
            spent = "skip = skip - 1" if skip else "times = times - 1"
            self._ask(f"UPDATE mishaps SET {spent} WHERE seq = ?", seq)  # noqa: S608 - one of two texts of ours
            self._ask("DELETE FROM mishaps WHERE times <= 0")
            return "" if skip else str(kind)
        return ""


def _written(media: Sequence[Picture]) -> str:
    return json.dumps([{"alt": picture.alt, "digest": picture.digest} for picture in media])


def _published(row: Sequence[str]) -> Published:
    network, identity, account, url, text, created, reply_to, media, native = row
    return Published(
        network=network,
        id=identity,
        account=account,
        url=url,
        text=text,
        created=datetime.fromisoformat(created),
        reply_to=reply_to,
        media=tuple(Picture(**picture) for picture in json.loads(media)),
        native=json.loads(native),
    )


def listed(world: World) -> list[dict[str, object]]:
    """Everything the world's networks hold, as a machine reads it."""
    return [
        {
            "network": post.network,
            "account": post.account,
            "id": post.id,
            "url": post.url,
            "text": post.text,
            "created": post.created.isoformat(),
            "reply_to": post.reply_to or None,
            "media": [{"alt": picture.alt} for picture in post.media],
        }
        for post in world.posts()
    ]
