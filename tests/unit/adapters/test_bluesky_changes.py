"""What is live on Bluesky, rewritten where a team asks for it, and withdrawn; and the addresses of posts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from msgspec import structs
from requests.adapters import BaseAdapter

from publisher.errors import Deferred, Rejected, Unsupported
from publisher.model import Attempt, Part, Receipt
from publisher.registry import adapter
from publisher.testing import NOW, Rehearsal, media

HANDLE = "tidewater.example"


@pytest.fixture
def bluesky(tmp_path: Path) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal("bluesky", {"edits": "true"}, tmp_path, handle=f"@{HANDLE}")
    yield rehearsal
    rehearsal.world.close()


def part(text: str = "One", **changed: Any) -> Part:
    plain = Part(kind="post", text=text, length=len(text), limit=300, native={"langs": ["en"]})
    return structs.replace(plain, **changed)


def attempt(key: str = "k", **changed: Any) -> Attempt:
    return replace(Attempt(key=key, post="p", channel="bluesky", position=0, digest="d", at=NOW), **changed)


EDIT = attempt("e", act="edit")


def connect(bluesky: Rehearsal) -> Any:
    """A client that also edits and withdraws."""
    return bluesky.connect()


def record(bluesky: Rehearsal, uri: str) -> Any:
    return bluesky.world.recall("bluesky", f"record:{uri}")


def test_an_edit_keeps_the_date_the_key_and_what_is_answered(bluesky: Rehearsal) -> None:
    client = connect(bluesky)
    root = client.deliver(part(), attempt(), ())
    reply = client.deliver(part("Two", kind="reply"), attempt("r"), (root,))
    before = record(bluesky, reply.id)
    edited = client.edit(part("Three", kind="reply"), replace(EDIT, at=NOW.replace(day=24)), reply, (root,))
    after = record(bluesky, reply.id)
    assert edited.id == reply.id
    assert edited.native["cid"] == after["cid"] != before["cid"]
    assert after["value"] == {**before["value"], "text": "Three"}
    assert "may go on showing" in edited.native["note"]


def test_a_record_that_says_it_already_is_left_alone(bluesky: Rehearsal) -> None:
    client = connect(bluesky)
    live = client.deliver(part(), attempt(), ())
    edited = client.edit(part("Two"), EDIT, live, ())
    assert client.edit(part("Two"), EDIT, live, ()) == edited
    assert bluesky.world.tally("bluesky", "edit") == 1


def test_an_edit_changes_pictures_and_alt_texts(bluesky: Rehearsal) -> None:
    client = connect(bluesky)
    live = client.deliver(part(media=(media(),)), attempt(), ())
    client.edit(part(media=(media(alt="Better said"), media(alt="Two"))), EDIT, live, ())
    assert [one.alt for one in bluesky.world.posts()[0].media] == ["Better said", "Two"]


class Overtaking(BaseAdapter):
    """A transport on which something else happens before the first record is written."""

    def __init__(self, inner: BaseAdapter, happens: Callable[[], object]) -> None:
        super().__init__()
        self.inner, self.happens = inner, [happens]

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        if "putRecord" in str(request.url) and self.happens:
            self.happens.pop()()
        return self.inner.send(request, *args, **kwargs)

    def close(self) -> None:
        self.inner.close()


def test_an_edit_at_the_same_time_as_another_comes_later(bluesky: Rehearsal) -> None:
    slow, quick = connect(bluesky), connect(bluesky)
    live = slow.deliver(part(), attempt(), ())
    inner = bluesky.session.get_adapter("https://any.example")
    bluesky.session.mount("https://", Overtaking(inner, lambda: quick.edit(part("Quick"), EDIT, live, ())))
    with pytest.raises(Deferred, match="at the same time"):
        slow.edit(part("Slow"), EDIT, live, ())
    assert bluesky.texts() == ["Quick"]


def test_without_its_setting_nothing_is_edited_and_the_sentence_says_why(bluesky: Rehearsal) -> None:
    bluesky.account = replace(bluesky.account, settings={})
    live = connect(bluesky).deliver(part(), attempt(), ())
    with pytest.raises(Unsupported, match="not known to show edits") as told:
        connect(bluesky).edit(part("Two"), EDIT, live, ())
    assert "{settings: {edits: true}}" in told.value.hint


def test_a_record_named_by_its_handle_is_answered_edited_and_withdrawn(bluesky: Rehearsal) -> None:
    client = connect(bluesky)
    root = client.deliver(part(), attempt(), ())
    key = root.id.rpartition("/")[2]
    told = Receipt(
        id=adapter("bluesky").identify(f"https://bsky.app/profile/{HANDLE}/post/{key}"),  # type: ignore[attr-defined]  # Addressable
        url=root.url,
        at=NOW,
    )
    assert HANDLE in told.id
    reply = client.deliver(part("Two", kind="reply"), attempt("r"), (told,))
    assert record(bluesky, reply.id)["value"]["reply"]["root"] == {"uri": root.id, "cid": root.native["cid"]}
    assert client.edit(part("Three"), EDIT, told, ()).id == root.id
    client.withdraw(told, ())
    assert bluesky.texts() == ["Two"]


@pytest.mark.parametrize("identity", ["", "123", "at://", "at://did:plc:a/b/c/d", "at://did:plc:somebody/b/c"])
def test_what_is_no_record_of_ours_is_left_alone(bluesky: Rehearsal, identity: str) -> None:
    live = Receipt(id=identity, url="", at=NOW)
    with pytest.raises(Rejected, match="no post of"):
        connect(bluesky).withdraw(live, ())
    with pytest.raises(Rejected, match="no post of"):
        connect(bluesky).edit(part(), EDIT, live, ())
    with pytest.raises(Rejected, match="not to be found"):
        connect(bluesky).deliver(part(kind="reply"), attempt(), (live,))


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        ("https://bsky.app/profile/a.example/post/3k", "at://a.example/app.bsky.feed.post/3k"),
        ("https://bsky.app/profile/did:plc:abc/post/3k?x#y", "at://did:plc:abc/app.bsky.feed.post/3k"),
        ("https://bsky.app/profile/did%3Aplc%3Aabc/post/3k/", "at://did:plc:abc/app.bsky.feed.post/3k"),
        ("https://deer.social/profile/a.example/post/3k", "at://a.example/app.bsky.feed.post/3k"),
        ("at://did:plc:abc/app.bsky.feed.post/3k", "at://did:plc:abc/app.bsky.feed.post/3k"),
        ("https://bsky.app/profile/a.example", ""),
        ("https://bsky.app/profile/nobody/post/3k", ""),
        ("at://did:plc:abc/app.bsky.feed.like/3k", ""),
    ],
)
def test_an_address_gives_the_post(url: str, identity: str) -> None:
    assert adapter("bluesky").identify(url) == identity  # type: ignore[attr-defined]  # Addressable
