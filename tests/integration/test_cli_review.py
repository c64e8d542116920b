"""`publisher review`: what a branch changes on the networks, and the one comment that says so."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.github import Forge, served
from tests.integration.conftest import Team
from tests.integration.console import Console


@pytest.fixture
def console(team: Team) -> Console:
    clean = {"PUBLISHER_SANDBOX": None, "PUBLISHER_NOW": None, "GITHUB_ACTIONS": None, "GITHUB_TOKEN": None}
    return Console(team.root, {**team.env, **clean})


@pytest.fixture
def branch(team: Team) -> Team:
    """The team with two posts on main, on a branch of its own."""
    team.write("listening")
    team.write("answering")
    team.commit()
    team.git("push", "-q")
    team.git("switch", "-q", "-c", "words")
    return team


def fingerprint(root: Path) -> str:
    """Everything in the work tree and in git, but for what a look may cache."""
    files = [one for one in sorted(root.rglob("*")) if one.is_file() and ".publisher" not in one.parts]
    told = hashlib.sha256()
    for file in files:
        if file.name != "index":
            told.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes())
    return told.hexdigest()


def test_only_the_post_that_changed_is_shown_on_the_channels_where_it_did(branch: Team, console: Console) -> None:
    assert console.inside("review").out == "Nothing changes.\n"
    post = branch.root / "content/2026/listening.md"
    post.write_text(post.read_text().replace("twice a day", "thrice a day"))
    before = fingerprint(branch.root)
    (one,) = console.inside("review", "--json").json
    assert fingerprint(branch.root) == before
    assert (one["cause"], one["after"]["post"]) == ("words", "listening")
    assert one["turns"]
    assert all("thrice" in str(turn["after"]["pieces"]) for turn in one["turns"])
    assert all("twice" in str(turn["before"]["pieces"]) for turn in one["turns"])


def test_a_change_of_voice_is_seen_in_every_post_although_no_post_changed(branch: Team, console: Console) -> None:
    settings = branch.root / "publisher.yml"
    settings.write_text(
        settings.read_text().replace('x: {handle: "@tidewater"}', 'x: {handle: "@tidewater", voice: {tags: 0}}')
    )
    found = console.inside("review", "--base", "main", "--json").json
    assert {one["after"]["post"]: one["cause"] for one in found} == {"listening": "around", "answering": "around"}
    assert {turn["channel"] for one in found for turn in one["turns"]} == {"x"}


def test_another_time_for_one_channel_is_shown_although_no_word_changed(branch: Team, console: Console) -> None:
    post = branch.root / "content/2026/listening.md"
    words = post.read_text()
    post.write_text(words.replace("media:", "channels: {x: {publish: withdrawn}}\nmedia:"))
    assert console.inside("review").out.splitlines()[-1] == "1 post would be read differently."
    letter = console.inside("review", "--markdown", "-").out
    assert "Goes out: `2026-11-23 09:30`; on `x`: `withdrawn`. Before: `2026-11-23 09:30`." in letter
    own = "channels: {x: {publish: next}, linkedin: {publish: next}}\n"
    post.write_text(words.replace("publish: 2026-11-23 09:30\n", own))
    letter = console.inside("review", "--markdown", "-").out
    assert "Goes out: on `x, linkedin`: `next`. Before: `2026-11-23 09:30`." in letter


def test_another_picture_of_a_post_that_only_one_channel_has_is_told(branch: Team, console: Console) -> None:
    post = branch.root / branch.write("listening", "2099-01-01 09:30")
    post.write_text(post.read_text().replace("media:", "channels: {x: {publish: now}}\nmedia:"))
    branch.commit()
    picture = branch.root / "content/2026/loop.jpg"
    picture.write_bytes(picture.read_bytes() + b"\0")
    found = console.inside("review", "--base", "HEAD", "--json").json
    told = {one["after"]["post"]: [f["rule"] for f in one["after"]["findings"]] for one in found}
    assert "kept-picture" in told["listening"]


def test_new_bytes_under_the_name_of_a_picture_that_may_be_live_are_told(branch: Team, console: Console) -> None:
    branch.write("listening", "now")
    branch.write("answering", "2099-01-01 09:30")
    branch.write("asking", "withdrawn")
    edited = branch.root / branch.write("telling", "now")
    branch.commit()
    picture = branch.root / "content/2026/loop.jpg"
    picture.write_bytes(picture.read_bytes() + b"\0")
    edited.write_text(edited.read_text().replace("twice a day", "thrice a day"))
    found = console.inside("review", "--base", "HEAD", "--json").json
    told = {one["after"]["post"]: [f for f in one["after"]["findings"] if f["rule"] == "kept-picture"] for one in found}
    assert [post for post, findings in told.items() if findings] == ["listening"]
    (kept,) = told["listening"]
    assert (kept["severity"], kept["hint"]) == ("warning", "give the picture a new name, and write that into the post")
    assert kept["message"] == (
        "content/2026/loop.jpg is another picture under the same name; where this post is published it stays as it was"
    )


def test_a_picture_that_changed_shows_the_posts_that_show_it(branch: Team, console: Console) -> None:
    picture = branch.root / "content/2026/loop.jpg"
    picture.write_bytes(picture.read_bytes() + b"\0")
    found = console.inside("review", "--json").json
    assert {one["after"]["post"] for one in found} == {"listening", "answering"}


def test_new_gone_moved_and_unreadable_posts_are_told_apart(branch: Team, console: Console) -> None:
    (branch.root / "content/2026/answering.md").unlink()
    (branch.root / "content/2027").mkdir()
    branch.write("asking")
    branch.write("broken")
    (branch.root / "content/2026/broken.md").write_text("---\n: [\n---\n")
    moved = branch.root / "content/2026/listening.md"
    moved.write_text(moved.read_text().replace("file: loop.jpg", "file: ../2026/loop.jpg"))
    moved.rename(branch.root / "content/2027/listening.md")
    found = {one["path"]: one["cause"] for one in map(_told, console.inside("review", "--json").json)}
    assert found["content/2026/answering.md"] == "gone"
    assert found["content/2026/asking.md"] == found["content/2026/broken.md"] == "new"
    assert "content/2026/listening.md" not in found
    assert console.inside("review").code == 0


def _told(one: dict[str, dict[str, str]]) -> dict[str, str]:
    return {"path": (one["after"] or one["before"])["path"], "cause": str(one["cause"])}


def test_what_another_version_made_is_compared_with_every_post(branch: Team, console: Console, tmp_path: Path) -> None:
    kept = tmp_path / "before.json"
    assert console.inside("review", "--save", str(kept)).code == 0
    assert console.inside("review", "--against", str(kept)).out == "Nothing changes.\n"
    kept.write_text(
        kept.read_text()
        .replace('"tool": "', '"tool": "0.')
        .replace("twice a day", "daily")
        .replace('"digest": "', '"digest": "0')
    )
    letter = console.inside("review", "--against", str(kept), "--markdown", "-").out
    assert "Publisher itself changes from `0." in letter
    assert letter.count("not by its own words") == 2
    kept.write_text("{}")
    assert console.inside("review", "--against", str(kept)).code == 1


def test_a_commit_that_is_not_there_and_words_that_exclude_each_other_are_refused(
    branch: Team, console: Console
) -> None:
    for base in ("nowhere", "--exec=sh", "main:content"):
        said = console.inside("review", f"--base={base}")
        assert (said.code, said.out) == (1, "")
        assert "git knows no commit" in said.err
    assert console.inside("review", "--base", "main", "--save", "x.json").code == 2


def test_the_first_pull_request_of_a_team_shows_everything_as_new(team: Team, console: Console) -> None:
    team.git("rm", "-q", "--cached", "publisher.yml")
    team.git("commit", "-q", "-m", "Begin without settings")
    team.write("listening")
    (one,) = console.inside("review", "--base", "HEAD", "--json").json
    assert one["cause"] == "new"


def test_one_comment_is_written_and_brought_up_to_date(branch: Team, console: Console, tmp_path: Path) -> None:
    letter, forge = tmp_path / "letter.md", Forge()
    with served(forge) as env:
        for slug in ("asking", "thanking"):
            branch.write(slug)
            assert console.inside("review", "--markdown", str(letter)).code == 0
            said = console("github", "comment", str(letter), "--pull-request", "7", env=env)
            assert said.out == "Written: https://github.example/7\n"
        assert console("github", "comment", "-", "--pull-request", "7", stdin="words", env=env).code == 1
        piped = console("github", "comment", "-", "--pull-request", "8", stdin=letter.read_bytes(), env=env)
        assert piped.code == 0
    (comment,) = forge.comments[7]
    assert comment["body"] == letter.read_text()
    assert "thanking.md" in comment["body"]
    without = console("github", "comment", str(letter), "--pull-request", "7")
    assert (without.code, "GITHUB_TOKEN" in without.err) == (1, True)


def test_a_post_renamed_and_edited_at_once_is_told_before_it_is_merged(branch: Team, console: Console) -> None:
    post = branch.root / "content/2026/listening.md"
    text = post.read_text().replace("twice a day", "thrice a day")
    post.unlink()
    for name, words in (
        ("hearing", text),
        ("other", text.replace("title:", "id: other\ntitle:")),
        ("draft", text.replace("publish:", "# publish:")),
        ("short", "---\npublish: now\n---\nTomorrow the harbour opens.\n"),
    ):
        post.with_name(f"{name}.md").write_text(words)
    after = [one["after"] for one in console.inside("review", "--json").json if one["after"]]
    found = {one["path"]: one["findings"] for one in after}
    assert [path for path, told in found.items() if "reads like" in str(told)] == ["content/2026/hearing.md"]
    letter = console.inside("review", "--markdown", "-").out
    assert (
        "- warning in line 1: `it reads like content/2026/listening.md, which is gone; if that was published, this is "
        "held, unless others that still stand are as near` → ``give it `id: listening` if it was renamed, or another "
        "`id:` if it is another post``" in letter
    )


@pytest.mark.parametrize("given", ["hearing", "answering-too"])
def test_another_id_in_the_same_file_is_told_before_it_is_merged(branch: Team, console: Console, given: str) -> None:
    post = branch.root / "content/2026/listening.md"
    post.write_text(post.read_text().replace("title:", f"id: {given}\ntitle:"))
    (told,) = [
        one for row in console.inside("review", "--json").json if row["after"] for one in row["after"]["findings"]
    ]
    assert (told["rule"], told["severity"], told["line"]) == ("changed-id", "warning", 2)
    assert told["message"] == "its id was 'listening'; if that was published, this is held"
    assert told["hint"] == "write `id: listening`"
