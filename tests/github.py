"""A stand-in for the few calls of GitHub's API: it remembers what it was told, and checks who asks."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import BaseAdapter

TOKEN = "ghs_standInStandInStandIn"
BOT = {"login": "github-actions[bot]", "type": "Bot"}
REPOSITORY = "tidewater/voice"


@dataclass
class Forge:
    """One repository's issues, comments, reviews, statuses, workflows and trees; `asked` are the calls that came."""

    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    issues: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    reviews: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    trees: dict[str, dict[str, str]] = field(default_factory=dict)
    workflows: dict[str, str] = field(default_factory=lambda: {"publish.yml": "active", "watch.yml": "active"})
    runs: dict[str, list[str]] = field(default_factory=dict)
    refuse: frozenset[str] = frozenset()
    asked: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, method: str, url: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
        parts = urlsplit(url)
        path = parts.path.removeprefix(f"/repos/{REPOSITORY}/")
        self.asked.append((method, path))
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, {"message": "Bad credentials"}
        if method in self.refuse:
            return 403, {"message": "Resource not accessible by integration"}
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        for name, pattern in _ROUTES:
            verb, _, rest = pattern.partition(" ")
            if verb == method and (found := re.fullmatch(rest, path)):
                return getattr(self, name)(*found.groups(), query=query, body=body)
        return 404, {"message": "Not Found"}

    def _page(self, rows: list[Any], query: dict[str, str]) -> tuple[int, Any]:
        size, page = int(query.get("per_page", 30)), int(query.get("page", 1))
        return 200, rows[(page - 1) * size : page * size]

    def _list_comments(self, number: str, *, query: Any, body: Any) -> tuple[int, Any]:
        return self._page(self.comments.get(int(number), []), query)

    def _add_comment(self, number: str, *, query: Any, body: Any) -> tuple[int, Any]:
        if not 0 < len(body["body"]) <= 65_536:
            return 422, {"message": "Validation Failed"}
        there = self.comments.setdefault(int(number), [])
        comment = {"id": 1000 * int(number) + len(there), "user": BOT, "html_url": f"https://github.example/{number}"}
        there.append({**comment, **body})
        return 201, there[-1]

    def _edit_comment(self, name: str, *, query: Any, body: Any) -> tuple[int, Any]:
        (one,) = (one for there in self.comments.values() for one in there if one["id"] == int(name))
        one.update(body)
        return 200, one

    def _list_issues(self, *, query: Any, body: Any) -> tuple[int, Any]:
        return self._page([one for one in self.issues if one["state"] == query.get("state", "open")], query)

    def _add_issue(self, *, query: Any, body: Any) -> tuple[int, Any]:
        number = len(self.issues) + 1
        made = {"number": number, "user": BOT, "state": "open", "html_url": f"https://github.example/issues/{number}"}
        self.issues.append({**made, **body})
        return 201, self.issues[-1]

    def _edit_issue(self, number: str, *, query: Any, body: Any) -> tuple[int, Any]:
        self.issues[int(number) - 1].update(body)
        return 200, self.issues[int(number) - 1]

    def _workflow(self, name: str, *, query: Any, body: Any) -> tuple[int, Any]:
        return (200, {"state": self.workflows[name]}) if name in self.workflows else (404, {"message": "Not Found"})

    def _enable(self, name: str, *, query: Any, body: Any) -> tuple[int, Any]:
        self.workflows[name] = "active"
        return 204, None

    def _list_runs(self, name: str, *, query: Any, body: Any) -> tuple[int, Any]:
        return 200, {"workflow_runs": [{"created_at": at} for at in self.runs.get(name, [])]}

    def _list_reviews(self, number: str, *, query: Any, body: Any) -> tuple[int, Any]:
        return self._page(self.reviews.get(int(number), []), query)

    def _tree(self, commit: str, *, query: Any, body: Any) -> tuple[int, Any]:
        if commit not in self.trees:
            return 404, {"message": "Not Found"}
        rows = [{"path": path, "sha": sha, "type": "blob"} for path, sha in self.trees[commit].items()]
        return 200, {"tree": rows, "truncated": False}

    def _add_status(self, commit: str, *, query: Any, body: Any) -> tuple[int, Any]:
        self.statuses.append({"commit": commit, **body})
        return 201, body


_ROUTES = (
    ("_list_comments", r"GET issues/(\d+)/comments"),
    ("_add_comment", r"POST issues/(\d+)/comments"),
    ("_edit_comment", r"PATCH issues/comments/(\d+)"),
    ("_list_issues", r"GET issues"),
    ("_add_issue", r"POST issues"),
    ("_edit_issue", r"PATCH issues/(\d+)"),
    ("_workflow", r"GET actions/workflows/([\w.-]+)"),
    ("_enable", r"PUT actions/workflows/([\w.-]+)/enable"),
    ("_list_runs", r"GET actions/workflows/([\w.-]+)/runs"),
    ("_list_reviews", r"GET pulls/(\d+)/reviews"),
    ("_tree", r"GET git/trees/(\w+)"),
    ("_add_status", r"POST statuses/(\w+)"),
)


class InMemory(BaseAdapter):
    """The stand-in in the network's place, without a socket."""

    def __init__(self, forge: Forge) -> None:
        super().__init__()
        self._forge = forge

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        headers = {name.lower(): str(value) for name, value in request.headers.items()}
        given = json.loads(request.body) if request.body else None
        status, answer = self._forge.answer(request.method or "", request.url or "", given, headers)
        response = requests.Response()
        response.status_code, response.request, response.url = status, request, request.url or ""
        response._content = b"" if answer is None else json.dumps(answer).encode()
        return response

    def close(self) -> None:
        pass


@contextmanager
def served(forge: Forge) -> Iterator[dict[str, str]]:
    """What a workflow's environment says of the stand-in, while it is served."""

    class Door(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            given = json.loads(self.rfile.read(length)) if length else None
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = forge.answer(self.command, self.path, given, headers)
            written = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, *args: Any) -> None:
            pass

    for verb in ("GET", "POST", "PATCH", "PUT"):
        setattr(Door, f"do_{verb}", Door._answer)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        api = f"http://127.0.0.1:{server.server_address[1]}"
        yield {"GITHUB_API_URL": api, "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_TOKEN": TOKEN}
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
