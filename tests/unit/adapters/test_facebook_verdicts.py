"""What the Graph API's errors mean, for Facebook and Instagram alike."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
import requests
from requests.adapters import BaseAdapter

from adapters._meta.graph import Graph
from adapters._meta.verdicts import Advice, Duplicate, hint_for
from publisher.delivery.wire import Session
from publisher.errors import ConfigError, Deferred, DeliveryError, Rejected, Unauthorized, Uncertain

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TOKEN = "EAAB-very-secret-token"
ADVICE = Advice(network="Facebook", renew="renew it", permissions="pages_manage_posts")
JSON = {"Content-Type": "application/json"}


class Scripted(BaseAdapter):
    """A transport with one answer."""

    def __init__(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        super().__init__()
        self.status, self.body, self.headers = status, body, headers

    def send(self, request: requests.PreparedRequest, *args: object, **kwargs: object) -> requests.Response:
        response = requests.Response()
        response.status_code, response.request, response.url = self.status, request, request.url or ""
        response.headers.update(self.headers)
        response.raw = io.BytesIO(self.body)
        return response

    def close(self) -> None:
        pass


def graph(status: int, body: object, headers: Mapping[str, str] = JSON) -> Graph:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    session = Session(Scripted(status, content, headers), clock=lambda: NOW, secrets=[TOKEN])
    return Graph(session, TOKEN, ADVICE)


def error(code: int, subcode: int = 0, message: str = "Something", **more: object) -> Mapping[str, object]:
    return {"error": {"message": message, "code": code, "error_subcode": subcode, "fbtrace_id": "Abc", **more}}


def told(status: int, body: object, headers: Mapping[str, str] = JSON) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        graph(status, body, headers).make("1000", "feed", {"message": "Hello"})
    assert TOKEN not in f"{caught.value} {caught.value.hint}"
    return caught.value


@pytest.mark.parametrize("code", [102, 104, 190])
def test_a_dead_token_asks_to_be_renewed(code: int) -> None:
    verdict = told(400, error(code))
    assert type(verdict) is Unauthorized
    assert verdict.hint == "renew it"


@pytest.mark.parametrize("code", [3, 10, 200, 283, 299])
def test_a_missing_permission_is_named(code: int) -> None:
    verdict = told(403, error(code))
    assert type(verdict) is Unauthorized
    assert "pages_manage_posts" in verdict.hint


@pytest.mark.parametrize("code", [4, 17, 32, 341, 613, 80001])
def test_a_rate_limit_is_deferred(code: int) -> None:
    assert type(told(400, error(code))) is Deferred


def test_a_rate_limit_ends_when_the_usage_header_says() -> None:
    usage = {"1000": [{"type": "pages", "estimated_time_to_regain_access": 12}, {"type": "x"}]}
    verdict = told(400, error(32), {**JSON, "X-Business-Use-Case-Usage": json.dumps(usage)})
    assert isinstance(verdict, Deferred)
    assert verdict.until == NOW + timedelta(minutes=12)


@pytest.mark.parametrize(
    "usage", ["", "{", "[]", '{"1000": 3}', '{"1000": [{"estimated_time_to_regain_access": "x"}]}']
)
def test_an_unreadable_usage_header_leaves_the_word_to_retry_after(usage: str) -> None:
    verdict = told(400, error(4), {**JSON, "X-Business-Use-Case-Usage": usage, "Retry-After": "60"})
    assert isinstance(verdict, Deferred)
    assert verdict.until == NOW + timedelta(minutes=1)


@pytest.mark.parametrize("numbers", [(9, 2207042), (368, 1390008)])
def test_a_quota_without_an_end_waits_an_hour(numbers: tuple[int, int]) -> None:
    verdict = told(400, error(*numbers))
    assert isinstance(verdict, Deferred)
    assert verdict.until == NOW + timedelta(hours=1)


@pytest.mark.parametrize("code", [-1, 1, 2])
def test_an_error_of_metas_own_on_a_create_may_have_published(code: int) -> None:
    assert type(told(400, error(code, is_transient=True))) is Uncertain


def test_a_transient_error_that_nobody_knows_is_deferred() -> None:
    assert type(told(400, error(987_654, is_transient=True))) is Deferred


@pytest.mark.parametrize("numbers", [(506, 0), (100, 1366051)])
def test_a_duplicate_is_a_refusal_of_its_own(numbers: tuple[int, int]) -> None:
    assert type(told(400, error(*numbers))) is Duplicate
    assert issubclass(Duplicate, Rejected)


@pytest.mark.parametrize("numbers", [(100, 0), (100, 33), (368, 0), (4, 2207051), (36003, 2207009), (424_242, 0)])
def test_what_is_wrong_with_the_words_is_refused(numbers: tuple[int, int]) -> None:
    assert type(told(400, error(*numbers))) is Rejected


@pytest.mark.parametrize("numbers", [(9007, 2207027), (24, 2207006), (-2, 2207020), (-1, 2207032)])
def test_a_container_that_is_not_there_or_not_ready_published_nothing(numbers: tuple[int, int]) -> None:
    assert type(told(400, error(*numbers))) is Deferred


def test_metas_words_for_people_are_shown_with_the_trace() -> None:
    verdict = told(400, error(100, message="Invalid parameter", error_user_msg="Pick a smaller picture."))
    assert str(verdict) == "Facebook says: Invalid parameter Pick a smaller picture. (error 100, trace Abc)"


def test_a_token_in_metas_words_is_not_shown() -> None:
    assert "***" in str(told(400, error(190, message=f"Malformed access token {TOKEN}")))


UNREADABLE = [
    (502, b"<html>bad gateway</html>", {"Content-Type": "text/html"}),
    (500, b"", {}),
    (500, b"{oops", JSON),
    (500, b'{"message": "boom"}', JSON),
    (500, b'{"error": {"code": 190}}', JSON),
    (200, b"false", JSON),
    (200, b"null", JSON),
    (200, b"[]", JSON),
    (200, b"{}", JSON),
    (200, b'{"id": "12', JSON),
    (200, b"", {}),
    (200, b"\xff", {"Content-Type": "image/png"}),
]


@pytest.mark.parametrize(("status", "body", "headers"), UNREADABLE)
def test_what_cannot_be_read_after_a_create_may_be_live(status: int, body: bytes, headers: Mapping[str, str]) -> None:
    assert type(told(status, body, headers)) is Uncertain


@pytest.mark.parametrize(("status", "body", "headers"), UNREADABLE)
def test_what_cannot_be_read_after_a_look_is_deferred(status: int, body: bytes, headers: Mapping[str, str]) -> None:
    with pytest.raises(Deferred):
        graph(status, body, headers).recent("1000", "published_posts")


@pytest.mark.parametrize("wrong", ["26", "latest", "v26.0/..", "v26.0 x"])
def test_a_version_that_is_none_is_refused(wrong: str) -> None:
    session = Session(Scripted(200, b"{}", JSON), clock=lambda: NOW)
    with pytest.raises(ConfigError, match="version"):
        Graph(session, TOKEN, ADVICE, wrong)


@pytest.mark.parametrize("written", ["v25.0", "25.0", " v25.0 "])
def test_a_channel_may_name_its_version(written: str) -> None:
    session = Session(Scripted(200, b'{"id": "1"}', JSON), clock=lambda: NOW)
    named = Graph(session, TOKEN, ADVICE, written)
    named.make("1000", "feed", {"message": "Hello"})
    assert session.last is not None
    assert session.last.url == "https://graph.facebook.com/v25.0/1000/feed"


def test_a_container_status_that_names_a_subcode_has_its_hint() -> None:
    assert "JPEG" in hint_for("Error: Media upload has failed with error code 2207005")
    assert hint_for("Error") == ""
