"""What is the same post, whatever its file is called: words that are live on some channel are not sent again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.integration.conftest import NOW, Team

LATER = "2026-11-23T12:30:00+01:00"
SOME = ["instagram", "linkedin", "facebook"]


def half_published(team: Team) -> Path:
    """A post that is live on Mastodon and Bluesky and that X has refused."""
    path = team.root / team.write("listening", muted=SOME)
    team.commit()
    team.publisher("sandbox", "fault", "x", "status:400")
    rows = team.run(code=3)
    assert {channel: row["state"] for (_, channel), row in rows.items()} == {
        "x": "failed", "mastodon": "published", "bluesky": "published",
    }  # fmt: skip
    return path


def give_id(path: Path, name: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace("title:", f"id: {name}\ntitle:", 1), encoding="utf-8")


def test_a_post_renamed_while_a_channel_fails_is_not_published_again(team: Team) -> None:
    path = half_published(team)
    held = team.held()
    path.rename(path.with_name("hearing.md"))
    team.commit()
    done = team.publisher("run", "--now", LATER)
    assert (done.returncode, "were published as content/2026/listening.md" in done.stderr) == (1, True)
    assert team.held() == held
    give_id(path.with_name("hearing.md"), "listening")
    team.commit()
    assert team.run("--now", LATER)["listening", "x"]["state"] == "published"
    assert [post for post in team.held() if post["network"] != "x"] == held


def test_a_post_given_another_id_while_a_channel_fails_is_not_published_again(team: Team) -> None:
    path = half_published(team)
    held = team.held()
    give_id(path, "hearing")
    team.commit()
    rows = team.run("--now", LATER)
    assert {row["reason"] for row in rows.values()} == {
        "content/2026/listening.md was published, but the ledger has no story of hearing"
    }
    assert team.held() == held


@pytest.mark.parametrize("fails", [False, True])
def test_a_copy_is_told_and_not_sent(team: Team, fails: bool) -> None:
    if fails:
        path = half_published(team)
    else:
        path = team.root / team.write("listening", muted=SOME)
        team.commit()
        team.run()
    held = team.held()
    shutil.copy(path, path.with_name("copy.md"))
    team.commit()
    done = team.publisher("run", "--now", LATER)
    assert "copy.md:1:1: error: these very words were published as content/2026/listening.md" in done.stderr
    assert (done.returncode, team.held()) == (1, held)


def test_a_published_post_does_not_take_over_what_another_has_live(team: Team) -> None:
    one, two = team.root / team.write("one", muted=SOME), team.root / team.write("two", muted=SOME)
    team.commit()
    team.run()
    held = team.held()
    give_id(two, "one")
    team.commit()
    done = team.publisher("run", "--now", LATER)
    assert (done.returncode, "content/2026/one.md was published with the id 'one'" in done.stderr) == (1, True)
    assert team.held() == held
    give_id(one, "first")
    team.commit()
    assert "[duplicate-id]" not in team.publisher("run", "--now", NOW).stderr
