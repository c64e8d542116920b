"""The harness: requests reach a stand-in whole, faults do exactly what they say, and the world forgets nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from publisher.delivery.wire import Session
from publisher.errors import Deferred, Uncertain
from publisher.sandbox.harness import MEDIA_HOST, BadBody, Dropped, Harness, Request, Response, answer, hosted
from publisher.sandbox.routes import Routes
from publisher.sandbox.transport import InProcess, Speaker
from publisher.sandbox.world import Picture, Published, World, listed

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@dataclass
class Echo:
    """A network whose every POST becomes a post."""

    world: World

    def answer(self, request: Request) -> Response:
        if request.method != "POST":
            return answer(200, [post.id for post in self.world.posts("echo")])
        identity = str(self.world.count("echo"))
        text = request.fields().get("text", "")
        self.world.publish(
            Published(
                network="echo",
                account=request.handle,
                id=identity,
                url="https://echo.example/1",
                text=text,
                created=self.world.now,
            )
        )
        if text == "break":
            raise RuntimeError("a stand-in with a fault of its own")
        return answer(201, {"id": identity})

    def creates(self, request: Request) -> bool:
        return request.method == "POST"

    def refuse(self, kind: str) -> Response:
        return answer({"expired": 401, "limited": 429}.get(kind, 500), {"error": kind})


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "sandbox.db")
    yield world
    world.close()


@pytest.fixture
def session(world: World) -> Session:
    harness = Harness(world, lambda _network, world: Echo(world))
    speaker = Speaker(network="echo", channel="echo", handle="@tidewater")
    return Session(InProcess(harness, speaker, lambda: NOW), clock=lambda: NOW)


def post(session: Session, text: str = "hello") -> requests.Response:
    return session.post("https://echo.example/posts", data={"text": text})


def test_a_request_arrives_and_its_answer_comes_back(session: Session, world: World) -> None:
    assert post(session).json() == {"id": "1"}
    (held,) = world.posts()
    assert (held.text, held.account, held.created) == ("hello", "@tidewater", NOW)
    assert listed(world)[0] == {
        "network": "echo",
        "account": "@tidewater",
        "id": "1",
        "url": "https://echo.example/1",
        "text": "hello",
        "created": NOW.isoformat(),
        "reply_to": None,
        "media": [],
    }


@pytest.mark.parametrize(("kind", "status"), [("expired", 401), ("limited", 429), ("status:503", 503)])
def test_a_refusing_fault_does_nothing_and_is_used_up(session: Session, world: World, kind: str, status: int) -> None:
    world.dial("echo", kind)
    assert post(session).status_code == status
    assert world.posts() == []
    assert post(session).status_code == 201


@pytest.mark.parametrize(("kind", "status"), [("after:500", 500), ("html", 502), ("cut", 201), ("no-id", 201)])
def test_a_late_fault_does_the_work_and_spoils_the_answer(
    session: Session, world: World, kind: str, status: int
) -> None:
    world.dial("echo", kind)
    response = post(session)
    assert response.status_code == status
    assert "id" not in response.text or kind == "cut"
    assert len(world.posts()) == 1


def test_a_refused_connection_does_nothing_and_a_lost_answer_does_the_work(session: Session, world: World) -> None:
    world.dial("echo", "refused")
    with pytest.raises(Deferred):
        post(session)
    assert world.posts() == []
    for kind in ("lost", "timeout"):
        world.dial("echo", kind)
        with pytest.raises(Uncertain):
            post(session)
    assert len(world.posts()) == 2
    assert world.faults() == []


def test_a_fault_waits_for_its_target(session: Session, world: World) -> None:
    world.dial("echo", "expired", target="create")
    world.dial("echo", "limited", target="/elsewhere")
    assert session.get("https://echo.example/posts").status_code == 200
    assert post(session).status_code == 401
    assert session.get("https://echo.example/elsewhere").status_code == 429


def test_a_fault_can_be_met_many_times_and_forgotten(session: Session, world: World) -> None:
    world.dial("*", "limited", target="any", times=2)
    assert [post(session).status_code for _ in range(3)] == [429, 429, 201]
    world.dial("echo", "limited", times=9)
    world.clear_faults()
    assert post(session).status_code == 201


class Changing(Echo):
    """A network that also tells what edits and what withdraws."""

    def act(self, request: Request) -> str:
        return {"PUT": "edit", "DELETE": "withdraw"}.get(request.method, "")


@pytest.fixture
def changing(world: World) -> Session:
    harness = Harness(world, lambda _network, world: Changing(world))
    speaker = Speaker(network="echo", channel="echo", handle="@tidewater")
    return Session(InProcess(harness, speaker, lambda: NOW), clock=lambda: NOW)


def test_a_fault_can_be_for_those_requests_that_edit_or_withdraw(changing: Session, world: World) -> None:
    world.dial("echo", "limited", target="edit")
    world.dial("echo", "expired", target="withdraw")
    url = "https://echo.example/posts/withdraw"
    assert [changing.request(method, url).status_code for method in ("GET", "DELETE", "PUT")] == [200, 401, 429]
    assert world.faults() == []


def test_a_fault_lets_the_first_few_pass(session: Session, world: World) -> None:
    world.dial("echo", "limited", times=2, skip=2)
    assert session.get("https://echo.example/posts").status_code == 200
    assert [post(session).status_code for _ in range(5)] == [201, 201, 429, 429, 201]


def test_what_requests_did_is_counted_when_they_did_it(changing: Session, world: World) -> None:
    world.dial("echo", "refused")
    world.dial("echo", "lost", target="edit")
    with pytest.raises(Deferred):
        post(changing)
    post(changing)
    with pytest.raises(Uncertain):
        changing.put("https://echo.example/posts/1")
    acts = ("create", "edit", "withdraw", "upload")
    assert {act: world.tally("echo", act) for act in acts} == {"create": 1, "edit": 1, "withdraw": 0, "upload": 0}


def test_a_post_is_revised_where_it_stands_and_its_answers_follow_it(world: World) -> None:
    def made(identity: str, reply_to: str = "", **native: str) -> Published:
        return Published(
            network="echo",
            account="@tidewater",
            id=identity,
            url=f"https://echo.example/{identity}",
            text=identity,
            created=NOW,
            reply_to=reply_to,
            native=native,
        )

    for one in (made("1"), made("2", "1"), made("3", "1", kind="comment"), made("4")):
        world.publish(one)
    world.revise(made("5"), before="1")
    assert [(one.id, one.reply_to) for one in world.posts()] == [("5", ""), ("2", "5"), ("3", "5"), ("4", "")]
    world.remove("echo", "5")
    assert [one.id for one in world.posts()] == ["2", "4"], "a comment goes with its post, an answer stays"


def test_a_request_that_breaks_halfway_leaves_nothing_behind(session: Session, world: World) -> None:
    with pytest.raises(RuntimeError):
        post(session, "break")
    assert world.posts() == []


def test_a_picture_on_the_media_host_is_read_back_by_its_address(session: Session, world: World) -> None:
    url = f"https://{MEDIA_HOST}/{world.keep(b'pixels', 'image/png')}.png"
    assert session.put(url, data=b"pixels", headers={"Content-Type": "image/png"}).status_code == 201
    assert session.get(url).content == b"pixels"
    assert world.picture(hosted(url)) == (b"pixels", "image/png")
    assert hosted("https://elsewhere.example/a.png") == ""
    assert session.get(f"https://{MEDIA_HOST}/nothing.png").status_code == 404


def test_forms_are_read_plain_and_in_several_parts() -> None:
    prepared = requests.Request(
        "POST", "https://a.example/", data={"alt": "Ünder"}, files={"file": ("a.png", b"\x00\r\n--x", "image/png")}
    ).prepare()
    request = Request(
        method="POST",
        url="https://a.example/",
        headers={"content-type": str(prepared.headers["Content-Type"])},
        body=prepared.body or b"",
    )
    text, file = request.form()
    assert (text.name, text.text) == ("alt", "Ünder")
    assert (file.name, file.filename, file.mime, file.value) == ("file", "a.png", "image/png", b"\x00\r\n--x")
    assert request.fields() == {"alt": "Ünder"}


@pytest.mark.parametrize("body", [b"\xff", b"[1]", b"{", b""])
def test_a_body_that_is_not_what_it_should_be_is_told(body: bytes) -> None:
    with pytest.raises(BadBody):
        Request(method="POST", url="https://a.example/", body=body).json()


def test_routes_match_one_segment_and_decode_it() -> None:
    routes = Routes(
        ("GET", "/posts/{post}", lambda _request, post: Response(status=200, body=post.encode())),
        ("GET", "/a.b", lambda _request: Response(status=204)),
    )

    def ask(path: str, method: str = "GET") -> Response | None:
        return routes.answer(Request(method=method, url=f"https://a.example{path}"))

    found = ask("/posts/urn%3Ali%3A1")
    assert found is not None
    assert found.body == b"urn:li:1"
    assert ask("/posts/1/2") is ask("/posts/1", "POST") is ask("/aXb") is None


def test_two_runs_at_once_never_share_a_number(world: World) -> None:
    def take(_number: int) -> int:
        with world.turn(NOW):
            return world.count("echo")

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(60))) == list(range(1, 61))


def test_two_processes_share_a_file(world: World) -> None:
    other = World(world.path)
    with world.turn(NOW):
        world.note("echo", "key", {"a": 1})
    assert other.recall("echo", "key") == {"a": 1}
    other.forget()
    other.close()
    assert world.recall("echo", "key") is None


def test_dropped_says_how() -> None:
    assert Dropped("lost").kind == "lost"


def test_what_is_published_comes_back_as_it_was(world: World) -> None:
    full = Published(
        network="echo", account="a", id="1", url="https://e.example/1", text="t", created=NOW, reply_to="0",
        media=(Picture(alt="A loop", digest="d"),), native={"card": {"url": "https://e.example"}},
    )  # fmt: skip
    world.publish(full)
    assert world.post("echo", "1") == full
    assert world.posts("echo", "b") == []
    assert (world.remove("echo", "1"), world.remove("echo", "1")) == (True, False)
