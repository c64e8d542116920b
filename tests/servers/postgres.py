"""A real PostgreSQL of this machine's own binaries: on a Unix socket in a folder that goes with it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

START_SECONDS = 60
STOP_SECONDS = 20
NOT_WORTH_KEEPING = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True, kw_only=True)
class PostgreSQL:
    """A running server that lets everybody on this machine in."""

    folder: Path
    process: subprocess.Popen[bytes]
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def address(self, name: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgresql://publisher@/{name}?host={self.folder}"

    def make(self) -> str:
        """The address of a new and empty database."""
        name = f"ledger{next(self._numbers)}_{os.getpid()}"
        self.ask(f"CREATE DATABASE {name}")
        return self.address(name)

    def ask(self, statement: str, address: str = "") -> list[tuple[Any, ...]]:
        """What a statement gives, committed by itself."""
        import psycopg

        with closing(psycopg.connect(address or self.address(), autocommit=True)) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL on this machine, where Debian puts it or on PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def serving() -> Iterator[PostgreSQL]:
    """A server until the end of the block; a test that asks where there is none is skipped."""
    place = binaries()
    if place is None:
        pytest.skip("no PostgreSQL on this machine (apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    who: dict[str, Any] = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        who = {"user": "postgres", "group": "postgres", "extra_groups": ()}
        shutil.chown(folder, "postgres", "postgres")
    try:
        options = ("-U", "publisher", "-A", "trust", "-E", "UTF8", "--no-sync")
        made = (str(place / "initdb"), "-D", str(folder / "db"), *options)
        subprocess.run(made, cwd=folder, check=True, capture_output=True, timeout=START_SECONDS, **who)
        with _running(place / "postgres", folder, who) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(program: Path, folder: Path, who: dict[str, Any]) -> Iterator[PostgreSQL]:
    settings = ("listen_addresses=", f"unix_socket_directories={folder}", "max_connections=60", *NOT_WORTH_KEEPING)
    command = (str(program), "-D", str(folder / "db"), *(word for one in settings for word in ("-c", one)))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT, **who)
    server = PostgreSQL(folder=folder, process=process)
    try:
        _wait(server)
        yield server
    finally:
        process.send_signal(signal.SIGINT)  # its "fast shutdown"
        process.wait(STOP_SECONDS)


def _wait(server: PostgreSQL) -> None:
    import psycopg

    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.process.poll() is None:
        try:
            server.ask("SELECT 1")
        except psycopg.OperationalError:
            try:
                server.process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
        else:
            return
    pytest.fail(f"PostgreSQL did not answer: {(server.folder / 'log').read_text(errors='replace')[-600:]}")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A server for all tests of this process that ask for one."""
    with serving() as server:
        yield server
