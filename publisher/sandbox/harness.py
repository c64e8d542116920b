"""The rehearsal: every adapter's stand-in behind one door, with faults that can be dialled in.

A stand-in is a network's server side. It sees a `Request` as that network would, and answers with a `Response`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.parser import BytesParser
from email.policy import HTTP
from typing import Protocol, runtime_checkable
from urllib.parse import parse_qsl, urlsplit

from publisher.model import Json
from publisher.sandbox.world import World

MEDIA_HOST = "media.sandbox.test"

REFUSED, LOST, TIMEOUT = "refused", "lost", "timeout"
FAULTS = {
    REFUSED: "the connection is refused; nothing is done",
    LOST: "the request is done, then the connection drops",
    TIMEOUT: "the request is done, but no answer comes in time",
    "expired": "the token is no longer accepted; nothing is done",
    "limited": "too many requests; nothing is done",
    "status:NNN": "that status and nothing is done (status:503)",
    "after:NNN": "the request is done, then that status comes back (after:500)",
    "html": "the request is done, and a page of HTML comes back",
    "cut": "the request is done, and its answer breaks off in the middle",
    "no-id": "the request is done, and the answer lacks the id",
}


class BadBody(Exception):
    """A body that is not what its content type says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form; `filename` and `mime` are empty for plain text."""

    name: str
    value: bytes
    filename: str = ""
    mime: str = ""

    @property
    def text(self) -> str:
        """The value as text."""
        return self.value.decode("utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as a network's server sees it. Header names are in lower case; `channel` is who is speaking."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    channel: str = ""
    handle: str = ""

    @property
    def host(self) -> str:
        """The host asked."""
        return urlsplit(self.url).netloc

    @property
    def path(self) -> str:
        """The path asked, still percent-encoded."""
        return urlsplit(self.url).path

    @property
    def query(self) -> Mapping[str, str]:
        """The query's fields, the last of each name."""
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    def json(self) -> dict[str, Json]:
        """The body as a JSON object. Raises BadBody."""
        try:
            value = json.loads(self.body)
        except ValueError as error:
            raise BadBody(f"body is not JSON: {error}") from error
        if not isinstance(value, dict):
            raise BadBody("body is not a JSON object")
        return value

    def form(self) -> Sequence[Field]:
        """The body's fields, of a plain or a multipart form, in order. Raises BadBody."""
        kind = self.headers.get("content-type", "")
        if kind.startswith("multipart/form-data"):
            return _multipart(kind, self.body)
        try:
            pairs = parse_qsl(self.body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(self.body))
        except ValueError as error:
            raise BadBody(f"body is not a form: {error}") from error
        return [Field(name=name, value=value.encode()) for name, value in pairs]

    def fields(self) -> Mapping[str, str]:
        """The form's text fields, the last of each name."""
        return {item.name: item.text for item in self.form() if not item.filename}

    @property
    def bearer(self) -> str:
        """The token of the Authorization header, or empty."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token if scheme.lower() == "bearer" else ""


def _multipart(kind: str, body: bytes) -> Sequence[Field]:
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    if not message.is_multipart():
        raise BadBody("body is not the multipart form it claims to be")
    found = []
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        value = content if isinstance(content, bytes) else b""
        name = part.get_param("name", header="content-disposition") or ""
        found.append(
            Field(name=str(name), value=value, filename=part.get_filename() or "", mime=part.get_content_type())
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A network's answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(status: int, value: Json, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    typed = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
    return Response(status=status, body=json.dumps(value, ensure_ascii=False).encode(), headers=typed)


class StandIn(Protocol):
    """One network's server side."""

    def answer(self, request: Request) -> Response:
        """What the network answers, with everything that follows from the request done in its world."""
        ...

    def creates(self, request: Request) -> bool:
        """Whether a success of this request makes something public."""
        ...

    def refuse(self, kind: str) -> Response:
        """The network's own words for `expired` (token), `limited` (rate) and `broken` (a 5xx)."""
        ...


@runtime_checkable
class Telling(Protocol):
    """A stand-in that tells more of a request than whether it creates."""

    def act(self, request: Request) -> str:
        """`upload`, `edit` or `withdraw`, if a success of this request does that; otherwise empty."""
        ...


def act_of(server: StandIn, request: Request) -> str:
    """What a success of the request does: create, upload, edit, withdraw, or nothing anybody sees (empty)."""
    if server.creates(request):
        return "create"
    return server.act(request) if isinstance(server, Telling) else ""


class Dropped(Exception):
    """No answer comes: kind is refused (nothing was done), lost or timeout (it was)."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Harness:
    """Every network of a sandbox. `stand_in` gives a network's server for a world."""

    def __init__(self, world: World, stand_in: Callable[[str, World], StandIn]) -> None:
        self.world = world
        self._stand_in = stand_in

    def answer(self, network: str, request: Request, now: datetime) -> Response:
        """The network's answer at that instant, or a dialled fault. Raises Dropped when no answer comes."""
        with self.world.turn(now):
            if request.host == MEDIA_HOST:
                return self._keep_picture(request)
            server = self._stand_in(network, self.world)
            act = act_of(server, request)
            fault = self.world.next_fault(network, request.path, act)
        early = _before(fault, server)
        if early:
            return early
        with self.world.turn(now):
            response = server.answer(request)
            if act:
                self.world.count(network, f"act:{act}")
        return _after(fault, response, server) if fault else response

    def _keep_picture(self, request: Request) -> Response:
        if request.method == "PUT":
            self.world.keep(request.body, request.headers.get("content-type", "application/octet-stream"))
            return Response(status=201)
        found = self.world.picture(request.path.strip("/").partition(".")[0])
        return (
            Response(status=200, body=found[0], headers={"Content-Type": found[1]}) if found else Response(status=404)
        )


def hosted(url: str) -> str:
    """The digest of a picture on the sandbox's media host, or empty for any other address."""
    parts = urlsplit(url)
    return parts.path.strip("/").partition(".")[0] if parts.netloc == MEDIA_HOST else ""


def _before(fault: str, server: StandIn) -> Response | None:
    if fault == REFUSED:
        raise Dropped(REFUSED)
    if fault in {"expired", "limited"}:
        return server.refuse(fault)
    if fault.startswith("status:"):
        return _with_status(server.refuse("broken"), int(fault.partition(":")[2]))
    return None


def _after(fault: str, response: Response, server: StandIn) -> Response:
    if fault in {LOST, TIMEOUT}:
        raise Dropped(fault)
    if fault.startswith("after:"):
        return _with_status(server.refuse("broken"), int(fault.partition(":")[2]))
    if fault == "html":
        page = b"<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>"
        return Response(status=502, body=page, headers={"Content-Type": "text/html"})
    if fault == "cut":
        return Response(status=response.status, body=b'{"id": "12', headers={"Content-Type": "application/json"})
    return answer(response.status, {})


def _with_status(response: Response, status: int) -> Response:
    return Response(status=status, body=response.body, headers=response.headers)


def token(channel: str, role: str) -> str:
    """The credential that the sandbox accepts for a channel in a role; there is no other."""
    return f"sandbox.{channel}.{role}"
