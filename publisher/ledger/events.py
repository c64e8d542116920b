"""The append-only story of a post: what was tried on each channel, and what came of it. Pure.

A story is kept as JSON Lines, one event a line. A line that cannot be read stays in the story as an event of its own:
it may have been a receipt, so until a person resolves the channel nothing is sent on the strength of its absence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from publisher.errors import Deferred, DeliveryError
from publisher.ledger.runner import Runner
from publisher.words import Finding

if TYPE_CHECKING:
    from publisher.model import Attempt, Receipt


class Kind(StrEnum):
    """What happened. `done` says that the channel shows what the post says, or nothing once it is withdrawn.

    `queued` gives a post that waits for a slot its place among the others, and says which slot that is.
    """

    QUEUED = "queued"
    ATTEMPT = "attempt"
    UPLOADED = "uploaded"
    RECEIPT = "receipt"
    REFUSED = "refused"
    DEFERRED = "deferred"
    DOUBT = "doubt"
    RESOLVED = "resolved"
    DONE = "done"
    UNREADABLE = "unreadable"


class Event(Struct, frozen=True, kw_only=True):
    """One line of a post's story; a field that its kind does not use is empty.

    `at` is when it happened, in UTC: for the first attempt of a key, the instant frozen with it. `act` is what was
    tried: send, edit or withdraw. `digest` is the rendition's, `wording` the part's, `words` that of what a network is
    asked to recognise it by, `blob` the post's, which lay at `path`. `network` and `account` are where it was tried.
    `claim` tells two attempts apart that would otherwise be written alike. `error` is the class of a refusal. `posted`
    is what a person or the network answered to a doubt. `native` is a receipt's, or names what was uploaded. `until`
    is when a network may be asked again, or the slot a post waits for.
    """

    kind: Kind
    channel: str
    at: datetime
    act: str = "send"
    position: int = 0
    key: str = ""
    digest: str = ""
    wording: str = ""
    words: str = ""
    network: str = ""
    blob: str = ""
    path: str = ""
    account: str = ""
    claim: str = ""
    runner: Runner | None = None
    id: str = ""
    url: str = ""
    native: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    message: str = ""
    until: datetime | None = None
    posted: bool | None = None

    @property
    def proves(self) -> bool:
        """Whether this event says that its part is live."""
        posted = self.kind is Kind.RECEIPT or (self.kind is Kind.RESOLVED and self.posted is True)
        return posted and self.act != "withdraw"

    @property
    def removes(self) -> bool:
        """Whether this event says that its part is live no more."""
        return self.kind is Kind.RECEIPT and self.act == "withdraw"

    @property
    def receipt(self) -> Receipt:
        """The receipt this event holds."""
        from publisher.model import Receipt

        return Receipt(id=self.id, url=self.url, at=self.at, native=self.native)


# --- the story's lines, as the courier writes them ------------------------------------------------------------------


def attempted(attempt: Attempt, runner: Runner, at: datetime, claim: str = "") -> Event:
    """The intent to send a part, held by `runner` from `at` on."""
    return _about(attempt, Kind.ATTEMPT, at, runner=runner, claim=claim)


def received(attempt: Attempt, receipt: Receipt) -> Event:
    """The proof that the part is live."""
    return _about(attempt, Kind.RECEIPT, receipt.at, id=receipt.id, url=receipt.url, native=dict(receipt.native))


def uploaded(attempt: Attempt, uploads: Mapping[str, str], at: datetime) -> Event:
    """What the client put on the network for this part before it created it, by the client's own names."""
    return _about(attempt, Kind.UPLOADED, at, native=dict(uploads))


def withdrawn(attempt: Attempt, at: datetime) -> Event:
    """The part is off its network."""
    return _about(attempt, Kind.RECEIPT, at)


def refused(attempt: Attempt, error: DeliveryError, at: datetime, *, blob: str = "") -> Event:
    """The network's no, by the error's class; `blob` is the post as it was, so that an edit is tried again."""
    return _about(attempt, Kind.REFUSED, at, error=type(error).__name__, message=str(error), blob=blob)


def deferred(attempt: Attempt, error: DeliveryError, at: datetime) -> Event:
    """The network's not now, with the instant it named, if it did."""
    until = error.until if isinstance(error, Deferred) else None
    return _about(attempt, Kind.DEFERRED, at, message=str(error), until=until)


def doubted(attempt: Attempt, message: str, at: datetime) -> Event:
    """The part may be live and nobody can tell; `message` says why."""
    return _about(attempt, Kind.DOUBT, at, message=message)


def resolved(attempt: Attempt, at: datetime, *, posted: bool, url: str = "", id: str = "") -> Event:  # noqa: A002 - the network's id
    """The answer to a doubt: whether the part is live after all, and where."""
    return _about(attempt, Kind.RESOLVED, at, posted=posted, url=url, id=id)


def completed(channel: str, digest: str, blob: str, at: datetime, *, path: str = "", message: str = "") -> Event:
    """The rendition is on the channel, but for what `message` says; `blob` is the post it was made of, at `path`."""
    return Event(kind=Kind.DONE, channel=channel, at=at, digest=digest, blob=blob, path=path, message=message)


