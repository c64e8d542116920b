"""`publisher github`: what the workflows tell GitHub, and ask of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli import DONE, TO_FIX
from publisher.cli.options import destination, in_project
from publisher.errors import ConfigError, Rejected

if TYPE_CHECKING:
    from publisher.cli.workspace import Destination, Workspace
    from publisher.forge.github import GitHub
    from publisher.forge.watch import Sight


_COUNT = click.IntRange(min=1)


def _open() -> GitHub:
    import os

    from publisher.forge.github import open_github

    return open_github(os.environ, lambda: datetime.now(UTC))


@click.group()
def command() -> None:
    """Tell GitHub what it should show. The workflows that `publisher init` writes call these.

    They need GITHUB_TOKEN, and each says which permission its job gives to that token.
    """


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--pull-request", "number", type=click.IntRange(min=1), required=True, help="Its number.")
def comment(file: Path, number: int) -> None:
    """Write what `publisher review --markdown FILE` wrote as the one comment on a pull request, or bring it up to date.

    FILE may be - for standard input. The token needs `pull-requests: write`.
    """
    from publisher.forge.letter import MARK

    with click.open_file(str(file), encoding="utf-8") as source:
        body = source.read()
    if not body.startswith(MARK) or len(body) > 65_536:
        raise ConfigError("this is not what publisher review --markdown writes", hint="write it again")
    click.echo(f"Written: {_open().comment(number, MARK, body)}")


@command.command()
@click.option("--workflow", default="publish.yml", show_default=True, help="The workflow that publishes.")
@click.option("--silent", metavar="MINUTES", type=_COUNT, default=180, show_default=True, help="No run for so long.")
@click.option(
    "--late", metavar="MINUTES", type=_COUNT, default=90, show_default=True, help="A post overdue by so much."
)
@click.option(
    "--idle", metavar="DAYS", type=_COUNT, default=14, show_default=True, help="Nothing published for so long."
)
@destination
@in_project
def watch(
    workflow: str, silent: int, late: int, idle: int, choice: str | None, start: Path, now: datetime | None
) -> int:
    """Notice that runs did not happen, or found nothing for too long, and keep one issue about it.

    Leaves with 1 while something is wrong. The token needs `issues: write` and `actions: read`.
    """
    from publisher.cli.workspace import Workspace
    from publisher.forge.watch import FAREWELL, MARK, Patience, compose, find_troubles

    workspace, github = Workspace(start, now=now), _open()
    patience = Patience(run=timedelta(minutes=silent), due=timedelta(minutes=late), idle=timedelta(days=idle))
    sight = _see(workspace, github, workflow, workspace.destination(choice), patience.idle)
    troubles = find_troubles(sight, patience)
    if not troubles:
        closed = github.close_issue(MARK, FAREWELL)
        click.echo(f"All is well.{f' Closed: {closed}' if closed else ''}")
        return DONE
    for trouble in troubles:
        click.echo(trouble)
    click.echo(f"Written: {github.raise_issue(MARK, *compose(troubles))}")
    return TO_FIX


def _see(workspace: Workspace, github: GitHub, workflow: str, to: Destination, idle: timedelta) -> Sight:
    """What there is to see at this moment, on GitHub and in the ledger."""
    from publisher.cli.edition import open_edition
    from publisher.forge.watch import Sight

    edition, now = open_edition(workspace, to), workspace.clock()
    return Sight(
        now=now,
        workflow=workflow,
        state=github.state_of(workflow),
        run=github.newest_run(workflow),
        plan=edition.plan,
        published=max((one.at for one in edition.ledger.recent(now - idle)), default=None),
    )


@command.command()
@click.argument("workflows", nargs=-1, required=True)
def awake(workflows: tuple[str, ...]) -> None:
    """Keep the schedules of WORKFLOWS (names of files) from being switched off after 60 idle days.

    What somebody switched off by hand stays off. The token needs `actions: write`.
    """
    github = _open()
    for name in workflows:
        state = github.state_of(name)
        if state == "disabled_manually":
            click.echo(f"{name} was switched off by hand, and stays off.")
        else:
            github.enable(name)
            click.echo(f"{name} is awake.")


@command.command()
@click.option(
    "--write", is_flag=True, help="Write the lines into .github/CODEOWNERS, and leave the others there alone."
)
@in_project
def owners(write: bool, start: Path, now: object) -> None:
    """Print the lines of CODEOWNERS for `approval:` in publisher.yml: GitHub then asks these people by itself."""
    from publisher.cli.sign_off import owner_lines, write_file
    from publisher.cli.workspace import Workspace

    workspace = Workspace(start)
    lines = owner_lines(workspace)
    for line in lines:
        click.echo(line)
    if write:
        click.echo(f"Written to {write_file(workspace, lines)}.", err=True)


@command.command()
@click.option("--base", required=True, metavar="COMMIT", help="What the pull request goes to; its settings decide.")
@click.option("--head", required=True, metavar="COMMIT", help="The newest commit of the pull request on GitHub.")
@click.option("--pull-request", "number", type=click.IntRange(min=1), required=True, help="Its number.")
@in_project
def approval(base: str, head: str, number: int, start: Path, now: object) -> int:
    """Check that the people named under `approval:` approved the words as they are now, and not an earlier version.

    The verdict is the status `publisher/approval` of the commit, and the exit code where the token may not write that.
    It needs `pull-requests: read`, `contents: read` and `statuses: write`.
    """
    from publisher.cli.sign_off import find_wants
    from publisher.cli.workspace import Workspace
    from publisher.forge.owners import find_missing

    wants = find_wants(Workspace(start), base)
    github = _open()
    reviews = github.reviews(number) if wants else ()
    trees = {commit: github.blobs(commit) for commit in {one.commit for one in reviews if one.state == "APPROVED"}}
    missing = find_missing(wants, reviews, trees)
    for want in missing:
        click.echo(f"::error title=approval::{want.cause} waits for {want.rule.sentence}")
    told = _verdict(len(wants), [want.rule.sentence for want in missing])
    click.echo(told)
    try:
        github.tell_status(head, context="publisher/approval", well=not missing, told=told)
    except Rejected:  # a stranger's pull request: its token may only read
        return TO_FIX if missing else DONE
    return DONE


def _verdict(wanted: int, missing: Sequence[str]) -> str:
    if not wanted:
        return "Nobody's approval is asked for."
    return f"Waits for {'; '.join(dict.fromkeys(missing))}" if missing else "Approved as it is."
