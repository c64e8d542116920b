from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from oauthlib.oauth1 import Client as Signer

from adapters.x.sandbox import XServer
from adapters.x.shortening import short_link
from publisher.sandbox.harness import Request, Response, token
from publisher.sandbox.world import Published, World

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "sandbox.db")
    yield world
    world.close()


def signed(method: str, url: str, channel: str = "x", **secrets: str) -> dict[str, str]:
    roles = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    key, secret, owner, owner_secret = (secrets.get(role, token(channel, role)) for role in roles)
    _, headers, _ = Signer(key, secret, owner, owner_secret).sign(url, http_method=method)
    return {name.lower(): value for name, value in headers.items()}


def ask(
    world: World, method: str, path: str, body: object = None, *, channel: str = "x", at: datetime = NOW, **secrets: str
) -> Response:
    url = f"https://api.x.com{path}"
    headers = {**signed(method, url, channel, **secrets), "content-type": "application/json"}
    content = b"" if body is None else json.dumps(body).encode()
    request = Request(method=method, url=url, headers=headers, body=content, channel=channel, handle=f"@{channel}_team")
    with world.turn(at):
        return XServer(world).answer(request)


def told(response: Response) -> Any:
    return json.loads(response.body)


def post(world: World, text: str = "Hello", **more: Any) -> Mapping[str, Any]:
    answered: Mapping[str, Any] = told(ask(world, "POST", "/2/tweets", {"text": text, **more}))["data"]
    return answered


@pytest.mark.parametrize("role", ["consumer_key", "consumer_secret", "access_token", "access_token_secret"])
def test_a_request_signed_with_another_key_is_refused(world: World, role: str) -> None:
    assert ask(world, "GET", "/2/users/me").status == 200
    assert ask(world, "GET", "/2/users/me", None, **{role: "another"}).status == 401


@pytest.mark.parametrize("header", ["", "Bearer sandbox.x.access_token", "OAuth oauth_token=", 'OAuth oauth_nonce="1"'])
def test_a_request_without_a_whole_signature_is_refused(world: World, header: str) -> None:
    request = Request(method="GET", url="https://api.x.com/2/users/me", headers={"authorization": header}, channel="x")
    with world.turn(NOW):
        assert XServer(world).answer(request).status == 401


def test_a_signature_covers_the_query(world: World) -> None:
    url = "https://api.x.com/2/users/1/tweets?max_results=5"
    moved = Request(method="GET", url=url.replace("5", "9"), headers=signed("GET", url), channel="x")
    with world.turn(NOW):
        assert XServer(world).answer(moved).status == 401


def test_another_host_and_another_path_are_not_there(world: World) -> None:
    url = "https://upload.twitter.com/2/users/me"
    request = Request(method="GET", url=url, headers=signed("GET", url), channel="x")
    with world.turn(NOW):
        assert XServer(world).answer(request).status == 404
    assert ask(world, "GET", "/2/nothing").status == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": " \n"},
        {"text": 7},
        {"text": "a", "status": "b"},
        {"text": "a", "media": {"media_ids": []}},
        {"text": "a", "media": {"media_ids": ["1", "2", "3", "4", "5"]}},
        {"text": "a", "media": {"media_ids": ["1"], "alt": "x"}},
        {"text": "a", "media": {"media_ids": [1]}},
        {"text": "a", "media": {"media_ids": ["999"]}},
        {"text": "a", "media": "1"},
        {"text": "a", "reply": {}},
        {"text": "a", "reply": {"in_reply_to_tweet_id": "x1"}},
        {"text": "a", "reply": {"in_reply_to_tweet_id": "12"}},
        {"text": "a", "reply_settings": "nobody"},
        {"text": "a" * 281},
        {"text": "日" * 141},
        {"text": "a\ufeff"},
        ["text"],
    ],
)
def test_a_post_that_breaks_the_schema_is_an_invalid_request(world: World, body: object) -> None:
    response = ask(world, "POST", "/2/tweets", body)
    assert response.status == 400
    assert response.headers["Content-Type"].startswith("application/problem+json")
    assert {"title", "detail", "type", "status"} <= told(response).keys()
    assert world.posts() == []


