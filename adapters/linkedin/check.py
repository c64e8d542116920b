"""LinkedIn's complaints beyond its limits: who speaks, to whom, and how large a picture may be."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.linkedin.limits import LIMITS
from adapters.linkedin.render import AUTHOR, VISIBILITIES
from publisher.craft.complaints import complaints
from publisher.model import Finding, Part, Rendition


def check(rendition: Rendition) -> Iterator[Finding]:
    """Every complaint LinkedIn would have about the rendition."""
    yield from complaints(rendition, LIMITS)
    for rule, message, hint in _settings(rendition.parts[0], rendition.channel):
        yield Finding(rule=rule, message=message, channel=rendition.channel, hint=hint)
    for media in rendition.parts[0].media:
        if media.width * media.height >= LIMITS.more["image_pixels"].value:
            yield Finding(
                rule="image-pixels",
                message=f"{media.file} has {media.width} × {media.height} pixels",
                channel=rendition.channel,
                hint=f"LinkedIn takes fewer than {LIMITS.more['image_pixels'].value:,} pixels: make it smaller",
            )


def _settings(post: Part, channel: str) -> Iterator[tuple[str, str, str]]:
    where = f"in publisher.yml: channels: {{{channel}: {{settings: {{"
    if not AUTHOR.fullmatch(str(post.native["author"])):
        yield (
            "linkedin-author",
            f"{channel} has no valid `author`",
            f'{where}author: "urn:li:organization:1234"}}}}}} (or urn:li:person:…)',
        )
    if post.native["visibility"] not in VISIBILITIES:
        yield (
            "linkedin-visibility",
            f"LinkedIn knows no visibility {post.native['visibility']!r}",
            f"{where}visibility: PUBLIC}}}}}} (or {', '.join(VISIBILITIES[1:])})",
        )
