"""What a network still shows of posts whose story was lost, so that the ledger can be written again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from publisher.adapter import Client, Searchable
from publisher.delivery.evidence import digest_words
from publisher.delivery.job import Job
from publisher.delivery.owners import Owners
from publisher.errors import ConfigError, DeliveryError, Uncertain
from publisher.ledger import events as story
from publisher.ledger.events import Event
from publisher.model import Attempt, Channel, Receipt, Rendition, part_key

_LOST = "the ledger was lost, and"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is known of a job after looking at `at`: which parts are live, and why no more is known.

    `other` is the post whose part is seen in the place of one of these, where that is known.
    """

    job: Job
    at: datetime
    attempts: tuple[Attempt, ...]
    receipts: tuple[Receipt, ...] = ()
    doubt: str = ""
    other: str = ""

    @property
    def events(self) -> tuple[Event, ...]:
        """What is to be written. What comes after a part in doubt is in doubt too: it may be live with that one."""
        job, known = self.job, len(self.receipts)
        live = map(story.received, self.attempts, self.receipts)
        if self.doubt:
            return (*live, *(story.doubted(one, self.doubt, self.at) for one in self.attempts[known:]))
        return (*live, story.completed(job.channel.name, job.rendition.digest, job.blob, self.at, path=job.path))


@dataclass(slots=True)
class Search:
    """Looks for the parts of jobs that were to be out since some instant; nothing is sent."""

    connect: Callable[[Channel], Client]
    now: datetime
    owners: Owners
    _clients: dict[str, Client] = field(default_factory=dict)

    def look(self, job: Job, since: datetime) -> Found:
        """What of the job is live, told by its words. What is not shown is in doubt: it may be too old to be shown."""
        attempts = tuple(_attempt(job, position, since) for position in range(len(job.rendition.parts)))
        found: list[Receipt] = []
        doubt = other = ""
        for attempt in attempts:
            try:
                receipt = self._search(job, attempt, found)
            except (DeliveryError, ConfigError) as error:
                doubt = f"{_LOST} looking failed: {error}"
                break
            if receipt is None:
                doubt = f"{_LOST} the network does not show it among what it lets us see"
                break
            try:
                self.owners.refuse_anothers(attempt, receipt)
            except Uncertain as error:
                doubt, other = f"{_LOST} {error}", self.owners.whose(attempt, receipt)
                break
            found.append(receipt)
        return Found(job=job, at=self.now, attempts=attempts, receipts=tuple(found), doubt=doubt, other=other)

    def miss(self, channel: Channel, post: str, why: str) -> Found:
        """A post that may be live on the channel and cannot be looked for, for nobody knows its words."""
        silent = Job(
            channel=channel,
            rendition=Rendition(post=post, channel=channel.name, network=channel.network, parts=()),
            blob="",
        )
        tried = Attempt(
            key=part_key(post, channel.name, 1, 0),
            post=post,
            channel=channel.name,
            position=0,
            digest="",
            at=self.now,
            network=channel.network,
        )
        return Found(job=silent, at=self.now, attempts=(tried,), doubt=f"{_LOST} it cannot be looked for: {why}")

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
        words=digest_words(rendition.parts[position].text),
        network=rendition.network,
        account=job.account,
    )


def share(found: Sequence[Found]) -> tuple[Found, ...]:
    """The same, but that what was found for several parts is in doubt for each: it is one of them, and nobody knows."""
    seekers: dict[tuple[str, ...], list[Found]] = {}
    for one in found:
        for receipt in one.receipts:
            seekers.setdefault(_name(one.job, receipt), []).append(one)
    return tuple(_without_shared(one, seekers) for one in found)


def _without_shared(one: Found, seekers: Mapping[tuple[str, ...], Sequence[Found]]) -> Found:
    for position, receipt in enumerate(one.receipts):
        several = seekers[_name(one.job, receipt)]
        if len(several) > 1:
            paths = sorted({other.job.path for other in several})
            told = f"{' and '.join(paths)} say the same words there" if paths[1:] else f"parts of {paths[0]} are alike"
            doubt = f"{_LOST} {told}: {receipt.url or receipt.id} is one of them only, and nobody can tell which"
            return replace(one, receipts=one.receipts[:position], doubt=doubt)
    return one


def _name(job: Job, receipt: Receipt) -> tuple[str, ...]:
    return job.channel.network, job.account or job.channel.name, receipt.id


def by_post(found: Sequence[Found]) -> Mapping[str, Sequence[Event]]:
    """The events to write, by post."""
    events: dict[str, list[Event]] = {}
    for one in found:
        events.setdefault(one.job.rendition.post, []).extend(one.events)
    return events
