"""Choosing what a caption says: the lead, what reads well after it, and a closing line that keeps its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from publisher.craft.fit import fit
from publisher.craft.layout import lay_out
from publisher.model import Change, Passage, Variant

_CLOSING = frozenset({"question", "call"})


def join(*blocks: str) -> str:
    """The blocks that say something, a blank line between them."""
    return "\n\n".join(block for block in blocks if block)


def tell(
    variant: Variant, passages: Sequence[Passage], tail: str, limit: int, length: Callable[[str], int]
) -> tuple[str, tuple[Change, ...]]:
    """The passages as a text with its tail, and what was left out to keep it as short as reads well here.

    The closing question or call is kept before anything between it and the lead. Raises Unsupported when the first
    sentence is longer than the network's own limit.
    """
    bullets = variant.voice.bullets
    closing = [passage for passage in passages[1:] if passage.kind in _CLOSING]
    body = [*passages[:1], *(passage for passage in passages[1:] if passage.kind not in _CLOSING)]

    def whole(text: str) -> str:
        return join(text, lay_out(closing, bullets), tail)

    room = min(limit, max(variant.voice.reads_well[1], length(whole(lay_out(body[:1], bullets)))))
    fitted = fit(body, room, lambda text: length(whole(text)), bullets=bullets, language=variant.language)
    return whole(lay_out(fitted.passages, bullets)), fitted.omitted


def missing_tags(text: str, tags: Sequence[str]) -> tuple[str, ...]:
    """The tags that the text does not have already, whatever their case."""
    present = {tag.casefold() for tag in re.findall(r"#(\w+)", text)}
    return tuple(tag for tag in tags if tag.casefold() not in present)
