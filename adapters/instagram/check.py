"""What Instagram complains about beyond lengths: no picture, its shape, a crowd of hashtags or mentions."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.instagram.limits import LIMITS
from adapters.instagram.measure import count
from publisher.craft.complaints import complaints
from publisher.media.wants import MADE
from publisher.model import Finding, Media, Part, Rendition, Severity


def check(rendition: Rendition) -> Iterator[Finding]:
    """Every complaint Instagram would have about the rendition."""
    yield from complaints(rendition, LIMITS)
    channel = rendition.channel
    if rendition.parts and not rendition.parts[0].media:
        yield Finding(
            rule="needs-picture",
            message=f"{channel} shows pictures, and this post has none",
            channel=channel,
            hint=f"add one under `media:`, or write `channels: {{{channel}: false}}`",
        )
    for part in rendition.parts:
        yield from (finding for media in part.media for finding in (*_shape(media, channel), *_address(media, channel)))
        yield from _crowd(part, channel)


def _shape(media: Media, channel: str) -> Iterator[Finding]:
    if media.height and not fits_frame(media.width, media.height):
        yield Finding(
            rule="image-ratio",
            message=f"{media.file} is {media.width}×{media.height}; Instagram takes 4:5 (tall) to 1.91:1 (wide)",
            channel=channel,
            hint=f"crop it, or write `channels: {{{channel}: false}}`",
        )


def _address(media: Media, channel: str) -> Iterator[Finding]:
    """A complaint about a picture that was made on this machine: nothing but what is in git has a public address."""
    if media.file.startswith(MADE):
        yield Finding(
            rule="picture-not-public",
            message=f"{media.file} is not in git, and Instagram fetches pictures from a public address",
            severity=Severity.WARNING,
            channel=channel,
            hint="before it is published for real, copy it beside the post, name it under `media:` and commit it",
        )


def fits_frame(width: int, height: int) -> bool:
    """Whether a picture is no taller than 4:5 and no wider than 1.91:1."""
    least, most = LIMITS.more["image_ratio_min"].value, LIMITS.more["image_ratio_max"].value
    return least * height <= 1000 * width <= most * height


def _crowd(part: Part, channel: str) -> Iterator[Finding]:
    tags, mentions = count(part.text, "hashtag"), count(part.text, "mention")
    most, shown = LIMITS.more["tags"].value, LIMITS.more["tags_shown"].value
    if tags > shown:
        yield Finding(
            rule="too-many-tags",
            message=f"{tags} hashtags; Instagram takes {most} and is said to count {shown}",
            severity=Severity.ERROR if tags > most else Severity.WARNING,
            channel=channel,
            hint=f"keep the {shown} that say most",
        )
    if mentions > LIMITS.more["mentions"].value:
        yield Finding(
            rule="too-many-mentions",
            message=f"{mentions} mentions; Instagram takes {LIMITS.more['mentions'].value}",
            channel=channel,
            hint="name the others without the @",
        )
