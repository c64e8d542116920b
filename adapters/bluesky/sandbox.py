"""A Bluesky server of personal data, as strict as its documentation: sessions, blobs, records, points, error bodies."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import timedelta

from adapters.bluesky.lexicon import POST, faults
from adapters.bluesky.limits import LIMITS
from publisher.model import Json
from publisher.sandbox.harness import BadBody, Request, Response, answer, token
from publisher.sandbox.routes import Routes
from publisher.sandbox.world import Picture, Published, World

NETWORK = "bluesky"
TID = re.compile(r"[2-7a-j][2-7a-z]{12}")
CREATE_POINTS, UPDATE_POINTS, DELETE_POINTS = LIMITS.more["points_post"].value, 2, 1
SIGNATURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"GIF8": "image/gif", b"RIFF": "image/webp"}
OPEN = frozenset({"createSession", "getRecord", "listRecords", "resolveHandle", "describeServer"})


class Refused(Exception):
    """The server's no: a status, and the name and message of its error body."""

    def __init__(self, status: int, name: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.answer = _error(status, name, message, headers)


class PersonalDataServer:
    """The server side of one service; each channel's app password names its account."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._routes = Routes(
            ("GET", "/xrpc/com.atproto.server.describeServer", self._describe),
            ("POST", "/xrpc/com.atproto.server.createSession", self._open_session),
            ("POST", "/xrpc/com.atproto.server.refreshSession", self._refresh_session),
            ("GET", "/xrpc/com.atproto.server.getSession", self._session),
            ("GET", "/xrpc/com.atproto.identity.resolveHandle", self._resolve),
            ("POST", "/xrpc/com.atproto.repo.uploadBlob", self._upload),
            ("POST", "/xrpc/com.atproto.repo.createRecord", self._create),
            ("POST", "/xrpc/com.atproto.repo.putRecord", self._put),
            ("POST", "/xrpc/com.atproto.repo.deleteRecord", self._delete),
            ("GET", "/xrpc/com.atproto.repo.getRecord", self._get),
            ("GET", "/xrpc/com.atproto.repo.listRecords", self._list),
        )

    def answer(self, request: Request) -> Response:
        """The server's answer."""
        try:
            self._authenticate(request)
            return self._routes.answer(request) or _error(404, "XRPCNotSupported", "Method Not Implemented")
        except Refused as refused:
            return refused.answer
        except BadBody as error:
            return _error(400, "InvalidRequest", str(error))

    def creates(self, request: Request) -> bool:
        """A record written is what becomes public, unless it takes the place of one."""
        return _method(request) == "createRecord" or (_method(request) == "putRecord" and not _is_edit(request))

    def act(self, request: Request) -> str:
        """Blobs, records that replace one, and deletions."""
        acts = {"uploadBlob": "upload", "putRecord": "edit", "deleteRecord": "withdraw"}
        return acts.get(_method(request), "")

    def refuse(self, kind: str) -> Response:
        """Bluesky's words for a dead session, a rate limit and a bad day."""
        if kind == "expired":
            return _error(400, "InvalidToken", "Token could not be verified")
        if kind == "limited":
            return _error(429, "RateLimitExceeded", "Rate Limit Exceeded", self._rate(5000, 0, timedelta(minutes=5)))
        return _error(503, "ServiceUnavailable", "Service Unavailable")

    # --- sessions

    def _authenticate(self, request: Request) -> None:
        method = _method(request)
        if method in OPEN:
            return
        claims = _claims(request.bearer)
        if claims is None:
            raise Refused(400 if request.bearer else 401, *_no_token(request.bearer))
        scope = "refresh" if method == "refreshSession" else "access"
        if claims["scope"] != scope or claims["sub"] != _did(request):
            raise Refused(400, "InvalidToken", "Bad token scope")
        if int(str(claims["exp"])) <= self._world.now.timestamp():
            raise Refused(400, "ExpiredToken", "Token has expired")

    def _open_session(self, request: Request) -> Response:
        asked = request.json()
        most = LIMITS.more["sessions_5_minutes"].value
        headers = self._spend(f"sessions:{request.channel}", 1, most, timedelta(minutes=5))
        if not asked.get("identifier") or asked.get("password") != token(request.channel, "app_password"):
            return _error(401, "AuthenticationRequired", "Invalid identifier or password", headers)
        return answer(200, self._opened(request), headers)

    def _refresh_session(self, request: Request) -> Response:
        return answer(200, self._opened(request))

    def _opened(self, request: Request) -> dict[str, Json]:
        now, number = self._world.now, self._world.count(NETWORK, "session")
        access = now + timedelta(minutes=LIMITS.more["session_minutes"].value)
        return {
            "did": _did(request),
            "handle": _handle(request),
            "active": True,
            "accessJwt": _jwt("access", _did(request), int(access.timestamp()), number),
            "refreshJwt": _jwt("refresh", _did(request), int((now + timedelta(days=90)).timestamp()), number),
        }

    def _session(self, request: Request) -> Response:
        return answer(200, {"did": _did(request), "handle": _handle(request), "active": True})

    def _describe(self, request: Request) -> Response:
        return answer(200, {"did": f"did:web:{request.host}", "availableUserDomains": [], "inviteCodeRequired": False})

    def _resolve(self, request: Request) -> Response:
        if request.query.get("handle") != _handle(request):
            return _error(400, "InvalidRequest", "Unable to resolve handle")
        return answer(200, {"did": _did(request)})

    # --- points

    def _spend(self, bucket: str, points: int, most: int, window: timedelta) -> dict[str, str]:
        """The rate-limit headers after spending. Raises Refused when there was not that much left."""
        number = int(self._world.now.timestamp() // window.total_seconds())
        key = f"spent:{bucket}:{window.total_seconds():.0f}"
        before = self._world.recall(NETWORK, key)
        spent = int(str(before.get("spent"))) if isinstance(before, dict) and before.get("window") == number else 0
        if spent + points > most:
            raise Refused(429, "RateLimitExceeded", "Rate Limit Exceeded", self._rate(most, 0, window))
        self._world.note(NETWORK, key, {"window": number, "spent": spent + points})
        return self._rate(most, most - spent - points, window)

    def _rate(self, most: int, left: int, window: timedelta) -> dict[str, str]:
        seconds = int(window.total_seconds())
        reset = (int(self._world.now.timestamp()) // seconds + 1) * seconds
        return {
            "RateLimit-Limit": str(most),
            "RateLimit-Remaining": str(left),
            "RateLimit-Reset": str(reset),
            "RateLimit-Policy": f"{most};w={seconds}",
        }

    def _write(self, request: Request, points: int) -> dict[str, str]:
        """The headers of the limit of which the least is left, as a real server tells it."""
        day = self._spend(_did(request), points, LIMITS.more["points_day"].value, timedelta(days=1))
        hour = self._spend(_did(request), points, LIMITS.more["points_hour"].value, timedelta(hours=1))
        return min(day, hour, key=lambda told: int(told["RateLimit-Remaining"]))

    # --- blobs

    def _upload(self, request: Request) -> Response:
        kind = request.headers.get("content-type", "")
        if not kind or not request.body:
            return _error(400, "InvalidRequest", "Request encoding (Content-Type) required but not provided")
        if len(request.body) > LIMITS.more["blob_bytes"].value:
            return _error(413, "PayloadTooLarge", "request entity too large")
        found = next((mime for start, mime in SIGNATURES.items() if request.body.startswith(start)), kind)
        cid, digest = _cid(request.body, "raw"), self._world.keep(request.body, found)
        held: dict[str, Json] = {"digest": digest, "mime": found, "size": len(request.body)}
        self._world.note(NETWORK, f"blob:{_did(request)}:{cid}", held)
        blob: Json = {"$type": "blob", "ref": {"$link": cid}, "mimeType": found, "size": len(request.body)}
        return answer(200, {"blob": blob})

    def _kept(self, request: Request, cid: str) -> Mapping[str, Json] | None:
        held = self._world.recall(NETWORK, f"blob:{_did(request)}:{cid}")
        return held if isinstance(held, dict) else None

    # --- records

    def _create(self, request: Request) -> Response:
        asked = request.json()
        key = str(asked.get("rkey") or _next_tid(self._world.count(NETWORK, "tid")))
        record = self._checked(request, asked, key)
        if self._record(_uri(request, key)):
            # The tree of records refuses a second value under a key, and the server hides why (seen on 0.5.35).
            return _error(500, "InternalServerError", "Internal Server Error")
        return answer(200, self._stored(request, key, record), self._write(request, CREATE_POINTS))

    def _put(self, request: Request) -> Response:
        asked = request.json()
        key = str(asked.get("rkey") or "")
        record = self._checked(request, asked, key)
        uri, cid = _uri(request, key), _cid(_canonical(record), "cbor")
        before = self._record(uri)
        was = str(before["cid"]) if before else None
        if was == cid:  # nothing to do comes first, whatever swapRecord says (seen on 0.4.217)
            return answer(200, {"uri": uri, "cid": cid, "validationStatus": "valid"})
        if "swapRecord" in asked and asked["swapRecord"] != was:
            return _error(400, "InvalidSwap", f"Record was at {was}")
        headers = self._write(request, UPDATE_POINTS if before else CREATE_POINTS)
        return answer(200, self._stored(request, key, record), headers)

    def _checked(self, request: Request, asked: Mapping[str, Json], key: str) -> Mapping[str, Json]:
        """The record asked for. Raises Refused for a wrong repository, collection, key or record."""
        _refuse_others(request, asked)
        record = asked.get("record")
        if asked.get("collection") != POST or not isinstance(record, dict):
            raise Refused(400, "InvalidRequest", f"Input must have a record of the collection {POST}")
        if not TID.fullmatch(key):
            raise Refused(400, "InvalidRequest", f'Invalid record key. Expected "tid", got "{key}"')
        for name, message in faults(record, lambda cid: self._kept(request, cid)):
            raise Refused(400, name, message)
        for end in ("root", "parent"):  # a real server takes any address here, and the reply is then shown nowhere
            reference = _field(record, "reply", end)
            cids = self._world.recall(NETWORK, f"cids:{reference.get('uri')}") if reference else [None]
            if not isinstance(cids, list) or reference.get("cid") not in cids:
                raise Refused(400, "InvalidRequest", f"reply/{end} is no post of this sandbox: {reference['uri']}")
        return record

    def _stored(self, request: Request, key: str, record: Mapping[str, Json]) -> dict[str, Json]:
        uri, cid = _uri(request, key), _cid(_canonical(record), "cbor")
        put = self._world.revise if self._record(uri) else self._world.publish
        before = self._world.recall(NETWORK, f"cids:{uri}")
        self._world.note(NETWORK, f"cids:{uri}", [*(before if isinstance(before, list) else []), cid])
        self._world.note(NETWORK, f"record:{uri}", {"uri": uri, "cid": cid, "value": dict(record)})
        put(self._published(request, key, record))
        revision = _next_tid(self._world.count(NETWORK, "rev"))
        commit: Json = {"cid": _cid(revision.encode(), "cbor"), "rev": revision}
        return {"uri": uri, "cid": cid, "commit": commit, "validationStatus": "valid"}

    def _published(self, request: Request, key: str, record: Mapping[str, Json]) -> Published:
        card = _field(record, "embed", "external")
        native: dict[str, Json] = {"tags": record.get("tags", []), "langs": record.get("langs", [])}
        if card:
            native["card"] = {"url": card["uri"], "title": card["title"], "description": card["description"]}
        return Published(
            network=NETWORK,
            account=request.handle or request.channel,
            id=_uri(request, key),
            url=f"https://bsky.app/profile/{_handle(request)}/post/{key}",
            text=str(record["text"]),
            created=self._world.now,
            reply_to=str(_field(record, "reply", "parent").get("uri", "")),
            media=tuple(self._pictures(request, record)),
            native=native,
        )

    def _pictures(self, request: Request, record: Mapping[str, Json]) -> list[Picture]:
        images = _field(record, "embed").get("images")
        found = []
        for image in images if isinstance(images, list) else []:
            held = self._kept(request, str(_field(image, "image", "ref").get("$link"))) or {}
            found.append(Picture(alt=str(_field(image).get("alt")), digest=str(held.get("digest"))))
        return found

    def _record(self, uri: str) -> Mapping[str, Json] | None:
        held = self._world.recall(NETWORK, f"record:{uri}")
        return held if isinstance(held, dict) else None

    def _get(self, request: Request) -> Response:
        uri = f"at://{_repo(request)}/{request.query.get('collection')}/{request.query.get('rkey')}"
        held = self._record(uri)
        return answer(200, dict(held)) if held else _error(400, "RecordNotFound", f"Could not locate record: {uri}")

    def _list(self, request: Request) -> Response:
        limit = min(int(request.query.get("limit", "50")), 100)
        prefix = f"at://{_repo(request)}/{request.query.get('collection')}/"
        uris = sorted((post.id for post in self._world.posts(NETWORK) if post.id.startswith(prefix)), reverse=True)
        return answer(200, {"records": [dict(self._record(uri) or {}) for uri in uris[:limit]]})

    def _delete(self, request: Request) -> Response:
        asked = request.json()
        _refuse_others(request, asked)
        if asked.get("collection") != POST:
            return _error(400, "InvalidRequest", f"Input must name the collection {POST}")
        uri = _uri(request, str(asked.get("rkey")))
        if self._world.remove(NETWORK, uri):
            self._world.note(NETWORK, f"record:{uri}", None)
            self._world.note(NETWORK, f"cids:{uri}", None)
            return answer(200, {}, self._write(request, DELETE_POINTS))
        return answer(200, {})


def _refuse_others(request: Request, asked: Mapping[str, Json]) -> None:
    """Raises Refused for a repository that is not the caller's."""
    if asked.get("repo") not in {_did(request), _handle(request)}:
        raise Refused(401, "AuthenticationRequired", "Authentication Required")


def _is_edit(request: Request) -> bool:
    try:
        return isinstance(request.json().get("swapRecord"), str)
    except BadBody:
        return False


def _error(status: int, name: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    return answer(status, {"error": name, "message": message}, headers)


def _method(request: Request) -> str:
    return request.path.rpartition(".")[2]


def _handle(request: Request) -> str:
    return (request.handle or request.channel).lstrip("@")


def _did(request: Request) -> str:
    name = hashlib.sha256((request.handle or request.channel).encode()).digest()[:15]
    return "did:plc:" + base64.b32encode(name).decode().lower()


def _repo(request: Request) -> str:
    repo = request.query.get("repo", "")
    return _did(request) if repo == _handle(request) else repo


def _uri(request: Request, key: str) -> str:
    return f"at://{_did(request)}/{POST}/{key}"


def _field(value: object, *path: str) -> Mapping[str, Json]:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _canonical(record: Mapping[str, Json]) -> bytes:
    return json.dumps(record, sort_keys=True, ensure_ascii=False).encode()


def _cid(content: bytes, codec: str) -> str:
    """A version 1 CID of SHA-256 in base 32; of a record, the JSON stands for the CBOR that a real one is made of."""
    head = bytes((1, 0x55 if codec == "raw" else 0x71, 0x12, 0x20))
    return "b" + base64.b32encode(head + hashlib.sha256(content).digest()).decode().lower().rstrip("=")


def _next_tid(number: int) -> str:
    letters = "234567abcdefghijklmnopqrstuvwxyz"
    return "3" + "".join(letters[(number >> shift) & 31] for shift in range(55, -1, -5))


def _jwt(scope: str, did: str, expires: int, number: int) -> str:
    claims = {"scope": scope, "sub": did, "exp": expires, "jti": str(number)}
    return ".".join((_part({"typ": "at+jwt", "alg": "HS256"}), _part(claims), _sign(claims)))


def _claims(bearer: str) -> Mapping[str, Json] | None:
    try:
        _, middle, signature = bearer.split(".")
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except ValueError:
        return None
    return claims if isinstance(claims, dict) and signature == _sign(claims) else None


def _part(value: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _sign(claims: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(["sandbox", claims]).encode()).hexdigest()


def _no_token(bearer: str) -> tuple[str, str]:
    return ("InvalidToken", "Token could not be verified") if bearer else ("AuthMissing", "Authentication Required")
