"""A plan's items as a table for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo

import click

from publisher.schedule.items import Item, State

COLOURS = {
    State.PUBLISHED: "green",
    State.DUE: "cyan",
    State.WITHDRAWN: "green",
    State.FAILED: "red",
    State.DOUBT: "magenta",
    State.HELD: "yellow",
}
HEADINGS = ("WHEN", "STATE", "CHANNEL", "POST")


def print_table(items: Sequence[Item], zone: tzinfo, costs: Mapping[tuple[str, str], object] | None = None) -> None:
    """Prints one line an item: when, state, channel, post, its cost where there is any, and why or where."""
    if not items:
        click.echo("There is nothing to show.")
        return
    headings, lines = [*HEADINGS, ""], [_cells(item, zone) for item in items]
    if costs:
        headings.insert(-1, "COST")
        for item, line in zip(items, lines, strict=True):
            line.insert(-1, str(costs.get((item.post, item.channel), "")))
    widths = [max(len(line[column]) for line in (headings, *lines)) for column in range(len(headings) - 1)]
    click.secho(_line(headings, widths), dim=True)
    for item, line in zip(items, lines, strict=True):
        state = click.style(line[1].ljust(widths[1]), fg=COLOURS.get(item.state))
        click.echo(f"{line[0]:<{widths[0]}}  {state}  {_line(line[2:], widths[2:])}")


def _cells(item: Item, zone: tzinfo) -> list[str]:
    return [_when(item, zone), item.state.value, item.channel, item.post, _told(item)]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=False)]
    return "  ".join([*padded, *cells[len(widths) :]]).rstrip()


def _when(item: Item, zone: tzinfo) -> str:
    return f"{item.at.astimezone(zone):%a %d %b %Y %H:%M}" if item.at else "–"


def _told(item: Item) -> str:
    address = next((receipt.url for receipt in item.receipts if receipt.url), "")
    return " ".join(piece for piece in (address, item.reason) if piece)
