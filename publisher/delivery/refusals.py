"""Why an errand does not set out: what it would be about may be live in other words, or on another account. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from publisher.delivery.job import Job
from publisher.delivery.steps import says, steps
from publisher.errors import ConfigError, PublisherError, Uncertain
from publisher.ledger.events import Event
from publisher.ledger.story import Story


def refuse_mixed_wording(job: Job, story: Story, tries: Sequence[Event]) -> None:
    """Raises when a part may be live in other words than these: nobody would find it by these."""
    if not all(says(one, job.rendition) for one in tries):
        told = f"{job.rendition.post} on {job.channel.name} may be partly live in an earlier wording"
        raise _unsettled(job, story, told, "look at the channel; then restore the wording")


def refuse_another_account(job: Job, story: Story, tries: Sequence[Event]) -> None:
    """Raises when it would go on, be changed or be looked for on another account than the one it is, or may be, on.

    A name may have been corrected: it stops no edit, for the place decides where that goes. What is done stays done.
    """
    if lost := _others(tries, job.account):
        told = f"it may be live on {lost}, and publisher.yml names {_shown(job.account)} now"
        raise _unsettled(job, story, told, f"look there; then write {lost} into publisher.yml again")
    acts = {step.act for step in steps(job.rendition, story)}
    live = story.standing(job.channel.name)
    place = _place(job.account)
    other = _others(live.values(), job.account if acts - {"edit"} else place and f"@{place}") if acts else ""
    if not other:
        return
    part = "part of it is" if "send" in acts else "it is"
    hint = f"write {other} into publisher.yml again"
    if "send" not in acts:
        url = next(iter(live.values())).url
        hint = f"{hint}, or change it by hand{f': {url}' if url else ''}"
    told = f"{part} live on {other}, and publisher.yml names {_shown(job.account)} now"
    raise ConfigError(told, hint=hint)


def _unsettled(job: Job, story: Story, told: str, look: str) -> PublisherError:
    post, channel = job.rendition.post, job.channel.name
    hint = f"{look}, or `publisher resolve {post} {channel} --posted URL | --not-posted`"
    return Uncertain(told, hint=hint) if story.in_doubt(channel) else ConfigError(told, hint=hint)


def _others(events: Iterable[Event], account: str) -> str:
    """The first account of these events that is another than this one, of which only a place may be known."""
    name, _, place = account.rpartition("@")
    for one in events if account else ():
        if one.account and (_place(one.account) != place or (name and one.account != account)):
            return _shown(one.account)
    return ""


def _place(account: str) -> str:
    return account.rpartition("@")[2]


def _shown(account: str) -> str:
    return account.strip("@")
