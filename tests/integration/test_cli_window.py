"""`publisher run --window`: what comes soon is waited for and sent at its instant; the clock is played by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.cli.workspace import REHEARSED
from tests.integration.conftest import Team
from tests.integration.console import Console

NINE = "2026-11-23T09:00:00+01:00"
FIVE = ("linkedin", "facebook", "instagram", "mastodon", "bluesky")


@pytest.fixture
def console(team: Team) -> Console:
    return Console(team.root, {**team.env, "PUBLISHER_SANDBOX": None, "PUBLISHER_NOW": None, "GITHUB_ACTIONS": None})


def sent(console: Console) -> list[str]:
    """When each post went live, the earliest first."""
    rows = console.inside("status", "--json", "--now", "2026-11-23T23:00:00+01:00").json
    return sorted(row["receipts"][0]["at"] for row in rows if row["receipts"])


def test_what_comes_within_the_window_goes_out_at_its_instant(team: Team, console: Console) -> None:
    team.write("first", "2026-11-23 09:07", muted=FIVE)
    team.write("second", "2026-11-23 09:30", muted=FIVE)
    team.write("beyond", "2026-11-23 09:36", muted=FIVE)
    ran = console.inside("run", "--window", "35", "--now", NINE)
    assert ran.code == 0
    assert "Waiting until 09:07:00 (7 min) for first on x." in ran.out
    assert "Waiting until 09:30:00 (23 min) for second on x." in ran.out
    assert "beyond" not in ran.out
    assert sent(console) == ["2026-11-23T08:07:00Z", "2026-11-23T08:30:00Z"]
    assert "Nothing is due; 1 to come" in console.inside("run", "--now", "2026-11-23T09:35:00+01:00").out


def test_nothing_is_claimed_while_it_waits(team: Team, console: Console) -> None:
    """The attempt bears the instant of sending: before it, no other runner finds the post taken."""
    team.write("only", "2026-11-23 09:30", muted=FIVE)
    console.inside("run", "--window", "35", "--now", NINE)
    told = _story(team)
    first = told.splitlines()[0]
    assert '"kind": "attempt"' in first
    assert '"at": "2026-11-23T08:30:00Z"' in first


def _story(team: Team) -> str:
    (path,) = (
        one
        for one in team.git("ls-tree", "-r", "--name-only", REHEARSED).split()
        if "only" in one and one.endswith(".jsonl")
    )
    return team.git("show", f"{REHEARSED}:{path}")


def test_a_machine_reads_one_answer_for_all_it_waited_for(team: Team, console: Console) -> None:
    team.write("due", "2026-11-23 08:50", muted=FIVE)
    team.write("soon", "2026-11-23 09:30", muted=FIVE)
    team.write("later", "2026-11-24 09:30", muted=FIVE)
    ran = console.inside("run", "--json", "--window", "35", "--now", NINE)
    assert {row["post"]: row["state"] for row in ran.json} == {
        "due": "published",
        "soon": "published",
        "later": "later",
    }


def test_without_a_window_nothing_is_waited_for(team: Team, console: Console) -> None:
    team.write("soon", "2026-11-23 09:01", muted=FIVE)
    assert "Nothing is due; 1 to come" in console.inside("run", "--now", NINE).out


def test_a_run_gives_way_to_newer_words(team: Team, console: Console, tmp_path: Path) -> None:
    """Whoever merges while a run waits is not kept waiting, and no stale word goes out."""
    team.write("soon", "2026-11-23 09:30", muted=FIVE)
    team.commit()
    team.git("push", "-q")
    colleague = team.clone(tmp_path / "colleague")
    colleague.write("soon", "withdrawn", muted=FIVE)
    colleague.commit()
    colleague.git("push", "-q")
    ran = console.inside("run", "--window", "35", "--now", NINE)
    assert (ran.code, "the run that follows them takes over" in ran.out) == (0, True)
    assert sent(console) == []


def test_a_run_two_days_late_keeps_to_its_policy_and_never_floods(team: Team, console: Console) -> None:
    """Twelve posts of two lost days: what is over its lateness is held, the rest keeps gap and daily maximum."""
    (team.root / "schedules").mkdir()
    (team.root / "schedules/week.yml").write_text("gap: {default: 30m}\ndaily: {default: 4}\n")
    for day in (21, 22):
        for hour in range(9, 15):
            team.write(f"on-{day}-at-{hour}", f"2026-11-{day} {hour:02}:00", muted=FIVE)
    ran = console.inside("run", "--json", "--window", "120", "--now", "2026-11-23T10:30:00+01:00").json
    held = {row["post"]: row["reason"] for row in ran if row["state"] == "held"}
    assert {post[:5] for post in held} >= {"on-21"}
    assert all("missed its lateness limit" in reason for reason in held.values())
    assert sent(console) == [f"2026-11-23T{time}:00Z" for time in ("09:30", "10:00", "10:30", "11:00")]
