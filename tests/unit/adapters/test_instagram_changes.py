"""Containers that are used again, posts that are withdrawn, and posts known by their address alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from adapters.instagram.client import InstagramClient
from publisher.adapter import Editable
from publisher.errors import Deferred, Rejected, Unauthorized, Uncertain
from publisher.model import Attempt, Part, Receipt
from publisher.registry import adapter
from publisher.testing import NOW, Rehearsal, media

USER = "17841400000000000"
TWO = (media(alt="One"), media(alt="Two"))


@pytest.fixture
def instagram(tmp_path: Path) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal("instagram", {"user": USER}, tmp_path)
    yield rehearsal
    rehearsal.world.close()


def part(text: str = "Look", **changed: Any) -> Part:
    plain = Part(kind="post", text=text, length=len(text), limit=2200, media=(media(),))
    return structs.replace(plain, **changed)


def comment(text: str = "First") -> Part:
    return part(text, kind="comment", media=())


ATTEMPT = Attempt(key="k", post="p", channel="instagram", position=0, digest="d", at=NOW)


def connect(instagram: Rehearsal) -> InstagramClient:
    return InstagramClient(instagram.account, instagram.session, pause=lambda _seconds: None)


def uploads(instagram: Rehearsal) -> int:
    return instagram.world.tally("instagram", "upload")


def interrupted(instagram: Rehearsal, message: Part, kind: str = "limited") -> Attempt:
    """The attempt after a try that ended at its last request."""
    instagram.world.dial("instagram", kind)
    with pytest.raises((Deferred, Uncertain)):
        connect(instagram).deliver(message, ATTEMPT, ())
    return instagram.again(ATTEMPT)


def test_a_finished_container_is_published_and_not_made_again(instagram: Rehearsal) -> None:
    again = interrupted(instagram, part(media=TWO))
    assert uploads(instagram) == 3
    receipt = connect(instagram).deliver(part(media=TWO), again, ())
    assert (uploads(instagram), receipt.id) == (3, instagram.world.posts()[0].id)


def test_a_container_that_was_published_unheard_is_adopted(instagram: Rehearsal) -> None:
    again = interrupted(instagram, part(), "lost")
    receipt = connect(instagram).deliver(part(), again, ())
    assert receipt.id == instagram.world.posts()[0].id
    assert len(instagram.texts()) == 1
    assert connect(instagram).find(part(), again, ()) == receipt


def test_a_container_says_that_nothing_was_published_even_without_words(instagram: Rehearsal) -> None:
    connect(instagram).deliver(part(text=""), replace(ATTEMPT, key="other"), ())
    again = interrupted(instagram, part(text="", media=TWO))
    with pytest.raises(Uncertain):
        connect(instagram).find(part(text="", media=TWO), ATTEMPT, ())
    assert connect(instagram).find(part(text="", media=TWO), again, ()) is None


def test_a_published_container_whose_post_cannot_be_seen_is_a_doubt(instagram: Rehearsal) -> None:
    again = interrupted(instagram, part(), "lost")
    instagram.world.remove("instagram", instagram.world.posts()[0].id)
    for act in (connect(instagram).find, connect(instagram).deliver):
        with pytest.raises(Uncertain, match="does not show them"):
            act(part(), again, ())


def test_a_carousel_goes_on_where_it_broke_off(instagram: Rehearsal) -> None:
    instagram.world.dial("instagram", "refused", target="upload", skip=1)
    with pytest.raises(Deferred):
        connect(instagram).deliver(part(media=TWO), ATTEMPT, ())
    assert len(instagram.remembered["k"]) == 1
    connect(instagram).deliver(part(media=TWO), instagram.again(ATTEMPT), ())
    assert uploads(instagram) == 3
    assert [one.alt for one in instagram.world.posts()[0].media] == ["One", "Two"]


@pytest.mark.parametrize("pictures", [(media(),), TWO])
def test_what_instagram_has_thrown_away_is_made_anew(instagram: Rehearsal, pictures: Any) -> None:
    again = interrupted(instagram, part(media=pictures))
    made = uploads(instagram)
    for identity in again.uploads.values():
        instagram.world.note("instagram", f"container:{identity}", None)
    connect(instagram).deliver(part(media=pictures), again, ())
    assert uploads(instagram) == 2 * made
    assert len(instagram.texts()) == 1


def test_items_that_are_gone_are_made_anew_with_their_carousel(instagram: Rehearsal) -> None:
    instagram.world.dial("instagram", "refused", target="upload", skip=2)
    with pytest.raises(Deferred):
        connect(instagram).deliver(part(media=TWO), ATTEMPT, ())
    again = instagram.again(ATTEMPT)
    for identity in again.uploads.values():
        instagram.world.note("instagram", f"container:{identity}", None)
    connect(instagram).deliver(part(media=TWO), again, ())
    assert len(instagram.texts()) == 1


def test_an_old_container_is_left_to_expire(instagram: Rehearsal) -> None:
    again = interrupted(instagram, part())
    (identity,) = again.uploads.values()
    kept: Any = instagram.world.recall("instagram", f"container:{identity}")
    old = (NOW - timedelta(hours=25)).isoformat()
    instagram.world.note("instagram", f"container:{identity}", {**kept, "created": old})
    connect(instagram).deliver(part(), again, ())
    assert (uploads(instagram), len(instagram.texts())) == (2, 1)


def test_other_words_get_another_container(instagram: Rehearsal) -> None:
    again = interrupted(instagram, part())
    connect(instagram).deliver(part("Other words"), again, ())
    assert instagram.texts() == ["Other words"]


def test_a_caption_is_nothing_that_could_be_edited(instagram: Rehearsal) -> None:
    assert not isinstance(connect(instagram), Editable)


def test_a_post_takes_its_comments_with_it(instagram: Rehearsal) -> None:
    client = connect(instagram)
    post = client.deliver(part(), ATTEMPT, ())
    client.deliver(comment(), ATTEMPT, (post,))
    client.withdraw(post, ())
    client.withdraw(post, ())
    assert instagram.texts() == []


def test_a_post_known_by_its_address_alone_is_looked_for(instagram: Rehearsal) -> None:
    client = connect(instagram)
    post = client.deliver(part(), ATTEMPT, ())
    identity = post.url.rstrip("/").rpartition("/")[2]
    told = Receipt(id=identity, url=post.url.rstrip("/"), at=NOW)
    client.deliver(comment(), ATTEMPT, (told,))
    assert client.find(comment(), ATTEMPT, (told,)) is not None
    client.withdraw(told, ())
    with pytest.raises(Rejected, match="newest"):
        client.withdraw(told, ())


def test_a_post_of_somebody_else_stays(instagram: Rehearsal, tmp_path: Path) -> None:
    post = connect(instagram).deliver(part(), ATTEMPT, ())
    stranger = Rehearsal("instagram", {"user": "1"}, tmp_path, channel="stranger", handle="@elsewhere")
    with pytest.raises(Unauthorized, match="permission"):
        connect(stranger).withdraw(post, ())
    stranger.world.close()


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        ("https://www.instagram.com/p/_8ueV9QAB/", "_8ueV9QAB"),
        ("https://www.instagram.com/p/_8ueV9QAB/?utm_source=ig_web_copy_link", "_8ueV9QAB"),
        ("https://instagram.com/tidewater/reel/C-d_1", "C-d_1"),
        ("https://www.instagram.com/p/_8ueV9QAB/c/17900000000000001/", "17900000000000001"),
        ("https://www.instagram.com/tidewater/", ""),
        ("https://example.org/p/_8ueV9QAB/", ""),
    ],
)
def test_an_address_gives_the_post(url: str, identity: str) -> None:
    assert adapter("instagram").identify(url) == identity  # type: ignore[attr-defined]  # Addressable
