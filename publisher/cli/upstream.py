"""What the remote has that this folder lacks: words merged meanwhile, which older ones must not be put over."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from publisher.cli.workspace import Workspace

_ANSWER_SECONDS = 30
_HEADS = "refs/heads/"


class Branch(Struct, frozen=True, kw_only=True):
    """A branch of a remote; `detached` says that the folder is on none of its own, so that `git pull` is not enough."""

    remote: str
    name: str
    detached: bool = False

    @property
    def advice(self) -> str:
        """What to type to have its newest commit."""
        return f"git switch {self.name}, then git pull" if self.detached else "git pull"


def find_newer(workspace: Workspace) -> Branch | None:
    """The remote's branch, where it has commits that are not in the one checked out here, on top of it or beside it.

    None where it has not, and where nobody can tell: there is no remote, it does not answer, or it has no such branch.
    """
    branch = _branch(workspace)
    if branch is None:
        return None
    tip = _git(workspace.root, "ls-remote", branch.remote, f"{_HEADS}{branch.name}").partition("\t")[0]
    if not tip or tip == _git(workspace.root, "rev-parse", "--quiet", "--verify", "HEAD"):
        return None
    return None if _has_in_history(workspace.root, tip) else branch


def _branch(workspace: Workspace) -> Branch | None:
    """The branch this folder follows; where it is on none, the one the workflow runs for, or the remote's main one."""
    if not workspace.is_repository or not (remote := workspace.remote):
        return None
    root = workspace.root
    if own := _git(root, "symbolic-ref", "--quiet", "HEAD"):
        told = _git(root, "for-each-ref", "--format=%(upstream:remotename) %(upstream:remoteref)", own).split(" ")
        followed = told if len(told) == 2 and told[0] != "." and told[1].startswith(_HEADS) else [remote, own]
        return Branch(remote=followed[0], name=followed[1].removeprefix(_HEADS))
    run_for = workspace.environ.get("GITHUB_REF", "")
    if run_for.startswith(_HEADS):
        return Branch(remote=remote, name=run_for.removeprefix(_HEADS), detached=True)
    main = _git(root, "symbolic-ref", "--quiet", f"refs/remotes/{remote}/HEAD").removeprefix(f"refs/remotes/{remote}/")
    return Branch(remote=remote, name=main, detached=True) if main else None


def _git(root: Path, *words: str) -> str:
    """What git prints; empty where it cannot say, for example because the remote does not answer."""
    done = _ask(root, words)
    return done.stdout.strip() if done and done.returncode == 0 else ""


def _has_in_history(root: Path, commit: str) -> bool:
    """Whether the checked-out commit was made on top of that one; what this clone left out is not fetched to tell."""
    words = ["merge-base", "--is-ancestor", commit, "HEAD"]
    done = _ask(root, words, GIT_NO_LAZY_FETCH="1", GIT_ALLOW_PROTOCOL="none")
    return done is not None and done.returncode == 0


def _ask(root: Path, words: Sequence[str], **env: str) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(
            ["git", "-C", str(root), *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=_ANSWER_SECONDS,
            env={**os.environ, **env},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
