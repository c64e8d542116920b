"""A stock Mastodon instance, as strict as its documentation: count, media, idempotency, rate limit, error bodies."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from adapters.mastodon.limits import LIMITS, REGIONAL
from adapters.mastodon.measure import measure
from publisher.model import Json
from publisher.sandbox.harness import BadBody, Field, Request, Response, answer, token
from publisher.sandbox.routes import Routes
from publisher.sandbox.world import Picture, Published, World

NETWORK = "mastodon"
VISIBILITIES = {"public", "unlisted", "private", "direct"}
MOST_DELETIONS = LIMITS.more["deletions_half_hour"].value
MOST_STATUSES, SPAN = LIMITS.more["statuses_three_hours"].value, 3 * 3600


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
            ("GET", "/api/v1/statuses/{status}/history", self._history),
            ("PUT", "/api/v1/statuses/{status}", self._edit),
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

    def act(self, request: Request) -> str:
        """Uploads, edits and deletions, by their method and path."""
        if request.path.startswith("/api/v1/statuses/"):
            return {"PUT": "edit", "DELETE": "withdraw"}.get(request.method, "")
        return "upload" if (request.method, request.path) == ("POST", "/api/v2/media") else ""

    def refuse(self, kind: str) -> Response:
        """Mastodon's words for a dead token, a rate limit and a bad day."""
        if kind == "expired":
            return _error(401, "The access token is invalid")
        if kind == "limited":
            return _too_many(_rate(300, 0, self._world.now + timedelta(minutes=5)))
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
        self._world.note(
            NETWORK, f"media:{identity}", {"digest": digest, "alt": alt, "owner": request.channel, "status": ""}
        )
        return answer(202, _attachment(identity, alt, url=None))

    def _media(self, request: Request, media: str) -> Response:
        kept = self._kept(media, request.channel)
        if kept is None or kept["status"]:
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
        left = self._spend(request)
        if left < 0:
            return _too_many(self._rate(0))
        identity = str(111_000_000_000_000_000 + self._world.count(NETWORK))
        self._attach(wish.media, identity)
        self._world.publish(self._published(identity, wish, request))
        self._world.note(NETWORK, key, identity)
        posted = self._status(request, status=identity)
        return replace(posted, headers={**posted.headers, **self._rate(left)})

    def _spend(self, request: Request) -> int:
        """How many statuses are left to the account in this span of three hours after one more; -1 for one too many."""
        span = int(self._world.now.timestamp()) // SPAN
        return MOST_STATUSES - self._world.count(NETWORK, f"statuses:{request.channel}:{span}")

    def _rate(self, left: int) -> Mapping[str, str]:
        seconds = SPAN - int(self._world.now.timestamp()) % SPAN
        return _rate(MOST_STATUSES, left, self._world.now + timedelta(seconds=seconds))

    def _attach(self, media: tuple[str, ...], status: str) -> None:
        for one in media:
            kept = self._world.recall(NETWORK, f"media:{one}")
            self._world.note(NETWORK, f"media:{one}", {**(kept if isinstance(kept, dict) else {}), "status": status})

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
            native={
                "warning": wish.warning,
                "language": wish.language,
                "visibility": wish.visibility,
                "media": list(wish.media),
            },
        )

    def _refused(self, wish: Wish, request: Request, status: str = "") -> Response | None:
        """Why the wish cannot be the words of a new status, or of the one that has this id."""
        if wish.problem:
            return _error(422, wish.problem)
        if not wish.text.strip() and not wish.media:
            return _error(422, "Validation failed: Text can't be blank")
        if measure(wish.text).length + measure(wish.warning).length > LIMITS.text.value:
            return _error(422, f"Validation failed: Text character limit of {LIMITS.text.value} exceeded")
        if len(wish.media) > LIMITS.images.value:
            return _error(422, "Validation failed: Cannot attach more than 4 files")
        if any((self._kept(one, request.channel) or {}).get("status") not in {"", status} for one in wish.media):
            ids = ", ".join(wish.media)
            return _error(422, f"Validation failed: Media {ids} not found or already attached to another post")
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

    def _edit(self, request: Request, status: str) -> Response:
        post, wish = self._own(request, status), _wish(request)
        if post is None:
            return _error(404, "Record not found")
        refused = self._refused(wish, request, status)
        if refused:
            return refused
        self._attach(tuple(str(one) for one in _listed(post.native["media"])), "gone")
        self._attach(wish.media, status)
        edited = self._published(status, wish, request)
        language = wish.language or post.native["language"]
        native = {**edited.native, "visibility": post.native["visibility"], "language": language}
        if (edited.text, edited.media, native) != (post.text, post.media, {name: post.native[name] for name in native}):
            history: list[Json] = [*_listed(post.native.get("history")), _version(post)]
            native |= {"history": history, "edited": self._world.now.isoformat()}
            self._world.revise(replace(post, text=edited.text, media=edited.media, native=native))
        return self._status(request, status)

    def _history(self, request: Request, status: str) -> Response:
        post = self._world.post(NETWORK, status)
        if post is None:
            return _error(404, "Record not found")
        return answer(200, [*_listed(post.native.get("history")), _version(post)])

    def _own(self, request: Request, status: str) -> Published | None:
        """The status, if it is the caller's; to others it is as if it were not there."""
        post = self._world.post(NETWORK, status)
        return post if post and post.account == (request.handle or _user(request)) else None

    def _delete(self, request: Request, status: str) -> Response:
        post = self._own(request, status)
        if post is None:
            return _error(404, "Record not found")
        half_hour = int(self._world.now.timestamp()) // 1800
        if self._world.count(NETWORK, f"deletions:{request.channel}:{half_hour}") > MOST_DELETIONS:
            return self.refuse("limited")
        if request.query.get("delete_media") in {"true", "1"}:
            self._attach(tuple(str(one) for one in _listed(post.native["media"])), "gone")
        self._world.remove(NETWORK, status)
        return answer(200, {**_shown(post, request), "text": post.text})


class Wish:
    """What a request to post or edit asks for, from a form or JSON; `problem` is what Mastodon would refuse in it."""

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


def _rate(limit: int, left: int, reset: datetime) -> Mapping[str, str]:
    told = {"Limit": str(limit), "Remaining": str(left), "Reset": reset.isoformat(timespec="microseconds")}
    return {f"X-RateLimit-{name}": value for name, value in told.items()}


def _too_many(headers: Mapping[str, str]) -> Response:
    return answer(429, {"error": "Too many requests"}, headers)


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


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _content(text: str) -> str:
    paragraphs = html.escape(text, quote=False).split("\n\n")
    return "".join(f"<p>{paragraph.replace(chr(10), '<br />')}</p>" for paragraph in paragraphs)


def _version(post: Published) -> Json:
    written = post.native.get("edited") or post.created.isoformat()
    return {"content": _content(post.text), "spoiler_text": post.native["warning"], "created_at": written}


def _shown(post: Published, request: Request) -> dict[str, Json]:
    pictures = zip(_listed(post.native["media"]), post.media, strict=True)
    return {
        "id": post.id,
        "uri": post.url,
        "url": post.url,
        "created_at": post.created.isoformat(),
        "account": _account(request),
        "edited_at": post.native.get("edited"),
        "content": _content(post.text),
        "in_reply_to_id": post.reply_to or None,
        "spoiler_text": post.native.get("warning", ""),
        "visibility": post.native.get("visibility", "public"),
        "language": post.native.get("language") or None,
        "media_attachments": [_attachment(str(one), picture.alt, url=None) for one, picture in pictures],
    }
