"""What a person needs to act on what went wrong; for a doubt: the words, when they were sent, where to look."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from publisher.adapter import Visitable
from publisher.cli.edition import Edition, find_proofs
from publisher.errors import LedgerError
from publisher.ledger.events import Event, Kind
from publisher.registry import adapter
from publisher.schedule.items import Item
from publisher.schedule.times import show

if TYPE_CHECKING:
    from publisher.delivery.courier import Outcome
    from publisher.ledger.story import Story

WIDTH = 160


def page_of(edition: Edition, channel: str) -> str:
    """Where the channel's posts are seen, empty where nobody knows."""
    known = edition.workspace.project.channels[channel]
    network = adapter(known.network)
    return network.visit(known) if isinstance(network, Visitable) else ""


def advise(edition: Edition, post: str, channel: str) -> str:
    """Where to look, and what to type then."""
    page = page_of(edition, channel) or "the channel"
    return f"look at {page}, then type: publisher resolve {post} {channel}{_live(edition)} --posted URL | --not-posted"


def _live(edition: Edition) -> str:
    """What a command needs besides, on a machine without credentials, to be about what is real."""
    return " --live" if edition.to.live else ""


def with_advice(edition: Edition, told: Outcome) -> Outcome:
    """The outcome, with what to do about it where it says nothing better, and with when it goes on by itself."""
    if told.state == "later" and told.error and told.at:
        when = f"the first run after {show(told.at, edition.workspace.zone)} goes on by itself"
        return replace(told, hint="; ".join(filter(None, (told.hint, when))))
    if told.hint:
        return told
    if told.state == "failed" and told.error == "Rejected" and told.act != "withdraw":
        push = f"publisher push {told.post} --channel {told.channel}{_live(edition)}"
        return replace(told, hint=f"change the post; or, to send it as it is: {push}")
    return replace(told, hint=advise(edition, told.post, told.channel)) if told.state == "doubt" else told


def news(
    outcomes: Sequence[Outcome], before: Mapping[str, Story], read: Callable[[], Mapping[str, Story]]
) -> tuple[Outcome, ...]:
    """The outcomes without the doubts that stand in the stories as they stood `before` this run: they were told then.

    A line that cannot be read was written by no run, so it is told each time; so is all where nothing can be `read`.
    """
    doubted = [one for one in outcomes if one.state == "doubt" and one.error != "LedgerError"]
    try:
        after = read() if any(_known(before, one) for one in doubted) else {}
    except LedgerError:
        return tuple(outcomes)
    old = [one for one in doubted if (known := _known(before, one)) and known == _known(after, one)]
    return tuple(one for one in outcomes if one not in old)


def _known(stories: Mapping[str, Story], one: Outcome) -> tuple[Event, ...]:
    """The doubts of it that runs wrote down; none where a line cannot be read."""
    doubts = stories[one.post].in_doubt(one.channel) if one.post in stories else ()
    return () if any(doubt.kind is Kind.UNREADABLE for doubt in doubts) else doubts


def explain(edition: Edition, item: Item) -> Iterator[str]:
    """The lines that tell a doubt."""
    zone = edition.workspace.zone
    for doubt in _unsettled(edition, item):
        when = f", tried {doubt.at.astimezone(zone):%a %d %b %Y %H:%M:%S}" if doubt.kind is not Kind.UNREADABLE else ""
        yield f"{item.post} on {item.channel}, part {doubt.position + 1}{when}"
        if words := _words(edition, item, doubt):
            yield f"    “{words}”"
    yield f"    {advise(edition, item.post, item.channel)}"


def _unsettled(edition: Edition, item: Item) -> tuple[Event, ...]:
    story = edition.stories[item.post]
    return story.in_doubt(item.channel) or story.open_attempts(item.channel)


def _words(edition: Edition, item: Item, doubt: Event) -> str:
    """The beginning of what may be live, where the post still says it."""
    proof = find_proofs(edition, item).get(item.channel)
    rendition = proof.rendition if proof else None
    if rendition is None or doubt.position >= len(rendition.parts) or doubt.kind is Kind.UNREADABLE:
        return ""
    text = " ".join(rendition.parts[doubt.position].text.split())
    return text if len(text) <= WIDTH else f"{text[:WIDTH].rsplit(' ', 1)[0]} …"
