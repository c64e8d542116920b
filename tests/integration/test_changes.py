"""Posts that change after they went out: edited, withdrawn, and their whole story told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.integration.conftest import Team, lose_on_x

LATER = "2026-11-23T12:30:00+01:00"
EDITS = {"mastodon", "facebook", "linkedin"}
OTHERS = ["x", "instagram", "bluesky", "linkedin"]


def change(team: Team, old: str, new: str, file: str = "content/2026/listening.md") -> None:
    path = team.root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    team.commit()


def shown(team: Team) -> dict[str, str]:
    """What each network shows, its parts one after the other."""
    texts: dict[str, str] = {}
    for post in team.held():
        texts[post["network"]] = texts.get(post["network"], "") + post["text"]
    return texts


def states(rows: Mapping[tuple[str, str], Any]) -> dict[str, tuple[str, str]]:
    return {channel: (row["act"], row["state"]) for (_, channel), row in rows.items()}


def test_what_was_edited_in_git_is_edited_where_the_network_can_and_told_elsewhere(team: Team) -> None:
    team.write("listening")
    team.commit()
    team.run()
    before = shown(team)
    change(team, "84%", "86%")
    rows = team.run(code=1)
    after = shown(team)
    for channel, (act, state) in states(rows).items():
        assert state == "published"
        if "84%" not in before[channel]:
            assert (act, after[channel]) == ("keep", before[channel])
        elif channel in EDITS:
            assert (act, after[channel]) == ("edit", before[channel].replace("84%", "86%"))
        else:
            assert (after[channel], rows["listening", channel]["error"]) == (before[channel], "Unsupported")
    assert {channel for channel, text in before.items() if "84%" in text} & EDITS
    assert team.run() == {}


def test_a_change_that_no_network_sees_is_kept_and_never_looked_at_again(team: Team) -> None:
    team.write("listening")
    team.commit()
    team.run()
    before = shown(team)
    change(team, "objective: awareness", "objective: awareness  # for a start")
    assert {act for act, _ in states(team.run()).values()} == {"keep"}
    assert (shown(team), team.run()) == (before, {})


def test_a_withdrawn_post_is_deleted_and_stays_away(team: Team) -> None:
    team.write("listening")
    team.commit()
    team.run()
    change(team, "publish: 2026-11-23 09:30", "publish: withdrawn")
    rows = states(team.run())
    assert set(rows.values()) == {("withdraw", "withdrawn")}
    assert (team.held(), team.run()) == ([], {})
    change(team, "publish: withdrawn", "publish: now")
    held = team.run(code=None)
    assert {row["reason"] for row in held.values()} == {
        "it was withdrawn: give the post a new `id:` to publish it again"
    }
    assert team.held() == []


def test_a_post_is_withdrawn_by_hand_and_does_not_come_back(team: Team) -> None:
    path = team.write("listening", muted=OTHERS)
    team.commit()
    team.run()
    told = team.publisher("withdraw", path, "--now", LATER)
    assert told.returncode == 0
    assert "2 of 2 withdrawn." in told.stdout
    assert (team.held(), team.run()) == ([], {})
    rows = team.json("status", "--now", LATER)
    assert {row["state"] for row in rows} == {"withdrawn"}


def test_a_dry_run_says_what_it_would_do_and_does_nothing(team: Team) -> None:
    path = team.write("listening", muted=OTHERS)
    team.commit()
    team.run()
    told = team.publisher("withdraw", path, "--now", LATER, "--dry-run")
    assert "would withdraw listening on mastodon" in told.stdout
    assert len(shown(team)) == 2


def test_a_story_is_told_from_its_beginning_to_its_end(team: Team) -> None:
    """Put off, in doubt, settled by a person, an edit refused and then pushed, and withdrawn."""
    path = team.write("listening", muted=[*OTHERS, "facebook"])
    team.commit()
    at = "2026-11-23T{}+01:00".format
    team.publisher("sandbox", "fault", "mastodon", "limited")
    team.run("--now", at("12:00"), code=3)
    team.publisher("sandbox", "fault", "mastodon", "lost")
    team.publisher("sandbox", "fault", "mastodon", "limited", "--on", "/statuses", "--times", "9")
    team.run("--now", at("12:30"), code=4)
    team.publisher("sandbox", "fault", "--clear")
    (live,) = [post["url"] for post in team.held()]
    assert team.publisher("resolve", path, "mastodon", "--posted", live, "--now", at("12:40")).returncode == 0
    team.run("--now", at("12:45"))
    change(team, "spring", "summer")
    team.publisher("sandbox", "fault", "mastodon", "status:422", "--on", "edit")
    team.run("--now", at("13:00"), code=3)
    assert team.publisher("push", path, "--now", at("13:10")).returncode == 0
    assert team.publisher("withdraw", path, "--now", at("13:20")).returncode == 0

    told = team.publisher("log", path, "--now", at("13:30")).stdout.splitlines()
    assert {line[:16] for line in told} == {"Mon 23 Nov 2026 "}
    assert {line[26:45].strip() for line in told} == {"mastodon"}
    said = [row["said"] for row in team.json("log", "listening", "--now", at("13:30"))]
    assert [line[53:] for line in told] == said
    detail = re.compile(r" by \w+, process \d+| https://.*|: HTTP.*|: mastodon.*")
    assert [(line[16:21], detail.sub("", line[45:])) for line in told] == [
        ("12:00", "part 1  to be sent"),
        ("12:00", "part 1  uploaded its picture"),
        ("12:00", "part 1  put off until 2026-11-23 12:05"),
        ("12:30", "part 1  to be sent"),
        ("12:30", "part 1  in doubt"),
        ("12:40", "part 1  a person or the network says: it is live"),
        ("12:45", "        done"),
        ("13:00", "part 1  to be edited"),
        ("13:00", "part 1  refused"),
        ("13:10", "part 1  to be edited"),
        ("13:10", "part 1  edited"),
        ("13:10", "        done"),
        ("13:20", "part 1  to be withdrawn"),
        ("13:20", "part 1  withdrawn"),
        ("13:20", "        done"),
    ]
    assert all(live in said[place] for place in (5, 10))
    missing = team.publisher("log", "nobody")
    assert (missing.returncode, "there is no post 'nobody'" in missing.stderr) == (1, True)


def threaded(first: str, second: str) -> str:
    told = " ".join(f"We listened to {number} people and wrote their words down." for number in range(7))
    others = "".join(f"  {name}: false\n" for name in ("x", "linkedin", "facebook", "instagram", "bluesky"))
    head = f"---\ntitle: Thread\nobjective: awareness\npublish: 2026-11-23 09:30\nchannels:\n{others}"
    words = (
        f"  mastodon:\n    thread: true\n    text: |\n      {first}. {told}\n\n      {second}. {told}\n---\nA thread.\n"
    )
    return head + words


def test_what_a_broken_edit_left_is_taken_back_with_the_words(team: Team) -> None:
    path = team.root / "content/2026/thread.md"
    path.write_text(threaded("One", "Two"), encoding="utf-8")
    team.commit()
    team.run()
    before = team.held()
    assert len(before) == 2
    path.write_text(threaded("Uno", "Due"), encoding="utf-8")
    team.commit()
    team.publisher("sandbox", "fault", "mastodon", "status:422", "--on", "edit", "--skip", "1")
    assert team.run(code=3)["thread", "mastodon"]["state"] == "failed"
    assert team.held()[0]["text"].startswith("Uno")
    path.write_text(threaded("One", "Two"), encoding="utf-8")
    team.commit()
    assert team.run()["thread", "mastodon"]["act"] == "edit"
    assert [post["text"] for post in team.held()] == [post["text"] for post in before]


def test_an_edit_that_only_some_channels_took_is_taken_back_with_the_words(team: Team) -> None:
    team.write("listening", muted=[*OTHERS[:3]])
    team.commit()
    team.run()
    before = shown(team)
    change(team, "nobody", "no one")
    team.publisher("sandbox", "fault", "linkedin", "status:422", "--on", "edit")
    team.publisher("sandbox", "fault", "mastodon", "status:503", "--on", "edit", "--times", "9")
    team.run(code=None)
    assert shown(team) != before
    change(team, "no one", "nobody")
    team.publisher("sandbox", "fault", "--clear")
    team.run(code=None)
    assert shown(team) == before


def test_a_thread_that_became_shorter_is_told_as_an_edit(team: Team) -> None:
    path = team.root / "content/2026/thread.md"
    path.write_text(threaded("One", "Two"), encoding="utf-8")
    team.commit()
    team.run()
    path.write_text(threaded("One", "Two").replace("thread: true", "thread: false").split("\n\n", 1)[0] + "\n---\nA.\n")
    team.commit()
    assert team.run()["thread", "mastodon"]["act"] == "edit"
    assert len(team.held()) == 1


def test_what_is_withdrawn_by_hand_goes_out_nowhere_where_it_was_to_go_later(team: Team) -> None:
    some = team.write("listening", muted=OTHERS)
    none = team.write("asking", "2026-11-24 09:30", muted=OTHERS)
    change(team, "channels: {", "channels: {mastodon: {publish: 2026-11-24 09:30}, ", some)
    team.run()
    for path, kept in ((some, "mastodon"), (none, "facebook, mastodon")):
        told = team.publisher("withdraw", path, "--now", LATER)
        assert (told.returncode, f"It will not go out on {kept}, where it has not been." in told.stdout) == (0, True)
    for percent in (85, 86):
        rows = team.json("run", "--now", "2026-11-24T10:00:00+01:00")
        assert {row["state"] for row in rows} <= {"withdrawn", "held"}
        assert team.held() == []
        change(team, f"We answered {percent - 1}%", f"We answered {percent}%", some)


def test_a_post_withdrawn_before_it_went_out_can_be_meant_again(team: Team) -> None:
    path = team.write("asking", "withdrawn", muted=OTHERS)
    team.write("listening", muted=OTHERS)
    team.commit()
    team.run()
    change(team, "publish: withdrawn", "publish: 2026-11-23 11:30", path)
    rows = {name: row["state"] for name, row in team.run().items()}
    assert rows == dict.fromkeys([("asking", "mastodon"), ("asking", "facebook")], "published")


def add_channel(team: Team) -> None:
    settings = team.root / "publisher.yml"
    added = '  second: {network: mastodon, handle: "@second@mastodon.example", settings: {instance: "https://mastodon.example"}}\n'
    settings.write_text(settings.read_text(encoding="utf-8").rstrip("\n") + "\n" + added, encoding="utf-8")
    team.commit()


def test_an_edit_of_an_old_post_stays_away_from_a_channel_that_was_added_since_until_it_is_pushed(team: Team) -> None:
    path = team.write("listening", "now", muted=["linkedin", "instagram", "bluesky", "x"])
    team.commit()
    team.run()
    add_channel(team)
    month = "2026-12-23T12:00:00+01:00"
    assert team.json("run", "--now", month) == []
    assert {row["channel"]: row["state"] for row in team.json("status", "--now", month)} == {
        "facebook": "published", "mastodon": "published", "second": "held",
    }  # fmt: skip
    change(team, "Answer in the first hour", "Answer within the first hour")
    for _ in range(2):
        rows = {row["channel"]: row for row in team.json("run", "--now", month, code=None)}
        assert "second" not in rows or rows["second"]["state"] == "held"
        assert len(team.held()) == 2
    assert rows == {}
    (told,) = (row["reason"] for row in team.json("status", "--now", month) if row["channel"] == "second")
    assert told.startswith("published on 2026-11-23 before second was one of its channels")
    words = told.partition("publisher ")[2].split()
    assert words == ["push", path, "-c", "second"]
    (row,) = team.json(*words, "--now", month)
    assert (row["channel"], row["state"], len(team.held())) == ("second", "published", 3)
    assert {row["state"] for row in team.json("status", "--now", month)} == {"published"}


def test_a_post_never_links_to_itself_whenever_it_is_read(team: Team) -> None:
    path = team.write("listening", muted=["linkedin", "instagram", "bluesky", "facebook"])
    change(team, "link: https://example.org/listening", 'link: "@mastodon"', path)
    told = team.publisher("preview", path, "--channel", "mastodon").stdout
    assert "@mastodon" not in told.replace("@tidewater@mastodon.example", "")
    assert team.run()["listening", "mastodon"]["state"] == "published"
    (first,) = team.held()
    assert team.run()["listening", "x"]["state"] == "published"
    assert first["url"] in shown(team)["x"]
    change(team, "Keep a tempo", "Keep the tempo")
    team.run(code=None)
    assert first["url"] not in shown(team)["mastodon"]


@pytest.mark.parametrize("name", ["x", "news"])
def test_a_post_still_goes_to_its_other_networks_after_an_account_was_closed(team: Team, name: str) -> None:
    settings = team.root / "publisher.yml"
    project = settings.read_text(encoding="utf-8").replace("  x: {", f"  {name}: {{network: x, ")
    settings.write_text(project, encoding="utf-8")
    path = team.root / team.write("listening", muted=("linkedin", "facebook", "instagram", "bluesky"))
    words = path.read_text(encoding="utf-8")
    path.write_text(words.replace("channels: {", 'channels: {mastodon: {publish: "2026-11-23 12:20"}, '), "utf-8")
    team.commit()
    assert states(team.run()) == {name: ("send", "published"), "mastodon": ("send", "later")}
    settings.write_text(re.sub(rf"\n  {name}: .*", "", project), encoding="utf-8")
    team.commit()
    assert states(team.run("--now", LATER)) == {"mastodon": ("send", "published")}


def rename_x(team: Team) -> None:
    settings = team.root / "publisher.yml"
    settings.write_text(settings.read_text("utf-8").replace("  x: {", "  twitter: {network: x, "), encoding="utf-8")
    team.commit()


MISSED = "Not sent in time, and held: listening. See why with: publisher plan"


def test_a_post_whose_only_open_channel_got_another_name_is_said_to_be_held_once(team: Team) -> None:
    team.write("listening", muted=("linkedin", "facebook", "instagram", "bluesky"))
    team.commit()
    team.publisher("sandbox", "fault", "mastodon", "status:422")
    assert states(team.run(code=3)) == {"x": ("send", "published"), "mastodon": ("send", "failed")}
    rename_x(team)
    told = team.publisher("push", "content/2026/listening.md", "-c", "mastodon", "--now", LATER)
    assert ("1 of 1 published" in told.stdout, told.returncode) == (True, 0), told.stdout + told.stderr
    said = [team.publisher("run", "--now", LATER).stdout.splitlines()[1:] for _ in range(3)]
    assert said == [["Nothing is due.", MISSED], ["Nothing is due."], ["Nothing is due."]]
    (row,) = (row for row in team.json("status", "--now", LATER) if row["channel"] == "twitter")
    assert (row["state"], "live on x, which publisher.yml does not have now" in row["reason"]) == ("held", True)
    assert len(team.held()) == 3


def test_a_post_that_is_in_doubt_on_a_channel_of_another_name_now_is_told_until_it_is_settled(team: Team) -> None:
    team.write("listening", muted=("linkedin", "facebook", "instagram", "bluesky", "mastodon"))
    team.commit()
    lose_on_x(team)
    assert states(team.run(code=4)) == {"x": ("send", "doubt")}
    rename_x(team)
    for _ in range(2):
        said = team.publisher("run", "--now", LATER)
        assert (said.returncode, MISSED in said.stdout, "it may be live on x" in said.stderr) == (1, True, True)
    (url,) = (post["url"] for post in team.held())
    assert team.publisher("resolve", "listening", "x", "--posted", url, "--now", LATER).returncode == 0
    said = [team.publisher("run", "--now", LATER).stdout.splitlines()[1:] for _ in range(3)]
    assert said == [["Nothing is due.", MISSED], ["Nothing is due."], ["Nothing is due."]]
    assert len(team.held()) == 1
