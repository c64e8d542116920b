"""A database that holds ledgers: their tables, transactions on them, and its troubles in words a person can act on.

    <prefix>ledger    one row: the version of these tables, and what was pending when somebody last looked
    <prefix>events    every post's story, one event a row, numbered from 1; only ever added to
    <prefix>begun     the posts that are in doubt or live in part, by id
    <prefix>settled   the blob of every post that is completely done, by path

A row of `events` is a line as git's ledger writes it. Two runners that add to one story at once choose the same number,
and the second one is refused: no lock is held while a runner thinks, and runners of different posts never meet.
"""

from __future__ import annotations

import logging
import re
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from msgspec import Struct
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError, SQLAlchemyError

from publisher.errors import ConfigError, LedgerError

VERSION = 1

_LOCK_SECONDS = 30
_MAKING = 5_027_814  # any number that all runners agree on while they make the tables
_RACES = ("40001", "40P01")  # PostgreSQL's serialization_failure and deadlock_detected
_DRIVER = "postgresql+psycopg"
_QUERY = {
    "application_name": "publisher",
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "tcp_user_timeout": "60000",
}
# A runner that is stopped in the middle of a write (a closed lid) loses its transaction, not everybody else theirs.
_SESSION = "SET lock_timeout = '30s'; SET statement_timeout = '120s'; SET idle_in_transaction_session_timeout = '60s'"


class Raced(LedgerError):
    """Somebody else wrote first; nothing of this transaction was written."""


class Unreachable(LedgerError):
    """The connection could not be made, or was lost: what it was about to commit may be written or not."""


class Tables(Struct, frozen=True, kw_only=True):
    """The tables of one ledger."""

    made: sql.MetaData
    ledger: sql.Table
    events: sql.Table
    settled: sql.Table
    begun: sql.Table


def tables(prefix: str) -> Tables:
    """The tables whose names begin with `prefix`.

    `live` is when an event put a post on a channel, in µs since 1970. `settles` counts the writes to `settled`; at that
    count, every post of the tree `looked` was settled as it stood, but those of the JSON in `pending`.
    """
    made = sql.MetaData()
    events = sql.Table(
        f"{prefix}events",
        made,
        sql.Column("post", sql.Text, primary_key=True),
        sql.Column("number", sql.Integer, primary_key=True, autoincrement=False),
        sql.Column("line", sql.Text, nullable=False),
        sql.Column("live", sql.BigInteger),
    )
    live = events.c.live.is_not(None)
    sql.Index(f"{prefix}events_live", events.c.live, sqlite_where=live, postgresql_where=live)
    path, blob = sql.Column("path", sql.Text, primary_key=True), sql.Column("blob", sql.Text, nullable=False)
    ledger = sql.Table(
        f"{prefix}ledger",
        made,
        sql.Column("version", sql.Integer, nullable=False),
        sql.Column("settles", sql.BigInteger, nullable=False),
        sql.Column("looked", sql.Text, nullable=False),
        sql.Column("pending", sql.Text, nullable=False),
    )
    settled = sql.Table(f"{prefix}settled", made, path, blob)
    begun = sql.Table(f"{prefix}begun", made, sql.Column("post", sql.Text, primary_key=True))
    return Tables(made=made, ledger=ledger, events=events, settled=settled, begun=begun)


def parse_address(text: str) -> sql.URL:
    """The address of a database as a person writes it: `sqlite:/a/file.db` or `postgresql://user:password@host/name`.

    Raises ConfigError, which never repeats the address.
    """
    scheme, _, rest = text.strip().partition(":")
    if scheme in {"postgresql", "postgres", _DRIVER}:
        try:
            url = sql.make_url(f"{_DRIVER}:{rest}")
        except (ArgumentError, ValueError):
            raise _wrong_address() from None  # its words may hold the password
        return url.set(query={**_QUERY, **url.query})
    path = rest.removeprefix("//").removeprefix("/") if rest.startswith("///") else rest
    if scheme != "sqlite" or not path.startswith("/"):
        raise _wrong_address()
    return file_address(Path(path))


def file_address(path: Path) -> sql.URL:
    """The address of an SQLite file."""
    return sql.URL.create("sqlite", database=str(path))


def _wrong_address() -> ConfigError:
    return ConfigError(
        "the address of the ledger cannot be read; it is not shown, for it may hold a password",
        hint="postgresql://user:password@host/name, or sqlite:/absolute/path/ledger.db",
    )


