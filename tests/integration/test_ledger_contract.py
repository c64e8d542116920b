"""The contract of every ledger, whatever its home."""

from __future__ import annotations

from datetime import timedelta

import pytest

from publisher.errors import Conflict, Deferred
from publisher.ledger.claims import Claim, Entry
from publisher.ledger.events import completed, deferred, doubted, received, resolved
from publisher.ledger.objects import Pack
from publisher.model import Receipt
from tests.integration.ledgers import (
    ME,
    NOW,
    YOU,
    Home,
    attempt,
    home,
    proof,
)

__all__ = ["home"]


def test_a_post_nothing_happened_to_has_an_empty_story(home: Home) -> None:
    assert home().read(["agile"])["agile"].events == ()


def test_a_claim_is_seen_by_everybody(home: Home) -> None:
    home().claim([attempt(), attempt("bread")], ME)
    stories = home().read(["agile", "bread"])
    assert [story.open_attempts("x")[0].runner for story in stories.values()] == [ME, ME]


def test_a_claim_on_what_somebody_else_claimed_meanwhile_conflicts_and_writes_nothing(home: Home) -> None:
    mine, yours = home(), home()
    mine.read(["agile", "bread"])
    yours.read(["agile", "bread"])
    yours.claim([attempt()], YOU)
    with pytest.raises(Conflict):
        mine.claim([attempt("bread"), attempt()], ME)
    assert mine.read(["agile"])["agile"].open_attempts("x")[0].runner == YOU
    assert home().read(["bread"])["bread"].events == ()


def test_an_entry_is_written_whole_or_not_at_all(home: Home) -> None:
    mine, yours = home(), home()
    mine.read(["agile", "bread"])
    yours.claim([attempt()], YOU)
    blob = Pack(40).add("blob", b"Post 0\n")
    happened = {"bread": [received(attempt("bread"), proof())]}
    settled = {"content/2026/p0.md": blob}
    with pytest.raises(Conflict) as caught:
        mine.write(
            Entry(events=happened, claim=Claim(attempts=[attempt(), attempt("salt")], runner=ME), settled=settled)
        )
    assert list(caught.value.refused) == [attempt().key]
    assert (home().read(["bread"])["bread"].events, home().settled()) == ((), {})
    mine.write(Entry(events=happened, claim=Claim(attempts=[attempt("salt")], runner=ME), settled=settled))
    stories = home().read(["bread", "salt"])
    assert stories["bread"].receipts("x") == (proof(),)
    assert [one.runner for one in stories["salt"].open_attempts("x")] == [ME]
    assert home().settled() == settled


def test_a_claim_is_judged_by_what_is_written_with_it(home: Home) -> None:
    mine = home()
    mine.claim([attempt()], ME)
    happened = {"agile": [received(attempt(), proof())]}
    with pytest.raises(Conflict, match="done already"):
        mine.write(Entry(events=happened, claim=Claim(attempts=[attempt()], runner=ME)))


def test_a_glance_shows_what_somebody_else_did_and_hides_it_from_no_claim(home: Home) -> None:
    mine, yours = home(), home()
    mine.read(["agile"])
    yours.claim([attempt()], YOU)
    mine.refresh()
    assert [one.runner for one in mine.glance(["agile"])["agile"].open_attempts("x")] == [YOU]
    with pytest.raises(Conflict, match="another runner was here first"):
        mine.claim([attempt()], ME)


def test_a_claim_on_other_parts_does_not_conflict(home: Home) -> None:
    mine, yours = home(), home()
    mine.read(["agile"])
    yours.claim([attempt(channel="mastodon")], YOU)
    mine.claim([attempt()], ME)
    assert len(home().read(["agile"])["agile"].events) == 2


def test_nobody_claims_what_is_live(home: Home) -> None:
    mine = home()
    mine.claim([attempt()], ME)
    mine.record({"agile": [received(attempt(), proof())]})
    with pytest.raises(Conflict, match="done already"):
        mine.claim([attempt()], ME)


def test_nobody_claims_what_is_in_doubt_until_it_is_resolved(home: Home) -> None:
    mine = home()
    mine.claim([attempt()], ME)
    mine.record({"agile": [doubted(attempt(), "the answer was lost", NOW)]})
    with pytest.raises(Conflict, match="nobody knows"):
        mine.claim([attempt()], ME)
    mine.record({"agile": [resolved(attempt(), NOW, posted=False)]})
    mine.claim([attempt()], ME)


