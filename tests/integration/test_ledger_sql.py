"""The ledger in a database: what it takes, what it refuses, what it costs; and how publisher.yml chooses it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.event import listen

from publisher.cli.workspace import LARGE, Destination, Workspace
from publisher.errors import ConfigError, Conflict, LedgerError
from publisher.ledger.checkout import Checkout
from publisher.ledger.database import parse_address
from publisher.ledger.events import Kind, received, resolved
from publisher.ledger.objects import Pack
from publisher.ledger.sql import SqlLedger, open_address, open_file
from tests.integration.conftest import NOW as NOON
from tests.integration.conftest import ROOT, SETTINGS, Team
from tests.integration.console import Console, states
from tests.integration.ledgers import ME, NOW, attempt, environment, git, proof, repository

Open = Callable[[], SqlLedger]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def opened(file: Path, tmp_path: Path) -> SqlLedger:
    return open_file(file, Checkout(tmp_path), clock=lambda: NOW)


def write(file: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement, values)
        connection.commit()


# --- by hand --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["<<<<<<< oops", "", "{}", b"\xff\xfe", 7, "half a\nline"])
def test_a_broken_row_is_told_and_the_others_are_kept_through_later_writes(
    file: Path, opened: SqlLedger, line: object
) -> None:
    opened.record({"agile": [received(attempt(), proof())]})
    write(file, "INSERT INTO publisher_events (post, number, line) VALUES ('agile', 2, ?)", line)
    with pytest.raises(Conflict, match="nobody knows"):
        opened.claim([attempt(channel="mastodon")], ME)
    opened.record({"agile": [resolved(attempt(channel="mastodon"), NOW, posted=False)]})
    opened.claim([attempt(channel="mastodon")], ME)
    story = opened.read(["agile"])["agile"]
    assert [(one.path, one.line) for one in story.complaints] == [("publisher_events/agile", 2)]
    assert [one.kind for one in story.events] == [Kind.RECEIPT, Kind.UNREADABLE, Kind.RESOLVED, Kind.ATTEMPT]
    assert story.receipt("x", 0) == proof()


def test_what_cannot_be_read_of_the_last_look_is_looked_at_again(tmp_path: Path, file: Path) -> None:
    repository(tmp_path / "r")
    mine = open_file(file, Checkout(tmp_path / "r", environment(tmp_path)), clock=lambda: NOW)
    pending = mine.pending("content")[0]
    write(file, "UPDATE publisher_ledger SET pending = 'what'")
    assert len(pending) == 2
    assert mine.pending("content")[0] == pending


# --- what is refused ------------------------------------------------------------------------------------------------


def test_tables_of_another_version_are_left_alone(file: Path, opened: SqlLedger, tmp_path: Path) -> None:
    opened.claim([attempt()], ME)
    write(file, "UPDATE publisher_ledger SET version = 7")
    with pytest.raises(LedgerError, match=r"version 7, and this publisher knows version 1") as caught:
        open_file(file, Checkout(tmp_path), clock=lambda: NOW).read(["agile"])
    assert "upgrade" in caught.value.hint


def test_a_file_that_is_no_database_is_said_so_and_left_as_it_is(file: Path, opened: SqlLedger) -> None:
    file.write_text("My notes, which are precious to me.\n" * 99)
    with pytest.raises(LedgerError, match="is not a database") as caught:
        opened.claim([attempt()], ME)
    assert str(file) in str(caught.value)
    assert file.read_text().startswith("My notes")


def test_a_file_that_cannot_be_written_is_said_so(file: Path, opened: SqlLedger, tmp_path: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE other (one)")
    header = bytearray(file.read_bytes())
    header[18] = 3  # the format's "file format write version": one from the future makes the file read-only
    file.write_bytes(header)
    with pytest.raises(LedgerError, match="readonly") as caught:
        opened.claim([attempt()], ME)
    assert caught.value.hint == "let this user write there"


FULL = """
import resource, sys
from tests.integration.ledgers import ME, attempt
from tests.integration.test_ledger_sql import Checkout, LedgerError, NOW, Path, open_file
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
file = Path(sys.argv[1])
try:
    open_file(file, Checkout(file.parent), clock=lambda: NOW).claim([attempt()], ME)
