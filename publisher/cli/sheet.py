"""A proof sheet for the terminal: each channel's parts with their count, and under them what was done to the words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from publisher.model import Finding, Part, Post, Severity
from publisher.proofs import Proof

BAR = 20
COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.HINT: "cyan"}


def print_sheet(post: Post, proofs: Sequence[Proof]) -> None:
    """Prints a post's proofs, one panel a channel."""
    console = Console(highlight=False)
    console.print()
    console.print(Text.assemble((post.title or post.id, "bold"), f"  {post.path}", style="default"))
    for proof in proofs:
        console.print(_panel(proof))


def _panel(proof: Proof) -> Panel:
    channel = proof.channel
    name = channel.name if channel.name == channel.network else f"{channel.name} ({channel.network})"
    rows = [*_parts(proof), *_notes(proof), *(_finding(one) for one in proof.findings)]
    title = Text.assemble((f" {name} ", "bold"), (channel.handle, "dim"), " " if channel.handle else "")
    return Panel(
        Group(*rows), title=title, title_align="left", border_style="green" if proof.is_clean else "red", width=90
    )


def _parts(proof: Proof) -> Iterator[RenderableType]:
    parts = proof.rendition.parts if proof.rendition else ()
    for number, part in enumerate(parts, 1):
        if number > 1:
            yield Text("")
        yield _count(part, number, len(parts))
        yield Text(part.text)
        for media in part.media:
            yield Text(f"▣ {media.file}  {media.width}×{media.height}  “{media.alt}”", style="blue")
        card = part.native.get("card")
        if isinstance(card, dict):
            yield Text(f"▭ card: {card.get('title', '')}  {card.get('url', '')}", style="blue")


def _count(part: Part, number: int, total: int) -> Text:
    full = min(BAR, round(BAR * part.length / part.limit)) if part.limit else 0
    colour = "red" if part.length > part.limit else "green"
    position = f" {number}/{total}" if total > 1 else ""
    return Text.assemble(
        (f"{part.kind}{position}  ", "dim"),
        ("━" * full, colour),
        ("━" * (BAR - full), "bright_black"),
        (f"  {part.length}/{part.limit}", "dim" if part.length <= part.limit else "bold red"),
    )


def _notes(proof: Proof) -> Iterator[Text]:
    if proof.rendition is None:
        return
    if proof.rendition.changes or proof.rendition.omitted:
        yield Text("")
    for change in proof.rendition.changes:
        yield Text(f"changed  {change.rule}: {change.detail}", style="dim")
    for omission in proof.rendition.omitted:
        yield Text(f"left out {omission.rule}: {omission.detail}", style="dim")


def _finding(finding: Finding) -> Text:
    advice = f" → {finding.hint}" if finding.hint else ""
    return Text(f"{finding.severity}: {finding.message}{advice} [{finding.rule}]", style=COLOURS[finding.severity])
