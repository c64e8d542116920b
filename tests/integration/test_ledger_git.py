from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from publisher.errors import Conflict, Deferred, LedgerError, Rejected
from publisher.ledger.events import Kind, completed, deferred, doubted, received, refused, resolved
from publisher.ledger.git import GitLedger, open_bare
from publisher.ledger.in_memory import InMemoryLedger, Memory
from publisher.ledger.objects import Pack
from publisher.ledger.runner import Runner
from publisher.model import Attempt, Receipt, part_key

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
ME = Runner(host="here", pid=1, started="1")
YOU = Runner(host="there", pid=2, started="2")


def environment(home: Path) -> dict[str, str]:
    quiet = {"GIT_CONFIG_NOSYSTEM": "1", "HOME": str(home), "PATH": os.environ["PATH"]}
    return quiet | {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b",
    }


def git(folder: Path, *words: str) -> str:
    command = ["git", "-c", "protocol.file.allow=always", *words]
    done = subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def repository(path: Path, posts: int = 2) -> Path:
    path.mkdir()
    git(path, "init", "-q", "-b", "main")
    for number in range(posts):
        file = path / "content" / "2026" / f"p{number}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"Post {number}\n")
    git(path, "add", ".")
    git(path, "commit", "-q", "-m", "Words")
    return path


def published(path: Path) -> Path:
    """A bare remote with the words of a repository beside it."""
    work = repository(path.with_name(f"{path.name}-work"))
    git(work.parent, "clone", "-q", "--bare", str(work), str(path))
    for setting in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        git(path, "config", setting, "true")
    return path


def clone(remote: Path, path: Path, *words: str) -> Path:
    git(remote.parent, "clone", "-q", *words, remote.as_uri(), str(path))
    return path


def ledger(folder: Path, remote: str | None = "origin", **more: Any) -> GitLedger:
    pause: Callable[[float], None] = more.pop("pause", lambda _: None)
    return GitLedger(folder, remote=remote, clock=lambda: NOW, env=environment(folder), pause=pause, **more)


def attempt(post: str = "agile", channel: str = "x", position: int = 0, at: datetime = NOW) -> Attempt:
    key = part_key(post, channel, 0, position)
    return Attempt(key=key, post=post, channel=channel, position=position, digest="d" * 64, at=at)


def proof(number: int = 1) -> Receipt:
    return Receipt(id=str(number), url=f"https://x.example/{number}", at=NOW, native={"cid": "c"})


Home = Callable[[], Any]