except LedgerError as error:
    print(error.hint)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_file_that_cannot_grow_is_said_so(file: Path) -> None:
    """As on a disk so full that SQLite cannot even begin, in a process that may write no more than 20 kB."""
    said = subprocess.run([sys.executable, "-c", FULL, file], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout == "make room on the disk; if there is some, it may be failing\n"


@pytest.mark.parametrize("how", ["deleted", "replaced"])
def test_a_file_that_is_taken_away_in_the_middle_of_a_run_is_noticed(
    file: Path, opened: SqlLedger, tmp_path: Path, how: str
) -> None:
    """The system goes on writing into a file that no name leads to any more."""
    opened.claim([attempt()], ME)
    for left in file.parent.glob("ledger.db*"):
        left.unlink()
    if how == "replaced":
        open_file(file, Checkout(tmp_path), clock=lambda: NOW).refresh()
    for write in (lambda: opened.record({"agile": [received(attempt(), proof())]}), lambda: opened.read(["agile"])):
        with pytest.raises(LedgerError, match=r"ledger\.db was deleted or replaced while it was in use") as caught:
            write()
        assert "publisher status --rebuild" in caught.value.hint


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="unable to open") as caught:
        open_file(tmp_path / "none" / "ledger.db", Checkout(tmp_path), clock=lambda: NOW).refresh()
    assert "folder must exist" in caught.value.hint


def test_a_damaged_file_is_never_taken_for_a_new_one(file: Path, opened: SqlLedger, tmp_path: Path) -> None:
    opened.record({f"post{number}": [received(attempt(f"post{number}"), proof())] for number in range(200)})
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))
    with pytest.raises(LedgerError, match="malformed") as caught:
        open_file(file, Checkout(tmp_path), clock=lambda: NOW).read(["post1"])
    assert "put a copy" in caught.value.hint


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u:hunter2@[::1/x",
        "postgresql://u:hunter2@host:port/x",
        "mysql://u:hunter2@host/x",
        "sqlite:relative/hunter2.db",
        "hunter2",
        "",
    ],
)
def test_what_is_no_address_is_refused_and_never_repeated(address: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_address(address)
    assert "hunter2" not in str(caught.value) + caught.value.hint
    assert "postgresql://user:password@host/name" in caught.value.hint


@given(st.text())
def test_any_text_is_an_address_or_a_settings_error(text: str) -> None:
    for address in (text, f"postgresql://{text}", f"sqlite:/{text}"):
        try:
            assert parse_address(address).get_backend_name() in {"postgresql", "sqlite"}
        except ConfigError:
            continue


def test_an_unreachable_server_is_told_without_its_password(tmp_path: Path) -> None:
    address = f"postgresql://alice:hunter2@/team?host={tmp_path}"
    pauses: list[float] = []
    mine = open_address(address, Checkout(tmp_path), clock=lambda: NOW, pause=pauses.append)
    with pytest.raises(LedgerError, match="cannot be used") as caught:
        mine.claim([attempt()], ME)
    assert "nothing is sent without it" in caught.value.hint
    assert "hunter2" not in str(caught.value) + str(caught.value.__cause__) + repr(caught.value.__context__)
    assert f"{tmp_path}/team" in str(caught.value)
    assert len(pauses) == 1


def test_eight_runners_write_at_once_and_all_of_it_is_kept(file: Path, tmp_path: Path) -> None:
    start = threading.Barrier(8)
    turns = range(10)

    def run(number: int) -> None:
        mine = open_file(file, Checkout(tmp_path), clock=lambda: NOW)
        start.wait()
        for turn in turns:
            mine.record({"agile": [received(attempt(position=number * 100 + turn), proof(number))]})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(8)))
    story = open_file(file, Checkout(tmp_path), clock=lambda: NOW).read(["agile"])["agile"]
    assert len(story.receipts("x")) == 8 * len(turns)


# --- what is pending ------------------------------------------------------------------------------------------------


@pytest.fixture(params=["file", pytest.param("server", marks=pytest.mark.servers)])
def again(request: pytest.FixtureRequest, tmp_path: Path, file: Path) -> Open:
    """Opens one more view of a ledger beside a repository with four posts."""
    checkout = Checkout(repository(tmp_path / "r", posts=4), environment(tmp_path))
    if request.param == "file":
        return partial(open_file, file, checkout, clock=lambda: NOW)
    address = request.getfixturevalue("postgresql").make()
    return partial(open_address, address, checkout, clock=lambda: NOW)


def blob(text: str) -> str:
    return Pack().add("blob", text.encode())


BLOBS = {f"content/2026/p{number}.md": blob(f"Post {number}\n") for number in range(4)}


