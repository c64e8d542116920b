"""The wire: every end of a request is one of four errors, and none of them tells a secret."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter
from urllib3.exceptions import NewConnectionError, ProtocolError

from publisher.delivery.wire import Session, general_verdict, read_epoch, retry_after, sent_at
from publisher.errors import ConfigError, Deferred, DeliveryError, Rejected, Unauthorized, Uncertain

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SECRET = "very-secret-token"


class Scripted(BaseAdapter):
    """A transport that answers as it is told and keeps what it was asked."""

    def __init__(self, answer: Callable[[requests.PreparedRequest], requests.Response]) -> None:
        super().__init__()
        self.answer = answer
        self.kwargs: list[dict[str, Any]] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self.kwargs.append(kwargs)
        return self.answer(request)

    def close(self) -> None:
        """Nothing to close."""


def session(answer: Callable[[requests.PreparedRequest], requests.Response]) -> tuple[Session, Scripted]:
    transport = Scripted(answer)
    return Session(transport, clock=lambda: NOW, secrets=[SECRET]), transport


def response(status: int, body: str = "", **headers: str) -> requests.Response:
    made = requests.Response()
    made.status_code, made._content, made.encoding = status, body.encode(), "utf-8"
    made.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    made.request = requests.Request("POST", "https://example.org/").prepare()
    return made


def failing(error: requests.RequestException) -> Callable[[requests.PreparedRequest], requests.Response]:
    def answer(_request: requests.PreparedRequest) -> requests.Response:
        raise error

    return answer


REFUSED = requests.exceptions.ConnectionError(NewConnectionError(None, "refused"))
BROKEN = requests.exceptions.ConnectionError(ProtocolError("Connection aborted."))


def test_a_connection_that_was_never_made_is_deferred() -> None:
    line, _ = session(failing(REFUSED))
    with pytest.raises(Deferred, match="could not be reached"):
        line.post("https://example.org/statuses")


@pytest.mark.parametrize("error", [BROKEN, requests.exceptions.ReadTimeout("slow")])
def test_a_lost_answer_to_a_create_is_uncertain(error: requests.RequestException) -> None:
    line, _ = session(failing(error))
    with pytest.raises(Uncertain):
        line.post("https://example.org/statuses")


def test_a_network_that_takes_no_more_is_not_asked_again_before_its_time() -> None:
    line, transport = session(lambda _: response(201))
    line.regain = lambda answer, now: now + timedelta(minutes=15) if answer.status_code == 201 else None
    line.post("https://example.org/statuses")
    with pytest.raises(Deferred, match="takes no more until 2026-11-23 09:45:00 UTC; nothing was sent") as told:
        line.post("https://example.org/statuses")
    assert told.value.until == NOW + timedelta(minutes=15)
    line.get("https://example.org/statuses")
    with line.harmless():
        line.post("https://example.org/media")
    line.delete("https://example.org/statuses/1")
    assert len(transport.kwargs) == 4


def test_a_budget_that_is_open_again_is_used() -> None:
    line, transport = session(lambda _: response(201))
    line.regain = lambda _answer, _now: NOW + timedelta(minutes=15)
    line.post("https://example.org/statuses")
    line.now = lambda: NOW + timedelta(minutes=15)
    line.post("https://example.org/statuses")
    line.post("https://example.org/statuses")
    assert len(transport.kwargs) == 3


def test_a_network_that_tells_nothing_is_asked_every_time() -> None:
    line, transport = session(lambda _: response(201, x_rate_limit_remaining="0", x_rate_limit_reset="1795426200"))
    line.post("https://example.org/statuses")
    line.post("https://example.org/statuses")
    assert len(transport.kwargs) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_ends_when_its_network_says_or_else_when_retry_after_says(status: int) -> None:
    line, _ = session(lambda _: response(status, Retry_After="60"))

    def refused() -> datetime | None:
        with pytest.raises(Deferred) as told, line.harmless(), line.answered():
            line.post("https://example.org/media").raise_for_status()
        return told.value.until

    assert refused() == NOW + timedelta(minutes=1)
    line.regain = lambda _answer, _now: NOW + timedelta(minutes=15)
    assert refused() == NOW + timedelta(minutes=15)
    for wrong in (NOW, NOW + timedelta(days=40), datetime.max.replace(tzinfo=UTC)):
        line.regain = lambda _answer, _now, told=wrong: told  # type: ignore[misc]  # the default binds the loop's value
        assert refused() is None


def test_a_lost_answer_to_a_look_or_an_upload_is_deferred() -> None:
    line, _ = session(failing(BROKEN))
    with pytest.raises(Deferred):
        line.get("https://example.org/statuses")
    with pytest.raises(Deferred), line.harmless():
        line.post("https://example.org/media")


def test_every_request_has_a_time_limit_and_follows_no_redirect() -> None:
    line, transport = session(lambda _request: response(302, Location="https://elsewhere.example/"))
    assert line.post("https://example.org/statuses").status_code == 302
    assert len(transport.kwargs) == 1
    assert transport.kwargs[0]["timeout"] == (10.0, 60.0)


def test_a_timeout_that_is_asked_for_is_kept() -> None:
    line, transport = session(lambda _request: response(200))
    line.get("https://example.org/", timeout=3)
    assert transport.kwargs[0]["timeout"] == 3


def test_an_error_wrapped_by_an_sdk_comes_out_as_it_went_in() -> None:
    line, _ = session(failing(BROKEN))
    with pytest.raises(Uncertain), line.answered():
        try:
            line.post("https://example.org/statuses")
        except Exception as error:
            raise RuntimeError("an SDK's own words") from error


def test_whatever_an_sdk_makes_of_an_answer_is_judged_by_the_answer() -> None:
    line, _ = session(lambda _request: response(422, "no"))
    with pytest.raises(Rejected), line.answered():
        line.post("https://example.org/statuses")
        raise KeyError("id")


def test_a_networks_own_judgement_comes_first() -> None:
    line, _ = session(lambda _request: response(400, "bad token"))
    with pytest.raises(Unauthorized), line.answered(lambda _response, _harmless: Unauthorized("renew it")):
        line.post("https://example.org/statuses")
        raise ValueError


def test_no_verdict_tells_a_secret() -> None:
    line, _ = session(lambda _request: response(400, f"token {SECRET} is wrong, so is another-one"))
    line.hide("another-one")
    with pytest.raises(DeliveryError) as error, line.answered():
        line.post("https://example.org/statuses")
        raise ValueError
    assert SECRET not in str(error.value)
    assert "another-one" not in str(error.value)


@pytest.mark.parametrize(
    ("status", "harmless", "expected"),
    [
        (401, False, Unauthorized),
        (403, False, Rejected),
        (404, False, Rejected),
        (422, False, Rejected),
        (408, False, Uncertain),
        (429, False, Deferred),
        (500, False, Uncertain),
        (503, False, Uncertain),
        (503, True, Deferred),
        (302, False, Uncertain),
        (200, False, Uncertain),
        (200, True, Deferred),
    ],
)
def test_a_status_means_what_to_do_next(status: int, harmless: bool, expected: type[DeliveryError]) -> None:
    assert type(general_verdict(response(status), harmless=harmless, until=None, excerpt="")) is expected


def test_retry_after_is_read_in_seconds_and_as_a_date() -> None:
    assert retry_after(response(429, Retry_After="90"), NOW) == NOW + timedelta(seconds=90)
    assert retry_after(response(429, Retry_After="Mon, 23 Nov 2026 10:00:00 GMT"), NOW) == datetime(
        2026, 11, 23, 10, tzinfo=UTC
    )
    assert retry_after(response(429, Retry_After="soon"), NOW) is None
    assert retry_after(response(429), NOW) is None


# --- clocks


def told(ahead: timedelta, **headers: str) -> requests.Response:
    """An answer of a server by whose clock this machine is that much ahead."""
    return response(404, Date=format_datetime(NOW - ahead, usegmt=True), **headers)


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(minutes=12), "12 minutes ahead of example.org's"),
        (timedelta(hours=-3), "3 hours behind example.org's"),
        (timedelta(days=800), "800 days ahead of example.org's"),
    ],
)
def test_a_clock_that_is_far_from_its_networks_is_told(ahead: timedelta, words: str) -> None:
    line, _ = session(lambda _: told(ahead))
    line.home = "https://example.org/api"
    with pytest.raises(ConfigError, match=f"the clock here is {words}; nothing was sent"):
        line.check_clock()


def test_a_server_is_asked_for_its_clock_once_and_nothing_is_left_of_it() -> None:
    asked: list[tuple[str | None, str | None, str | None]] = []

    def answer(request: requests.PreparedRequest) -> requests.Response:
        asked.append((request.method, request.url, request.headers.get("Authorization")))
        return told(timedelta(seconds=100), Set_Cookie="visitor=1")

    line, _ = session(answer)
    line.check_clock()
    line.home = "https://example.org/api"
    line.check_clock()
    assert asked == [("HEAD", "https://example.org/", None)]
    assert (line.last, len(line.cookies)) == (None, 0)


@pytest.mark.parametrize("date", ["", "soon", "Mon, 99 Nov 2026 10:00:00 GMT"])
def test_a_server_that_tells_no_time_is_believed(date: str) -> None:
    line, _ = session(lambda _: response(200, Date=date))
    line.home = "https://example.org"
    line.check_clock()
    assert sent_at(response(200)) is None


@pytest.mark.parametrize("home", ["https://example.org", "https://exam ple.org", "https://.example.org"])
def test_a_server_that_cannot_be_asked_is_left_to_what_is_sent(home: str) -> None:
    line, _ = session(failing(REFUSED))
    line.home = home
    line.check_clock()


def test_an_answer_from_a_cache_is_as_old_as_it_says() -> None:
    assert sent_at(told(timedelta(minutes=10), Age="600")) == NOW


@pytest.mark.parametrize("written", ["", "soon", "2026-11-23T12:15:00Z", "9" * 40, "1e9", "-1e400"])
def test_seconds_that_are_none_are_no_instant(written: str) -> None:
    assert read_epoch(written) is None
    assert read_epoch(str(int(NOW.timestamp()))) == NOW


def test_a_look_after_an_error_is_judged_by_its_own_answer() -> None:
    """Whatever is raised while an error is handled has that error for its context; it is not its cause."""
    told, _ = session(lambda _: response(401, "expired"))
    with pytest.raises(Unauthorized):
        try:
            raise Uncertain("the answer was lost")
        except Uncertain:
            with told.answered():
                told.get("https://example.org/").raise_for_status()