@pytest.mark.parametrize("body", [{"text": "a", "quote_tweet_id": "1"}, {"text": "$A and $B"}])
def test_what_an_ordinary_account_may_not_do_is_forbidden(world: World, body: object) -> None:
    assert ask(world, "POST", "/2/tweets", body).status == 403


def test_280_latin_letters_are_taken_and_a_long_post_of_a_premium_account(world: World) -> None:
    assert ask(world, "POST", "/2/tweets", {"text": "a" * 280}).status == 201
    world.note("x", "premium:x", value=True)
    assert ask(world, "POST", "/2/tweets", {"text": "b" * 281}).status == 201


def test_the_same_text_is_refused_for_a_day_in_x_own_words(world: World) -> None:
    post(world, "Hello")
    response = ask(world, "POST", "/2/tweets", {"text": "Hello"})
    assert (response.status, told(response)) == (
        403,
        {
            "detail": "You are not allowed to create a Tweet with duplicate content.",
            "type": "about:blank",
            "title": "Forbidden",
            "status": 403,
        },
    )
    assert ask(world, "POST", "/2/tweets", {"text": "Hello"}, at=NOW + timedelta(days=1)).status == 201
    assert ask(world, "POST", "/2/tweets", {"text": "Hello"}, channel="y").status == 201


def test_only_those_called_may_answer_a_stranger(world: World) -> None:
    for identity, text in (("1", "Hello all"), ("2", "Hello @x_team")):
        world.publish(Published(network="x", account="@stranger", id=identity, url="", text=text, created=NOW))
    refused = ask(world, "POST", "/2/tweets", {"text": "a", "reply": {"in_reply_to_tweet_id": "1"}})
    assert refused.status == 403
    assert told(refused)["detail"].startswith("Reply to this conversation is not allowed")
    assert ask(world, "POST", "/2/tweets", {"text": "a", "reply": {"in_reply_to_tweet_id": "2"}}).status == 201


@pytest.mark.parametrize(
    "body",
    [
        {"media": PIXEL},
        {"media_category": "tweet_image"},
        {"media": "not base64!", "media_category": "tweet_image"},
        {"media": base64.b64encode(b"text").decode(), "media_category": "tweet_image"},
        {"media": PIXEL, "media_category": "tweet_video"},
        {"media": PIXEL, "media_category": "tweet_image", "media_type": "image/png"},
        {"media": base64.b64encode(b"\x89PNG" + bytes(5 * 1024 * 1024)).decode(), "media_category": "tweet_image"},
    ],
)
def test_an_upload_that_is_no_picture_is_refused(world: World, body: object) -> None:
    assert ask(world, "POST", "/2/media/upload", body).status == 400


def uploaded(world: World) -> str:
    answered = ask(world, "POST", "/2/media/upload", {"media": PIXEL, "media_category": "tweet_image"})
    return str(told(answered)["data"]["id"])


def described(identity: str, alt: str) -> dict[str, object]:
    return {"id": identity, "metadata": {"alt_text": {"text": alt}}}


def test_an_alt_text_has_a_picture_and_a_thousand_characters(world: World) -> None:
    identity = uploaded(world)
    assert ask(world, "POST", "/2/media/metadata", described(identity, "a" * 1000)).status == 200
    assert ask(world, "POST", "/2/media/metadata", described(identity, "a" * 1001)).status == 400
    assert ask(world, "POST", "/2/media/metadata", described("12", "a")).status == 400
    post(world, media={"media_ids": [identity]})
    assert world.posts()[0].media[0].alt == "a" * 1000


def test_a_picture_is_its_owners_once_in_a_post_and_for_a_day(world: World) -> None:
    identity = uploaded(world)
    body = {"text": "a", "media": {"media_ids": [identity]}}
    assert ask(world, "POST", "/2/tweets", body, channel="y").status == 400
    assert ask(world, "POST", "/2/tweets", {"text": "a", "media": {"media_ids": [identity] * 2}}).status == 400
    assert ask(world, "POST", "/2/tweets", body, at=NOW + timedelta(days=2)).status == 400
    assert ask(world, "POST", "/2/tweets", body).status == 201


