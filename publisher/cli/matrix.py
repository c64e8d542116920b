"""The likeness matrix for the terminal: how much any two channels of a post say the same."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from publisher.proofs import Proof
from publisher.studio.pairs import COPIED, Pairs, compare


def print_matrix(proofs: Sequence[Proof]) -> None:
    """Prints how alike each two channels are, in percent; nothing where there are not two."""
    pairs = compare(proofs)
    if pairs.rows:
        console = Console(highlight=False)
        console.print(f"How alike the channels are, in percent; above {COPIED:.0%} is a copy", style="dim")
        console.print(_table(pairs))


def _table(pairs: Pairs) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("", no_wrap=True)
    for number in range(1, len(pairs.channels)):
        table.add_column(str(number), justify="right", min_width=3)
    table.add_row(_label(pairs, 0))
    for place, row in enumerate(pairs.rows, 1):
        table.add_row(_label(pairs, place), *(_share(share) for share in row))
    return table


def _label(pairs: Pairs, place: int) -> Text:
    return Text.assemble((f"{place + 1} ", "dim"), pairs.channels[place])


def _share(share: float) -> Text:
    mark = "!" if share > COPIED else ""
    style = "bold red" if mark else "yellow" if share > COPIED - 0.2 else "default" if share >= 0.1 else "dim"
    return Text(f"{share:.0%}".rstrip("%") + mark, style=style)
