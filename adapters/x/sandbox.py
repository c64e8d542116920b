"""X's API v2, as strict as its documentation: signatures, weighted length, pictures, duplicates and rate limits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from adapters.x import problems
from adapters.x.addresses import addresses, has_protocol
from adapters.x.limits import LIMITS
from adapters.x.measure import find_invalid, measure
from adapters.x.problems import Problem, invalid, missing
from adapters.x.recognition import EPOCH
from adapters.x.shortening import shorten
from adapters.x.signing import is_signed
from adapters.x.wishes import Page, Wish, is_edit, read_alt, read_fields, read_page, read_post, read_upload
from publisher.model import Json
from publisher.sandbox.harness import BadBody, Request, Response, answer
from publisher.sandbox.routes import Answerer, Routes
from publisher.sandbox.world import Picture, Published, World

NETWORK = "x"
HOSTS = {"api.x.com", "api.twitter.com"}
WINDOW, DAY = 900, 86_400
MEDIA_LIFE = timedelta(days=1)
EDIT_WINDOW, EDITS = timedelta(seconds=LIMITS.more["edit_seconds"].value), LIMITS.more["edits"].value


class XServer:
    """The server side of X; each channel's keys name its account.

    An account writes 280 characters unless the world has the note `premium:<channel>`; it edits unless that is false,
    for only what a channel says of itself in its settings tells the two apart.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._routes = Routes(
            ("POST", "/2/tweets", self._metered("tweets", LIMITS.more["posts_quarter_hour"].value, self._post)),
            ("GET", "/2/tweets/{post}", self._metered("lookup", 5000, self._look)),
            ("DELETE", "/2/tweets/{post}", self._metered("delete", 50, self._delete)),
            ("POST", "/2/media/upload", self._metered("upload", 500, self._upload)),
            ("POST", "/2/media/metadata", self._metered("metadata", 500, self._describe)),
            ("GET", "/2/users/me", self._metered("me", 75, self._me)),
            ("GET", "/2/users/{user}/tweets", self._metered("timeline", 900, self._timeline)),
        )

    def answer(self, request: Request) -> Response:
        """X's answer."""
        if request.host not in HOSTS:
            return missing("host", request.host).response
        if not is_signed(request):
            return self.refuse("expired")
        return self._routes.answer(request) or missing("path", request.path).response

    def creates(self, request: Request) -> bool:
        """A new post is what becomes public."""
        return (request.method, request.path) == ("POST", "/2/tweets") and not is_edit(request)

    def act(self, request: Request) -> str:
        """Uploads, deletions, and posts that replace one."""
        if request.method == "DELETE":
            return "withdraw"
        if (request.method, request.path) == ("POST", "/2/tweets"):
            return "edit"
        return "upload" if (request.method, request.path) == ("POST", "/2/media/upload") else ""

    def refuse(self, kind: str) -> Response:
        """X's words for keys it does not know, a rate limit and a bad day."""
        if kind == "expired":
            return Problem(401, "Unauthorized").response
        if kind == "limited":
            return _too_many(_headers(LIMITS.more["posts_quarter_hour"].value, 0, _epoch(self._world.now) + WINDOW))
        return Problem(503, "Service Unavailable").response

    def _metered(self, name: str, limit: int, answerer: Answerer) -> Answerer:
        """The answerer under a limit for fifteen minutes, told in the headers of every answer."""

        def metered(request: Request, **named: str) -> Response:
            start = _epoch(self._world.now) // WINDOW * WINDOW
            used = self._world.count(NETWORK, f"{name}:{request.channel}:{start}")
            headers = _headers(limit, max(limit - used, 0), start + WINDOW)
            if used > limit:
                return _too_many(headers)
            response = _guarded(lambda: answerer(request, **named))
            return Response(status=response.status, body=response.body, headers={**response.headers, **headers})

        return metered

    # --- pictures

    def _upload(self, request: Request) -> Response:
        content, mime = read_upload(request)
        identity = self._identity()
        kept: Json = {
            "owner": request.channel,
            "digest": self._world.keep(content, mime),
            "alt": "",
            "until": (self._world.now + MEDIA_LIFE).isoformat(),
        }
        self._world.note(NETWORK, f"media:{identity}", kept)
        life = int(MEDIA_LIFE.total_seconds())
        shown: Json = {"id": identity, "media_key": f"3_{identity}", "size": len(content), "expires_after_secs": life}
        return answer(200, {"data": shown})

    def _describe(self, request: Request) -> Response:
        identity, alt = read_alt(request)
        kept = self._kept(identity, request.channel)
        self._world.note(NETWORK, f"media:{identity}", {**kept, "alt": alt})
        return answer(200, {"data": {"id": identity, "associated_metadata": {"alt_text": {"text": alt}}}})

    def _kept(self, identity: str, channel: str) -> dict[str, Json]:
        kept = self._world.recall(NETWORK, f"media:{identity}")
        if not isinstance(kept, dict) or kept["owner"] != channel:
            raise invalid(problems.NO_MEDIA, {"media.media_ids": [identity]})
        if datetime.fromisoformat(str(kept["until"])) < self._world.now:
            raise invalid(problems.NO_MEDIA, {"media.media_ids": [identity]})
        return kept

    # --- posts

    def _post(self, request: Request) -> Response:
        wish = read_post(request)
        pictures = tuple(
            Picture(alt=str(kept["alt"]), digest=str(kept["digest"]))
            for kept in (self._kept(identity, request.channel) for identity in wish.media)
        )
        before = self._editable(wish.before, request) if wish.before else None
        self._accept(wish, request)
        identity = self._identity()
        native: dict[str, Json] = {"card": None if pictures else _card(wish.text)}
        if before:
            return answer(201, {"data": self._replace(before, wish, identity, pictures, native)})
        post = Published(
            network=NETWORK,
            account=_account(request),
            id=identity,
            url=f"https://x.com/{_user(request)}/status/{identity}",
            text=wish.text,
            created=self._world.now,
            reply_to=wish.reply_to,
            media=pictures,
            native={**native, "reply_settings": wish.reply_settings, "versions": [identity]},
        )
        self._world.publish(post)
        return answer(201, {"data": _shown(post, frozenset())})

    def _editable(self, identity: str, request: Request) -> Published:
        """The post whose newest version has that id. Raises Problem where this account may not edit it, or no more."""
        post = self._world.post(NETWORK, identity)
        if post is None or post.account != _account(request) or not self._is_premium(request.channel):
            raise Problem(403, problems.NOT_PERMITTED)
        if self._world.now > post.created + EDIT_WINDOW or len(_versions(post)) > EDITS:
            raise Problem(403, problems.NOT_EDITABLE)
        return post

    def _is_premium(self, channel: str) -> bool:
        return self._world.recall(NETWORK, f"premium:{channel}") is not False

    def _replace(
        self, before: Published, wish: Wish, identity: str, pictures: tuple[Picture, ...], native: dict[str, Json]
    ) -> Json:
        """The new version of a post, under an id of its own; the others are still to be seen by theirs."""
        ids = [*_versions(before), identity]
        for number, one in enumerate(ids[:-1]):
            text = before.text if number == len(ids) - 2 else self._version(one)["text"]
            self._world.note(NETWORK, f"version:{one}", {"newest": identity, "text": text})
        edited = replace(
            before,
            id=identity,
            url=f"{before.url.rpartition('/')[0]}/{identity}",
            text=wish.text,
            media=pictures,
            native={**before.native, **native, "versions": list(ids)},
        )
        self._world.revise(edited, before.id)
        return _shown(edited, frozenset())

    def _version(self, identity: str) -> dict[str, Json]:
        """What is noted of an older version; nothing of the newest."""
        found = self._world.recall(NETWORK, f"version:{identity}")
        return found if isinstance(found, dict) else {}

    def _found(self, identity: str) -> Published | None:
        """The newest version of the post that has, or once had, that id."""
        return self._world.post(NETWORK, str(self._version(identity).get("newest") or identity))

    def _accept(self, wish: Wish, request: Request) -> None:
        """Raises Problem for a post that fits the schema and breaks a rule of X."""
        measured = measure(wish.text)
        if measured.length > self._longest(request.channel):
            raise Problem(400, problems.TOO_LONG)
        if find_invalid(wish.text):
            raise invalid("$.text: has an invalid character")
        if sum(entity.kind == "cashtag" for entity in measured.entities) > LIMITS.more["cashtags"].value:
            raise Problem(403, problems.CASHTAGS)
        if wish.reply_to:
            self._accept_reply(wish.reply_to, request)
        if not wish.before:
            self._refuse_duplicate(wish.text, request)

    def _longest(self, channel: str) -> int:
        premium = self._world.recall(NETWORK, f"premium:{channel}")
        return LIMITS.more["premium_text"].value if premium else LIMITS.text.value

    def _accept_reply(self, identity: str, request: Request) -> None:
        parent = self._found(identity)
        if parent is None:
            raise Problem(400, problems.NO_PARENT)
        called = f"@{_user(request)}".casefold()
        mentioned = {entity.text.casefold() for entity in measure(parent.text).entities if entity.kind == "mention"}
        if parent.account != _account(request) and called not in mentioned:
            raise Problem(403, problems.NOT_SUMMONED)

    def _refuse_duplicate(self, text: str, request: Request) -> None:
        words = " ".join(text.split())
        key = f"said:{request.channel}:{hashlib.sha256(words.encode()).hexdigest()}"
        before = self._world.recall(NETWORK, key)
        life = timedelta(seconds=LIMITS.more["duplicate_seconds"].value)
        if words and isinstance(before, str) and self._world.now - datetime.fromisoformat(before) < life:
            raise Problem(403, problems.DUPLICATE)
        self._world.note(NETWORK, key, self._world.now.isoformat())

    def _delete(self, request: Request, post: str) -> Response:
        found = self._found(post)
        if found is None:
            raise missing("tweet with id", post)
        if found.account != _account(request):
            raise Problem(403, "You are not authorized to delete this Tweet.")
        self._world.remove(NETWORK, found.id)
        return answer(200, {"data": {"deleted": True}})

    # --- looks

    def _look(self, request: Request, post: str) -> Response:
        fields, found, older = read_fields(request.query), self._found(post), self._version(post)
        if found is None:  # one post that is not there is told with 200
            return answer(200, {"errors": [missing("tweet with id", post).document]})
        shown = _shown(replace(found, id=post, text=str(older.get("text", found.text))), fields)
        if "edit_controls" in fields:
            shown["edit_controls"] = {
                "edits_remaining": max(EDITS + 1 - len(_versions(found)), 0),
                "is_edit_eligible": self._is_premium(request.channel) and found.account == _account(request),
                "editable_until": (found.created + EDIT_WINDOW).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            }
        return answer(200, {"data": shown})

    def _me(self, request: Request) -> Response:
        return answer(200, {"data": {"id": _user_id(request), "name": _user(request), "username": _user(request)}})

    def _timeline(self, request: Request, user: str) -> Response:
        if user != _user_id(request):
            raise missing("user with id", user)
        page = read_page(request.query)
        posts = [post for post in reversed(self._world.posts(NETWORK, _account(request))) if _is_within(post, page)]
        shown, more = posts[: page.size], len(posts) > page.size
        meta: dict[str, Json] = {"result_count": len(shown)}
        if not shown:
            return answer(200, {"meta": meta})
        meta |= {"newest_id": shown[0].id, "oldest_id": shown[-1].id}
        meta |= {"next_token": shown[-1].id} if more else {}
        return answer(200, {"data": [_shown(post, page.fields) for post in shown], "meta": meta})

    def _identity(self) -> str:
        milliseconds = int(self._world.now.timestamp() * 1000) - EPOCH
        return str((milliseconds << 22) + self._world.count(NETWORK) % (1 << 22))


