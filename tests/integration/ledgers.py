"""Ledgers of every kind, and the repositories they live in."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from publisher.ledger.checkout import Checkout
from publisher.ledger.git import GitLedger, open_bare
from publisher.ledger.in_memory import InMemoryLedger, Memory
from publisher.ledger.runner import Runner
from publisher.ledger.sql import open_address, open_file
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


HOMES = ["memory", "branch", "remote", "bare", "file", pytest.param("server", marks=pytest.mark.servers)]


@pytest.fixture(params=HOMES)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """Opens one more view of the same ledger."""
    if request.param == "memory":
        return partial(InMemoryLedger, Memory(), clock=lambda: NOW)
    if request.param == "file":
        return partial(open_file, tmp_path / "ledger.db", Checkout(tmp_path), clock=lambda: NOW)
    if request.param == "server":
        address = request.getfixturevalue("postgresql").make()
        return partial(open_address, address, Checkout(tmp_path), clock=lambda: NOW)
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
