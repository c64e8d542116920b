"""Facets: what makes links, tags and mentions of a plain text, by byte offsets into its UTF-8."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from adapters.bluesky.measure import address, find_entities, is_domain
from publisher.model import Entity, Json

_FACET = "app.bsky.richtext.facet"
# Names that are files far more often than addresses; the client would send a reader of README.md to a stranger.
_FILES = frozenset({"md", "py", "zip", "mov"})
_HOST = re.compile(r"[a-zA-Z0-9]+(?:\.[a-zA-Z0-9]+)+")
_BEGINS, _ENDS = re.compile(r"(?<![^\s(])"), re.compile(r"(?![\w/]|[.-]\w)")


def facets(text: str, *, shown: Mapping[str, str], people: Mapping[str, str]) -> list[Json]:
    """The text's facets in order. `shown` leads from a shortened link to its address, `people` from a handle to a DID.

    A mention of somebody without a DID has no facet: finding it out is a look-up, and what is reviewed is what is sent.
    """
    known = {short: _link(whole) for short, whole in shown.items() if short}
    known |= {handle: {"$type": f"{_FACET}#mention", "did": did} for handle, did in people.items()}
    spans = [(entity, known[entity.text]) for entity in _stated(text, known)]
    for entity in map(_unquoted, find_entities(text)):
        crossed = [other for other, _ in spans if other.start < entity.end and entity.start < other.end]
        feature = None if crossed else _detected(entity)
        if feature:
            spans.append((entity, feature))
    return [_facet(text, entity, feature) for entity, feature in sorted(spans, key=lambda span: span[0].start)]


def _stated(text: str, known: Mapping[str, Json]) -> Iterator[Entity]:
    for words in known:
        start = text.find(words)
        while start >= 0:
            end = start + len(words)
            stands = _BEGINS.match(text, start) and _ENDS.match(text, end)
            if stands:
                yield Entity(kind="stated", text=words, start=start, end=end)
            start = text.find(words, end if stands else start + 1)


def _unquoted(entity: Entity) -> Entity:
    """An address without the closing quotation mark, which the client takes for a part of it."""
    link = entity.text.rstrip('”»’"') if entity.kind == "url" else entity.text
    if link == entity.text:
        return entity
    link = link.rstrip(".,;:!?")
    if link.endswith(")") and "(" not in link:
        link = link[:-1]
    return replace(entity, text=link, end=entity.start + len(link))


def _detected(entity: Entity) -> Json:
    if entity.kind == "url":
        return _link(address(entity.text)) if _is_address(entity.text) else None
    if entity.kind == "mention":
        return None
    return {"$type": f"{_FACET}#tag", "tag": entity.text.upper() if entity.kind == "cashtag" else entity.text[1:]}


def _link(uri: str) -> Json:
    return {"$type": f"{_FACET}#link", "uri": uri}


def _facet(text: str, entity: Entity, feature: Json) -> Json:
    start = len(text[: entity.start].encode())
    return {"index": {"byteStart": start, "byteEnd": start + len(entity.text.encode())}, "features": [feature]}


def _is_address(link: str) -> bool:
    """Whether a link surely leads somewhere: the client also takes http.server and README.md for addresses."""
    host = _HOST.match(link)
    if not host:
        return not link.endswith("//")
    name, _, ending = link.rpartition(".")
    return is_domain(host[0]) and ("." in name or ending not in _FILES)
