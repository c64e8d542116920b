from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from msgspec import structs

from publisher.adapter import Client
from publisher.errors import Deferred, Rejected, Unauthorized, Uncertain
from publisher.model import Attempt, Part
from publisher.sandbox.harness import token
from publisher.testing import ALT, NOW, Rehearsal, media, picture

# Apprise, before Python 3.13
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

ROOM = "https://apprise.sandbox.test/rooms/apprise/messages"


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal("apprise", {}, tmp_path)
    yield rehearsal
    rehearsal.world.close()


class Service(ThreadingHTTPServer):
    """A chat service on this machine that answers with one status."""

    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answerer)
        self.heard: list[bytes] = []


class Answerer(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        self.server.heard.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def service() -> Iterator[Service]:
    server = Service()
    thread = Thread(target=lambda: server.serve_forever(poll_interval=0.01))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def really(rehearsal: Rehearsal, url: str) -> Client:
    return rehearsal.adapter.connect(replace(rehearsal.account, secrets={"url": url}), rehearsal.session)


def at(service: Service, path: str = "hook-s3cret") -> str:
    return f"json://127.0.0.1:{service.server_port}/{path}"


def part(text: str = "The guide is out: a_b *c*\n\nhttps://example.org", **changed: object) -> Part:
    plain = Part(kind="post", text=text, length=len(text), limit=2000)
    return structs.replace(plain, **changed)


def attempt(key: str = "0123456789abcdef") -> Attempt:
    return Attempt(key=key, post="p", channel="chat", position=0, digest="d", at=NOW)


# --- in the sandbox


def test_a_message_arrives_word_for_word_with_its_pictures(rehearsal: Rehearsal) -> None:
    receipt = rehearsal.connect().deliver(part(media=(media(),)), attempt(), ())
    (message,) = rehearsal.world.posts()
    assert (message.id, message.url, message.text) == (receipt.id, receipt.url, part().text)
    assert [(shown.alt, shown.digest) for shown in message.media] == [(ALT, media().digest)]


def test_a_lost_answer_is_found_by_its_key(rehearsal: Rehearsal) -> None:
    rehearsal.world.dial("apprise", "lost")
    with pytest.raises(Uncertain):
        rehearsal.connect().deliver(part(), attempt(), ())
    found = rehearsal.connect().find(part(), attempt(), ())
    assert found is not None
    assert found.id == rehearsal.world.posts()[0].id
    assert rehearsal.connect().find(part(), attempt("another"), ()) is None


def test_a_flood_ends_when_the_chat_says(rehearsal: Rehearsal) -> None:
    rehearsal.world.dial("apprise", "limited")
    with pytest.raises(Deferred) as error:
        rehearsal.connect().deliver(part(), attempt(), ())
    assert error.value.until is not None
    assert (error.value.until - NOW).total_seconds() == 30


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"key": "k", "body": "b", "attachments": []}, 201),
        ({"key": "k", "body": " ", "attachments": []}, 422),
        ({"key": "k", "body": "b"}, 422),
        ({"key": "k", "body": "b" * 40_001, "attachments": []}, 422),
        ({"key": "k", "body": "b", "attachments": [{"name": "n", "mime": "text/plain", "content": "YQ=="}]}, 422),
        ({"key": "k", "body": "b", "attachments": [{"name": "n", "mime": "image/png", "content": "not base64"}]}, 400),
        ({"key": "k", "body": "b", "attachments": [{"name": "n"}]}, 400),
        ({"key": "k", "body": "b", "attachments": "none"}, 400),
    ],
)
def test_the_stand_in_takes_only_whole_messages(rehearsal: Rehearsal, body: object, status: int) -> None:
    headers = {"Authorization": f"Bearer {token('apprise', 'url')}"}
    assert rehearsal.session.post(ROOM, json=body, headers=headers).status_code == status
    assert len(rehearsal.texts()) == (status == 201)


def test_the_stand_in_opens_no_room_with_another_rooms_secret(rehearsal: Rehearsal) -> None:
    headers = {"Authorization": f"Bearer {token('other', 'url')}"}
    assert rehearsal.session.get(ROOM, headers=headers).status_code == 401
    mine = {"Authorization": f"Bearer {token('apprise', 'url')}"}
    assert rehearsal.session.get(ROOM.replace("rooms/apprise", "rooms/other"), headers=mine).status_code == 404


# --- for real, through Apprise


def test_a_real_receipt_has_an_id_of_our_own_and_no_address(rehearsal: Rehearsal, service: Service) -> None:
    receipt = really(rehearsal, at(service)).deliver(part(media=(media(),)), attempt(), ())
    assert (receipt.id, receipt.url) == ("apprise:0123456789ab", "")
    assert len(service.heard) == 1
    assert ALT.encode() in service.heard[0]


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(400, Rejected), (401, Unauthorized), (404, Unauthorized), (429, Deferred), (500, Uncertain), (503, Uncertain)],
)
def test_a_failure_is_judged_by_the_status(
    rehearsal: Rehearsal, service: Service, status: int, verdict: type[Exception]
) -> None:
    service.status = status
    with pytest.raises(verdict) as error:
        really(rehearsal, at(service) + "?retry=2&wait=0").deliver(part(), attempt(), ())
    assert type(error.value) is verdict
    assert "s3cret" not in f"{error.value} {getattr(error.value, 'hint', '')}"
    assert len(service.heard) == 1


def test_a_failure_with_a_picture_is_uncertain(rehearsal: Rehearsal, service: Service) -> None:
    service.status = 400
    with pytest.raises(Uncertain) as error:
        really(rehearsal, at(service)).deliver(part(media=(media(),)), attempt(), ())
    assert "publisher resolve p chat" in error.value.hint


def test_a_room_that_cannot_be_reached_got_nothing(rehearsal: Rehearsal) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"json://127.0.0.1:{bound.getsockname()[1]}/hook"
    with pytest.raises(Deferred, match="nothing was sent"):
        really(rehearsal, url).deliver(part(), attempt(), ())


@pytest.mark.parametrize("url", ["hook-s3cret", "nosuch://hook-s3cret", "discord://s3cret"])
def test_an_address_apprise_does_not_know_is_never_shown(rehearsal: Rehearsal, url: str) -> None:
    with pytest.raises(Unauthorized) as error:
        really(rehearsal, url).deliver(part(), attempt(), ())
    assert "s3cret" not in f"{error.value} {error.value.hint}"
    assert "appriseit.com" in error.value.hint


def test_what_a_service_would_lose_is_refused_before_it_is_sent(rehearsal: Rehearsal) -> None:
    room = really(rehearsal, "mmost://127.0.0.1:9/3ccdd113474722377935511fc85d3dd4")
    with pytest.raises(Rejected) as pictures:
        room.deliver(part(media=(media(),)), attempt(), ())
    assert 'pictures: "no"' in pictures.value.hint
    with pytest.raises(Rejected) as words:
        room.deliver(part("a" * 4001, limit=9000), attempt(), ())
    assert 'characters: "4000"' in words.value.hint


def test_a_real_room_cannot_be_asked(rehearsal: Rehearsal, service: Service) -> None:
    with pytest.raises(Uncertain) as error:
        really(rehearsal, at(service)).find(part(), attempt(), ())
    assert "publisher resolve p chat" in error.value.hint
    assert service.heard == []


def test_the_picture_sent_is_the_picture_read(rehearsal: Rehearsal) -> None:
    rehearsal.connect().deliver(part(media=(media(),)), attempt(), ())
    kept = rehearsal.world.picture(rehearsal.world.posts()[0].media[0].digest)
    assert kept == (picture(), "image/jpeg")
