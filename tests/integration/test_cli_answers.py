"""The shapes that machines read: check, preview, plan, run, push, status, doctor."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from publisher.cli.workspace import REHEARSED
from publisher.registry import adapter
from tests.integration.conftest import NOW, Team
from tests.integration.console import Console, states

SIX = ("x", "linkedin", "facebook", "instagram", "mastodon", "bluesky")
STATES = {"published", "due", "later", "held", "failed", "doubt"}
PREVIEWED = {"post", "path", "channel", "network", "digest", "parts", "media", "findings", "changes", "omitted"}
ROW = {"act", "post", "path", "channel", "network", "state", "reason", "hint", "error", "at", "receipts", "cost"}
VARIABLES = [f"{name}_{secret.role}".upper() for name in SIX for secret in adapter(name).secrets]
NEXT = "2026-11-23T12:20:00+01:00"


@pytest.fixture
def console(team: Team) -> Console:
    return Console(team.root, {**team.env, "PUBLISHER_SANDBOX": None, "PUBLISHER_NOW": None, "GITHUB_ACTIONS": None})


def spoil(team: Team, path: str) -> None:
    file = team.root / path
    file.write_text(file.read_text().replace("objective: awareness", "objektive: awareness"))


# --- check


def test_check_says_in_three_ways_what_is_wrong_and_where(team: Team, console: Console) -> None:
    path = team.write("listening")
    spoil(team, path)
    text = console.inside("check")
    assert text.code == 1
    line = rf"^{path}:3:1: error: unknown key `objektive` \(.*`objective`.*\) \[unknown-key\]$"
    assert re.search(line, text.out, re.MULTILINE)
    assert text.out.splitlines()[-1].startswith("1 error")
    machine = console.inside("check", "--format", "json")
    assert machine.code == 1
    (error,) = [one for one in machine.json if one["severity"] == "error"]
    assert set(error) == {"rule", "message", "severity", "path", "line", "column", "channel", "hint"}
    assert (error["rule"], error["path"], error["line"], error["column"]) == ("unknown-key", path, 3, 1)
    short = console.inside("check", "--json")
    assert (short.code, short.json) == (1, machine.json)
    github = console.inside("check", "--format", "github")
    assert github.code == 1
    assert f"::error file={path},line=3,col=1,title=unknown-key::unknown key `objektive`" in github.out
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in github.out.splitlines())


def test_check_of_a_sound_project_is_short(team: Team, console: Console) -> None:
    team.write("listening")
    assert console.inside("check").all == "Everything is fine.\n"
    assert console.inside("check", "--format", "json").json == console.inside("check", "--json").json == []
    assert console.inside("check", "--json", "--format", "github").code == 2
    assert console.inside("check", "--format", "github").all == ""


def test_check_looks_only_where_it_is_told(team: Team, console: Console) -> None:
    fine, broken = team.write("fine"), team.write("broken")
    spoil(team, broken)
    assert console.inside("check", fine).code == 0
    assert console.inside("check", broken).code == 1
    assert console.inside("check", "content").code == 1


# --- preview


def test_a_preview_is_one_object_for_each_channel(team: Team, console: Console) -> None:
    path = team.write("listening")
    rows = console.inside("preview", path, "--json").json
    assert [row["channel"] for row in rows] == list(SIX)
    for row in rows:
        assert set(row) >= PREVIEWED
        assert (row["post"], row["path"]) == ("listening", path)
        assert re.fullmatch(r"[0-9a-f]{64}", row["digest"])
        assert row["parts"]
        assert all(set(part) >= {"kind", "text", "length", "limit"} for part in row["parts"])
        assert all(0 < part["length"] <= part["limit"] for part in row["parts"])
        assert [picture["alt"] for picture in row["media"]] == ["A loop of three steps: listen, discuss, adapt"]
        assert row["findings"] == []
        assert all(set(one) >= {"rule", "detail"} for one in (*row["changes"], *row["omitted"]))
    texts = ["\n".join(part["text"] for part in row["parts"]) for row in rows]
    assert len(set(texts)) == len(texts)


def test_several_paths_and_folders_are_previewed_together(team: Team, console: Console) -> None:
    one, two = team.write("one"), team.write("two")
    both = console.inside("preview", one, two, "--json").json
    assert [row["path"] for row in both] == [one] * 6 + [two] * 6
    assert console.inside("preview", "content", "--json").json == both
    assert console.inside("preview", "content/2026", "--json").json == both
    assert console.inside("preview", one, "--json").json == both[:6]
    assert console.inside("preview", ".", "--json").json == both


def test_a_preview_can_be_of_some_channels(team: Team, console: Console) -> None:
    path = team.write("listening", muted=["x"])
    rows = console.inside("preview", path, "--json", "-c", "mastodon", "-c", "bluesky").json
    assert [row["channel"] for row in rows] == ["mastodon", "bluesky"]
    assert console.inside("preview", path, "--json", "-c", "x").json == []
    said = console.inside("preview", path, "-c", "mastodn")
    assert said.code == 1
    assert "no channel 'mastodn'" in said.err


def test_a_preview_shows_the_good_posts_and_names_the_bad(team: Team, console: Console) -> None:
    fine = team.write("fine")
    (team.root / "content/2026/bad.md").write_bytes(b"---\ntitle: \xff\n---\n")
    said = console.inside("preview", "content", "--json")
    assert said.code == 1
    assert {row["path"] for row in said.json} == {fine}
    assert "content/2026/bad.md:2:8: error:" in said.err


def test_a_preview_is_the_same_twice_and_for_people_it_holds_every_text(team: Team, console: Console) -> None:
    path = team.write("listening")
    rows = console.inside("preview", path, "--json")
    assert rows.out == console.inside("preview", path, "--json").out
    shown = " ".join(re.sub(r"[│╭╰─╮╯]", " ", console.inside("preview", path, env={"COLUMNS": "100"}).out).split())
    for row in rows.json:
        for part in row["parts"]:
            assert " ".join(part["text"].split())[:40] in shown


# --- plan, run, push, status


def test_rows_have_one_shape_everywhere(team: Team, console: Console) -> None:
    path = team.write("listening")
    team.write("later", publish="2026-11-24 09:30")
    team.write("draft", publish='""')
    team.commit()
    plan = console.inside("plan", "--json", "--now", NOW).json
    ran = console.inside("run", "--json", "--now", NOW).json
    status = console.inside("status", "--json", "--now", NOW).json
    pushed = console.inside("push", path, "--json", "--now", NOW).json
    for row in (*plan, *ran, *status, *pushed):
        assert set(row) == ROW
        assert row["state"] in STATES
        assert bool(row["receipts"]) == (row["state"] == "published")
        assert all(set(receipt) >= {"id", "url", "at"} for receipt in row["receipts"])
        assert row["reason"] or row["state"] in {"published", "due", "later"}
    assert {(row["post"], row["channel"]): row["state"] for row in ran} == {
        (row["post"], row["channel"]): row["state"] for row in status
    }
    assert {row["state"] for row in pushed} == {"published"}


def test_a_plan_says_what_is_to_be_paid_and_says_nothing_where_nothing_is(team: Team, console: Console) -> None:
    team.write("later", publish="2026-11-24 09:30")
    team.commit()
    rows = console.inside("plan", "--json", "--now", NOW).json
    costs = {row["channel"]: row["cost"] for row in rows}
    assert {name for name, cost in costs.items() if cost} == {"x"}
    assert costs["x"]["currency"] == "USD"
    assert costs["x"]["amount"] >= 0.2  # it has a link
    said = console.inside("plan", "--now", NOW).out
    assert "COST" in said
    assert f"Expected to cost ${costs['x']['amount']}" in said
    console.inside("run", "--now", "2026-11-24T09:30:00+01:00")
    assert "COST" not in console.inside("plan", "--now", "2026-11-24T09:31:00+01:00").out


def test_a_dry_run_sends_nothing_and_writes_nothing(team: Team, console: Console) -> None:
    path = team.write("listening")
    team.commit()
    for words in (["run"], ["push", path]):
        said = console.inside(*words, "--dry-run", "--now", NOW)
        assert said.code == 0
        assert "6 would be published; nothing was sent." in said.out
        rows = console.inside(*words, "--dry-run", "--json", "--now", NOW).json
        assert states(rows) == dict.fromkeys(SIX, "due")
    assert console.inside("sandbox posts", "--json").json == []
    assert REHEARSED not in team.git("branch", "--list")


def test_a_dry_run_counts_what_would_be_deleted_apart(team: Team, console: Console) -> None:
    path = team.write("listening")
    team.commit()
    console.inside("run", "--now", NOW)
    said = console.inside("withdraw", path, "--dry-run", "--now", NEXT)
    assert "6 would be withdrawn; nothing was sent." in said.out
    assert "published" not in said.out
    assert "0 would be published; nothing was sent." in console.inside("run", "--dry-run", "--now", NEXT).out


def test_a_draft_can_be_pushed_by_hand(team: Team, console: Console) -> None:
    path = team.write("draft", publish='""')
    team.commit()
    rows = console.inside("push", path, "--channel", "mastodon", "--json", "--now", NOW).json
    assert states(rows) == {"mastodon": "published"}
    assert {post["network"] for post in console.inside("sandbox posts", "--json").json} == {"mastodon"}
    assert console.inside("run", "--now", NOW).code == 0
    assert len(console.inside("sandbox posts", "--json").json) == 1


def test_a_push_of_what_is_published_says_where_it_is_and_sends_nothing(team: Team, console: Console) -> None:
    path = team.write("listening")
    team.commit()
    console.inside("run", "--now", NOW)
    before = console.inside("sandbox posts", "--json").json
    said = console.inside("push", path, "--now", NEXT)
    assert said.code == 0
    assert "Nothing was sent or deleted. See how it stands with: publisher status listening" in said.out
    rows = console.inside("push", path, "--json", "--now", NEXT).json
    assert states(rows) == dict.fromkeys(SIX, "published")
    assert all(row["receipts"] for row in rows)
    assert console.inside("sandbox posts", "--json").json == before


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (["content/2026/listening.md", "-c", "tiktok"], "channels: x, linkedin"),
        (["content/2026/listning.md"], "name a post"),
        (["/etc/hostname"], "outside the project"),
    ],
)
def test_a_push_that_names_nothing_known_is_refused(
    team: Team, console: Console, words: list[str], advice: str
) -> None:
    team.write("listening")
    said = console.inside("push", *words, "--now", NOW)
    assert said.code == 1
    assert advice in said.err


def test_a_push_of_a_post_with_errors_sends_nothing(team: Team, console: Console) -> None:
    path = team.write("listening")
    spoil(team, path)
    said = console.inside("push", path, "--now", NOW)
    assert said.code == 1
    assert "unknown-key" in said.all
    assert console.inside("sandbox posts", "--json").json == []


def test_status_after_a_partial_failure_says_what_is_live_and_what_is_not(team: Team, console: Console) -> None:
    path = team.write("listening")
    team.commit()
    console.inside("sandbox fault", "bluesky", "status:422")
    console.inside("sandbox fault", "x", "limited")
    ran = console.inside("run", "--now", NOW)
    assert ran.code == 3
    assert "4 of 6 published" in ran.out
    rows = {row["channel"]: row for row in console.inside("status", path, "--json", "--now", NOW).json}
    assert {name: row["state"] for name, row in rows.items()} == dict.fromkeys(SIX, "published") | {
        "bluesky": "failed",
        "x": "later",
    }
    assert "422" in rows["bluesky"]["reason"]
    assert datetime.fromisoformat(rows["x"]["at"]) > datetime.fromisoformat(NOW)
    shown = console.inside("status", path, "--now", NOW).out
    assert len(shown.splitlines()) == 7
    assert rows["mastodon"]["receipts"][0]["url"] in shown


def test_status_knows_a_post_that_was_never_due(team: Team, console: Console) -> None:
    team.write("draft", publish='""')
    rows: list[dict[str, Any]] = console.inside("status", "--json", "--now", NOW).json
    assert set(states(rows).values()) == {"held"}
    assert all("draft" in row["reason"] for row in rows)
    assert "There is nothing to show" in Console(team.root, console.env).inside("plan", "--days", "1", "--now", NOW).out


@pytest.mark.parametrize("live", [True, False])
def test_a_doubt_is_settled_by_a_person(team: Team, console: Console, live: bool) -> None:
    team.write("listening", muted=[one for one in SIX if one != "mastodon"])
    team.commit()
    console.inside("sandbox fault", "mastodon", "lost" if live else "status:503")
    console.inside("sandbox fault", "mastodon", "limited", "--on", "/accounts", "--times", "9")
    for moment in (NOW, NEXT):
        ran = console.inside("run", "--now", moment)
        assert ran.code == 4
        assert "publisher resolve listening mastodon" in ran.out
    assert states(console.inside("status", "--json", "--now", NEXT).json) == {"mastodon": "doubt"}
    for words in (["--posted", "https://a.example", "--not-posted"], []):
        assert console.inside("resolve", "listening", "mastodon", *words).code == 2
    for post, channel in (("listning", "mastodon"), ("listening", "x"), ("listening", "mastdon")):
        assert console.inside("resolve", post, channel, "--not-posted").code == 1
    url = "https://mastodon.example/@tidewater/1"
    answer = ["--posted", url] if live else ["--not-posted"]
    assert console.inside("resolve", "listening", "mastodon", *answer, "--now", NEXT).code == 0
    console.inside("sandbox fault", "--clear")
    assert console.inside("run", "--now", NEXT).code == 0
    (row,) = console.inside("status", "--json", "--now", NEXT).json
    assert row["state"] == "published"
    assert (row["receipts"][0]["url"] == url) == live
    assert len(console.inside("sandbox posts", "--json").json) == 1


def test_a_table_is_readable_without_colour(team: Team, console: Console) -> None:
    team.write("listening")
    team.commit()
    for command in ("plan", "status", "run", "check", "preview content"):
        said = console.inside(command, *["--now", NOW])
        assert "\x1b" not in said.all


# --- doctor


def test_doctor_names_every_missing_secret_and_where_to_get_it(team: Team, console: Console) -> None:
    said = console.inside("doctor")
    assert said.code == 1
    assert [name for name in VARIABLES if name not in said.out] == []
    assert "✗ mastodon: MASTODON_TOKEN is not set" in said.out
    assert "X_ACCESS_TOKEN, X_ACCESS_TOKEN_SECRET are not set" in said.out
    answers = console.inside("doctor", "--json").json
    assert {one["about"] for one in answers} >= {"git", "content", "ledger", *SIX}
    assert all(set(one) == {"about", "well", "said", "advice"} for one in answers)
    assert all(one["advice"] for one in answers if not one["well"])


def test_doctor_prints_no_secret(team: Team, console: Console) -> None:
    env = {name: f"secret-value-of-{name.lower()}" for name in VARIABLES}
    said = console.inside("doctor", env=env)
    assert said.code == 0, said.all
    assert said.out.count("every secret is set") == 6
    assert "secret-value" not in said.all
    assert "secret-value" not in console.inside("doctor", "--json", env=env).all


def test_doctor_outside_git_says_how_to_begin(team: Team, console: Console, tmp_path: Path) -> None:
    (team.root / ".git").rename(tmp_path / "elsewhere")
    said = console.inside("doctor", env={"GIT_CEILING_DIRECTORIES": str(tmp_path)})
    assert "✗ repository: this folder is not in git" in said.out
    assert "git init" in said.out
