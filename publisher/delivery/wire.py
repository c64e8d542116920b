"""The one door to the network: a `requests` session that never waits for ever, never retries and never tells a secret.

Every client, SDK or not, speaks through a `Session`. A transport decides where requests go: the real network
(`open_transport`), or the sandbox, which mounts itself in the same place.
"""

from __future__ import annotations

import ssl
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from traceback import walk_tb
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util.retry import Retry

from publisher.errors import ConfigError, Deferred, DeliveryError, Rejected, Unauthorized, Uncertain

CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0

APART = timedelta(minutes=2)
"""How far two clocks may be apart: less than what adapters look back for when a post was lost, which is 5 minutes."""
LONGEST = timedelta(days=32)
"""The longest wait that is believed: X's spend cap lasts until the next billing cycle. One further off is a mistake."""
EXCERPT_CHARACTERS = 300

Judge = Callable[[requests.Response, bool], "DeliveryError | None"]

Regain = Callable[[requests.Response, datetime], "datetime | None"]
"""When such a request may be made again, by what an answer of any status says at that instant; None while some are left
or nothing is said. Pure."""


def open_transport() -> HTTPAdapter:
    """A transport to the real network that leaves every decision to send again to its caller."""
    return HTTPAdapter(max_retries=Retry(0, redirect=False, read=False))


