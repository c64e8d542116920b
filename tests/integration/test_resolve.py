"""Something in doubt: it is said, it is never sent over, and a person settles it with one command."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.ledger.events import doubted
from publisher.ledger.git import GitLedger
from tests.integration.conftest import NOW, Team, doubt_on_x, lose_on_x
from tests.integration.ledgers import NOW as LONG_AFTER
from tests.integration.ledgers import attempt

OTHERS = ["linkedin", "facebook", "instagram", "mastodon", "bluesky"]
URL = "https://x.com/tidewater/status/1"
DAYS_LATER = "2026-11-26T12:00:00+01:00"


def on_x(team: Team) -> list[str]:
    return [post["text"] for post in team.held() if not post["reply_to"]]


def test_a_doubt_stays_a_doubt_and_nothing_is_sent_over_it(team: Team) -> None:
    doubt_on_x(team)
    assert team.run(code=4)["listening", "x"]["state"] == "doubt"
    assert {row["state"] for row in team.json("status", "--now", NOW)} == {"doubt"}
    assert len(on_x(team)) == 1


def test_status_says_what_is_in_doubt_since_when_where_to_look_and_what_to_type(team: Team) -> None:
    doubt_on_x(team)
    told = team.publisher("status", "--now", NOW).stdout
    assert "listening on x, part 1, tried Mon 23 Nov 2026 12:00:00\n    “" in told
    command = "look at https://x.com/tidewater, then type: publisher resolve listening x --posted URL | --not-posted"
    assert command in told
    assert {row["hint"] for row in team.json("status", "--now", NOW)} == {command}
    assert command in team.publisher("run", "--now", NOW).stdout


def test_a_doubt_ends_by_itself_when_the_network_can_be_asked_again(team: Team) -> None:
    doubt_on_x(team)
    team.publisher("sandbox", "fault", "--clear")
    assert team.run()["listening", "x"]["state"] == "published"
    assert len(on_x(team)) == 1


def lost_on_x(team: Team, late: str = "") -> None:
    """A post that never reached X, whose answer was lost, while X did not let anybody look."""
    path = team.root / team.write("listening", muted=OTHERS)
    path.write_text(path.read_text(encoding="utf-8").replace("media:", f"{late}media:"), encoding="utf-8")
    team.commit()
    team.publisher("sandbox", "fault", "x", "status:503")
    team.publisher("sandbox", "fault", "x", "limited", "--on", "/2/users", "--times", "99")
    assert team.run(code=4)["listening", "x"]["state"] == "doubt"
    team.publisher("sandbox", "fault", "--clear")


@pytest.mark.parametrize(
    ("late", "told"),
    [
        ("", "missed its lateness limit of 24h: it was for 2026-11-23 09:30"),
        ("late: 3h next\n", "it is late, and takes the slot of 2026-11-26 15:00"),
    ],
)
def test_a_doubt_that_turns_out_not_to_be_live_when_it_is_too_late_is_held_and_not_sent(
    team: Team, late: str, told: str
) -> None:
    (team.root / "schedules").mkdir(exist_ok=True)
    slots = "slots:\n  noon: {days: [mon, tue, wed, thu], at: '15:00'}\n"
    (team.root / "schedules/week.yml").write_text(slots, encoding="utf-8")
    lost_on_x(team, late)
    row = team.run("--now", DAYS_LATER)["listening", "x"]
    assert (row["state"], row["reason"], row["error"]) == ("held", told, "")
    assert on_x(team) == []
    (again,) = team.json("plan", "--now", DAYS_LATER)
    assert (again["state"], "missed" in again["reason"]) == (("later", False) if late else ("held", True))
    assert team.run("--now", DAYS_LATER)["listening", "x"]["state"] == again["state"]
    assert on_x(team) == []
    assert team.publisher("push", "content/2026/listening.md", "--now", DAYS_LATER).returncode == 0
    assert len(on_x(team)) == 1


def test_a_doubt_that_turns_out_not_to_be_live_in_time_goes_out_in_the_same_run(team: Team) -> None:
    lost_on_x(team)
    assert team.run("--now", "2026-11-24T09:00:00+01:00")["listening", "x"]["state"] == "published"
    assert len(on_x(team)) == 1


def test_a_person_who_saw_it_says_where_it_is(team: Team) -> None:
    doubt_on_x(team)
    told = team.publisher("resolve", "listening", "x", "--posted", URL, "--now", NOW)
    assert told.returncode == 0
    assert f"part 1: is live at {URL}; the next run goes on with the post\n" in told.stdout
    team.publisher("sandbox", "fault", "--clear")
    row = team.run(code=None)["listening", "x"]
    assert row["receipts"][0]["url"] == URL
    assert len(on_x(team)) == 1


def test_a_person_who_did_not_see_it_lets_it_be_sent(team: Team) -> None:
    doubt_on_x(team)
    team.publisher("sandbox", "forget", "--yes", "--state", ".publisher/sandbox.db")
    told = team.publisher("resolve", "listening", "x", "--not-posted", "--now", NOW)
    assert told.returncode == 0
    assert team.run()["listening", "x"]["state"] == "published"
    assert len(on_x(team)) == 1


def test_a_thread_whose_second_part_was_refused_is_finished_by_push(team: Team) -> None:
    doubt_on_x(team)
    (url,) = [post["url"] for post in team.held()]
    team.publisher("sandbox", "fault", "--clear")
    assert team.publisher("resolve", "listening", "x", "--posted", url, "--now", NOW).returncode == 0
    team.publisher("sandbox", "fault", "x", "status:422")
    assert team.run(code=3)["listening", "x"]["state"] == "failed"
    told = team.publisher("resolve", "listening", "x", "--not-posted", "--now", NOW)
    assert (told.returncode, "nothing of listening is in doubt" in told.stderr) == (1, True)
    assert team.run(code=None)["listening", "x"]["state"] == "failed"
    (row,) = team.json("push", "content/2026/listening.md", "--now", NOW)
    assert row["state"] == "published"
    assert len(row["receipts"]) == len(team.held()) == len({post["text"] for post in team.held()})


def test_resolve_asks_for_one_answer_and_for_something_in_doubt(team: Team) -> None:
    team.write("listening", muted=OTHERS)
    team.commit()
    assert team.publisher("resolve", "listening", "x").returncode == 2
    assert team.publisher("resolve", "listening", "x", "--posted", URL, "--not-posted").returncode == 2
    told = team.publisher("resolve", "listening", "x", "--not-posted", "--now", NOW)
    assert (told.returncode, "nothing" in told.stderr) == (1, True)
    told = team.publisher("resolve", "nowhere", "x", "--not-posted", "--now", NOW)
    assert (told.returncode, "there is no post" in told.stderr) == (1, True)


def test_the_address_of_another_part_is_no_answer(team: Team) -> None:
    team.write("listening", muted=OTHERS)
    team.commit()
    lose_on_x(team, skip=1)
    receipts = team.run(code=4)["listening", "x"]["receipts"]
    told = team.publisher("resolve", "listening", "x", "--posted", receipts[0]["url"], "--now", NOW)
    assert (told.returncode, f"{receipts[0]['url']} is part 1; part 2 is in doubt" in told.stderr) == (1, True)
    assert team.run(code=4)["listening", "x"]["state"] == "doubt"


def test_a_word_that_is_no_address_is_no_answer_where_the_network_has_no_addresses_to_compare(team: Team) -> None:
    """What stands in the advice, typed as it stands there, settles nothing."""
    settings = team.root / "publisher.yml"
    settings.write_text(settings.read_text() + "\n  chat: {network: apprise, handle: Chat}\n", encoding="utf-8")
    team.write("listening", muted=[*OTHERS, "x"])
    team.commit()
    team.publisher("sandbox", "fault", "apprise", "lost")
    team.publisher("sandbox", "fault", "apprise", "status:500", "--on", "any", "--times", "99")
    assert team.run(code=4)["listening", "chat"]["state"] == "doubt"
    told = team.publisher("resolve", "listening", "chat", "--posted", "URL", "--now", NOW)
    assert (told.returncode, "URL is no address" in told.stderr) == (1, True)
    assert team.run(code=4)["listening", "chat"]["state"] == "doubt"
    told = team.publisher("resolve", "listening", "chat", "--posted", "https://chat.example/1", "--now", NOW)
    assert (told.returncode, "is live at https://chat.example/1" in told.stdout) == (0, True)


def test_after_the_answer_about_the_last_part_nothing_more_is_promised(team: Team) -> None:
    team.write("listening", muted=OTHERS)
    team.commit()
    lose_on_x(team, skip=1)
    team.run(code=4)
    url = next(post["url"] for post in team.held() if post["reply_to"])
    told = team.publisher("resolve", "listening", "x", "--posted", url, "--now", NOW)
    assert told.stdout.endswith(f"part 2: is live at {url}\n")


def withdraw(team: Team) -> None:
    path = team.root / "content/2026/listening.md"
    path.write_text(path.read_text().replace("publish: 2026-11-23 09:30", "publish: withdrawn"), encoding="utf-8")
    team.commit()


def test_a_withdrawal_says_what_may_be_live_and_takes_it_off_once_it_can_be_looked_for(team: Team) -> None:
    doubt_on_x(team)
    withdraw(team)
    row = team.run(code=4)["listening", "x"]
    assert (row["act"], row["state"]) == ("withdraw", "doubt")
    assert row["reason"].startswith("withdrawn, but part of it may be live")
    assert "publisher resolve listening x" in row["hint"]
    assert team.json("status", "--now", NOW)[0]["state"] == "doubt"
    team.publisher("sandbox", "fault", "--clear")
    assert team.run()["listening", "x"]["state"] == "withdrawn"
    assert (team.held(), team.run()) == ([], {})


def test_a_thread_half_in_doubt_is_withdrawn_as_far_as_it_is_known_and_then_by_the_word_of_a_person(team: Team) -> None:
    team.write("listening", muted=OTHERS)
    team.commit()
    lose_on_x(team, skip=1)
    team.run(code=4)
    first, second = team.held()
    withdraw(team)
    for _ in range(2):
        row = team.run(code=4)["listening", "x"]
        assert (row["act"], row["state"], row["receipts"]) == ("withdraw", "doubt", [])
        assert [post["url"] for post in team.held()] == [second["url"]]
    team.publisher("sandbox", "fault", "--clear")
    assert team.run(code=4)["listening", "x"]["state"] == "doubt"
    assert team.publisher("resolve", "listening", "x", "--posted", second["url"], "--now", NOW).returncode == 0
    assert team.run()["listening", "x"]["state"] == "withdrawn"
    assert (team.held(), team.run()) == ([], {})
    assert first["url"] != second["url"]


def test_a_doubt_stays_one_when_the_words_are_changed(team: Team) -> None:
    doubt_on_x(team)
    path = team.root / "content/2026/listening.md"
    path.write_text(path.read_text(encoding="utf-8").replace("nobody", "no one"), encoding="utf-8")
    team.commit()
    team.publisher("sandbox", "fault", "--clear")
    row = team.run(code=4)["listening", "x"]
    assert (row["state"], "earlier wording" in row["reason"]) == ("doubt", True)
    assert len(on_x(team)) == 1


def test_a_doubt_on_a_channel_that_is_held_since_is_told_and_nothing_is_sent(team: Team) -> None:
    doubt_on_x(team)
    team.publisher("sandbox", "forget", "--yes", "--state", ".publisher/sandbox.db")
    settings = team.root / "publisher.yml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("  x: {", "  x: {paused: true, "), "utf-8")
    team.commit()
    row = team.run(code=4)["listening", "x"]
    assert (row["state"], row["reason"].endswith("; channel paused"), "publisher resolve" in row["hint"]) == (
        "doubt", True, True,
    )  # fmt: skip
    assert on_x(team) == []


@pytest.mark.parametrize("how", ["renamed", "left out"])
def test_a_doubt_on_a_channel_that_the_post_left_is_told_until_a_person_settles_it(team: Team, how: str) -> None:
    doubt_on_x(team)
    team.publisher("sandbox", "fault", "--clear")
    path = team.root / ("publisher.yml" if how == "renamed" else "content/2026/listening.md")
    old, new = ("  x: {", "  twitter: {network: x, ") if how == "renamed" else ("channels: {", "channels: {x: false, ")
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    team.commit()
    for _ in range(2):
        told = team.publisher("run", "--now", "2026-11-23T12:30:00+01:00")
        assert (told.returncode, "it may be live on x" in told.stderr, len(on_x(team))) == (1, True, 1)
        assert "publisher resolve listening x --posted URL | --not-posted" in told.stderr
    (url,) = [post["url"] for post in team.held()]
    assert team.publisher("resolve", "listening", "x", "--posted", url, "--now", NOW).returncode == 0
    told = team.publisher("run", "--now", "2026-11-23T12:30:00+01:00")
    assert (told.returncode, "it may be live" in told.stderr, len(on_x(team))) == (0, False, 1)
    assert ("held: listening." in told.stdout) == (how == "renamed")


def test_the_address_of_another_post_is_no_answer(team: Team) -> None:
    team.write("asking", muted=OTHERS)
    team.commit()
    url = team.run()["asking", "x"]["receipts"][0]["url"]
    doubt_on_x(team)
    told = team.publisher("resolve", "listening", "x", "--posted", url, "--now", NOW)
    assert (told.returncode, f"{url} is the post asking; part 1 of listening is in doubt" in told.stderr) == (1, True)
    assert team.run(code=4)["listening", "x"]["state"] == "doubt"


WHAT_IS_NEXT = {
    "as it is": (("Sixty", "Sixty"), "the next run sends it"),
    "paused": (("  x: {", "  x: {paused: true, "), "nothing is sent for now: channel paused"),
    "a draft": (("publish: 2026-11-23 09:30\n", ""), "nothing is sent for now: draft: no publish: line"),
    "later": (("publish: 2026-11-23", "publish: 2026-12-24"), "it goes out on 2026-12-24 09:30"),
    "withdrawn": (("publish: 2026-11-23 09:30", "publish: withdrawn"), "nothing is sent: it is withdrawn"),
}


@pytest.mark.parametrize("how", WHAT_IS_NEXT)
def test_a_person_who_did_not_see_it_is_told_what_happens_next(team: Team, how: str) -> None:
    doubt_on_x(team)
    (old, new), told = WHAT_IS_NEXT[how]
    for path in (team.root / "publisher.yml", team.root / "content/2026/listening.md"):
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    if old != new:
        team.commit()
    said = team.publisher("resolve", "listening", "x", "--not-posted", "--now", NOW).stdout
    assert said.splitlines()[-1] == f"listening on x, part 1: is not live; {told}"


def test_a_person_who_did_not_see_a_part_that_the_post_has_no_more_is_told_so(team: Team) -> None:
    team.write("listening", muted=OTHERS)
    team.commit()
    lose_on_x(team, skip=1)
    team.run(code=4)
    path = team.root / "content/2026/listening.md"
    mute = ", ".join(f"{one}: false" for one in OTHERS)
    text = path.read_text(encoding="utf-8").replace(mute, f"{mute}, x: {{text: Only this of listening.}}")
    path.write_text(text.replace("link: https://example.org/listening\n", ""), encoding="utf-8")
    team.commit()
    said = team.publisher("resolve", "listening", "x", "--not-posted", "--now", NOW).stdout
    assert said.splitlines()[-1] == "listening on x, part 2: is not live; the post has no such part now"


def test_a_person_without_credentials_settles_what_is_real_with_the_very_words_that_were_told(
    team: Team, tmp_path: Path
) -> None:
    """The run was in a workflow that holds the credentials; whoever is woken has a clone."""
    team.write("listening", muted=OTHERS)
    team.commit()
    team.git("push", "-q")
    real = GitLedger(team.root, remote="origin", clock=lambda: LONG_AFTER, env=team.env)
    real.record({"listening": [doubted(attempt("listening"), "the answer was lost", LONG_AFTER)]})
    home = team.clone(tmp_path / "home")
    told = home.publisher("status", "--live").stdout
    command = "publisher resolve listening x --live --posted URL | --not-posted"
    assert f"look at https://x.com/tidewater, then type: {command}" in told
    rehearsed = home.publisher("resolve", "listening", "x", "--not-posted")
    assert rehearsed.returncode == 1
    assert "this is the rehearsal, and what is real is settled with --live" in rehearsed.stderr
    assert home.publisher(*command.split()[1:5], "--not-posted").returncode == 0
    real.refresh()
    assert real.read(["listening"])["listening"].in_doubt("x") == ()
