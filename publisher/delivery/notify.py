"""Messages through Apprise: what a run did, told to the team; and the judgement of what became of one message.

Apprise makes its own requests: these, and only these, do not go through the wire's session. So here they are held to
the wire's rules: time limits always, no hidden retries, no redirects, and nothing that Apprise logs is ever shown,
because its lines hold addresses, and addresses hold tokens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from publisher.delivery.wire import CONNECT_SECONDS, READ_SECONDS
from publisher.model import Receipt

if TYPE_CHECKING:
    from apprise import AttachBase, NotifyBase
    from apprise.result import NotifyResult

SENT, REFUSED, UNREACHED, UNKNOWN = "sent", "refused", "unreached", "unknown"
SERVICE_SECONDS = 120.0
MOST_LINES = 20

_STATUS = re.compile(r"\berror=(\d{3})\b")
_NEVER_LEFT = re.compile(r"NewConnectionError|NameResolutionError|ConnectTimeoutError|CERTIFICATE_VERIFY_FAILED")
_LEFT = re.compile(r"^sent\b", re.IGNORECASE)


class Outcome(Protocol):
    """What became of a post on a channel, as the courier tells it."""

    @property
    def post(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def act(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def hint(self) -> str: ...
    @property
    def error(self) -> str: ...
    @property
    def receipts(self) -> Sequence[Receipt]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of one message at one service.

    `state` is sent; refused, with the HTTP `status` that says so; unreached, when nothing can have left; or unknown.
    """

    state: str
    service: str
    status: int = 0


# --- one message


def open_service(url: str) -> NotifyBase | None:
    """The service behind an Apprise URL, made to send only once; None for a URL Apprise does not know."""
    if "://" not in url:
        return None
    from apprise import Apprise, AppriseAsset

    _keep_logs_to_itself()
    asset = AppriseAsset(
        app_id="Publisher", app_desc="Publisher", http_redirects=False, service_timeout=SERVICE_SECONDS
    )
    service = Apprise.instantiate(url, asset=asset)
    return _held_to_the_rules(service) if service else None


def _held_to_the_rules(service: NotifyBase) -> NotifyBase:
    """The service, whatever its URL asks for: once, and a failure is a failure."""
    service.retry, service.optional, service.redirects = 0, False, False
    service.socket_connect_timeout, service.socket_read_timeout = CONNECT_SECONDS, READ_SECONDS
    return service


def _keep_logs_to_itself() -> None:
    """Lets Apprise write everything to its results, which are judged here, and nothing to anybody's screen."""
    import logging

    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def tell(
    service: NotifyBase, body: str, *, title: str = "", attach: Sequence[AttachBase] = (), split: bool = False
) -> Told:
    """What became of one message of plain text, sent once, and in one piece unless it may be `split`."""
    import logging

    from apprise import Apprise, NotifyFormat, OverflowMode

    service.overflow_mode = OverflowMode.SPLIT if split else OverflowMode.UPSTREAM
    apprise = Apprise(asset=service.asset)
    apprise.add(service)
    with apprise.notify(
        body=body,
        title=title,
        body_format=NotifyFormat.TEXT,
        attach=list(attach) or None,
        log_level=logging.DEBUG,
    ) as told:
        result = next(iter(told.results), None)
        if told:
            return Told(state=SENT, service=str(service.service_name))
        several = bool(attach) or len(service) > 1
        return _judge(result, several=several, service=str(service.service_name))


def _judge(result: NotifyResult | None, *, several: bool, service: str) -> Told:
    """What a failure means: where several requests were due, some may have been taken before one was not."""
    lines = [entry.message for entry in result.logs()] if result is not None else []
    statuses = [int(status) for line in lines for status in _STATUS.findall(line)]
    certain = result is not None and result.status.name == "FAILURE" and not several
    if not certain or any(_LEFT.match(line) for line in lines):
        return Told(state=UNKNOWN, service=service)
    if statuses and all(400 <= status < 500 and status != 408 for status in statuses):
        return Told(state=REFUSED, service=service, status=statuses[-1])
    if not statuses and any(_NEVER_LEFT.search(line) for line in lines):
        return Told(state=UNREACHED, service=service)
    return Told(state=UNKNOWN, service=service, status=statuses[-1] if statuses else 0)


