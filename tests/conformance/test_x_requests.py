"""What the X client sends and what our stand-in answers, held against X's own OpenAPI description."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from jsonschema import Draft202012Validator
from msgspec import structs
from requests.adapters import BaseAdapter

from publisher.delivery.wire import Session
from publisher.errors import DeliveryError
from publisher.model import Attempt, Part
from publisher.testing import NOW, Rehearsal, media

SPECS = Path(os.environ.get("PUBLISHER_SPECS") or Path(__file__).parents[3] / "shared" / "specs")
if not (SPECS / "x" / "openapi-x-api-v2.json").is_file():
    pytest.skip(f"X's OpenAPI description is not at {SPECS}; set PUBLISHER_SPECS", allow_module_level=True)

SPEC: Mapping[str, Any] = json.loads((SPECS / "x" / "openapi-x-api-v2.json").read_text(encoding="utf-8"))
OBSERVED: Mapping[str, Any] = json.loads((SPECS / "x" / "observed-errors.json").read_text(encoding="utf-8"))
# The description of August 2026 calls it post.fields; X's guides and every client call it tweet.fields.
FIELDS = "tweet.fields"


@dataclass(frozen=True)
class Exchange:
    """One request as it left, and the answer it got."""

    method: str
    url: str
    body: bytes | None
    status: int
    answer: Any

    @property
    def operation(self) -> tuple[str, Mapping[str, Any]]:
        path = urlsplit(self.url).path
        for pattern, methods in SPEC["paths"].items():
            named = len(pattern.split("/")) == len(path.split("/")) and all(
                one == other or one.startswith("{")
                for one, other in zip(pattern.split("/"), path.split("/"), strict=True)
            )
            if named and self.method.lower() in methods and ("{" not in pattern or path not in SPEC["paths"]):
                return pattern, methods[self.method.lower()]
        raise AssertionError(f"X has no {self.method} {path}")


class Watched(BaseAdapter):
    """A transport that keeps what passes."""

    def __init__(self, inner: BaseAdapter) -> None:
        super().__init__()
        self.inner, self.seen = inner, list[Exchange]()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        response = self.inner.send(request, *args, **kwargs)
        body = request.body.encode() if isinstance(request.body, str) else request.body
        self.seen.append(
            Exchange(str(request.method), str(request.url), body, response.status_code, json.loads(response.content))
        )
        return response

    def close(self) -> None:
        self.inner.close()


def problems(value: object, schema: Mapping[str, Any]) -> list[str]:
    whole = {**schema, "components": SPEC["components"]}
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(whole).iter_errors(value)]


def schema_of(content: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = content["content"]["application/json"]["schema"]
    return found


@pytest.fixture
def exchanges(tmp_path: Path) -> Iterator[list[Exchange]]:
    """Everything the client says in its life: a thread with pictures, a duplicate, a look, an edit, refusals."""
    x = Rehearsal("x", {"premium": "true"}, tmp_path)
    watched = Watched(x.session.get_adapter("https://api.x.com"))
    x.session = Session(watched, clock=lambda: NOW, secrets=x.secrets.values())
    client: Any = x.connect()
    attempt = Attempt(key="k", post="p", channel="x", position=0, digest="d", at=NOW)
    post = Part(
        kind="post",
        text="Hello & see https://example.org/guide #Agile",
        length=40,
        limit=280,
        media=(media(), media(alt="")),
        native={"reply_settings": "following"},
    )
    first = client.deliver(post, attempt, ())
    client.deliver(Part(kind="reply", text="And more", length=8, limit=280), attempt, (first,))
    client.deliver(post, attempt, ())
    newest = client.edit(structs.replace(post, text="Hello again"), attempt, first, ())
    client.withdraw(newest, ())
    client.withdraw(newest, ())
    for refused in (structs.replace(post, text="a" * 281), structs.replace(post, text="$A $B")):
        with pytest.raises(DeliveryError):
            client.deliver(refused, attempt, ())
    yield watched.seen
    x.world.close()


def test_every_request_is_one_that_x_describes(exchanges: list[Exchange]) -> None:
    assert {exchange.operation[0] for exchange in exchanges} == {
        "/2/tweets",
        "/2/tweets/{id}",
        "/2/media/upload",
        "/2/media/metadata",
        "/2/users/me",
        "/2/users/{id}/tweets",
    }


def test_every_body_fits_the_schema_of_its_request(exchanges: list[Exchange]) -> None:
    for exchange in exchanges:
        path, operation = exchange.operation
        assert ("requestBody" in operation) == bool(exchange.body), path
        if exchange.body:
            assert problems(json.loads(exchange.body), schema_of(operation["requestBody"])) == []


def test_every_query_has_only_fields_that_x_knows(exchanges: list[Exchange]) -> None:
    for exchange in exchanges:
        _, operation = exchange.operation
        known = {parameter["name"] for parameter in operation.get("parameters", ()) if "name" in parameter}
        asked = dict(parse_qsl(urlsplit(exchange.url).query))
        assert asked.keys() <= known | {FIELDS}


def test_every_answer_of_the_stand_in_fits_the_schema_of_its_answer(exchanges: list[Exchange]) -> None:
    for exchange in exchanges:
        _, operation = exchange.operation
        if exchange.status < 400:
            assert problems(exchange.answer, schema_of(operation["responses"][str(exchange.status)])) == []
        else:
            assert {"title", "type", "detail"} <= exchange.answer.keys()


def test_the_stand_in_refuses_a_duplicate_in_the_words_x_was_seen_to_use(exchanges: list[Exchange]) -> None:
    seen = OBSERVED["x_duplicate"]
    assert [exchange.answer for exchange in exchanges if exchange.status == seen["status"]][:1] == [seen["body"]]
