"""`publisher plan`: what will be published when, what is held, and what would release it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli.edition import Edition, open_edition, with_links
from publisher.cli.options import AS_JSON, destination, in_project, print_findings, print_json
from publisher.cli.rows import paths_of, rows
from publisher.cli.table import print_table
from publisher.cli.workspace import Workspace, say
from publisher.schedule.items import Item, State

if TYPE_CHECKING:
    from publisher.costs import Cost


@click.command()
@AS_JSON
@click.option("--days", type=click.IntRange(1, 3660), help="Only what happens within so many days.")
@destination
@in_project
def command(as_json: bool, days: int | None, choice: str | None, start: Path, now: datetime | None) -> int:
    """Say for every post that is not done what will happen on each channel, when and why.

    Where a network charges, it says what is expected to be paid, at the prices the network gave on the day named.
    """
    workspace = Workspace(start, now=now)
    edition = open_edition(workspace, workspace.destination(choice))
    items = _within(edition.plan.items, workspace.clock(), days)
    costs = _price(edition, items)
    if as_json:
        amounts = {key: _amount(cost) for key, cost in costs.items()}
        print_json(rows(items, (), paths_of(items), amounts))
    else:
        print_findings(edition.findings, "text")
        print_table(_in_time(items), workspace.zone, costs)
    if costs:
        say(_total(costs), quietly=as_json)
    return 0


def _price(edition: Edition, items: Sequence[Item]) -> dict[tuple[str, str], Cost]:
    """What each item that will be sent is expected to cost, on channels whose network charges."""
    from publisher.costs import charges, price_post
    from publisher.registry import adapter

    workspace = edition.workspace
    sent: dict[tuple[str, str], dict[str, int]] = {}
    for item in items:
        if item.state in (State.DUE, State.LATER) and item.act == "send" and charges(adapter(item.network)):
            sent.setdefault((item.post, item.path), {})[item.channel] = len(item.receipts)
    costs: dict[tuple[str, str], Cost] = {}
    for (turn, path), channels in sent.items():
        parsed = workspace.parse(path)
        if parsed.post and parsed.sound:
            post = with_links(parsed.post, turn, edition)
            told = price_post(post, workspace.project, adapter, channels)
            costs.update({(turn, channel): cost for channel, cost in told.items()})
    return costs


def _amount(cost: Cost) -> dict[str, object]:
    amount = cost.thousandths / 1000
    return {"amount": amount, "currency": "USD", "seen": cost.seen, "official": cost.official}


def _total(costs: Mapping[tuple[str, str], Cost]) -> str:
    from publisher.costs import add

    total, channels = add(costs.values()), ", ".join(dict.fromkeys(channel for _, channel in costs))
    return f"Expected to cost {total} on {channels}, at prices seen on {total.seen if total else ''}."


def _within(items: Sequence[Item], now: datetime, days: int | None) -> list[Item]:
    end = now + timedelta(days=days) if days else None
    return [item for item in items if end is None or (item.at is not None and item.at <= end)]


def _in_time(items: Iterable[Item]) -> list[Item]:
    """What has an instant first, in order; the rest by path."""
    return sorted(items, key=lambda item: (item.at is None, item.at.timestamp() if item.at else 0, item.path))
