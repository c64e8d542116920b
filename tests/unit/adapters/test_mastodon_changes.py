"""What is live on Mastodon, edited and withdrawn; and the addresses of statuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from publisher.errors import Deferred, Rejected, Unsupported
from publisher.model import Attempt, Part, Receipt
from publisher.registry import adapter
from publisher.testing import NOW, Rehearsal, media, picture

INSTANCE = "https://mastodon.example"
NATIVE = {"language": "en", "visibility": "public"}


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal("mastodon", {"instance": INSTANCE}, tmp_path)
    yield rehearsal
    rehearsal.world.close()


def part(text: str = "Hello #Agile", **changed: Any) -> Part:
    return structs.replace(Part(kind="post", text=text, length=len(text), limit=500, native=NATIVE), **changed)


def attempt(key: str = "k", **changed: Any) -> Attempt:
    return replace(Attempt(key=key, post="p", channel="mastodon", position=0, digest="d", at=NOW), **changed)


def connect(rehearsal: Rehearsal) -> Any:
    """A client that also edits and withdraws."""
    return rehearsal.connect()


EDIT = attempt("e", act="edit")


def asked(rehearsal: Rehearsal, path: str, method: str = "GET", **form: str) -> Any:
    headers = {"Authorization": f"Bearer {rehearsal.secrets['token']}"}
    return rehearsal.session.request(method, INSTANCE + path, headers=headers, data=form or None)


def test_an_edit_keeps_pictures_answers_and_the_day_it_was_written(rehearsal: Rehearsal) -> None:
    client, pictures = connect(rehearsal), (media(alt="One"), media(alt="Two"))
    live = client.deliver(part(media=pictures), attempt(), ())
    before = asked(rehearsal, f"/api/v1/statuses/{live.id}").json()
    client.edit(part("Hello again", media=pictures), EDIT, live, ())
    after = asked(rehearsal, f"/api/v1/statuses/{live.id}").json()
    assert after["media_attachments"] == before["media_attachments"]
    assert rehearsal.world.tally("mastodon", "upload") == 2
    assert (after["created_at"], before["edited_at"], after["edited_at"]) == (
        before["created_at"],
        None,
        NOW.isoformat(),
    )


@pytest.mark.parametrize("pictures", [(), (media(alt="Better said"),), (media(), media(alt="Two"))])
def test_an_edit_changes_pictures_and_alt_texts(rehearsal: Rehearsal, pictures: tuple[Any, ...]) -> None:
    client = connect(rehearsal)
    live = client.deliver(part(media=(media(),)), attempt(), ())
    for _ in range(2):
        live = client.edit(part(media=pictures), EDIT, live, ())
    (shown,) = rehearsal.world.posts()
    assert [one.alt for one in shown.media] == [one.alt for one in pictures]


def test_a_receipt_that_says_nothing_of_its_pictures_is_compared_with_what_is_shown(rehearsal: Rehearsal) -> None:
    client = connect(rehearsal)
    live = replace(client.deliver(part(media=(media(),)), attempt(), ()), native={})
    client.edit(part("Hello again", media=(media(),)), EDIT, live, ())
    assert rehearsal.world.tally("mastodon", "upload") == 1
    client.edit(part("Hello again", media=(media(alt="Better said"),)), EDIT, live, ())
    assert rehearsal.world.tally("mastodon", "upload") == 2


def test_a_warning_goes_away_when_the_post_has_none_any_more(rehearsal: Rehearsal) -> None:
    client = connect(rehearsal)
    live = client.deliver(part(native={**NATIVE, "spoiler_text": "Marketing"}), attempt(), ())
    client.edit(part(native={**NATIVE, "language": "fr"}), EDIT, live, ())
    (shown,) = rehearsal.world.posts()
    assert (shown.native["warning"], shown.native["language"]) == ("", "fr")


def test_who_sees_a_status_cannot_be_edited(rehearsal: Rehearsal) -> None:
    client = connect(rehearsal)
    live = client.deliver(part(), attempt(), ())
    with pytest.raises(Unsupported, match="public, not unlisted"):
        client.edit(part(native={**NATIVE, "visibility": "unlisted"}), EDIT, live, ())


def test_the_history_tells_every_version_once(rehearsal: Rehearsal) -> None:
    client = connect(rehearsal)
    live = client.deliver(part("One"), attempt(), ())
    for text in ("Two", "Two", "Three"):
        client.edit(part(text), EDIT, live, ())
    history = asked(rehearsal, f"/api/v1/statuses/{live.id}/history").json()
    assert [version["content"] for version in history] == ["<p>One</p>", "<p>Two</p>", "<p>Three</p>"]


def test_a_status_that_stays_after_its_deletion_is_told_with_its_address(rehearsal: Rehearsal) -> None:
    live = connect(rehearsal).deliver(part(), attempt(), ())
    rehearsal.world.dial("mastodon", "status:404", target="withdraw")  # as snac answers, which deletes nothing
    with pytest.raises(Rejected) as told:
        connect(rehearsal).withdraw(live, ())
    assert live.url in told.value.hint


def test_thirty_deletions_fill_half_an_hour(rehearsal: Rehearsal) -> None:
    client = connect(rehearsal)
    receipts = [client.deliver(part(f"Number {number}"), attempt(str(number)), ()) for number in range(31)]
    for receipt in receipts[:30]:
        client.withdraw(receipt, ())
    with pytest.raises(Deferred):
        client.withdraw(receipts[30], ())
    assert len(rehearsal.texts()) == 1


def test_an_upload_is_attached_once_and_goes_with_its_status(rehearsal: Rehearsal) -> None:
    client = connect(rehearsal)
    live = client.deliver(part(media=(media(),)), attempt(), ())
    upload = next(iter(rehearsal.remembered["k"].values()))
    again = {"status": "Mine too", "media_ids[]": upload}
    assert "already attached" in asked(rehearsal, "/api/v1/statuses", "POST", **again).text
    client.withdraw(live, ())
    assert asked(rehearsal, "/api/v1/statuses", "POST", **again).status_code == 422
    assert asked(rehearsal, f"/api/v1/media/{upload}").status_code == 404


def test_a_new_picture_is_not_taken_for_an_earlier_one(rehearsal: Rehearsal) -> None:
    first, better = media(), media(alt="Better said")
    assert len(picture()) == first.size
    rehearsal.world.dial("mastodon", "limited")
    with pytest.raises(Deferred):
        connect(rehearsal).deliver(part(media=(first,)), attempt(), ())
    connect(rehearsal).deliver(part(media=(better,)), rehearsal.again(attempt()), ())
    assert [one.alt for one in rehearsal.world.posts()[0].media] == ["Better said"]


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        ("https://mastodon.example/@tidewater/111", "111"),
        ("https://mastodon.example/@tidewater@other.example/111/?x=1#y", "111"),
        ("https://mastodon.example/users/tidewater/statuses/111", "111"),
        ("https://mastodon.example/web/statuses/111", "111"),
        ("https://mastodon.example/deck/@tidewater/111", "111"),
        ("https://social.example/@tidewater/statuses/01HX3YZ", "01HX3YZ"),
        ("https://takahe.example/@tidewater@takahe.example/posts/111/", "111"),
        ("https://pleroma.example/notice/AbC1", "AbC1"),
        ("https://mastodon.example/@tidewater/following", ""),
        ("https://mastodon.example/@tidewater", ""),
        ("ftp://mastodon.example/@tidewater/111", ""),
        ("111", ""),
    ],
)
def test_an_address_gives_the_status(url: str, identity: str) -> None:
    assert adapter("mastodon").identify(url) == identity  # type: ignore[attr-defined]  # Addressable


def test_what_is_gone_is_withdrawn_already(rehearsal: Rehearsal) -> None:
    connect(rehearsal).withdraw(Receipt(id="1", url="", at=NOW), ())
    assert rehearsal.world.tally("mastodon", "withdraw") == 1
