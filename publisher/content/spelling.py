"""What somebody most likely meant to type."""

from __future__ import annotations

from collections.abc import Iterable


def find_near(word: str, known: Iterable[str]) -> str:
    """The known word nearest to `word`, or empty when none is near."""
    from difflib import get_close_matches

    folded = {name.casefold().replace("_", "-"): name for name in known}
    near = get_close_matches(word[:100].casefold().replace("_", "-"), folded, 1, 0.6)
    return folded[near[0]] if near else ""


def suggest(word: str, known: Iterable[str]) -> str:
    """A hint in words: the nearest spelling, or else everything that is known."""
    names = tuple(known)
    near = find_near(word, names)
    if near:
        return f"did you mean `{near}`?"
    return f"known: {', '.join(names)}" if names else ""
