"""X's refusals, as problem documents (RFC 9457) with X's own types and words."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.model import Json
from publisher.sandbox.harness import Response, answer

TYPES = "https://api.x.com/2/problems/"
KIND = {"Content-Type": "application/problem+json; charset=utf-8"}
TITLES = {
    400: "Invalid Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found Error",
    429: "Too Many Requests",
    503: "Service Unavailable",
}

# Quoted in public issue trackers: akrherz/iembot#163 (2026-02-13) and reports of 2026.
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
NOT_SUMMONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author"
    " of the post you are replying to."
)
NOT_PERMITTED = "You are not permitted to perform this action."
NO_PARENT = "You attempted to reply to a Tweet that is deleted or not visible to you."
NOT_EDITABLE = "You are not permitted to edit this Post: its editing period has ended or its edits are used up."
TOO_LONG = (
    "Your Tweet text is too long. For more information on how Twitter determines text length see"
    " https://github.com/twitter/twitter-text."
)
CASHTAGS = "Posts are limited to a maximum of one cashtag."
NO_MEDIA = "Your media IDs are invalid."


class Problem(Exception):
    """A request that X refuses, with what X says about it besides; `response` is its answer."""

    def __init__(self, status: int, detail: str, *, kind: str = "about:blank", **about: Json) -> None:
        super().__init__(detail)
        self.status, self.detail, self.kind, self.about = status, detail, kind, about

    @property
    def document(self) -> dict[str, Json]:
        """The problem as JSON."""
        return {
            "title": TITLES[self.status],
            "detail": self.detail,
            "type": self.kind,
            "status": self.status,
            **self.about,
        }

    @property
    def response(self) -> Response:
        """The problem as an answer."""
        return answer(self.status, self.document, KIND)


def invalid(message: str, parameters: Mapping[str, Json] | None = None) -> Problem:
    """A body or a query that does not fit X's schema."""
    error: Json = {"message": message, "parameters": dict(parameters or {})}
    return Problem(
        400, "One or more parameters to your request was invalid.", kind=TYPES + "invalid-request", errors=[error]
    )


def missing(what: str, value: str) -> Problem:
    """A thing that is not there, or not for this account to see."""
    kind, resource = TYPES + "resource-not-found", what.partition(" ")[0]
    return Problem(404, f"Could not find {what}: [{value}].", kind=kind, resource_type=resource, resource_id=value)
