"""`publisher status`: where every post stands on every channel, with its proof."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from publisher.cli.edition import open_edition, paths_of, rows
from publisher.cli.options import AS_JSON, destination, in_project, print_findings, print_json
from publisher.cli.table import print_table
from publisher.cli.workspace import Workspace


@click.command()
@click.argument("paths", nargs=-1)
@AS_JSON
@destination
@in_project
def command(paths: tuple[str, ...], as_json: bool, choice: str | None, start: Path, now: datetime | None) -> int:
    """Show the state of every post, or of those in PATHS: published, due, later, held, failed or in doubt."""
    workspace = Workspace(start, now=now)
    edition = open_edition(workspace, workspace.destination(choice), paths, whole=True)
    items = edition.plan.items
    if as_json:
        print_json(rows(items, (), paths_of(items)))
    else:
        print_findings(edition.findings, "text")
        print_table(items, workspace.zone)
        for story in edition.stories.values():
            for complaint in story.complaints:
                click.echo(f"ledger: {complaint.path}:{complaint.line}: {complaint.message}")
    return 0
