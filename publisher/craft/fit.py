"""Fitting: which passages a network has room for, chosen by whole passages and whole sentences, never cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from msgspec import Struct

from publisher.craft.layout import lay_out
from publisher.craft.sentences import ends
from publisher.errors import Unsupported
from publisher.model import Change, Passage

# A quotation cut short is a misquotation, and a question or a call has its sense at its end.
_WHOLE = frozenset({"quote", "question", "call"})
_QUOTED = 120


class Fitted(Struct, frozen=True, kw_only=True):
    """The passages that fit, the text they are laid out as, and each text that was left out."""

    passages: tuple[Passage, ...]
    text: str
    omitted: tuple[Change, ...] = ()


def by_line(length: Callable[[str], int]) -> Callable[[str], int]:
    """`length`, counted line by line and remembered: for networks that count a line whatever stands around it.

    Fitting measures the same paragraphs again and again; this way each is measured once.
    """
    one = lru_cache(maxsize=512)(length)

    def whole(text: str) -> int:
        lines = text.split("\n")
        return sum(map(one, lines)) + len(lines) - 1

    return whole


def fit(
    passages: Sequence[Passage],
    room: int,
    length: Callable[[str], int],
    *,
    bullets: str = "•",
    language: str = "en",
) -> Fitted:
    """The passages, in order, whose layout measures at most `room`; what does not fit is listed in `omitted`.

    The lead stays, by as many whole sentences as fit. Raises Unsupported when not even its first sentence does.
    """
    text = lay_out(passages, bullets)
    if length(text) <= room:
        return Fitted(passages=tuple(passages), text=text)
    kept: list[Passage] = []
    omitted: list[Change] = []
    broken_off = False
    for passage in passages:
        skip = broken_off and passage.kind == "story"
        told = "" if skip else _longest(kept, passage, lambda text: length(text) <= room, bullets, language)
        if not kept and not told:
            raise _no_room(passage, room, length, language)
        if told:
            kept.append(passage if told == passage.text else Passage(kind=passage.kind, text=told))
        if told != passage.text:
            omitted.append(Change(rule="fit", detail=passage.text[len(told) :].strip()))
            broken_off = broken_off or passage.kind == "story"
    return Fitted(passages=tuple(kept), text=lay_out(kept, bullets), omitted=tuple(omitted))


def _longest(
    kept: Sequence[Passage], passage: Passage, fits: Callable[[str], bool], bullets: str, language: str
) -> str:
    """The passage's text by as many whole sentences as fit after `kept`, or nothing."""
    stops = () if passage.kind in _WHOLE else ends(passage.text, language)[:-1]

    def fits_to(end: int) -> bool:
        return fits(lay_out([*kept, Passage(kind=passage.kind, text=passage.text[:end])], bullets))

    if fits_to(len(passage.text)):
        return passage.text
    if not stops or not fits_to(stops[0]):
        return ""
    return passage.text[: next(end for end in reversed(stops) if fits_to(end))]


def _no_room(lead: Passage, room: int, length: Callable[[str], int], language: str) -> Unsupported:
    first = lead.text if lead.kind in _WHOLE else lead.text[: ends(lead.text, language)[0]] if lead.text else ""
    shown = first if len(first) <= _QUOTED else f"{first[:_QUOTED].rstrip()} …"
    return Unsupported(
        f"the {lead.kind} this channel leads with takes {length(first)} where {max(room, 0)} is left: “{shown}”",
        hint=f"write `text:` for this channel, give it another `angle:`, or write a shorter {lead.kind}",
    )