def removed(channel: str, blob: str, at: datetime, *, path: str = "", message: str = "") -> Event:
    """Nothing of the withdrawn post is on the channel, but for what `message` says."""
    return Event(kind=Kind.DONE, channel=channel, at=at, act="withdraw", blob=blob, path=path, message=message)


def _about(attempt: Attempt, kind: Kind, at: datetime, **more: Any) -> Event:
    same: dict[str, Any] = {
        "channel": attempt.channel,
        "position": attempt.position,
        "act": attempt.act,
        "key": attempt.key,
        "digest": attempt.digest,
        "wording": attempt.wording,
        "words": attempt.words,
        "network": attempt.network,
        "account": attempt.account,
    }
    return Event(kind=kind, at=at, **same, **more)


# --- JSON Lines -----------------------------------------------------------------------------------------------------


def encode(events: Iterable[Event]) -> str:
    """The events as JSON Lines, each ended by a newline, keys in a fixed order, instants in UTC with a Z."""
    return "".join(f"{_line(event)}\n" for event in events)


def decode(text: str, path: str = "") -> tuple[tuple[Event, ...], tuple[Finding, ...]]:
    """The events of a story and a complaint for every line that cannot be read; those lines stay in place."""
    if not text:
        return (), ()
    import json

    events: list[Event] = []
    complaints: list[Finding] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            events.append(_event(json.loads(line)))
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
            events.append(Event(kind=Kind.UNREADABLE, channel="", at=_NEVER, message=line))
            complaints.append(_complaint(path, number, error))
    return tuple(events), tuple(complaints)


_NEVER = datetime(1, 1, 2, tzinfo=UTC)
_FIRST_YEAR, _LAST_YEAR = 1000, 9000


def _complaint(path: str, line: int, error: Exception) -> Finding:
    return Finding(
        rule="ledger-line",
        message=f"this line of the ledger cannot be read ({type(error).__name__}: {error})",
        path=path,
        line=line,
        hint="put the line back as it was, or say what happened with `publisher resolve`",
    )


def _line(event: Event) -> str:
    if event.kind is Kind.UNREADABLE:
        return event.message
    import json

    runner = event.runner
    pairs: dict[str, object] = {
        "kind": event.kind.value,
        "channel": event.channel,
        "at": _stamp(event.at),
        "act": event.act if event.act != "send" else "",
        "position": event.position,
        "key": event.key,
        "digest": event.digest,
        "wording": event.wording,
        "words": event.words,
        "network": event.network,
        "blob": event.blob,
        "path": event.path,
        "account": event.account,
        "claim": event.claim,
        "runner": runner and {"host": runner.host, "pid": runner.pid, "started": runner.started},
        "id": event.id,
        "url": event.url,
        "native": {name: event.native[name] for name in sorted(event.native)},
        "error": event.error,
        "message": event.message,
        "until": event.until and _stamp(event.until),
        "posted": event.posted,
    }
    kept = {name: value for name, value in pairs.items() if value not in ("", None, {})}
    return json.dumps(kept, ensure_ascii=False, separators=(", ", ": "))


def _event(read: dict[str, Any]) -> Event:
    runner, until, posted = read.get("runner"), read.get("until"), read.get("posted")
    if not isinstance(posted, bool | None) or read["kind"] == Kind.UNREADABLE:
        raise ValueError("not an event")
    return Event(
        kind=Kind(read["kind"]),
        channel=_text(read, "channel", required=True),
        at=parse_instant(read["at"]),
        act=_act(read.get("act", "send")),
        position=_whole(read.get("position", 0)),
        **{name: _text(read, name) for name in _TEXTS},
        runner=Runner(host=_text(runner, "host"), pid=_whole(runner["pid"]), started=_text(runner, "started"))
        if runner
        else None,
        native={str(name): str(value) for name, value in read.get("native", {}).items()},
        until=parse_instant(until) if until else None,
        posted=posted,
    )


_TEXTS = (
    "key",
    "digest",
    "wording",
    "words",
    "network",
    "blob",
    "path",
    "account",
    "claim",
    "id",
    "url",
    "error",
    "message",
)


def _act(value: object) -> str:
    if value not in ("send", "edit", "withdraw"):
        raise ValueError(f"{value!r} is not an act")
    return str(value)


def _text(read: dict[str, Any], name: str, *, required: bool = False) -> str:
    value = read[name] if required else read.get(name, "")
    if not isinstance(value, str) or (required and not value):
        raise ValueError(f"{name} is not a text")
    return value


def _whole(value: object) -> int:
    if type(value) is not int:
        raise ValueError(f"{value!r} is not a whole number")
    return value


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_instant(text: str) -> datetime:
    """The instant of a line, in UTC. Raises ValueError, TypeError or OverflowError.

    One so far off that no clock of any zone could show the days around it is no instant of a post.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        raise ValueError(f"{text} is out of all time")
    return instant.astimezone(UTC)
