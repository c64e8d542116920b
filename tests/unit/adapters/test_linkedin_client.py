from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from adapters.linkedin.client import LinkedInClient
from publisher.delivery.wire import Session
from publisher.errors import ConfigError, Deferred, Rejected, Unauthorized, Uncertain
from publisher.model import Attempt, Part, Receipt
from publisher.sandbox.harness import Harness, Request, token
from publisher.sandbox.transport import InProcess, Speaker
from publisher.testing import NOW, Rehearsal, media

PAGE, PERSON = "urn:li:organization:1234", "urn:li:person:abc"


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Rehearsal]:
    yield from rehearsed(PAGE, tmp_path)


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Rehearsal]:
    yield from rehearsed(PERSON, tmp_path)


def rehearsed(author: str, folder: Path) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal("linkedin", {"author": author}, folder)
    yield rehearsal
    rehearsal.world.close()


def part(text: str = "Hello (world) #Listening", **changed: object) -> Part:
    plain = Part(kind="post", text=text, length=len(text), limit=3000, native={"author": "", "visibility": "PUBLIC"})
    return structs.replace(plain, **changed)


def comment(text: str = "https://example.org/guide") -> Part:
    return part(text, kind="comment", native={})


def attempt(key: str = "k", at: datetime = NOW) -> Attempt:
    return Attempt(key=key, post="p", channel="linkedin", position=0, digest="d", at=at)


def with_settings(rehearsal: Rehearsal, settings: Mapping[str, str]) -> Rehearsal:
    rehearsal.account = replace(rehearsal.account, settings={**rehearsal.account.settings, **settings})
    return rehearsal


def uncertainly(rehearsal: Rehearsal, message: Part, thread: tuple[Receipt, ...] = ()) -> None:
    with pytest.raises(Uncertain):
        rehearsal.connect().deliver(message, attempt(), thread)


def test_a_post_keeps_its_brackets_and_hashtags_on_the_network(page: Rehearsal) -> None:
    receipt = page.connect().deliver(part(), attempt(), ())
    assert receipt.url == f"https://www.linkedin.com/feed/update/{receipt.id}/"
    assert receipt.id.startswith("urn:li:share:")
    assert page.texts() == ["Hello (world) #Listening"]


def test_one_picture_and_several_arrive_with_their_alt_texts(page: Rehearsal) -> None:
    page.connect().deliver(part("One", media=(media(),)), attempt(), ())
    page.connect().deliver(part("Two", media=(media(alt="first"), media(alt="second"))), attempt("k2"), ())
    one, two = page.world.posts()
    assert [picture.alt for picture in one.media] == [media().alt]
    assert [picture.alt for picture in two.media] == ["first", "second"]
    assert all(picture.digest == media().digest for picture in (*one.media, *two.media))


def test_a_card_arrives_with_its_title(page: Rehearsal) -> None:
    card = {"source": "https://example.org/guide", "title": "The guide"}
    page.connect().deliver(part(native={"visibility": "PUBLIC", "article": card}), attempt(), ())
    assert page.world.posts()[0].native["card"] == {
        "url": "https://example.org/guide",
        "title": "The guide",
        "description": "",
    }


def test_a_first_comment_stands_under_its_post(page: Rehearsal) -> None:
    post = page.connect().deliver(part(), attempt(), ())
    receipt = page.connect().deliver(comment(), attempt("k2"), (post,))
    assert receipt.url.startswith(post.url)
    assert page.world.posts()[1].reply_to == post.id


def test_a_page_finds_its_post_after_a_lost_answer(page: Rehearsal) -> None:
    page.world.dial("linkedin", "lost")
    uncertainly(page, part())
    found = page.connect().find(part(), attempt(), ())
    assert found is not None
    assert found.id == page.world.posts()[0].id


def test_a_page_does_not_find_what_was_said_before_the_attempt_or_is_known_already(page: Rehearsal) -> None:
    receipt = page.connect().deliver(part(), attempt(), ())
    assert page.connect().find(part(), attempt(at=NOW + timedelta(hours=1)), ()) is None
    assert page.connect().find(part(), attempt(), (receipt,)) is None
    assert page.connect().find(part("Other words"), attempt(), ()) is None


def test_a_page_finds_its_comment_after_a_lost_answer(page: Rehearsal) -> None:
    post = page.connect().deliver(part(), attempt(), ())
    assert page.connect().find(comment(), attempt(), (post,)) is None
    page.world.dial("linkedin", "lost")
    uncertainly(page, comment(), (post,))
    found = page.connect().find(comment(), attempt(), (post,))
    assert found is not None
    assert found.id == page.world.posts()[1].id


def test_sending_again_after_a_lost_answer_adopts_the_post_that_is_there(page: Rehearsal) -> None:
    page.world.dial("linkedin", "lost")
    uncertainly(page, part())
    receipt = page.connect().deliver(part(), attempt(), ())
    assert receipt.id == page.world.posts()[0].id
    assert receipt.native["evidence"] == "duplicate"
    assert len(page.texts()) == 1


