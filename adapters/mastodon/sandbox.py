"""A stock Mastodon instance, as strict as its documentation: count, media, idempotency, rate limit, error bodies."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import timedelta

from adapters.mastodon.limits import LIMITS, REGIONAL
from adapters.mastodon.measure import measure
from publisher.model import Json
from publisher.sandbox.harness import BadBody, Field, Request, Response, answer, token
from publisher.sandbox.routes import Routes
from publisher.sandbox.world import Picture, Published, World

NETWORK = "mastodon"
VISIBILITIES = {"public", "unlisted", "private", "direct"}


class MastodonServer:
    """The server side of one instance; each channel's token names its account."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._routes = Routes(
            ("GET", "/api/v2/instance", self._instance),
            ("GET", "/api/v1/accounts/verify_credentials", self._me),
            ("GET", "/api/v1/accounts/{account}/statuses", self._statuses),
            ("POST", "/api/v2/media", self._upload),
            ("GET", "/api/v1/media/{media}", self._media),
            ("POST", "/api/v1/statuses", self._post),
            ("GET", "/api/v1/statuses/{status}", self._status),
            ("DELETE", "/api/v1/statuses/{status}", self._delete),
        )

    def answer(self, request: Request) -> Response:
        """Mastodon's answer."""
        if request.bearer != token(request.channel, "token"):
            return self.refuse("expired")
        try:
            return self._routes.answer(request) or _error(404, "Record not found")
        except BadBody as error:
            return _error(400, str(error))

    def creates(self, request: Request) -> bool:
        """A new status is what becomes public."""
        return request.method == "POST" and request.path == "/api/v1/statuses"

    def refuse(self, kind: str) -> Response:
        """Mastodon's words for a dead token, a rate limit and a bad day."""
        if kind == "expired":
            return _error(401, "The access token is invalid")
        if kind == "limited":
            reset = (self._world.now + timedelta(minutes=5)).isoformat(timespec="milliseconds")
            headers = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
            return answer(429, {"error": "Too many requests"}, headers)
        return _error(503, "Service Unavailable")

    def _instance(self, request: Request) -> Response:
        limits: Json = {
            "statuses": {
                "max_characters": LIMITS.text.value,
                "max_media_attachments": LIMITS.images.value,
                "characters_reserved_per_url": LIMITS.more["url"].value,
            }
        }
        return answer(200, {"domain": request.host, "version": "4.5.0", "configuration": limits})

    def _me(self, request: Request) -> Response:
        return answer(200, _account(request))

    def _upload(self, request: Request) -> Response:
        form = {item.name: item for item in request.form()}
        picture = form.get("file")
        if picture is None or not picture.filename:
            return _error(422, "Validation failed: File can't be blank")
        refused = _refused_picture(picture, form.get("description"))
        if refused:
            return _error(422, refused)
        identity = str(self._world.count(NETWORK, "media"))
        digest = self._world.keep(picture.value, picture.mime)
        alt = form["description"].text if "description" in form else ""
        self._world.note(NETWORK, f"media:{identity}", {"digest": digest, "alt": alt, "owner": request.channel})
        return answer(202, _attachment(identity, alt, url=None))

    def _media(self, request: Request, media: str) -> Response:
        kept = self._kept(media, request.channel)
        if kept is None:
            return _error(404, "Record not found")
        return answer(200, _attachment(media, str(kept["alt"]), url=f"https://{request.host}/media/{media}"))

    def _kept(self, media: str, owner: str) -> Mapping[str, Json] | None:
        kept = self._world.recall(NETWORK, f"media:{media}")
        return kept if isinstance(kept, dict) and kept["owner"] == owner else None

    def _post(self, request: Request) -> Response:
        key = f"idempotency:{request.channel}:{request.headers.get('idempotency-key', '')}"
        before = self._world.recall(NETWORK, key)
        if request.headers.get("idempotency-key") and isinstance(before, str):
            return self._status(request, status=before)
        wish = _wish(request)
        refused = self._refused(wish, request)
        if refused:
            return refused
        identity = str(111_000_000_000_000_000 + self._world.count(NETWORK))
        self._world.publish(self._published(identity, wish, request))
        self._world.note(NETWORK, key, identity)
        return self._status(request, status=identity)

    def _published(self, identity: str, wish: Wish, request: Request) -> Published:
        kept = [self._kept(media, request.channel) or {} for media in wish.media]
        user = _user(request)
        return Published(
            network=NETWORK,
            account=request.handle or user,
            id=identity,
            url=f"https://{request.host}/@{user}/{identity}",
            text=wish.text,
            created=self._world.now,
            reply_to=wish.reply_to,
            media=tuple(Picture(alt=str(item["alt"]), digest=str(item["digest"])) for item in kept),
            native={"warning": wish.warning, "language": wish.language, "visibility": wish.visibility},
        )

    def _refused(self, wish: Wish, request: Request) -> Response | None:
        if wish.problem:
            return _error(422, wish.problem)
        if not wish.text.strip() and not wish.media:
            return _error(422, "Validation failed: Text can't be blank")
        if measure(wish.text).length + measure(wish.warning).length > LIMITS.text.value:
            return _error(422, f"Validation failed: Text character limit of {LIMITS.text.value} exceeded")
        if len(wish.media) > LIMITS.images.value:
            return _error(422, "Validation failed: Cannot attach more than 4 files")
        if any(self._kept(media, request.channel) is None for media in wish.media):
            return _error(422, "Validation failed: Media attachment not found")
        if wish.reply_to and self._world.post(NETWORK, wish.reply_to) is None:
            return _error(404, "The post you are trying to reply to does not appear to exist.")
        return None

    def _status(self, request: Request, status: str) -> Response:
        post = self._world.post(NETWORK, status)
        return answer(200, _shown(post, request)) if post else _error(404, "Record not found")

    def _statuses(self, request: Request, account: str) -> Response:
        if account != _account(request)["id"]:
            return _error(404, "Record not found")
        limit = min(int(request.query.get("limit", "20")), 40)
        mine = [post for post in self._world.posts(NETWORK) if post.account == (request.handle or _user(request))]
        return answer(200, [_shown(post, request) for post in reversed(mine[-limit:])])

    def _delete(self, request: Request, status: str) -> Response:
        post = self._world.post(NETWORK, status)
        if post is None:
            return _error(404, "Record not found")
        self._world.remove(NETWORK, status)
        return answer(200, {**_shown(post, request), "text": post.text})


