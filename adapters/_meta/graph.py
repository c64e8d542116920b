"""The Graph API through facebook-sdk, over the house's session."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from requests import Response

from adapters._meta.verdicts import Advice, is_missing, judge, regain
from publisher.delivery.evidence import has_words, same_words
from publisher.delivery.wire import Session
from publisher.errors import ConfigError, DeliveryError, Rejected, Uncertain
from publisher.model import Attempt, Part

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the SDK of 2018 has an escape sequence that Python has come to dislike
    import facebook

# Current since 2026-07-29; Meta keeps a version for about two years (v20.0 ended 2026-09-24, v21.0 ends 2027-01-21).
VERSION = "v26.0"
RECENT = 25
CLOCK_SKEW = timedelta(minutes=5)


class Graph(facebook.GraphAPI):  # type: ignore[misc]  # the SDK ships no types
    """facebook-sdk on a living version of the API. Raises a DeliveryError for whatever is no plain answer."""

    def __init__(self, session: Session, token: str, advice: Advice, version: str = "") -> None:
        super().__init__(token, session=session)
        self.version = _version(version)  # set afterwards: the argument refuses everything newer than 3.1
        self._line, self._advice = session, advice
        session.regain, session.home = regain, facebook.FACEBOOK_GRAPH_URL

    def look(self, node: str, edge: str = "", **fields: str) -> Mapping[str, Any]:
        """What stands at a node, or on its edge."""
        path = f"{node}/{edge}" if edge else node
        with self._line.answered(self._judge):
            return cast("Mapping[str, Any]", self.get_object(path, **fields))

    def recent(self, node: str, edge: str, **fields: str) -> Sequence[Mapping[str, Any]]:
        """The newest things on an edge, at most `RECENT`."""
        with self._line.answered(self._judge):
            found = self.get_connections(node, edge, limit=str(RECENT), **fields)["data"]
            if not isinstance(found, list):
                raise facebook.GraphAPIError(found)
            return found

    def make(
        self,
        node: str,
        edge: str,
        fields: Mapping[str, str],
        *,
        answer: str = "id",
        picture: tuple[str, bytes, str] | None = None,
    ) -> str:
        """The id, by the answer's name for it, of what is now on the node's edge; `picture` is (name, bytes, type)."""
        with self._line.answered(self._judge):
            if picture:
                made = self.put_photo(picture, album_path=f"{node}/{edge}", **fields)
            else:
                made = self.put_object(node, edge, **fields)
            return str(made[answer])

    def change(self, node: str, fields: Mapping[str, str]) -> None:
        """Changes the fields of what stands at a node."""
        with self._line.answered(self._judge):
            _succeeded(self.request(f"{self.version}/{node}", post_args=dict(fields)))

    def remove(self, node: str) -> None:
        """Deletes what stands at a node; what the token cannot see there either is gone already."""
        try:
            with self._line.answered(self._judge):
                _succeeded(self.delete_object(node))
        except Rejected:
            if not is_missing(self._line.last) or self._is_there(node):
                raise

    def _is_there(self, node: str) -> bool:
        try:
            with self._line.harmless():
                self.look(node, fields="id")
        except Rejected:
            if is_missing(self._line.last):
                return False
            raise
        return True

    def request(
        self,
        path: str,
        args: dict[str, Any] | None = None,
        post_args: dict[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
        method: str | None = None,
    ) -> Mapping[str, Any]:
        """The answer's object. The SDK itself lets a 5xx without `error`, and a bare `false`, pass for a success."""
        answer = super().request(path, args=args, post_args=post_args, files=files, method=method)
        last = self._line.last
        if not isinstance(answer, dict) or last is None or last.status_code >= 400:
            raise facebook.GraphAPIError(answer)
        return answer

    def _judge(self, response: Response, harmless: bool) -> DeliveryError | None:  # noqa: FBT001 - the wire's signature
        until = self._line.until(response)
        verdict = judge(response, harmless=harmless, now=self._line.now(), until=until, advice=self._advice)
        if verdict:
            verdict.args = (self._line.redact(str(verdict)),)
        return verdict


def _succeeded(answer: Mapping[str, Any]) -> None:
    if not (answer.get("success") or answer.get("id")):
        raise facebook.GraphAPIError(answer)


def _version(written: str) -> str:
    match = re.fullmatch(r"v?(\d{1,3}\.\d)", written.strip() or VERSION)
    if not match:
        raise ConfigError(f"the setting `version` is {written!r}", hint=f"write it as {VERSION}, or leave it out")
    return f"v{match[1]}"


def recognise(
    items: Sequence[Mapping[str, Any]], part: Part, attempt: Attempt, known: set[str], *, text: str, at: str
) -> Mapping[str, Any] | None:
    """The item, posted since the attempt, that says what `part` says; None if there surely is none.

    `text` and `at` are the items' names for their words and their instant. Raises Uncertain when neither the
    part nor something posted since has words to know it by, or when more was posted since than the network shows.
    """
    new = [item for item in items if _since(item[at], attempt) and str(item["id"]) not in known]
    found = next((item for item in new if same_words(part.text, str(item.get(text) or ""))), None)
    if found or not new:
        return found
    if not has_words(part.text) and not all(has_words(str(item.get(text) or "")) for item in new):
        raise Uncertain("something was posted since that has no words to recognise it by either")
    if len(new) >= RECENT:
        raise Uncertain(f"{len(new)} posts since then, none of them this one; there may be more")
    return None


def _since(written: str, attempt: Attempt) -> bool:
    return datetime.fromisoformat(written) >= attempt.at - CLOCK_SKEW


def permalink(graph: Graph, node: str, field: str, otherwise: str) -> str:
    """The address where people see it; `otherwise` where the network does not say, for what is live is live."""
    try:
        return str(graph.look(node, fields=field).get(field) or otherwise)
    except DeliveryError:
        return otherwise