def test_a_persons_refusal_is_believed_when_the_post_is_older_than_the_request(person: Rehearsal) -> None:
    person.world.dial("linkedin", "lost")
    uncertainly(person, part())
    with pytest.raises(Uncertain, match="cannot be seen"):
        person.connect().deliver(part(), attempt(), ())
    receipt = later(person, timedelta(minutes=15)).connect().deliver(part(), attempt(), ())
    assert receipt.id == person.world.posts()[0].id
    assert len(person.texts()) == 1


def test_a_ghost_is_never_taken_for_a_persons_post(person: Rehearsal) -> None:
    client: Any = person.connect()
    client.withdraw(client.deliver(part(), attempt(), ()), ())
    with pytest.raises(Uncertain, match="cannot be seen"):
        later(person, timedelta(minutes=15)).connect().deliver(part(), attempt(), ())
    assert person.texts() == []


def later(rehearsal: Rehearsal, by: timedelta) -> Rehearsal:
    """The rehearsal with its clock put on."""
    harness = Harness(rehearsal.world, lambda _network, world: rehearsal.adapter.stand_in(world))  # type: ignore[attr-defined]  # Rehearsable
    speaker = Speaker(network="linkedin", channel="linkedin", handle=rehearsal.account.handle)
    rehearsal.session = Session(InProcess(harness, speaker, lambda: NOW + by), clock=lambda: NOW + by)
    return rehearsal


def test_a_persons_posts_and_comments_cannot_be_looked_at(person: Rehearsal) -> None:
    with pytest.raises(Uncertain, match="a person's posts") as error:
        person.connect().find(part(), attempt(), ())
    assert "publisher resolve p linkedin" in error.value.hint
    post = person.connect().deliver(part(), attempt(), ())
    with pytest.raises(Uncertain, match="comments of a person's post") as error:
        person.connect().find(comment(), attempt(), (post,))
    assert "publisher resolve p linkedin" in error.value.hint


def test_words_of_an_older_post_are_refused_and_not_adopted(person: Rehearsal) -> None:
    older = person.connect().deliver(part(), attempt(), ())
    with pytest.raises(Rejected) as error:
        person.connect().deliver(part(), attempt("new", at=NOW + timedelta(days=1)), ())
    assert older.url in str(error.value)
    assert "change the words" in error.value.hint


def test_a_duplicate_that_cannot_be_seen_is_uncertain(page: Rehearsal) -> None:
    receipt = page.connect().deliver(part(), attempt(), ())
    page.session.delete(
        f"https://api.linkedin.com/rest/posts/{receipt.id.replace(':', '%3A')}",
        headers={
            "Authorization": f"Bearer {token('linkedin', 'token')}",
            "LinkedIn-Version": "202609",
            "X-Restli-Protocol-Version": "2.0.0",
        },
    )
    assert page.texts() == []
    with pytest.raises(Uncertain, match="cannot be seen"):
        page.connect().deliver(part(), attempt(), ())


def test_a_retired_version_says_which_setting_to_change(page: Rehearsal) -> None:
    with pytest.raises(Rejected) as error:
        with_settings(page, {"version": "202504"}).connect().deliver(part(), attempt(), ())
    assert "202504" in str(error.value)
    assert "channels.linkedin.settings.version" in error.value.hint


def test_a_used_up_day_ends_at_midnight_utc(page: Rehearsal) -> None:
    page.world.dial("linkedin", "limited")
    with pytest.raises(Deferred) as error:
        page.connect().deliver(part(), attempt(), ())
    assert error.value.until == datetime(2026, 11, 24, tzinfo=UTC)


def test_a_dead_token_says_where_to_renew_it(page: Rehearsal) -> None:
    page.world.dial("linkedin", "expired", target="any")
    with pytest.raises(Unauthorized) as error:
        page.connect().deliver(part(media=(media(),)), attempt(), ())
    assert "60 days" in error.value.hint


def test_a_token_without_the_right_says_which_one_it_needs(page: Rehearsal) -> None:
    page.connect().deliver(part(), attempt(), ())
    with pytest.raises(Rejected) as error:
        with_settings(page, {"author": "urn:li:organization:9"}).connect().deliver(part("More"), attempt("k2"), ())
    assert "w_organization_social and r_organization_social" in error.value.hint


def test_a_lost_upload_publishes_nothing(page: Rehearsal) -> None:
    page.world.dial("linkedin", "lost", target="/dms-uploads/")
    with pytest.raises(Deferred):
        page.connect().deliver(part(media=(media(),)), attempt(), ())
    assert page.texts() == []


@pytest.mark.parametrize("author", ["", "acme", "urn:li:share:1", "urn:li:person:"])
def test_an_account_without_an_author_cannot_connect(page: Rehearsal, author: str) -> None:
    with pytest.raises(ConfigError, match="author"):
        LinkedInClient(replace(page.account, settings={"author": author}), page.session)


