"""What a network still shows of posts whose story was lost, so that the ledger can be written again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from publisher.adapter import Client, Searchable
from publisher.delivery.job import Job
from publisher.errors import ConfigError, DeliveryError
from publisher.ledger import events as story
from publisher.ledger.events import Event
from publisher.model import Attempt, Channel, Receipt, part_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is known of a job after looking: the events to write, how many parts are live, and why no more is known."""

    job: Job
    events: tuple[Event, ...]
    receipts: tuple[Receipt, ...] = ()
    doubt: str = ""


@dataclass(slots=True)
class Search:
    """Looks for the parts of jobs that were to be out since some instant; nothing is sent."""

    connect: Callable[[Channel], Client]
    now: datetime
    _clients: dict[str, Client] = field(default_factory=dict)

    def look(self, job: Job, since: datetime) -> Found:
        """What of the job is live, told by its words. What is not shown is in doubt: it may be too old to be shown."""
        found: list[Receipt] = []
        events: list[Event] = []
        doubt = ""
        for position in range(len(job.rendition.parts)):
            attempt = _attempt(job, position, since)
            try:
                receipt = self._search(job, attempt, found)
            except (DeliveryError, ConfigError) as error:
                receipt, doubt = None, f"the ledger was lost, and looking failed: {error}"
            if receipt is None:
                doubt = doubt or "the ledger was lost, and the network does not show it among what it lets us see"
                events.append(story.doubted(attempt, doubt, self.now))
                break
            found.append(receipt)
            events.append(story.received(attempt, receipt))
        if not doubt:
            events.append(story.completed(job.channel.name, job.rendition.digest, job.blob, self.now, path=job.path))
        return Found(job=job, events=tuple(events), receipts=tuple(found), doubt=doubt)

    def _search(self, job: Job, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        client = self._clients.get(job.channel.name) or self.connect(job.channel)
        self._clients[job.channel.name] = client
        part = job.rendition.parts[attempt.position]
        if isinstance(client, Searchable):
            return client.search(part, attempt.at, thread)
        return client.find(part, attempt, thread)


def _attempt(job: Job, position: int, since: datetime) -> Attempt:
    rendition = job.rendition
    return Attempt(
        key=part_key(rendition.post, rendition.channel, 1, position),
        post=rendition.post,
        channel=rendition.channel,
        position=position,
        digest=rendition.digest,
        at=since,
        wording=rendition.wordings[position],
        account=job.account,
    )


def by_post(found: Sequence[Found]) -> Mapping[str, Sequence[Event]]:
    """The events to write, by post."""
    events: dict[str, list[Event]] = {}
    for one in found:
        events.setdefault(one.job.rendition.post, []).extend(one.events)
    return events
