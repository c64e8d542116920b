"""`publisher github watch` and `awake`: a run that did not happen is noticed, and one issue tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.github import Forge, served
from tests.integration.conftest import Team
from tests.integration.console import Console

MONDAY = "2026-11-23T12:00:00+01:00"
AT_ELEVEN = "2026-11-23T10:00:00Z"


@pytest.fixture
def forge() -> Forge:
    return Forge(runs={"publish.yml": [AT_ELEVEN]})


@pytest.fixture
def console(team: Team, forge: Forge) -> Iterator[Console]:
    with served(forge) as env:
        clean = {"PUBLISHER_SANDBOX": None, "PUBLISHER_NOW": None, "GITHUB_ACTIONS": None}
        yield Console(team.root, {**team.env, **clean, **env})


def test_the_watch_is_silent_while_runs_come_and_something_is_planned(
    team: Team, console: Console, forge: Forge
) -> None:
    team.write("later", "2026-12-24 09:30")
    said = console.inside("github watch", "--now", MONDAY)
    assert (said.code, said.out) == (0, "All is well.\n")
    assert forge.issues == []


def test_one_issue_tells_of_missing_runs_and_closes_when_they_come(team: Team, console: Console, forge: Forge) -> None:
    team.write("overdue", "2026-11-23 09:30", muted=("x",))
    for now in ("2026-11-23T15:00:00+01:00", "2026-11-23T16:30:00+01:00"):
        assert console.inside("github watch", "--now", now).code == 1
    (issue,) = forge.issues
    assert "No run of `publish.yml` for 5h 30m" in issue["body"]
    assert "5 should have gone out and nobody has tried" in issue["body"]
    assert "`overdue on mastodon`, 7h late" in issue["body"]
    forge.runs["publish.yml"] = ["2026-11-23T15:40:00Z"]
    console.inside("run", "--now", "2026-11-23T16:40:00+01:00")
    assert console.inside("github watch", "--now", "2026-11-23T17:00:00+01:00").code == 0
    assert [one["state"] for one in forge.issues] == ["closed"]
    assert forge.comments[1][0]["body"].startswith("All is well again")


@pytest.mark.parametrize(
    ("state", "told"),
    [("disabled_inactivity", "switched off by GitHub"), ("disabled_manually", "switched off by hand")],
)
def test_a_workflow_that_is_switched_off_is_told(
    team: Team, console: Console, forge: Forge, state: str, told: str
) -> None:
    team.write("later", "2026-12-24 09:30")
    forge.workflows["publish.yml"] = state
    assert console.inside("github watch", "--now", MONDAY).code == 1
    assert told in forge.issues[0]["body"]


def test_a_team_that_has_nothing_more_to_say_is_told(team: Team, console: Console, forge: Forge) -> None:
    team.write("last", "2026-11-23 09:30", muted=("x",))
    console.inside("run", "--now", MONDAY)
    forge.runs["publish.yml"] = ["2026-12-06T11:00:00Z"]
    assert console.inside("github watch", "--now", "2026-12-06T12:30:00+01:00").code == 0
    forge.runs["publish.yml"] = ["2026-12-08T11:00:00Z"]
    assert console.inside("github watch", "--now", "2026-12-08T12:30:00+01:00").code == 1
    assert "Nothing was published for 14d, and nothing is planned" in forge.issues[0]["body"]
    assert console.inside("github watch", "--idle", "30", "--now", "2026-12-08T12:30:00+01:00").code == 0


def test_schedules_are_kept_awake_but_a_persons_word_stands(console: Console, forge: Forge) -> None:
    forge.workflows = {"publish.yml": "disabled_inactivity", "watch.yml": "disabled_manually"}
    said = console("github", "awake", "publish.yml", "watch.yml")
    assert said.out == "publish.yml is awake.\nwatch.yml was switched off by hand, and stays off.\n"
    assert forge.workflows == {"publish.yml": "active", "watch.yml": "disabled_manually"}
    assert console("github", "awake", "no.yml").code == 1


def test_a_job_without_the_right_is_told_which_it_needs(team: Team, forge: Forge) -> None:
    with served(replace(forge, refuse=frozenset({"PUT"}))) as env:
        said = Console(team.root, {**team.env, **env})("github", "awake", "publish.yml")
    assert (said.code, "HTTP 403" in said.err, "--help" in said.err) == (1, True, True)


def test_a_post_that_missed_its_time_is_told_by_the_run_and_by_the_watch(
    team: Team, console: Console, forge: Forge
) -> None:
    team.write("missed", "2026-11-20 09:30", muted=("x",))
    team.write("later", "2026-12-24 09:30")
    said = console.inside("run", "--now", MONDAY)
    assert (said.code, "Not sent in time, and held: missed. See why with: publisher plan" in said.out) == (0, True)
    assert console.inside("github watch", "--now", MONDAY).code == 1
    assert "5 were not sent in time and are held" in forge.issues[0]["body"]
    assert "`missed on mastodon`, 3d 2h 30m late" in forge.issues[0]["body"]
