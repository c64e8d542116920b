"""What is the same post, whatever its file is called: words that are live on some channel are not sent again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from publisher.cli.workspace import LARGE
from tests.integration.conftest import NOW, SETTINGS, Team

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
    done = team.publisher("run", "--now", LATER)
    assert (done.returncode, team.held()) == (1, held)
    assert "listening.md:2:1: error: content/2026/listening.md was published with the id 'listening'" in done.stderr


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


# --- renamed and edited at once -------------------------------------------------------------------------------------

LIKE = (
    "hearing.md:1:1: error: it reads like content/2026/listening.md, which was published and is gone "
    "(give it `id: listening` if it was renamed, or another `id:` if it is another post) [published-before]"
)
EDITED = [*SOME, "x"]


@pytest.mark.parametrize("network", ["x", "linkedin", "facebook"])
def test_what_a_network_refuses_as_the_words_of_another_post_is_told_and_not_taken_for_it(
    team: Team, network: str
) -> None:
    muted = [one for one in ("x", "linkedin", "facebook", "instagram", "mastodon", "bluesky") if one != network]
    own = f'channels: {{{network}: {{link: none, text: "We hire a baker for our house in the harbour."}}, '
    for name in ("one", "two", "three"):
        path = team.root / team.write(name, muted=muted)
        path.write_text(path.read_text(encoding="utf-8").replace("channels: {", own), encoding="utf-8")
        team.commit()
        if name == "two":
            rows = team.run(code=3)
    rows |= team.run("--now", "2026-11-23T12:02:00+01:00", code=3)
    assert {post: row["state"] for (post, _), row in rows.items()} == {
        "one": "published", "two": "failed", "three": "failed",
    }  # fmt: skip
    assert all("the post one says them: https://" in rows[post, network]["reason"] for post in ("two", "three"))
    assert len(team.held()) == 1


@pytest.fixture(params=["git", "sqlite", "large git", "large sqlite"])
def memory(request: pytest.FixtureRequest, team: Team) -> Team:
    """The team, small or large, with its ledger in one home or the other."""
    size, _, ledger = request.param.rpartition(" ")
    (team.root / "publisher.yml").write_text(f"ledger: {ledger}\n{SETTINGS}", encoding="utf-8")
    for number in range(LARGE + 1 if size else 0):
        (team.root / f"note-{number}.txt").touch()
    team.commit()
    return team


def published(team: Team, slug: str = "listening") -> Path:
    """A post that is live on Mastodon and Bluesky."""
    path = team.root / team.write(slug, muted=EDITED)
    team.commit()
    team.run()
    return path


def reword(path: Path, name: str, old: str = "twice", new: str = "thrice") -> Path:
    """The post under another file name and with another word, in one commit to come."""
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return path.rename(path.with_name(name))


def test_a_post_renamed_and_edited_at_once_is_not_published_again(memory: Team) -> None:
    path = reword(published(memory), "hearing.md")
    held = memory.held()
    memory.commit()
    done = memory.publisher("run", "--now", LATER)
    assert (done.returncode, LIKE in done.stderr, memory.held()) == (1, True, held)
    assert LIKE in memory.publisher("run", "--now", LATER).stderr
    assert LIKE in memory.publisher("push", str(path), "--now", LATER).stderr
    give_id(path, "listening")
    memory.commit()
    rows = memory.run("--now", LATER)
    assert {row["state"] for row in rows.values()} == {"published"}
    assert rows["listening", "mastodon"]["act"] == "edit"
    assert len(memory.held()) == len(held)


def test_a_post_that_its_author_calls_another_one_goes_out_however_alike_it_is(memory: Team) -> None:
    path = reword(published(memory), "hearing.md")
    give_id(path, "hearing")
    memory.commit()
    assert {row["state"] for row in memory.run("--now", LATER).values()} == {"published"}


def test_a_half_published_post_renamed_and_edited_at_once_is_not_published_again(team: Team) -> None:
    path = reword(half_published(team), "hearing.md")
    held = team.held()
    team.commit()
    done = team.publisher("run", "--now", LATER)
    assert (done.returncode, LIKE in done.stderr, team.held()) == (1, True, held)
    assert path.exists()


def test_the_next_of_a_series_goes_out_although_an_old_one_was_deleted(memory: Team) -> None:
    first = published(memory, "week")
    words = first.read_text(encoding="utf-8")
    second, third, moved = (first.with_name(name) for name in ("second.md", "third.md", "moved.md"))
    second.write_text(words.replace("84%", "71%"), encoding="utf-8")
    give_id(second, "second")
    memory.commit()
    memory.run()
    first.unlink()
    words = words.replace("09:30", "12:15").replace("84%", "72%")
    third.write_text(words, encoding="utf-8")
    memory.commit()
    assert {(row["post"], row["state"]) for row in memory.run("--now", LATER).values()} == {("third", "published")}
    third.unlink()
    moved.write_text(words.replace("summer", "winter"), encoding="utf-8")
    memory.commit()
    done = memory.publisher("run", "--now", LATER)
    assert "moved.md:1:1: error: it reads like content/2026/third.md, which was published and is gone" in done.stderr


def test_one_of_a_series_renamed_and_rewritten_at_once_is_known_by_its_instant(memory: Team) -> None:
    """It is no nearer to what it was than the others of its series are, but none of them was for its very time."""
    first, second = (memory.root / memory.write(slug, muted=EDITED) for slug in ("week", "second"))
    words = first.read_text(encoding="utf-8")
    second.write_text(words.replace("09:30", "09:45").replace("84%", "71%"), encoding="utf-8")
    give_id(second, "second")
    memory.commit()
    memory.run()
    held = memory.held()
    for old, new in (("twice", "thrice"), ("half as often", "on Mondays only"), ("84%", "72%")):
        moved = reword(first, first.name, old, new)
    moved = moved.rename(moved.with_name("moved.md"))
    memory.commit()
    done = memory.publisher("run", "--now", LATER)
    assert "moved.md:1:1: error: it reads like content/2026/week.md, which was published and is gone" in done.stderr
    assert (done.returncode, memory.held()) == (1, held)
    moved.write_text(moved.read_text(encoding="utf-8").replace("09:30", "12:15"), encoding="utf-8")
    memory.commit()
    assert {(row["post"], row["state"]) for row in memory.run("--now", LATER).values()} == {("moved", "published")}


def test_the_id_of_a_file_that_is_gone_is_told_as_it_was_written(memory: Team) -> None:
    path = memory.root / memory.write("listening", muted=EDITED)
    give_id(path, "first-one")
    memory.commit()
    memory.run()
    text = path.read_text(encoding="utf-8").replace("id: first-one\n", "")
    path.write_text(text, encoding="utf-8")
    reword(path, "hearing.md")
    memory.commit()
    assert "give it `id: first-one` if it was renamed" in memory.publisher("run", "--now", LATER).stderr


def test_words_that_made_room_for_others_in_their_file_are_not_published_again(memory: Team) -> None:
    """The file of every week: last week's words are put away under another name, and new ones written."""
    path = published(memory)
    put_away = reword(path, "last-week.md")
    path.write_text("---\npublish: now\nchannels: [mastodon]\n---\nTomorrow the harbour opens.\n", encoding="utf-8")
    memory.commit()
    done = memory.publisher("run", "--now", LATER)
    assert done.returncode == 1
    assert (
        "last-week.md:1:1: error: it reads like content/2026/listening.md as it was published, which says something "
        "else now (leave these words in content/2026/listening.md, or give this one an `id:` of its own" in done.stderr
    )
    assert len(memory.held()) == 2
    give_id(put_away, "last-week")
    memory.commit()
    assert {row["state"] for row in memory.run("--now", LATER).values()} >= {"published"}
    assert len(memory.held()) == 4


