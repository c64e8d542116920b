"""`publisher status`: where every post stands on every channel, with its proof; and what to do without a ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli import DONE, DOUBT
from publisher.cli.edition import Edition, open_edition, prepare
from publisher.cli.options import AS_JSON, destination, in_project, print_findings, print_json
from publisher.cli.rows import outcome, paths_of, rows
from publisher.cli.table import print_table
from publisher.cli.workspace import Destination, Workspace, say
from publisher.findings import as_lines
from publisher.ledger.memory import Losable
from publisher.schedule.items import Item, State
from publisher.schedule.times import parse_moment
from publisher.schedule.turns import post_of

if TYPE_CHECKING:
    from publisher.delivery.job import Job, Outcome
    from publisher.delivery.search import Found
    from publisher.model import Attempt


@click.command()
@click.argument("paths", nargs=-1)
@AS_JSON
@click.option("--rebuild", is_flag=True, help="The ledger is lost: ask the networks what is live, and begin a new one.")
@destination
@in_project
def command(
    paths: tuple[str, ...], as_json: bool, rebuild: bool, choice: str | None, start: Path, now: datetime | None
) -> int:
    """Show the state of every post, or of those in PATHS (files, folders or ids).

    Published, due, later, held, failed or in doubt.
    """
    workspace = Workspace(start, now=now)
    to = workspace.destination(choice)
    if rebuild:
        return _rebuild(workspace, to, paths, as_json=as_json)
    edition = open_edition(workspace, to, paths, whole=True)
    items = edition.plan.items
    if as_json:
        for line in as_lines(edition.findings):
            say(line, quietly=True)
        print_json(rows(items, _advised(edition, items), paths_of(items)))
    else:
        print_findings(edition.findings, "text")
        print_table(items, workspace.zone)
        _print_doubts(edition, items)
        for story in edition.stories.values():
            for complaint in story.complaints:
                click.echo(f"ledger: {complaint.path}:{complaint.line}: {complaint.message}")
    return 0


def _advised(edition: Edition, items: Sequence[Item]) -> list[Outcome]:
    """The doubts, with where to look and what to type."""
    from publisher.cli.doubts import with_advice

    return [with_advice(edition, outcome(item)) for item in items if item.state is State.DOUBT]


def _print_doubts(edition: Edition, items: Sequence[Item]) -> None:
    from publisher.cli.doubts import explain

    for item in items:
        if item.state is State.DOUBT:
            click.echo("\n" + "\n".join(explain(edition, item)))


def _rebuild(workspace: Workspace, to: Destination, paths: tuple[str, ...], *, as_json: bool) -> int:
    """Asks the networks for every post whose time has come and that the ledger does not know, and writes it down."""
    from publisher.delivery.owners import Owners
    from publisher.delivery.search import Search, by_post, share

    say(to.sentence, quietly=as_json)
    ledger = workspace.ledger(to, anew=True)
    if isinstance(ledger, Losable):
        ledger.forgo()
    edition = open_edition(workspace, to, paths, whole=True, ledger=ledger)
    with closing(workspace.lines(to)) as lines:
        search = Search(
            connect=lambda channel: lines.connect(channel, forget),
            now=workspace.clock(),
            owners=Owners(edition.stories, edition.ledger),
        )
        looked = [search.look(job, since) for job, since in _lost(edition)]
    found = share([one for one in looked if not _is_turn_before(one)])
    if not as_json:
        for one in found:
            _print(one)
    edition.ledger.record(by_post(found))
    edition.again().settle()
    doubts = [one for one in found if one.doubt]
    if as_json:
        print_json([{"post": one.job.rendition.post, "channel": one.job.channel.name, "receipts": one.receipts,
                     "doubt": one.doubt} for one in found])  # fmt: skip
    else:
        click.echo(f"{len(found) - len(doubts)} of {len(found)} found again.")
        if doubts:
            click.echo("Look at the others yourself: publisher resolve POST CHANNEL --posted URL | --not-posted")
    return DOUBT if doubts else DONE


def _is_turn_before(one: Found) -> bool:
    """Whether the newest that is shown of an evergreen post is the turn before, so that this one was not sent yet."""
    return one.other != one.job.rendition.post and post_of(one.other) == post_of(one.job.rendition.post)


def forget(_attempt: Attempt, _uploads: Mapping[str, str]) -> None:
    """Remembers nothing: a search uploads nothing."""


def _lost(edition: Edition) -> Iterator[tuple[Job, datetime]]:
    """What may be out and is not known to the ledger, with the instant since which it may be.

    A post that waits for a slot has no instant of its own: it may have had its slot before the ledger was lost.
    """
    now = edition.workspace.clock()
    zone = edition.workspace.zone
    wanted = {(item.post, item.channel): parse_moment(item.publish, zone) for item in edition.plan.items}
    moments = {name: moment.at if moment else None for name, moment in wanted.items()}
    lost = [item for item in edition.plan.items if _may_be_out(edition, item, moments[item.post, item.channel], now)]
    for job in prepare(edition, lost).jobs:
        at = moments[job.rendition.post, job.channel.name]
        yield job, at - timedelta(days=1) if at else now - timedelta(days=60)


def _may_be_out(edition: Edition, item: Item, at: datetime | None, now: datetime) -> bool:
    known = (State.PUBLISHED, State.WITHDRAWN, State.DOUBT, State.FAILED)
    ready = bool(item.publish) and (at is None or at <= now)
    return ready and item.state not in known and not edition.stories[item.post].events


def _print(one: Found) -> None:
    mark = click.style("?", fg="magenta") if one.doubt else click.style("✓", fg="green")
    told = one.doubt or next((receipt.url for receipt in one.receipts if receipt.url), "")
    click.echo(f"{mark} {one.job.channel.name:<18} {one.job.rendition.post:<34} {told}")
