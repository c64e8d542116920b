"""What is live on a Page, edited and withdrawn; photos that are used again; and the addresses of posts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from adapters._meta.server import Call, missing
from adapters.facebook.sandbox import FacebookServer
from publisher.errors import Deferred, Rejected, Unauthorized, Unsupported
from publisher.model import Attempt, Part, Receipt
from publisher.registry import adapter
from publisher.sandbox.harness import Harness
from publisher.sandbox.transport import InProcess, Speaker
from publisher.sandbox.world import Published
from publisher.testing import NOW, Rehearsal, media

PAGE = "1000"


@pytest.fixture
def facebook(tmp_path: Path) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal("facebook", {"page": PAGE}, tmp_path)
    yield rehearsal
    rehearsal.world.close()


def part(text: str = "One", **changed: Any) -> Part:
    return structs.replace(Part(kind="post", text=text, length=len(text), limit=63_206), **changed)


def attempt(key: str = "k", **changed: Any) -> Attempt:
    return replace(Attempt(key=key, post="p", channel="facebook", position=0, digest="d", at=NOW), **changed)


EDIT = attempt("e", act="edit")


def connect(facebook: Rehearsal) -> Any:
    """A client that also edits and withdraws."""
    return facebook.connect()


def test_the_words_of_a_post_and_of_its_comment_change(facebook: Rehearsal) -> None:
    client = connect(facebook)
    post = client.deliver(part(native={"link": "https://example.org/"}), attempt(), ())
    comment = client.deliver(part("A comment", kind="comment"), attempt(), (post,))
    assert client.edit(part("Two", native={"link": "https://example.org/"}), EDIT, post, ()) == post
    client.edit(part("A better comment", kind="comment"), EDIT, comment, (post,))
    assert facebook.texts() == ["Two", "A better comment"]
    assert facebook.world.posts()[0].native["history"] == ["One"]


@pytest.mark.parametrize(
    "changed", [{"media": ()}, {"media": (media(alt="Better said"),)}, {"native": {"link": "https://example.org/"}}]
)
def test_pictures_and_links_stay_as_they_are(facebook: Rehearsal, changed: dict[str, Any]) -> None:
    client, pictured = connect(facebook), part(media=(media(),))
    live = client.deliver(pictured, attempt(), ())
    with pytest.raises(Unsupported, match="pictures or the link"):
        client.edit(structs.replace(pictured, text="Two", **changed), EDIT, live, ())
    assert facebook.texts() == ["One"]


def test_a_receipt_that_tells_nothing_of_its_pictures_is_edited_all_the_same(facebook: Rehearsal) -> None:
    client, pictured = connect(facebook), part(media=(media(),))
    live = client.deliver(pictured, attempt(), ())
    client.edit(structs.replace(pictured, text="Two"), EDIT, replace(live, native={}), ())
    assert facebook.texts() == ["Two"]


def test_a_post_known_by_its_number_alone_belongs_to_the_page(facebook: Rehearsal) -> None:
    client = connect(facebook)
    live = client.deliver(part(), attempt(), ())
    number = Receipt(id=live.id.partition("_")[2], url="", at=NOW)
    client.deliver(part("A comment", kind="comment"), attempt(), (number,))
    assert client.find(part("A comment", kind="comment"), attempt(), (number,)) is not None
    client.edit(part("Two"), EDIT, number, ())
    assert facebook.texts() == ["Two", "A comment"]
    client.withdraw(number, ())
    assert facebook.texts() == []


def test_what_is_gone_is_withdrawn_and_is_not_edited(facebook: Rehearsal) -> None:
    client, gone = connect(facebook), Receipt(id=f"{PAGE}_1", url="", at=NOW)
    client.withdraw(gone, ())
    with pytest.raises(Rejected, match="does not exist"):
        client.edit(part(), EDIT, gone, ())


class Secretive(FacebookServer):
    """A server that says of whatever is to be changed that it is not there."""

    def _own(self, call: Call, node: str) -> Published:
        raise missing(node, "delete")


def test_what_meta_calls_missing_and_shows_all_the_same_is_not_called_gone(facebook: Rehearsal) -> None:
    live = connect(facebook).deliver(part(), attempt(), ())
    speaker = Speaker(network="facebook", channel="facebook", handle=facebook.account.handle)
    harness = Harness(facebook.world, lambda _network, world: Secretive(world))
    facebook.session.mount("https://", InProcess(harness, speaker, lambda: NOW))
    with pytest.raises(Rejected, match="does not exist"):
        connect(facebook).withdraw(live, ())


def test_photos_of_a_failed_post_are_used_by_the_next_try(facebook: Rehearsal) -> None:
    two = part(media=(media(), media(alt="Two")))
    facebook.world.dial("facebook", "limited")
    with pytest.raises(Deferred):
        connect(facebook).deliver(two, attempt(), ())
    connect(facebook).deliver(two, facebook.again(attempt()), ())
    assert facebook.world.tally("facebook", "upload") == 2


def test_photos_that_are_live_already_are_not_uploaded_for_a_second_post(facebook: Rehearsal) -> None:
    two = part(media=(media(), media(alt="Two")))
    client = connect(facebook)
    client.deliver(two, attempt(), ())
    with pytest.raises(Rejected, match="already posted"):
        client.deliver(structs.replace(two, text="Other words"), facebook.again(attempt()), ())
    assert len(facebook.texts()) == 1


def test_a_page_that_is_not_ours_is_a_matter_of_permissions(facebook: Rehearsal, tmp_path: Path) -> None:
    live = connect(facebook).deliver(part(), attempt(), ())
    stranger = Rehearsal("facebook", {"page": "2000"}, tmp_path, channel="stranger", handle="Elsewhere")
    with pytest.raises(Unauthorized, match="Permissions error"):
        connect(stranger).withdraw(live, ())
    stranger.world.close()


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        ("https://www.facebook.com/1000/posts/123", "1000_123"),
        ("https://www.facebook.com/tidewater/posts/123/", "123"),
        ("https://m.facebook.com/tidewater/posts/a-title/123?ref=x", "123"),
        ("https://www.facebook.com/permalink.php?story_fbid=123&id=1000", "1000_123"),
        ("https://www.facebook.com/1000_123", "1000_123"),
        ("https://www.facebook.com/1000/posts/123?comment_id=456", "123_456"),
        ("https://www.facebook.com/tidewater/posts/pfbid02abc", ""),
        ("https://www.facebook.com/tidewater", ""),
        ("https://facebook.com.example/1000/posts/123", ""),
    ],
)
def test_an_address_gives_the_post(url: str, identity: str) -> None:
    assert adapter("facebook").identify(url) == identity  # type: ignore[attr-defined]  # Addressable
