"""A cold start is a feature: `--help`, and a run with nothing due, against Python with click and one git command.

The two are measured in turn, so that a slow machine slows both; medians are compared, and the ratio is printed.
"""

from __future__ import annotations

import compileall
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.integration.conftest import NOW, ROOT, Team

pytestmark = pytest.mark.benchmark
ROUNDS, BOUND = 15, 2.0
FLOOR = f"import click, subprocess; subprocess.run(['git', 'version'], capture_output=True, cwd={str(ROOT)!r})"


def seconds(words: list[str], cwd: Path, env: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(words, cwd=cwd, env=env, capture_output=True, check=True)
    return time.perf_counter() - began


def ratio(team: Team, *words: str) -> float:
    """How many times the floor this command takes, by medians of rounds in turn."""
    for package in ("publisher", "adapters"):
        compileall.compile_dir(ROOT / package, quiet=2)
    env = {name: value for name, value in team.env.items() if name != "PUBLISHER_DEBUG"}
    ours, floor = [], []
    for _ in range(ROUNDS):
        floor.append(seconds([sys.executable, "-c", FLOOR], team.root, env))
        ours.append(seconds([sys.executable, "-m", "publisher", *words], team.root, env))
    found = statistics.median(ours) / statistics.median(floor)
    print(f"\n{' '.join(words)}: {found:.2f} times Python with click and one git command")  # noqa: T201
    return found


@pytest.mark.skipif("COV_CORE_SOURCE" in os.environ, reason="coverage slows one side only")
def test_help_costs_at_most_twice_the_floor(team: Team) -> None:
    assert ratio(team, "--help") <= BOUND


@pytest.mark.skipif("COV_CORE_SOURCE" in os.environ, reason="coverage slows one side only")
def test_a_run_with_nothing_due_costs_at_most_twice_the_floor(team: Team) -> None:
    for number in range(3):
        team.write(f"later-{number}", publish="2026-12-24 09:30")
    team.commit()
    assert ratio(team, "run", "--now", NOW) <= BOUND
