"""Eight `publisher run` at once in clones of their own, one bare remote between them: each part goes out exactly once.

`PUBLISHER_RACES=20` plays twenty rounds of 200 parts; without it one small round shows that nothing is broken.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.integration.conftest import NOW, Team

ROUNDS = int(os.environ.get("PUBLISHER_RACES") or 0)
POSTS = 100 if ROUNDS else 12
RUNNERS = 8
ENOUGH = 120 + 600 * ROUNDS

SETTINGS = """\
timezone: Europe/Paris
channels:
  mastodon: {handle: "@tide@mastodon.example", settings: {instance: "https://mastodon.example"}}
  second: {network: mastodon, handle: "@tide@other.example", settings: {instance: "https://other.example"}}
"""
WORDS = """\
---
title: Post {name}
publish: 2026-11-23 09:30
channels:
  mastodon: {{text: "Listening comes first, says our guide number {name}."}}
  second: {{text: "What did you learn today? Ours is lesson {name}."}}
---
Number {name}.
"""


@pytest.mark.timeout(ENOUGH)
def test_eight_runs_in_eight_clones_publish_each_part_exactly_once(team: Team, served: str, tmp_path: Path) -> None:
    team.env["PUBLISHER_SANDBOX"] = served
    (team.root / "publisher.yml").write_text(SETTINGS, encoding="utf-8")
    team.commit()
    team.git("push", "-q")
    clones = [team.clone(tmp_path / f"clone-{number}") for number in range(RUNNERS)]
    for number in range(ROUNDS or 1):
        write(team, number)
        for clone in clones:
            clone.git("pull", "-q")
        began = time.monotonic()
        said = race(clones)
        took = time.monotonic() - began
        assert {row["state"] for row in team.run().values()} <= {"published"}
        counts = Counter((post["account"], post["text"]) for post in team.held())
        assert len(counts) == (number + 1) * POSTS * 2
        assert set(counts.values()) == {1}
        print(f"\nround {number + 1}: {POSTS * 2} parts, each exactly once, in {took:.0f} s; each runner's: {said}")


def test_two_runs_in_one_clone_at_the_same_second_publish_each_part_exactly_once(team: Team) -> None:
    (team.root / "publisher.yml").write_text(SETTINGS, encoding="utf-8")
    write(team, 0)
    running = [team.start("run", "--json", "--now", NOW) for _ in range(2)]
    for process in running:
        finish(process)
    counts = Counter((post["account"], post["text"]) for post in team.held())
    assert (len(counts), set(counts.values())) == (POSTS * 2, {1})


def write(team: Team, number: int) -> None:
    """The posts of a round, committed and pushed."""
    for post in range(POSTS):
        name = f"{number}-{post}"
        (team.root / "content" / f"{name}.md").write_text(WORDS.format(name=name), encoding="utf-8")
    team.commit()
    team.git("push", "-q")


def race(clones: list[Team]) -> list[int]:
    """How many parts each of the runners published; together that is every part."""
    running = [clone.start("run", "--json", "--now", NOW) for clone in clones]
    said = [finish(process) for process in running]
    rows = [row for lines in said for row in lines]
    assert {row["reason"].partition(" (")[0] for row in rows} <= {"", "being sent by another runner"}
    assert {row["state"] for row in rows} <= {"published", "held"}
    assert sum(row["state"] == "published" for row in rows) >= POSTS * 2
    return [sum(row["state"] == "published" for row in lines) for lines in said]


def finish(process: subprocess.Popen[str]) -> list[dict[str, str]]:
    """What a run said, once it ended well."""
    out, err = process.communicate(timeout=ENOUGH)
    assert process.returncode == 0, err
    return list(json.loads(out))