@pytest.fixture(params=["memory", "branch", "remote", "bare"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """Opens one more view of the same ledger."""
    if request.param == "memory":
        return partial(InMemoryLedger, Memory(), clock=lambda: NOW)
    if request.param == "branch":
        return partial(ledger, repository(tmp_path / "r"), None)
    if request.param == "bare":
        work = tmp_path / "plain"
        (work / "content/2026").mkdir(parents=True)
        for number in range(2):
            (work / f"content/2026/p{number}.md").write_text(f"Post {number}\n")
        bare = open_bare(tmp_path / "state" / "ledger.git", environment(tmp_path))
        return lambda: ledger(open_bare(bare), None, root=work)
    remote = published(tmp_path / "remote.git")
    clones = iter(range(99))
    return lambda: ledger(clone(remote, tmp_path / f"clone{next(clones)}"))


# --- the contract of every ledger -----------------------------------------------------------------------------------


def test_a_post_nothing_happened_to_has_an_empty_story(home: Home) -> None:
    assert home().read(["agile"])["agile"].events == ()


def test_a_claim_is_seen_by_everybody(home: Home) -> None:
    home().claim([attempt(), attempt("bread")], ME)
    stories = home().read(["agile", "bread"])
    assert [story.open_attempts("x")[0].runner for story in stories.values()] == [ME, ME]


def test_a_claim_on_what_somebody_else_claimed_meanwhile_conflicts_and_writes_nothing(home: Home) -> None:
    mine, yours = home(), home()
    mine.read(["agile", "bread"])
    yours.read(["agile", "bread"])
    yours.claim([attempt()], YOU)
    with pytest.raises(Conflict):
        mine.claim([attempt("bread"), attempt()], ME)
    assert mine.read(["agile"])["agile"].open_attempts("x")[0].runner == YOU
    assert home().read(["bread"])["bread"].events == ()


def test_a_claim_on_other_parts_does_not_conflict(home: Home) -> None:
    mine, yours = home(), home()
    mine.read(["agile"])
    yours.claim([attempt(channel="mastodon")], YOU)
    mine.claim([attempt()], ME)
    assert len(home().read(["agile"])["agile"].events) == 2


def test_nobody_claims_what_is_live(home: Home) -> None:
    mine = home()
    mine.claim([attempt()], ME)
    mine.record({"agile": [received(attempt(), proof())]})
    with pytest.raises(Conflict, match="already live"):
        mine.claim([attempt()], ME)


def test_nobody_claims_what_is_in_doubt_until_it_is_resolved(home: Home) -> None:
    mine = home()
    mine.claim([attempt()], ME)
    mine.record({"agile": [doubted(attempt(), "the answer was lost", NOW)]})
    with pytest.raises(Conflict, match="nobody knows"):
        mine.claim([attempt()], ME)
    mine.record({"agile": [resolved(attempt(), NOW, posted=False)]})
    mine.claim([attempt()], ME)


def test_one_run_cannot_claim_a_part_twice(home: Home) -> None:
    mine = home()
    mine.claim([attempt()], ME)
    with pytest.raises(Conflict, match="already"):
        mine.claim([attempt()], ME)


def test_an_abandoned_attempt_that_was_read_can_be_claimed_by_one(home: Home) -> None:
    home().claim([attempt()], YOU)
    mine, other = home(), home()
    mine.read(["agile"])
    other.read(["agile"])
    mine.claim([attempt()], ME)
    with pytest.raises(Conflict):
        other.claim([attempt()], YOU)


def test_a_later_try_is_written_at_its_own_time_and_keeps_the_first_instant(home: Home) -> None:
    mine = home()
    first = attempt(at=NOW - timedelta(days=2))
    mine.claim([first], ME)
    mine.record({"agile": [deferred(first, Deferred("slow down", until=NOW), NOW)]})
    mine.claim([first], ME)
    story = mine.read(["agile"])["agile"]
    held = story.open_attempts("x")[0]
    assert (held.at, story.attempt(held).at) == (NOW, first.at)


def test_records_of_two_runners_are_both_kept(home: Home) -> None:
    mine, yours = home(), home()
    mine.read(["agile"])
    yours.record({"agile": [received(attempt(channel="mastodon"), proof(2))]})
    mine.record({"agile": [received(attempt(), proof(1))], "bread": [received(attempt("bread"), proof(3))]})
    story = home().read(["agile"])["agile"]
    assert (story.receipt("x", 0), story.receipt("mastodon", 0)) == (proof(1), proof(2))


def test_the_same_record_twice_is_written_once(home: Home) -> None:
    for _ in range(2):
        home().record({"agile": [received(attempt(), proof())]})
    assert len(home().read(["agile"])["agile"].events) == 1


def test_recent_publications_count_first_parts_of_settled_posts_too(home: Home) -> None:
    rest = received(attempt(position=1), proof(2))
    home().record({"agile": [received(attempt(), proof()), rest, completed("x", "d", "b", NOW)]})
    found = home().recent(NOW - timedelta(days=3))
    assert [(one.post, one.channel, one.at) for one in found] == [("agile", "x", NOW)]


def test_what_is_settled_is_known_by_its_blob(home: Home) -> None:
    blob, lost = Pack().add("blob", b"Post 0\n"), Pack().add("blob", b"Post 1\n")
    mine = home()
    mine.settle({"content/2026/p0.md": blob, "content/2026/p1.md": lost})
    mine.settle({"content/2026/p0.md": blob})
    assert home().settled() == {"content/2026/p0.md": blob, "content/2026/p1.md": lost}
    assert home().settled(["content/2026/p1.md", "content/no.md"]) == {"content/2026/p1.md": lost}
    assert home().settled([]) == {}


def test_ids_of_every_kind_keep_their_own_story(home: Home) -> None:
    posts = ["a/b", "a%2Fb", "../up", ".hidden", "É té", "A", "a", "", "line\nbreak"]
    mine = home()
    mine.record({post: [received(attempt(post), Receipt(id=post, url="", at=NOW))] for post in posts})
    stories = home().read(posts)
    assert {post: stories[post].receipts("x")[0].id for post in posts} == {post: post for post in posts}


# --- git --------------------------------------------------------------------------------------------------------------


def test_a_write_leaves_the_work_tree_the_index_and_the_branch_alone(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r")
    (folder / "content/2026/p0.md").write_text("being written\n")
    (folder / "new.txt").write_text("new\n")
    git(folder, "add", "new.txt")
    before = (git(folder, "status", "--porcelain=v2", "--branch"), (folder / ".git/index").read_bytes())
    mine = ledger(folder, None)
    mine.claim([attempt()], ME)
    mine.settle({"content/2026/p1.md": Pack().add("blob", b"Post 1\n")})
    assert (git(folder, "status", "--porcelain=v2", "--branch"), (folder / ".git/index").read_bytes()) == before


def test_the_branch_is_sound_and_shares_no_history_with_the_words(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r")
    mine = ledger(folder, None)
    mine.claim([attempt()], ME)
    mine.record({"agile": [received(attempt(), proof())]})
    mine.settle({"content/2026/p1.md": Pack().add("blob", b"Post 1\n")})
    git(folder, "fsck", "--strict", "--no-dangling")
    assert git(folder, "log", "--format=%an %s", "publisher-ledger").splitlines() == [
        "publisher Settle content/2026/p1.md",
        "publisher Record agile",
        "publisher Claim agile",
    ]
    assert "not by hand" in git(folder, "show", "publisher-ledger:README.md")


def test_nobody_needs_a_git_identity_and_nothing_is_signed_or_hooked(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r")
    for setting in ("user.useConfigOnly", "commit.gpgSign", "push.gpgSign"):
        git(folder, "config", setting, "true")
    hook = folder / ".git/hooks/reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    bare = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_DIR": "/nowhere", "GIT_INDEX_FILE": "/nowhere"}
    GitLedger(folder, clock=lambda: NOW, env=bare).claim([attempt()], ME)
    assert ledger(folder, None).read(["agile"])["agile"].open_attempts("x")


def test_a_broken_line_is_told_and_the_others_are_kept_through_later_writes(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r")
    mine = ledger(folder, None)
    mine.record({"agile": [received(attempt(), proof())]})
    path = git(folder, "ls-tree", "-r", "--name-only", "publisher-ledger", "events/").splitlines()[0]
    git(folder, "worktree", "add", "-q", str(tmp_path / "hand"), "publisher-ledger")
    with (tmp_path / "hand" / path).open("a") as file:
        file.write("<<<<<<< oops\n{}")
    git(tmp_path / "hand", "commit", "-q", "-a", "-m", "By hand")
    with pytest.raises(Conflict, match="nobody knows"):
        mine.claim([attempt(channel="mastodon")], ME)
    mine.record({"agile": [resolved(attempt(channel="mastodon"), NOW, posted=False)]})
    mine.claim([attempt(channel="mastodon")], ME)
    story = mine.read(["agile"])["agile"]
    assert [finding.line for finding in story.complaints] == [2, 3]
    assert [one.kind for one in story.events] == [
        Kind.RECEIPT, Kind.UNREADABLE, Kind.UNREADABLE, Kind.RESOLVED, Kind.ATTEMPT,
    ]  # fmt: skip
    assert story.receipt("x", 0) == proof()


def test_what_is_pending_is_what_differs_from_the_commit(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", posts=4)
    (folder / "content/2026/loop.png").write_bytes(b"picture")
    git(folder, "add", ".")
    mine = ledger(folder, None)
    blobs = {f"content/2026/p{number}.md": Pack().add("blob", f"Post {number}\n".encode()) for number in range(4)}
    assert mine.pending("content") == blobs
    mine.settle({path: blob for path, blob in blobs.items() if not path.endswith("p3.md")})
    (folder / "content/2026/p0.md").write_text("edited\n")
    (folder / "content/2026/p1.md").unlink()
    git(folder, "commit", "-q", "-a", "-m", "Edit one, remove another")
    edited = Pack().add("blob", b"edited\n")
    assert mine.pending("content") == {"content/2026/p0.md": edited, "content/2026/p3.md": blobs["content/2026/p3.md"]}


def test_a_project_in_a_folder_of_its_repository_keeps_its_own_paths(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r")
    git(folder, "mv", "content", "elsewhere")
    (folder / "project").mkdir()
    git(folder, "mv", "elsewhere", "project/content")
    git(folder, "commit", "-q", "-m", "Move")
    mine = ledger(folder / "project", None)
    blob = Pack().add("blob", b"Post 0\n")
    mine.settle({"content/2026/p0.md": blob})
    assert mine.settled() == {"content/2026/p0.md": blob}
    assert list(mine.pending("content")) == ["content/2026/p1.md"]


def test_a_run_with_nothing_due_asks_git_three_times(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    work = clone(remote, tmp_path / "first")
    writer = ledger(work)
    writer.settle(writer.pending("content"))
    shallow = clone(remote, tmp_path / "second", "--depth=1", "--filter=blob:none")
    reader, writer = ledger(shallow), ledger(repository(tmp_path / "alone"), None)
    assert reader.pending("content") == {}
    assert [call[0] for call in reader.calls] == ["fetch", "rev-parse", "diff-tree"]
    writer.settle(writer.pending("content"))
    alone = ledger(tmp_path / "alone", None)
    assert alone.pending("content") == {}
    assert [call[0] for call in alone.calls] == ["rev-parse", "diff-tree"]


def test_a_claim_costs_three_calls_however_much_it_claims(tmp_path: Path) -> None:
    mine = ledger(clone(published(tmp_path / "remote.git"), tmp_path / "work"))
    posts = [f"p{number}" for number in range(30)]
    mine.record({"other": [completed("x", "d", "b", NOW)]})
    mine.read(posts)
    before = len(mine.calls)
    mine.claim([attempt(post) for post in posts], ME)
    assert [call[0] for call in mine.calls[before:]] == ["cat-file", "unpack-objects", "push"]


def test_a_shallow_blobless_sparse_clone_reads_and_writes(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    first = ledger(clone(remote, tmp_path / "first"))
    first.claim([attempt()], YOU)
    first.record({"agile": [refused(attempt(), Rejected("too long"), NOW, blob="b")]})
    small = clone(remote, tmp_path / "small", "--depth=1", "--filter=blob:none", "--sparse")
    mine = ledger(small)
    assert mine.read(["agile"])["agile"].refusal("x") is not None
    mine.claim([attempt()], ME)
    mine.record({"agile": [received(attempt(), proof())]})
    mine.settle(dict(mine.pending("content")))
    assert git(small, "rev-list", "--count", "--all", "--not", "main") <= "3"
    assert len(ledger(clone(remote, tmp_path / "third")).settled()) == 2
    git(remote, "fsck", "--strict", "--connectivity-only")


def test_a_post_pushed_before_its_commit_can_be_settled(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    work = clone(remote, tmp_path / "work")
    (work / "content/2026/hot.md").write_text("Hot\n")
    mine = ledger(work)
    blob = Pack().add("blob", b"Hot\n")
    mine.settle({"content/2026/hot.md": blob, "content/2026/gone.md": "0" * 40})
    assert ledger(clone(remote, tmp_path / "other")).settled() == {"content/2026/hot.md": blob}
    git(remote, "fsck", "--strict")


def test_an_unreachable_remote_stops_a_claim(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    mine = ledger(clone(remote, tmp_path / "work"))
    mine.read(["agile"])
    remote.rename(tmp_path / "away")
    with pytest.raises(LedgerError, match="git push failed") as caught:
        mine.claim([attempt()], ME)
    assert "cannot be reached" in caught.value.hint
    remote.parent.joinpath("away").rename(remote)
    assert mine.read(["agile"])["agile"].events == ()


def test_a_record_survives_a_remote_that_is_away_for_a_moment(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    work = clone(remote, tmp_path / "work")
    pauses: list[float] = []

    def come_back(seconds: float) -> None:
        pauses.append(seconds)
        (tmp_path / "away").rename(remote)

    mine = ledger(work, pause=come_back)
    mine.claim([attempt()], ME)
    remote.rename(tmp_path / "away")
    mine.record({"agile": [received(attempt(), proof())]})
    assert len(pauses) == 1
    assert ledger(clone(remote, tmp_path / "other")).read(["agile"])["agile"].receipt("x", 0) == proof()


def test_a_remote_that_may_not_be_written_says_what_to_allow(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    hook = remote / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'remote: Permission denied to bot' >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(LedgerError, match="push") as caught:
        ledger(clone(remote, tmp_path / "work")).claim([attempt()], ME)
    assert "contents: write" in caught.value.hint


def test_a_deleted_remote_branch_is_never_taken_for_a_new_one(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    ledger(clone(remote, tmp_path / "writer")).claim([attempt()], ME)
    cloned, fetched = clone(remote, tmp_path / "cloned"), clone(remote, tmp_path / "fetched", "--single-branch")
    ledger(fetched).read(["agile"])
    git(remote, "branch", "-D", "publisher-ledger")
    for folder in (cloned, fetched):
        with pytest.raises(LedgerError, match="deleted") as caught:
            ledger(folder).read(["agile"])
        assert "publisher status --rebuild" in caught.value.hint


def test_a_rewritten_remote_branch_is_refused(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    work = clone(remote, tmp_path / "work")
    mine = ledger(work)
    mine.claim([attempt()], ME)
    mine.refresh()
    git(remote, "update-ref", "refs/heads/publisher-ledger", "main")
    with pytest.raises(LedgerError, match="rewritten"):
        ledger(work).read(["agile"])


def test_a_local_memory_moves_to_the_first_remote(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    work = clone(remote, tmp_path / "work")
    ledger(work, None).record({"agile": [received(attempt(), proof())]})
    ledger(work).record({"bread": [received(attempt("bread"), proof(2))]})
    assert ledger(clone(remote, tmp_path / "other")).read(["agile"])["agile"].receipt("x", 0) == proof()


def test_a_folder_that_is_no_repository_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    env = environment(tmp_path) | {"GIT_CEILING_DIRECTORIES": str(tmp_path)}
    with pytest.raises(LedgerError, match="not a git repository"):
        GitLedger(tmp_path / "plain", clock=lambda: NOW, env=env).read(["agile"])
    with pytest.raises(LedgerError, match="no folder"):
        ledger(tmp_path / "missing", None).read(["agile"])


def test_a_machine_without_git_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="git is not installed"):
        GitLedger(tmp_path, clock=lambda: NOW, env={"PATH": str(tmp_path)}).read(["agile"])


def test_a_secret_in_an_address_is_not_in_the_error(tmp_path: Path) -> None:
    work = repository(tmp_path / "r")
    with pytest.raises(LedgerError) as caught:
        ledger(work, "https://x-access-token:hunter2@localhost:1/none.git").read(["agile"])
    assert "hunter2" not in str(caught.value) + caught.value.hint


def test_a_repository_with_longer_ids_works_too(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    git(tmp_path / "r", "init", "-q", "--object-format=sha256")
    mine = ledger(tmp_path / "r", None)
    mine.claim([attempt()], ME)
    mine.record({"agile": [received(attempt(), proof())]})
    assert mine.read(["agile"])["agile"].receipt("x", 0) == proof()
    git(tmp_path / "r", "fsck", "--strict")


# --- many at once -----------------------------------------------------------------------------------------------------

POSTS = [f"post{number}" for number in range(6)]


def race(folder: Path, remote: str | None, number: int) -> list[str]:
    """The posts this runner won; it tries all that nobody held when it looked, one by one."""
    mine = ledger(folder, remote)
    free = [post for post, story in mine.read(POSTS).items() if not story.open_attempts("x")]
    won = []
    runner = Runner(host="h", pid=number)
    for post in free:
        try:
            mine.claim([attempt(post)], runner)
        except Conflict:
            continue
        won.append(post)
        mine.record({post: [received(attempt(post), proof(number))]})
    return won


def check_race(folder: Path, remote: str | None, won: list[list[str]]) -> None:
    assert sorted(post for posts in won for post in posts) == POSTS
    stories = ledger(folder, remote).read(POSTS)
    for number, posts in enumerate(won):
        for post in posts:
            assert [one.kind for one in stories[post].events] == [Kind.ATTEMPT, Kind.RECEIPT]
            assert stories[post].receipts("x")[0] == proof(number)


def test_eight_processes_in_their_own_clones_claim_each_part_once(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    clones = [clone(remote, tmp_path / f"c{number}") for number in range(8)]
    with ProcessPoolExecutor(8, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(race, folder, "origin", number) for number, folder in enumerate(clones)]
        won = [future.result() for future in futures]
    check_race(clones[0], "origin", won)


@pytest.mark.parametrize("remote", [None, "origin"])
def test_eight_threads_in_one_clone_claim_each_part_once(tmp_path: Path, remote: str | None) -> None:
    folder = clone(published(tmp_path / "remote.git"), tmp_path / "work")
    start = threading.Barrier(8)

    def run(number: int) -> list[str]:
        start.wait()
        return race(folder, remote, number)

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(run, range(8)))
    check_race(folder, remote, won)
