"""Evergreen posts, series and places in the queue, from the command line to the sandbox and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.conftest import Team
from tests.integration.console import Console, states

SCHEDULE = """\
slots:
  noon: {at: "12:00"}
series:
  mondays: {rule: FREQ=WEEKLY;BYDAY=MO, at: "09:30"}
evergreen:
  classics: {slots: noon, cooldown: 30d, channels: [x, mastodon, bluesky]}
"""
ELSEWHERE = ("linkedin", "facebook", "instagram")


@pytest.fixture
def console(team: Team) -> Console:
    (team.root / "schedules").mkdir()
    (team.root / "schedules" / "week.yml").write_text(SCHEDULE, encoding="utf-8")
    return Console(team.root, {**team.env, "PUBLISHER_SANDBOX": None, "PUBLISHER_NOW": None})


def test_an_evergreen_post_is_published_again_after_its_cool_down_and_never_before(
    team: Team, console: Console
) -> None:
    team.write("classic", publish="classics", muted=ELSEWHERE)
    team.commit()
    first = console.inside("run --json", "--now", "2026-11-23T12:03:00+01:00").json
    assert {(row["post"], row["state"]) for row in first} == {("classic", "published")}
    for day in ("2026-11-24", "2026-12-22"):
        resting = console.inside("run --json", "--now", f"{day}T12:03:00+01:00").json
        assert {(row["post"], row["state"]) for row in resting} == {("classic~2", "later")}
    again = console.inside("run --json", "--now", "2026-12-23T12:03:00+01:00").json
    assert {(row["post"], row["state"]) for row in again} == {("classic~2", "published")}
    assert states(again) == dict.fromkeys(("x", "mastodon", "bluesky"), "published")
    addresses = [row["receipts"][0]["url"] for row in (*first, *again)]
    assert len(set(addresses)) == 6
    assert {row["path"] for row in again} == {"content/2026/classic.md"}
    status = console.inside("status --json", "--now", "2026-12-23T12:04:00+01:00").json
    assert {(row["post"], row["at"]) for row in status} == {("classic~3", "2027-01-22T11:00:00Z")}


def test_a_promised_slot_stays_when_a_post_that_sorts_earlier_is_merged(team: Team, console: Console) -> None:
    def plan() -> dict[str, str]:
        rows = console.inside("plan --json", "--now", "2026-11-23T13:10:00+01:00").json
        return {row["post"]: row["at"] for row in rows if row["channel"] == "x" and row["state"] == "later"}

    team.write("middle", publish="next")
    team.commit()
    console.inside("run", "--now", "2026-11-23T13:05:00+01:00")
    team.write("earlier", publish="next")
    team.commit()
    assert plan() == {"middle": "2026-11-24T11:00:00Z", "earlier": "2026-11-25T11:00:00Z"}


def test_a_post_waits_for_its_series(team: Team, console: Console) -> None:
    team.write("numbers", publish="mondays")
    team.commit()
    waiting = console.inside("run --json", "--now", "2026-11-24T12:00:00+01:00").json
    assert {row["at"] for row in waiting} == {"2026-11-30T08:30:00Z"}
    done = console.inside("run --json", "--now", "2026-11-30T09:30:00+01:00").json
    assert {row["state"] for row in done} == {"published"}


def test_a_check_finds_a_queue_nobody_has(team: Team, console: Console) -> None:
    team.write("classic", publish="clasics", muted=ELSEWHERE)
    said = console.inside("check --format json")
    assert said.code == 1
    assert [(one["rule"], one["hint"]) for one in said.json if one["rule"] == "unknown-slot"] == [
        ("unknown-slot", "did you mean `classics`?")
    ]


def test_a_bad_schedule_stops_a_run_and_says_where(team: Team, console: Console) -> None:
    path: Path = team.root / "schedules" / "week.yml"
    path.write_text(SCHEDULE.replace("BYDAY=MO", "BYDYA=MO"), encoding="utf-8")
    said = console.inside("run", "--now", "2026-11-24T12:00:00+01:00")
    assert said.code == 1
    assert "schedules/week.yml:4:31" in said.all
    assert "did you mean `BYDAY`?" in said.all


def test_a_channel_that_is_added_without_slots_makes_no_error_of_what_was_published(
    team: Team, console: Console
) -> None:
    week = team.root / "schedules/week.yml"
    week.write_text('slots:\n  noon: {at: "12:00", channels: [x, mastodon]}\n', encoding="utf-8")
    new = 'mastodon: {handle: "@tidewater@mastodon.example", settings: {instance: "https://mastodon.example"}}'
    settings = team.root / "publisher.yml"
    both = settings.read_text(encoding="utf-8").partition("  linkedin:")[0]
    settings.write_text(f"{both}  {new}\n", encoding="utf-8")
    team.write("classic", publish="next")
    team.commit()
    run = ("run --json", "--now", "2026-11-23T12:03:00+01:00")
    assert states(console.inside(*run).json) == {"x": "published", "mastodon": "published"}
    settings.write_text(f'{both}  {new}\n  bluesky: {{handle: "@tidewater.example"}}\n', encoding="utf-8")
    said = console.inside("check")
    assert (said.code, "no-slot" in said.out, "1 warning" in said.out) == (0, True, True), said.out
    team.commit()
    assert console.inside(*run).json == []
