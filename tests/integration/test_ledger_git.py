"""The ledger in git: what it leaves alone, what it costs, and what it refuses."""

from __future__ import annotations

import itertools
import json
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from publisher.errors import Conflict, LedgerError, Rejected
from publisher.ledger.events import Kind, completed, received, refused, resolved
from publisher.ledger.git import GitLedger
from publisher.ledger.objects import Pack
from publisher.ledger.places import story_path
from tests.integration.ledgers import (
    ME,
    NOW,
    YOU,
    attempt,
    clone,
    environment,
    git,
    ledger,
    proof,
    published,
    repository,
)


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


def test_a_broken_line_of_a_day_is_passed_over_and_the_others_count(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r")
    mine = ledger(folder, None)
    mine.record({"agile": [received(attempt(), proof())]})
    at = NOW.isoformat()
    git(folder, "worktree", "add", "-q", str(tmp_path / "hand"), "publisher-ledger")
    (day,) = (tmp_path / "hand").glob("days/*/*.jsonl")
    with day.open("a") as file:
        lines = [[at.partition("+")[0], "x", "lean"], [at, ["x"], "lean"], [at, "x", 7], [at, "x"], {}, "no", at]
        file.writelines(f"{json.dumps(line)}\n" for line in lines)
    git(tmp_path / "hand", "commit", "-q", "-a", "-m", "By hand")
    assert [one.post for one in ledger(folder, None).recent(NOW - timedelta(days=1))] == ["agile"]


def test_what_is_pending_is_what_differs_from_the_commit(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", posts=4)
    (folder / "content/2026/loop.png").write_bytes(b"picture")
    git(folder, "add", ".")
    mine = ledger(folder, None)
    blobs = {f"content/2026/p{number}.md": Pack().add("blob", f"Post {number}\n".encode()) for number in range(4)}
    assert mine.pending("content")[0] == blobs
    mine.settle({path: blob for path, blob in blobs.items() if not path.endswith("p3.md")})
    (folder / "content/2026/p0.md").write_text("edited\n")
    (folder / "content/2026/p1.md").unlink()
    git(folder, "commit", "-q", "-a", "-m", "Edit one, remove another")
    edited = Pack().add("blob", b"edited\n")
    assert mine.pending("content")[0] == {
        "content/2026/p0.md": edited,
        "content/2026/p3.md": blobs["content/2026/p3.md"],
    }


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
    assert list(mine.pending("content")[0]) == ["content/2026/p1.md"]


def test_a_run_with_nothing_due_asks_git_three_times(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    work = clone(remote, tmp_path / "first")
    writer = ledger(work)
    writer.settle(writer.pending("content")[0])
    shallow = clone(remote, tmp_path / "second", "--depth=1", "--filter=blob:none")
    reader, writer = ledger(shallow), ledger(repository(tmp_path / "alone"), None)
    assert reader.pending("content")[0] == {}
    assert [call[0] for call in reader.calls] == ["fetch", "for-each-ref", "diff-tree"]
    writer.settle(writer.pending("content")[0])
    alone = ledger(tmp_path / "alone", None)
    assert alone.pending("content")[0] == {}
    assert [call[0] for call in alone.calls] == ["for-each-ref", "diff-tree"]


def test_a_claim_costs_four_calls_however_much_it_claims(tmp_path: Path) -> None:
    mine = ledger(clone(published(tmp_path / "remote.git"), tmp_path / "work"))
    posts = [f"p{number}" for number in range(30)]
    mine.record({"other": [completed("x", "d", "b", NOW)]})
    mine.read(posts)
    before = len(mine.calls)
    mine.claim([attempt(post) for post in posts], ME)
    assert [call[0] for call in mine.calls[before:]] == ["cat-file", "unpack-objects", "push", "update-ref"]


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
    mine.settle(dict(mine.pending("content")[0]))
    own, fetched = 3, 1
    assert git(small, "rev-list", "--count", "--all", "--not", "main") == str(own + fetched)
    assert len(ledger(clone(remote, tmp_path / "third")).settled()) == 2
    git(remote, "fsck", "--strict", "--connectivity-only")


def test_what_was_published_is_fetched_at_one_go_where_a_clone_has_left_it_out(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    blobs = {Pack().add("blob", f"Post {number}\n".encode()): f"Post {number}\n".encode() for number in range(2)}
    small = ledger(clone(remote, tmp_path / "small", "--depth=1", "--filter=blob:none", "--no-checkout"))
    assert small.recall(tuple(blobs)) == blobs
    assert [call[0] for call in small.calls] == ["config", "fetch", "cat-file"]
    whole = ledger(clone(remote, tmp_path / "whole"))
    assert whole.recall(("f" * 40, *blobs)) == blobs
    assert [call[0] for call in whole.calls] == ["config", "cat-file"]
    git(small._root, "remote", "set-url", "origin", (tmp_path / "nowhere.git").as_uri())
    assert small.recall(["f" * 40]) == {}


def test_what_a_shallow_clone_left_out_is_fetched_at_one_go(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    whole = clone(remote, tmp_path / "whole")
    for number in range(9):
        (whole / "content" / f"p{number}.md").write_text(f"---\ntitle: {number}\n---\nWords of {number}.\n")
    git(whole, "add", "--all")
    git(whole, "commit", "-q", "-m", "Write")
    git(whole, "push", "-q")
    blobs = git(whole, "ls-tree", "-r", "--format=%(objectname)", "HEAD", "content").split()
    small = clone(remote, tmp_path / "small", "--depth=1", "--filter=blob:none", "--no-checkout")
    before = len(list(small.glob(".git/objects/pack/*.pack")))
    assert len(ledger(small).recall(blobs)) == len(blobs) > 9
    assert len(list(small.glob(".git/objects/pack/*.pack"))) == before + 1


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


HANGS_UP = """#!/bin/sh
{git} "$@" || exit
case " $* " in *" push "*) echo "fatal: the remote end hung up unexpectedly" >&2; exit 128;; esac
"""


@pytest.mark.skipif(os.name == "nt", reason="a script in the place of git")
def test_a_claim_that_arrived_although_its_answer_was_lost_is_made(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    folder = clone(remote, tmp_path / "work")
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(HANGS_UP.format(git=shutil.which("git")))
    wrapper.chmod(0o755)
    env = environment(folder)
    mine = GitLedger(
        folder,
        remote="origin",
        clock=lambda: NOW,
        env={**env, "PATH": f"{wrapper.parent}:{env['PATH']}"},
        pause=lambda _: None,
    )
    mine.claim([attempt()], ME)
    mine.record({"agile": [received(attempt(), proof())]})
    told = ledger(clone(remote, tmp_path / "other")).read(["agile"])["agile"]
    assert [one.kind for one in told.events] == [Kind.ATTEMPT, Kind.RECEIPT]


def test_a_remote_that_may_not_be_written_says_what_to_allow(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    hook = remote / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'remote: Permission denied to bot' >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(LedgerError, match="push") as caught:
        ledger(clone(remote, tmp_path / "work")).claim([attempt()], ME)
    assert "contents: write" in caught.value.hint


def test_a_remote_whose_disk_is_full_is_no_race(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    hook = remote / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'fatal: cannot lock ref: No space left on device' >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(LedgerError, match="push") as caught:
        ledger(clone(remote, tmp_path / "work"), patience=timedelta()).claim([attempt()], ME)
    assert caught.value.hint == "make room on the disk"


def quicker(remote: Path, times: int) -> Path:
    """A remote where somebody else is quicker that many times."""
    hook, left = remote / "hooks/pre-receive", remote / "left"
    left.write_text(str(times))
    hook.write_text(
        f"#!/bin/sh\nleft=$(cat {left})\n[ $left -eq 0 ] && exit 0\necho $((left - 1)) > {left}\n"
        "echo fetch first >&2\nexit 1\n"
    )
    hook.chmod(0o755)
    return remote


def test_a_write_is_tried_for_as_long_as_it_is_worth_something(tmp_path: Path) -> None:
    remote = quicker(published(tmp_path / "remote.git"), 45)
    ledger(clone(remote, tmp_path / "patient")).claim([attempt()], ME)
    quicker(remote, 45)
    with pytest.raises(LedgerError, match="others were quicker for 0 minutes"):
        ledger(clone(remote, tmp_path / "hasty"), patience=timedelta()).claim([attempt("other")], ME)
    assert (remote / "left").read_text().strip() == "44"


def test_whoever_lost_a_race_gives_way_also_after_winning(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    pauses: list[float] = []
    mine = ledger(clone(remote, tmp_path / "work"), pause=pauses.append)
    mine.claim([attempt()], ME)
    assert pauses == []
    quicker(remote, 1)
    for number in range(12):
        mine.claim([attempt(f"p{number}")], ME)
    assert len(pauses) == 12


def test_a_deleted_remote_branch_is_never_taken_for_a_new_one(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    ledger(clone(remote, tmp_path / "writer")).claim([attempt()], ME)
    cloned, fetched = clone(remote, tmp_path / "cloned"), clone(remote, tmp_path / "fetched", "--single-branch")
    ledger(fetched).read(["agile"])
    git(remote, "branch", "-D", "publisher-ledger")
    for folder in (cloned, fetched):
        with pytest.raises(LedgerError, match="deleted") as caught:
            ledger(folder).read(["agile"])
        assert "git push origin" in caught.value.hint


def test_a_rewritten_remote_branch_is_refused(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    work = clone(remote, tmp_path / "work")
    mine = ledger(work)
    mine.claim([attempt()], ME)
    mine.refresh()
    git(remote, "update-ref", "refs/heads/publisher-ledger", "main")
    with pytest.raises(LedgerError, match="rewritten"):
        ledger(work).read(["agile"])


def test_a_ledger_set_back_is_missed_by_the_very_clone_that_wrote_what_is_lost(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    work = clone(remote, tmp_path / "work")
    mine = ledger(work)
    mine.claim([attempt()], ME)
    old = git(remote, "rev-parse", "publisher-ledger")
    mine.record({"agile": [received(attempt(), proof())]})
    git(remote, "update-ref", "refs/heads/publisher-ledger", old)
    with pytest.raises(LedgerError, match="rewritten") as caught:
        ledger(work).read(["agile"])
    assert "git push origin +refs/publisher/origin/publisher-ledger:refs/heads/publisher-ledger" in caught.value.hint
    git(work, *caught.value.hint.partition("git ")[2].partition(" (")[0].split())
    assert ledger(work).read(["agile"])["agile"].receipt("x", 0) == proof()


@pytest.mark.parametrize("how", [(), ("--depth=1",), ("--depth=1", "--filter=blob:none")])
def test_a_ledger_set_back_is_missed_by_a_clone_made_since_until_it_is_accepted(
    tmp_path: Path, how: tuple[str, ...]
) -> None:
    remote = published(tmp_path / "remote.git")
    mine = ledger(clone(remote, tmp_path / "work"))
    mine.claim([attempt()], ME)
    old = git(remote, "rev-parse", "publisher-ledger")
    mine.record({"agile": [received(attempt(), proof())]})
    mine.record({"agile": [completed("x", "d", "b", NOW)]})
    git(remote, "update-ref", "refs/heads/publisher-ledger", old)
    made, later = (clone(remote, tmp_path / name, *how) for name in ("made", "later"))
    with pytest.raises(LedgerError, match="was set back or rewritten") as caught:
        ledger(made).read(["agile"])
    git(made, *caught.value.hint.partition("git ")[2].partition(" (")[0].split())
    for folder in (made, later):
        assert ledger(folder).read(["agile"])["agile"].receipt("x", 0) == proof()
    git(remote, "update-ref", "refs/heads/publisher-ledger", old)
    git(later, *caught.value.hint.partition("accept it as it is: git ")[2].removesuffix(")").split())
    accepting = ledger(clone(remote, tmp_path / "accepting", *how))
    assert not accepting.read(["agile"])["agile"].receipts("x")
    accepting.record({"agile": [received(attempt(), proof())]})
    assert git(remote, "rev-parse", "refs/publisher/began/publisher-ledger") == git(
        remote, "rev-parse", "publisher-ledger"
    )


@pytest.mark.parametrize("how", [(), ("--depth=1",)])
def test_a_ledger_rewritten_is_missed_by_a_clone_made_since(tmp_path: Path, how: tuple[str, ...]) -> None:
    remote = published(tmp_path / "remote.git")
    ledger(clone(remote, tmp_path / "work")).claim([attempt()], ME)
    git(remote, "update-ref", "refs/heads/publisher-ledger", "main")
    with pytest.raises(LedgerError, match="was set back or rewritten"):
        ledger(clone(remote, tmp_path / "made", *how)).read(["agile"])


@pytest.mark.parametrize("how", [(), ("--depth=1",)])
def test_a_persons_commit_on_top_of_the_ledger_is_no_loss(tmp_path: Path, how: tuple[str, ...]) -> None:
    remote = published(tmp_path / "remote.git")
    work = clone(remote, tmp_path / "work")
    ledger(work).record({"agile": [received(attempt(), proof())]})
    git(work, "fetch", "-q", "origin", "publisher-ledger")
    git(work, "checkout", "-q", "--detach", "FETCH_HEAD")
    for name in ("one", "two"):
        (work / name).write_text("by hand\n")
        git(work, "add", name)
        git(work, "commit", "-q", "-m", "Note")
    git(work, "push", "-q", "origin", "HEAD:publisher-ledger")
    assert ledger(clone(remote, tmp_path / "made", *how)).read(["agile"])["agile"].receipt("x", 0) == proof()


@pytest.mark.parametrize("why", ["no mark", "not two at once"])
def test_a_host_that_takes_no_mark_is_written_to_all_the_same(tmp_path: Path, why: str) -> None:
    remote = published(tmp_path / "remote.git")
    if why == "no mark":
        hook = remote / "hooks/update"
        hook.write_text("#!/bin/sh\ncase $1 in refs/publisher/*) exit 1;; esac\n")
        hook.chmod(0o755)
    else:
        git(remote, "config", "receive.advertiseAtomic", "false")
    mine, yours = ledger(clone(remote, tmp_path / "mine")), ledger(clone(remote, tmp_path / "yours"))
    mine.claim([attempt()], ME)
    yours.record({"other": [received(attempt("other"), proof())]})
    mine.record({"agile": [received(attempt(), proof())]})
    assert ledger(clone(remote, tmp_path / "made", "--depth=1")).read(["agile"])["agile"].receipt("x", 0) == proof()
    marks = [git(remote, "rev-parse", "publisher-ledger")] * (why != "no mark")
    assert git(remote, "for-each-ref", "--format=%(objectname)", "refs/publisher").split() == marks


def test_a_ledger_of_this_repository_that_is_set_back_is_missed(tmp_path: Path) -> None:
    work = repository(tmp_path / "work")
    ledger(work, None).claim([attempt()], ME)
    old = git(work, "rev-parse", "publisher-ledger")
    ledger(work, None).record({"agile": [received(attempt(), proof())]})
    git(work, "branch", "-f", "publisher-ledger", old)
    with pytest.raises(LedgerError, match="was set back or rewritten") as caught:
        ledger(work, None).read(["agile"])
    git(work, *caught.value.hint.partition("git ")[2].partition(" (")[0].split())
    assert ledger(work, None).read(["agile"])["agile"].receipt("x", 0) == proof()
    git(work, "branch", "-f", "publisher-ledger", old)
    git(work, *caught.value.hint.partition("accept it as it is: git ")[2].removesuffix(")").split())
    assert not ledger(work, None).read(["agile"])["agile"].receipts("x")


def test_a_clone_whose_other_run_was_quicker_than_its_own_fetch_is_not_told_of_a_rewriting(tmp_path: Path) -> None:
    """Somebody writes between what the remote says to a fetch and what that fetch makes of it."""
    remote = published(tmp_path / "remote.git")
    work = clone(remote, tmp_path / "work")
    ledger(work).claim([attempt()], ME)
    old = git(remote, "rev-parse", "publisher-ledger")
    ledger(work).record({"agile": [received(attempt(), proof())]})
    new = git(remote, "rev-parse", "publisher-ledger")
    late, put = tmp_path / "late", f"git -C {remote} update-ref refs/heads/publisher-ledger"
    late.write_text(
        f"#!/bin/sh\nif mkdir {tmp_path}/once 2>/dev/null; then {put} {old}\n"
        f'git-upload-pack "$@"; code=$?; {put} {new}; exit $code\n'
        'fi\nexec git-upload-pack "$@"\n'
    )
    late.chmod(0o755)
    git(work, "config", "remote.origin.uploadpack", str(late))
    assert ledger(work).read(["agile"])["agile"].receipt("x", 0) == proof()
    assert (tmp_path / "once").exists()


def test_a_rehearsal_is_missed_like_the_real_thing_until_it_is_forgotten(tmp_path: Path) -> None:
    remote = published(tmp_path / "remote.git")
    work, other = clone(remote, tmp_path / "work"), clone(remote, tmp_path / "other")
    ledger(work, branch="publisher-ledger-sandbox").claim([attempt()], ME)
    git(remote, "branch", "-D", "publisher-ledger-sandbox")
    for folder in (work, other):
        with pytest.raises(LedgerError, match="deleted"):
            ledger(folder, branch="publisher-ledger-sandbox").read(["agile"])
    ledger(work, branch="publisher-ledger-sandbox").forget()
    for folder in (work, other):
        assert ledger(folder, branch="publisher-ledger-sandbox").read(["agile"])["agile"].events == ()
    ledger(other, branch="publisher-ledger-sandbox").claim([attempt()], ME)
    assert ledger(work, branch="publisher-ledger-sandbox").read(["agile"])["agile"].open_attempts("x")


def test_a_ledger_of_this_machine_is_forgotten_whole(tmp_path: Path) -> None:
    work = repository(tmp_path / "work")
    ledger(work, None).claim([attempt()], ME)
    ledger(work, None).forget()
    assert ledger(work, None).read(["agile"])["agile"].events == ()
    assert git(work, "for-each-ref", "--format=%(refname)") == "refs/heads/main"


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


def test_a_receipt_lands_however_many_others_write_meanwhile(tmp_path: Path) -> None:
    work = repository(tmp_path / "r")
    left = iter(range(45))

    def crowd() -> datetime:
        """What a commit asks for its instant, just before it is offered."""
        for number in itertools.islice(left, 1):
            ledger(work, None).record({f"other{number}": [received(attempt(f"other{number}"), proof(number))]})
        return NOW

    mine = GitLedger(work, clock=crowd, env=environment(work), pause=lambda _: None)
    mine.record({"agile": [received(attempt(), proof())]})
    assert next(left, None) is None
    assert ledger(work, None).read(["agile"])["agile"].receipt("x", 0) == proof()


@pytest.mark.parametrize("remote", ["", "origin"])
def test_a_commit_by_hand_that_takes_receipts_back_is_refused_until_it_is_reverted(tmp_path: Path, remote: str) -> None:
    shared = published(tmp_path / "remote.git")
    work = clone(shared, tmp_path / "work")
    mine = ledger(work, remote or None)
    mine.claim([attempt()], ME)
    if remote:
        git(work, "fetch", "-q", "origin", "publisher-ledger:publisher-ledger")
    git(work, "worktree", "add", "-q", str(tmp_path / "lg"), "publisher-ledger")
    old = git(work, "rev-parse", "publisher-ledger")
    mine.record({"agile": [received(attempt(), proof())]})
    newest = git(work, "rev-parse", "refs/publisher/origin/publisher-ledger" if remote else "publisher-ledger")
    stale = git(work, "commit-tree", "-m", "oops", "-p", newest, f"{old}^{{tree}}")
    git(tmp_path / "lg", "reset", "-q", "--hard", stale)
    if remote:
        git(tmp_path / "lg", "push", "-q", "origin", "publisher-ledger")
    for _ in range(2):
        with pytest.raises(LedgerError, match="by hand") as caught:
            ledger(work, remote or None).recent(NOW)
    revert = caught.value.hint.partition("git ")[2].partition(";")[0].split()
    git(tmp_path / "lg", *revert)
    if remote:
        git(tmp_path / "lg", "push", "-q", "origin", "publisher-ledger")
    assert ledger(work, remote or None).read(["agile"])["agile"].receipt("x", 0) == proof()


def test_a_commit_by_hand_that_takes_nothing_back_is_no_trouble(tmp_path: Path) -> None:
    work = repository(tmp_path / "r")
    mine = ledger(work, None)
    mine.record({"agile": [received(attempt(), proof())]})
    git(work, "worktree", "add", "-q", str(tmp_path / "lg"), "publisher-ledger")
    (tmp_path / "lg" / "README.md").write_text("Ours\n")
    story = tmp_path / "lg" / story_path("agile")
    story.write_text(f"{story.read_text()}what is this\n")
    git(tmp_path / "lg", "commit", "-q", "-a", "-m", "Add a line")
    assert ledger(work, None).read(["agile"])["agile"].complaints
    story.write_text(story.read_text().replace("what is this\n", ""))
    git(tmp_path / "lg", "commit", "-q", "-a", "-m", "Take it away again")
    assert ledger(work, None).read(["agile"])["agile"].receipt("x", 0) == proof()
    mine.refresh()
    mine.settle({"content/2026/p0.md": git(work, "rev-parse", "HEAD:content/2026/p0.md")})
