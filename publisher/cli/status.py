"""`publisher status`: where every post stands on every channel, with its proof; and what to do without a ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from publisher.cli import DONE, DOUBT, TO_FIX
from publisher.cli.edition import Edition, open_edition, prepare
from publisher.cli.options import AS_JSON, destination, in_project, print_findings, print_json
from publisher.cli.rows import outcome, paths_of, rows
from publisher.cli.table import print_table
from publisher.cli.workspace import Destination, Workspace, say
from publisher.errors import ConfigError
from publisher.findings import as_lines, has_errors
from publisher.ledger.memory import Losable
from publisher.schedule.items import Item, State
from publisher.schedule.times import parse_moment
from publisher.schedule.turns import post_of
from publisher.worktree import PROJECT

if TYPE_CHECKING:
    from publisher.delivery.job import Outcome
    from publisher.delivery.search import Found
    from publisher.model import Attempt
    from publisher.words import Finding


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
    from publisher.delivery.search import by_post

    say(to.sentence, quietly=as_json)
    _refuse_uncommitted(workspace, to)
    ledger = workspace.ledger(to, anew=True)
    if isinstance(ledger, Losable):
        ledger.forgo()
    edition = open_edition(workspace, to, paths, whole=True, ledger=ledger)
    found = _look(edition)
    if not as_json:
        for one in found:
            _print(one)
    edition.ledger.record(by_post(found))
    edition.again().settle()
    unread = [one for one in edition.findings if one.path and one.path not in edition.posts and has_errors([one])]
    if as_json:
        print_json([{"post": one.job.rendition.post, "channel": one.job.channel.name, "receipts": one.receipts,
                     "doubt": one.doubt} for one in found])  # fmt: skip
    _close(found, unread, quietly=as_json)
    return DOUBT if any(one.doubt for one in found) else TO_FIX if unread else DONE


def _refuse_uncommitted(workspace: Workspace, to: Destination) -> None:
    """Raises ConfigError where no real post could be looked for: what everyone is made of is not in git."""
    shared = workspace.uncommitted([PROJECT, workspace.project.schedules]) if to.live else ()
    if shared:
        names = " and ".join(shared)
        raise ConfigError(
            f"{names} {'are' if shared[1:] else 'is'} not committed, and posts are looked for as they are in git",
            hint=f"git add {' '.join(shared)} && git commit -m Settings",
        )


def _look(edition: Edition) -> Sequence[Found]:
    """What the networks show of what the ledger does not know."""
    from publisher.delivery.owners import Owners
    from publisher.delivery.search import Search, share

    workspace = edition.workspace
    lost = tuple(find_lost(edition))
    since = {(item.post, item.channel): at for item, at in lost}
    prepared = prepare(edition, [item for item, _ in lost])
    with closing(workspace.lines(edition.to)) as lines:
        search = Search(
            connect=lambda channel: lines.connect(channel, forget),
            now=workspace.clock(),
            owners=Owners(edition.stories, edition.ledger),
        )
        looked = [search.look(job, since[job.rendition.post, job.channel.name]) for job in prepared.jobs]
    channels = workspace.project.channels
    missed = [search.miss(channels[one.channel], one.post, one.reason) for one in prepared.held]
    return share([*(one for one in looked if not _is_turn_before(one)), *missed])


def _close(found: Sequence[Found], unread: Sequence[Finding], *, quietly: bool) -> None:
    """Says what was found again, and what to do about the rest."""
    doubts = [one for one in found if one.doubt]
    for line in as_lines(unread):
        say(line, quietly=quietly)
    if unread:
        told = "What cannot be read was not looked for: mend it, and type publisher status --rebuild once more"
        say(f"{told}, or it is sent again.", quietly=quietly)
    if not quietly:
        click.echo(f"{len(found) - len(doubts)} of {len(found)} found again.")
        if doubts:
            click.echo("Look at the others yourself: publisher resolve POST CHANNEL --posted URL | --not-posted")


def _is_turn_before(one: Found) -> bool:
    """Whether the newest that is shown of an evergreen post is the turn before, so that this one was not sent yet."""
    return one.other != one.job.rendition.post and post_of(one.other) == post_of(one.job.rendition.post)


def forget(_attempt: Attempt, _uploads: Mapping[str, str]) -> None:
    """Remembers nothing: a search uploads nothing."""


def find_lost(edition: Edition) -> Iterator[tuple[Item, datetime]]:
    """What may be out and is not known to the ledger, with the instant since which it may be.

    A post that waits for a slot has no instant of its own: it may have had its slot before the ledger was lost. None
    waits for its page: that may have been taken away since.
    """
    now = edition.workspace.clock()
    zone = edition.workspace.zone
    wanted = {(item.post, item.channel): parse_moment(item.publish, zone) for item in edition.plan.items}
    moments = {name: moment.at if moment else None for name, moment in wanted.items()}
    for item in edition.plan.items:
        at = moments[item.post, item.channel]
        if _may_be_out(edition, item, at, now):
            yield replace(item, uncertain=True), at - timedelta(days=1) if at else now - timedelta(days=60)


def _may_be_out(edition: Edition, item: Item, at: datetime | None, now: datetime) -> bool:
    known = (State.PUBLISHED, State.WITHDRAWN, State.DOUBT, State.FAILED)
    ready = bool(item.publish) and (at is None or at <= now)
    return ready and item.state not in known and not edition.stories[item.post].events


def _print(one: Found) -> None:
    mark = click.style("?", fg="magenta") if one.doubt else click.style("✓", fg="green")
    told = one.doubt or next((receipt.url for receipt in one.receipts if receipt.url), "")
    click.echo(f"{mark} {one.job.channel.name:<18} {one.job.rendition.post:<34} {told}")
