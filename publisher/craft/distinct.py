"""Distinctness: whether two channels would say the same thing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations

from publisher.model import Finding, Rendition, Severity

# What a network adds, not what a person says: addresses, tags, mentions, a thread's numbers.
_NATIVE = re.compile(r"https?://\S+|www\.\S+|[@#][\w.@-]+|(?<!\S)\(?\d{1,2}/\d{1,2}\)?(?!\S)")
_IDEOGRAMS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{_IDEOGRAMS}]|[^\W_{_IDEOGRAMS}]+")


def likeness(a: str, b: str) -> float:
    """How alike two texts are, from 0 (no word in common) to 1 (the same words, in whatever order).

    Case, links, tags, mentions and punctuation do not count. Words shared outside shared phrases of three count less.
    """
    left, right = _words(a), _words(b)
    share = _share(Counter(left), Counter(right))
    if share in {0.0, 1.0}:
        return share
    return float(share ** (2 - _share(_phrases(left), _phrases(right))))


@lru_cache(maxsize=256)
def _words(text: str) -> tuple[str, ...]:
    plain = _NATIVE.sub(" ", text).casefold().replace("’", "").replace("'", "")
    return tuple(_WORD.findall(plain))


def _phrases(words: Sequence[str]) -> Counter[tuple[str, ...]]:
    return Counter(zip(words, words[1:], words[2:], strict=False))


def _share(a: Counter[str] | Counter[tuple[str, ...]], b: Counter[str] | Counter[tuple[str, ...]]) -> float:
    """The common part of two bags over their union; nothing has nothing in common."""
    common = sum(min(n, b[key]) for key, n in a.items())  # type: ignore[index] # both bags hold the same kind
    whole = a.total() + b.total() - common
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
    if _words(a) and _words(a) == _words(b):
        return [_finding(one, other, "say the same words", Severity.ERROR)]
    alike = likeness(a, b) if severity else 0.0
    if severity is None or alike <= threshold:
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
