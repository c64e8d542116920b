"""What our Mastodon client sends, held against the OpenAPI description of Mastodon."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from publisher.craft.compose import compose
from publisher.craft.voices import lay
from publisher.model import Channel, Override
from publisher.sandbox.harness import Request
from publisher.testing import Rehearsal, attempt_of, media, post

SETTINGS = {"instance": "https://mastodon.example"}


@pytest.fixture(scope="module")
def openapi(specs_folder: Path) -> Mapping[str, Any]:
    file = specs_folder / "mastodon" / "mastodon-openapi.schema.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal("mastodon", SETTINGS, tmp_path)
    yield rehearsal
    rehearsal.world.close()


MANNERS: dict[str, dict[str, Any]] = {
    "pictures": {"media": (media(), media(alt="The same again"))},
    "a content warning": {"media": (), "overrides": {"mastodon": Override(warning="Marketing")}},
    "a thread": {"media": (), "overrides": {"mastodon": Override(text="One sentence of many. " * 60, thread=True)}},
}


@pytest.mark.parametrize("manner", MANNERS)
def test_every_request_is_one_that_mastodon_describes(
    openapi: Mapping[str, Any], rehearsal: Rehearsal, record: Callable[[Rehearsal], Any], manner: str
) -> None:
    channel = Channel(name="mastodon", network="mastodon", settings=SETTINGS)
    told = compose(post(**MANNERS[manner]), [(channel, lay(rehearsal.adapter.voice, {}))])["mastodon"]
    rendition = rehearsal.adapter.render(told)
    recorder = record(rehearsal)
    client: Any = rehearsal.connect()
    receipts: list[Any] = []
    for position, part in enumerate(rendition.parts):
        receipts.append(client.deliver(part, attempt_of(rendition, position), tuple(receipts)))
    assert client.find(rendition.parts[0], attempt_of(rendition), ()) == receipts[0]
    for position in reversed(range(len(rendition.parts))):
        before = receipts[:position]
        shorter = replace(rendition.parts[position], text="Said better.")
        client.edit(shorter, attempt_of(rendition, position), receipts[position], before)
        client.withdraw(receipts[position], before)
    assert rehearsal.texts() == []
    sent = [asked(request) for request, _ in recorder.exchanges]
    creations = [request for request in sent if (request.method, request.path) == ("POST", "/api/v1/statuses")]
    assert [request.headers.get("idempotency-key") for request in creations] == [
        attempt_of(rendition, position).key for position in range(len(rendition.parts))
    ]
    assert [fault for request in sent for fault in faults(openapi, request)] == []


def asked(request: Any) -> Request:
    """The request as a server reads it."""
    body = request.body or b""
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    content = body.encode() if isinstance(body, str) else body
    return Request(method=request.method, url=request.url, headers=headers, body=content)


def faults(openapi: Mapping[str, Any], request: Request) -> Iterator[str]:
    operation = _operation(openapi, request)
    if operation is None:
        yield f"no such operation: {request.method} {request.path}"
        return
    known = {parameter["name"]: parameter["schema"] for parameter in operation.get("parameters", [])}
    for name, value in request.query.items():
        yield from _fault(name, [value], known, openapi)
    sent: dict[str, list[str]] = {}
    for item in request.form() if request.body else []:
        sent.setdefault(item.name.removesuffix("[]"), []).append("" if item.filename else item.text)
    described = _described(openapi, operation)
    for name, values in sent.items():
        yield from _fault(name, values, described, openapi)


def _operation(openapi: Mapping[str, Any], request: Request) -> Any:
    for path, operations in openapi["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), request.path) and request.method.lower() in operations:
            return operations[request.method.lower()]
    return None


def _described(openapi: Mapping[str, Any], operation: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for content in operation.get("requestBody", {"content": {}})["content"].values():
        pending = [content["schema"]]
        while pending:
            schema = _resolved(openapi, pending.pop())
            found.update(schema.get("properties", {}))
            pending += [*schema.get("allOf", []), *schema.get("oneOf", []), *schema.get("anyOf", [])]
    return found


def _resolved(openapi: Mapping[str, Any], schema: Any) -> Any:
    while "$ref" in schema:
        target: Any = openapi
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = target
    return schema


def _fault(name: str, values: list[str], described: Mapping[str, Any], openapi: Mapping[str, Any]) -> Iterator[str]:
    if name not in described:
        yield f"unknown field {name}"
        return
    schema = _resolved(openapi, described[name])
    if schema.get("type") != "array" and len(values) > 1:
        yield f"{name} is sent {len(values)} times"
    if "enum" in schema and values[0] not in schema["enum"]:
        yield f"{name} cannot be {values[0]}"
    if schema.get("type") == "boolean" and values[0].lower() not in {"true", "false", "1", "0"}:
        yield f"{name} is no boolean: {values[0]}"
    if schema.get("type") == "integer" and not values[0].isdigit():
        yield f"{name} is no integer: {values[0]}"


def test_the_check_itself_sees_a_wrong_request(openapi: Mapping[str, Any]) -> None:
    form = b"status=a&visibility=everybody&colour=blue"
    wrong = Request(method="POST", url="https://mastodon.example/api/v1/statuses", body=form)
    assert len(list(faults(openapi, wrong))) == 2