class Session(requests.Session):
    """One channel's line to its network.

    Redirects are refused, `last` is the response of the latest request (None when there was none), and a request that
    got no answer raises Deferred when it surely did nothing, Uncertain when it may have. A client whose network tells
    how many calls are left sets `regain`: once none are, nothing more is published before the instant it gives.
    `home` is the address of its server, if the client sets it, whose clock `check_clock` compares with this one.
    """

    def __init__(self, transport: BaseAdapter, *, clock: Callable[[], datetime], secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self.trust_env = False  # a .netrc would replace the channel's own credentials
        self.mount("https://", transport)
        self.mount("http://", transport)
        self.now = clock
        self.last: requests.Response | None = None
        self.regain: Regain = lambda _response, _now: None
        self.home = ""
        self._secrets = {secret for secret in secrets if len(secret) > 3}
        self._harmless = False
        self._spent: dict[str, datetime | None] = {}

    def hide(self, secret: str) -> None:
        """Adds a secret learnt on the way (a session token) to those that never appear in a text."""
        if len(secret) > 3:
            self._secrets.add(secret)

    def redact(self, text: str) -> str:
        """The text without any of this session's secrets."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text

    def check_clock(self) -> None:
        """Nothing, while the clock here agrees with its network's, or nobody can tell. Raises ConfigError.

        What a wrong clock writes into the ledger would be believed by all: when a claim has ended, and since when to
        look for a post that was lost.
        """
        ahead = self._ahead() if self.home else timedelta()
        if abs(ahead) > APART:
            way = "ahead of" if ahead > timedelta() else "behind"
            raise ConfigError(
                f"the clock here is {_lasting(abs(ahead))} {way} {urlsplit(self.home).netloc}'s; nothing was sent",
                hint="set the one that is wrong; `--now` is for rehearsals",
            )

    def _ahead(self) -> timedelta:
        try:
            told = self.head(urljoin(self.home, "/"), headers={"Cache-Control": "no-cache"}, timeout=CONNECT_SECONDS)
        except (Deferred, requests.RequestException):  # a server that cannot be asked is told of when something is sent
            return timedelta()
        self.last = None
        self.cookies.clear()
        dated = sent_at(told)
        return self.now() - dated if dated else timedelta()

    @contextmanager
    def harmless(self) -> Iterator[None]:
        """Marks requests that publish nothing (a log-in, an upload, a look): losing their answer is safe."""
        before, self._harmless = self._harmless, True
        try:
            yield
        finally:
            self._harmless = before

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """The network's answer, whatever its status. Raises Deferred or Uncertain when there is none."""
        kwargs["allow_redirects"] = False
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = (CONNECT_SECONDS, READ_SECONDS)
        self.last = None
        self._refuse_spent(request)
        try:
            self.last = super().send(request, **kwargs)
        except requests.RequestException as error:
            raise self._no_answer(request, error) from None  # its own text may hold an address with a token
        if self.last.ok and not self.is_harmless(request.method):  # a refusal is Deferred, and closes the channel
            self._spent[str(request.method)] = self.until(self.last)
        return self.last

    def until(self, response: requests.Response) -> datetime | None:
        """When such a request may be made again, if its answer names an instant to come that can be believed."""
        now = self.now()
        told = self.regain(response, now) or retry_after(response, now)
        return told if told and now < told <= now + LONGEST else None

    def _refuse_spent(self, request: requests.PreparedRequest) -> None:
        """Raises Deferred where the last answer to a request that publishes said that no more are taken just now."""
        until = None if self.is_harmless(request.method) else self._spent.get(str(request.method))
        if until and until > self.now():
            host = urlsplit(request.url or "").netloc
            raise Deferred(f"{host} takes no more until {until:%Y-%m-%d %H:%M:%S} UTC; nothing was sent", until=until)

    def is_harmless(self, method: str | None) -> bool:
        """Whether a request of that method can be lost without anything being published."""
        return self._harmless or method in {"GET", "HEAD", "OPTIONS"}

    def _no_answer(self, request: requests.PreparedRequest, error: requests.RequestException) -> DeliveryError:
        host = urlsplit(request.url or "").netloc
        if _never_left(error):
            return Deferred(f"{host} could not be reached; nothing was sent")
        if self.is_harmless(request.method):
            return Deferred(f"{host} did not answer; nothing was published")
        return Uncertain(f"{host} took the request but its answer was lost ({type(error).__name__})")

    @contextmanager
    def answered(self, judge: Judge | None = None) -> Iterator[None]:
        """Turns whatever an SDK makes of an answer into a DeliveryError, judged by the answer itself.

        Around one SDK call: any exception that is not ours is replaced by the verdict on `last`, with `judge` asked
        first for what this network says in its own way.
        """
        before = sys.exception()  # a look after an error happens inside it, and is judged by its own answer
        try:
            yield
        except DeliveryError as error:
            raise self._discreet(error) from None
        except Exception as error:  # noqa: BLE001 - an SDK may raise anything, and every answer must be judged
            raise self._discreet(_ours(error, before) or self.verdict(judge, error)) from None

    def _discreet(self, error: DeliveryError) -> DeliveryError:
        """The error, with no secret in it, whatever an adapter quoted in it."""
        error.args = (self.redact(str(error)),)
        error.hint = self.redact(error.hint)
        return error

    def verdict(self, judge: Judge | None = None, error: Exception | None = None) -> DeliveryError:
        """What the last answer means for the part in hand."""
        response = self.last
        if response is None:
            return Rejected(self.redact(f"the request could not be made: {error}"))
        harmless = self.is_harmless(response.request.method if response.request else None)
        own = judge(response, harmless) if judge else None
        excerpt, until = self.excerpt(response), self.until(response)
        return own or general_verdict(response, harmless=harmless, until=until, excerpt=excerpt)

    def excerpt(self, response: requests.Response) -> str:
        """The beginning of an answer's body on one line, without secrets."""
        return self.redact(" ".join(response.text.split()))[:EXCERPT_CHARACTERS]


def _ours(error: BaseException, before: BaseException | None) -> DeliveryError | None:
    """The DeliveryError that an SDK wrapped in an exception of its own, if it did, since `before`."""
    inner = error.__cause__ or error.__context__
    if inner is None or inner is before:
        return None
    return inner if isinstance(inner, DeliveryError) else _ours(inner, before)


def _never_left(error: requests.RequestException) -> bool:
    """Whether the connection was never made, so that not one byte of the request can have arrived."""
    if isinstance(error, requests.exceptions.SSLError):
        return _broke_in_handshake(error)
    if isinstance(error, requests.exceptions.ConnectTimeout | InvalidURL | InvalidSchema | MissingSchema):
        return True
    causes = [*error.args, *(getattr(cause, "reason", None) for cause in error.args)]
    return any(isinstance(cause, NewConnectionError | ConnectTimeoutError) for cause in causes)


def _broke_in_handshake(error: BaseException | None) -> bool:
    """Whether encryption failed before the request; an answer that cannot be decrypted fails in the same words."""
    while error and not isinstance(error, ssl.SSLError):
        error = error.__context__
    frames = walk_tb(error.__traceback__) if error else ()
    return any(frame.f_code.co_name == "do_handshake" for frame, _ in frames)


def general_verdict(
    response: requests.Response, *, harmless: bool, until: datetime | None, excerpt: str
) -> DeliveryError:
    """What a status means where the network has no saying of its own.

    401 asks for a new token; 429 and a refused read come back later; 408, 5xx and anything unreadable may have
    published; every other 4xx is a refusal.
    """
    status = response.status_code
    said = f"HTTP {status}: {excerpt or response.reason or 'no body'}"
    if status == 401:
        return Unauthorized(said, status=status)
    if status == 429:
        return Deferred(said, until=until, status=status)
    if 400 <= status < 500 and status != 408:
        return Rejected(said, status=status)
    if harmless:
        return Deferred(said, until=until, status=status)
    if status < 400:
        return Uncertain(f"the answer cannot be read ({said})", status=status)
    return Uncertain(said, status=status)


def retry_after(response: requests.Response, now: datetime) -> datetime | None:
    """The instant of a Retry-After header, in seconds or as a date (RFC 9110 10.2.3), or None."""
    value = response.headers.get("Retry-After", "")
    try:
        if value.isascii() and value.isdigit():
            return now + timedelta(seconds=int(value))
        return parsedate_to_datetime(value).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def sent_at(response: requests.Response) -> datetime | None:
    """When an answer left its server by the clock there (RFC 9110 6.6.1), a cache's waiting added, or None."""
    try:
        waited = timedelta(seconds=int(response.headers.get("Age", "0")))
        return parsedate_to_datetime(response.headers["Date"]).astimezone(UTC) + waited
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def _lasting(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{round(minutes / 60)} hours" if minutes < 48 * 60 else f"{span.days} days"


def read_epoch(written: str) -> datetime | None:
    """The instant of a header in seconds since 1970, or None."""
    try:
        return datetime.fromtimestamp(int(written), UTC)
    except (ValueError, OverflowError, OSError):
        return None
