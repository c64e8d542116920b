"""What is live on X, edited inside its window and withdrawn with all its versions; and the addresses of posts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from adapters.x.recognition import made_at
from publisher.delivery.wire import Session
from publisher.errors import Rejected, Unsupported
from publisher.model import Attempt, Part
from publisher.registry import adapter
from publisher.sandbox.harness import Harness
from publisher.sandbox.transport import InProcess, Speaker
from publisher.testing import NOW, Rehearsal, media

MINUTE = timedelta(minutes=1)


@pytest.fixture
def x(tmp_path: Path) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal("x", {"premium": "true"}, tmp_path)
    yield rehearsal
    rehearsal.world.close()


def part(text: str = "One & only", **changed: Any) -> Part:
    return structs.replace(Part(kind="post", text=text, length=len(text), limit=280), **changed)


def attempt(at: datetime = NOW, **changed: Any) -> Attempt:
    return replace(Attempt(key="k", post="p", channel="x", position=0, digest="d", at=at), **changed)


def edit(at: datetime = NOW) -> Attempt:
    return attempt(at, key="e", act="edit")


def connect(x: Rehearsal, now: datetime = NOW) -> Any:
    """A client at that instant, that also edits and withdraws."""
    harness = Harness(x.world, lambda _network, world: x.adapter.stand_in(world))  # type: ignore[attr-defined]  # Rehearsable
    transport = InProcess(harness, Speaker(network="x", channel="x", handle=x.account.handle), lambda: now)
    x.session = Session(transport, clock=lambda: now, secrets=x.secrets.values())
    return x.connect()


def test_every_edit_is_a_new_post_that_answers_go_with(x: Rehearsal) -> None:
    client = connect(x)
    first = client.deliver(part(), attempt(), ())
    client.deliver(part("An answer", kind="reply"), attempt(), (first,))
    second = client.edit(part("Two"), edit(), first, ())
    third = client.edit(part("Three"), edit(), second, ())
    assert len({first.id, second.id, third.id}) == 3
    shown, answer = x.world.posts()
    assert (shown.id, shown.text, answer.reply_to) == (third.id, "Three", third.id)
    assert third.native["versions"] == f"{first.id} {second.id} {third.id}"
    assert third.url.endswith(third.id)


def test_a_reply_is_found_under_every_version_of_what_it_answers(x: Rehearsal) -> None:
    client = connect(x)
    first = client.deliver(part(), attempt(), ())
    reply = client.deliver(part("An answer", kind="reply"), attempt(), (first,))
    edited = client.edit(part("Two"), edit(), first, ())
    assert client.find(part("An answer", kind="reply"), attempt(), (edited,)) == reply
    assert client.find(part("Two", kind="reply"), attempt(), (edited,)) is None


def test_an_edit_whose_answer_was_lost_is_recognised_and_not_made_again(x: Rehearsal) -> None:
    client = connect(x)
    first = client.deliver(part(), attempt(), ())
    second = client.edit(part("Two"), edit(), first, ())
    assert client.edit(part("Two"), edit(), first, ()).id == second.id
    third = client.edit(part("Three"), edit(), first, ())
    assert third.native["versions"].split() == [first.id, second.id, third.id]


def test_pictures_are_sent_with_every_version(x: Rehearsal) -> None:
    client = connect(x)
    first = client.deliver(part(media=(media(alt="One"),)), attempt(), ())
    client.edit(part(media=(media(alt="Better said"),)), edit(), first, ())
    assert [picture.alt for picture in x.world.posts()[0].media] == ["Better said"]


@pytest.mark.parametrize("minutes", [61, 24 * 60])
def test_a_post_older_than_the_window_is_left_as_it_is(x: Rehearsal, minutes: int) -> None:
    live = connect(x).deliver(part(), attempt(), ())
    late = NOW + minutes * MINUTE
    with pytest.raises(Unsupported, match="after 60 minutes"):
        connect(x, late).edit(part("Two"), edit(late), live, ())
    assert x.texts() == ["One & only"]


def test_the_window_begins_with_the_first_version(x: Rehearsal) -> None:
    first = connect(x).deliver(part(), attempt(), ())
    soon, late = NOW + 59 * MINUTE, NOW + 61 * MINUTE
    second = connect(x, soon).edit(part("Two"), edit(soon), first, ())
    with pytest.raises(Unsupported):
        connect(x, late).edit(part("Three"), edit(late), second, ())


def test_an_attempt_from_inside_the_window_that_comes_late_is_refused_by_what_x_says(x: Rehearsal) -> None:
    first = connect(x).deliver(part(), attempt(), ())
    with pytest.raises(Unsupported, match="any more"):
        connect(x, NOW + 61 * MINUTE).edit(part("Two"), edit(NOW + MINUTE), first, ())


def test_a_sixth_edit_is_one_too_many(x: Rehearsal) -> None:
    client = connect(x)
    live = client.deliver(part(), attempt(), ())
    for number in range(5):
        live = client.edit(part(f"Number {number}"), edit(), live, ())
    with pytest.raises(Unsupported, match="again"):
        client.edit(part("Number 6"), edit(), live, ())
    assert x.texts() == ["Number 4"]


def test_an_account_that_x_takes_for_an_ordinary_one_edits_nothing(x: Rehearsal) -> None:
    client = connect(x)
    live = client.deliver(part(), attempt(), ())
    x.world.note("x", "premium:x", False)
    with pytest.raises(Unsupported, match="at all"):
        client.edit(part("Two"), edit(), live, ())


def test_a_post_that_is_gone_cannot_be_edited(x: Rehearsal) -> None:
    client = connect(x)
    live = client.deliver(part(), attempt(), ())
    client.withdraw(live, ())
    with pytest.raises(Rejected, match="not there any more"):
        client.edit(part("Two"), edit(), live, ())


def test_any_version_withdraws_them_all(x: Rehearsal) -> None:
    client = connect(x)
    first = client.deliver(part(), attempt(), ())
    client.edit(part("Two"), edit(), first, ())
    client.withdraw(first, ())
    client.withdraw(first, ())
    assert x.texts() == []


def test_an_id_tells_when_it_was_made(x: Rehearsal) -> None:
    live = connect(x).deliver(part(), attempt(), ())
    assert made_at(live.id) == NOW
    assert made_at("at://did:plc:a/b/c") is None


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        ("https://x.com/tidewater/status/123", "123"),
        ("https://twitter.com/tidewater/status/123?s=20", "123"),
        ("https://mobile.twitter.com/tidewater/statuses/123/photo/1", "123"),
        ("https://x.com/i/web/status/123/", "123"),
        ("https://x.com/tidewater", ""),
        ("https://x.com/tidewater/status/abc", ""),
        ("https://ax.com/tidewater/status/123", ""),
    ],
)
def test_an_address_gives_the_post(url: str, identity: str) -> None:
    assert adapter("x").identify(url) == identity  # type: ignore[attr-defined]  # Addressable
