"""What is live on LinkedIn, edited and withdrawn; and the addresses of posts and comments."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from publisher.errors import Rejected, Unsupported
from publisher.model import Attempt, Part, Receipt
from publisher.registry import adapter
from publisher.sandbox.harness import token
from publisher.testing import NOW, Rehearsal, media

PAGE, PERSON = "urn:li:organization:1234", "urn:li:person:abc"
PUBLIC = {"author": PAGE, "visibility": "PUBLIC"}


@pytest.fixture(params=[PAGE, PERSON])
def author(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal("linkedin", {"author": request.param}, tmp_path)
    yield rehearsal
    rehearsal.world.close()


def part(text: str = "One (and only)", **changed: Any) -> Part:
    return structs.replace(Part(kind="post", text=text, length=len(text), limit=3000, native=PUBLIC), **changed)


def attempt(key: str = "k", **changed: Any) -> Attempt:
    return replace(Attempt(key=key, post="p", channel="linkedin", position=0, digest="d", at=NOW), **changed)


EDIT = attempt("e", act="edit")


def connect(rehearsal: Rehearsal) -> Any:
    """A client that also edits and withdraws."""
    return rehearsal.connect()


def asked(rehearsal: Rehearsal, path: str, body: object, **headers: str) -> tuple[int, str]:
    said = {
        "Authorization": f"Bearer {token('linkedin', 'token')}",
        "LinkedIn-Version": "202609",
        "X-Restli-Protocol-Version": "2.0.0",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    answer = rehearsal.session.post(f"https://api.linkedin.com{path}", json=body, headers=said)
    return answer.status_code, answer.text


def test_the_words_of_a_post_and_of_its_comment_change(author: Rehearsal) -> None:
    client = connect(author)
    post = client.deliver(part(), attempt(), ())
    comment = client.deliver(part("A comment", kind="comment", native={}), attempt("c"), (post,))
    assert client.edit(part("Two (#Agile)"), EDIT, post, ()) == post
    assert client.edit(part("A (better) comment", kind="comment", native={}), EDIT, comment, (post,)) == comment
    assert author.texts() == ["Two (#Agile)", "A (better) comment"]


@pytest.mark.parametrize(
    "changed",
    [{"media": ()}, {"media": (media(alt="Better said"),)}, {"native": {**PUBLIC, "visibility": "LOGGED_IN"}}],
)
def test_all_but_the_words_stays_as_it_is(author: Rehearsal, changed: dict[str, Any]) -> None:
    client, pictured = connect(author), part(media=(media(),))
    live = client.deliver(pictured, attempt(), ())
    with pytest.raises(Unsupported, match="the pictures, the card or the audience"):
        client.edit(structs.replace(pictured, text="Two", **changed), EDIT, live, ())
    assert author.texts() == ["One (and only)"]


def test_what_is_gone_is_withdrawn_and_is_not_edited(author: Rehearsal) -> None:
    client = connect(author)
    post = client.deliver(part(), attempt(), ())
    comment = client.deliver(part("A comment", kind="comment", native={}), attempt("c"), (post,))
    for gone in (comment, comment, post, post):
        client.withdraw(gone, (post,))
    with pytest.raises(Rejected, match="Could not find"):
        client.edit(part("Two"), EDIT, post, ())
    assert author.texts() == []


def test_what_is_called_a_comment_and_is_none_is_refused(author: Rehearsal) -> None:
    with pytest.raises(Rejected, match="no comment"):
        connect(author).withdraw(Receipt(id="urn:li:comment:7", url="", at=NOW), ())


@pytest.mark.parametrize(
    "patch",
    [
        {},
        {"$set": {}},
        {"$set": {"commentary": 7}},
        {"$set": {"commentary": "Two", "visibility": "PUBLIC"}},
        {"$set": {"commentary": "a" * 3001}},
        {"$unset": ["commentary"]},
    ],
)
def test_the_stand_in_updates_the_commentary_and_nothing_else(author: Rehearsal, patch: dict[str, Any]) -> None:
    post = connect(author).deliver(part(), attempt(), ())
    path = f"/rest/posts/{post.id.replace(':', '%3A')}"
    assert asked(author, path, {"patch": patch}, X_RestLi_Method="PARTIAL_UPDATE")[0] == 400
    assert author.texts() == ["One (and only)"]


def test_the_stand_in_takes_an_update_only_by_its_name(author: Rehearsal) -> None:
    post = connect(author).deliver(part(), attempt(), ())
    body = {"patch": {"$set": {"commentary": "Two"}}}
    status, text = asked(author, f"/rest/posts/{post.id.replace(':', '%3A')}", body)
    assert (status, json.loads(text)["code"]) == (400, "ILLEGAL_ARGUMENT")


def test_the_stand_in_lets_a_comment_be_changed_by_its_actor_alone(author: Rehearsal) -> None:
    client = connect(author)
    post = client.deliver(part(), attempt(), ())
    comment = client.deliver(part("A comment", kind="comment", native={}), attempt("c"), (post,))
    number = comment.id.rstrip(")").rpartition(",")[2]
    path = f"/rest/socialActions/{post.id.replace(':', '%3A')}/comments/{number}"
    body = {"patch": {"message": {"$set": {"text": "Two"}}}}
    statuses = [
        asked(author, path + query, body, X_RestLi_Method="PARTIAL_UPDATE")[0]
        for query in ("", "?actor=me", "?actor=urn%3Ali%3Aperson%3Asomebody")
    ]
    assert statuses == [400, 400, 403]
    assert author.texts() == ["One (and only)", "A comment"]


@pytest.mark.parametrize(
    ("url", "urn"),
    [
        ("https://www.linkedin.com/feed/update/urn:li:share:123/", "urn:li:share:123"),
        ("https://www.linkedin.com/feed/update/urn%3Ali%3AugcPost%3A123?utm_source=x", "urn:li:ugcPost:123"),
        ("https://fr.linkedin.com/feed/update/urn:li:activity:123", "urn:li:activity:123"),
        ("https://www.linkedin.com/posts/tidewater_agile-beats-viral-activity-123-AbC_", "urn:li:activity:123"),
        (
            "https://www.linkedin.com/feed/update/urn:li:activity:1/?commentUrn=urn%3Ali%3Acomment%3A%28activity%3A1%2C2%29",
            "urn:li:comment:(urn:li:activity:1,2)",
        ),
        (
            "https://www.linkedin.com/feed/update/urn:li:share:1/?commentUrn=urn%3Ali%3Acomment%3A%28urn%3Ali%3Ashare%3A1%2C2%29",
            "urn:li:comment:(urn:li:share:1,2)",
        ),
        ("https://www.linkedin.com/company/tidewater", ""),
        ("https://linkedin.com.example/feed/update/urn:li:share:123/", ""),
    ],
)
def test_an_address_gives_the_post(url: str, urn: str) -> None:
    assert adapter("linkedin").identify(url) == urn  # type: ignore[attr-defined]  # Addressable
