"""What any network complains about, judged by its limits: too long, too many pictures, alt texts, picture types."""

from __future__ import annotations

from collections.abc import Iterator

from publisher.model import Finding, Limits, Media, Part, Rendition, Severity


def complaints(rendition: Rendition, limits: Limits) -> Iterator[Finding]:
    """Every complaint that follows from the limits alone, one finding each; an adapter adds its own."""
    for position, part in enumerate(rendition.parts, start=1):
        for rule, message, hint in (*_text(part, limits), *_pictures(part, limits)):
            where = f"part {position}: " if len(rendition.parts) > 1 else ""
            yield Finding(rule=rule, message=where + message, channel=rendition.channel, hint=hint)
    if rendition.parts and not rendition.parts[0].text and not rendition.parts[0].media:
        yield Finding(
            rule="empty",
            message=f"{rendition.channel} would get an empty post",
            severity=Severity.ERROR,
            channel=rendition.channel,
            hint=f"write a first paragraph, or `text:` for {rendition.channel}",
        )


def _text(part: Part, limits: Limits) -> Iterator[tuple[str, str, str]]:
    if part.length > part.limit:
        yield (
            "too-long",
            f"{part.length} {limits.unit}; the network takes {part.limit}",
            f"shorten it by {part.length - part.limit}",
        )


def _pictures(part: Part, limits: Limits) -> Iterator[tuple[str, str, str]]:
    most = limits.images.value
    if len(part.media) > most:
        yield "too-many-images", f"{len(part.media)} pictures; the network takes {most}", "leave some out"
    for media in part.media:
        for rule, complaint, takes in _picture(media, limits):
            yield rule, f"{media.file} {complaint}", takes


def _picture(media: Media, limits: Limits) -> Iterator[tuple[str, str, str]]:
    if not media.alt.strip():
        yield "missing-alt", "has no alt text", "say what matters in the picture: `alt: …`"
    if len(media.alt) > limits.alt.value:
        yield "alt-too-long", f"has an alt text of {len(media.alt)} characters", f"at most {limits.alt.value}"
    if media.mime not in limits.image_types:
        yield "image-type", f"is {media.mime}", f"the network takes {', '.join(limits.image_types)}"
    if media.size > limits.image_bytes.value:
        yield "image-size", f"has {media.size:,} bytes", f"at most {limits.image_bytes.value:,}"
