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
CHANNELS = 40 if ROUNDS else 8
POSTS = 5 if ROUNDS else 3
RUNNERS = 8
ENOUGH = 120 + 300 * ROUNDS

CHANNEL = (
    '  c{0}: {{network: mastodon, handle: "@tide@m{0}.example", settings: {{instance: "https://m{0}.example"}}}}\n'
)
SETTINGS = "timezone: Europe/Paris\nchannels:\n" + "".join(CHANNEL.format(number) for number in range(CHANNELS))
WORDS = "---\ntitle: Post {0}\npublish: 2026-11-23 09:30\nchannels:\n{1}---\nNumber {0}.\n"
OWN = "  c{0}: {{text: '{1} listens first, says guide {2}.'}}\n"
SYLLABLES = tuple(a + b for a in "bdfgklmnprstvz" for b in "aeiou")


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
        assert len(counts) == (number + 1) * POSTS * CHANNELS
        assert set(counts.values()) == {1}
        print(
            f"\nround {number + 1}: {POSTS * CHANNELS} parts, each exactly once, in {took:.0f} s; each runner's: {said}"
        )


def test_two_runs_in_one_clone_at_the_same_second_publish_each_part_exactly_once(team: Team) -> None:
    (team.root / "publisher.yml").write_text(SETTINGS, encoding="utf-8")
    write(team, 0)
    running = [team.start("run", "--json", "--now", NOW) for _ in range(2)]
    for process in running:
        finish(process)
    counts = Counter((post["account"], post["text"]) for post in team.held())
    assert (len(counts), set(counts.values())) == (POSTS * CHANNELS, {1})


def write(team: Team, number: int) -> None:
    """The posts of a round, in other words for each channel, committed and pushed."""
    for post in range(POSTS):
        name = f"{number}-{post}"
        own = "".join(OWN.format(channel, " ".join(names(channel)), name) for channel in range(CHANNELS))
        (team.root / "content" / f"{name}.md").write_text(WORDS.format(name, own), encoding="utf-8")
    team.commit()
    team.git("push", "-q")


def names(channel: int) -> list[str]:
    """Five names that no other channel says."""
    pairs = [SYLLABLES[(channel * 5 + number) % len(SYLLABLES)] for number in range(5)]
    return [f"{first}{SYLLABLES[channel]}n".capitalize() for first in pairs]


def race(clones: list[Team]) -> list[int]:
    """How many parts each of the runners published; together that is every part."""
    running = [clone.start("run", "--json", "--now", NOW) for clone in clones]
    said = [finish(process) for process in running]
    rows = [row for lines in said for row in lines]
    assert {row["reason"].partition(" (")[0] for row in rows} <= {"", "being sent by another runner"}
    assert {row["state"] for row in rows} <= {"published", "held"}
    assert sum(row["state"] == "published" for row in rows) >= POSTS * CHANNELS
    return [sum(row["state"] == "published" for row in lines) for lines in said]


def finish(process: subprocess.Popen[str]) -> list[dict[str, str]]:
    """What a run said, once it ended well."""
    out, err = process.communicate(timeout=ENOUGH)
    assert process.returncode == 0, err
    return list(json.loads(out))