# --- the stand-in


def asked(rehearsal: Rehearsal, method: str, path: str, body: object = None, **headers: str) -> tuple[int, str]:
    said = {
        "Authorization": f"Bearer {token('linkedin', 'token')}",
        "LinkedIn-Version": "202609",
        "X-Restli-Protocol-Version": "2.0.0",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    answer = rehearsal.session.request(
        method,
        f"https://api.linkedin.com{path}",
        json=body,
        headers={name: value for name, value in said.items() if value},
    )
    return answer.status_code, answer.text


def body(**changed: object) -> dict[str, object]:
    return {
        "author": PAGE,
        "commentary": "Hello",
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED"},
        "lifecycleState": "PUBLISHED",
        **changed,
    }


def test_the_stand_in_cuts_a_text_at_an_unescaped_character_without_a_word(page: Rehearsal) -> None:
    assert asked(page, "POST", "/rest/posts", body(commentary="Hello (world)"))[0] == 201
    assert page.texts() == ["Hello "]


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"extra": 1}, 422, "unrecognized field"),
        ({"visibility": "ALL"}, 422, "/visibility"),
        ({"author": "me"}, 422, "/author"),
        ({"commentary": "\\(" * 1501}, 400, "FIELD_LENGTH_TOO_LONG"),
        ({"content": {"media": {"id": "urn:li:image:none"}}}, 400, "INVALID_VALUE_FOR_FIELD"),
        ({"content": {"media": {"id": "x"}, "article": {"source": "s", "title": "t"}}}, 422, "exactly one"),
        ({"content": {"multiImage": {"images": [{"id": "x"}]}}}, 422, "between 2 and 20"),
        ({"content": {"article": {"source": "s"}}}, 422, "/content/article"),
    ],
)
def test_the_stand_in_refuses_what_linkedin_refuses(
    page: Rehearsal, changed: dict[str, object], status: int, words: str
) -> None:
    answered, text = asked(page, "POST", "/rest/posts", body(**changed))
    assert (answered, words in text) == (status, True), text
    assert page.texts() == []


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"LinkedIn_Version": ""}, 400, "VERSION_MISSING"),
        ({"LinkedIn_Version": "202501"}, 426, "NONEXISTENT_VERSION"),
        ({"LinkedIn_Version": "202613"}, 426, "NONEXISTENT_VERSION"),
        ({"X_Restli_Protocol_Version": ""}, 400, "ILLEGAL_ARGUMENT"),
        ({"Authorization": "Bearer somebody"}, 401, "EXPIRED_ACCESS_TOKEN"),
    ],
)
def test_the_stand_in_insists_on_its_headers(page: Rehearsal, headers: dict[str, str], status: int, code: str) -> None:
    answered, text = asked(page, "POST", "/rest/posts", body(), **headers)
    assert (answered, code in text) == (status, True), text


def test_the_stand_in_keeps_a_channel_to_its_first_author(page: Rehearsal) -> None:
    assert asked(page, "POST", "/rest/posts", body())[0] == 201
    assert asked(page, "POST", "/rest/posts", body(author="urn:li:organization:9"))[0] == 403


def test_the_stand_in_lets_nobody_read_a_persons_posts(person: Rehearsal) -> None:
    receipt = person.connect().deliver(part(), attempt(), ())
    assert asked(person, "GET", f"/rest/posts/{receipt.id}")[0] == 403
    assert asked(person, "GET", f"/rest/posts?q=author&author={PERSON}")[0] == 403


def test_the_stand_in_takes_150_posts_a_day_from_a_person(person: Rehearsal) -> None:
    answers = [asked(person, "POST", "/rest/posts", body(author=PERSON, commentary=f"n{n}"))[0] for n in range(151)]
    assert answers == [201] * 150 + [429]


def test_the_stand_in_takes_only_a_picture_that_was_announced(page: Rehearsal) -> None:
    answer = page.session.put(
        "https://www.linkedin.com/dms-uploads/nothing",
        data=b"x",
        headers={"Authorization": f"Bearer {token('linkedin', 'token')}", "Content-Type": "image/png"},
    )
    assert answer.status_code == 404


def test_only_posts_and_comments_make_something_public(page: Rehearsal) -> None:
    server = page.adapter.stand_in(page.world)  # type: ignore[attr-defined]  # Rehearsable
    creating = [("POST", "/rest/posts"), ("POST", "/rest/socialActions/urn/comments")]
    others = [("POST", "/rest/images"), ("GET", "/rest/posts"), ("PUT", "/dms-uploads/x"), ("DELETE", "/rest/posts/x")]
    for method, path in [*creating, *others]:
        asked_for = Request(method=method, url=f"https://api.linkedin.com{path}")
        assert server.creates(asked_for) is ((method, path) in creating)
