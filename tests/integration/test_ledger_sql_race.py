"""Eight `publisher run` at once on one ledger in a database: each part is on its network exactly once.

`PUBLISHER_RACES=20` runs twenty rounds of 200 parts; without it one small round shows that nothing is broken.
"""

from __future__ import annotations

import collections
import json
import os
from pathlib import Path

import pytest

from tests.integration.conftest import NOW, Team

ROUNDS = int(os.environ.get("PUBLISHER_RACES") or 0)
POSTS = 100 if ROUNDS else 12
RUNNERS = 8
ENOUGH = 120 + 90 * ROUNDS

SETTINGS = """\
timezone: Europe/Paris
ledger: PUBLISHER_LEDGER
channels:
  mastodon: {handle: "@tide@mastodon.example", settings: {instance: "https://mastodon.example"}}
  second: {network: mastodon, handle: "@tide@other.example", settings: {instance: "https://other.example"}}
"""
POST = """\
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
@pytest.mark.parametrize("home", ["file", pytest.param("server", marks=pytest.mark.servers)])
def test_eight_runs_at_once_publish_each_part_exactly_once(
    home: str, team: Team, served: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    file = f"sqlite:{tmp_path}/ledger.db"
    address = file if home == "file" else request.getfixturevalue("postgresql").make()
    env = {"PUBLISHER_SANDBOX": served, "PUBLISHER_LEDGER": address}
    (team.root / "publisher.yml").write_text(SETTINGS, encoding="utf-8")
    for number in range(ROUNDS or 1):
        for post in range(POSTS):
            name = f"{number}-{post}"
            (team.root / "content" / f"{name}.md").write_text(POST.format(name=name), encoding="utf-8")
        team.commit()
        processes = [team.start("run", "--json", "--now", NOW, env=env) for _ in range(RUNNERS)]
        said = [process.communicate(timeout=ENOUGH) for process in processes]
        rows = [row for out, _ in said for row in json.loads(out)]
        assert {row["reason"].partition(" (")[0] for row in rows} <= {"", "being sent by another runner"}
        assert {row["state"] for row in rows} <= {"published", "held"}
        assert [process.returncode for process in processes] == [0] * RUNNERS
        assert {row["state"] for row in team.run(env=env).values()} <= {"published"}
        counts = collections.Counter((post["network"], post["text"]) for post in team.held(env=env))
        assert len(counts) == (number + 1) * POSTS * 2
        assert set(counts.values()) == {1}
