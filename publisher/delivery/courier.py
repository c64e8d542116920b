"""Carries renditions to their networks: attempt, send, receipt; and looks before anything is sent a second time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event as Flag

from publisher.adapter import Client
from publisher.delivery.scribe import Scribe
from publisher.errors import (
    ConfigError,
    Conflict,
    Deferred,
    DeliveryError,
    LedgerError,
    PublisherError,
    Rejected,
    Unauthorized,
    Uncertain,
)
from publisher.ledger import events as story
from publisher.ledger.events import Event, Kind
from publisher.ledger.story import Story
from publisher.model import Attempt, Channel, Part, Receipt, Rendition, part_key

Deliver = Callable[[Callable[[], Receipt]], Receipt]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One rendition to bring to its channel; `blob` is the post's file as it was read."""

    channel: Channel
    rendition: Rendition
    blob: str
    revision: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a post on a channel: a state of the plan, why, and the receipts so far.

    `error` is the class of what went wrong, empty when nothing did; `hint` what to do about it.
    """

    post: str
    channel: str
    network: str
    state: str
    reason: str = ""
    hint: str = ""
    error: str = ""
    at: datetime | None = None
    receipts: tuple[Receipt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """Delivers jobs, channels side by side, each in order.

    `deliver` repeats a call that is safe to repeat; `stop` asks everybody to finish the part in hand and go home;
    `tell` hears every outcome as it happens, from any thread.
    """

    scribe: Scribe
    connect: Callable[[Channel], Client]
    clock: Callable[[], datetime]
    deliver: Deliver
    stop: Flag = field(default_factory=Flag)
    tell: Callable[[Outcome], None] = lambda _outcome: None

    def carry(self, jobs: Sequence[Job], stories: Mapping[str, Story]) -> tuple[Outcome, ...]:
        """The outcome of every job, in the order of `jobs`. One channel's failure never stops another."""
        rounds: dict[str, list[Job]] = {}
        for job in jobs:
            rounds.setdefault(job.channel.name, []).append(job)
        if not rounds:
            return ()
        with ThreadPoolExecutor(max_workers=len(rounds), thread_name_prefix="channel") as pool:
            done = pool.map(lambda round_: _Round(self, round_, stories).walk(), rounds.values())
            outcomes = {(one.post, one.channel): one for outcomes in done for one in outcomes}
        return tuple(outcomes[job.rendition.post, job.channel.name] for job in jobs)


class _Round:
    """One channel's jobs, one after the other, until the channel cannot go on."""

    def __init__(self, courier: Courier, jobs: Sequence[Job], stories: Mapping[str, Story]) -> None:
        self._courier, self._jobs, self._stories = courier, jobs, stories
        self._client: Client | None = None
        self._closed = ""

    def walk(self) -> list[Outcome]:
        outcomes = []
        for job in self._jobs:
            outcome = self._one(job)
            outcomes.append(outcome)
            with suppress(OSError):  # whoever listens may have gone; the channel's other posts have not
                self._courier.tell(outcome)
        return outcomes

    def _one(self, job: Job) -> Outcome:
        if self._courier.stop.is_set():
            return _outcome(job, "due", "interrupted before it was sent", error="Interrupted")
        if self._closed:
            return _outcome(job, "due", self._closed, error="Deferred")
        errand = _Errand(self._courier, job, self._stories.get(job.rendition.post) or Story(post=job.rendition.post))
        try:
            self._client = self._client or self._courier.connect(job.channel)
            return errand.run(self._client)
        except ConfigError as error:
            return _outcome(job, "held", str(error), error=type(error).__name__, hint=error.hint)
        except DeliveryError as error:
            if isinstance(error, Unauthorized | Deferred):
                self._closed = f"{job.channel.name} is closed for this run: {error}"
            return errand.failed(error)
        except Conflict as error:
            return _outcome(job, "held", f"being sent by another runner ({error})", receipts=errand.receipts)
        except LedgerError as error:
            self._closed = f"the ledger cannot be written: {error}"
            return errand.unwritten(error)
        except PublisherError as error:
            return _outcome(job, "held", str(error), error=type(error).__name__, hint=error.hint)
        except Exception as error:  # noqa: BLE001 - one channel's mishap, even a mistake of ours, never stops another
            return errand.broken(error)


