"""A ledger that was deleted: nobody guesses, and the networks are asked."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.errors import LedgerError
from publisher.ledger.git import BRANCH, GitLedger
from publisher.ledger.runner import Runner
from tests.integration.conftest import NOW, Team
from tests.integration.ledgers import attempt

REHEARSED = "refs/heads/publisher-ledger-sandbox"
LATER = "2026-11-23T12:30:00+01:00"


def forget(team: Team) -> None:
    team.git("update-ref", "-d", REHEARSED)


def counted(team: Team) -> Counter[str]:
    return Counter(post["network"] for post in team.held())


def test_a_ledger_is_written_again_from_what_the_networks_show(team: Team) -> None:
    team.write("listening")
    team.write("later", publish="2026-11-24 09:30")
    team.commit()
    team.run()
    before = counted(team)
    forget(team)
    found = team.json("status", "--rebuild", "--now", LATER)
    assert {row["channel"] for row in found if not row["doubt"] and row["receipts"]} == {
        "x", "linkedin", "facebook", "instagram", "mastodon", "bluesky",
    }  # fmt: skip
    after = team.run()
    assert {row["state"] for (post, _), row in after.items() if post == "later"} == {"later"}
    assert not any(row["state"] == "due" for row in after.values())
    assert counted(team) == before


def test_what_no_network_shows_is_in_doubt_and_not_sent(team: Team) -> None:
    team.write("listening")
    team.commit()
    found = team.json("status", "--rebuild", "--now", NOW, code=4)
    assert {row["doubt"] for row in found} == {
        "the ledger was lost, and the network does not show it among what it lets us see"
    }
    assert counted(team) == Counter()
    team.publisher("resolve", "listening", "x", "--not-posted")
    rows = team.run(code=None)
    assert rows["listening", "x"]["state"] == "published"


def test_a_post_whose_words_were_changed_before_the_ledger_was_written_again_is_not_sent_again(team: Team) -> None:
    path = team.root / team.write("listening", muted=["linkedin", "facebook", "instagram"])
    team.commit()
    team.run()
    before = counted(team)
    path.write_text(
        path.read_text(encoding="utf-8").replace("nobody", "no one").replace("84%", "86%"), encoding="utf-8"
    )
    team.commit()
    forget(team)
    found = team.json("status", "--rebuild", "--now", LATER, code=4)
    assert any(row["doubt"] for row in found)
    for _ in range(2):
        rows = team.run("--now", LATER, code=4)
        assert "doubt" in {row["state"] for row in rows.values()}
        assert counted(team) == before


@pytest.mark.parametrize("broken", ["objective: nonsense", "objective: [awareness"])
def test_a_post_that_cannot_be_looked_for_is_told_and_not_sent_again_once_it_is_mended(team: Team, broken: str) -> None:
    path = team.root / team.write("listening", muted=["x", "linkedin", "facebook", "instagram", "bluesky"])
    words = path.read_text(encoding="utf-8")
    team.commit()
    team.run()
    path.write_text(words.replace("objective: awareness", broken), encoding="utf-8")
    team.commit()
    forget(team)
    told = team.publisher("status", "--rebuild", "--now", LATER)
    if "nonsense" in broken:
        assert told.returncode == 4, told.stdout
        assert "the ledger was lost, and it cannot be looked for: the post has errors" in told.stdout
    else:
        assert (told.returncode, "content/2026/listening.md" in told.stdout) == (1, True), told.stdout
        assert "was not looked for" in told.stdout
    path.write_text(words, encoding="utf-8")
    team.commit()
    if "nonsense" not in broken:
        assert team.publisher("status", "--rebuild", "--now", LATER).returncode == 0
    rows = team.run("--now", LATER, code=None)
    assert {row["state"] for row in rows.values()} <= {"doubt", "published"}
    assert counted(team) == Counter(mastodon=1)


# --- several posts that say the same words --------------------------------------------------------------------------

OTHERS = ("x", "linkedin", "facebook", "instagram")
SAME = {"mastodon": "We hire a baker for our house in the harbour.", "bluesky": "Come and see our garden on Friday."}
BOTH = tuple(SAME)


def alike(team: Team, slug: str) -> Path:
    """A post that says on Mastodon and on Bluesky what all others of its kind say there."""
    path = team.root / team.write(slug, muted=OTHERS)
    own = "".join(f"{name}: {{link: none, text: {words}}}, " for name, words in SAME.items())
    path.write_text(path.read_text(encoding="utf-8").replace("channels: {", f"channels: {{{own}"), encoding="utf-8")
    return path


def rebuild(team: Team, *words: str, code: int) -> dict[tuple[str, str], str]:
    """What was doubted, by post and channel."""
    rows = team.json("status", "--rebuild", *words, "--now", LATER, code=code)
    return {(row["post"], row["channel"]): row["doubt"] for row in rows}


@pytest.mark.parametrize("sent", [("one",), ("one", "two")])
@pytest.mark.parametrize("at_once", [True, False])
def test_what_a_network_shows_once_is_taken_for_one_post_only(team: Team, sent: tuple[str, ...], at_once: bool) -> None:
    for slug in ("one", "two"):
        alike(team, slug)
        team.commit()
        if slug in sent:
            team.run()
    before = counted(team)
    assert before == dict.fromkeys(BOTH, len(sent))
    forget(team)
    if at_once:
        told = rebuild(team, code=4)
        shown = {row["url"] for row in team.held()}
        for why in told.values():
            assert "content/2026/one.md and content/2026/two.md say the same words there" in why
            assert any(url in why for url in shown)
        assert set(told) == {(slug, channel) for slug in ("one", "two") for channel in BOTH}
    else:
        assert rebuild(team, "content/2026/one.md", code=0) == {("one", "mastodon"): "", ("one", "bluesky"): ""}
        told = rebuild(team, code=4)
        assert set(told) == {("two", channel) for channel in BOTH}
        assert all("only the post one is seen with these words (https://" in why for why in told.values())
    rows = team.run("--now", LATER, code=4)
    assert all(rows[where]["state"] == "doubt" for where in told)
    assert counted(team) == before


def test_two_posts_of_the_same_words_are_told_apart_by_a_person(team: Team) -> None:
    for slug in ("one", "two"):
        alike(team, slug)
    team.commit()
    team.run()
    shown = {post["url"]: post["network"] for post in team.held()}
    forget(team)
    rebuild(team, code=4)
    for channel in BOTH:
        urls = [url for url, network in shown.items() if network == channel]
        for slug, url in zip(("one", "two"), urls, strict=True):
            assert team.publisher("resolve", slug, channel, "--posted", url).returncode == 0
    assert {row["state"] for row in team.run("--now", LATER).values()} <= {"published"}
    assert len(team.held()) == 4


def test_a_turn_that_was_not_yet_sent_is_not_found_in_the_one_before(team: Team) -> None:
    (team.root / "schedules").mkdir()
    queue = "evergreen:\n  classics: {slots: noon, cooldown: 30d}\n"
    (team.root / "schedules/week.yml").write_text(f'slots:\n  noon: {{at: "12:00"}}\n{queue}', encoding="utf-8")
    team.write("classic", "classics", muted=OTHERS)
    team.commit()
    team.run()
    forget(team)
    for _ in range(2):
        team.publisher("status", "--rebuild", "--now", LATER)
    turns = {row["post"] for row in team.json("status", "--now", LATER)}
    assert turns == {"classic~2"}


def test_what_follows_a_part_that_nobody_finds_is_in_doubt_too(team: Team) -> None:
    team.write("listening", muted=("linkedin", "facebook", "instagram", "bluesky", "mastodon"))
    team.commit()
    team.run()
    before = counted(team)
    (first, *rest) = [post for post in team.held() if post["network"] == "x"]
    assert rest
    forget(team)
    team.publisher("sandbox", "fault", "x", "limited", "--on", "/2/users", "--times", "99")
    assert list(rebuild(team, code=4)) == [("listening", "x")]
    team.publisher("sandbox", "fault", "--clear")
    for number, post in enumerate((first, *rest), 1):
        rows = team.run("--now", LATER, code=4)
        assert (rows["listening", "x"]["state"], counted(team)) == ("doubt", before)
        told = team.publisher("resolve", "listening", "x", "--posted", post["url"])
        assert f"listening on x, part {number}: is live" in told.stdout
    assert team.run("--now", LATER)["listening", "x"]["state"] == "published"
    assert counted(team) == before


@pytest.mark.parametrize("remote", [None, "origin"])
def test_a_deleted_branch_is_missed_even_where_it_was_never_seen(
    team: Team, tmp_path: Path, remote: str | None
) -> None:
    def open_ledger(folder: Path) -> GitLedger:
        return GitLedger(folder, remote=remote, clock=lambda: datetime(2026, 11, 23, tzinfo=UTC), env=team.env)

    open_ledger(team.root).claim([attempt("listening")], Runner(host="h", pid=1))
    elsewhere = team.root
    if remote:
        team.git("push", "-q", "origin", f":{BRANCH}")
        elsewhere = team.clone(tmp_path / "elsewhere").root
    else:
        team.git("branch", "-q", "-D", BRANCH)
    with pytest.raises(LedgerError, match="was deleted") as error:
        open_ledger(elsewhere).refresh()
    assert "publisher status --rebuild" in error.value.hint
    anew = open_ledger(elsewhere)
    anew.forgo()
    anew.claim([attempt("listening")], Runner(host="h", pid=2))
    assert open_ledger(elsewhere).read(["listening"])["listening"].open_attempts("x")
