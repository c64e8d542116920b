"""The letter to the reviewer of a pull request: what each network would get, in Markdown that fits a comment. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from publisher.forge.differences import Cause, Difference, Turn
from publisher.forge.markdown import compare_lines, fence, span, tag
from publisher.forge.snapshot import Entry, Piece, Saying
from publisher.words import Finding

MARK = "<!-- publisher:review -->"
COMMENT_BYTES = 60_000
"""GitHub takes 65,536 characters in a comment; bytes are counted, for a shell hands the text on in a variable."""
SUMMARY_BYTES = 900_000
"""A job's summary holds 1 MiB (https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands)."""
_NAMED, _NAME = 30, 40
_RESERVE = 8_500
_COPIED = 0.7
_BETWEEN = "\n\n– next –\n\n"
_CAUSES = {
    Cause.NEW: "new",
    Cause.GONE: "its file is gone; what is live stays live",
    Cause.WORDS: "changed",
    Cause.AROUND: "changed by settings, pictures or the version of Publisher, not by its own words",
}


def compose(differences: Sequence[Difference], *, before: str = "", after: str = "", most: int = COMMENT_BYTES) -> str:
    """The letter; what found no room is named, and so is a change of the tool from version `before` to `after`."""
    opening = "\n\n".join([MARK, "### What the networks would get", *_opening(differences, before, after)])
    room = most - _size(opening) - _RESERVE  # for the last section, which names what is left out
    sections: list[str] = []
    left_out: list[Difference] = []
    for one in sorted(differences, key=lambda one: not one.has_errors):
        section = _section(one)
        if _size(section) + 2 <= room and not left_out:
            sections.append(section)
            room -= _size(section) + 2
        else:
            left_out.append(one)
    return "\n\n".join([opening, *sections, *_closing(left_out, shown=bool(sections))]) + "\n"


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _opening(differences: Sequence[Difference], before: str, after: str) -> Iterator[str]:
    if not differences:
        yield "This pull request changes nothing that anybody reads on a network."
    else:
        yield _totals(differences)
    if before and after and before != after:
        yield f"Publisher itself changes from {span(before)} to {span(after)}; every post was compared."


def _totals(differences: Sequence[Difference]) -> str:
    causes = Counter("changed" if one.cause is Cause.AROUND else _CAUSES[one.cause] for one in differences)
    gone = causes.pop(_CAUSES[Cause.GONE], 0)
    posts = [f"{count} {word}" for word, count in causes.items()] + ([f"{gone} gone"] if gone else [])
    weights = Counter(found.severity.value for one in differences for found in one.findings)
    said = [f"**{_many(weights[name], name)}**" for name in ("error", "warning") if weights[name]]
    return f"Posts: {', '.join(posts)}. " + (f"{' and '.join(said)}." if said else "Nothing has to be mended.")


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("s" if count != 1 else "")


def _section(one: Difference) -> str:
    entry = one.entry
    channels = ", ".join(turn.channel for turn in one.turns)
    mark = "🔴 " if one.has_errors else ""
    heading = f"{mark}{tag(entry.path)} · {_CAUSES[one.cause]}" + (f" · {tag(channels)}" if channels else "")
    body = "\n\n".join(_body(one, entry))
    opened = " open" if one.has_errors else ""
    return f"<details{opened}><summary>{heading}</summary>\n\n{body}\n\n</details>"


def _body(one: Difference, entry: Entry) -> Iterator[str]:
    yield _when(one)
    for found in entry.findings if one.after else ():
        yield f"- {_finding(found)}"
    for turn in one.turns:
        yield from _turn(turn)
    if one.same:
        yield f"As before: {span(', '.join(one.same))}."
    if one.after and entry.pair:
        warned = " That is a copy." if entry.alike > _COPIED else ""
        yield f"Most alike: {span(' and '.join(entry.pair))}, {entry.alike:.0%}.{warned}"


def _when(one: Difference) -> str:
    was, will = (_times(found) if found else "" for found in (one.before, one.after))
    told = f"Goes out: {will}." if will else "A draft: it does not go out." if one.after else ""
    if one.before and one.after and was != will:
        return f"{told} Before: {was or span('a draft')}."
    return told or "Nothing more is sent."


def _times(entry: Entry) -> str:
    own = (f"on {span(', '.join(channels))}: {span(time)}" for time, channels in entry.times.items())
    return "; ".join(([span(entry.publish)] if entry.publish else []) + list(own))


def _turn(turn: Turn) -> Iterator[str]:
    after, before = turn.after, turn.before
    yield f"**{span(turn.channel)}**" + ("" if after else ": it no longer speaks there.")
    if after:
        yield from (f"- {_finding(found)}" for found in after.findings)
        if not after.digest:
            yield "It cannot be said there."
        yield from _pieces(after)
    if before and before.pieces and after and after.pieces:
        yield from _before(before, after)


def _before(before: Saying, after: Saying) -> Iterator[str]:
    """What was taken away and what was added, line by line."""
    was, will = (_BETWEEN.join(piece.text for piece in one.pieces) for one in (before, after))
    if was == will:
        yield "The text is as before; what stands beside it is not."
        return
    yield f"<details><summary>what changed</summary>\n\n{compare_lines(was, will)}\n\n</details>"


def _pieces(saying: Saying) -> Iterator[str]:
    for number, piece in enumerate(saying.pieces, 1):
        yield _count(piece, number, len(saying.pieces))
        yield fence(piece.text)
        if piece.beside:
            yield "\n".join(f"- {span(line)}" for line in piece.beside)


def _count(piece: Piece, number: int, total: int) -> str:
    position = f" {number} of {total}" if total > 1 else ""
    folded = "" if piece.seen >= len(piece.text) else f" · “more” after {span(piece.text[: piece.seen][-24:].strip())}"
    return f"{piece.kind}{position} · {piece.length:,} of {piece.limit:,}{folded}"


def _finding(found: Finding) -> str:
    advice = f" → {span(found.hint)}" if found.hint else ""
    return f"{found.severity.value} in line {found.line}: {span(found.message)}{advice}"


def _closing(left_out: Sequence[Difference], *, shown: bool) -> Iterator[str]:
    if left_out:
        names = [span(one.entry.path[-_NAME:]) for one in left_out[:_NAMED]]
        more = f" and {len(left_out) - _NAMED:,} more" if len(left_out) > _NAMED else ""
        told = "The rest found no room here" if shown else "This found no room here"
        yield (
            f"**{told}: {_many(len(left_out), 'post')}.** Checks › preview › Summary holds more; on a computer, "
            f"`publisher preview` with a file's name shows it whole. Left out: {', '.join(names)}{more}."
        )
    if shown:
        yield (
            "<sub>To the letter, but for lines too long for a telephone: they go on, indented, on the next. "
            "What is read here is what is sent.</sub>"
        )
