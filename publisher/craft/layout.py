"""Passages as text: paragraphs, lists and hashtags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from publisher.model import Passage


def lay_out(passages: Sequence[Passage], bullets: str = "•", *, opens: bool = True) -> str:
    """The passages as text: two or more points in a row are a list, all else is paragraphs with a blank line between.

    A point that stands alone is a paragraph, for a list of one is no list; so is one that leads. `opens` is whether
    the first passage does.
    """
    blocks: list[str] = []
    points: list[str] = []
    for place, passage in enumerate(passages):
        if passage.kind == "point" and (place or not opens):
            points.append(passage.text)
            continue
        if points:
            blocks.append(_listed(points, bullets))
            points = []
        blocks.append(passage.text)
    if points:
        blocks.append(_listed(points, bullets))
    return "\n\n".join(blocks)


def _listed(texts: Sequence[str], bullets: str) -> str:
    if len(texts) == 1:
        return texts[0]
    return "\n".join([f"{bullets} {text}" for text in texts] if bullets else texts)


def hashtags(tags: Iterable[str]) -> str:
    """The tags on one line, each with its sign: `#SocialMedia #Agile`."""
    return " ".join([f"#{tag}" for tag in tags])


def end_of_lines(text: str, most: int) -> int:
    """Where the first `most` lines of `text` end, or all of it where `most` is 0."""
    return len("\n".join(text.split("\n")[:most])) if most else len(text)
