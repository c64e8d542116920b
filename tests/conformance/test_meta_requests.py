"""What the Facebook and Instagram clients send, held against Meta's own node specifications."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from adapters.facebook.client import FacebookClient
from adapters.facebook.sandbox import FacebookServer
from adapters.instagram.client import InstagramClient
from adapters.instagram.sandbox import InstagramServer
from publisher.adapter import Account, Client
from publisher.delivery.wire import Session
from publisher.errors import DeliveryError
from publisher.model import Attempt, Media, Part
from publisher.sandbox.harness import Harness, Request, StandIn, token
from publisher.sandbox.transport import InProcess, Speaker
from publisher.sandbox.world import World
from publisher.testing import media, picture

SPECS = Path(os.environ.get("PUBLISHER_SPECS") or Path(__file__).parents[3] / "shared" / "specs")
if not (SPECS / "facebook" / "specs").is_dir():
    pytest.skip(f"Meta's node specifications are not at {SPECS}; set PUBLISHER_SPECS", allow_module_level=True)

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PAGE, USER = "1000", "17841400000000000"

# True of every node, so no node lists them: the token, field selection and paging.
EVERYWHERE = {"access_token", "fields", "limit"}
# The bytes of a photo are documented under docs/graph-api/reference/page/photos; the node files list no file parameter.
FILES = {("POST", "photos"): {"source"}}

OF_A_NODE = {"GET": "get", "POST": "update", "DELETE": "delete"}

TYPES: Mapping[str, Callable[[str], bool]] = {
    "string": bool,
    "bool": lambda value: value in {"true", "false"},
    "unsigned int": str.isdigit,
    "datetime": lambda value: bool(datetime.fromisoformat(value)),
    "list<Object>": lambda value: isinstance(json.loads(value), dict | list),
    "list<string>": lambda value: all(item.strip() for item in value.split(",")),
}


@dataclass(frozen=True)
class Sent:
    """One request as it left: method, node, edge, its fields and its files."""

    method: str
    node: str
    edge: str
    fields: Mapping[str, str]
    files: frozenset[str]


class Watched(BaseAdapter):
    """A transport that keeps what passes."""

    def __init__(self, inner: InProcess, sent: list[Sent]) -> None:
        super().__init__()
        self.inner, self.sent = inner, sent

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        if "graph.facebook.com" in str(request.url):
            self.sent.append(_read(request))
        return self.inner.send(request, *args, **kwargs)

    def close(self) -> None:
        pass


def _read(request: requests.PreparedRequest) -> Sent:
    body = request.body.encode() if isinstance(request.body, str) else bytes(request.body or b"")
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    seen = Request(method=str(request.method), url=str(request.url), headers=headers, body=body)
    form = seen.form() if body else ()
    version, node, *edge = seen.path.strip("/").split("/")
    assert re.fullmatch(r"v\d+\.0", version)
    fields = {**seen.query, **{item.name: item.text for item in form if not item.filename}}
    return Sent(seen.method, node, "".join(edge), fields, frozenset(item.name for item in form if item.filename))


@dataclass
class Watch:
    client: Client
    sent: list[Sent]


def watch(
    network: str, server: Callable[[World], StandIn], make: Callable[[Account, Session], Client], folder: Path
) -> Iterator[Watch]:
    world, sent = World(folder / "sandbox.db"), list[Sent]()
    harness = Harness(world, lambda _network, found: server(found))
    inner = InProcess(harness, Speaker(network=network, channel=network, handle="@tidewater"), lambda: NOW)
    session = Session(Watched(inner, sent), clock=lambda: NOW)
    account = Account(
        channel=network,
        handle="@tidewater",
        settings={"page": PAGE, "user": USER},
        secrets={"token": token(network, "token")},
        read=lambda _media: picture(),
        host=lambda _media: f"https://media.sandbox.test/{world.keep(picture(), 'image/jpeg')}.jpg",
    )
    yield Watch(make(account, session), sent)
    world.close()


@pytest.fixture
def facebook(tmp_path: Path) -> Iterator[Watch]:
    yield from watch("facebook", FacebookServer, FacebookClient, tmp_path)


@pytest.fixture
def instagram(tmp_path: Path) -> Iterator[Watch]:
    make = lambda account, session: InstagramClient(account, session, pause=lambda _seconds: None)  # noqa: E731
    yield from watch("instagram", InstagramServer, make, tmp_path)


def part(text: str, *pictures: Media, kind: str = "post", **native: str) -> Part:
    return Part(kind=kind, text=text, length=len(text), limit=2200, media=pictures, native=native)


ATTEMPT = Attempt(key="k", post="p", channel="c", position=0, digest="d", at=NOW)


def spec(network: str, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((SPECS / network / "specs" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def conforms(sent: Sent, network: str, node: str, answers: str) -> None:
    """Fails unless the node's file declares the edge and every parameter, each with a value of its type.

    `answers` is the file of what the edge answers with, which declares the fields that may be asked for.
    """
    by = ("endpoint", sent.edge) if sent.edge else ("name", f"#{OF_A_NODE[sent.method]}")
    edges = [api for api in spec(network, node)["apis"] if api["method"] == sent.method and api.get(by[0]) == by[1]]
    assert edges, f"{node} has no {sent.method} {sent.edge}"
    declared = {parameter["name"]: parameter["type"] for parameter in edges[0]["params"]}
    for name, value in sent.fields.items():
        plain = re.sub(r"\[\d+\]$", "", name)
        assert plain in declared.keys() | EVERYWHERE, f"{node}/{sent.edge} declares no {plain}"
        if plain in declared:
            assert fits(declared[plain], value, network), (
                f"{plain} of {node}/{sent.edge} is no {declared[plain]}: {value}"
            )
    assert sent.files <= FILES.get((sent.method, sent.edge), set()) | declared.keys()
    assert {parameter["name"] for parameter in edges[0]["params"] if parameter["required"]} <= sent.fields.keys()
    fields = {field["name"] for field in spec(network, answers)["fields"]}
    assert set(filter(None, sent.fields.get("fields", "").split(","))) <= fields


def fits(kind: str, value: str, network: str) -> bool:
    if kind.endswith("_enum_param"):
        every = json.loads((SPECS / network / "specs" / "enum_types.json").read_text(encoding="utf-8"))
        return value in next(enum["values"] for enum in every if enum["name"] == kind)
    return TYPES[kind](value)


def only(sent: list[Sent], method: str, edge: str) -> list[Sent]:
    found = [one for one in sent if (one.method, one.edge) == (method, edge)]
    assert found, f"no {method} {edge or 'of a node'} was sent"
    return found


def test_a_facebook_post_with_a_card_is_declared(facebook: Watch) -> None:
    facebook.client.deliver(part("Hello", link="https://example.org"), ATTEMPT, ())
    for sent in only(facebook.sent, "POST", "feed"):
        conforms(sent, "facebook", "Page", "PagePost")
    for sent in only(facebook.sent, "GET", ""):
        conforms(sent, "facebook", "PagePost", "PagePost")


def test_facebook_photos_are_declared_alone_and_attached(facebook: Watch) -> None:
    facebook.client.deliver(part("One", media()), ATTEMPT, ())
    facebook.client.deliver(part("Three", *(media(alt=f"Picture {n}") for n in range(3))), ATTEMPT, ())
    photos = only(facebook.sent, "POST", "photos")
    assert [sent.fields.get("published") for sent in photos] == [None, "false", "false", "false"]
    for sent in (*photos, *only(facebook.sent, "POST", "feed")):
        conforms(sent, "facebook", "Page", "Photo")


def test_a_facebook_comment_and_every_look_for_one_are_declared(facebook: Watch) -> None:
    post = facebook.client.deliver(part("Hello"), ATTEMPT, ())
    facebook.client.deliver(part("First", kind="comment"), ATTEMPT, (post,))
    facebook.client.find(part("First", kind="comment"), ATTEMPT, (post,))
    facebook.client.find(part("Hello"), ATTEMPT, ())
    for sent in (*only(facebook.sent, "POST", "comments"), *only(facebook.sent, "GET", "comments")):
        conforms(sent, "facebook", "PagePost", "Comment")
    for sent in only(facebook.sent, "GET", "published_posts"):
        conforms(sent, "facebook", "Page", "PagePost")


def test_facebook_edits_and_deletions_are_declared(facebook: Watch) -> None:
    client: Any = facebook.client
    post = client.deliver(part("Hello"), ATTEMPT, ())
    comment = client.deliver(part("First", kind="comment"), ATTEMPT, (post,))
    client.edit(part("Hello again"), ATTEMPT, post, ())
    client.edit(part("First of all", kind="comment"), ATTEMPT, comment, (post,))
    for one in (comment, post, post):
        client.withdraw(one, ())
    for method in ("POST", "DELETE"):
        of_post, *others = only(facebook.sent, method, "")
        conforms(of_post, "facebook", "PagePost", "PagePost")
        for sent in others:
            conforms(sent, "facebook", "Comment", "Comment")


def test_an_instagram_picture_is_declared_from_container_to_permalink(instagram: Watch) -> None:
    receipt = instagram.client.deliver(part("Look", media()), ATTEMPT, ())
    for sent in (*only(instagram.sent, "POST", "media"), *only(instagram.sent, "POST", "media_publish")):
        conforms(sent, "instagram", "IGUser", "IGMedia")
    looks = only(instagram.sent, "GET", "")
    for sent in looks[:-1]:
        conforms(sent, "instagram", "ShadowIGMediaBuilder", "ShadowIGMediaBuilder")
    assert looks[-1].node == receipt.id
    conforms(looks[-1], "instagram", "IGMedia", "IGMedia")


def test_an_instagram_carousel_is_declared(instagram: Watch) -> None:
    instagram.client.deliver(part("Look", media(), media(alt="Another")), ATTEMPT, ())
    containers = only(instagram.sent, "POST", "media")
    assert [sent.fields.get("media_type") for sent in containers] == [None, None, "CAROUSEL"]
    for sent in containers:
        conforms(sent, "instagram", "IGUser", "IGMedia")


def test_an_instagram_comment_and_every_look_are_declared(instagram: Watch) -> None:
    post = instagram.client.deliver(part("Look", media()), ATTEMPT, ())
    instagram.client.deliver(part("First", kind="comment"), ATTEMPT, (post,))
    instagram.client.find(part("First", kind="comment"), ATTEMPT, (post,))
    instagram.client.find(part("Look", media()), ATTEMPT, ())
    for sent in (*only(instagram.sent, "POST", "comments"), *only(instagram.sent, "GET", "comments")):
        conforms(sent, "instagram", "IGMedia", "IGComment")
    for sent in only(instagram.sent, "GET", "media"):
        conforms(sent, "instagram", "IGUser", "IGMedia")


def test_instagram_deletions_are_declared(instagram: Watch) -> None:
    client: Any = instagram.client
    post = client.deliver(part("Look", media()), ATTEMPT, ())
    comment = client.deliver(part("First", kind="comment"), ATTEMPT, (post,))
    client.withdraw(comment, ())
    client.withdraw(post, ())
    of_comment, of_post = only(instagram.sent, "DELETE", "")
    conforms(of_comment, "instagram", "IGComment", "IGComment")
    conforms(of_post, "instagram", "IGMedia", "IGMedia")


@pytest.mark.parametrize("network", ["facebook", "instagram"])
def test_the_stand_ins_ask_for_no_parameter_that_meta_does_not_declare(network: str, tmp_path: Path) -> None:
    world = World(tmp_path / "sandbox.db")
    server = FacebookServer(world) if network == "facebook" else InstagramServer(world)
    nodes = {"facebook": ("Page", "PagePost"), "instagram": ("IGUser", "IGMedia")}[network]
    declared: dict[tuple[str, str], set[str]] = {}
    for api in (api for node in nodes for api in spec(network, node)["apis"]):
        declared.setdefault((api["method"], str(api.get("endpoint"))), set()).update(p["name"] for p in api["params"])
    for method, path, known, _ in server.edges:
        edge = path.split("/")[2] if path.count("/") > 1 else "None"
        loose = EVERYWHERE | FILES.get((method, edge), set())
        assert known <= declared[method, edge] | loose, f"{method} {edge}"
    world.close()


def test_a_duplicate_is_refused_in_the_words_that_were_seen_in_public(facebook: Watch) -> None:
    seen = json.loads((SPECS / "facebook" / "observed-errors.json").read_text(encoding="utf-8"))
    facebook.client.deliver(part("Hello"), ATTEMPT, ())
    later = Attempt(key="k", post="p", channel="c", position=0, digest="d", at=datetime(2027, 1, 1, tzinfo=UTC))
    with pytest.raises(DeliveryError, match=re.escape(seen["duplicate"]["body"]["error"]["message"])):
        facebook.client.deliver(part("Hello"), later, ())


def test_a_picture_too_large_is_refused_in_metas_own_words(tmp_path: Path) -> None:
    seen = json.loads((SPECS / "facebook" / "observed-errors.json").read_text(encoding="utf-8"))["ig_image_too_large"]
    world = World(tmp_path / "sandbox.db")
    url = f"https://media.sandbox.test/{world.keep(b'0' * (8 * 1024 * 1024 + 1), 'image/jpeg')}.jpg"
    asked = Request(
        method="POST",
        url=f"https://graph.facebook.com/v26.0/{USER}/media?image_url={url}&access_token={token('instagram', 'token')}",
        channel="instagram",
    )
    answered = InstagramServer(world).answer(asked)
    error, expected = json.loads(answered.body)["error"], seen["body"]["error"]
    assert answered.status == seen["status"]
    assert error | {"fbtrace_id": ""} == expected | {"fbtrace_id": ""}
    world.close()
