"""`publisher log`: a post's whole story, as the ledger tells it."""

from __future__ import annotations

from datetime import datetime, tzinfo
from pathlib import Path

import click

from publisher.cli.naming import find_name, refuse_unknown_post
from publisher.cli.options import AS_JSON, destination, in_project, print_json
from publisher.cli.workspace import Workspace
from publisher.errors import ContentError
from publisher.ledger.events import Event, Kind
from publisher.schedule.times import show
from publisher.schedule.turns import read_stories
from publisher.words import Post

DONE = {"send": "published", "edit": "edited", "withdraw": "withdrawn"}
DOING = {"send": "to be sent", "edit": "to be edited", "withdraw": "to be withdrawn"}


@click.command()
@click.argument("post")
@AS_JSON
@destination
@in_project
def command(post: str, as_json: bool, choice: str | None, start: Path, now: datetime | None) -> int:
    """Tell everything that happened to POST (its id, or the path of its file), the oldest first."""
    workspace = Workspace(start, now=now)
    ledger = workspace.ledger(workspace.destination(choice))
    ledger.refresh()
    name = find_name(workspace, post, ledger)
    stories = read_stories(ledger.read, [Post(id=name, path="", digest="")])
    told = sorted(
        (
            (one.at, story.post, one)
            for story in stories.values()
            for one in story.events
            if one.kind is not Kind.QUEUED
        ),
        key=lambda line: (line[0], line[1]),
    )
    if not told:
        refuse_unknown_post(workspace, post)
        raise ContentError(f"the ledger has no story of {name!r}", hint="publisher status")
    if as_json:
        print_json([_row(turn, one, workspace.zone) for _, turn, one in told])
        return 0
    for _, turn, one in told:
        click.echo(_line(turn, one, workspace.zone, name))
    return 0


def _row(turn: str, one: Event, zone: tzinfo) -> dict[str, object]:
    return {
        "post": turn,
        "channel": one.channel,
        "at": one.at,
        "kind": one.kind.value,
        "act": one.act,
        "part": one.position + 1,
        "said": _said(one, zone),
        "url": one.url,
        "id": one.id,
    }


def _line(turn: str, one: Event, zone: tzinfo, name: str) -> str:
    when = f"{one.at.astimezone(zone):%a %d %b %Y %H:%M:%S}" if one.kind is not Kind.UNREADABLE else "–" * 24
    part = f"part {one.position + 1}" if one.key else ""
    which = "" if turn == name else f"  ({turn})"
    return f"{when}  {one.channel:<18} {part:<7} {_said(one, zone)}{which}".rstrip()


def _said(one: Event, zone: tzinfo) -> str:
    """What happened, in words for a person."""
    if one.kind is Kind.ATTEMPT:
        return DOING[one.act] + (f" by {one.runner.host}, process {one.runner.pid}" if one.runner else "")
    if one.kind is Kind.RECEIPT:
        return f"{DONE[one.act]} {one.url}".rstrip()
    if one.kind is Kind.RESOLVED:
        return f"a person or the network says: it is live {one.url}".rstrip() if one.posted else "it is not live"
    if one.kind is Kind.DEFERRED:
        return f"put off{f' until {show(one.until, zone)}' if one.until else ''}: {one.message}"
    if one.kind is Kind.DONE:
        return f"done: {one.message}" if one.message else "done"
    words = {Kind.REFUSED: "refused", Kind.DOUBT: "in doubt", Kind.UNREADABLE: "a line that cannot be read"}
    if one.kind is Kind.UPLOADED:
        return "uploaded its picture" if len(one.native) == 1 else f"uploaded {len(one.native)} pictures"
    return f"{words[one.kind]}: {one.message}"
