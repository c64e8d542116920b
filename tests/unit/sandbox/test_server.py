"""The served sandbox: whatever arrives gets an answer in words, and orders are taken from `publisher sandbox` alone."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from publisher.registry import adapter
from publisher.sandbox.harness import Harness, Request, Response, StandIn, answer
from publisher.sandbox.server import serve
from publisher.sandbox.world import World

NETWORK, NOW = "X-Sandbox-Network", "X-Sandbox-Now"


class Clumsy:
    """A stand-in that makes mistakes."""

    def answer(self, request: Request) -> Response:
        raise KeyError(request.path)

    def creates(self, request: Request) -> bool:
        return False

    def refuse(self, kind: str) -> Response:
        return answer(500, {"error": kind})


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "sandbox.db")
    yield world
    world.close()


@pytest.fixture
def url(world: World) -> Iterator[str]:
    def stand_in(network: str, world: World) -> StandIn:
        return Clumsy() if network == "clumsy" else adapter(network).stand_in(world)  # type: ignore[attr-defined]  # Rehearsable

    server = serve(Harness(world, stand_in), lambda _path: Response(status=200, body=b"a page"), 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("headers", "status", "words"),
    [
        ({NETWORK: "nowhere"}, 400, "no adapter for the network 'nowhere'"),
        ({}, 400, "no adapter"),
        ({NETWORK: "mastodon", NOW: "yesterday"}, 400, "X-Sandbox-Now: yesterday"),
        ({NETWORK: "clumsy"}, 500, "made a mistake (KeyError)"),
        ({NETWORK: "mastodon"}, 401, "access token"),
    ],
)
def test_what_makes_no_sense_is_answered_in_words(
    url: str, headers: dict[str, str], status: int, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for method in ("GET", "POST"):
        answered = requests.request(method, f"{url}/net/api/v1/statuses", headers=headers, timeout=10)
        assert answered.status_code == status
        assert words in answered.json()["error"]
    assert "Traceback" not in "".join(capfd.readouterr())


def test_a_length_that_is_none_is_refused(url: str) -> None:
    request = requests.Request("POST", f"{url}/net/x", data=b"x").prepare()
    request.headers["Content-Length"] = "many"
    with requests.Session() as session:
        assert session.send(request, timeout=10).status_code == 413


def test_a_fault_is_dialled_in_listed_and_cleared(url: str, world: World) -> None:
    wish = {"network": "x", "kind": "lost", "target": "edit", "times": 2, "skip": 1}
    assert requests.post(f"{url}/faults", json=wish, timeout=10).json() == [wish]
    assert requests.get(f"{url}/faults", headers={"Content-Type": "application/json"}, timeout=10).json() == [wish]
    assert [fault.skip for fault in world.faults()] == [1]
    headers = {"Content-Type": "application/json"}
    assert requests.delete(f"{url}/faults", headers=headers, timeout=10).json() == []
    assert world.faults() == []


@pytest.mark.parametrize("body", [b"", b"[]", b'{"network": "x"}', b'{"network": "x", "kind": "lost", "to": 1}', b"{"])
def test_what_is_no_fault_is_refused(url: str, world: World, body: bytes) -> None:
    answered = requests.post(f"{url}/faults", data=body, headers={"Content-Type": "application/json"}, timeout=10)
    assert (answered.status_code, "no fault" in answered.json()["error"]) == (400, True)
    assert world.faults() == []


def test_no_page_of_another_site_can_order_anything(url: str, world: World) -> None:
    world.dial("x", "lost")
    for path in ("/forget", "/faults", "/anything"):
        answered = requests.post(f"{url}{path}", data=json.dumps({"network": "x", "kind": "lost"}), timeout=10)
        assert answered.status_code == 404
    assert len(world.faults()) == 1
    assert requests.post(f"{url}/forget", json=None, headers={"Content-Type": "application/json"}, timeout=10).ok
    assert world.faults() == []
