"""A cold start is a feature: `--help`, and a run with nothing due, against Python with click and one git command.

What is compared is the processor's time, children included, which a busy machine stretches less than the clock's. The
two are measured in turn, so that what is slow slows both; medians are compared, and the ratio is printed. Neighbours
can spoil a measure and cannot improve it: one over the bound is taken again, twice at most.
"""

from __future__ import annotations

import compileall
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.integration.conftest import NOW, PUBLISHER, ROOT, Team

resource = pytest.importorskip("resource", reason="this system does not say how long a child has run")

pytestmark = pytest.mark.benchmark
ROUNDS, TAKES, BOUND = 21, 3, 2.0
FLOOR = (
    sys.executable,
    "-c",
    f"import click, subprocess; subprocess.run(['git', 'version'], capture_output=True, cwd={str(ROOT)!r})",
)
HEAVY = {
    "PIL", "adapters", "apprise", "dateutil", "difflib", "facebook", "importlib.metadata", "jinja2", "json",
    "linkedin_v2", "markdown_it", "mastodon", "psycopg", "publisher.craft", "publisher.delivery",
    "publisher.model", "publisher.sandbox", "regex", "requests", "rich", "sqlalchemy", "tenacity", "tweepy",
}  # fmt: skip


def spent() -> float:
    """The processor time of every child so far, and of theirs, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return float(used.ru_utime + used.ru_stime)


def seconds(words: Sequence[str], cwd: Path, env: dict[str, str]) -> float:
    before = spent()
    subprocess.run(words, cwd=cwd, env=env, capture_output=True, check=True)
    return spent() - before


def ratio(team: Team, *words: str) -> float:
    """How many times the floor this command takes, by medians of rounds in turn."""
    for package in ("publisher", "adapters"):
        compileall.compile_dir(ROOT / package, quiet=2)
    ours, floor = [], []
    for _ in range(ROUNDS):
        floor.append(seconds(FLOOR, team.root, team.env))
        ours.append(seconds([*PUBLISHER, *words], team.root, team.env))
    found = statistics.median(ours) / statistics.median(floor)
    print(f"\n{' '.join(words)}: {found:.2f} times Python with click and one git command")
    return found


def least_ratio(team: Team, *words: str) -> float:
    found = ratio(team, *words)
    for _ in range(TAKES - 1):
        found = found if found <= BOUND else min(found, ratio(team, *words))
    return found


def schedule_for_later(team: Team, posts: int) -> None:
    for number in range(posts):
        team.write(f"later-{number}", publish="2026-12-24 09:30")
    team.commit()


@pytest.mark.skipif("COV_CORE_SOURCE" in os.environ, reason="coverage slows one side only")
def test_help_costs_at_most_twice_the_floor(team: Team) -> None:
    assert least_ratio(team, "--help") <= BOUND


@pytest.mark.skipif("COV_CORE_SOURCE" in os.environ, reason="coverage slows one side only")
def test_a_run_with_nothing_due_costs_at_most_twice_the_floor(team: Team) -> None:
    schedule_for_later(team, 3)
    assert least_ratio(team, "run", "--now", NOW) <= BOUND


def test_a_run_with_nothing_due_imports_nothing_heavy(team: Team) -> None:
    schedule_for_later(team, 1)
    code = "import sys; from publisher.cli import leave_code; leave_code(sys.argv[1:]); print('loaded:', *sys.modules)"
    words = [sys.executable, "-c", code, "run", "--now", NOW]
    told = subprocess.run(words, cwd=team.root, env=team.env, capture_output=True, text=True, check=True).stdout
    said, _, loaded = told.partition("loaded: ")
    assert "Nothing is due; 6 to come." in said
    assert {"click", "publisher.cli.run"} <= set(loaded.split())
    assert HEAVY.isdisjoint(loaded.split())
