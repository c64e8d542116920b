"""The sandbox in the network's place: a transport for `delivery.wire.Session`, in process or to a served sandbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.exceptions import NewConnectionError, ProtocolError
from urllib3.util.retry import Retry

from publisher.sandbox.harness import REFUSED, TIMEOUT, Dropped, Harness, Request, Response

NETWORK, HOST, NOW, CHANNEL, HANDLE, FAULT = (
    f"X-Sandbox-{name}" for name in ("Network", "Host", "Now", "Channel", "Handle", "Fault")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who speaks to the sandbox: a channel, its handle and its network."""

    network: str
    channel: str
    handle: str


class InProcess(BaseAdapter):
    """A transport that asks a harness in this process; no socket is opened."""

    def __init__(self, harness: Harness, speaker: Speaker, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._harness, self._speaker, self._clock = harness, speaker, clock

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """The stand-in's answer, as `requests` would have read it."""
        if _asks_the_time(request):
            return _the_time(request, self._clock())
        asked = Request(
            method=request.method or "GET",
            url=request.url or "",
            headers={name.lower(): str(value) for name, value in request.headers.items()},
            body=_bytes(request.body),
            channel=self._speaker.channel,
            handle=self._speaker.handle,
        )
        try:
            return _as_requests(request, self._harness.answer(self._speaker.network, asked, self._clock()))
        except Dropped as fault:
            raise dropped(fault.kind, request) from None

    def close(self) -> None:
        """Nothing to let go of."""


class Served(HTTPAdapter):
    """A transport to a sandbox served by another process, at `base`."""

    def __init__(self, base: str, speaker: Speaker, clock: Callable[[], datetime]) -> None:
        super().__init__(max_retries=Retry(0, redirect=False, read=False))
        self._base, self._speaker, self._clock = urlsplit(base), speaker, clock

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """The served stand-in's answer; a dialled fault that leaves no answer is raised as the real one would be."""
        if _asks_the_time(request):
            return _the_time(request, self._clock())
        asked = request.copy()
        parts = urlsplit(request.url or "")
        asked.url = urlunsplit((self._base.scheme, self._base.netloc, "/net" + parts.path, parts.query, ""))
        asked.headers[HOST] = parts.netloc
        asked.headers[NETWORK] = self._speaker.network
        asked.headers[CHANNEL] = self._speaker.channel
        asked.headers[HANDLE] = quote(self._speaker.handle)
        asked.headers[NOW] = self._clock().isoformat()
        response = super().send(asked, *args, **kwargs)
        fault = response.headers.get(FAULT)
        if fault:
            response.close()
            raise dropped(fault, request)
        response.url, response.request = request.url or "", request
        return response


def received(method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[str, Request, str]:
    """The network, the request and the instant (ISO, or empty) that a `Served` transport sent; names in lower case."""
    path = target.removeprefix("/net")
    return (
        headers.get(NETWORK.lower(), ""),
        Request(
            method=method,
            url=f"https://{headers.get(HOST.lower(), '')}{path}",
            headers={name: value for name, value in headers.items() if not name.startswith("x-sandbox-")},
            body=body,
            channel=headers.get(CHANNEL.lower(), ""),
            handle=unquote(headers.get(HANDLE.lower(), "")),
        ),
        headers.get(NOW.lower(), ""),
    )


def dropped(kind: str, request: requests.PreparedRequest) -> requests.RequestException:
    """The exception that `requests` raises when no answer comes in that way."""
    if kind == REFUSED:
        cause = NewConnectionError(None, "connection refused")  # type: ignore[arg-type]  # no pool: there is no socket
        return requests.exceptions.ConnectionError(cause, request=request)
    if kind == TIMEOUT:
        return requests.exceptions.ReadTimeout("read timed out", request=request)
    return requests.exceptions.ConnectionError(ProtocolError("Connection aborted."), request=request)


def _asks_the_time(request: requests.PreparedRequest) -> bool:
    """Whether a request wants nothing of a server but its clock, which in the sandbox is that of the rehearsal."""
    return request.method == "HEAD" and request.path_url == "/"


def _the_time(request: requests.PreparedRequest, now: datetime) -> requests.Response:
    return _as_requests(
        request, Response(status=200, headers={"Date": format_datetime(now.astimezone(UTC), usegmt=True)})
    )


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes):
        return body
    return bytes(body.read()) if hasattr(body, "read") else b"".join(body)


def _as_requests(request: requests.PreparedRequest, answered: Response) -> requests.Response:
    import io
    from http import HTTPStatus

    from requests.structures import CaseInsensitiveDict

    response = requests.Response()
    response.status_code = answered.status
    response.headers = CaseInsensitiveDict(answered.headers)
    response.encoding = requests.utils.get_encoding_from_headers(response.headers) or "utf-8"
    response.reason = HTTPStatus(answered.status).phrase if answered.status in HTTPStatus._value2member_map_ else ""
    response.raw = io.BytesIO(answered.body)
    response.url, response.request = request.url or "", request
    return response