class _Errand:
    """One post on its way to one channel, part by part."""

    def __init__(self, courier: Courier, job: Job, story: Story) -> None:
        self._courier, self._job, self._story = courier, job, story
        self._receipts: list[Receipt] = []
        self._in_hand: Attempt | None = None
        self._looking = self._sent = self._absent = False

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        return tuple(self._receipts)

    def run(self, client: Client) -> Outcome:
        self._refuse_mixed_wording()
        rendition = self._job.rendition
        for position, part in enumerate(rendition.parts):
            receipt = self._story.receipt(rendition.channel, position)
            if receipt is None:
                if self._courier.stop.is_set():
                    return self._told("due", "interrupted; the next run goes on here", error="Interrupted")
                receipt = self._send(client, part, self._attempt(position))
            self._receipts.append(receipt)
        now = self._courier.clock()
        self._record(story.completed(rendition.channel, rendition.digest, self._job.blob, now))
        return self._told("published")

    def _attempt(self, position: int) -> Attempt:
        rendition = self._job.rendition
        key = part_key(rendition.post, rendition.channel, self._job.revision, position)
        first = self._story.first_attempt(key)
        return Attempt(
            key=key,
            post=rendition.post,
            channel=rendition.channel,
            position=position,
            digest=rendition.digest,
            at=first.at if first else self._courier.clock(),
        )

    def _send(self, client: Client, part: Part, attempt: Attempt) -> Receipt:
        """The receipt of one part: found if an earlier attempt may have gone through, otherwise sent."""
        self._in_hand, self._looking = attempt, True
        found = self._look_first(client, part, attempt)
        self._looking = False
        if found is None:
            self._courier.scribe.claim(attempt)
            found = self._try(client, part, attempt)
        self._sent = True
        self._record(story.received(attempt, found))
        self._in_hand, self._sent = None, False
        return found

    def _look_first(self, client: Client, part: Part, attempt: Attempt) -> Receipt | None:
        doubted_before = any(one.key == attempt.key for one in self._story.in_doubt(attempt.channel))
        tried_before = any(one.key == attempt.key for one in self._story.open_attempts(attempt.channel))
        if not (doubted_before or tried_before):
            return None
        try:
            found = client.find(part, attempt, self.receipts)
        except Rejected as error:
            raise Uncertain(f"an earlier try may be live, and the network lets nobody look: {error}") from error
        if found is None and doubted_before:
            self._record(story.resolved(attempt, self._courier.clock(), posted=False))
        return found

    def _try(self, client: Client, part: Part, attempt: Attempt) -> Receipt:
        try:
            return self._courier.deliver(lambda: client.deliver(part, attempt, self.receipts))
        except Uncertain as error:
            found = self._look_after(client, part, attempt, error)
            if found is None:
                self._absent = True
                raise
            return found

    def _look_after(self, client: Client, part: Part, attempt: Attempt, error: Uncertain) -> Receipt | None:
        """What the network shows of a part whose answer was lost; not sent again in this run, for it may come late."""
        try:
            return client.find(part, attempt, self.receipts)
        except Deferred as unknown:
            raise Uncertain(f"{error}; and looking failed: {unknown}", status=error.status) from unknown
        except DeliveryError as unknown:
            raise Uncertain(f"{error}; {unknown}", hint=unknown.hint, status=error.status) from unknown

    def _refuse_mixed_wording(self) -> None:
        """Stops when part of the post is, or may be, live in other words than these."""
        rendition = self._job.rendition
        for one in self._story.events:
            mine = one.channel == rendition.channel and one.digest and one.digest != rendition.digest
            open_ = one.kind is Kind.ATTEMPT and one in self._story.open_attempts(rendition.channel)
            if mine and (one.kind is Kind.RECEIPT or open_):
                raise ConfigError(
                    f"{rendition.post} on {rendition.channel} is, or may be, partly live in an earlier wording",
                    hint=f"look at {one.url or 'the channel'}; then restore the wording, or `publisher resolve "
                    f"{rendition.post} {rendition.channel} --posted URL`",
                )

    def failed(self, error: DeliveryError) -> Outcome:
        """The outcome of an errand that a network ended, written down."""
        attempt, now = self._in_hand, self._courier.clock()
        if self._looking and not isinstance(error, Uncertain):
            return self._unseen(error)
        state, reason = _judged(error, absent=self._absent)
        if attempt is not None:
            try:
                if isinstance(error, Unauthorized | Rejected):
                    self._record(story.refused(attempt, error, now, blob=self._job.blob))
                elif isinstance(error, Deferred):
                    self._record(story.deferred(attempt, error, now))
                elif state == "doubt" and not self._doubted_already(attempt, str(error)):
                    self._record(story.doubted(attempt, str(error), now))
            except LedgerError as unwritten:
                return self.unwritten(unwritten)
        at = error.until if isinstance(error, Deferred) else None
        return replace(self._told(state, reason, error=type(error).__name__, hint=error.hint), at=at)

    def _unseen(self, error: DeliveryError) -> Outcome:
        """The outcome when nobody could look for an earlier try: nothing is written, for that would end it."""
        doubted = bool(self._story.in_doubt(self._job.channel.name))
        state = "doubt" if doubted else _judged(error, absent=False)[0]
        reason = f"an earlier try may be live, and looking for it failed: {error}; the next run looks again"
        at = error.until if isinstance(error, Deferred) else None
        return replace(self._told(state, reason, error=type(error).__name__, hint=error.hint), at=at)

    def _doubted_already(self, attempt: Attempt, why: str) -> bool:
        """Whether the story ends in this very doubt; a run every quarter of an hour need not say it again."""
        doubts = self._story.in_doubt(attempt.channel)
        return any(one.key == attempt.key and one.message == why for one in doubts)

    def broken(self, error: Exception) -> Outcome:
        """The outcome of a mistake of ours; its text is not told, for nobody has taken the secrets out of it."""
        told = f"this is a mistake of ours, not yours ({type(error).__name__})"
        if self._in_hand is None:
            return self._told("due", f"{told}; nothing was sent", error="AdapterError")
        return self._told("due", f"{told}; it may be live, and the next run looks before it sends", error="Uncertain")

    def unwritten(self, error: LedgerError) -> Outcome:
        """The outcome when the ledger could not be written: what is in hand may be live without its receipt."""
        state, live = ("doubt", "it is live, but ") if self._sent else ("due", "")
        return self._told(
            state, f"{live}the ledger could not be written: {error}", error="LedgerError", hint=error.hint
        )

    def _record(self, event: Event) -> None:
        self._courier.scribe.record(self._job.rendition.post, event)

    def _told(self, state: str, reason: str = "", *, error: str = "", hint: str = "") -> Outcome:
        return replace(_outcome(self._job, state, reason, error=error, hint=hint), receipts=self.receipts)


def _judged(error: DeliveryError, *, absent: bool) -> tuple[str, str]:
    if isinstance(error, Unauthorized):
        return "failed", f"the network does not accept the credentials: {error}"
    if isinstance(error, Rejected):
        return "failed", f"refused: {error}"
    if isinstance(error, Deferred):
        return (
            ("later", f"not now: {error}") if error.until else ("due", f"not sent: {error}; the next run tries again")
        )
    if absent:
        return "due", f"{error}; the network does not show it: the next run looks again before it sends"
    return "doubt", str(error)


def _outcome(
    job: Job, state: str, reason: str, *, error: str = "", hint: str = "", receipts: tuple[Receipt, ...] = ()
) -> Outcome:
    return Outcome(
        post=job.rendition.post,
        channel=job.channel.name,
        network=job.channel.network,
        state=state,
        reason=reason,
        hint=hint,
        error=error,
        receipts=receipts,
    )
