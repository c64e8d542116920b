"""One post on its way to one channel: what is live there is made to say what the rendition says, part by part.

A part that is not live is sent, one that reads otherwise is edited, and one too many is withdrawn; so a post that is
new, one that broke off, one that was edited and one that is withdrawn (a rendition without parts) go the same way.
Editing and withdrawing may be repeated without harm. Sending may not, so what may be live is looked for first. A post
is withdrawn as far as it is known to be live; what nobody can tell of is left in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event as Flag

from msgspec import structs

from publisher.adapter import Client, Editable, Withdrawable
from publisher.delivery.evidence import digest_words
from publisher.delivery.fence import MARGIN, Fence, Overtaken
from publisher.delivery.job import Job, Outcome, Overdue, outcome_of
from publisher.delivery.owners import Owners
from publisher.delivery.refusals import refuse_another_account, refuse_mixed_wording
from publisher.delivery.scribe import Scribe
from publisher.delivery.steps import Step, says, steps
from publisher.errors import (
    ConfigError,
    Deferred,
    DeliveryError,
    LedgerError,
    Rejected,
    Unauthorized,
    Uncertain,
    Unsupported,
)
from publisher.ledger import events as story
from publisher.ledger.events import Event, Kind
from publisher.ledger.runner import SENDING
from publisher.ledger.story import Story
from publisher.model import Attempt, Part, Receipt, part_key

Deliver = Callable[[Callable[[], Receipt]], Receipt]

FRESH = timedelta(hours=20)
"""How long what was uploaded is used again: X and Mastodon keep it for a day, and the rest longer."""


class Errand:
    """A job with the story of its post, which grows as the parts go out."""

    def __init__(
        self,
        *,
        job: Job,
        story: Story,
        scribe: Scribe,
        owners: Owners,
        clock: Callable[[], datetime],
        deliver: Deliver,
        stop: Flag,
    ) -> None:
        self._job, self._story, self._owners = job, story, owners
        self._scribe, self._clock, self._deliver, self._stop = scribe, clock, deliver, stop
        self._live = {position: one.receipt for position, one in story.standing(job.channel.name).items()}
        self._uploads: dict[str, dict[str, str]] = {}
        self._in_hand: Attempt | None = None
        self._act = "withdraw" if not job.rendition.parts else "keep" if story.done(job.channel.name) else "send"
        self._unknown = ""
        self._fence = Fence(clock)
        self._looking = self._sent = self._absent = self._closing = False

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """The proofs of what is live, in the order of the parts."""
        return tuple(self._live[position] for position in sorted(self._live))

    def run(self, connect: Callable[[], Client]) -> Outcome:
        """The outcome once nothing is left to do, or the PublisherError that ended it, raised."""
        refuse_another_account(self._job, self._story, self._tries())
        if self._job.rendition.parts:
            refuse_mixed_wording(self._job, self._story, self._tries())
        else:
            self._trace_tries(connect)
        todo = tuple(steps(self._job.rendition, self._story))
        try:
            for step in todo:
                if self._stop.is_set():
                    return self._told("due", "interrupted; the next run goes on here", error="Interrupted")
                self._closing = step is todo[-1] and not self._unknown
                self._act = self._act_of(step)
                self._take(step, connect())
        except Unsupported as reason:
            return self._kept(reason)
        if self._unknown:
            return self._unsure(self._unknown)
        if not todo:
            self._record(self._done())
        return self._told("published" if self._job.rendition.parts else "withdrawn")

    def remember(self, attempt: Attempt, uploads: Mapping[str, str]) -> None:
        """Keeps what a client uploaded, for another try of that part; losing it costs an upload, and nothing else.

        Raises Overtaken when uploading took so long that nothing may be created any more.
        """
        self._uploads.setdefault(attempt.key, {}).update(uploads)
        with suppress(LedgerError):
            self._record(story.uploaded(attempt, uploads, self._clock()))
        self._fence.check()

    # --- steps

    def _act_of(self, step: Step) -> str:
        """What the step is of: a post that was done is edited, whichever of its parts is sent or withdrawn for that."""
        changes = self._act in ("keep", "edit") and self._job.rendition.parts
        return "edit" if changes else step.act

    def _take(self, step: Step, client: Client) -> None:
        attempt = self._in_hand = self._attempt(step)
        if step.part is None:
            self._withdraw(client, attempt)
        elif step.act == "edit":
            self._edit(client, step.part, attempt)
        else:
            self._live[step.position] = self._send(client, step.part, attempt)
        self._in_hand = None

    def _attempt(self, step: Step) -> Attempt:
        rendition, channel = self._job.rendition, self._job.channel.name
        key = part_key(rendition.post, channel, self._story.revision(channel, step.position), step.position)
        first, now = self._story.first_attempt(key), self._clock()
        return Attempt(
            key=key,
            post=rendition.post,
            channel=channel,
            position=step.position,
            digest=rendition.digest,
            at=first.at if first else now,
            act=step.act,
            wording=rendition.wordings[step.position] if step.part else "",
            words=digest_words(step.part.text) if step.part else "",
            network=rendition.network,
            account=self._job.account,
            uploads=self._story.uploads(key, now - FRESH),
        )

    def _before(self, position: int) -> tuple[Receipt, ...]:
        return tuple(self._live[number] for number in sorted(self._live) if number < position)

    def _send(self, client: Client, part: Part, attempt: Attempt) -> Receipt:
        """The receipt of one part: found if an earlier attempt may have gone through, otherwise sent."""
        self._looking = True
        found = self._look_first(client, part, attempt)
        self._looking = False
        if found is None:
            self._claim(attempt)
            found = self._try(client, part, attempt)
        self._sent = True
        self._prove(story.received(attempt, found))
        self._sent = False
        return found

    def _edit(self, client: Client, part: Part, attempt: Attempt) -> None:
        if not isinstance(client, Editable):
            raise Unsupported(f"{self._job.channel.network} lets nobody edit what is live")
        live, before = self._live[attempt.position], self._before(attempt.position)
        self._claim(attempt)
        changed = self._deliver(self._fence.around(lambda: client.edit(part, self._equipped(attempt), live, before)))
        self._prove(story.received(attempt, replace(changed, at=self._clock())))
        self._live[attempt.position] = replace(changed, at=live.at)

    def _withdraw(self, client: Client, attempt: Attempt) -> None:
        live, before = self._live[attempt.position], self._before(attempt.position)
        if not isinstance(client, Withdrawable):
            where = f": {live.url}" if live.url else ""
            raise Unsupported(
                f"{self._job.channel.network} lets no program delete what is live", hint=f"delete it by hand{where}"
            )

        def gone() -> Receipt:
            client.withdraw(live, before)
            return live

        self._claim(attempt)
        self._deliver(self._fence.around(gone))
        self._prove(story.withdrawn(attempt, self._clock()))
        del self._live[attempt.position]

    def _look_first(self, client: Client, part: Part, attempt: Attempt) -> Receipt | None:
        doubted_before = any(one.key == attempt.key for one in self._story.in_doubt(attempt.channel))
        tried_before = any(one.key == attempt.key for one in self._story.open_attempts(attempt.channel))
        if not (doubted_before or tried_before):
            return None
        found, late = self._find(client, part, attempt), "" if self._live else self._job.overdue
        if found is None and late and not doubted_before:
            self._claim(attempt)  # or the answer might end the claim of another runner
        if found is None and (late or doubted_before):
            self._record(story.resolved(attempt, self._clock(), posted=False))
        if found is None and late:
            raise Overdue(late)
        return found

    def _find(self, client: Client, part: Part, attempt: Attempt) -> Receipt | None:
        """What the network shows of an earlier try, None where it surely never arrived. Raises Uncertain otherwise."""
        try:
            found = self._owners.find(client, part, attempt, self._before(attempt.position))
        except Rejected as error:
            raise Uncertain(f"an earlier try may be live, and the network lets nobody look: {error}") from error
        if found is None and attempt.at > self._clock() + MARGIN:
            raise Uncertain("a clock far ahead wrote down an earlier try: nobody can tell whether it is live")
        return found

    def _try(self, client: Client, part: Part, attempt: Attempt) -> Receipt:
        def sent() -> Receipt:
            return self._owners.deliver(client, part, self._equipped(attempt), self._before(attempt.position))

        try:
            return self._deliver(self._fence.around(sent))
        except Uncertain as error:
            found = self._look_after(client, part, attempt, error)
            if found is None:
                self._absent = True
                raise
            return found

    def _equipped(self, attempt: Attempt) -> Attempt:
        """The attempt with what an earlier try of this run uploaded, too."""
        return replace(attempt, uploads={**attempt.uploads, **self._uploads.get(attempt.key, {})})

    def _claim(self, attempt: Attempt) -> None:
        asked = self._clock()
        self._scribe.claim(attempt)
        self._fence.move(asked)

    def _look_after(self, client: Client, part: Part, attempt: Attempt, error: Uncertain) -> Receipt | None:
        """What the network shows of a part whose answer was lost; not sent again in this run, for it may come late."""
        try:
            return self._owners.find(client, part, attempt, self._before(attempt.position))
        except Deferred as unknown:
            raise Uncertain(f"{error}; and looking failed: {unknown}", status=error.status) from unknown
        except DeliveryError as unknown:
            raise Uncertain(f"{error}; {unknown}", hint=unknown.hint, status=error.status) from unknown

    # --- earlier tries that nobody answers for

    def _tries(self) -> tuple[Event, ...]:
        """The parts that were tried and that nobody knows of, in their order; a doubt says more than the try."""
        channel = self._job.channel.name
        asked = (*self._story.open_attempts(channel), *self._story.in_doubt(channel))
        tries = {one.key: one for one in asked if one.act == "send" and one.kind is not Kind.UNREADABLE}
        return tuple(sorted(tries.values(), key=lambda one: one.position))

    def _trace_tries(self, connect: Callable[[], Client]) -> None:
        """Looks for what was tried of a post that is being withdrawn, and notes why nobody knows of it."""
        for one in self._tries():
            if one not in self._tries():  # what came before it never arrived, so it was never sent
                continue
            learnt = self._trace(connect, self._story.attempt(one), one)
            if learnt.kind is not one.kind:
                self._learn(learnt)
            if learnt.kind is Kind.DOUBT:
                self._unknown = self._unknown or learnt.message

    def _trace(self, connect: Callable[[], Client], attempt: Attempt, one: Event) -> Event:
        """What is to be written of that part: that it is live, that it is not, or that nobody can tell.

        Without the parts before it, or in other words, a network may not show it, which proves nothing.
        """
        words, now, before = self._job.words, self._clock(), self._before(attempt.position)
        tried = self._story.first_attempt(one.key) and len(before) == attempt.position
        if not (words and tried and says(one, words)):
            why = one.message or "an earlier try was given up, and cannot be told by the words as they are"
            return story.doubted(attempt, why, now)
        self._looking = True
        try:
            found = self._find(connect(), words.parts[attempt.position], attempt)
        except (Deferred, Rejected, Uncertain) as error:
            self._looking = False
            return story.doubted(attempt, str(error), now)
        self._looking = False
        if found is None:
            return story.resolved(attempt, now, posted=False)
        self._live[attempt.position] = found
        return story.received(attempt, found)

    def _learn(self, event: Event) -> None:
        """Writes an event down, and goes on with a story that holds it."""
        self._record(event)
        self._story = structs.replace(self._story, events=(*self._story.events, event))

    # --- what is written and told

    def _done(self, message: str = "") -> Event:
        job, now = self._job, self._clock()
        if not job.rendition.parts:
            return story.removed(job.channel.name, job.blob, now, path=job.path, message=message)
        return story.completed(job.channel.name, job.rendition.digest, job.blob, now, path=job.path, message=message)

    def _kept(self, reason: Unsupported) -> Outcome:
        """The outcome when the network cannot do it: what is live stays, and no later run tries again."""
        if self._unknown:
            return self._unsure(str(reason))
        if self._story.done(self._job.channel.name) is None and self._job.rendition.parts:
            raise ConfigError(
                f"part of it is live in an earlier wording, and {reason}",
                hint=reason.hint or f"restore the wording in {self._job.path}",
            )
        told = f"changed since it was published, but {reason}" if self._job.rendition.parts else str(reason)
        self._record(self._done(told))
        return self._told("published", told, error="Unsupported", hint=reason.hint)

    def _unsure(self, why: str) -> Outcome:
        return self._told("doubt", f"withdrawn, but part of it may be live: {why}", error="Uncertain")

    def held(self, error: ConfigError) -> Outcome:
        """The outcome of an errand that settings or words kept from setting out: what is in doubt is so still."""
        doubt = self._story.in_doubt(self._job.channel.name)
        state, name = ("doubt", "Uncertain") if doubt else ("held", type(error).__name__)
        return self._told(state, str(error), error=name, hint=error.hint)

    def failed(self, error: DeliveryError) -> Outcome:
        """The outcome of an errand that a network ended, written down."""
        attempt, now = self._in_hand, self._clock()
        if isinstance(error, Overtaken):
            return self._told("held", f"{SENDING} ({error})")
        if isinstance(error, Overdue):
            return self._told("held", str(error))
        if self._looking and not isinstance(error, Uncertain):
            return self._unseen(error)
        state, reason = self._judged(error)
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

    def _judged(self, error: DeliveryError) -> tuple[str, str]:
        again = self._in_hand is not None and self._in_hand.act != "send"
        if isinstance(error, Uncertain) and again:
            return "due", f"{error}; the next run does it again, which does no harm"
        return _judged(error, absent=self._absent)

    def _unseen(self, error: DeliveryError) -> Outcome:
        """The outcome when nobody could look for an earlier try: nothing is written, for that would end it."""
        state = "doubt" if self._story.in_doubt(self._job.channel.name) else _judged(error, absent=False)[0]
        reason = f"an earlier try may be live, and looking for it failed: {error}; the next run looks again"
        at = error.until if isinstance(error, Deferred) else None
        return replace(self._told(state, reason, error=type(error).__name__, hint=error.hint), at=at)

    def _doubted_already(self, attempt: Attempt, why: str) -> bool:
        """Whether the story ends in this very doubt; a run every quarter of an hour need not say it again."""
        return any(one.key == attempt.key and one.message == why for one in self._story.in_doubt(attempt.channel))

    def broken(self, error: Exception) -> Outcome:
        """The outcome of a mistake of ours; its text is not told, for nobody has taken the secrets out of it."""
        told = f"this is a mistake of ours, not yours ({type(error).__name__})"
        if self._in_hand is None:
            return self._told("due", f"{told}; nothing was sent", error="AdapterError")
        return self._told("due", f"{told}; it may be live, and the next run looks before it sends", error="Uncertain")

    def unwritten(self, error: LedgerError) -> Outcome:
        """The outcome when the ledger could not be written: what is in hand may be live without its receipt."""
        told = f"the ledger could not be written: {error}"
        if not self._sent:
            return self._told("due", told, error="LedgerError", hint=error.hint)
        again = "run again when the ledger can be written: what is live is looked for, and not sent again"
        return self._told("doubt", f"it is live, but {told}", error="LedgerError", hint=again)

    def _prove(self, event: Event) -> None:
        """Writes that a step is taken, and with the last one that nothing is left to do."""
        self._record(event, *[self._done()][: self._closing])
        self._owners.note(self._job.rendition.post, event)

    def _record(self, *events: Event) -> None:
        self._scribe.record(self._job.rendition.post, *events)

    def _told(self, state: str, reason: str = "", *, error: str = "", hint: str = "") -> Outcome:
        told = outcome_of(self._job, state, reason, error=error, hint=hint, receipts=self.receipts)
        return replace(told, act=self._act)


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
