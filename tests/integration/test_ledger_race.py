"""Many runners at once: each part is claimed by one."""

from __future__ import annotations

import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from publisher.errors import Conflict
from publisher.ledger.events import Kind, received
from publisher.ledger.runner import Runner
from tests.integration.ledgers import (
    attempt,
    clone,
    ledger,
    proof,
    published,
)

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
