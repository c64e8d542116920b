"""What X means by its refusals: problem documents, the older `errors` lists, and three families of rate limits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime

from requests import Response

from publisher.delivery.wire import Session, read_epoch
from publisher.errors import Deferred, DeliveryError, Rejected, Unauthorized, Uncertain

CONSOLE = "https://console.x.com"

# Each has its own limit, what is left of it, and the second at which it is full again: the first by
# docs.x.com/x-api/fundamentals/rate-limits (2026-08-22), those of a day by github.com/PLhery/node-twitter-api-v2,
# issues 495 and 553 (field reports, read 2026-11-22).
_FAMILIES = ("x-rate-limit", "x-app-limit-24hour", "x-user-limit-24hour")
_DUPLICATE_CODE = 187
_NO_ACCESS = ("oauth1 app permissions", "suspended", "temporarily locked", "client-not-enrolled", "client-forbidden")
_NO_CREDIT = ("credit", "spend cap", "spending limit", "usage-capped", "usagecap")


def is_duplicate(response: Response | None) -> bool:
    """Whether X refused a post because it has the same text already."""
    if response is None or response.status_code not in {400, 403}:
        return False
    return "duplicate content" in said(response).lower() or _DUPLICATE_CODE in _codes(response)


class Judge:
    """X's own ways, for one channel: the wire asks it before it judges by status."""

    def __init__(self, channel: str, session: Session) -> None:
        self._channel, self._session = channel, session

    def __call__(self, response: Response, harmless: bool) -> DeliveryError | None:  # noqa: FBT001 - the wire's signature
        """The error an answer stands for, or None where its status says enough."""
        status = response.status_code
        told = self._session.redact(f"HTTP {status}: {said(response)}")
        if status == 401:
            hint = (
                f"make new keys at {CONSOLE} > your app > Keys and tokens and put them into {self._variable()} and its"
                " siblings; if they are right, check this machine's clock: X refuses old signatures"
            )
            return Unauthorized(told, hint=hint, status=status)
        if status in {402, 403, 429} and _speaks_of(response, _NO_CREDIT):
            hint = f"add credits or raise the spending limit at {CONSOLE}; then `publisher push` the post"
            return Deferred(told, until=self._session.until(response), hint=hint, status=status)
        if status == 402:
            return Deferred(told, hint=f"pay for API use at {CONSOLE}", status=status)
        if status == 429:
            return Deferred(told, until=self._session.until(response), status=status)
        if status == 403 and not harmless and not list(_messages(response)):
            return Uncertain("X refused it and its reasons cannot be read: it may have the post already", status=403)
        return self._forbidden(response, told) if status == 403 else None

    def _forbidden(self, response: Response, told: str) -> DeliveryError:
        if _speaks_of(response, _NO_ACCESS):
            hint = f"at {CONSOLE} give the app Read and write, then make a new access token for {self._variable()}"
            return Unauthorized(told, hint=hint, status=403)
        hint = ""
        if "reply to this conversation" in told.lower():
            hint = f"X lets this app answer nobody: set `link: text` in the voice of {self._channel}, and no thread"
        elif "cashtag" in told.lower():
            hint = "keep one cashtag and name the others in words"
        return Rejected(told, hint=hint, status=403)

    def _variable(self) -> str:
        return f"{self._channel}_access_token".upper().replace("-", "_")


def said(response: Response) -> str:
    """What X said, in words, from either of its error forms; the body's beginning when it is neither."""
    found = dict.fromkeys(_messages(response))
    return ("; ".join(found) or " ".join(response.text.split()) or response.reason or "no body")[:300]


def _messages(response: Response) -> Iterator[str]:
    body = _body(response)
    for error in _errors(body):
        message = error.get("message") or error.get("detail")
        if message:
            yield str(message)
    if body.get("detail") or body.get("title"):
        yield str(body.get("detail") or body.get("title"))


def _codes(response: Response) -> set[object]:
    return {error.get("code") for error in _errors(_body(response))}


def _errors(body: dict[str, object]) -> list[dict[str, object]]:
    errors = body.get("errors")
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []


def _body(response: Response) -> dict[str, object]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _speaks_of(response: Response, signs: tuple[str, ...]) -> bool:
    told = response.text.lower()
    return any(sign in told for sign in signs)


def regain(response: Response, now: datetime) -> datetime | None:
    """When X takes such a request again: once every limit that is used up is full again.

    A refusal that says of none that it is used up waits for the soonest.
    """
    resets = [(reset, spent) for reset, spent in _resets(response) if reset > now]
    used_up = [reset for reset, spent in resets if spent]
    if used_up or response.status_code not in {402, 403, 429}:
        return max(used_up, default=None)
    return min((reset for reset, _ in resets), default=None)


def _resets(response: Response) -> Iterator[tuple[datetime, bool]]:
    """Every instant that X names, and whether a limit is used up until then.

    A spend cap names the first day of the next billing cycle, in its body (field reports, 2026-04 to 2026-07).
    """
    for family in _FAMILIES:
        reset = read_epoch(response.headers.get(f"{family}-reset", ""))
        if reset:
            yield reset, response.headers.get(f"{family}-remaining") == "0"
    with suppress(ValueError):
        day = date.fromisoformat(str(_body(response).get("reset_date")))
        yield datetime(day.year, day.month, day.day, tzinfo=UTC), True
