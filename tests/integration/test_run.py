"""The main job from end to end: posts in git, parts on six networks, receipts in the ledger."""

from __future__ import annotations

import json
import signal
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from publisher.cli.workspace import REHEARSED
from publisher.ledger.git import GitLedger
from publisher.ledger.runner import Runner
from publisher.model import Attempt, part_key
from tests.integration.conftest import NOW, Team

NETWORKS = {"x", "linkedin", "facebook", "instagram", "mastodon", "bluesky"}


def test_a_due_post_goes_to_every_network_once_and_never_again(team: Team) -> None:
    team.write("listening")
    team.commit()
    first = team.run()
    assert {row["network"] for row in first.values()} == NETWORKS
    assert {row["state"] for row in first.values()} == {"published"}
    assert all(row["receipts"] for row in first.values())
    held = team.held()
    assert {post["network"] for post in held} == NETWORKS
    assert len({post["text"] for post in held}) == len(held)
    assert [picture["alt"] for post in held for picture in post["media"]] == [
        "A loop of three steps: listen, discuss, adapt"
    ] * 6

    team.run()
    assert team.held() == held
    status = {row["channel"]: row["state"] for row in team.json("status", "--now", NOW)}
    assert set(status.values()) == {"published"}


def test_a_run_says_what_another_run_has_in_hand(team: Team) -> None:
    team.write("listening", muted=["facebook", "instagram", "bluesky"])
    team.commit()
    now = datetime.fromisoformat(NOW)
    keys = {one: part_key("listening", one, 1, 0) for one in ("x", "linkedin", "mastodon")}
    taken = [
        Attempt(key=key, post="listening", channel=one, position=0, digest="d", at=now) for one, key in keys.items()
    ]
    other = GitLedger(team.root, branch=REHEARSED, clock=lambda: now, env=team.env)
    other.claim(taken, Runner(host="another machine", pid=1))
    ran = team.publisher("run", "--now", NOW)
    assert (ran.returncode, ran.stdout.splitlines()[1:]) == (
        0,
        ["Another run is sending 3 of what is due just now. See how they stand with: publisher status"],
    )
    assert team.held() == []


def test_what_was_previewed_is_what_is_sent(team: Team) -> None:
    path = team.write("listening")
    team.commit()
    shown = team.json("preview", path)
    team.run()
    held = {(post["network"], post["text"]) for post in team.held()}
    assert {(row["network"], part["text"]) for row in shown for part in row["parts"]} == held


def test_a_machine_without_git_history_goes_on_from_its_own_state(team: Team, tmp_path: Path) -> None:
    team.write("listening")
    team.commit()
    bare = Team(tmp_path / "unpacked", {**team.env, "GIT_CEILING_DIRECTORIES": str(tmp_path)})
    bare.root.mkdir()
    archive = subprocess.run(
        ["git", "archive", "HEAD"], cwd=team.root, env=team.env, capture_output=True, check=True
    ).stdout
    subprocess.run(["tar", "x"], cwd=bare.root, input=archive, check=True)
    assert {row["state"] for row in bare.run().values()} == {"published"}
    count = len(bare.held())
    bare.run()
    assert len(bare.held()) == count


def test_a_rehearsal_on_this_machine_pushes_nothing_and_leaves_the_tree_clean(team: Team) -> None:
    team.write("listening")
    team.commit()
    team.run()
    assert REHEARSED in team.git("branch", "--list", REHEARSED)
    assert REHEARSED not in team.git("ls-remote", "origin")
    assert team.git("status", "--porcelain") == ""


def test_a_new_clone_knows_what_others_have_published(team: Team, served: str, tmp_path: Path) -> None:
    team.write("listening")
    team.commit()
    team.git("push", "-q")
    env = {"PUBLISHER_SANDBOX": served}
    team.run(env=env)
    held = team.held(env=env)
    assert REHEARSED in team.git("ls-remote", "origin")
    other = team.clone(tmp_path / "other")
    assert {row["state"] for row in other.json("status", "--now", NOW, env=env)} == {"published"}
    other.run(env=env)
    assert team.held(env=env) == held


