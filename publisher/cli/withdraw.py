"""`publisher withdraw`: one post, off its networks, now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click
from msgspec import structs

from publisher.cli.edition import Edition, open_edition
from publisher.cli.gone import reach, stand_in
from publisher.cli.options import AS_JSON, NeedsMending, destination, in_project
from publisher.cli.run import go, until_stopped
from publisher.cli.workspace import Workspace, announce, say
from publisher.ledger.events import Event, removed
from publisher.ledger.story import Story
from publisher.schedule.items import State
from publisher.words import Channel, Post


@click.command()
@click.argument("post")
@AS_JSON
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and delete nothing.")
@destination
@in_project
def command(post: str, as_json: bool, dry_run: bool, choice: str | None, start: Path, now: datetime | None) -> int:
    """Delete POST (its file or its id) on every channel that allows it, and say where a person has to.

    The post never comes back by itself. Write `publish: withdrawn` into it too, so that its readers in git know.
    """
    with until_stopped() as stop:
        workspace = Workspace(start, now=now)
        to = workspace.destination(choice)
        announce(workspace, to, quietly=as_json)
        ledger = workspace.ledger(to)
        ledger.refresh()
        gone = stand_in(workspace, ledger, post)
        edition = open_edition(workspace, to, [post], whole=True, hand=True, ledger=ledger, gone=gone)
        if not edition.posts:
            raise NeedsMending(edition.findings)
        channels = workspace.project.channels
        posts = {path: _withdrawn(one, edition.stories, channels) for path, one in edition.posts.items()}
        found = [one for one in edition.findings if one not in edition.strays]
        edition = structs.replace(edition, posts=posts, settled={})
        edition = structs.replace(edition, findings=(*found, *edition.strays))
        if not dry_run and (kept := _keep_back(edition)):
            say(f"It will not go out on {', '.join(kept)}, where it has not been.", quietly=as_json)
        return go(edition.again(), stop, as_json=as_json, dry_run=dry_run)


def _withdrawn(post: Post, stories: Mapping[str, Story], channels: Mapping[str, Channel]) -> Post:
    """The post as one that is to be off every channel, also off those that it was taken from meanwhile."""
    return structs.replace(reach(post, stories, channels), publish="withdrawn")


def _keep_back(edition: Edition) -> tuple[str, ...]:
    """The channels where nothing of the post is live; written down, so that it never goes out there.

    Claimed first: whoever is just sending it there is not overruled. Raises Conflict then.
    """
    from publisher.model import Attempt, part_key

    now, stories = edition.workspace.clock(), edition.stories
    items = [one for one in edition.plan.items if one.state is State.WITHDRAWN]
    items = [one for one in items if not stories[one.post].done(one.channel)]
    attempts = [
        Attempt(
            key=part_key(one.post, one.channel, stories[one.post].revision(one.channel, 0), 0),
            post=one.post,
            channel=one.channel,
            position=0,
            digest="",
            at=now,
            act="withdraw",
            network=one.network,
        )
        for one in items
    ]
    events: dict[str, list[Event]] = {}
    for one in items:
        events.setdefault(one.post, []).append(removed(one.channel, one.blob, now, path=one.path))
    if items:
        edition.ledger.claim(attempts, edition.here)
        edition.ledger.record(events)
    return tuple(one.channel for one in items)
