from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from msgspec import structs
from requests.adapters import BaseAdapter

from publisher.delivery.wire import Session
from publisher.errors import Deferred, Rejected, Unauthorized, Uncertain
from publisher.model import Attempt, Part, Receipt
from publisher.testing import NOW, Rehearsal, media

WORDS = "Sixty million pages & nobody <listens>. See https://example.org/guide #Agile"


@pytest.fixture
def x(tmp_path: Path) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal("x", {}, tmp_path)
    yield rehearsal
    rehearsal.world.close()


def part(text: str = WORDS, **changed: object) -> Part:
    return structs.replace(Part(kind="post", text=text, length=len(text), limit=280), **changed)


def attempt(at: datetime = NOW) -> Attempt:
    return Attempt(key="k", post="p", channel="x", position=0, digest="d", at=at)


class Canned(BaseAdapter):
    """A network that gives one answer to everything."""

    def __init__(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        super().__init__()
        self.status, self.headers = status, headers or {}
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()

    def send(self, request: requests.PreparedRequest, *args: object, **kwargs: object) -> requests.Response:
        response = requests.Response()
        response.status_code, response._content, response.request = self.status, self.body, request
        response.headers.update(self.headers)
        return response

    def close(self) -> None:
        pass


def answered(x: Rehearsal, status: int, body: object, headers: dict[str, str] | None = None) -> Rehearsal:
    x.session = Session(Canned(status, body, headers), clock=lambda: NOW, secrets=x.secrets.values())
    return x


def test_a_post_has_the_address_of_its_author(x: Rehearsal) -> None:
    receipt = x.connect().deliver(part(), attempt(), ())
    assert receipt.url == f"https://x.com/tidewater/status/{receipt.id}"
    assert x.texts() == [WORDS]


def test_an_account_without_a_handle_of_x_gets_the_neutral_address(x: Rehearsal) -> None:
    x.account = replace(x.account, handle="")
    receipt = x.connect().deliver(part(), attempt(), ())
    assert receipt.url == f"https://x.com/i/web/status/{receipt.id}"


def test_a_reply_hangs_under_the_last_of_its_thread(x: Rehearsal) -> None:
    client = x.connect()
    first = client.deliver(part("One"), attempt(), ())
    second = client.deliver(part("Two", kind="reply"), attempt(), (first,))
    client.deliver(part("Three", kind="reply"), attempt(), (first, second))
    assert [post.reply_to for post in x.world.posts()] == ["", first.id, second.id]


def test_pictures_arrive_with_their_alt_texts(x: Rehearsal) -> None:
    x.connect().deliver(part(media=(media(alt="one"), media(alt="two"))), attempt(), ())
    (post,) = x.world.posts()
    assert [picture.alt for picture in post.media] == ["one", "two"]
    assert {picture.digest for picture in post.media} == {media().digest}


def test_a_setting_of_who_may_answer_is_sent(x: Rehearsal) -> None:
    x.connect().deliver(part(native={"reply_settings": "following"}), attempt(), ())
    assert x.world.posts()[0].native["reply_settings"] == "following"


@pytest.mark.parametrize(
    "text",
    [WORDS, "https://example.org/guide", "Agile beats viral\nhttps://example.org/guide/", "readme.md is read", "🎉 🎉"],
)
def test_a_post_is_found_again_though_x_rewrote_its_links(x: Rehearsal, text: str) -> None:
    client = x.connect()
    receipt = client.deliver(part(text), attempt(), ())
    found = client.find(part(text), attempt(), ())
    assert found == receipt


def test_a_link_alone_is_not_found_in_another_link(x: Rehearsal) -> None:
    x.connect().deliver(part("https://example.org/other"), attempt(), ())
    assert x.connect().find(part("https://example.org/guide"), attempt(), ()) is None


def test_a_post_of_a_picture_alone_cannot_be_told_from_another(x: Rehearsal) -> None:
    client = x.connect()
    client.deliver(part("", media=(media(),)), attempt(), ())
    with pytest.raises(Uncertain, match="no words"):
        client.find(part("", media=(media(),)), attempt(), ())


def test_a_reply_is_looked_for_under_its_own_parent(x: Rehearsal) -> None:
    client = x.connect()
    parents = [client.deliver(part(text), attempt(), ()) for text in ("One", "Two")]
    reply = client.deliver(part("Yes", kind="reply"), attempt(), (parents[0],))
    assert client.find(part("Yes", kind="reply"), attempt(), (parents[0],)) == reply
    assert client.find(part("Yes", kind="reply"), attempt(), (parents[1],)) is None
    assert client.find(part("Yes", kind="reply"), attempt(), (parents[0], reply)) is None


def test_an_older_post_with_the_same_words_is_not_taken_for_it(x: Rehearsal) -> None:
    x.connect().deliver(part(), attempt(), ())
    assert x.connect().find(part(), attempt(NOW + timedelta(minutes=6)), ()) is None


def test_a_post_is_found_beyond_the_first_page(x: Rehearsal) -> None:
    client = x.connect()
    wanted = client.deliver(part(), attempt(), ())
    for number in range(98):
        client.deliver(part(f"Number {number}"), attempt(), ())
    x.world.note("x", f"counter:tweets:x:{int(NOW.timestamp()) // 900 * 900}", 0)
    client.deliver(part("One more"), attempt(), ())
    client.deliver(part("Another"), attempt(), ())
    assert client.find(part(), attempt(), ()) == wanted


def test_a_duplicate_since_the_attempt_is_adopted(x: Rehearsal) -> None:
    first = x.connect().deliver(part(), attempt(), ())
    again = x.connect().deliver(part(), attempt(), ())
    assert again == replace(first, native={**first.native, "evidence": "duplicate"})
    assert len(x.texts()) == 1


def test_a_duplicate_of_an_older_post_is_refused_with_what_to_do(x: Rehearsal) -> None:
    x.connect().deliver(part(), attempt(), ())
    with pytest.raises(Rejected, match=r"duplicate content.*older post") as refusal:
        x.connect().deliver(part(), attempt(NOW + timedelta(hours=1)), ())
    assert "`text:` for x" in refusal.value.hint


def test_a_duplicate_that_cannot_be_looked_for_is_a_doubt(x: Rehearsal) -> None:
    x.connect().deliver(part(), attempt(), ())
    x.world.dial("x", "status:503", target="/2/users/me")
    with pytest.raises(Uncertain, match="already, and looking for it failed"):
        x.connect().deliver(part(), attempt(), ())


def test_a_duplicate_whose_refusal_is_cut_off_is_a_doubt(x: Rehearsal) -> None:
    x.connect().deliver(part(), attempt(), ())
    x.world.dial("x", "cut")
    with pytest.raises(Uncertain):
        x.connect().deliver(part(), attempt(), ())


def test_a_rate_limit_is_waited_for_until_the_limit_that_is_used_up(x: Rehearsal) -> None:
    soon, tomorrow = NOW + timedelta(minutes=9), NOW + timedelta(hours=20)
    headers = {
        "x-rate-limit-remaining": "41",
        "x-rate-limit-reset": str(int(soon.timestamp())),
        "x-app-limit-24hour-remaining": "0",
        "x-app-limit-24hour-reset": str(int(tomorrow.timestamp())),
    }
    with pytest.raises(Deferred) as daily:
        answered(x, 429, {"title": "Too Many Requests"}, headers).connect().deliver(part(), attempt(), ())
    with pytest.raises(Deferred) as quarterly:
        answered(x, 429, {}, {"x-rate-limit-reset": headers["x-rate-limit-reset"]}).connect().deliver(
            part(), attempt(), ()
        )
    assert (daily.value.until, quarterly.value.until) == (tomorrow, soon)


def test_the_hundred_and_first_post_of_a_quarter_hour_waits_for_the_next(x: Rehearsal) -> None:
    for number in range(100):
        x.connect().deliver(part(f"Number {number}"), attempt(), ())
    with pytest.raises(Deferred, match="takes no more until 2026-11-23 09:45:00") as wait:
        x.connect().deliver(part(), attempt(), ())
    assert wait.value.until == datetime(2026, 11, 23, 9, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "body", "error", "hint"),
    [
        (401, {"title": "Unauthorized", "detail": "Unauthorized"}, Unauthorized, "X_ACCESS_TOKEN"),
        (402, {"title": "CreditsDepleted", "detail": "no credits"}, Deferred, "add credits"),
        (402, {"detail": "Payment Required"}, Deferred, "pay for API use"),
        (403, {"title": "SpendCapReached", "detail": "reached its spend cap"}, Deferred, "`publisher push`"),
        (429, {"type": "https://api.x.com/2/problems/usage-capped", "title": "UsageCapExceeded"}, Deferred, "credits"),
        (403, {"detail": "not configured with the appropriate oauth1 app permissions"}, Unauthorized, "Read and write"),
        (403, {"errors": [{"code": 64, "message": "Your account is suspended"}]}, Unauthorized, "console"),
        (403, {"detail": "Reply to this conversation is not allowed because…"}, Rejected, "link: text"),
        (403, {"detail": "a maximum of one cashtag"}, Rejected, "one cashtag"),
        (403, {"detail": "You are not permitted to perform this action."}, Rejected, ""),
        (400, {"title": "Invalid Request", "errors": [{"message": "bad"}]}, Rejected, ""),
        (400, ["odd"], Rejected, ""),
        (400, {"errors": None}, Rejected, ""),
        (502, ["odd"], Uncertain, ""),
        (201, {"data": None}, Uncertain, ""),
        (201, b"{", Uncertain, ""),
        (302, b"", Uncertain, ""),
    ],
)
def test_every_answer_says_what_to_do_next(
    x: Rehearsal, status: int, body: object, error: type[Exception], hint: str
) -> None:
    with pytest.raises(error) as raised:
        answered(x, status, body).connect().deliver(part(), attempt(), ())
    assert type(raised.value) is error
    assert hint in getattr(raised.value, "hint", "")


def test_a_lost_upload_is_safe_to_repeat(x: Rehearsal) -> None:
    x.world.dial("x", "lost", target="/2/media/upload")
    with pytest.raises(Deferred):
        x.connect().deliver(part(media=(media(),)), attempt(), ())
    assert x.texts() == []


def test_logging_at_debug_shows_no_secret(x: Rehearsal, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        client = x.connect()
        receipt = client.deliver(part(), attempt(), ())
        client.find(part(), attempt(), ())
    assert receipt.id
    assert not any(secret in caplog.text for secret in x.secrets.values())
    assert "oauth_signature" not in caplog.text


def test_a_thread_of_receipts_is_never_adopted(x: Rehearsal) -> None:
    first = x.connect().deliver(part(), attempt(), ())
    other = Receipt(id=first.id, url=first.url, at=NOW)
    assert x.connect().find(part(kind="reply"), attempt(), (other,)) is None
