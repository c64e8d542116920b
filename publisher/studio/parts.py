"""One native message as its network shows it: marked up, folded, counted, with its pictures and its link's card."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from publisher.adapter import Adapter
from publisher.craft.graphemes import clusters
from publisher.craft.layout import end_of_lines
from publisher.model import Entity, Json, Media, Part, Post, Rendition

if TYPE_CHECKING:
    from markupsafe import Markup

_ADDRESSES = ("url", "uri", "source", "link")
_WARNINGS = ("warning", "spoiler_text")

Address = Callable[[Media], str]
"""Gives a picture's `data:` address, empty where it cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A length beside its limit; `share` is a percentage of it, from 0 to 100."""

    length: int
    limit: int
    unit: str
    share: float

    @property
    def is_over(self) -> bool:
        """Whether the network would refuse it."""
        return self.length > self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text marked up: what is seen at once, the blanks at the fold, and what comes after; `head` counts the first."""

    seen: Markup
    gap: str
    rest: Markup
    head: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The preview of a link; `href` is an address of the web."""

    href: str
    host: str
    title: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that travels in the page; `address` is empty where it could not be read."""

    file: str
    address: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A part on a page, with the comments that stand under it."""

    text: Text | None
    warning: str
    pictures: tuple[Picture, ...]
    card: Card | None
    count: Count
    comments: tuple[Shown, ...] = ()


def show(rendition: Rendition, post: Post, adapter: Adapter, address: Address) -> tuple[Shown, ...]:
    """The rendition's parts in their order, each comment inside the part before it."""
    thread: list[Shown] = []
    for part in rendition.parts:
        shown = _show(part, post, adapter, address)
        if thread and part.kind == "comment":
            thread[-1] = replace(thread[-1], comments=(*thread[-1].comments, shown))
        else:
            thread.append(shown)
    return tuple(thread)


def _show(part: Part, post: Post, adapter: Adapter, address: Address) -> Shown:
    return Shown(
        text=mark(part.text, adapter) if part.text else None,
        warning=next((str(part.native[name]) for name in _WARNINGS if part.native.get(name)), ""),
        pictures=tuple(Picture(file=one.file, address=address(one), alt=one.alt) for one in part.media),
        card=find_card(part.native, post.title),
        count=count(part.length, part.limit, adapter.limits.unit),
    )


def count(length: int, limit: int, unit: str) -> Count:
    """The length, and how much of the limit it takes."""
    share = min(100.0, round(100 * length / limit, 1)) if limit > 0 else 0.0
    return Count(length=length, limit=limit, unit=unit, share=share)


def mark(text: str, adapter: Adapter) -> Text:
    """The text escaped, with what the network links in it marked, parted where the network folds it."""
    from publisher.sandbox.timeline import mark as mark_up

    entities = adapter.measure(text).entities
    end = find_fold(text, adapter, entities)
    if not text[end:].strip():
        return Text(seen=mark_up(text, entities), gap="", rest=mark_up("", ()), head=0)
    seen, rest = text[:end].rstrip(), text[end:].lstrip()
    start = len(text) - len(rest)
    later = [replace(one, start=one.start - start, end=one.end - start) for one in entities if one.start >= start]
    return Text(
        seen=mark_up(seen, [one for one in entities if one.end <= len(seen)]),
        gap=text[len(seen) : start],
        rest=mark_up(rest, later),
        head=adapter.measure(seen).length,
    )


def find_fold(text: str, adapter: Adapter, entities: Sequence[Entity]) -> int:
    """Where the first word begins that is not seen before the fold; the text's end where all of it is.

    The fold is counted as the network counts, and never falls inside an entity, nor in a word unless it is the first.
    """
    fold, end = adapter.limits.fold, end_of_lines(text, adapter.limits.fold_lines)
    if not fold or adapter.measure(text[:end]).length <= fold:
        return len(text) - len(text[end:].lstrip())
    seen = bisect_right(range(len(text)), fold, key=lambda end: adapter.measure(text[:end]).length) - 1
    gap = max(text.rfind(blank, 0, seen + 1) for blank in " \n") + 1 or _find_break(text, seen)
    return next((one.end for one in entities if one.start < gap < one.end), gap)


def _find_break(text: str, seen: int) -> int:
    """The end of the last whole grapheme before `seen`."""
    end = 0
    for cluster in clusters(text[: seen + 32]):
        if end + len(cluster) > seen:
            break
        end += len(cluster)
    return end or seen


def find_card(native: Mapping[str, Json], title: str) -> Card | None:
    """The card of the link that is named anywhere in what only the network knows, or None."""
    for link in _mappings(native):
        for name in _ADDRESSES:
            host = _host(link.get(name))
            if host:
                said = str(link.get("title") or title or host)
                return Card(href=str(link[name]), host=host, title=said, description=str(link.get("description") or ""))
    return None


def _mappings(native: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    yield native
    for value in native.values():
        if isinstance(value, dict):
            yield from _mappings(value)


def _host(address: Json) -> str:
    """The host of an address of the web, empty for anything else."""
    if not isinstance(address, str):
        return ""
    try:
        parts = urlsplit(address)
        return parts.hostname or "" if parts.scheme in {"http", "https"} else ""
    except ValueError:
        return ""
