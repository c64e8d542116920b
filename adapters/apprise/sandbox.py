"""A chat server with a room for each channel: keeps messages and pictures, and can be asked for one by its key."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass

from adapters.apprise.limits import LIMITS
from adapters.apprise.names import spoken
from publisher.model import Json
from publisher.sandbox.harness import BadBody, Request, Response, answer, token
from publisher.sandbox.routes import Routes
from publisher.sandbox.world import Picture, Published, World

NETWORK = "apprise"
LONGEST = 40_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A picture that came with a message."""

    name: str
    mime: str
    content: bytes


class ChatServer:
    """The server side of the chat. A room's secret opens that room and no other."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._routes = Routes(
            ("POST", "/rooms/{room}/messages", self._post),
            ("GET", "/rooms/{room}/messages", self._messages),
        )

    def answer(self, request: Request) -> Response:
        """The chat's answer."""
        if request.bearer != token(request.channel, "url"):
            return self.refuse("expired")
        try:
            return self._routes.answer(request) or _error(404, "no such address")
        except BadBody as error:
            return _error(400, str(error))

    def creates(self, request: Request) -> bool:
        """A new message is what becomes public."""
        return request.method == "POST"

    def refuse(self, kind: str) -> Response:
        """The chat's words for a dead address, a flood and a bad day."""
        if kind == "expired":
            return _error(401, "this room does not know you")
        if kind == "limited":
            return answer(429, {"error": "too many messages"}, {"Retry-After": "30"})
        return _error(503, "the chat is resting")

    def _post(self, request: Request, room: str) -> Response:
        if room != request.channel:
            return _error(404, "no such room")
        body = request.json()
        if set(body) != {"key", "body", "attachments"}:
            return _error(422, "a message has a key, a body and attachments, and nothing else")
        key, text, pictures = str(body["key"]), str(body["body"]), tuple(_attached(body["attachments"]))
        refused = _refused(text, pictures)
        if refused:
            return _error(422, refused)
        message = self._published(request, key, text, pictures)
        self._world.publish(message)
        return answer(201, _shown(message))

    def _published(self, request: Request, key: str, text: str, pictures: tuple[Attached, ...]) -> Published:
        identity = str(self._world.count(NETWORK))
        kept = [(spoken(picture.name), self._world.keep(picture.content, picture.mime)) for picture in pictures]
        return Published(
            network=NETWORK,
            account=request.handle or request.channel,
            id=identity,
            url=f"https://{request.host}{request.path}/{identity}",
            text=text,
            created=self._world.now,
            media=tuple(Picture(alt=alt, digest=digest) for alt, digest in kept),
            native={"key": key, "room": request.channel},
        )

    def _messages(self, request: Request, room: str) -> Response:
        if room != request.channel:
            return _error(404, "no such room")
        key = request.query.get("key", "")
        mine = [message for message in self._world.posts(NETWORK) if message.native["room"] == room]
        return answer(200, [_shown(message) for message in mine if not key or message.native["key"] == key])


def _attached(value: Json) -> Iterator[Attached]:
    if not isinstance(value, list):
        raise BadBody("attachments is not a list")
    for item in value:
        if not isinstance(item, dict) or set(item) != {"name", "mime", "content"}:
            raise BadBody("an attachment has a name, a mime and a content")
        try:
            content = base64.b64decode(str(item["content"]), validate=True)
        except binascii.Error as error:
            raise BadBody(f"the content of an attachment is not base64: {error}") from error
        yield Attached(name=str(item["name"]), mime=str(item["mime"]), content=content)


def _refused(text: str, pictures: tuple[Attached, ...]) -> str:
    if not text.strip() and not pictures:
        return "a message says something"
    if len(text) > LONGEST:
        return f"a message has at most {LONGEST} characters"
    if len(pictures) > LIMITS.images.value:
        return f"a message has at most {LIMITS.images.value} pictures"
    wrong = (picture for picture in pictures if picture.mime not in LIMITS.image_types or not picture.content)
    return next((f"{picture.name} is no picture" for picture in wrong), "")


def _error(status: int, message: str) -> Response:
    return answer(status, {"error": message})


def _shown(message: Published) -> dict[str, Json]:
    return {"id": message.id, "url": message.url, "key": message.native["key"], "body": message.text}
