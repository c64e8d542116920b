"""The few calls to GitHub's REST API that the workflows need (https://docs.github.com/rest, version 2022-11-28).

One comment and one issue are found again by a hidden mark, and only among those that the workflows' own account wrote:
a stranger may write the mark too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from publisher.errors import ConfigError, DeliveryError, Rejected
from publisher.forge.owners import Review

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

    from publisher.delivery.wire import Session

BOT = "github-actions[bot]"
_PAGE, _MOST_PAGES = 100, 30
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class GitHub:
    """One repository on GitHub. Every method raises DeliveryError where GitHub does not do it."""

    def __init__(self, session: Session, *, repository: str, token: str, api: str = "https://api.github.com") -> None:
        self._session, self._base = session, f"{api.rstrip('/')}/repos/{repository}"
        session.headers.update(
            {
                "Authorization": f"Bearer {token}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
                "User-Agent": "publisher-pipeline",
            }
        )

    # --- one comment on a pull request

    def comment(self, number: int, mark: str, body: str) -> str:
        """Writes the one comment with that mark, or writes it anew; gives its address."""
        there = self._marked(f"issues/{number}/comments", mark)
        if there and there["body"] == body:
            return str(there["html_url"])
        if there:
            return str(self._ask("PATCH", f"issues/comments/{there['id']}", {"body": body})["html_url"])
        return str(self._ask("POST", f"issues/{number}/comments", {"body": body})["html_url"])

    # --- one issue

    def raise_issue(self, mark: str, title: str, body: str) -> str:
        """Opens the one issue with that mark, or brings it up to date; gives its address."""
        there = self._marked(f"issues?state=open&creator={quote(BOT)}", mark)
        if there and (there["title"], there["body"]) == (title, body):
            return str(there["html_url"])
        path = f"issues/{there['number']}" if there else "issues"
        return str(self._ask("PATCH" if there else "POST", path, {"title": title, "body": body})["html_url"])

    def close_issue(self, mark: str, farewell: str) -> str:
        """Closes the one issue with that mark with a last comment; gives its address, empty where none is open."""
        there = self._marked(f"issues?state=open&creator={quote(BOT)}", mark)
        if not there:
            return ""
        self._ask("POST", f"issues/{there['number']}/comments", {"body": farewell})
        return str(self._ask("PATCH", f"issues/{there['number']}", {"state": "closed"})["html_url"])

    # --- workflows

    def state_of(self, workflow: str) -> str:
        """The state of a workflow by its file's name: active, disabled_manually, disabled_inactivity and others."""
        return str(self._ask("GET", f"actions/workflows/{quote(workflow, safe='')}")["state"])

    def enable(self, workflow: str) -> None:
        """Switches a workflow on, from which GitHub's 60 idle days are counted anew."""
        self._ask("PUT", f"actions/workflows/{quote(workflow, safe='')}/enable")

    def newest_run(self, workflow: str) -> datetime | None:
        """When the newest run of a workflow began, None where it never ran."""
        found = self._ask("GET", f"actions/workflows/{quote(workflow, safe='')}/runs?per_page=1")["workflow_runs"]
        return datetime.fromisoformat(found[0]["created_at"]) if found else None

    # --- reviews

    def reviews(self, number: int) -> tuple[Review, ...]:
        """The reviews of a pull request, the oldest first."""
        return tuple(
            Review(author=(one["user"] or {}).get("login", ""), state=one["state"], commit=one["commit_id"] or "")
            for one in self._pages(f"pulls/{number}/reviews")
        )

    def blobs(self, commit: str) -> Mapping[str, str] | None:
        """The blob of every file in a commit by path; None where GitHub has lost it or cannot list it whole."""
        if not _COMMIT.fullmatch(commit):
            return None
        try:
            found = self._ask("GET", f"git/trees/{commit}?recursive=1")
        except Rejected:
            return None
        files = {one["path"]: one["sha"] for one in found["tree"] if one["type"] == "blob"}
        return None if found.get("truncated") else files

    def tell_status(self, commit: str, *, context: str, well: bool, told: str) -> None:
        """Writes a commit's status, in at most the 140 characters GitHub takes."""
        state = "success" if well else "failure"
        short = told if len(told) <= 140 else f"{told[:139]}…"
        self._ask("POST", f"statuses/{commit}", {"state": state, "context": context, "description": short})

    # --- asking

    def _marked(self, path: str, mark: str) -> dict[str, Any] | None:
        """The first thing there that our own account wrote with that mark."""
        for one in self._pages(path):
            if (one["user"] or {}).get("login") == BOT and mark in (one["body"] or ""):
                return one
        return None

    def _pages(self, path: str) -> Iterator[dict[str, Any]]:
        sign = "&" if "?" in path else "?"
        for page in range(1, _MOST_PAGES + 1):
            found = self._ask("GET", f"{path}{sign}per_page={_PAGE}&page={page}")
            yield from found
            if len(found) < _PAGE:
                return

    def _ask(self, method: str, path: str, body: Mapping[str, str] | None = None) -> Any:
        with self._session.answered(_judge), self._session.harmless():
            response = self._session.request(method, f"{self._base}/{path}", json=body)
            if not response.ok:
                response.raise_for_status()
            return response.json() if response.content else None


def _judge(response: requests.Response, _harmless: bool) -> DeliveryError | None:  # noqa: FBT001 - the wire's contract
    """GitHub's word for a right that the job has not."""
    if response.status_code != 403:
        return None
    told = "GitHub does not let this job do that (HTTP 403)"
    return Rejected(told, status=403, hint="`publisher github COMMAND --help` names the permission it needs")


def open_github(environ: Mapping[str, str], clock: Callable[[], datetime]) -> GitHub:
    """The repository of this workflow run. Raises ConfigError where this is none, or it was given no token."""
    from publisher.delivery.wire import Session, open_transport

    token, repository = environ.get("GITHUB_TOKEN", ""), environ.get("GITHUB_REPOSITORY", "")
    if not token or not _REPOSITORY.fullmatch(repository):
        told = "GITHUB_TOKEN and GITHUB_REPOSITORY are not set: this command belongs in a workflow on GitHub"
        raise ConfigError(told, hint="env: {GITHUB_TOKEN: ${{ github.token }}}")
    api = environ.get("GITHUB_API_URL") or "https://api.github.com"
    parts = urlsplit(api)
    if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost"}:
        raise ConfigError(f"GITHUB_API_URL is {api!r}, and a token travels only by https", hint="unset GITHUB_API_URL")
    session = Session(open_transport(), clock=clock, secrets=(token,))
    return GitHub(session, repository=repository, token=token, api=api)
