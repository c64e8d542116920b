"""A variant as Mastodon reads best: context in full sentences, the whole address, hashtags on a last line."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.mastodon.limits import LIMITS
from adapters.mastodon.measure import measure
from publisher.craft.fit import fit
from publisher.craft.layout import hashtags, lay_out
from publisher.craft.split import split
from publisher.errors import Unsupported
from publisher.model import Change, Json, Part, Rendition, Variant


def render(variant: Variant) -> Rendition:
    """The variant as one status, or as a thread when the variant asks for one. Raises Unsupported."""
    room = _limit(variant)
    tail = _tail(variant)
    omitted: tuple[Change, ...] = ()
    if variant.text is not None:
        texts = _own_words(variant, tail, room)
    else:
        fitted = fit(
            variant.passages,
            room,
            lambda text: measure(_join(text, tail)).length + measure(variant.warning).length,
            bullets=variant.voice.bullets,
            language=variant.language,
        )
        omitted = fitted.omitted
        texts = (_join(lay_out(fitted.passages, variant.voice.bullets), tail),)
    return Rendition(
        post=variant.post,
        channel=variant.channel,
        network=variant.network,
        parts=tuple(_parts(variant, texts, room)),
        changes=variant.changes,
        omitted=(*variant.omitted, *omitted),
    )


def _limit(variant: Variant) -> int:
    told = variant.settings.get("characters", "")
    return int(told) if told.isdigit() else LIMITS.text.value


def _tail(variant: Variant) -> str:
    link = variant.link if variant.voice.link == "text" else ""
    return _join(link, hashtags(variant.tags))


def _join(*pieces: str) -> str:
    return "\n\n".join(piece for piece in pieces if piece)


def _own_words(variant: Variant, tail: str, room: int) -> tuple[str, ...]:
    text = variant.text or ""
    whole = text if variant.link in text and variant.link else _join(text, tail)
    if measure(whole).length + measure(variant.warning).length <= room:
        return (whole,)
    if not variant.thread:
        raise Unsupported(
            f"the text for {variant.channel} has {measure(whole).length} characters; Mastodon takes {room}",
            hint=f"shorten it, or set `channels: {{{variant.channel}: {{thread: true}}}}`",
        )
    left = room - measure(variant.warning).length
    return split(whole, left, lambda piece: measure(piece).length, language=variant.language)


def _parts(variant: Variant, texts: tuple[str, ...], room: int) -> Iterator[Part]:
    native: dict[str, Json] = {"language": variant.language, "visibility": variant.settings.get("visibility", "public")}
    if variant.warning:
        native["spoiler_text"] = variant.warning
    for position, text in enumerate(texts):
        yield Part(
            kind="reply" if position else "post",
            text=text,
            length=measure(text).length + measure(variant.warning).length,
            limit=room,
            media=() if position else variant.media[: LIMITS.images.value],
            native=native,
        )
