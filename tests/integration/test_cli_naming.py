"""What names a post: its file, seen from here or from the project, or its id; and what is said where it names none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.conftest import NOW, Team
from tests.integration.console import Console

ONLY = ("linkedin", "facebook", "instagram", "bluesky", "x")
ASK = "name a post by its file, such as content/2026/my-post.md, or by its id; publisher status lists them"


@pytest.fixture
def console(team: Team) -> Console:
    """A terminal of a team with two posts: one is called by its file's name, the other one by an id of its own."""
    path = team.root / team.write("listening", muted=ONLY)
    team.write("other", "2027-01-11 09:30", muted=ONLY)
    path.with_name("other.md").write_text(path.with_name("other.md").read_text().replace("title:", "id: ours\ntitle:"))
    team.commit()
    return Console(team.root, {**team.env, "PUBLISHER_SANDBOX": None, "PUBLISHER_NOW": None, "GITHUB_ACTIONS": None})


@pytest.mark.parametrize(
    ("file", "name"), [("content/2026/listening.md", "listening"), ("content/2026/other.md", "ours")]
)
def test_a_post_goes_by_its_file_or_its_id_in_every_command(console: Console, file: str, name: str) -> None:
    for given in (file, str(console.root / file), name):
        assert {row["post"] for row in console.inside("preview", given, "--json").json} == {name}
        assert {row["post"] for row in console.inside("status", given, "--json").json} == {name}
        assert console.inside("check", given).code == 0
        assert {row["post"] for row in console.inside("push", given, "--json", "--dry-run", "--now", NOW).json} == {
            name
        }
        told = console.inside("resolve", given, "mastodon", "--not-posted").err
        assert f"nothing of {name} is in doubt on mastodon" in told
        assert f"the ledger has no story of {name!r}" in console.inside("log", given).err
    assert console.inside("push", name, "--now", NOW).code == 0
    assert console.inside("log", file).out == console.inside("log", name).out != ""
    assert {row["state"] for row in console.inside("withdraw", name, "--json", "--now", NOW).json} == {"withdrawn"}


@pytest.mark.parametrize(
    "command",
    ["preview ?", "status ?", "check ?", "push ?", "withdraw ?", "log ?", "resolve ? mastodon --not-posted"],
)
@pytest.mark.parametrize(("given", "near"), [("listning", "listening"), ("qqqq", ""), ("content/2026/othr.md", "")])
def test_what_names_no_post_is_answered_alike_by_every_command(
    console: Console, command: str, given: str, near: str
) -> None:
    said = console.inside(command.replace("?", given))
    near = "content/2026/other.md" if given.endswith(".md") else near
    hint = f"did you mean {near}? If not, {ASK}" if near else ASK
    assert (said.code, f"there is no post {given!r}" in said.err, hint in said.err) == (1, True, True)


def test_an_id_is_found_although_a_file_outside_the_project_has_its_name(
    team: Team, console: Console, tmp_path: Path
) -> None:
    (tmp_path / "ours").touch()
    (tmp_path / "theirs").touch()
    outside = Team(tmp_path, team.env)
    assert {row["post"] for row in outside.json("preview", "ours", "-C", str(console.root))} == {"ours"}
    assert "outside the project" in outside.publisher("preview", "theirs", "-C", str(console.root)).stderr


def test_a_channel_that_is_none_is_answered_with_those_there_are(console: Console) -> None:
    said = console.inside("resolve", "listening", "nochannel", "--not-posted")
    assert (said.code, "no channel 'nochannel'" in said.err) == (1, True)
    assert "channels: x, linkedin, facebook, instagram, mastodon, bluesky" in said.err


def test_a_doubt_on_a_channel_that_has_left_the_settings_can_still_be_settled(team: Team, console: Console) -> None:
    settings = team.root / "publisher.yml"
    lines = settings.read_text().splitlines(keepends=True)
    console.inside("sandbox fault", "mastodon", "lost")
    console.inside("sandbox fault", "mastodon", "limited", "--on", "/api/v1/accounts", "--times", "99")
    assert console.inside("run", "--now", NOW).code == 4
    settings.write_text("".join(line for line in lines if "mastodon:" not in line))
    url = "https://mastodon.example/@tidewater/1"
    said = console.inside("resolve", "listening", "mastodon", "--posted", url, "--now", NOW)
    assert (said.code, f"is live at {url}" in said.out) == (0, True), said.all
