from __future__ import annotations

import io
import json
import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from publisher.delivery.notify import REFUSED, UNKNOWN, UNREACHED, notify, open_service, summary, tell
from publisher.model import Receipt

pytestmark = pytest.mark.filterwarnings(
    "ignore:'imghdr' is deprecated:DeprecationWarning"
)  # Apprise, before Python 3.13

SECRET = "s3cret-token"


@dataclass
class Room:
    """A service on this machine that keeps what it is told and answers with one status."""

    port: int
    status: int = 200
    heard: list[dict[str, str]] = field(default_factory=list)

    def url(self, query: str = "") -> str:
        return f"json://user:{SECRET}@127.0.0.1:{self.port}/hook{query}"


@pytest.fixture
def room() -> Iterator[Room]:
    class Answerer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            if kept.status == 0:
                return
            self.send_response(kept.status)
            self.send_header("Location", f"http://127.0.0.1:{kept.port}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answerer)
    kept = Room(port=server.server_port)
    thread = Thread(target=lambda: server.serve_forever(poll_interval=0.01))
    thread.start()
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


@dataclass(frozen=True)
class Done:
    state: str
    post: str = "listen"
    channel: str = "x"
    act: str = "send"
    reason: str = ""
    hint: str = ""
    error: str = ""
    receipts: tuple[Receipt, ...] = ()


def receipt(url: str) -> Receipt:
    return Receipt(id="1", url=url, at=datetime(2026, 11, 23, tzinfo=UTC))


def test_every_url_hears_the_title_and_the_body(room: Room) -> None:
    assert notify([room.url(), room.url()], "1 published", "Published\n• a_b on *x*") == ()
    assert [heard["title"] for heard in room.heard] == ["1 published"] * 2
    assert room.heard[0]["message"] == "Published\n• a_b on *x*"


def test_nothing_is_told_of_an_empty_run(room: Room) -> None:
    assert notify([room.url()], *summary(())) == ()
    assert room.heard == []


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (404, "was refused (HTTP 404)"),
        (500, "may not have arrived (HTTP 500)"),
        (302, "may not have arrived (HTTP 302)"),
    ],
)
def test_a_failure_is_one_line_without_the_address(room: Room, status: int, said: str) -> None:
    room.status = status
    (problem,) = notify([room.url("?retry=3&wait=0&optional=yes&redirect=yes")], "t", "b")
    assert said in problem
    assert problem.startswith("notification 1 to JSON")
    assert SECRET not in problem
    assert "127.0.0.1" not in problem
    assert len(room.heard) == 1, "sent once, whatever the URL asks for"


def test_one_failure_does_not_silence_the_others(room: Room, closed_port: int) -> None:
    problems = notify(["nonsense", f"json://127.0.0.1:{closed_port}/", "nosuch://service", room.url()], "t", "b")
    assert [problem.partition(" was not sent")[0] for problem in problems] == [
        "notification 1",
        "notification 2 to JSON",
        "notification 3",
    ]
    assert len(room.heard) == 1


def test_a_service_that_breaks_is_a_problem_and_not_an_exception() -> None:
    def broken(url: str) -> None:
        raise RuntimeError(url)

    (problem,) = notify([f"json://{SECRET}"], "t", "b", open_service=broken)
    assert problem == "notification 1 was not sent: Apprise failed with RuntimeError"


def test_what_apprise_logs_is_shown_to_nobody(closed_port: int, capfd: pytest.CaptureFixture[str]) -> None:
    shown = io.StringIO()
    handler = logging.StreamHandler(shown)
    logging.getLogger().addHandler(handler)
    try:
        notify([f"json://127.0.0.1:{closed_port}/{SECRET}", f"json://{SECRET}:bad:url/"], "t", "b")
    finally:
        logging.getLogger().removeHandler(handler)
    assert shown.getvalue() == ""
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("status", "state"), [(400, REFUSED), (408, UNKNOWN), (500, UNKNOWN), (0, UNKNOWN)])
def test_a_failure_is_judged_by_the_answer(room: Room, status: int, state: str) -> None:
    room.status = status
    service = open_service(room.url())
    assert service is not None
    assert tell(service, "hello").state == state


def test_a_refused_connection_is_known_to_have_sent_nothing(closed_port: int) -> None:
    service = open_service(f"json://127.0.0.1:{closed_port}/")
    assert service is not None
    assert tell(service, "hello").state == UNREACHED


def test_with_a_picture_a_failure_is_never_a_sure_refusal(room: Room) -> None:
    from apprise.attachment.memory import AttachMemory

    room.status = 400
    service = open_service(room.url())
    assert service is not None
    picture = AttachMemory(content=b"\x89PNG", name="loop.png", mimetype="image/png")
    assert tell(service, "hello", attach=[picture]).state == UNKNOWN
    room.status = 200
    assert tell(service, "hello", attach=[picture]).state == "sent"


def test_the_summary_says_what_happened_and_what_to_do() -> None:
    title, body = summary(
        [
            Done("published", receipts=(receipt("https://x.example/1"), receipt("https://x.example/2"))),
            Done("published", channel="chat", receipts=(receipt(""),)),
            Done("failed", channel="linkedin", reason="refused: HTTP 400", hint="shorten it"),
            Done("failed", channel="bluesky", reason="refused", receipts=(receipt("https://b.example/1"),)),
            Done("held", channel="facebook", reason="the secret FACEBOOK_TOKEN is missing", error="ConfigError"),
            Done("doubt", channel="instagram", reason="the answer was lost"),
            Done(
                "doubt",
                channel="fediverse",
                reason="lost",
                hint="look there",
                receipts=(receipt("https://f.example/1"),),
            ),
            Done("later", channel="threads", reason="not now: HTTP 429", hint="it goes on at noon", error="Deferred"),
            Done("held", channel="mastodon", reason="being sent by another runner"),
            Done("later", channel="youtube"),
            Done("published", channel="blog", act="edit", receipts=(receipt("https://blog.example/1"),)),
            Done("withdrawn", channel="forum", act="withdraw"),
        ]
    )
    assert title == "2 published, 1 edited, 1 withdrawn, 3 failed, 1 put off, 2 in doubt"
    assert body == (
        "Published\n• listen on x: https://x.example/1\n• listen on chat\n\n"
        "Edited\n• listen on blog: https://blog.example/1\n\nWithdrawn\n• listen on forum\n\n"
        "Failed\n• listen on linkedin: refused: HTTP 400\n  What to do: shorten it\n"
        "• listen on bluesky (its beginning is live: https://b.example/1): refused\n"
        "• listen on facebook: the secret FACEBOOK_TOKEN is missing\n\n"
        "Put off: it goes on by itself\n• listen on threads: not now: HTTP 429\n  What to do: it goes on at noon\n\n"
        "In doubt: it may be live, and is not sent again\n• listen on instagram: the answer was lost\n"
        "  What to do: look at instagram, then type: publisher resolve listen instagram\n"
        "• listen on fediverse (its beginning is live: https://f.example/1): lost\n  What to do: look there"
    )


def test_the_summary_of_a_run_that_only_waited_is_empty() -> None:
    assert summary([Done("later"), Done("due"), Done("held")]) == ("", "")


def test_a_long_summary_ends_with_how_many_more() -> None:
    _, body = summary([Done("published", post=f"p{number}") for number in range(25)])
    assert "• p19 on x" in body
    assert body.endswith("• and 5 more: type `publisher status`")
