"""A variant as a chat reads best: the news in one line, a little more, then the link; plain text."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.apprise.limits import LIMITS
from adapters.apprise.names import described
from publisher.craft.fit import fit
from publisher.craft.layout import hashtags, lay_out
from publisher.errors import Unsupported
from publisher.model import Change, Media, Part, Rendition, Variant


def render(variant: Variant) -> Rendition:
    """The variant as one message. Raises Unsupported."""
    room = _limit(variant)
    text, omitted = _told(variant, room) if variant.text is None else (_own_words(variant, room), ())
    pictures = () if variant.settings.get("pictures") == "no" else variant.media[: LIMITS.images.value]
    return Rendition(
        post=variant.post,
        channel=variant.channel,
        network=variant.network,
        parts=(Part(kind="post", text=text, length=len(text), limit=room, media=pictures),),
        changes=(*variant.changes, *_shortened_names(pictures)),
        omitted=(*variant.omitted, *omitted, *_left_out(variant, len(pictures))),
    )


def _limit(variant: Variant) -> int:
    told = variant.settings.get("characters", "")
    return int(told) if told.isdigit() else LIMITS.text.value


def _link(variant: Variant) -> str:
    """The link: a chat has no cards to fill in, no bio and no first comment, so it stands in the text or nowhere."""
    return "" if variant.voice.link == "none" or variant.link in (variant.text or "") else variant.link


def _told(variant: Variant, room: int) -> tuple[str, tuple[Change, ...]]:
    calls = [passage.text for passage in variant.passages[1:] if passage.kind == "call"]
    body = [*variant.passages[:1], *(passage for passage in variant.passages[1:] if passage.kind != "call")]
    tail = _join("\n".join(filter(None, (*calls, _link(variant)))), hashtags(variant.tags))
    news = len(_join(lay_out(body[:1]), tail))
    fitted = fit(
        body,
        min(room, max(news, variant.voice.reads_well[1])),
        lambda text: len(_join(text, tail)),
        bullets=variant.voice.bullets,
        language=variant.language,
    )
    return _join(fitted.text, tail), fitted.omitted


def _own_words(variant: Variant, room: int) -> str:
    whole = _join(variant.text or "", _link(variant), hashtags(variant.tags))
    if len(whole) > room:
        raise Unsupported(
            f"the text for {variant.channel} has {len(whole)} characters; a message takes {room}",
            hint=f"shorten it by {len(whole) - room}, or set its `characters` if its service takes more",
        )
    return whole


def _shortened_names(pictures: tuple[Media, ...]) -> Iterator[Change]:
    for media in pictures:
        if described(media) != " ".join(media.alt.split()):
            yield Change(rule="alt", detail=f"the name of {media.file} says only: {described(media)}")


def _left_out(variant: Variant, kept: int) -> Iterator[Change]:
    if variant.link and variant.voice.link == "none":
        yield Change(rule="link", detail=variant.link)
    if variant.warning:
        yield Change(rule="warning", detail=f"a chat has no content warnings; “{variant.warning}” is not shown")
    for media in variant.media[kept:]:
        yield Change(rule="images", detail=media.file)


def _join(*pieces: str) -> str:
    return "\n\n".join(filter(None, pieces))