class Database:
    """The tables of one ledger; made at first use where there are none.

    Raises ConfigError where the driver is not installed.
    """

    def __init__(self, url: sql.URL, prefix: str) -> None:
        try:
            self._engine = _engine(url)
        except ImportError as error:
            told = "the ledger is in PostgreSQL, and psycopg is not installed"
            raise ConfigError(told, hint="pip install 'publisher-pipeline[postgres]'") from error
        self.tables = tables(prefix)
        self.place = url.database if _is_file(url) else f"{url.host or url.query.get('host') or 'here'}/{url.database}"
        self._password = str(url.password or "")
        self._is_open = False
        self._opened: tuple[int, int] | None = None
        weakref.finalize(self, self._engine.dispose)

    def open(self) -> None:
        """Make the tables where there are none. Raises LedgerError, also where they are of another version.

        And where the file is not the one that was opened first, for what is written there is lost.
        """
        if self._is_open:
            if self._file() != self._opened:
                told = f"the ledger in {self.place} was deleted or replaced while it was in use"
                raise LedgerError(told, hint="ask the networks what is live: publisher status --rebuild")
            return
        found = self.version()
        if found is None or (found == VERSION and not self._is_whole()):
            found = self._make()
        if found != VERSION:
            raise LedgerError(
                f"the ledger in {self.place} is of version {found}, and this publisher knows version {VERSION}",
                hint="pip install --upgrade publisher-pipeline, on every machine that publishes",
            )
        self._is_open, self._opened = True, self._file()

    def _file(self) -> tuple[int, int] | None:
        """What tells the file from another of its name; None where it is gone, and for a server."""
        try:
            found = Path(str(self.place)).stat() if self._engine.dialect.name == "sqlite" else None
        except OSError:
            return None
        return (found.st_dev, found.st_ino) if found else None

    def version(self) -> int | None:
        """The version of the tables, None where there are none yet."""
        with self._begin() as connection:
            there = sql.inspect(connection).has_table(self.tables.ledger.name)
            return self._version(connection) or 0 if there else None

    def _is_whole(self) -> bool:
        """Whether the tables are those of this publisher; an older one of this version made fewer."""
        with self._begin() as connection:
            return bool(sql.inspect(connection).has_table(self.tables.begun.name))

    @contextmanager
    def transaction(self, *, writes: bool = False) -> Iterator[sql.Connection]:
        """A transaction on the tables, committed at the end of the block. Raises Raced, Unreachable, LedgerError."""
        self.open()
        with self._begin(writes=writes) as connection:
            yield connection

    @contextmanager
    def _begin(self, *, writes: bool = False) -> Iterator[sql.Connection]:
        try:
            begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
            with self._engine.connect().execution_options(begin=begin) as connection, connection.begin():
                yield connection
        except SQLAlchemyError as error:
            raise self._trouble(error) from error

    def _make(self) -> int:
        """The version of the tables, once this runner or another has made them."""
        if self._engine.dialect.name == "sqlite":
            self._write_ahead()
        with self._begin(writes=True) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sql.select(sql.func.pg_advisory_xact_lock(_MAKING)))
            self.tables.made.create_all(connection)
            known = self._version(connection)
            if known is None:
                first = {"version": VERSION, "settles": 0, "looked": "", "pending": "{}"}
                connection.execute(sql.insert(self.tables.ledger).values(first))
            return VERSION if known is None else known

    def _version(self, connection: sql.Connection) -> int | None:
        return connection.execute(sql.select(self.tables.ledger.c.version)).scalar()

    def _write_ahead(self) -> None:
        """Have SQLite write ahead, so that nobody who reads waits for one who writes; the file remembers it."""
        try:
            with self._engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        except SQLAlchemyError as error:
            raise self._trouble(error) from error

    def _trouble(self, error: SQLAlchemyError) -> LedgerError:
        """The error a person can act on, made of the database's own words."""
        cause = getattr(error, "orig", None) or error
        said = " ".join(str(cause).split())[:300]
        if self._password:
            said = said.replace(self._password, "…")
        if isinstance(error, IntegrityError) or getattr(cause, "sqlstate", "") in _RACES:
            return Raced(said)
        hint = next((hint for pattern, hint in _ADVICE if re.search(pattern, said, re.IGNORECASE)), "")
        told = f"the ledger in {self.place} cannot be used: {said}"
        return Unreachable(told, hint=hint or _AWAY) if _is_lost(error, cause) else LedgerError(told, hint=hint)


_AWAY = "the database cannot be reached; nothing is sent without it"
_ADVICE = (
    (r"password|authentication|pg_hba|role .* does not exist", "check the user and the password in the address"),
    (r"database .* does not exist", "make the database, or check its name in the address"),
    (r"not a database|malformed|corrupt", "put a copy of the file back; without it posts would be sent again"),
    (r"unable to open", "its folder must exist, and this user must be able to write there"),
    (r"read-?only|permission denied", "let this user write there"),
    (r"locked|lock timeout", f"another process has held it for {_LOCK_SECONDS} seconds; end that one, or run again"),
    (r"disk.*full|no space", "make room on the disk"),
    (r"disk i/o error", "make room on the disk; if there is some, it may be failing"),
)


def _is_lost(error: SQLAlchemyError, cause: BaseException) -> bool:
    """Whether the connection was never made or is gone, rather than a statement refused."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError) and getattr(cause, "sqlstate", "") is None


def _is_file(url: sql.URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _engine(url: sql.URL) -> sql.Engine:
    """One connection, kept; what it is asked to write is never in an error."""
    same: dict[str, Any] = {"hide_parameters": True, "pool_size": 1, "max_overflow": 0}
    if not _is_file(url):
        # Prepared statements would not survive a pooler that gives every transaction another connection.
        same |= {"isolation_level": "READ COMMITTED", "use_native_hstore": False}
        logging.getLogger("psycopg").setLevel(logging.CRITICAL)  # a lost connection is told by its error
        engine = sql.create_engine(url, connect_args={"prepare_threshold": None}, **same)
        sql.event.listen(engine, "connect", _set_session)
        return engine
    # Python would begin transactions by itself, and too late: the lock is to be had before anything is read.
    same |= {"connect_args": {"timeout": _LOCK_SECONDS, "isolation_level": None}, "poolclass": sql.QueuePool}
    engine = sql.create_engine(url, **same)
    sql.event.listen(engine, "connect", _set_file)
    sql.event.listen(engine, "begin", _begin_file)
    return engine


def _set_session(connection: Any, _record: object) -> None:
    connection.execute(_SESSION)
    connection.commit()


def _set_file(connection: Any, _record: object) -> None:
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    connection.execute("PRAGMA synchronous = FULL")


def _begin_file(connection: sql.Connection) -> None:
    if begin := connection.get_execution_options().get("begin"):
        connection.exec_driver_sql(begin)