def test_drafts_and_later_posts_stay_where_they_are(team: Team) -> None:
    team.write("draft", publish='""')
    team.write("tomorrow", publish="2026-11-24 09:30")
    team.commit()
    states = {(row["post"], row["state"]) for row in team.run().values()}
    assert states == {("draft", "held"), ("tomorrow", "later")}
    assert team.held() == []


def test_a_run_with_nothing_due_exits_with_0(team: Team) -> None:
    team.write("tomorrow", publish="2026-11-24 09:30")
    team.commit()
    done = team.publisher("run", "--now", NOW)
    assert done.returncode == 0
    assert "nothing" in done.stdout.lower()


def test_a_missing_secret_stops_its_channel_names_it_and_lets_the_others_go_on(team: Team) -> None:
    """A real run with one secret: that network cannot be reached from here, and the others say what they lack."""
    settings = (team.root / "publisher.yml").read_text().replace("https://mastodon.example", "https://127.0.0.1:9")
    (team.root / "publisher.yml").write_text(settings)
    team.write("listening")
    team.commit()
    team.git("push", "-q")
    done = team.publisher("run", "--now", NOW, "--json", env={"MASTODON_TOKEN": "a-real-looking-token"})
    rows = {row["channel"]: row for row in json.loads(done.stdout)}
    assert "X_CONSUMER_KEY" in rows["x"]["reason"]
    assert rows["x"]["hint"]
    assert rows["mastodon"]["state"] == "due"
    assert "a-real-looking-token" not in done.stdout + done.stderr
    assert done.returncode == 3


def test_only_a_missing_secret_exits_with_1(team: Team) -> None:
    team.write("listening", muted=["linkedin", "facebook", "instagram", "mastodon", "bluesky"])
    team.commit()
    team.git("push", "-q")
    done = team.publisher("run", "--now", NOW, env={"X_CONSUMER_KEY": "only-one-of-four"})
    assert done.returncode == 1
    assert "X_ACCESS_TOKEN" in done.stdout + done.stderr


def test_a_real_run_leaves_what_is_not_committed_alone(team: Team) -> None:
    team.write("listening", muted=["linkedin", "facebook", "instagram", "mastodon", "bluesky"])
    rows = team.run(env={"X_CONSUMER_KEY": "only-one-of-four"}, code=1)
    assert rows["listening", "x"]["state"] == "held"
    assert "not committed" in rows["listening", "x"]["reason"]


@pytest.mark.parametrize("path", ["publisher.yml", "content/2026/loop.jpg", "schedules/week.yml"])
def test_a_real_run_sends_nothing_made_of_what_is_not_committed(team: Team, path: str) -> None:
    team.write("listening", muted=["linkedin", "facebook", "instagram", "mastodon", "bluesky"])
    team.commit()
    (team.root / path).parent.mkdir(exist_ok=True)
    with (team.root / path).open("ab") as file:
        file.write(b"\n")
    rows = team.run(env={"X_CONSUMER_KEY": "only-one-of-four"}, code=1)
    assert rows["listening", "x"]["reason"] == f"not committed: {path}; commit it, push it and run again"


def test_a_channel_that_fails_does_not_stop_the_others_and_is_served_by_the_next_run(team: Team) -> None:
    team.write("listening")
    team.commit()
    team.publisher("sandbox", "fault", "mastodon", "limited")
    team.publisher("sandbox", "fault", "x", "expired", "--on", "any")
    team.publisher("sandbox", "fault", "facebook", "after:500")
    rows = {row["channel"]: row for row in team.run(code=3).values()}
    assert (rows["mastodon"]["state"], rows["x"]["state"]) == ("later", "failed")
    assert rows["facebook"]["state"] == "published"
    assert rows["bluesky"]["state"] == "published"
    later = {row["channel"]: row for row in team.json("run", "--now", "2026-11-23T14:00:00+01:00")}
    assert {later["mastodon"]["state"], later["x"]["state"]} == {"published"}
    assert sorted({post["network"] for post in team.held()}) == sorted(NETWORKS)


