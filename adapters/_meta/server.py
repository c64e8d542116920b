"""What every Graph API server asks of a request before an edge sees it, and how it says no."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from publisher.model import Json
from publisher.sandbox.harness import BadBody, Field, Request, Response, answer, token
from publisher.sandbox.routes import Routes
from publisher.sandbox.world import World

# v20.0 ended on 2026-09-24, v26.0 is current since 2026-07-29 (seen 2026-11-22).
OLDEST, NEWEST = 21, 26
ALWAYS = frozenset({"access_token", "fields"})
REGAIN_MINUTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that has passed the gate: its fields from query and form, its files, and who is speaking."""

    fields: Mapping[str, str]
    files: Mapping[str, Field] = field(default_factory=dict)
    account: str

    def flag(self, name: str, *, otherwise: bool) -> bool:
        """A boolean field. Raises Refusal for what is none."""
        written = self.fields.get(name, str(otherwise)).lower()
        if written not in {"true", "false", "1", "0"}:
            raise Refusal(100, f"(#100) Param {name} must be a boolean")
        return written in {"true", "1"}

    def limit(self) -> int:
        """How many things a list may show."""
        written = self.fields.get("limit", "25")
        if not written.isdigit():
            raise Refusal(100, "(#100) Param limit must be a positive integer")
        return min(int(written), 100)


class Refusal(Exception):
    """One `error` of the Graph API, on its way out of an edge."""

    def __init__(
        self, code: int, message: str, *, subcode: int = 0, title: str = "", told: str = "", transient: bool = False
    ) -> None:
        super().__init__(message)
        self.code, self.subcode, self.transient = code, subcode, transient
        self.title, self.told = title, told


Edge = tuple[str, str, "frozenset[str]", Callable[..., Json]]


class GraphServer:
    """One network's edges behind Meta's gate: version, token, known parameters, usage headers, error envelope."""

    def __init__(self, world: World, *edges: Edge) -> None:
        self._world, self.edges = world, edges
        self._routes = Routes(
            *((method, path, self._guard(known, answerer)) for method, path, known, answerer in edges)
        )

    def answer(self, request: Request) -> Response:
        """Meta's answer."""
        try:
            return self._routes.answer(_inside(request)) or self._nothing_there(request)
        except Refusal as refusal:
            return self.refusal(refusal)
        except BadBody as error:
            return self.refusal(Refusal(100, f"(#100) {error}"))

    def refusal(self, refusal: Refusal, status: int = 400, *, regain: int = 0) -> Response:
        """The refusal in Meta's envelope."""
        error: dict[str, Json] = {"message": str(refusal), "type": "OAuthException", "code": refusal.code}
        if refusal.subcode:
            error |= {"error_subcode": refusal.subcode, "is_transient": refusal.transient}
        if refusal.told:
            error |= {"error_user_title": refusal.title, "error_user_msg": refusal.told}
        error["fbtrace_id"] = self._trace(str(refusal))
        challenge = f'OAuth "Facebook Platform" "invalid_request" "{str(refusal).encode("ascii", "replace").decode()}"'
        return answer(status, {"error": error}, {**_usage(regain), "WWW-Authenticate": challenge})

    def refuse(self, kind: str) -> Response:
        """Meta's words for a dead token, a rate limit and a bad day."""
        if kind == "expired":
            ended = f"Session has expired on {_written(self._world.now)}."
            return self.refusal(Refusal(190, f"Error validating access token: {ended}", subcode=463))
        if kind == "limited":
            limited = Refusal(4, "(#4) Application request limit reached", subcode=1349210, transient=True)
            return self.refusal(limited, regain=REGAIN_MINUTES)
        return self.refusal(
            Refusal(2, "An unexpected error has occurred. Please retry your request later."), status=500
        )

    def _guard(self, known: frozenset[str], answerer: Callable[..., Json]) -> Callable[..., Response]:
        def guarded(request: Request, **names: str) -> Response:
            call = _call(request)
            if call.fields.get("access_token") != token(request.channel, "token"):
                raise Refusal(190, "Invalid OAuth access token - Cannot parse access token")
            for name in (*call.fields, *call.files):
                if re.sub(r"\[\d+\]$", "", name) not in known | ALWAYS:
                    raise Refusal(100, f"(#100) Unknown parameter: {name}")
            return answer(200, answerer(call, **names), _usage(0))

        return guarded

    def _nothing_there(self, request: Request) -> Response:
        node = request.path.rsplit("/", maxsplit=1)[-1]
        method = request.method.lower()
        return self.refusal(_unsupported(method, node))

    def _trace(self, words: str) -> str:
        seed = f"{self._world.now.isoformat()}{words}".encode()
        return "A" + base64.urlsafe_b64encode(hashlib.sha256(seed).digest()).decode()[:22]