def test_one_run_cannot_claim_a_part_twice(home: Home) -> None:
    mine = home()
    mine.claim([attempt()], ME)
    with pytest.raises(Conflict, match="already"):
        mine.claim([attempt()], ME)


def test_an_abandoned_attempt_that_was_read_can_be_claimed_by_one(home: Home) -> None:
    home().claim([attempt()], YOU)
    mine, other = home(), home()
    mine.read(["agile"])
    other.read(["agile"])
    mine.claim([attempt()], ME)
    with pytest.raises(Conflict):
        other.claim([attempt()], YOU)


def test_a_later_try_is_written_at_its_own_time_and_keeps_the_first_instant(home: Home) -> None:
    mine = home()
    first = attempt(at=NOW - timedelta(days=2))
    mine.claim([first], ME)
    mine.record({"agile": [deferred(first, Deferred("slow down", until=NOW), NOW)]})
    mine.claim([first], ME)
    story = mine.read(["agile"])["agile"]
    held = story.open_attempts("x")[0]
    assert (held.at, story.attempt(held).at) == (NOW, first.at)


def test_records_of_two_runners_are_both_kept(home: Home) -> None:
    mine, yours = home(), home()
    mine.read(["agile"])
    yours.record({"agile": [received(attempt(channel="mastodon"), proof(2))]})
    mine.record({"agile": [received(attempt(), proof(1))], "bread": [received(attempt("bread"), proof(3))]})
    story = home().read(["agile"])["agile"]
    assert (story.receipt("x", 0), story.receipt("mastodon", 0)) == (proof(1), proof(2))


def test_the_same_record_twice_is_written_once(home: Home) -> None:
    for _ in range(2):
        home().record({"agile": [received(attempt(), proof())]})
    assert len(home().read(["agile"])["agile"].events) == 1


def test_recent_publications_count_first_parts_of_settled_posts_too(home: Home) -> None:
    rest = received(attempt(position=1), proof(2))
    home().record({"agile": [received(attempt(), proof()), rest, completed("x", "d", "b", NOW)]})
    found = home().recent(NOW - timedelta(days=3))
    assert [(one.post, one.channel, one.at) for one in found] == [("agile", "x", NOW)]


def test_what_is_settled_is_known_by_its_blob(home: Home) -> None:
    blob, lost = Pack().add("blob", b"Post 0\n"), Pack().add("blob", b"Post 1\n")
    mine = home()
    mine.settle({"content/2026/p0.md": blob, "content/2026/p1.md": lost})
    mine.settle({"content/2026/p0.md": blob})
    assert home().settled() == {"content/2026/p0.md": blob, "content/2026/p1.md": lost}
    assert home().settled(["content/2026/p1.md", "content/no.md"]) == {"content/2026/p1.md": lost}
    assert home().settled([]) == {}


def test_ids_of_every_kind_keep_their_own_story(home: Home) -> None:
    posts = ["a/b", "a%2Fb", "../up", ".hidden", "É té", "A", "a", "", "line\nbreak"]
    mine = home()
    mine.record({post: [received(attempt(post), Receipt(id=post, url="", at=NOW))] for post in posts})
    stories = home().read(posts)
    assert {post: stories[post].receipts("x")[0].id for post in posts} == {post: post for post in posts}


def test_what_is_begun_is_known_until_it_is_finished(home: Home) -> None:
    names = ["", "agile", "Über/α β", "queue~2"]
    home().claim([attempt(name) for name in names], ME)
    assert sorted(home().unfinished()) == sorted(names)
    ledger = home()
    ledger.record({"agile": [received(attempt(), proof()), completed("x", "d", "b", NOW)]})
    ledger.record({"": [resolved(attempt(""), NOW, posted=False)]})
    assert not {"", "agile"}.intersection(ledger.unfinished())
    ledger.record({"queue~2": [doubted(attempt("queue~2"), "silence", NOW)]})
    ledger.record({"Über/α β": [deferred(attempt("Über/α β"), Deferred("later"), NOW)]})
    assert list(home().unfinished()) == ["queue~2"]
    ledger.record({"queue~2": [resolved(attempt("queue~2"), NOW, posted=False)]})
    assert list(home().unfinished()) == []
    ledger.claim([attempt("bread")], ME)
    assert list(home().unfinished()) == ["bread"]
