"""Distinctness: whether two channels would say the same thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations
from typing import TypeAlias

from publisher.model import Finding, Rendition, Severity

# What a network adds, not what a person says: addresses, tags, mentions, a thread's numbers.
_NATIVE = re.compile(r"https?://\S+|www\.\S+|[@#][\w.@-]+|(?<!\S)\(?\d{1,2}/\d{1,2}\)?(?!\S)")
_IDEOGRAMS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{_IDEOGRAMS}]|[^\W_{_IDEOGRAMS}]+")


def likeness(a: str, b: str) -> float:
    """How alike two texts are, from 0 (no word in common) to 1 (the same words, in whatever order).

    Case, links, tags, mentions and punctuation do not count. Words shared outside shared phrases of three count less.
    """
    left, right = _weigh(a), _weigh(b)
    share = _share(left.words, right.words)
    if share in {0.0, 1.0}:
        return share
    return float(share ** (2 - _share(left.phrases, right.phrases)))


def vocabulary(text: str) -> frozenset[str]:
    """The words of a text, each once, as `likeness` reads them."""
    return frozenset(_weigh(text).order)


_Bag: TypeAlias = "frozenset[tuple[object, int]]"


@dataclass(frozen=True)
class _Weighed:
    """A text's words in order, and its words and phrases of three as bags: each with the number of its occurrence."""

    order: tuple[str, ...]
    words: _Bag

    @cached_property
    def phrases(self) -> _Bag:
        return _bag(zip(self.order, self.order[1:], self.order[2:], strict=False))


@lru_cache(maxsize=256)
def _weigh(text: str) -> _Weighed:
    plain = _NATIVE.sub(" ", text).casefold().replace("’", "").replace("'", "")
    words = tuple(_WORD.findall(plain))
    return _Weighed(words, _bag(words))


def _bag(things: Iterable[object]) -> _Bag:
    seen: dict[object, int] = {}
    numbered = []
    for thing in things:
        seen[thing] = times = seen.get(thing, 0) + 1
        numbered.append((thing, times))
    return frozenset(numbered)


def _share(a: _Bag, b: _Bag) -> float:
    """The common part of two bags over their union; nothing has nothing in common."""
    common = len(a & b)
    whole = len(a) + len(b) - common
    return common / whole if whole else 0.0


def copied(
    renditions: Sequence[Rendition], *, severity: Severity | None, threshold: float = 0.7
) -> tuple[Finding, ...]:
    """A finding for each two channels whose renditions of one post are alike by more than `threshold`.

    Texts with the very same words are an error whatever the project's `severity`; None asks about nothing else.
    """
    found = []
    for one, other in combinations(renditions, 2):
        if one.post == other.post and one.channel != other.channel:
            found += _compare(one, other, severity, threshold)
    return tuple(found)


def _compare(one: Rendition, other: Rendition, severity: Severity | None, threshold: float) -> list[Finding]:
    a, b = _text(one), _text(other)
    here, there = _weigh(a), _weigh(b)
    if here.order and here.order == there.order:
        return [_finding(one, other, "say the same words", Severity.ERROR)]
    if severity is None or _share(here.words, there.words) <= threshold or (alike := likeness(a, b)) <= threshold:
        return []
    return [_finding(one, other, f"say almost the same ({alike:.0%} alike)", severity)]


def _text(rendition: Rendition) -> str:
    return "\n\n".join(part.text for part in rendition.parts)


def _finding(one: Rendition, other: Rendition, how: str, severity: Severity) -> Finding:
    return Finding(
        rule="copied",
        message=f"{one.channel} and {other.channel} {how}",
        severity=severity,
        channel=other.channel,
        hint=(
            f"give one of them its own `angle:` or `text:` (channels: {other.channel}: …), "
            "or add material to the post: a quote (`>`), points (`-`), a question, a sentence with a figure"
        ),
    )
