"""What Bluesky would complain about, and what it would quietly not do."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.bluesky.limits import LIMITS
from adapters.bluesky.measure import measure
from publisher.craft.complaints import complaints
from publisher.model import Finding, Part, Rendition, Severity


def check(rendition: Rendition) -> Iterator[Finding]:
    """Every complaint about the rendition: the limits', too many bytes, and mentions that will not be links."""
    yield from complaints(rendition, LIMITS)
    for part in rendition.parts:
        yield from _too_many_bytes(part, rendition.channel)
        yield from _plain_mentions(part, rendition.channel)


def _too_many_bytes(part: Part, channel: str) -> Iterator[Finding]:
    size, most = len(part.text.encode()), LIMITS.more["bytes"].value
    if size > most:
        yield Finding(
            rule="too-many-bytes",
            message=f"{size} bytes; Bluesky takes {most}, whatever the number of characters",
            channel=channel,
            hint="use fewer emoji that are made of several signs",
        )


def _plain_mentions(part: Part, channel: str) -> Iterator[Finding]:
    for entity in measure(part.text).entities:
        if entity.kind == "mention" and not _is_linked(part, len(part.text[: entity.start].encode())):
            yield Finding(
                rule="plain-mention",
                severity=Severity.HINT,
                message=f"{entity.text} stays plain text: a mention on Bluesky names an account by its DID",
                channel=channel,
                hint=f'in publisher.yml: channels: {{{channel}: {{settings: {{"{entity.text}": "did:plc:…"}}}}}}',
            )


def _is_linked(part: Part, start: int) -> bool:
    found = part.native.get("facets")
    listed = found if isinstance(found, list) else []
    return any(isinstance(facet, dict) and _byte_start(facet.get("index")) == start for facet in listed)


def _byte_start(index: object) -> object:
    return index.get("byteStart") if isinstance(index, dict) else None