def missing(node: str, method: str = "get") -> Refusal:
    """The refusal for an object that is not there, or not for this token: Meta does not tell the two apart."""
    return _unsupported(method, node)


def _unsupported(method: str, node: str) -> Refusal:
    return Refusal(
        100,
        f"Unsupported {method} request. Object with ID '{node}' does not exist, cannot be loaded due to missing"
        " permissions, or does not support this operation.",
        subcode=33,
    )


def chosen(call: Call, node: Mapping[str, Json], otherwise: str = "id") -> dict[str, Json]:
    """The fields of a node that the call asks for, and always its id. Raises Refusal for a field it has not."""
    asked = _asked(call, node, otherwise)
    return {name: node[name] for name in dict.fromkeys([*asked, "id"]) if node[name] not in ("", None)}


def _asked(call: Call, known: Iterable[str], otherwise: str) -> Sequence[str]:
    asked = [name.strip() for name in call.fields.get("fields", otherwise).split(",") if name.strip()]
    for name in asked:
        if name not in known:
            raise Refusal(100, f"(#100) Tried accessing nonexisting field ({name})")
    return asked


def listed(call: Call, nodes: Sequence[Mapping[str, Json]], known: Iterable[str], otherwise: str = "id") -> Json:
    """The first nodes in Meta's list envelope; `known` are the fields such nodes have."""
    _asked(call, known, otherwise)
    shown: list[Json] = [chosen(call, node, otherwise) for node in nodes[: call.limit()]]
    return {"data": shown, "paging": {"cursors": {"before": "QVFIU", "after": "QVFIV"}}} if shown else {"data": []}


def instant(moment: datetime) -> str:
    """An instant as the Graph API writes it: `2026-11-23T11:00:00+0000`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S%z")


def _written(moment: datetime) -> str:
    return moment.strftime("%A, %d-%b-%y %H:%M:%S UTC")


def _inside(request: Request) -> Request:
    """The request with its version taken off the path. Raises Refusal for a version that is not living."""
    found = re.match(r"/v(\d+)\.0(?=/)", request.path)
    if not found:
        raise Refusal(2500, f"Unknown path components: {request.path}")
    if int(found[1]) < OLDEST:
        raise Refusal(
            2635, f"You are calling a deprecated version of the API. Please update to the latest: v{NEWEST}.0"
        )
    if int(found[1]) > NEWEST:
        raise Refusal(2500, f"Unknown path components: {request.path}")
    parts = urlsplit(request.url)
    return replace(request, url=parts._replace(path=request.path[found.end() :]).geturl())


def _call(request: Request) -> Call:
    form = request.form() if request.body else ()
    texts = {item.name: item.text for item in form if not item.filename}
    files = {item.name: item for item in form if item.filename}
    return Call(fields={**request.query, **texts}, files=files, account=request.handle or request.channel)


def _usage(regain: int) -> Mapping[str, str]:
    spent = 100 if regain else 1
    counts = f'"call_count":{spent},"total_cputime":1,"total_time":1'
    case = f'{{"1000":[{{"type":"pages",{counts},"estimated_time_to_regain_access":{regain}}}]}}'
    return {
        "X-App-Usage": f"{{{counts}}}",
        "X-Business-Use-Case-Usage": case,
        "facebook-api-version": f"v{NEWEST}.0",
    }