def test_what_was_refused_or_put_off_is_told_with_what_to_type_or_when_it_goes_on(team: Team) -> None:
    team.write("listening", muted=["x", "linkedin", "facebook", "instagram"])
    team.commit()
    team.publisher("sandbox", "fault", "mastodon", "status:422")
    team.publisher("sandbox", "fault", "bluesky", "limited")
    told = team.publisher("run", "--now", NOW)
    assert told.returncode == 3
    assert "    → the first run after 2026-11-23 12:05 goes on by itself\n" in told.stdout
    push = "publisher push listening --channel mastodon"
    assert f"    → change the post; or, to send it as it is: {push}\n" in told.stdout
    assert team.publisher(*push.split()[1:], "--now", NOW).returncode == 0
    assert [post["network"] for post in team.held()] == ["mastodon"]


def test_a_refused_post_is_not_sent_again_until_it_changes(team: Team) -> None:
    path = team.write("listening", muted=["x", "linkedin", "facebook", "instagram", "bluesky"])
    team.commit()
    team.publisher("sandbox", "fault", "mastodon", "status:422")
    assert team.run(code=3)["listening", "mastodon"]["state"] == "failed"
    again = team.run(code=None)["listening", "mastodon"]
    assert (again["state"], team.held()) == ("failed", [])
    (team.root / path).write_text((team.root / path).read_text().replace("84%", "85%"))
    team.commit()
    assert team.run()["listening", "mastodon"]["state"] == "published"


def test_an_interrupted_run_says_so_and_the_next_one_finishes(team: Team, served: str) -> None:
    for number in range(6):
        team.write(f"post-{number}")
    team.commit()
    team.git("push", "-q")
    env = {"PUBLISHER_SANDBOX": served}
    process = team.start("run", "--now", NOW, env=env)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode in {130, 0}
    team.run(env=env)
    team.run(env=env)
    held = team.held(env=env)
    assert len({(post["network"], post["text"]) for post in held}) == len(held)


def test_push_sends_one_post_now_and_run_does_not_send_it_again(team: Team) -> None:
    path = team.write("listening", publish="2026-12-24 09:30")
    team.commit()
    rows = team.json("push", path, "--channel", "mastodon", "--now", NOW)
    assert [(row["channel"], row["state"]) for row in rows] == [("mastodon", "published")]
    team.json("push", path, "--channel", "mastodon", "--now", NOW)
    assert [post["network"] for post in team.held()] == ["mastodon"]


def test_a_post_with_an_error_is_held_and_named_while_the_others_go_out(team: Team) -> None:
    team.write("fine")
    broken = team.write("broken")
    text = (team.root / broken).read_text().replace('alt: "A loop of three steps: listen, discuss, adapt"', 'alt: ""')
    (team.root / broken).write_text(text)
    team.commit()
    rows = team.run(code=1)
    assert {row["state"] for (post, _), row in rows.items() if post == "broken"} == {"held"}
    assert {row["state"] for (post, _), row in rows.items() if post == "fine"} == {"published"}
    assert {post["network"] for post in team.held()} == NETWORKS


def test_a_renamed_post_is_not_published_again(team: Team) -> None:
    path = team.write("listening")
    team.commit()
    team.run()
    held = team.held()
    (team.root / path).rename(team.root / "content" / "2026" / "renamed.md")
    team.commit()
    done = team.publisher("run", "--now", "2026-11-23T14:00:00+01:00")
    assert (done.returncode, "published as" in done.stderr) == (1, True)
    assert team.held() == held


def test_a_post_with_an_id_that_was_used_before_is_told_and_not_sent(team: Team) -> None:
    path = team.write("listening")
    team.commit()
    team.run()
    held = team.held()
    other = team.root / "content" / "2027" / "listening.md"
    other.parent.mkdir()
    other.write_text((team.root / path).read_text().replace("spring", "autumn").replace("loop.jpg", "../2026/loop.jpg"))
    team.commit()
    done = team.publisher("run", "--now", NOW)
    assert (done.returncode, "with the id" in done.stderr) == (1, True)
    assert team.held() == held


def test_a_forgotten_clock_publishes_nothing_for_real(team: Team) -> None:
    team.write("listening")
    team.commit()
    done = team.publisher("run", "--live", env={"PUBLISHER_NOW": "2031-01-01T12:00:00"})
    assert (done.returncode, "PUBLISHER_NOW" in done.stderr) == (1, True)
