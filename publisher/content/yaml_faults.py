"""A YAML parser's complaint in the words of somebody who has never heard of scalars and block mappings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import yaml

_IN_QUOTES = 'put the value in quotes: "…"'
_HASH = re.compile(r"(?<=[\s\[{,:])#[^\s#]")

_MEANINGS: tuple[tuple[str, str, str], ...] = (
    ("tab character", "this line is indented with a tab", "indent with spaces"),
    (
        "cannot start any token",
        "a value cannot begin with this character",
        f"{_IN_QUOTES}; indent with spaces, not tabs",
    ),
    (
        "unexpected end of stream",
        "a quotation mark is opened here and never closed",
        "close it, or put the value in the other kind of quotes",
    ),
    (
        "could not find expected ':'",
        "a key without its colon, or a line that has slipped to the left",
        "write `key: value`",
    ),
    ("flow sequence", "a list opened with `[` is not closed, or a comma is missing", "write `[one, two]`"),
    ("flow mapping", "a mapping opened with `{` is not closed, or a comma is missing", "write `{key: value}`"),
    ("block collection", "this line does not line up with the ones before it", "indent it like its neighbours"),
    ("block mapping", "this line does not line up with the keys before it", "indent it like its neighbours"),
    (
        "block scalar",
        "the text under `|` or `>` is not indented evenly",
        "indent every line of it by the same number of spaces",
    ),
    ("document start", "there is something after the end of the settings", "remove the line `...` or `---`"),
    ("escape", "a backslash in double quotes begins a special sign", "use single quotes, or write the backslash twice"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a character of the text, and what to type instead."""

    index: int
    meaning: str
    hint: str


def find_fault(error: yaml.YAMLError, text: str) -> Fault:
    """The parser's complaint about `text`, in plain words. Both of PyYAML's parsers are understood."""
    problem, context = str(getattr(error, "problem", "") or ""), str(getattr(error, "context", "") or "")
    start, end = _index(error, "context_mark"), _index(error, "problem_mark")
    at = start if "end of stream" in problem else end
    return (
        _find_hash(context, text, start, end)
        or _find_on_line(problem, context, text, end)
        or _translate(problem, context, at)
    )


def _index(error: yaml.YAMLError, name: str) -> int:
    mark = getattr(error, name, None)
    return mark.index if mark else 0


def _find_hash(context: str, text: str, start: int, end: int) -> Fault | None:
    """`[#agile]` is an open bracket and a comment to YAML, and an everyday slip to those who write hashtags."""
    opened = min(start, max(text.rfind("[", 0, end), text.rfind("{", 0, end), 0))
    found = _HASH.search(text, opened, end) if "flow" in context else None
    if found is None:
        return None
    meaning = "`#` begins a comment, so the bracket before it is never closed"
    return Fault(found.start(), meaning, "write the words without `#`, or each in quotes")


def _find_on_line(problem: str, context: str, text: str, index: int) -> Fault | None:
    """What a parser calls a mapping or a block is, on one line, a colon too many or words after the quotes."""
    before = text[text.rfind("\n", 0, index) + 1 : index].strip()
    if "mapping values are not allowed" in problem:
        if ": " in before:
            return Fault(index, "there is a second `: ` in this value", _IN_QUOTES)
        hint = "write `key: value`, with a space after the colon, and line the keys up"
        return Fault(index, "the line above is not finished, so this key cannot begin", hint)
    if before and "block" in context:
        return Fault(index, "there is something after the closing quotation mark or bracket", _IN_QUOTES)
    return None


def _translate(problem: str, context: str, index: int) -> Fault:
    for words, meaning, hint in _MEANINGS:
        if words in problem or words in context:
            return Fault(index, meaning, hint)
    return Fault(index, f"this cannot be read as YAML: {problem or 'unknown fault'}", _IN_QUOTES)
