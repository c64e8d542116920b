"""A clone that lacks what was merged: for real it sends, edits and withdraws nothing, for its words are old."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.cli.upstream import find_newer
from publisher.cli.workspace import Workspace
from tests.integration.conftest import NOW, Team

ONLY = ("x", "linkedin", "facebook", "instagram", "bluesky")
OLDER = "origin has newer commits on main, and nothing is sent in older words"


@pytest.fixture
def colleague(team: Team, tmp_path: Path) -> Team:
    """Somebody else's clone, which has what the team had when it was made."""
    team.write("listening", muted=ONLY)
    team.commit()
    team.git("push", "-q")
    return team.clone(tmp_path / "colleague")


def merge(team: Team, slug: str = "another") -> None:
    team.write(slug, "2027-01-11 09:30", muted=ONLY)
    team.commit()
    team.git("push", "-q")


def newer(team: Team, **env: str) -> str:
    """The branch that has what this clone lacks, as a person reads it; empty where there is none."""
    found = find_newer(Workspace(team.root, environ={**team.env, **env}))
    return f"{found.remote} {found.name}: {found.advice}" if found else ""


# --- what a run does ------------------------------------------------------------------------------------------------


def test_a_live_run_in_a_clone_that_is_behind_sends_nothing_and_says_what_to_type(team: Team, colleague: Team) -> None:
    (fresh,) = colleague.run("--live", code=1).values()
    assert "MASTODON_TOKEN" in fresh["reason"] + fresh["hint"]
    merge(team)
    for words in (["run", "--live"], ["run", "--live", "--dry-run"], ["push", "content/2026/listening.md", "--live"]):
        (row,) = colleague.json(*words, *(["--now", NOW]), code=1)
        assert (row["state"], row["reason"], row["hint"]) == ("held", OLDER, "git pull, and run again")
    colleague.git("pull", "-q")
    assert colleague.run("--live", code=1)["listening", "mastodon"]["reason"] == fresh["reason"]


def test_a_rehearsal_and_a_run_with_nothing_due_do_not_ask(team: Team, colleague: Team) -> None:
    merge(team)
    assert colleague.run("--sandbox")["listening", "mastodon"]["state"] == "published"
    early = colleague.publisher("run", "--live", "--now", "2026-11-20T12:00:00+01:00")
    assert (early.returncode, "Nothing is due; 1 to come" in early.stdout) == (0, True)


def test_a_workflow_that_came_too_early_leaves_it_to_the_next(team: Team, colleague: Team) -> None:
    merge(team)
    row = colleague.run("--live", env={"GITHUB_ACTIONS": "true"})["listening", "mastodon"]
    assert (row["state"], row["reason"]) == ("later", f"{OLDER}: the run that follows them sends it")


# --- which clones lack something ------------------------------------------------------------------------------------


def ahead(mine: Team, theirs: Team) -> None:
    mine.write("mine", muted=ONLY)
    mine.commit()


def behind(mine: Team, theirs: Team) -> None:
    merge(theirs)


def fetched(mine: Team, theirs: Team) -> None:
    merge(theirs)
    mine.git("fetch", "-q")


def diverged(mine: Team, theirs: Team) -> None:
    ahead(mine, theirs)
    merge(theirs)


def set_back(mine: Team, theirs: Team) -> None:
    mine.git("reset", "-q", "--hard", "HEAD~1")


def unreachable(mine: Team, theirs: Team) -> None:
    merge(theirs)
    mine.git("remote", "set-url", "origin", "/nowhere.git")


def alone(mine: Team, theirs: Team) -> None:
    merge(theirs)
    mine.git("remote", "remove", "origin")


def on_a_branch_of_its_own(mine: Team, theirs: Team) -> None:
    mine.git("switch", "-q", "--no-track", "-c", "mine")
    merge(theirs)


def following_main(mine: Team, theirs: Team) -> None:
    mine.git("switch", "-q", "-c", "mine", "--track", "origin/main")
    merge(theirs)


@pytest.mark.parametrize(
    ("happens", "lacks"),
    [
        (lambda mine, theirs: None, False),
        (ahead, False),
        (behind, True),
        (fetched, True),
        (diverged, True),
        (set_back, True),
        (unreachable, False),
        (alone, False),
        (on_a_branch_of_its_own, False),
        (following_main, True),
    ],
)
def test_a_clone_lacks_what_the_branch_it_follows_has(
    team: Team, colleague: Team, happens: Callable[[Team, Team], None], lacks: bool
) -> None:
    happens(colleague, team)
    assert newer(colleague) == ("origin main: git pull" if lacks else "")


def test_a_detached_commit_is_compared_with_what_the_workflow_runs_for_or_the_main_branch(
    team: Team, colleague: Team
) -> None:
    colleague.git("switch", "-q", "--detach")
    assert newer(colleague) == newer(colleague, GITHUB_REF="refs/heads/main") == ""
    merge(team)
    lacks = "origin main: git switch main, then git pull"
    assert newer(colleague) == newer(colleague, GITHUB_REF="refs/heads/main") == lacks
    colleague.git("remote", "set-head", "origin", "--delete")
    assert newer(colleague) == newer(colleague, GITHUB_REF="refs/pull/1/merge") == ""
    assert newer(colleague, GITHUB_REF="refs/heads/main") == lacks


def objects(team: Team) -> str:
    """What the clone holds: a question must not fetch a history."""
    return team.git("cat-file", "--batch-check", "--batch-all-objects")


@pytest.mark.parametrize("how", [["--depth=1"], ["--depth=1", "--filter=blob:none"]])
def test_a_clone_of_the_newest_commit_alone_is_judged_alike(team: Team, tmp_path: Path, how: list[str]) -> None:
    merge(team, "first")
    remote = Path(team.git("remote", "get-url", "origin").strip())
    for setting in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        team.git("-C", str(remote), "config", setting, "true")
    team.git("clone", "-q", *how, remote.as_uri(), str(tmp_path / "small"))
    small = Team(tmp_path / "small", team.env)
    assert newer(small) == ""
    ahead(small, team)
    assert newer(small) == ""
    merge(team)
    before = objects(small)
    assert newer(small) == "origin main: git pull"
    assert objects(small) == before
