"""What a run costs depends on what is pending, not on what is settled: 100 posts against 100,000.

The histories are written with `git fast-import`, as a clone holds them: every post committed, its very blob settled,
its story told. The two are measured in turn and the least of the processor's time is compared, children included: what
else the machine does only adds to it. While they are too far apart more rounds are run, up to three times as many.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.cli.workspace import REHEARSED
from publisher.ledger.events import completed, encode
from publisher.ledger.places import story_path
from tests.benchmarks.test_cold_start import seconds
from tests.integration.conftest import NOW, PUBLISHER, Team, found

pytestmark = pytest.mark.benchmark
FEW, MANY, PENDING, FOLDER = 100, 100_000, 20, 5_000
MUTED = ("linkedin", "facebook", "instagram", "mastodon")
BOUND = 1.2
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
AFTER = "2026-12-20T12:00:00+01:00"


def files(posts: int) -> Iterator[tuple[str, str, str]]:
    """The path, the words and the id of every settled post."""
    for number in range(posts):
        path = f"content/{2000 + number // FOLDER}/p{number}.md"
        yield path, f"---\ntitle: Number {number}\npublish: 2000-01-01 09:30\n---\nNumber {number}.\n", f"p{number}"


def history(posts: int) -> Iterator[bytes]:
    """Both branches as a stream for `git fast-import`."""
    known = list(files(posts))
    for mark, (_, text, _) in enumerate(known, 1):
        yield f"blob\nmark :{mark}\ndata {len(text)}\n{text}\n".encode()
    yield from commit("refs/heads/main", "from refs/heads/main^0\n")
    for mark, (path, _, _) in enumerate(known, 1):
        yield f"M 100644 :{mark} {path}\n".encode()
    yield from commit(f"refs/heads/{REHEARSED}")
    for mark, (path, _, name) in enumerate(known, 1):
        yield f"M 100644 :{mark} settled/{path}\n".encode()
        story = encode([completed("x", "d", "b", LONG_AGO)])
        yield f"M 100644 inline {story_path(name)}\ndata {len(story)}\n{story}\n".encode()


def commit(branch: str, parent: str = "") -> Iterator[bytes]:
    yield f"commit {branch}\ncommitter test <test> 0 +0000\ndata 5\nWrite\n{parent}".encode()


def grown(folder: Path, settled: int) -> Team:
    """A team after so many posts; what is settled is not checked out, for a run must not need it."""
    team = found(folder)
    stream = b"".join(history(settled))
    subprocess.run(["git", "fast-import", "--quiet"], cwd=team.root, env=team.env, input=stream, check=True)
    team.git("read-tree", "HEAD")
    for number in range(PENDING):
        team.write(f"pending-{number}", publish="2026-12-20 09:30", muted=MUTED)
    team.git("add", "content/2026")
    team.git("commit", "-q", "-m", "Write")
    return team


@pytest.fixture(scope="module")
def teams(tmp_path_factory: pytest.TempPathFactory) -> tuple[Team, Team]:
    """One team with a short history and one with a long one, alike in everything else."""
    few, many = (
        grown(tmp_path_factory.mktemp("teams") / name, posts) for name, posts in (("few", FEW), ("many", MANY))
    )
    return few, many


def ratio(teams: tuple[Team, Team], what: str, *words: str, rounds: int) -> float:
    """How many times the cost with few settled posts it costs with many, each round on a copy of its own."""
    spent: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds * 3):
        if number >= rounds and min(spent[1]) <= BOUND * min(spent[0]):
            break
        for team, times in zip(teams, spent, strict=True):
            copy = team.root.with_name(f"copy-{what[:2]}-{number}")
            shutil.copytree(team.root, copy, symlinks=True)
            times.append(seconds([*PUBLISHER, *words], copy, team.env))
            shutil.rmtree(copy)
    few, many = map(min, spent)
    print(f"\n{what}: {few:.3f} s with {FEW} settled posts, {many:.3f} s with {MANY:,}: {many / few:.2f} times")
    return many / few


def test_both_histories_are_settled_but_for_what_is_pending(teams: tuple[Team, Team]) -> None:
    for team in teams:
        assert len(team.run("--dry-run")) == PENDING * 2


def test_a_run_with_nothing_due_costs_the_same_after_a_thousand_times_as_many_posts(teams: tuple[Team, Team]) -> None:
    assert ratio(teams, "nothing due", "run", "--now", NOW, rounds=9) <= BOUND


def test_sending_what_is_due_costs_the_same_after_a_thousand_times_as_many_posts(teams: tuple[Team, Team]) -> None:
    assert ratio(teams, f"{PENDING} posts due", "run", "--now", AFTER, rounds=4) <= BOUND
