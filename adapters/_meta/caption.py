"""A caption: the lead, what the network has room for after it, a closing line that keeps its place, and a tail."""

from __future__ import annotations

import re
from collections.abc import Sequence

from publisher.craft.fit import fit
from publisher.craft.layout import lay_out
from publisher.model import Change, Passage, Variant

_CLOSING = frozenset({"question", "call"})


def join(*blocks: str) -> str:
    """The blocks that say something, a blank line between them."""
    return "\n\n".join(filter(None, blocks))


def fit_caption(variant: Variant, passages: Sequence[Passage], tail: str, limit: int) -> tuple[str, tuple[Change, ...]]:
    """The passages as a text of at most `limit` characters, its tail included, and what was left out for it.

    The closing question or call is kept before anything between it and the lead. Raises Unsupported when the first
    sentence does not fit.
    """
    bullets = variant.voice.bullets
    closing = [passage for passage in passages[1:] if passage.kind in _CLOSING]
    body = [*passages[:1], *(passage for passage in passages[1:] if passage.kind not in _CLOSING)]

    def whole(text: str) -> str:
        return join(text, lay_out(closing, bullets), tail)

    fitted = fit(body, limit, lambda text: len(whole(text)), bullets=bullets, language=variant.language)
    return whole(fitted.text), fitted.omitted


def point(passages: Sequence[Passage], where: str, language: str) -> tuple[Sequence[Passage], str]:
    """The passages with `where` at the end of their call to action, and nothing; or as they are, and `where` itself.

    “Read the guide” becomes “Read the guide: https://…”; a call that ends with a sign of its own is left alone.
    """
    last = passages[-1] if passages else None
    if not where or last is None or last.kind != "call" or not last.text[-1:].isalnum():
        return passages, where
    colon = "\u00a0: " if language.startswith("fr") else ": "
    return [*passages[:-1], Passage(kind=last.kind, text=last.text + colon + where)], ""


def missing_tags(text: str, tags: Sequence[str]) -> tuple[str, ...]:
    """The tags that the text does not have already, whatever their case."""
    present = {tag.casefold() for tag in re.findall(r"#(\w+)", text)}
    return tuple(tag for tag in tags if tag.casefold() not in present)
