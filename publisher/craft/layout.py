"""Passages as text: paragraphs, lists and hashtags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from publisher.model import Passage


def lay_out(passages: Sequence[Passage], bullets: str = "•") -> str:
    """The passages as text: two or more points in a row are a list, all else is paragraphs with a blank line between.

    A point that stands alone is a paragraph: a list of one is no list.
    """
    blocks: list[str] = []
    for is_point, run in groupby(passages, lambda passage: passage.kind == "point"):
        texts = [passage.text for passage in run]
        blocks += [_listed(texts, bullets)] if is_point and len(texts) > 1 else texts
    return "\n\n".join(blocks)


def _listed(texts: Iterable[str], bullets: str) -> str:
    return "\n".join(f"{bullets} {text}".lstrip() for text in texts)


def hashtags(tags: Iterable[str]) -> str:
    """The tags on one line, each with its sign: `#SocialMedia #Agile`."""
    return " ".join(f"#{tag}" for tag in tags)
