"""Eight `publisher run` at once on one ledger in a database: each part is on its network exactly once.

`PUBLISHER_RACES=20` runs twenty rounds of 200 parts; without it one small round shows that nothing is broken.
"""

from __future__ import annotations

import collections
from pathlib import Path

import pytest

from tests.crash.test_race import CHANNELS, ENOUGH, POSTS, ROUNDS, RUNNERS, SETTINGS, race, write
from tests.integration.conftest import Team


@pytest.mark.timeout(ENOUGH)
@pytest.mark.parametrize("home", ["file", pytest.param("server", marks=pytest.mark.servers)])
def test_eight_runs_at_once_publish_each_part_exactly_once(
    home: str, team: Team, served: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    file = f"sqlite:{tmp_path}/ledger.db"
    address = file if home == "file" else request.getfixturevalue("postgresql").make()
    team.env.update({"PUBLISHER_SANDBOX": served, "PUBLISHER_LEDGER": address})
    (team.root / "publisher.yml").write_text(f"ledger: PUBLISHER_LEDGER\n{SETTINGS}", encoding="utf-8")
    for number in range(ROUNDS or 1):
        write(team, number)
        said = race([team] * RUNNERS)
        assert {row["state"] for row in team.run().values()} <= {"published"}
        counts = collections.Counter((post["account"], post["text"]) for post in team.held())
        assert len(counts) == (number + 1) * POSTS * CHANNELS
        assert set(counts.values()) == {1}
        print(f"\nround {number + 1}: {POSTS * CHANNELS} parts, each exactly once; each runner's: {said}")
