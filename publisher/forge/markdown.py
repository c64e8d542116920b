"""Strangers' words inside GitHub's Markdown: shown to the letter, never obeyed. Pure.

Whatever comes from a post stands in code: there nobody is called by `@name`, no `#1` links an issue, and no mark or tag
has an effect (GitHub Flavored Markdown 4.5 and 6.1; https://docs.github.com/get-started/writing-on-github).
"""

from __future__ import annotations

import re
from html import escape

WIDTH = 62
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_TICKS = re.compile(r"`+")


def span(text: str) -> str:
    """The text on one line, as a code span."""
    line = " ".join(_visible(text).split()) or "–"
    ticks = "`" * (_longest(line) + 1)
    edge = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{edge}{line}{edge}{ticks}"


def tag(text: str) -> str:
    """The text on one line, for a place where Markdown is not read, such as a summary."""
    return f"<code>{escape(' '.join(_visible(text).split()) or '–')}</code>"


def fence(text: str, kind: str = "text") -> str:
    """The text in a fence longer than any in it; long lines go on, indented, on the next, as a telephone needs them."""
    shown = "\n".join(_wrap(line) for line in _visible(text).split("\n"))
    ticks = "`" * max(3, _longest(shown) + 1)
    return f"{ticks}{kind}\n{shown}\n{ticks}"


def compare_lines(before: str, after: str) -> str:
    """A fence with the lines taken away and added, and one line around them."""
    from difflib import unified_diff

    was, will = (
        [row for line in _visible(text).split("\n") for row in _wrap(line).split("\n")] for text in (before, after)
    )
    rows = [row for row in unified_diff(was, will, n=1, lineterm="") if not row.startswith(("---", "+++"))]
    return fence("\n".join("…" if row.startswith("@@") else row for row in rows), "diff")


def _visible(text: str) -> str:
    """The text without what moves a cursor or turns words around; a mark stands where it was."""
    return _UNSEEN.sub("\ufffd", text.replace("\r\n", "\n"))


def _longest(text: str) -> int:
    return max((len(found) for found in _TICKS.findall(text)), default=0)


def _wrap(line: str) -> str:
    import textwrap

    if len(line) <= WIDTH + 2:
        return line
    rows = textwrap.wrap(
        line, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )
    return "\n".join(rows)
