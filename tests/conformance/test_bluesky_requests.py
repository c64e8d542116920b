"""What our Bluesky client sends, and what the stand-in answers, held against Bluesky's lexicons."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from publisher.craft.compose import compose
from publisher.craft.graphemes import count
from publisher.craft.voices import lay
from publisher.model import Channel
from publisher.testing import Rehearsal, attempt_of, media, post

PATTERNS = {
    "did": r"did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]",
    "at-uri": r"at://did:[a-z]+:[a-zA-Z0-9._:%-]+/[a-zA-Z0-9.-]+/[a-zA-Z0-9._~:-]+",
    "nsid": r"[a-zA-Z][a-zA-Z0-9-]*(\.[a-zA-Z0-9-]+)+",
    "record-key": r"[a-zA-Z0-9._~:-]{1,512}",
    "cid": r"b[a-z2-7]{58}",
    "uri": r"[a-z][a-z0-9.+-]*:\S+",
    "language": r"[a-z]{2,3}(-[A-Za-z0-9]+)*",
}


class Lexicons:
    """Bluesky's lexicons by name, and a check of values against them."""

    def __init__(self, folder: Path) -> None:
        self._documents = {}
        for file in folder.rglob("*.json"):
            document = json.loads(file.read_text(encoding="utf-8"))
            self._documents[document["id"]] = document["defs"]

    def definition(self, name: str, home: str = "") -> tuple[Any, str]:
        document, _, part = name.partition("#")
        return self._documents[document or home][part or "main"], document or home

    def faults(self, value: Any, schema: Mapping[str, Any], home: str, path: str = "$") -> Iterator[str]:
        kind = schema["type"]
        if kind == "ref":
            yield from self.faults(value, *self.definition(schema["ref"], home), path)
        elif kind == "union":
            yield from self._union(value, schema, home, path)
        elif kind in {"object", "params"}:
            yield from self._object(value, schema, home, path)
        elif kind == "array":
            yield from self._array(value, schema, home, path)
        elif kind == "string":
            yield from _string(value, schema, path)
        elif kind == "integer" and (not isinstance(value, int) or value < schema.get("minimum", value)):
            yield f"{path} is no such integer: {value!r}"
        elif kind == "blob" and value.get("$type") != "blob":
            yield f"{path} is no blob"
        elif kind == "blob" and not (
            value["size"] <= schema.get("maxSize", 10**9) and value["mimeType"].startswith("image/")
        ):
            yield f"{path} is a blob of the wrong size or type"

    def _union(self, value: Any, schema: Mapping[str, Any], home: str, path: str) -> Iterator[str]:
        names = {self._full(ref, home) for ref in schema["refs"]}
        if value.get("$type") not in names:
            yield f"{path} is {value.get('$type')!r}, none of {sorted(names)}"
            return
        yield from self.faults(value, *self.definition(value["$type"]), path)

    def _full(self, ref: str, home: str) -> str:
        return home + ref if ref.startswith("#") else ref

    def _object(self, value: Any, schema: Mapping[str, Any], home: str, path: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield f"{path} is no object"
            return
        yield from (f"{path} has no {name}" for name in schema.get("required", []) if name not in value)
        for name, inner in value.items():
            known = schema["properties"].get(name)
            if known is None and name != "$type":
                yield f"{path} has an unknown {name}"
            elif known is not None and not (inner is None and name in schema.get("nullable", [])):
                yield from self.faults(inner, known, home, f"{path}.{name}")

    def _array(self, value: Any, schema: Mapping[str, Any], home: str, path: str) -> Iterator[str]:
        if not isinstance(value, list) or len(value) > schema.get("maxLength", len(value)):
            yield f"{path} is no such array"
            return
        for position, item in enumerate(value):
            yield from self.faults(item, schema["items"], home, f"{path}[{position}]")


def _string(value: Any, schema: Mapping[str, Any], path: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{path} is no string"
        return
    if len(value.encode()) > schema.get("maxLength", 10**9) or count(value) > schema.get("maxGraphemes", 10**9):
        yield f"{path} is too long"
    form = schema.get("format", "")
    if form == "datetime" and datetime.fromisoformat(value).tzinfo is None:
        yield f"{path} has no time zone"
    if form in PATTERNS and not re.fullmatch(PATTERNS[form], value):
        yield f"{path} is no {form}: {value}"


@pytest.fixture(scope="module")
def lexicons(specs_folder: Path) -> Lexicons:
    return Lexicons(specs_folder / "bluesky" / "lexicons")


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal("bluesky", {"edits": "true"}, tmp_path)
    yield rehearsal
    rehearsal.world.close()


MANNERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a card": ({"media": ()}, {}),
    "pictures and a link": ({"media": (media(), media(alt="The same again"))}, {}),
    "a thread": ({"media": ()}, {"thread": True}),
    "a link in a reply": ({}, {"link": "reply"}),
    "tags out of sight": ({}, {"tags_at": "none", "tags": 2}),
}


@pytest.mark.parametrize("manner", MANNERS)
def test_every_request_and_answer_obeys_its_lexicon(
    lexicons: Lexicons, rehearsal: Rehearsal, record: Callable[[Rehearsal], Any], manner: str
) -> None:
    changed, voice = MANNERS[manner]
    channel = Channel(name="bluesky", network="bluesky", handle="@tidewater.example")
    told = compose(post(**changed), [(channel, lay(rehearsal.adapter.voice, voice))])["bluesky"]
    rendition = rehearsal.adapter.render(told)
    recorder = record(rehearsal)
    client: Any = rehearsal.connect()
    receipts: list[Any] = []
    for position, part in enumerate(rendition.parts):
        receipts.append(client.deliver(part, attempt_of(rendition, position), tuple(receipts)))
    assert client.find(rendition.parts[0], attempt_of(rendition), ()) == receipts[0]
    for position in reversed(range(len(rendition.parts))):
        part, above = rendition.parts[position], receipts[:position]
        french = replace(part, native={**part.native, "langs": ["fr"]})
        client.edit(french, attempt_of(rendition, position), receipts[position], above)
        client.withdraw(receipts[position], above)
    methods = [_method(request.path_url) for request, _ in recorder.exchanges]
    assert methods.count("com.atproto.server.createSession") == 1
    assert methods.count("com.atproto.repo.putRecord") == 2 * len(rendition.parts)
    assert [fault for exchange in recorder.exchanges for fault in exchange_faults(lexicons, *exchange)] == []


def exchange_faults(lexicons: Lexicons, request: Any, answer: Any) -> Iterator[str]:
    method = _method(request.path_url)
    definition, home = lexicons.definition(method)
    wanted = definition.get("input")
    if wanted and wanted["encoding"] == "application/json":
        body = json.loads(request.body)
        yield from lexicons.faults(body, wanted["schema"], home, method)
        if "record" in body:
            post_definition, post_home = lexicons.definition(body["record"]["$type"])
            yield from lexicons.faults(body["record"], post_definition["record"], post_home, "record")
    elif wanted:
        yield from () if request.headers["Content-Type"].startswith("image/") else (f"{method} has no picture's type",)
    assert answer.status_code == 200
    yield from lexicons.faults(answer.json(), definition["output"]["schema"], home, f"{method} answer")


def _method(path: str) -> str:
    return path.partition("?")[0].removeprefix("/xrpc/")


def test_the_check_itself_sees_a_wrong_record(lexicons: Lexicons) -> None:
    definition, home = lexicons.definition("app.bsky.feed.post")
    wrong = {
        "$type": "app.bsky.feed.post",
        "text": "a" * 301,
        "langs": ["en", "fr", "de", "it"],
        "embed": {"$type": "x"},
    }
    faults = list(lexicons.faults(wrong, definition["record"], home, "record"))
    assert len(faults) == 4, faults
