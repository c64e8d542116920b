"""A proof sheet for the terminal: each channel's parts with their count, and under them what was done to the words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from publisher.model import Change, Finding, Json, Media, Part, Post, Severity
from publisher.proofs import Proof

BAR = 20
WIDTH = 90
SHORT = 40
COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.HINT: "cyan"}


def print_sheet(post: Post, proofs: Sequence[Proof]) -> None:
    """Prints a post's proofs, one panel a channel; the pictures are described once, above them all."""
    console = Console(highlight=False)
    width = min(console.width, WIDTH)
    console.print()
    console.print(Text.assemble((post.title or post.id, "bold"), f"  {post.path}", style="default"), width=width)
    for media in _pictures(proofs):
        about = Text(f"▣ {_name(media)}  {media.width}×{media.height}  “{media.alt}”", style="blue")
        console.print(Padding(about, (0, 0, 0, 2), expand=False), width=width)
    for proof in proofs:
        console.print(_panel(proof, width))


def _pictures(proofs: Sequence[Proof]) -> Iterable[Media]:
    renditions = [proof.rendition for proof in proofs if proof.rendition]
    return dict.fromkeys(media for one in renditions for part in one.parts for media in part.media)


def _name(media: Media) -> str:
    return PurePosixPath(media.file).name


def _panel(proof: Proof, width: int) -> Panel:
    channel = proof.channel
    name = channel.name if channel.name == channel.network else f"{channel.name} ({channel.network})"
    rows = [*_parts(proof), *_notes(proof), *(_finding(one) for one in proof.findings)]
    title = Text.assemble((f" {name} ", "bold"), (channel.handle, "dim"), " " if channel.handle else "")
    colour = "green" if proof.is_clean else "red"
    return Panel(Group(*rows), title=title, title_align="left", border_style=colour, width=width)


def _parts(proof: Proof) -> Iterator[RenderableType]:
    parts = proof.rendition.parts if proof.rendition else ()
    for number, part in enumerate(parts, 1):
        if number > 1:
            yield Text("")
        yield _count(part, number, len(parts))
        yield Text(part.text)
        if part.media:
            yield Text("  ".join(f"▣ {_name(media)}" for media in part.media), style="blue")
        for card in _cards(part.native):
            yield Text(f"▭ {card}", style="blue")


def _count(part: Part, number: int, total: int) -> Text:
    full = min(BAR, max(1, BAR * part.length // part.limit)) if part.limit else 0
    over = part.length > part.limit
    position = f" {number}/{total}" if total > 1 else ""
    return Text.assemble(
        (f"{part.kind}{position}  ", "dim"),
        ("━" * full, "red" if over else "green"),
        ("┈" * (BAR - full), "bright_black"),
        (f"  {part.length:,} of {part.limit:,}", "bold red" if over else "dim"),
    )


def _cards(native: Json | Mapping[str, Json]) -> Iterator[str]:
    """The link cards in a part's native fields: an address by itself under `link`, or one beside a title."""
    if not isinstance(native, Mapping):
        return
    title, addresses = native.get("title"), [native.get(key) for key in ("link", "uri", "url", "source")]
    for address in addresses:
        if isinstance(address, str):
            yield f"{title}  {address}" if title else address
    for inner in native.values():
        yield from _cards(inner)


def _notes(proof: Proof) -> Iterator[RenderableType]:
    """What was changed and left out, by rule; a passage left out has one line, since the post tells it whole."""
    if proof.rendition is None:
        return
    notes = Table.grid(padding=(0, 2, 0, 0), expand=True)
    notes.add_column(no_wrap=True)
    notes.add_column(no_wrap=True)
    notes.add_column(ratio=1)
    for heading, changes in (("changed", proof.rendition.changes), ("left out", proof.rendition.omitted)):
        in_brief = heading == "left out"
        for position, (rule, detail) in enumerate(_lines(changes)):
            cell = Text(detail, no_wrap=in_brief, overflow="ellipsis" if in_brief else "fold")
            notes.add_row("" if position else heading, rule, cell, style="dim")
    if notes.row_count:
        yield Padding(notes, (1, 0, 0, 0))


def _lines(changes: Sequence[Change]) -> Iterator[tuple[str, str]]:
    """Each rule once, beside its first detail; details of few words share a line."""
    for rule in dict.fromkeys(change.rule for change in changes):
        details = [change.detail for change in changes if change.rule == rule]
        if all(len(detail) < SHORT for detail in details):
            details = [", ".join(details)]
        yield from zip([rule, *[""] * (len(details) - 1)], details, strict=True)


def _finding(finding: Finding) -> Text:
    advice = f" → {finding.hint}" if finding.hint else ""
    return Text(f"{finding.severity}: {finding.message}{advice} [{finding.rule}]", style=COLOURS[finding.severity])
