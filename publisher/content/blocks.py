"""What is taken out of a body before Markdown reads it: `::: channel` blocks, exact to the letter, and footnotes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from publisher.content.notes import Notes, Place, quote
from publisher.words import Severity

_FENCE = re.compile(r" {0,3}(`{3,}(?!.*`)|~{3,})")
_COLONS = re.compile(r"( {0,3}:{3,}[ \t]*)(.*?)[ \t]*")
_FOOTNOTE = re.compile(r" {0,3}\[\^([^\]\s]{1,80})\]:[ \t]*(.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The author's own words for one channel: the very lines between `::: name` and `:::`."""

    name: str
    text: str
    at: Place


@dataclass(slots=True)
class Taken:
    """A body without its blocks and footnotes; emptied lines keep every other line at its number."""

    lines: list[str]
    blocks: list[Block] = field(default_factory=list)
    footnotes: set[str] = field(default_factory=set)


def take_blocks(body: str, first_line: int, notes: Notes) -> Taken:
    """The body's blocks and footnotes, and what is left for Markdown."""
    taken = Taken(lines=body.split("\n"))
    skip = 0
    for index in list(_outside_code(taken.lines)):
        line = taken.lines[index]
        if index < skip:
            continue
        if colons := _COLONS.fullmatch(line):
            skip = _take_block(taken, index, colons, first_line, notes)
        elif footnote := _FOOTNOTE.fullmatch(line):
            skip = _take_footnote(taken, index, footnote, first_line, notes)
    return taken


def _outside_code(lines: list[str]) -> Iterator[int]:
    """The numbers of the lines that are in no fenced code; a `:::` block is no place for a fence to begin."""
    fence, block = "", False
    for index, line in enumerate(lines):
        mark = _FENCE.match(line)
        if fence:
            closing = line.strip()
            fence = "" if len(closing) >= len(fence) and set(closing) == {fence[0]} else fence
            continue
        if mark and not block:
            fence = mark.group(1)
            continue
        if colons := _COLONS.fullmatch(line):
            block = bool(colons.group(2))
        yield index


def _take_block(taken: Taken, index: int, colons: re.Match[str], first_line: int, notes: Notes) -> int:
    """Move one block out of the body; the number of the line after it."""
    name, at = colons.group(2), (first_line + index, len(colons.group(1)) + 1)
    if not name:
        notes.add(
            "stray-block-end",
            "`:::` closes a block that was never opened",
            at,
            hint="open it with `::: channel`, or remove the line",
        )
        taken.lines[index] = ""
        return index + 1
    end = index + 1
    while end < len(taken.lines) and not _COLONS.fullmatch(taken.lines[end]):
        end += 1
    closed = end < len(taken.lines) and not _name_at(taken.lines, end)
    if not closed:
        notes.add(
            "unclosed-block",
            f"the block `{name[:40]}` is not closed",
            (at[0], 1),
            hint="put a line `:::` after its last line",
        )
    taken.blocks.append(Block(name=name, text="\n".join(taken.lines[index + 1 : end]).strip("\n"), at=at))
    stop = end + 1 if closed else end
    taken.lines[index:stop] = [""] * (stop - index)
    return stop


def _name_at(lines: list[str], index: int) -> str:
    found = _COLONS.fullmatch(lines[index])
    return found.group(2) if found else ""


def _take_footnote(taken: Taken, index: int, footnote: re.Match[str], first_line: int, notes: Notes) -> int:
    end = index + 1
    while end < len(taken.lines) and taken.lines[end].startswith((" ", "\t")) and taken.lines[end].strip():
        end += 1
    words = " ".join((footnote.group(2), *taken.lines[index + 1 : end]))
    notes.add(
        "footnote-not-shown",
        f"no network shows a footnote; left out: {quote(words)}",
        (first_line + index, taken.lines[index].index("[") + 1),
        severity=Severity.WARNING,
        hint="say it in the text, or remove it",
    )
    taken.footnotes.add(footnote.group(1))
    taken.lines[index:end] = [""] * (end - index)
    return end
