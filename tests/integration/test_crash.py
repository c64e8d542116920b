"""Killed at any moment: the next run neither repeats nor forgets."""

from __future__ import annotations

import collections
import time

import pytest

from tests.integration.conftest import NOW, Team

MOMENTS = 6


@pytest.mark.timeout(300)
def test_killed_at_many_moments_every_part_is_on_its_network_exactly_once(team: Team, served: str) -> None:
    """Each round publishes a new post, killing the run a little later than the last round did."""
    env = {"PUBLISHER_SANDBOX": served}
    team.write("warm-up")
    team.commit()
    team.git("push", "-q")
    began = time.monotonic()
    team.run(env=env)
    whole = time.monotonic() - began
    for moment in range(MOMENTS):
        team.write(f"round-{moment}")
        team.commit()
        process = team.start("run", "--now", NOW, env=env)
        time.sleep(whole * (0.2 + 0.8 * moment / MOMENTS))
        process.kill()
        process.communicate()
        rows = team.run(env=env, code=None)
        assert {row["state"] for row in rows.values()} <= {"published"}, rows
    counts = collections.Counter((post["network"], post["text"]) for post in team.held(env=env))
    assert set(counts.values()) == {1}
    posts = collections.Counter(post["network"] for post in team.held(env=env) if not post["reply_to"])
    assert posts == dict.fromkeys(("x", "linkedin", "facebook", "instagram", "mastodon", "bluesky"), MOMENTS + 1)
