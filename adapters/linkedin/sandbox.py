"""LinkedIn's versioned API, as strict as reported: headers, little text, uploads, duplicates, who may read what."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

from adapters.linkedin.limits import LIMITS
from adapters.linkedin.little import plain
from adapters.linkedin.measure import utf16
from adapters.linkedin.render import AUTHOR
from adapters.linkedin.schema import complaint
from publisher.model import Json
from publisher.sandbox.harness import BadBody, Request, Response, answer, token
from publisher.sandbox.routes import Routes
from publisher.sandbox.world import Picture, Published, World

NETWORK = "linkedin"
UPLOADS = "/dms-uploads/"
GHOST_HOURS = 24


class LinkedInServer:
    """The server side of LinkedIn. A channel's token speaks for the first author it was used for."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._routes = Routes(
            ("POST", "/rest/posts", self._post),
            ("GET", "/rest/posts", self._posts),
            ("GET", "/rest/posts/{urn}", self._read),
            ("POST", "/rest/posts/{urn}", self._update),
            ("DELETE", "/rest/posts/{urn}", self._delete),
            ("POST", "/rest/images", self._initialize),
            ("PUT", UPLOADS + "{image}", self._upload),
            ("POST", "/rest/socialActions/{urn}/comments", self._comment),
            ("GET", "/rest/socialActions/{urn}/comments", self._comments),
            ("POST", "/rest/socialActions/{urn}/comments/{number}", self._update_comment),
            ("DELETE", "/rest/socialActions/{urn}/comments/{number}", self._delete_comment),
        )

    def answer(self, request: Request) -> Response:
        """LinkedIn's answer."""
        if request.bearer != token(request.channel, "token"):
            return self.refuse("expired")
        refused = None if request.path.startswith(UPLOADS) else _refused_headers(request)
        try:
            return refused or self._routes.answer(request) or _error(404, "NOT_FOUND", "No such resource")
        except BadBody as error:
            return _error(400, "INVALID_BODY", str(error))

    def creates(self, request: Request) -> bool:
        """A new post or comment is what becomes public."""
        return request.method == "POST" and (request.path == "/rest/posts" or request.path.endswith("/comments"))

    def act(self, request: Request) -> str:
        """Images, partial updates and deletions."""
        if request.method == "POST":
            return "edit" if request.headers.get("x-restli-method") == "PARTIAL_UPDATE" else ""
        return {"PUT": "upload", "DELETE": "withdraw"}.get(request.method, "")

    def refuse(self, kind: str) -> Response:
        """LinkedIn's words for a dead token, a used-up day and a bad day."""
        if kind == "expired":
            return _error(401, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired", 65602)
        if kind == "limited":
            return _error(429, "TOO_MANY_REQUESTS", "Resource level throttle DAY limit for calls is reached.", 101)
        return _error(503, "SERVICE_UNAVAILABLE", "Service Unavailable")

    def _post(self, request: Request) -> Response:
        body = request.json()
        refused = self._refused(body, request)
        if refused:
            return refused
        print_ = _fingerprint(body)
        before = self._duplicate(request.channel, print_)
        if before:
            return _duplicate(before)
        urn = self._number("share")
        self._world.publish(self._published(urn, body, request))
        self._world.note(NETWORK, f"said:{request.channel}:{print_}", {"urn": urn})
        return Response(status=201, headers={"x-restli-id": urn})

    def _refused(self, body: dict[str, Json], request: Request) -> Response | None:
        wrong = complaint(body)
        if wrong:
            return _error(422, "UNPROCESSABLE_ENTITY", wrong, 100)
        if utf16(str(body["commentary"])) > LIMITS.text.value:
            return _error(400, "FIELD_LENGTH_TOO_LONG", "ERROR :: /commentary :: is too long (maximum is 3000)", 100)
        if not self._speaks_for(request, str(body["author"])):
            return _error(403, "ACCESS_DENIED", "Field Value validation failed in REQUEST_BODY: /author", 100)
        if not all(self._image(urn, str(body["author"])) for urn, _ in _images(body)):
            return _error(400, "INVALID_VALUE_FOR_FIELD", "ERROR :: /content :: image is not found or not owned", 100)
        return self._over_the_day(request) if str(body["author"]).startswith("urn:li:person:") else None

    def _over_the_day(self, request: Request) -> Response | None:
        used = self._world.count(NETWORK, f"{request.channel}:{self._world.now.date().isoformat()}")
        return self.refuse("limited") if used > LIMITS.more["requests_a_day"].value else None

    def _speaks_for(self, request: Request, author: str) -> bool:
        mine = self._world.recall(NETWORK, f"author:{request.channel}")
        if mine is None:
            self._world.note(NETWORK, f"author:{request.channel}", author)
        return mine in {None, author}

    def _duplicate(self, channel: str, print_: str) -> str:
        """The URN named for words LinkedIn has; for a while after their removal, one that leads nowhere."""
        said = self._world.recall(NETWORK, f"said:{channel}:{print_}")
        if not isinstance(said, dict):
            return ""
        if self._world.post(NETWORK, str(said["urn"])):
            return str(said["urn"])
        gone = self._world.recall(NETWORK, f"gone:{said['urn']}")
        return self._number("share") if isinstance(gone, float) and self._world.now.timestamp() < gone else ""

    def _published(self, urn: str, body: dict[str, Json], request: Request) -> Published:
        """What readers see; the text ends where an unescaped reserved character stands, as it is reported to."""
        kept = [(self._image(image, str(body["author"])), alt) for image, alt in _images(body)]
        content = body.get("content")
        article = content.get("article") if isinstance(content, dict) else None
        return Published(
            network=NETWORK,
            account=request.handle or request.channel,
            id=urn,
            url=f"https://www.linkedin.com/feed/update/{urn}/",
            text=plain(str(body["commentary"])),
            created=self._world.now,
            media=tuple(Picture(alt=alt, digest=digest) for digest, alt in kept),
            native={
                "author": body["author"],
                "commentary": body["commentary"],
                "visibility": body["visibility"],
                **({"card": _card(article)} if isinstance(article, dict) else {}),
            },
        )

    def _read(self, request: Request, urn: str) -> Response:
        post = self._world.post(NETWORK, urn)
        if post is None:
            return _error(404, "NOT_FOUND", f"Could not find entity {urn}")
        if _is_person(post.native["author"]):
            return _denied("GET")
        return answer(200, _shown(post))

    def _posts(self, request: Request) -> Response:
        author = request.query.get("author", "")
        if request.query.get("q") != "author" or not AUTHOR.fullmatch(author):
            return _error(400, "ILLEGAL_ARGUMENT", "parameter q or author is missing or invalid")
        if _is_person(author) or not self._speaks_for(request, author):
            return _denied("FINDER-author")
        posts = [post for post in self._world.posts(NETWORK) if post.native["author"] == author and not post.reply_to]
        return answer(200, _page([_shown(post) for post in reversed(posts)], request))

    def _is_own(self, request: Request, post: Published) -> bool:
        """Whether a post or comment is the caller's to change."""
        same = post.account == (request.handle or request.channel)
        return same and self._speaks_for(request, str(post.native["author"]))

    def _update(self, request: Request, urn: str) -> Response:
        post, patch = self._world.post(NETWORK, urn), request.json().get("patch")
        wish = patch.get("$set") if isinstance(patch, dict) else None
        if request.headers.get("x-restli-method") != "PARTIAL_UPDATE":
            return _error(400, "ILLEGAL_ARGUMENT", "X-RestLi-Method PARTIAL_UPDATE is required")
        if not isinstance(wish, dict) or set(wish) != {"commentary"} or not isinstance(wish["commentary"], str):
            return _error(400, "INVALID_VALUE_FOR_FIELD", "ERROR :: /patch :: only the commentary can be updated", 100)
        if post is None or post.reply_to:
            return _error(404, "NOT_FOUND", f"Could not find entity {urn}")
        if not self._is_own(request, post):
            return _denied("PARTIAL_UPDATE")
        if utf16(wish["commentary"]) > LIMITS.text.value:
            return _error(400, "FIELD_LENGTH_TOO_LONG", "ERROR :: /commentary :: is too long (maximum is 3000)", 100)
        self._revise(post, plain(wish["commentary"]), {"commentary": wish["commentary"]})
        return Response(status=204)

    def _revise(self, post: Published, text: str, native: Mapping[str, Json]) -> None:
        if text != post.text:
            before = post.native.get("history")
            history: list[Json] = [*(before if isinstance(before, list) else []), post.text]
            self._world.revise(replace(post, text=text, native={**post.native, **native, "history": history}))

    def _delete(self, request: Request, urn: str) -> Response:
        post = self._world.post(NETWORK, urn)
        if post and not self._is_own(request, post):
            return _denied("DELETE")
        if self._world.remove(NETWORK, urn):
            until = self._world.now + timedelta(hours=GHOST_HOURS)
            self._world.note(NETWORK, f"gone:{urn}", until.timestamp())
        return Response(status=204)

    def _update_comment(self, request: Request, urn: str, number: str) -> Response:
        comment = self._own_comment(request, urn, number)
        if isinstance(comment, Response):
            return comment
        match request.json():
            case {"patch": {"message": {"$set": {"text": str(text)}}}} if 0 < len(text) <= LIMITS.more["comment"].value:
                self._revise(comment, text, {})
                return answer(200, _shown_comment(replace(comment, text=text)))
        return _error(400, "INVALID_VALUE_FOR_FIELD", "patch.message.$set.text is missing or invalid", 100)

    def _delete_comment(self, request: Request, urn: str, number: str) -> Response:
        comment = self._own_comment(request, urn, number)
        if isinstance(comment, Response):
            return comment
        self._world.remove(NETWORK, comment.id)
        return Response(status=204)

    def _own_comment(self, request: Request, urn: str, number: str) -> Published | Response:
        """The comment, or why the caller may not change it."""
        comment = self._world.post(NETWORK, f"urn:li:comment:({urn},{number})")
        if comment is None:
            return _error(404, "NOT_FOUND", f"Could not find comment {number}")
        if not AUTHOR.fullmatch(request.query.get("actor", "")):
            return _error(400, "ILLEGAL_ARGUMENT", "parameter actor is missing or invalid")
        if request.query["actor"] != comment.native["author"] or not self._is_own(request, comment):
            return _denied("UPDATE" if request.method == "POST" else "DELETE")
        return comment

    def _initialize(self, request: Request) -> Response:
        wish = request.json().get("initializeUploadRequest")
        owner = wish.get("owner") if isinstance(wish, dict) else None
        if request.query.get("action") != "initializeUpload" or not isinstance(owner, str):
            return _error(400, "ILLEGAL_ARGUMENT", "action or initializeUploadRequest.owner is missing")
        if not AUTHOR.fullmatch(owner) or not self._speaks_for(request, owner):
            return _error(403, "ACCESS_DENIED", "Not enough permissions to upload for this owner", 100)
        image = f"C4E{self._world.count(NETWORK, 'image'):08d}"
        self._world.note(NETWORK, f"image:urn:li:image:{image}", {"owner": owner, "digest": ""})
        value: Json = {
            "uploadUrl": f"https://www.linkedin.com{UPLOADS}{image}?e=sandbox",
            "uploadUrlExpiresAt": int((self._world.now + timedelta(hours=24)).timestamp() * 1000),
            "image": f"urn:li:image:{image}",
        }
        return answer(200, {"value": value})

    def _upload(self, request: Request, image: str) -> Response:
        key = f"image:urn:li:image:{image}"
        kept, mime = self._world.recall(NETWORK, key), request.headers.get("content-type", "")
        if request.host != "www.linkedin.com" or not isinstance(kept, dict):
            return Response(status=404)
        if mime not in LIMITS.image_types or not request.body:
            return Response(status=400)
        self._world.note(NETWORK, key, {**kept, "digest": self._world.keep(request.body, mime)})
        return Response(status=201)

    def _image(self, urn: str, owner: str) -> str:
        """The digest of an image that was uploaded for that owner, or empty."""
        kept = self._world.recall(NETWORK, f"image:{urn}")
        return str(kept["digest"]) if isinstance(kept, dict) and kept["owner"] == owner else ""

    def _comment(self, request: Request, urn: str) -> Response:
        body, post = request.json(), self._world.post(NETWORK, urn)
        message = body.get("message")
        text = str(message.get("text", "")) if isinstance(message, dict) else ""
        if post is None:
            return _error(404, "NOT_FOUND", f"Could not find entity {urn}")
        if set(body) != {"actor", "object", "message"} or body["object"] != urn or not text:
            return _error(400, "INVALID_VALUE_FOR_FIELD", "actor, object or message.text is missing or invalid", 100)
        if len(text) > LIMITS.more["comment"].value:
            return _error(400, "FIELD_LENGTH_TOO_LONG", "ERROR :: /message/text :: is too long", 100)
        if not self._speaks_for(request, str(body["actor"])):
            return _denied("CREATE")
        number = self._number("comment").rpartition(":")[2]
        comment = self._commented(f"urn:li:comment:({urn},{number})", text, str(body["actor"]), post)
        self._world.publish(comment)
        return answer(201, _shown_comment(comment), {"x-restli-id": number})

    def _commented(self, urn: str, text: str, actor: str, post: Published) -> Published:
        return Published(
            network=NETWORK,
            account=post.account,
            id=urn,
            url=f"{post.url}?commentUrn={quote(urn, safe='')}",
            text=text,
            created=self._world.now,
            reply_to=post.id,
            native={"author": actor, "kind": "comment"},
        )

    def _comments(self, request: Request, urn: str) -> Response:
        post = self._world.post(NETWORK, urn)
        if post is None:
            return _error(404, "NOT_FOUND", f"Could not find entity {urn}")
        if _is_person(post.native["author"]):
            return _denied("GET_ALL")
        comments = [_shown_comment(one) for one in self._world.posts(NETWORK) if one.reply_to == urn]
        return answer(200, _page(comments, request))

    def _number(self, kind: str) -> str:
        """A new URN; its number tells the millisecond, as LinkedIn's do."""
        milliseconds = int(self._world.now.timestamp() * 1000)
        return f"urn:li:{kind}:{(milliseconds << 22) + self._world.count(NETWORK)}"


def _refused_headers(request: Request) -> Response | None:
    version = request.headers.get("linkedin-version", "")
    if not version:
        return _error(400, "VERSION_MISSING", "A version must be present. Please specify a version.")
    oldest, newest = LIMITS.more["version_oldest"].value, LIMITS.more["version"].value
    if not version.isdigit() or not oldest <= int(version) <= newest or not 1 <= int(version) % 100 <= 12:
        return _error(426, "NONEXISTENT_VERSION", f"Requested version {version} is not active")
    if request.headers.get("x-restli-protocol-version") != "2.0.0":
        return _error(400, "ILLEGAL_ARGUMENT", "X-Restli-Protocol-Version 2.0.0 is required")
    if request.body and request.headers.get("content-type") != "application/json":
        return _error(415, "UNSUPPORTED_MEDIA_TYPE", "Content-Type must be application/json")
    return None


def _images(body: Mapping[str, Json]) -> list[tuple[str, str]]:
    content = body.get("content")
    if not isinstance(content, dict):
        return []
    several = content.get("multiImage")
    items = several["images"] if isinstance(several, dict) else [content["media"]] if "media" in content else []
    return [(str(item["id"]), str(item.get("altText", ""))) for item in items if isinstance(item, dict)]  # type: ignore[union-attr]  # the schema was checked


def _card(article: Mapping[str, Json]) -> Json:
    return {"url": article["source"], "title": article["title"], "description": article.get("description", "")}


def _fingerprint(body: Mapping[str, Json]) -> str:
    said = f"{body['author']}\n{' '.join(str(body['commentary']).split())}"
    return hashlib.sha256(said.encode()).hexdigest()


def _duplicate(urn: str) -> Response:
    body: Json = {
        "errorDetailType": "com.linkedin.common.error.BadRequest",
        "message": "com.linkedin.content.common.exception.BadRequestResponseException: "
        f"Content is a duplicate of {urn}",
        "errorDetails": {
            "inputErrors": [{"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"}]
        },
        "status": 422,
    }
    return answer(422, body)


def _error(status: int, code: str, message: str, service: int = 0) -> Response:
    return answer(status, {"status": status, "serviceErrorCode": service, "code": code, "message": message})


def _denied(method: str) -> Response:
    return _error(403, "ACCESS_DENIED", f"Not enough permissions to access: partnerApiPosts.{method}", 100)


def _is_person(author: Json) -> bool:
    return str(author).startswith("urn:li:person:")


def _milliseconds(post: Published) -> int:
    return int(post.created.timestamp() * 1000)


def _shown(post: Published) -> dict[str, Json]:
    return {
        "id": post.id,
        "author": post.native["author"],
        "commentary": post.native["commentary"],
        "visibility": post.native["visibility"],
        "createdAt": _milliseconds(post),
        "publishedAt": _milliseconds(post),
        "lifecycleState": "PUBLISHED",
    }


def _shown_comment(comment: Published) -> dict[str, Json]:
    return {
        "id": comment.id.rstrip(")").rpartition(",")[2],
        "commentUrn": comment.id,
        "object": comment.reply_to,
        "actor": comment.native["author"],
        "message": {"text": comment.text, "attributes": []},
        "created": {"time": _milliseconds(comment), "actor": comment.native["author"]},
    }


def _page(elements: list[dict[str, Json]], request: Request) -> Json:
    count = min(int(request.query.get("count", "10")), 100)
    return {"elements": list(elements[:count]), "paging": {"start": 0, "count": count, "links": []}}