class Wish:
    """What a request to post asks for, from a form or JSON; `problem` is what Mastodon would not accept in it."""

    def __init__(self, fields: Mapping[str, str], media: tuple[str, ...]) -> None:
        self.text, self.warning = fields.get("status", ""), fields.get("spoiler_text", "")
        self.language, self.visibility = fields.get("language", ""), fields.get("visibility", "public")
        self.reply_to, self.media = fields.get("in_reply_to_id", ""), media
        self.problem = ""
        if self.visibility not in VISIBILITIES:
            self.problem = f"'{self.visibility}' is not a valid visibility"
        if self.language and self.language not in REGIONAL and not re.fullmatch(r"[a-z]{2,3}", self.language):
            self.problem = "Validation failed: Language is invalid"


def _wish(request: Request) -> Wish:
    if request.headers.get("content-type", "").startswith("application/json"):
        body = request.json()
        media = body.pop("media_ids", None)
        ids = tuple(str(item) for item in media) if isinstance(media, list) else ()
        return Wish({name: str(value) for name, value in body.items() if value is not None}, ids)
    form = request.form()
    media_ids = tuple(item.text for item in form if item.name == "media_ids[]")
    return Wish({item.name: item.text for item in form}, media_ids)


def _refused_picture(picture: Field, description: Field | None) -> str:
    if picture.mime not in LIMITS.image_types:
        return "Validation failed: File content type is invalid, File is invalid"
    if len(picture.value) > LIMITS.image_bytes.value:
        return "Validation failed: File file size must be less than 16 MB"
    if description and len(description.text) > LIMITS.alt.value:
        return f"Validation failed: Description is too long (maximum is {LIMITS.alt.value} characters)"
    return ""


def _error(status: int, message: str) -> Response:
    return answer(status, {"error": message})


def _user(request: Request) -> str:
    return (request.handle or request.channel).lstrip("@").split("@")[0]


def _account(request: Request) -> dict[str, Json]:
    user = _user(request)
    identity = str(1000 + sum(request.channel.encode()))
    return {"id": identity, "username": user, "acct": user, "url": f"https://{request.host}/@{user}"}


def _attachment(identity: str, alt: str, url: str | None) -> dict[str, Json]:
    return {"id": identity, "type": "image", "url": url, "description": alt}


def _shown(post: Published, request: Request) -> dict[str, Json]:
    paragraphs = html.escape(post.text, quote=False).split("\n\n")
    content = "".join(f"<p>{paragraph.replace(chr(10), '<br />')}</p>" for paragraph in paragraphs)
    return {
        "id": post.id,
        "uri": post.url,
        "url": post.url,
        "created_at": post.created.isoformat(),
        "account": _account(request),
        "content": content,
        "in_reply_to_id": post.reply_to or None,
        "spoiler_text": post.native.get("warning", ""),
        "visibility": post.native.get("visibility", "public"),
        "language": post.native.get("language") or None,
        "media_attachments": [_attachment(str(n), picture.alt, url=None) for n, picture in enumerate(post.media)],
    }
