"""A post whose file was deleted while it was in doubt or half out: it is told until a person settles it."""

from __future__ import annotations

import pytest

from publisher.cli.workspace import Destination, Workspace
from publisher.ledger.runner import Runner
from tests.integration.conftest import NOW, Team, doubt_on_x
from tests.integration.ledgers import attempt

OTHERS = ["linkedin", "facebook", "instagram", "mastodon", "bluesky"]
URL = "https://x.com/tidewater/status/1"
PATH = "content/2026/listening.md"


def break_off(team: Team) -> None:
    """A thread whose second part was refused."""
    team.write("listening", muted=OTHERS)
    team.commit()
    team.publisher("sandbox", "fault", "x", "status:422", "--skip", "1")
    row = team.run(code=3)["listening", "x"]
    assert (row["state"], len(row["receipts"])) == ("failed", 1)


def delete(team: Team) -> None:
    team.git("rm", "-q", PATH)
    team.git("commit", "-q", "-m", "Delete")


def say(team: Team, *words: str) -> tuple[int, str]:
    done = team.publisher(*words, "--now", NOW)
    return done.returncode, done.stdout + done.stderr


ABOUT = "listening may be live on x, and its file is gone"
ADVICE = "publisher resolve listening x --posted URL | --not-posted"


@pytest.mark.parametrize("home", ["git", "sqlite"])
def test_a_doubt_whose_file_was_deleted_is_told_by_every_run_and_by_status(team: Team, home: str) -> None:
    settings = team.root / "publisher.yml"
    settings.write_text(f"{settings.read_text()}ledger: {home}\n", encoding="utf-8")
    doubt_on_x(team)
    delete(team)
    for _ in range(2):
        code, told = say(team, "run")
        assert (code, ABOUT in told, ADVICE in told) == (1, True, True), told
    assert ABOUT in say(team, "status")[1]
    asked = team.publisher("status", "--json", "--now", NOW)
    assert (asked.stdout, ABOUT in asked.stderr) == ("[]\n", True)
    assert say(team, "resolve", "listening", "x", "--not-posted")[0] == 0
    code, told = say(team, "run")
    assert (code, told.splitlines()[1:]) == (0, ["Nothing is due."])
    assert ABOUT not in say(team, "status")[1]
    assert len(team.held()) == 1


def test_a_deleted_post_is_settled_by_its_old_path_and_said_not_to_be_sent(team: Team) -> None:
    doubt_on_x(team)
    delete(team)
    code, told = say(team, "resolve", PATH, "x", "--not-posted")
    assert (code, "nothing is sent: its file is gone" in told) == (0, True), told


def test_a_deleted_post_that_a_person_saw_is_settled_for_good(team: Team) -> None:
    doubt_on_x(team)
    delete(team)
    assert say(team, "resolve", "listening", "x", "--posted", URL)[0] == 0
    assert say(team, "run")[0] == 0
    assert URL in say(team, "log", PATH)[1]


def test_half_a_thread_whose_file_was_deleted_is_told_and_can_be_withdrawn(team: Team) -> None:
    break_off(team)
    delete(team)
    code, told = say(team, "run")
    assert (code, "listening is live in part on x, and its file is gone" in told) == (1, True), told
    assert "publisher withdraw listening" in told
    code, told = say(team, "withdraw", "listening")
    assert (code, "1 of 1 withdrawn." in told) == (0, True), told
    assert (team.held(), say(team, "run")[0]) == ([], 0)


def test_half_a_thread_whose_file_was_deleted_can_be_left_as_it_is(team: Team) -> None:
    break_off(team)
    delete(team)
    (url,) = [post["url"] for post in team.held()]
    assert say(team, "resolve", "listening", "x", "--posted", url)[0] == 0
    assert (len(team.held()), say(team, "run")[0]) == (1, 0)


def test_half_a_thread_on_a_channel_that_was_left_out_is_told_and_can_be_withdrawn(team: Team) -> None:
    break_off(team)
    team.write("listening", muted=["x", *OTHERS[1:]])
    team.commit()
    code, told = say(team, "run", "--dry-run")
    assert (code, "it is live in part on x, and it is left out of the post now" in told) == (1, True), told
    assert say(team, "withdraw", PATH)[0] == 0
    assert team.held() == []


def test_an_attempt_that_was_left_open_is_told_once_its_runner_is_gone(team: Team) -> None:
    team.write("listening", muted=OTHERS)
    team.commit()
    workspace = Workspace(team.root, environ=team.env)
    ledger = workspace.ledger(Destination(live=False))
    ledger.claim([attempt("listening")], Runner(host="away", pid=1))
    delete(team)
    done = team.publisher("run", "--now", "2099-12-01T09:00:00+01:00")
    assert (done.returncode, ABOUT in done.stdout + done.stderr) == (1, True), done.stdout


def test_a_post_that_is_whole_may_be_deleted_without_a_word(team: Team) -> None:
    team.write("listening", muted=OTHERS)
    team.commit()
    assert team.run()["listening", "x"]["state"] == "published"
    delete(team)
    assert say(team, "run")[0] == 0


def test_a_post_in_doubt_that_was_moved_is_not_gone(team: Team) -> None:
    doubt_on_x(team)
    team.git("mv", PATH, "content/listening.md")
    team.commit()
    assert ABOUT not in say(team, "run")[1]


def test_a_post_in_doubt_whose_file_cannot_be_read_is_not_gone(team: Team) -> None:
    doubt_on_x(team)
    (team.root / PATH).write_text("---\ntitle: [\n---\n", encoding="utf-8")
    team.commit()
    assert ABOUT not in say(team, "run")[1]


def test_a_thread_that_broke_off_does_not_go_on_in_another_account(team: Team) -> None:
    break_off(team)
    settings = team.root / "publisher.yml"
    before = settings.read_text(encoding="utf-8")
    settings.write_text(before.replace('x: {handle: "@tidewater"}', 'x: {handle: "@harbour"}'), encoding="utf-8")
    (row,) = team.json("push", PATH, "--now", NOW, code=1)
    told = "part of it is live on tidewater, and publisher.yml names harbour now"
    assert (row["state"], row["reason"], len(team.held())) == ("held", told, 1)
    settings.write_text(before, encoding="utf-8")
    (row,) = team.json("push", PATH, "--now", NOW)
    assert (row["state"], len(row["receipts"])) == ("published", 2)
