from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from publisher.errors import ConfigError, Deferred, Rejected, Uncertain
from publisher.model import Attempt, Part, Receipt
from publisher.testing import NOW, Rehearsal, media

INSTANCE = "https://mastodon.example"


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal("mastodon", {"instance": INSTANCE}, tmp_path)
    yield rehearsal
    rehearsal.world.close()


def part(text: str = "Hello #Agile", **changed: Any) -> Part:
    plain = Part(kind="post", text=text, length=len(text), limit=500, native={"language": "en"})
    return structs.replace(plain, **changed)


def attempt(key: str = "k", position: int = 0, at: datetime = NOW) -> Attempt:
    return Attempt(key=key, post="p", channel="mastodon", position=position, digest="d", at=at)


def test_a_key_makes_two_deliveries_one_status(rehearsal: Rehearsal) -> None:
    receipts = [rehearsal.connect().deliver(part(), attempt(), ()) for _ in range(2)]
    assert receipts[0].id == receipts[1].id
    assert len(rehearsal.texts()) == 1


def test_pictures_go_to_the_current_address_with_their_alt_texts(rehearsal: Rehearsal) -> None:
    rehearsal.connect().deliver(part(media=(media(alt="One"), media(alt="Two"))), attempt(), ())
    (post,) = rehearsal.world.posts("mastodon")
    assert [picture.alt for picture in post.media] == ["One", "Two"]


def test_a_warning_and_a_visibility_arrive(rehearsal: Rehearsal) -> None:
    native = {"language": "en", "visibility": "unlisted", "spoiler_text": "Marketing"}
    rehearsal.connect().deliver(part(native=native), attempt(), ())
    (post,) = rehearsal.world.posts("mastodon")
    assert (post.native["warning"], post.native["visibility"]) == ("Marketing", "unlisted")


def test_a_lost_reply_is_not_taken_for_a_status_of_the_same_words(rehearsal: Rehearsal) -> None:
    client = rehearsal.connect()
    first = client.deliver(part(), attempt("a"), ())
    second = attempt("b", 1)
    assert client.find(part(), second, (first,)) is None
    reply = client.deliver(part(kind="reply"), second, (first,))
    assert client.find(part(kind="reply"), second, (first,)) == reply
    assert client.find(part(), attempt("a"), ()) == first


def test_a_status_from_before_the_attempt_is_another(rehearsal: Rehearsal) -> None:
    rehearsal.connect().deliver(part(), attempt("a"), ())
    assert rehearsal.connect().find(part(), attempt("b", at=NOW + timedelta(minutes=6)), ()) is None


@pytest.mark.parametrize("text", ["🎧", "https://example.org/guide", ""])
def test_a_status_without_words_cannot_be_told_from_others_that_have_none(rehearsal: Rehearsal, text: str) -> None:
    client = rehearsal.connect()
    client.deliver(part("Something else"), attempt("else"), ())
    assert client.find(part(text), attempt(), ()) is None
    client.deliver(part("🎉"), attempt("signs"), ())
    with pytest.raises(Uncertain, match="recognised"):
        client.find(part(text), attempt(), ())


@pytest.mark.parametrize("text", ["🎧", "https://example.org/guide"])
def test_a_status_of_signs_or_of_a_link_is_found_by_them(rehearsal: Rehearsal, text: str) -> None:
    client = rehearsal.connect()
    status = client.deliver(part(text), attempt(), ())
    assert client.find(part(text), attempt(), ()) == status


def test_a_status_behind_a_full_page_cannot_be_called_absent(rehearsal: Rehearsal) -> None:
    client = rehearsal.connect()
    for number in range(20):
        client.deliver(part(f"Number {number}"), attempt(str(number)), ())
    with pytest.raises(Uncertain, match="20 statuses"):
        client.find(part("Something else"), attempt("else"), ())
    assert client.find(part("Something else"), attempt("else", at=NOW + timedelta(hours=1)), ()) is None


def test_a_rate_limit_tells_when_to_come_back(rehearsal: Rehearsal) -> None:
    rehearsal.world.dial("mastodon", "limited")
    with pytest.raises(Deferred) as told:
        rehearsal.connect().deliver(part(), attempt(), ())
    assert told.value.until == datetime(2026, 11, 23, 9, 35, tzinfo=UTC)


def test_the_stand_in_takes_three_hundred_statuses_in_three_hours(rehearsal: Rehearsal) -> None:
    rehearsal.world.note("mastodon", f"counter:statuses:mastodon:{int(NOW.timestamp()) // 10_800}", 300)
    with pytest.raises(Deferred, match="Too many requests") as told:
        rehearsal.connect().deliver(part(), attempt(), ())
    assert told.value.until == datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_text_too_long_is_refused_in_the_networks_words(rehearsal: Rehearsal) -> None:
    with pytest.raises(Rejected, match="character limit of 500"):
        rehearsal.connect().deliver(part("a" * 501), attempt(), ())


def test_a_reply_to_what_is_gone_is_refused(rehearsal: Rehearsal) -> None:
    with pytest.raises(Rejected, match="does not appear to exist"):
        rehearsal.connect().deliver(part(), attempt(), (Receipt(id="1", url="", at=NOW),))


@pytest.mark.parametrize(
    ("instance", "allowed"),
    [
        ("https://m.example/", True),
        ("http://127.0.0.1:8101", True),
        ("http://m.example", False),
        ("m.example", False),
        ("", False),
    ],
)
def test_a_token_travels_in_the_clear_only_on_this_machine(rehearsal: Rehearsal, instance: str, allowed: bool) -> None:
    rehearsal.account = replace(rehearsal.account, settings={"instance": instance})
    if allowed:
        assert rehearsal.connect()
    else:
        with pytest.raises(ConfigError, match="instance"):
            rehearsal.connect()
