"""`publisher resolve`: a person looked, and says whether a part in doubt is live."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click

from publisher.adapter import Addressable
from publisher.cli.edition import Edition, find_proofs, open_edition
from publisher.cli.gone import is_told
from publisher.cli.naming import find_name, no_post
from publisher.cli.options import destination, in_project
from publisher.cli.strays import PARTIAL, tell_state
from publisher.cli.workspace import Workspace, say
from publisher.errors import ContentError
from publisher.ledger.events import Event, Kind, completed, resolved
from publisher.ledger.story import Story
from publisher.model import part_key
from publisher.registry import adapter
from publisher.schedule.items import State
from publisher.schedule.times import show
from publisher.schedule.turns import post_of


@click.command()
@click.argument("post")
@click.argument("channel")
@click.option("--posted", "url", metavar="URL", help="It is live, and here it is.")
@click.option("--not-posted", "absent", is_flag=True, help="It is not live, and is sent unless the post is held.")
@destination
@in_project
def command(
    post: str, channel: str, url: str | None, absent: bool, choice: str | None, start: Path, now: datetime | None
) -> int:
    """Settle what is in doubt of POST (its file or its id) on CHANNEL, after looking at the channel.

    Until then the part is not sent again, and the parts after it wait.
    """
    if bool(url) == absent:
        raise click.UsageError("say one of --posted URL and --not-posted")
    workspace = Workspace(start, now=now)
    to = workspace.destination(choice)
    say(to.sentence, quietly=False)
    edition = open_edition(workspace, to, whole=True)
    post = find_name(workspace, post, edition.ledger)
    story = _story(edition, post)
    if (
        url
        and (left := _why_left(edition, post, channel))
        and tell_state(story, channel, edition.is_abandoned) == PARTIAL
    ):
        return _leave(edition, story, channel, left)
    for doubt in _doubts(edition, story, channel):
        attempt = story.attempt(doubt)
        name = _identify(workspace, channel, url) if url else ""
        _refuse_another_part(edition.stories, post, doubt, name)
        event = resolved(attempt, workspace.clock(), posted=not absent, url=url or "", id=name)
        edition.ledger.record({post: _closed(edition, story, event)})
        click.echo(f"{post} on {channel}, part {doubt.position + 1}: {_tell(edition, post, event)}")
    return 0


def _story(edition: Edition, post: str) -> Story:
    """The story of a post, whose file may be gone. Raises ContentError where there is none."""
    story = edition.stories.get(post) or edition.ledger.read([post])[post]
    if post in edition.stories or story.events:
        return story
    raise no_post(edition.workspace, post)


def _why_left(edition: Edition, post: str, channel: str) -> str:
    """Why nothing more of the post will be sent to the channel, empty where something may be."""
    known = edition.workspace.project.channels.get(channel)
    told = next((one for one in edition.posts.values() if one.id == post_of(post)), None)
    if told is None:
        return "" if is_told(edition.workspace, post_of(post)) else "its file is gone"
    if known is None:
        return "publisher.yml has no such channel now"
    return "" if told.speaks_to(channel, known.network) else "it is left out of the post now"


def _closed(edition: Edition, story: Story, event: Event) -> list[Event]:
    """The events that answer a doubt; the channel is done with them where nothing more will be sent and it is known."""
    after = story.plus([event])
    why = _why_left(edition, story.post, event.channel)
    if why and after.is_partial(event.channel) and not after.is_unsure(event.channel):
        return [event, _end(edition, event, why)]
    return [event]


def _end(edition: Edition, last: Event, why: str) -> Event:
    return completed(last.channel, last.digest, "", edition.workspace.clock(), message=f"left as it is: {why}")


def _leave(edition: Edition, story: Story, channel: str, why: str) -> int:
    """Lets what is live in part be, for good."""
    last = tuple(story.standing(channel).values())[-1]
    edition.ledger.record({story.post: [_end(edition, last, why)]})
    click.echo(f"{story.post} on {channel}: what is live there stays as it is")
    return 0


def _tell(edition: Edition, post: str, answer: Event) -> str:
    """What the answer means for what comes next."""
    if answer.posted:
        return f"is live at {answer.url}{_promise_rest(edition.again(), post, answer)}"
    left = _why_left(edition, post, answer.channel)
    return f"is not live; {f'nothing is sent: {left}' if left else _foretell(edition.again(), post, answer)}"


def _promise_rest(edition: Edition, post: str, answer: Event) -> str:
    """That parts are still to be sent; empty where none are, or where none will be."""
    found = (one for one in edition.plan.items if (one.post, one.channel) == (post, answer.channel))
    item = next((one for one in found if one.state is State.DUE and one.act == "send"), None)
    proof = find_proofs(edition, item).get(item.channel) if item else None
    rest = proof and proof.rendition and answer.position + 1 < len(proof.rendition.parts)
    return "; the next run goes on with the post" if rest else ""


def _foretell(edition: Edition, post: str, answer: Event) -> str:
    """What the next run makes of a part that is not live."""
    found = (one for one in edition.plan.items if (one.post, one.channel) == (post, answer.channel))
    item = next(found, None)
    if item is None or item.act == "withdraw" or item.state is State.WITHDRAWN:
        return "nothing is sent: it is withdrawn"
    proof = find_proofs(edition, item).get(item.channel)
    if proof and proof.rendition and answer.position >= len(proof.rendition.parts):
        return "the post has no such part now"
    if item.state is State.LATER and item.at:
        return f"it goes out on {show(item.at, edition.workspace.zone)}"
    return "the next run sends it" if item.state is State.DUE else f"nothing is sent for now: {item.reason}"


def _doubts(edition: Edition, story: Story, channel: str) -> list[Event]:
    """What nobody knows of the post on the channel: the first doubt, or the attempts whose runner is gone."""
    post = story.post
    if not any(one.channel == channel for one in story.events):
        edition.workspace.refuse_unknown([channel])
    doubts = story.in_doubt(channel)
    open_ = story.open_attempts(channel)
    found = [one for one in doubts if one.kind is Kind.DOUBT] or [one for one in open_ if edition.is_abandoned(one)]
    if doubts and not found:
        return [_beginning(post, channel, edition)]
    if open_ and not found:
        raise ContentError(
            f"another runner is sending {post} on {channel} just now", hint="wait, then: publisher status"
        )
    if not found:
        elsewhere = "" if edition.to.live else "; this is the rehearsal, and what is real is settled with --live"
        raise ContentError(f"nothing of {post} is in doubt on {channel}", hint=f"publisher status{elsewhere}")
    return found[:1]


def _identify(workspace: Workspace, channel: str, url: str) -> str:
    """The network's id of what is seen at that address; its last piece where the adapter does not say.

    Raises ContentError for what is no address.
    """
    if not url.startswith(("https://", "http://")):
        alone = "where a message has none of its own, that of the channel with the hour: https://chat.example/#09:30"
        raise ContentError(f"{url} is no address", hint=f"copy it from the post's own page; {alone}")
    there = workspace.project.channels.get(channel)
    network = there.network if there else ""  # the channel may have left publisher.yml meanwhile
    known = adapter(network) if there else None
    if isinstance(known, Addressable):
        if name := known.identify(url):
            return name
        raise ContentError(f"{url} is no address of a post on {network}", hint="copy it from the post's own page")
    return url.rstrip("/").rpartition("/")[2]


def _refuse_another_part(stories: Mapping[str, Story], post: str, doubt: Event, name: str) -> None:
    """Raises ContentError for the address of what is known already: the part in doubt would never be sent."""
    known = ((other, one) for other, story in stories.items() for one in story.standing(doubt.channel).values())
    for other, one in known if name else ():
        if one.receipt.id == name and (other, one.position) != (post, doubt.position):
            asked = f"part {doubt.position + 1}" if other == post else f"part {doubt.position + 1} of {post}"
            whose = f"part {one.position + 1}" if other == post else f"the post {other}"
            raise ContentError(
                f"{one.receipt.url} is {whose}; {asked} is in doubt",
                hint="give the address of that one; where it is not to be seen: --not-posted",
            )


def _beginning(post: str, channel: str, edition: Edition) -> Event:
    """The first part, which an unreadable line of the story may have been about."""
    key = part_key(post, channel, 1, 0)
    return Event(kind=Kind.DOUBT, channel=channel, at=edition.workspace.clock(), key=key)