def test_what_is_pending_is_what_differs_from_the_commit(again: Open, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    assert [again().pending("content")[0] for _ in range(2)] == [BLOBS, BLOBS]
    again().settle({path: blob for path, blob in BLOBS.items() if not path.endswith("p3.md")})
    assert list(again().pending("content")[0]) == ["content/2026/p3.md"]
    (folder / "content/2026/loop.png").write_bytes(b"picture")
    (folder / "content/2026/p0.md").write_text("edited\n")
    (folder / "content/2026/p1.md").unlink()
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "Edit one, remove another")
    wanted = {"content/2026/p0.md": blob("edited\n"), "content/2026/p3.md": BLOBS["content/2026/p3.md"]}
    assert [again().pending("content")[0] for _ in range(2)] == [wanted, wanted]
    git(folder, "revert", "--no-edit", "HEAD")
    assert list(again().pending("content")[0]) == ["content/2026/p3.md"]
    assert again().pending("elsewhere")[0] == {}


def test_what_is_settled_and_gone_is_told_by_every_look(again: Open, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    again().settle(BLOBS)
    assert again().pending("content") == ({}, {})
    git(folder, "rm", "-q", "content/2026/p1.md")
    git(folder, "commit", "-q", "-m", "Remove one")
    gone = {"content/2026/p1.md": BLOBS["content/2026/p1.md"]}
    assert [again().pending("content") for _ in range(2)] == [({}, gone), ({}, gone)]
    again().settle({"content/2026/p2.md": blob("an older wording\n")})
    left = {"content/2026/p2.md": BLOBS["content/2026/p2.md"]}
    assert [again().pending("content") for _ in range(2)] == [(left, gone), (left, gone)]
    git(folder, "revert", "--no-edit", "HEAD")
    assert again().pending("content") == (left, {})


def test_a_look_where_nothing_changed_asks_git_and_the_database_once_each(again: Open) -> None:
    again().settle(BLOBS)
    assert again().pending("content")[0] == {}
    mine, asked = again(), list[str]()
    mine.refresh()
    listen(mine._database._engine, "before_cursor_execute", lambda *said: asked.append(said[2].split()[0]))
    assert mine.pending("content")[0] == {}
    assert [word for word in asked if word != "BEGIN"] == ["SELECT"]
    assert [call[0] for call in mine._checkout._git.calls[-2:]] == ["diff-tree", "rev-parse"]


def test_what_somebody_settles_otherwise_is_pending_again(again: Open) -> None:
    again().settle(BLOBS)
    assert again().pending("content")[0] == {}
    again().settle({"content/2026/p2.md": blob("an older wording\n")})
    assert list(again().pending("content")[0]) == ["content/2026/p2.md"]


def test_a_clone_without_the_tree_of_the_last_look_compares_every_file(again: Open, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    again().settle(BLOBS)
    assert again().pending("content")[0] == {}
    git(folder, "checkout", "-q", "--orphan", "fresh")
    (folder / "content/2026/new.md").write_text("new\n")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "Fresh")
    git(folder, "branch", "-q", "-D", "main")
    git(folder, "reflog", "expire", "--expire=now", "--all")
    git(folder, "gc", "-q", "--prune=now")
    assert list(again().pending("content")[0]) == ["content/2026/new.md"]


def test_a_repository_without_a_commit_is_said_so(tmp_path: Path, file: Path) -> None:
    (tmp_path / "r").mkdir()
    git(tmp_path / "r", "init", "-q")
    mine = open_file(file, Checkout(tmp_path / "r", environment(tmp_path)), clock=lambda: NOW)
    with pytest.raises(LedgerError, match="nothing is committed") as caught:
        mine.pending("content")
    assert caught.value.hint == "commit the posts first"


# --- publisher.yml --------------------------------------------------------------------------------------------------


def chosen(team: Team, ledger: str, **env: str) -> Console:
    """A terminal of a team whose ledger is there."""
    (team.root / "publisher.yml").write_text(f"ledger: {ledger}\n{SETTINGS}", encoding="utf-8")
    team.write("listening")
    team.commit()
    return Console(team.root, {**team.env, "PUBLISHER_SANDBOX": None, "PUBLISHER_NOW": None, "CI": None, **env})


def published(console: Console) -> set[str]:
    return set(states(console.inside("status", "--json", "--now", NOON).json).values())


def test_a_rehearsal_writes_into_a_file_of_its_own_that_forgetting_removes(team: Team) -> None:
    console = chosen(team, "sqlite")
    assert console.inside("run", "--now", NOON).code == 0
    assert "Nothing is due." in console.inside("run", "--now", NOON).out
    assert published(console) == {"published"}
    state = team.root / ".publisher"
    assert (state / "ledger-sandbox.db").exists()
    assert not (state / "ledger.db").exists()
    assert team.git("branch", "--list", "publisher*") == ""
    assert team.git("status", "--porcelain") == ""
    assert console.inside("sandbox forget", "--yes").code == 0
    assert list(state.glob("ledger*")) == []
    assert published(console) == {"due"}


@pytest.mark.parametrize("ledger", ["git", "sqlite"])
def test_a_large_project_asks_its_ledger_what_is_pending_wherever_that_is(team: Team, ledger: str) -> None:
    for number in range(LARGE + 1):
        (team.root / f"note-{number}.txt").touch()
    console = chosen(team, ledger)
    first, again = (console.inside("run", "--now", NOON) for _ in range(2))
    assert "6 of 6 published." in first.out
    assert "Nothing is due." in again.out
    assert all("the rehearsal takes what is committed" in said.err for said in (first, again))


def test_a_rehearsal_at_a_served_sandbox_is_kept_apart_from_the_real_ledger(
    team: Team, served: str, tmp_path: Path
) -> None:
    real = tmp_path / "real.db"
    console = chosen(team, "TEAM_LEDGER", PUBLISHER_SANDBOX=served, TEAM_LEDGER=f"sqlite:{real}")
    assert console.inside("run", "--now", NOON).code == 0
    assert published(console) == {"published"}
    assert (tmp_path / "real-sandbox.db").exists()
    assert not real.exists()
    assert console.inside("sandbox forget", "--yes").code == 0
    assert published(console) == {"due"}


def test_a_rehearsal_on_this_machine_needs_no_address(team: Team) -> None:
    assert chosen(team, "TEAM_LEDGER").inside("run", "--now", NOON).code == 0


def test_a_real_run_without_the_address_says_which_variable_to_set(team: Team) -> None:
    said = chosen(team, "TEAM_LEDGER").inside("run --live", "--now", NOON)
    assert said.code == 1
    assert "TEAM_LEDGER is not set" in said.err
    assert "postgresql://user:password@host/name" in said.err


def test_a_file_on_a_machine_that_is_thrown_away_is_refused(team: Team) -> None:
    console = chosen(team, "sqlite", CI="true")
    said = console.inside("run --live", "--now", NOON)
    assert said.code == 1
    assert "may be gone after the run" in said.err
    assert console.inside("run", "--now", NOON).code == 0


def test_an_empty_database_is_refused_where_git_remembers_what_was_published(team: Team) -> None:
    console = chosen(team, "sqlite")
    team.git("branch", "publisher-ledger")
    said = console.inside("run --live", "--now", NOON)
    assert said.code == 1
    assert "is empty, and the branch publisher-ledger remembers" in said.err
    assert "publisher status --rebuild --live" in said.err
    doctor = console.inside("doctor").out
    assert "✗ ledger: the ledger in" in doctor
    assert "is empty, and the branch publisher-ledger remembers" in doctor


def test_a_deleted_file_is_not_taken_for_a_new_ledger(team: Team, served: str) -> None:
    console = chosen(team, "sqlite", PUBLISHER_SANDBOX=served)
    assert "6 of 6 published" in console.inside("run", "--now", NOON).out
    team.git("clean", "-fdxq")
    for command in ("run", "plan", "status", "run"):
        said = console.inside(command, "--now", NOON)
        assert said.code == 1
        assert "ledger-sandbox.db is empty, and posts were published from this clone" in said.err
        assert "publisher status --rebuild" in said.err
    assert "6 of 6 found again." in console.inside("status --rebuild", "--now", NOON).out
    assert "Nothing is due." in console.inside("run", "--now", NOON).out


@pytest.mark.parametrize("where", ["served", "here"])
def test_forgetting_what_was_rehearsed_accepts_that_its_file_was_deleted(team: Team, served: str, where: str) -> None:
    console = chosen(team, "sqlite", PUBLISHER_SANDBOX=served if where == "served" else None)
    assert console.inside("run", "--now", NOON).code == 0
    team.git("clean", "-fdxq")
    said = console.inside("run", "--now", NOON)
    assert (said.code, "publisher sandbox forget" in said.err) == (1, True)
    assert console.inside("sandbox forget", "--yes").code == 0
    assert published(console) == {"due"}


def test_what_was_only_looked_at_is_no_ledger_to_be_missed(team: Team) -> None:
    console = chosen(team, "sqlite")
    assert published(console) == {"due"}
    team.git("clean", "-fdxq")
    assert published(console) == {"due"}


@pytest.mark.parametrize("ledger", ["sqlite", "TEAM_LEDGER"])
def test_an_empty_database_is_refused_where_this_clone_has_published_by_one(
    team: Team, tmp_path: Path, ledger: str
) -> None:
    chosen(team, ledger)
    workspace = Workspace(team.root, environ={"TEAM_LEDGER": f"sqlite:{tmp_path}/team.db"})
    live = Destination(live=True)
    workspace.ledger(live).claim([attempt()], ME)
    assert workspace.ledger(live).read(["agile"])["agile"].events
    for left in (*tmp_path.glob("team.db*"), *(team.root / ".publisher").glob("ledger.db*")):
        left.unlink()
    with pytest.raises(ConfigError, match="is empty, and posts were published from this clone") as caught:
        workspace.ledger(live)
    assert "publisher status --rebuild --live" in caught.value.hint
    assert workspace.ledger(live, anew=True).is_new()
    other = Workspace(team.clone(tmp_path / "other").root, environ=workspace.environ)
    assert other.ledger(live)


def test_two_projects_of_one_repository_miss_each_their_own_file(team: Team) -> None:
    live = Destination(live=True)
    for name in ("", "inner"):
        (team.root / name).mkdir(exist_ok=True)
        (team.root / name / "publisher.yml").write_text(f"ledger: sqlite\n{SETTINGS}", encoding="utf-8")
        team.commit()
        Workspace(team.root / name, environ={}).ledger(live).claim([attempt()], ME)
    (team.root / ".publisher" / "ledger.db").unlink()
    assert Workspace(team.root / "inner", environ={}).ledger(live).read(["agile"])["agile"].events
    with pytest.raises(ConfigError, match="is empty"):
        Workspace(team.root, environ={}).ledger(live)


def test_doctor_says_where_the_ledger_is_and_prints_no_password(team: Team, tmp_path: Path) -> None:
    file = chosen(team, "sqlite").inside("doctor").out
    assert f"✓ ledger: kept in {team.root}/.publisher/ledger.db; it is new" in file
    address = f"postgresql://alice:hunter2@/team?host={tmp_path}"
    server = chosen(team, "TEAM_LEDGER", TEAM_LEDGER=address).inside("doctor")
    assert f"✗ ledger: the ledger in {tmp_path}/team cannot be used" in server.out
    assert "hunter2" not in server.all


HALTED = """
import sys
for name in sys.argv[1].split(","):
    sys.modules[name] = None
from publisher.cli import main
sys.argv[1:2] = []
main()
"""


@pytest.mark.parametrize(("name", "extra"), [("sqlalchemy", "sql"), ("psycopg", "postgres")])
def test_what_is_not_installed_is_told_with_what_to_type(team: Team, name: str, extra: str) -> None:
    chosen(team, "TEAM_LEDGER")
    env = {**team.env, "TEAM_LEDGER": "postgresql://u:hunter2@localhost/x"}
    words = [sys.executable, "-c", HALTED, name, "run", "--live", "--now", NOON]
    done = subprocess.run(words, cwd=team.root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"{name} is not installed" in done.stderr
    assert f"pip install 'publisher-pipeline[{extra}]'" in done.stderr
    assert "hunter2" not in done.stderr


def test_a_ledger_in_git_needs_neither(team: Team) -> None:
    team.write("listening")
    team.commit()
    words = [sys.executable, "-c", HALTED, "sqlalchemy,psycopg", "run", "--now", NOON]
    done = subprocess.run(words, cwd=team.root, env=team.env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_ledger_that_an_older_publisher_made_comes_to_know_what_is_unfinished(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    open_file(path, Checkout(tmp_path), clock=lambda: NOW).record({"agile": [received(attempt(), proof())]})
    write(path, "DROP TABLE publisher_begun")
    ledger = open_file(path, Checkout(tmp_path), clock=lambda: NOW)
    assert (ledger.unfinished(), ledger.read(["agile"])["agile"].receipt("x", 0)) == ((), proof())
    ledger.claim([attempt("bread")], ME)
    assert ledger.unfinished() == ("bread",)