def test_every_answer_tells_what_is_left_of_its_limit(world: World) -> None:
    first, second = (ask(world, "POST", "/2/tweets", body) for body in ({"text": "a"}, {"text": 7}))
    assert [answered.headers["x-rate-limit-remaining"] for answered in (first, second)] == ["99", "98"]
    assert first.headers["x-rate-limit-reset"] == str(int(datetime(2026, 11, 23, 9, 45, tzinfo=UTC).timestamp()))


def test_the_timeline_shows_short_links_escaped_signs_and_the_newest_first(world: World) -> None:
    me = told(ask(world, "GET", "/2/users/me"))["data"]["id"]
    post(world, "One & readme.md")
    post(world, "Two", media={"media_ids": [uploaded(world)]})
    fields = "tweet.fields=created_at,entities"
    two, one = told(ask(world, "GET", f"/2/users/{me}/tweets?max_results=5&{fields}"))["data"]
    short = short_link("http://readme.md")
    assert one["text"] == f"One &amp; {short}"
    (url,) = one["entities"]["urls"]
    assert (url["expanded_url"], one["text"][url["start"] : url["end"]]) == ("http://readme.md", short)
    assert two["entities"]["urls"][0]["media_key"]
    assert two["text"] == f"Two {two['entities']['urls'][0]['url']}"
    assert one["created_at"] == "2026-11-23T09:30:00.000Z"
    assert world.posts()[0].text == "One & readme.md"


def test_the_timeline_is_read_page_by_page_from_an_instant(world: World) -> None:
    me = told(ask(world, "GET", "/2/users/me"))["data"]["id"]
    for minute in range(8):
        ask(world, "POST", "/2/tweets", {"text": f"No {minute}"}, at=NOW + timedelta(minutes=minute))
    base = f"/2/users/{me}/tweets?max_results=5&start_time=2026-11-23T09:31:00Z"
    page = told(ask(world, "GET", base))
    rest = told(ask(world, "GET", f"{base}&pagination_token={page['meta']['next_token']}"))
    assert [item["text"] for item in (*page["data"], *rest["data"])] == [f"No {n}" for n in range(7, 0, -1)]
    assert "next_token" not in rest["meta"]


@pytest.mark.parametrize(
    "query", ["max_results=4", "max_results=101", "max_results=x", "start_time=now", "tweet.fields=secret", "since=1"]
)
def test_a_timeline_asked_for_wrongly_is_an_invalid_request(world: World, query: str) -> None:
    me = told(ask(world, "GET", "/2/users/me"))["data"]["id"]
    assert ask(world, "GET", f"/2/users/{me}/tweets?{query}").status == 400


def test_a_timeline_of_nobody_is_not_there(world: World) -> None:
    assert ask(world, "GET", "/2/users/1/tweets").status == 404


def test_a_post_is_deleted_by_its_author_alone(world: World) -> None:
    identity = post(world)["id"]
    assert ask(world, "DELETE", f"/2/tweets/{identity}", channel="y").status == 403
    assert told(ask(world, "DELETE", f"/2/tweets/{identity}")) == {"data": {"deleted": True}}
    assert ask(world, "DELETE", f"/2/tweets/{identity}").status == 404


def test_a_post_with_an_address_shows_its_card(world: World) -> None:
    post(world, "Read https://example.org/guide")
    assert world.posts()[0].native["card"] == {
        "url": "https://example.org/guide",
        "title": "example.org",
        "description": "",
    }


def test_a_picture_may_come_as_a_form(world: World) -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="media_category"\r\n\r\ntweet_image\r\n'
        b'--b\r\nContent-Disposition: form-data; name="media"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
        b"\x89PNG\r\n--b--\r\n"
    )
    url = "https://api.twitter.com/2/media/upload"
    request = Request(
        method="POST",
        url=url,
        headers={**signed("POST", url), "content-type": "multipart/form-data; boundary=b"},
        body=body,
        channel="x",
    )
    with world.turn(NOW):
        server = XServer(world)
        assert server.answer(request).status == 200
        assert server.answer(replace(request, body=b"--b--\r\n")).status == 400
