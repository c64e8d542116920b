"""Carries renditions to their networks: attempt, send, receipt; and looks before anything is sent a second time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event as Flag

from publisher.adapter import Client, Remember
from publisher.delivery.errand import Deliver, Errand
from publisher.delivery.job import Job, Outcome, outcome_of
from publisher.delivery.owners import Owners
from publisher.delivery.scribe import Scribe
from publisher.errors import ConfigError, Conflict, Deferred, DeliveryError, LedgerError, PublisherError, Unauthorized
from publisher.ledger.runner import SENDING
from publisher.ledger.story import Story
from publisher.model import Attempt, Channel

__all__ = ["Courier", "Job", "Outcome"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """Delivers jobs, channels side by side, each in order.

    `deliver` repeats a call that is safe to repeat; `stop` asks everybody to finish the part in hand and go home;
    `tell` hears every outcome as it happens, from any thread.
    """

    scribe: Scribe
    connect: Callable[[Channel, Remember], Client]
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
        owners = Owners(stories, self.scribe.ledger)
        with ThreadPoolExecutor(max_workers=len(rounds), thread_name_prefix="channel") as pool:
            done = pool.map(lambda round_: _Round(self, round_, stories, owners).walk(), rounds.values())
            outcomes = {(one.post, one.channel): one for outcomes in done for one in outcomes}
        return tuple(outcomes[job.rendition.post, job.channel.name] for job in jobs)


class _Round:
    """One channel's jobs, one after the other, until the channel cannot go on."""

    def __init__(self, courier: Courier, jobs: Sequence[Job], stories: Mapping[str, Story], owners: Owners) -> None:
        self._courier, self._jobs, self._stories, self._owners = courier, jobs, stories, owners
        self._client: Client | None = None
        self._errand: Errand | None = None
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
            return outcome_of(job, "due", "interrupted before it was sent", error="Interrupted")
        if self._closed:
            return outcome_of(job, "due", self._closed, error="Deferred")
        courier, about = self._courier, self._stories.get(job.rendition.post) or Story(post=job.rendition.post)
        errand = self._errand = Errand(
            job=job,
            story=about,
            scribe=courier.scribe,
            owners=self._owners,
            clock=courier.clock,
            deliver=courier.deliver,
            stop=courier.stop,
        )
        try:
            return errand.run(self._connected)
        except ConfigError as error:
            return errand.held(error)
        except DeliveryError as error:
            if isinstance(error, Unauthorized | Deferred):
                self._closed = f"{job.channel.name} is closed for this run: {error}"
            return errand.failed(error)
        except Conflict as error:
            return outcome_of(job, "held", f"{SENDING} ({error})", receipts=errand.receipts)
        except LedgerError as error:
            self._closed = f"the ledger cannot be written: {error}"
            return errand.unwritten(error)
        except PublisherError as error:
            return outcome_of(job, "held", str(error), error=type(error).__name__, hint=error.hint)
        except Exception as error:  # noqa: BLE001 - one channel's mishap, even a mistake of ours, never stops another
            return errand.broken(error)

    def _connected(self) -> Client:
        """The channel's client, connected when the first part has something to say to the network."""
        if self._client is None:
            self._client = self._courier.connect(self._jobs[0].channel, self._remember)
        return self._client

    def _remember(self, attempt: Attempt, uploads: Mapping[str, str]) -> None:
        if self._errand:
            self._errand.remember(attempt, uploads)
