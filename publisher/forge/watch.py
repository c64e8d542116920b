"""The watch over the runs: what a run that did not happen cannot say itself. Pure; time is an argument.

GitHub drops scheduled runs without a trace, switches schedules off in idle public repositories, and lets people switch
them off by hand. So another workflow looks at what should have happened, and keeps one issue about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from publisher.forge.markdown import span
from publisher.schedule.items import Item, Plan, State
from publisher.schedule.times import show_span

MARK = "<!-- publisher:watch -->"
FAREWELL = "All is well again: runs happen, and what is due goes out."
_NAMED = 20


class Sight(Struct, frozen=True, kw_only=True):
    """What the watch sees. `state` and `run` are the publishing workflow's, `published` the newest publication."""

    now: datetime
    workflow: str
    state: str
    run: datetime | None
    plan: Plan
    published: datetime | None


class Patience(Struct, frozen=True, kw_only=True):
    """How long nothing may happen: no run, a post past its time, nothing published and nothing planned."""

    run: timedelta = timedelta(hours=3)
    due: timedelta = timedelta(minutes=90)
    idle: timedelta = timedelta(days=14)


def find_troubles(sight: Sight, patience: Patience) -> tuple[str, ...]:
    """A paragraph of Markdown for everything that is not as it should be, with what to do."""
    troubles = _workflow, _late, _missed, _idle
    return tuple(told for find in troubles for told in find(sight, patience))


def _workflow(sight: Sight, patience: Patience) -> Iterator[str]:
    name = span(sight.workflow)
    if sight.state != "active":
        how = "by hand" if sight.state == "disabled_manually" else "by GitHub"
        told = f"**The workflow {name} is switched off {how}** ({span(sight.state)})."
        yield f"{told} Actions › choose it › Enable workflow."
    elif sight.run is None:
        yield f"**The workflow {name} has never run.** Actions › choose it › Run workflow."
    elif sight.now - sight.run > patience.run:
        told = show_span(_whole(sight.now - sight.run))
        yield (
            f"**No run of {name} for {told}.** GitHub may have dropped its schedule, or is ill "
            "(https://www.githubstatus.com). Actions › choose it › Run workflow: it publishes all that is due."
        )


def _late(sight: Sight, patience: Patience) -> Iterator[str]:
    late = [item for item in sight.plan.of(State.DUE) if item.at and sight.now - item.at > patience.due]
    if late:
        yield (
            f"**{len(late)} should have gone out and nobody has tried:** {'; '.join(_named(late, sight.now))}. "
            "Run the workflow by hand, and read what it says."
        )


def _missed(sight: Sight, patience: Patience) -> Iterator[str]:
    missed = [item for item in sight.plan.missed if item.at and sight.now - item.at <= patience.idle]
    if missed:
        yield (
            f"**{len(missed)} were not sent in time and are held:** {'; '.join(_named(missed, sight.now))}. "
            "Give them another `publish:`, or take that line away; `publisher plan` says what held them."
        )


def _named(late: Sequence[Item], now: datetime) -> Iterator[str]:
    for item in late[:_NAMED]:
        yield f"{span(f'{item.post} on {item.channel}')}, {show_span(_whole(now - (item.at or now)))} late"
    if len(late) > _NAMED:
        yield f"and {len(late) - _NAMED} more"


def _idle(sight: Sight, patience: Patience) -> Iterator[str]:
    if sight.plan.of(State.DUE, State.LATER) or (sight.published and sight.now - sight.published <= patience.idle):
        return
    yield (
        f"**Nothing was published for {show_span(patience.idle)}, and nothing is planned.** Runs find nothing to do. "
        "Give a draft a `publish:` line, or read `publisher plan`: it says what holds each post."
    )


def _whole(span_: timedelta) -> timedelta:
    return timedelta(minutes=round(span_.total_seconds() / 60))


def compose(troubles: Sequence[str]) -> tuple[str, str]:
    """The title and the body of the one issue."""
    body = "\n\n".join(
        [MARK, *troubles, "This issue is kept up to date by the workflow, which closes it when all is well."]
    )
    return "Publishing needs somebody to look", body
