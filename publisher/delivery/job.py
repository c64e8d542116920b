"""One post for one channel, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from publisher.errors import DeliveryError
from publisher.model import Channel, Receipt, Rendition


class Overdue(DeliveryError):
    """Nothing of the post is live after all, and by now it is too late to send it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One rendition to bring to its channel; one without parts takes the post off it.

    `blob` is the post's file as it was read, at `path`. `words` is what a post to be taken off may be live as, for
    whatever of it has to be looked for. `account` is the channel's, as its adapter tells it. `overdue` is why it is not
    sent any more where an earlier try turns out to have left nothing live.
    """

    channel: Channel
    rendition: Rendition
    blob: str
    path: str = ""
    words: Rendition | None = None
    account: str = ""
    overdue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a post on a channel: a state of the plan, why, and the receipts so far.

    `act` is what was done: send, edit or withdraw, or keep when the channel showed the right words already. `error` is
    the class of what went wrong, empty when nothing did; `hint` what to do about it.
    """

    post: str
    channel: str
    network: str
    state: str
    act: str = "send"
    reason: str = ""
    hint: str = ""
    error: str = ""
    at: datetime | None = None
    receipts: tuple[Receipt, ...] = ()


def outcome_of(
    job: Job, state: str, reason: str, *, error: str = "", hint: str = "", receipts: tuple[Receipt, ...] = ()
) -> Outcome:
    """The outcome of a job in that state."""
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