def _guarded(answered: Callable[[], Response]) -> Response:
    try:
        return answered()
    except Problem as problem:
        return problem.response
    except BadBody as error:
        return invalid(str(error)).response


def _epoch(instant: datetime) -> int:
    return int(instant.timestamp())


def _headers(limit: int, remaining: int, reset: int) -> dict[str, str]:
    return {
        "x-rate-limit-limit": str(limit),
        "x-rate-limit-remaining": str(remaining),
        "x-rate-limit-reset": str(reset),
        "x-app-limit-24hour-limit": str(LIMITS.more["posts_day"].value),
        "x-app-limit-24hour-remaining": str(LIMITS.more["posts_day"].value - 1),
        "x-app-limit-24hour-reset": str((reset // DAY + 1) * DAY),
    }


def _too_many(headers: dict[str, str]) -> Response:
    return answer(429, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, headers)


def _account(request: Request) -> str:
    return request.handle or request.channel


def _user(request: Request) -> str:
    return _account(request).lstrip("@").partition("@")[0]


def _user_id(request: Request) -> str:
    return str(int(hashlib.sha256(_account(request).encode()).hexdigest()[:14], 16))


def _is_within(post: Published, page: Page) -> bool:
    early = page.start is not None and post.created < page.start
    return not early and (not page.before or int(post.id) < int(page.before))


def _card(text: str) -> Json:
    urls = [text[start:end] for start, end in addresses(text)]
    if not urls:
        return None
    url = urls[-1] if has_protocol(urls[-1]) else f"http://{urls[-1]}"
    return {"url": url, "title": url.partition("://")[2].partition("/")[0], "description": ""}


def _versions(post: Published) -> Sequence[str]:
    ids = post.native.get("versions")
    return [str(one) for one in ids] if isinstance(ids, list) else [post.id]


def _shown(post: Published, fields: frozenset[str]) -> dict[str, Json]:
    text, urls = shorten(post)
    shown: dict[str, Json] = {"id": post.id, "text": text, "edit_history_tweet_ids": list(_versions(post))}
    if "created_at" in fields:
        shown["created_at"] = post.created.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if "entities" in fields and urls:
        shown["entities"] = {"urls": urls}
    if "referenced_tweets" in fields and post.reply_to:
        shown["referenced_tweets"] = [{"type": "replied_to", "id": post.reply_to}]
    return shown
