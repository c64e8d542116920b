"""The Facebook client against the Page's stand-in, and how strict that stand-in is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from adapters.facebook.client import FacebookClient
from adapters.facebook.sandbox import FacebookServer
from publisher.adapter import Account
from publisher.delivery.wire import Session
from publisher.errors import ConfigError, Deferred, Rejected, Uncertain
from publisher.model import Attempt, Media, Part
from publisher.sandbox.harness import Harness, Request, token
from publisher.sandbox.transport import InProcess, Speaker
from publisher.sandbox.world import World
from publisher.testing import media, picture

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PAGE = "1000"
SECRET = token("facebook", "token")


class Room:
    """A Page in a sandbox of its own, at a clock that only the test moves."""

    def __init__(self, folder: Path) -> None:
        self.world, self.now = World(folder / "sandbox.db"), NOW
        self.harness = Harness(self.world, lambda _network, world: FacebookServer(world))
        speaker = Speaker(network="facebook", channel="facebook", handle="Tidewater")
        transport = InProcess(self.harness, speaker, lambda: self.now)
        self.session = Session(transport, clock=lambda: self.now, secrets=[SECRET])
        self.account = Account(
            channel="facebook",
            handle="Tidewater",
            settings={"page": PAGE},
            secrets={"token": SECRET},
            read=lambda _media: picture(),
            host=lambda _media: "",
        )
        self.client = FacebookClient(self.account, self.session)

    def ask(
        self, method: str, path: str, fields: Mapping[str, str], secret: str = SECRET
    ) -> tuple[int, dict[str, object]]:
        form = urlencode({**fields, "access_token": secret})
        query, body = (f"?{form}", b"") if method in {"GET", "DELETE"} else ("", form.encode())
        headers = {"content-type": "application/x-www-form-urlencoded"} if body else {}
        request = Request(
            method=method,
            url=f"https://graph.facebook.com{path}{query}",
            headers=headers,
            body=body,
            channel="facebook",
            handle="Tidewater",
        )
        answered = self.harness.answer("facebook", request, self.now)
        return answered.status, json.loads(answered.body)

    def refused(self, method: str, path: str, **fields: str) -> tuple[int, int]:
        status, body = self.ask(method, path, fields)
        error = body["error"]
        assert status == 400
        assert isinstance(error, dict)
        assert error["type"] == "OAuthException"
        assert error["fbtrace_id"]
        return error["code"], error.get("error_subcode", 0)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(tmp_path)
    yield room
    room.world.close()


def part(text: str = "Who is listening?", *pictures: Media, kind: str = "post", **native: str) -> Part:
    return Part(kind=kind, text=text, length=len(text), limit=63_206, media=pictures, native=native)


def attempt(at: datetime = NOW) -> Attempt:
    return Attempt(key="k", post="p", channel="facebook", position=0, digest="d", at=at)


# --- the client


@pytest.mark.parametrize("page", ["", "tidewater", "10/feed"])
def test_a_channel_without_a_page_id_is_told_what_to_write(room: Room, page: str) -> None:
    with pytest.raises(ConfigError) as error:
        FacebookClient(replace(room.account, settings={"page": page}), room.session)
    assert "settings: {page:" in error.value.hint


def test_a_text_goes_out_with_its_card_and_comes_back_with_its_permalink(room: Room) -> None:
    receipt = room.client.deliver(part(link="https://example.org/guide"), attempt(), ())
    shown = room.world.posts("facebook")[0]
    assert receipt.id == shown.id
    assert receipt.url == shown.url == f"https://www.facebook.com/{PAGE}/posts/{shown.id.partition('_')[2]}"
    assert shown.native["card"] == {"url": "https://example.org/guide", "title": "example.org", "description": ""}


def test_one_picture_is_one_request_and_keeps_its_alt_text(room: Room) -> None:
    receipt = room.client.deliver(part("Look", media()), attempt(), ())
    shown = room.world.post("facebook", receipt.id)
    assert shown is not None
    assert [found.alt for found in shown.media] == [media().alt]
    assert room.world.picture(shown.media[0].digest) == (picture(), "image/jpeg")


def test_several_pictures_are_one_post_in_their_order(room: Room) -> None:
    pictures = tuple(media(alt=f"Picture {n}") for n in range(3))
    room.client.deliver(part("Look", *pictures), attempt(), ())
    shown = room.world.posts("facebook")
    assert [[found.alt for found in post.media] for post in shown] == [["Picture 0", "Picture 1", "Picture 2"]]


def test_losing_an_upload_among_several_publishes_nothing(room: Room) -> None:
    room.world.dial("facebook", "lost", target="/photos")
    with pytest.raises(Deferred):
        room.client.deliver(part("Look", media(), media()), attempt(), ())
    assert room.world.posts("facebook") == []


def test_a_first_comment_stands_under_the_post(room: Room) -> None:
    post = room.client.deliver(part(), attempt(), ())
    comment = room.client.deliver(part("https://example.org", kind="comment"), attempt(), (post,))
    shown = room.world.post("facebook", comment.id)
    assert shown is not None
    assert shown.reply_to == post.id
    assert "comment_id=" in comment.url
    assert room.client.find(part("https://example.org", kind="comment"), attempt(), (post, comment)) is None


def test_a_comment_without_a_post_is_refused(room: Room) -> None:
    with pytest.raises(Rejected, match="comment needs the post"):
        room.client.deliver(part(kind="comment"), attempt(), ())


def test_a_duplicate_of_an_earlier_try_is_adopted(room: Room) -> None:
    first = room.client.deliver(part(), attempt(), ())
    again = room.client.deliver(part(), attempt(), ())
    assert again == replace(first, native={**first.native, "evidence": "duplicate"})
    assert len(room.world.posts("facebook")) == 1


def test_a_duplicate_of_an_old_post_is_a_refusal(room: Room) -> None:
    room.client.deliver(part(), attempt(), ())
    room.now = NOW + timedelta(hours=3)
    with pytest.raises(Rejected) as error:
        room.client.deliver(part(), attempt(room.now), ())
    assert "506" in str(error.value)
    assert "change the words" in error.value.hint


def test_the_same_pictures_again_are_a_duplicate_too(room: Room) -> None:
    first = room.client.deliver(part("Look", media()), attempt(), ())
    assert room.client.deliver(part("Look", media()), attempt(), ()).id == first.id


def test_a_lost_answer_is_found_again_with_its_permalink(room: Room) -> None:
    room.world.dial("facebook", "lost")
    with pytest.raises(Uncertain):
        room.client.deliver(part(), attempt(), ())
    found = room.client.find(part(), attempt(), ())
    assert found is not None
    assert found.url == room.world.posts("facebook")[0].url


def test_a_part_already_in_the_thread_is_not_found_again(room: Room) -> None:
    receipt = room.client.deliver(part(), attempt(), ())
    assert room.client.find(part(), attempt(), (receipt,)) is None


def test_a_post_from_before_the_attempt_is_not_ours(room: Room) -> None:
    room.client.deliver(part(), attempt(), ())
    assert room.client.find(part(), attempt(NOW + timedelta(hours=1)), ()) is None


def test_a_part_without_words_cannot_be_recognised_among_others(room: Room) -> None:
    assert room.client.find(part("", media()), attempt(), ()) is None
    room.client.deliver(part("Something else"), attempt(), ())
    assert room.client.find(part("", media()), attempt(), ()) is None
    room.client.deliver(part("", media()), attempt(), ())
    with pytest.raises(Uncertain, match="no words"):
        room.client.find(part("", media()), attempt(), ())


def test_a_page_full_of_newer_posts_cannot_prove_an_absence(room: Room) -> None:
    for number in range(25):
        room.client.deliver(part(f"Post number {number}"), attempt(), ())
    with pytest.raises(Uncertain, match="there may be more"):
        room.client.find(part("Not there"), attempt(), ())


def test_a_failing_look_at_the_permalink_does_not_lose_the_receipt(room: Room) -> None:
    room.world.dial("facebook", "status:500", target=f"/{PAGE}_")
    receipt = room.client.deliver(part(), attempt(), ())
    assert receipt.url == f"https://www.facebook.com/{receipt.id}"


def test_a_rate_limit_says_when_it_ends(room: Room) -> None:
    room.world.dial("facebook", "limited")
    with pytest.raises(Deferred) as error:
        room.client.deliver(part(), attempt(), ())
    assert error.value.until == NOW + timedelta(minutes=12)


# --- the stand-in


@pytest.mark.parametrize(("version", "code"), [("/v20.0", 2635), ("/v27.0", 2500), ("", 2500), ("/v26", 2500)])
def test_only_living_versions_are_answered(room: Room, version: str, code: int) -> None:
    assert room.refused("POST", f"{version}/{PAGE}/feed", message="Hello") == (code, 0)
    assert room.ask("POST", f"/v21.0/{PAGE}/feed", {"message": "Hello"})[0] == 200


def test_another_token_is_refused_with_190(room: Room) -> None:
    status, body = room.ask("POST", f"/v26.0/{PAGE}/feed", {"message": "Hello"}, secret="sandbox.other.token")
    assert status == 400
    assert isinstance(body["error"], dict)
    assert body["error"]["code"] == 190


def test_what_the_edge_does_not_know_is_refused(room: Room) -> None:
    assert room.refused("POST", f"/v26.0/{PAGE}/feed", message="Hello", pretty="1") == (100, 0)
    assert room.refused("GET", f"/v26.0/{PAGE}/published_posts", fields="id,likes") == (100, 0)
    assert room.refused("GET", f"/v26.0/{PAGE}_1") == (100, 33)
    assert room.refused("POST", f"/v26.0/{PAGE}/polls", message="Hello") == (100, 33)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"message": "   "},
        {"message": "a" * 63_207},
        {"link": "example"},
        {"message": "Hello", "published": "maybe"},
        {"message": "Hello", "attached_media[0]": "{"},
        {"message": "Hello", "attached_media[1]": '{"media_fbid": "1"}'},
        {"message": "Hello", "attached_media": '[{"media_fbid": "1"}]'},
    ],
)
def test_a_post_that_says_nothing_or_says_it_wrongly_is_refused(room: Room, fields: dict[str, str]) -> None:
    assert room.refused("POST", f"/v26.0/{PAGE}/feed", **fields) == (100, 0)


@pytest.mark.parametrize("link", ["https://www.facebook.com/tidewater", "https://fb.com/x"])
def test_facebook_takes_no_links_to_itself(room: Room, link: str) -> None:
    assert room.refused("POST", f"/v26.0/{PAGE}/feed", link=link) == (100, 1609008)
    assert room.ask("POST", f"/v26.0/{PAGE}/feed", {"link": "https://notfacebook.com/x"})[0] == 200


def test_a_kept_back_photo_is_shown_once(room: Room) -> None:
    url = f"https://media.sandbox.test/{room.world.keep(picture(), 'image/jpeg')}.jpg"
    _, photo = room.ask("POST", f"/v26.0/{PAGE}/photos", {"url": url, "published": "false"})
    assert "post_id" not in photo
    assert room.world.posts("facebook") == []
    attached = {"attached_media[0]": json.dumps({"media_fbid": photo["id"]})}
    assert room.ask("POST", f"/v26.0/{PAGE}/feed", attached)[0] == 200
    assert room.refused("POST", f"/v26.0/{PAGE}/feed", message="Again", **attached) == (100, 1366051)
    assert room.refused("POST", "/v26.0/2000/feed", message="Not mine", **attached) == (100, 0)


def test_a_photo_must_be_a_picture_that_is_there(room: Room) -> None:
    text = f"https://media.sandbox.test/{room.world.keep(b'no picture', 'image/jpeg')}.jpg"
    for url in (text, "https://example.org/a.jpg", ""):
        assert room.refused("POST", f"/v26.0/{PAGE}/photos", url=url) == (324, 0)


def test_only_the_newest_post_makes_a_duplicate(room: Room) -> None:
    for message in ("One", "Two", "One"):
        assert room.ask("POST", f"/v26.0/{PAGE}/feed", {"message": message})[0] == 200
    assert room.refused("POST", f"/v26.0/{PAGE}/feed", message="One") == (506, 0)


def test_a_deleted_post_is_gone_from_the_page(room: Room) -> None:
    receipt = room.client.deliver(part(), attempt(), ())
    assert room.ask("DELETE", f"/v26.0/{receipt.id}", {}) == (200, {"success": True})
    assert room.ask("GET", f"/v26.0/{PAGE}/published_posts", {})[1]["data"] == []
    assert room.refused("DELETE", f"/v26.0/{receipt.id}") == (100, 33)


def test_every_answer_tells_the_usage(room: Room) -> None:
    room.client.deliver(part(), attempt(), ())
    assert room.session.last is not None
    assert json.loads(room.session.last.headers["X-App-Usage"])["call_count"] == 1
    assert room.session.last.headers["facebook-api-version"] == "v26.0"
