"""The ledger on a real PostgreSQL: who waits for whom, what a lost answer does, and what its troubles say."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.event import listen

from publisher.errors import Conflict, LedgerError
from publisher.ledger.checkout import Checkout
from publisher.ledger.events import Kind, received
from publisher.ledger.runner import Runner
from publisher.ledger.sql import SqlLedger, open_address
from tests.integration.ledgers import ME, NOW, YOU, attempt, environment, proof, repository

if TYPE_CHECKING:
    from .postgres import PostgreSQL

pytestmark = pytest.mark.servers

HOLD = "INSERT INTO publisher_events (post, number, line) VALUES ('agile', 1, '{}')"


@pytest.fixture
def address(postgresql: PostgreSQL) -> str:
    """The address of an empty database."""
    return postgresql.make()


def ledger(address: str, *, rehearsed: bool = False, pause: Callable[[float], None] = lambda _: None) -> SqlLedger:
    checkout = Checkout(Path.cwd())
    return open_address(address, checkout, clock=lambda: NOW, rehearsed=rehearsed, pause=pause)


@contextmanager
def held(address: str) -> Iterator[Callable[[], None]]:
    """Another runner in the middle of writing about `agile`; what is given makes it give up."""
    import psycopg

    with closing(psycopg.connect(address)) as connection:
        connection.execute(HOLD)
        yield connection.rollback


# --- who waits for whom ---------------------------------------------------------------------------------------------


def test_runners_of_different_posts_do_not_wait_for_each_other(address: str) -> None:
    mine = ledger(address)
    mine.refresh()
    with held(address):
        mine.claim([attempt("bread")], ME)
        assert mine.read(["agile"])["agile"].events == ()
        mine.settle({"content/bread.md": "b" * 40})


def test_runners_of_one_post_wait_for_whoever_writes_first(address: str) -> None:
    mine = ledger(address)
    mine.refresh()
    with held(address) as give_up, ThreadPoolExecutor(1) as pool:
        claim = pool.submit(mine.claim, [attempt()], ME)
        with pytest.raises(TimeoutError):
            claim.result(timeout=0.3)
        give_up()
        claim.result(timeout=20)
    assert [one.kind for one in mine.read(["agile"])["agile"].events] == [Kind.ATTEMPT]


def test_of_runners_that_decide_at_once_one_is_given_the_part(address: str) -> None:
    ledger(address).refresh()
    start = threading.Barrier(8)

    def run(number: int) -> bool:
        mine = ledger(address)
        mine.read(["agile"])
        start.wait()
        try:
            mine.claim([attempt()], Runner(host="h", pid=number))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(run, range(8))) == [False] * 7 + [True]


def test_of_posts_claimed_in_opposite_orders_neither_runner_hangs(address: str) -> None:
    posts = [f"post{number}" for number in range(20)]
    start = threading.Barrier(2)

    def run(order: list[str]) -> int:
        mine = ledger(address)
        mine.read(posts)
        start.wait()
        try:
            mine.claim([attempt(post) for post in order], ME)
        except Conflict:
            return 0
        return len(order)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, [posts, posts[::-1]])) == [0, 20]


def test_eight_runners_make_the_tables_at_once(address: str) -> None:
    start = threading.Barrier(8)

    def run(number: int) -> None:
        mine = ledger(address)
        start.wait()
        mine.record({"agile": [received(attempt(position=number), proof(number))]})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(8)))
    assert len(ledger(address).read(["agile"])["agile"].receipts("x")) == 8


def test_what_was_found_pending_is_not_kept_when_somebody_settled_meanwhile(address: str, tmp_path: Path) -> None:
    checkout = Checkout(repository(tmp_path / "r"), environment(tmp_path))
    mine, yours = (open_address(address, checkout, clock=lambda: NOW) for _ in range(2))
    everything = mine.pending("content")[0]
    mine.settle(everything)
    older = {"content/2026/p0.md": "0" * 40}

    def settle(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE publisher_ledger SET looked"):
            yours.settle(older)

    listen(mine._database._engine, "before_cursor_execute", settle)
    assert mine.pending("content")[0] == {}
    assert list(yours.pending("content")[0]) == list(older)


# --- lost connections -----------------------------------------------------------------------------------------------


class Relay:
    """A socket in the server's place; once armed, it breaks the connection at these words, done or not."""

    at = b"COMMIT\0"

    def __init__(self, postgresql: PostgreSQL, folder: Path, *, done: bool) -> None:
        self._server, self._done = postgresql.folder / ".s.PGSQL.5432", done
        self.armed, self.lost = False, 0
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / ".s.PGSQL.5432"))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(str(self._server))
            answers = threading.Thread(target=self._answer, args=(server, client), daemon=True)
            answers.start()
            with suppress(OSError):
                while (said := client.recv(65536)) and not self._breaks(said, server, client):
                    server.sendall(said)
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            answers.join()

    def _breaks(self, said: bytes, server: socket.socket, client: socket.socket) -> bool:
        if not (self.armed and self.at in said):
            return False
        self.armed, self.lost = False, self.lost + 1
        client.shutdown(socket.SHUT_RDWR)
        if self._done:
            server.sendall(said)
            server.shutdown(socket.SHUT_WR)
        return True

    @staticmethod
    def _answer(server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while heard := server.recv(65536):
                with suppress(OSError):
                    client.sendall(heard)


@pytest.fixture(params=[True, False], ids=["committed", "not-committed"])
def relay(request: pytest.FixtureRequest, postgresql: PostgreSQL) -> Iterator[tuple[Relay, Callable[[str], str]]]:
    """A relay, and what turns an address into one that leads through it."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="pg-relay-") as folder:
        made = Relay(postgresql, Path(folder), done=request.param)
        yield made, lambda address: address.replace(str(postgresql.folder), folder)
        made.close()


def test_a_claim_whose_answer_was_lost_is_made_once(relay: tuple[Relay, Callable[[str], str]], address: str) -> None:
    between, through = relay
    mine = ledger(through(address))
    mine.read(["agile"])
    between.armed = True
    mine.claim([attempt(), attempt("bread")], ME)
    assert between.lost == 1
    stories = ledger(address).read(["agile", "bread"])
    assert [[one.kind for one in story.events] for story in stories.values()] == [[Kind.ATTEMPT], [Kind.ATTEMPT]]
    with pytest.raises(Conflict, match="already"):
        mine.claim([attempt()], ME)


def test_a_record_whose_answer_was_lost_is_written_once(
    relay: tuple[Relay, Callable[[str], str]], address: str
) -> None:
    between, through = relay
    mine = ledger(through(address))
    mine.claim([attempt()], ME)
    between.armed = True
    mine.record({"agile": [received(attempt(), proof())]})
    assert between.lost == 1
    assert [one.kind for one in ledger(address).read(["agile"])["agile"].events] == [Kind.ATTEMPT, Kind.RECEIPT]


def test_a_connection_that_was_cut_while_idle_is_made_again(address: str, postgresql: PostgreSQL) -> None:
    mine = ledger(address)
    mine.read(["agile"])
    postgresql.ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid()",
        address,
    )
    mine.claim([attempt()], ME)
    assert mine.read(["agile"])["agile"].open_attempts("x")


def test_a_connection_that_is_cut_in_the_middle_of_a_write_is_made_again_without_a_word(
    relay: tuple[Relay, Callable[[str], str]], address: str, caplog: pytest.LogCaptureFixture
) -> None:
    between, through = relay
    mine = ledger(through(address))
    mine.claim([attempt(), attempt(position=1)], ME)
    between.armed, between.at = True, b"INSERT INTO publisher_events"
    mine.record({"agile": [received(attempt(position=number), proof(number)) for number in range(2)]})
    assert between.lost == 1
    assert len(ledger(address).read(["agile"])["agile"].receipts("x")) == 2
    assert [one.getMessage() for one in caplog.records if one.name.startswith("psycopg")] == []


def test_a_runner_that_stops_in_the_middle_is_put_out_after_a_minute(address: str) -> None:
    with ledger(address)._database.transaction() as connection:
        timeout = connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar()
    assert timeout == "1min"


# --- what it refuses ------------------------------------------------------------------------------------------------


def test_rehearsals_have_tables_of_their_own(address: str, postgresql: PostgreSQL) -> None:
    ledger(address, rehearsed=True).claim([attempt()], ME)
    names = {name for (name,) in postgresql.ask("SELECT tablename FROM pg_tables WHERE schemaname='public'", address)}
    assert "publisher_sandbox_events" in names
    assert all(name.startswith("publisher_sandbox_") for name in names)
    assert ledger(address).read(["agile"])["agile"].events == ()
    ledger(address).claim([attempt()], YOU)


def test_tables_of_another_version_are_left_alone(address: str, postgresql: PostgreSQL) -> None:
    ledger(address).refresh()
    postgresql.ask("UPDATE publisher_ledger SET version = 2", address)
    with pytest.raises(LedgerError, match="version 2, and this publisher knows version 1"):
        ledger(address).read(["agile"])


def test_a_database_that_is_not_there_is_said_so(postgresql: PostgreSQL) -> None:
    with pytest.raises(LedgerError, match='"nowhere" does not exist') as caught:
        ledger(postgresql.address("nowhere")).refresh()
    assert "check its name" in caught.value.hint


def test_a_user_that_is_not_known_is_told_without_the_password(postgresql: PostgreSQL) -> None:
    address = postgresql.address().replace("publisher@", "mallory:hunter2@")
    with pytest.raises(LedgerError, match="mallory") as caught:
        ledger(address).refresh()
    assert "hunter2" not in str(caught.value) + str(caught.value.__cause__)
    assert "user" in caught.value.hint


def test_a_password_that_the_server_repeats_is_taken_out(postgresql: PostgreSQL) -> None:
    address = postgresql.address().replace("publisher@", "hunter2:hunter2@")  # a user's name is no secret
    with pytest.raises(LedgerError, match='role "…" does not exist') as caught:
        ledger(address).refresh()
    assert "hunter2" not in str(caught.value)


def test_a_server_that_only_reads_is_said_so(address: str, postgresql: PostgreSQL) -> None:
    ledger(address).refresh()
    name = address.partition("?")[0].rpartition("/")[2]
    postgresql.ask(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    mine = ledger(address)
    assert mine.read(["agile"])["agile"].events == ()
    with pytest.raises(LedgerError, match="read-only") as caught:
        mine.claim([attempt()], ME)
    assert caught.value.hint == "let this user write there"


def test_a_user_that_may_not_make_tables_is_said_so(address: str, postgresql: PostgreSQL) -> None:
    postgresql.ask("REVOKE CREATE ON SCHEMA public FROM PUBLIC", address)  # as it is from PostgreSQL 15 on
    postgresql.ask("CREATE ROLE guest LOGIN")
    try:
        with pytest.raises(LedgerError, match="permission denied"):
            ledger(address.replace("publisher@", "guest@")).refresh()
    finally:
        postgresql.ask("DROP ROLE guest")