def test_an_edited_post_and_a_new_one_do_not_stand_in_each_others_way(memory: Team) -> None:
    path = published(memory)
    reword(path, path.name)
    memory.write("hearing", "now", muted=EDITED)
    memory.commit()
    assert {row["state"] for row in memory.run("--now", LATER).values()} == {"published"}


@pytest.mark.parametrize("how", ["withdrawn", "moved", "draft", "other words"])
def test_what_is_not_live_or_not_alike_stands_in_nobodys_way(team: Team, how: str) -> None:
    path = published(team)
    if how == "withdrawn":
        team.publisher("withdraw", str(path), "--now", LATER)
    if how == "moved":
        give_id(reword(path, "kept.md"), "listening")
    else:
        path.unlink()
    new = team.root / team.write("hearing", "" if how == "draft" else "now", muted=EDITED)
    if how == "other words":
        new.write_text("---\npublish: now\nchannels: [mastodon]\n---\nTomorrow the harbour opens.\n", encoding="utf-8")
    team.commit()
    rows = team.run("--now", LATER)
    assert rows["hearing", "mastodon"]["state"] == ("held" if how == "draft" else "published")


def test_where_the_old_words_cannot_be_had_those_that_are_live_are_compared(team: Team, tmp_path: Path) -> None:
    """A clone of the newest commit only, and a ledger in a database: of the old file only its blob's name is known."""
    (team.root / "publisher.yml").write_text(f"ledger: sqlite\n{SETTINGS}", encoding="utf-8")
    path = team.root / team.write("listening", muted=EDITED)
    reword(path, path.name, "channels: {", "channels: {mastodon: {text: Ask us on Monday.}, ")
    team.commit()
    team.run()
    held = team.held()
    reword(path, "hearing.md", "Monday", "Friday")
    team.commit()
    team.git("push", "-q")
    remote = Path(team.git("remote", "get-url", "origin").strip()).as_uri()
    team.git("clone", "-q", "--depth=1", remote, str(tmp_path / "new"))
    shutil.copytree(team.root / ".publisher", tmp_path / "new" / ".publisher")
    other = Team(tmp_path / "new", team.env)
    done = other.publisher("run", "--now", LATER)
    assert (done.returncode, LIKE in done.stderr, other.held()) == (1, True, held)


# --- another id in the same file ------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["", "thrice"])
def test_a_published_post_given_another_id_is_told_and_not_sent(memory: Team, word: str) -> None:
    path = published(memory)
    held = memory.held()
    give_id(path, "hearing")
    if word:
        reword(path, path.name, new=word)
    memory.commit()
    done = memory.publisher("run", "--now", LATER)
    assert (done.returncode, memory.held()) == (1, held)
    assert (
        "listening.md:2:1: error: content/2026/listening.md was published with the id 'listening', and 'hearing' is a "
        "new one; it is not published again (delete its `id:`; if it is another post, give it a file of its own) "
        "[changed-id]" in done.stderr
    )


def test_a_post_whose_id_was_deleted_or_rewritten_is_told_the_one_it_had(memory: Team) -> None:
    path = memory.root / memory.write("listening", muted=EDITED)
    give_id(path, "first-one")
    memory.commit()
    memory.run()
    held, text = memory.held(), path.read_text(encoding="utf-8")
    for id_ in ("", "id: second\n"):
        path.write_text(text.replace("id: first-one\n", id_), encoding="utf-8")
        memory.commit()
        done = memory.publisher("run", "--now", LATER)
        assert (done.returncode, memory.held()) == (1, held)
        assert "was published with the id 'first-one'" in done.stderr
        assert "(write `id: first-one` again;" in done.stderr