# --- what a run did, told to the team


def notify(
    urls: Sequence[str],
    title: str,
    body: str,
    *,
    open_service: Callable[[str], NotifyBase | None] = open_service,
) -> tuple[str, ...]:
    """Tells every URL; the problems, one line each and without addresses, are returned and never raised.

    Nothing is told when there is nothing to tell (an empty title and body).
    """
    if not (title or body):
        return ()
    problems = (_problem(number, url, title, body, open_service) for number, url in enumerate(urls, start=1))
    return tuple(problem for problem in problems if problem)


def _problem(number: int, url: str, title: str, body: str, open_service: Callable[[str], NotifyBase | None]) -> str:
    who = f"notification {number}"
    try:
        service = open_service(url)
        if service is None:
            return f"{who} was not sent: its address is not one that Apprise knows (https://appriseit.com/services/)"
        told = tell(service, body, title=title, split=True)
    except Exception as error:  # noqa: BLE001 - a plugin of 170 strangers must not end a run that has published
        return f"{who} was not sent: Apprise failed with {type(error).__name__}"
    return "" if told.state == SENT else f"{who} to {told.service} {_reason(told)}"


def _reason(told: Told) -> str:
    if told.state == REFUSED:
        return f"was refused (HTTP {told.status}): check its address and its rights there"
    if told.state == UNREACHED:
        return "was not sent: the service could not be reached"
    return f"may not have arrived{f' (HTTP {told.status})' if told.status else ''}"


def summary(outcomes: Iterable[Outcome]) -> tuple[str, str]:
    """A title and a body that say what was published, what failed, what waits and what is in doubt, with what to do.

    Both are empty for a run in which nothing of that kind happened.
    """
    told = tuple(outcomes)
    done = [one for one in told if one.state in ("published", "withdrawn") and not one.error]
    published, edited, gone = ([one for one in done if one.act == act] for act in ("send", "edit", "withdraw"))
    put_off = [one for one in told if one.state == "later" and one.error]
    failed = [one for one in told if one.state == "failed" or _went_wrong(one)]
    doubted = [one for one in told if one.state == "doubt"]
    counts = (
        (published, "published"),
        (edited, "edited"),
        (gone, "withdrawn"),
        (failed, "failed"),
        (put_off, "put off"),
        (doubted, "in doubt"),
    )
    title = ", ".join(f"{len(found)} {what}" for found, what in counts if found)
    sections = (
        _section("Published", map(_published, published)),
        _section("Edited", map(_published, edited)),
        _section("Withdrawn", map(_published, gone)),
        _section("Failed", map(_failed, failed)),
        _section("Put off: it goes on by itself", map(_failed, put_off)),
        _section("In doubt: it may be live, and is not sent again", map(_doubted, doubted)),
    )
    return title, "\n\n".join(section for section in sections if section)


def _went_wrong(one: Outcome) -> bool:
    """Whether a part did not go out for another reason than a person's call to stop."""
    return bool(one.error) and one.error != "Interrupted" and one.state not in ("doubt", "later")


def _section(heading: str, lines: Iterator[str]) -> str:
    listed = [f"• {line}" for line in lines]
    more = [f"• and {len(listed) - MOST_LINES} more: type `publisher status`"] if len(listed) > MOST_LINES else []
    return "\n".join((heading, *listed[:MOST_LINES], *more)) if listed else ""


def _published(one: Outcome) -> str:
    address = next((receipt.url for receipt in one.receipts if receipt.url), "")
    return f"{one.post} on {one.channel}{f': {address}' if address else ''}"


def _failed(one: Outcome) -> str:
    return f"{one.post} on {one.channel}{_begun(one)}: {one.reason}{_to_do(one.hint)}"


def _doubted(one: Outcome) -> str:
    command = f"look at {one.channel}, then type: publisher resolve {one.post} {one.channel}"
    return f"{one.post} on {one.channel}{_begun(one)}: {one.reason}{_to_do(one.hint or command)}"


def _begun(one: Outcome) -> str:
    address = next((receipt.url for receipt in one.receipts if receipt.url), "")
    return f" (its beginning is live: {address})" if address else ""


def _to_do(hint: str) -> str:
    return f"\n  What to do: {hint}" if hint else ""
