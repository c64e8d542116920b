"""Whether the page a post links to is there yet: asked of the page itself, and never of a private address."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit

from publisher.delivery.wire import Session, open_transport
from publisher.errors import DeliveryError

HOPS = 5
MISSING = (404, 410)
UNWILLING = (405, 501)

Ask = Callable[[str], "tuple[int, str]"]
Resolve = Callable[[str], Iterable[str]]


def ask_page(url: str) -> tuple[int, str]:
    """The page's status and, for a redirect, where it leads; its words are not read. Raises DeliveryError."""
    with Session(open_transport(), clock=lambda: datetime.now(UTC)) as session:
        answered = session.head(url)
        if answered.status_code in UNWILLING:
            answered = session.get(url, stream=True)
            answered.close()
        return answered.status_code, answered.headers.get("Location", "")


def resolve_host(host: str) -> tuple[str, ...]:
    """The addresses of a host; none when it has none."""
    try:
        return tuple({str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)})
    except (OSError, UnicodeError):
        return ()


def find_absence(url: str, *, ask: Ask = ask_page, resolve: Resolve = resolve_host) -> str:
    """Why the page is not there, empty when it is.

    It is not there while it answers 404, 410 or an error of its server, cannot be reached, leads round in circles, or
    lies at an address that is not public. A page that only refuses programs (401, 403, 429) is there.
    """
    for _ in range(HOPS):
        if why := _refuse(url, resolve):
            return why
        try:
            status, target = ask(url)
        except DeliveryError as error:
            return str(error)
        if not (300 <= status < 400 and target):
            return f"it answers {status}" if status in MISSING or status >= 500 else ""
        url = urljoin(url, target)
    return "it leads from page to page"


def _refuse(url: str, resolve: Resolve) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "it leads to something that is no page"
    addresses = tuple(resolve(parts.hostname))
    if not addresses:
        return f"{parts.hostname} is not known yet"
    if not all(ip_address(address.partition("%")[0]).is_global for address in addresses):
        return f"{parts.hostname} is not a public address"
    return ""
