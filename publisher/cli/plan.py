"""`publisher plan`: what will be published when, what is held, and what would release it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import click

from publisher.cli.edition import open_edition, paths_of, rows
from publisher.cli.options import AS_JSON, destination, in_project, print_findings, print_json
from publisher.cli.table import print_table
from publisher.cli.workspace import Workspace
from publisher.schedule.items import Item


@click.command()
@AS_JSON
@click.option("--days", type=click.IntRange(1, 3660), help="Only what happens within so many days.")
@destination
@in_project
def command(as_json: bool, days: int | None, choice: str | None, start: Path, now: datetime | None) -> int:
    """Say for every post that is not done what will happen on each channel, when and why."""
    workspace = Workspace(start, now=now)
    edition = open_edition(workspace, workspace.destination(choice))
    items = _within(edition.plan.items, workspace.clock(), days)
    if as_json:
        print_json(rows(items, (), paths_of(items)))
        return 0
    print_findings(edition.findings, "text")
    print_table(_in_time(items), workspace.zone)
    return 0


def _within(items: Sequence[Item], now: datetime, days: int | None) -> list[Item]:
    end = now + timedelta(days=days) if days else None
    return [item for item in items if end is None or (item.at is not None and item.at <= end)]


def _in_time(items: Iterable[Item]) -> list[Item]:
    """What has an instant first, in order; the rest by path."""
    return sorted(items, key=lambda item: (item.at is None, item.at.timestamp() if item.at else 0, item.path))
