"""A team whose commands can be made to die at any boundary."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import NOW, ROOT, Team, found, served, team

__all__ = ["mortals", "served", "stage", "team"]


@dataclass(frozen=True)
class Mortals:
    """A process that has everything imported, and forks the commands that die."""

    process: subprocess.Popen[str]
    folder: Path

    def run(
        self, team: Team, words: Sequence[str], last: int = 0, number: int = signal.SIGKILL, *, watched: bool = True
    ) -> Run:
        """The command with the signal at boundary `last`, or undisturbed."""
        seen, out = self.folder / "seen.json", self.folder / "out.txt"
        seen.unlink(missing_ok=True)
        asked: dict[str, Any] = {
            "root": str(team.root), "env": team.env, "words": list(words), "last": last, "signal": int(number),
            "watched": watched,
            "out": str(out), "seen": str(seen),
        }  # fmt: skip
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{json.dumps(asked)}\n")
        self.process.stdin.flush()
        code = int(self.process.stdout.readline())
        boundaries = json.loads(seen.read_text(encoding="utf-8")) if seen.exists() else []
        return Run(code, out.read_text(encoding="utf-8"), boundaries)


@dataclass(frozen=True)
class Run:
    """How a command ended, what it said, and the boundaries it came to if it lived."""

    code: int
    out: str
    boundaries: list[str]


@pytest.fixture(scope="session")
def mortals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortals]:
    """The process that forks, after it has published a post on every network itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.dying"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    mortals = Mortals(process, tmp_path_factory.mktemp("mortals"))
    team = found(tmp_path_factory.mktemp("first"))
    team.write("first")
    first = mortals.run(team, ("run", "--now", NOW))
    assert first.code == 0, first.out
    yield mortals
    process.communicate(timeout=20)


@dataclass
class Stage:
    """A team as it was before the act, from which every death begins anew."""

    team: Team
    copies: int = 0

    def again(self) -> Team:
        """A copy, ledger and networks included."""
        self.copies += 1
        copy = self.team.root.with_name(f"copy-{self.copies}")
        shutil.copytree(self.team.root, copy, symlinks=True)
        return Team(copy, self.team.env)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A stage with nobody on it."""
    return Stage(found(tmp_path))
