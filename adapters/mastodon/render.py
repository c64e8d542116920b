"""A variant as Mastodon reads best: context in full sentences, the whole address, hashtags on a last line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.mastodon.limits import LIMITS
from adapters.mastodon.measure import measure
from publisher.craft.fit import Fitted, fit
from publisher.craft.graphemes import count
from publisher.craft.layout import hashtags, lay_out
from publisher.craft.split import split
from publisher.errors import Unsupported
from publisher.model import Change, Json, Part, Passage, Rendition, Variant


def render(variant: Variant) -> Rendition:
    """The variant as one status, or as a thread when the variant asks for one. Raises Unsupported."""
    room = _limit(variant) - count(variant.warning)
    omitted: tuple[Change, ...] = ()
    words = lay_out(variant.passages, variant.voice.bullets) if variant.text is None else variant.text
    whole, tail = _join(words, _tail(variant)), _tail(variant)
    if measure(whole).length <= room:
        texts: tuple[str, ...] = (whole,)
    elif variant.thread:
        texts = split(whole, room, lambda piece: measure(piece).length, language=variant.language)
    elif variant.text is not None:
        raise _too_long(variant, measure(whole).length, room)
    else:
        fitted = _fitted(variant, tail, room)
        texts, omitted = (_join(lay_out(fitted.passages, variant.voice.bullets), tail),), fitted.omitted
    if _link_place(variant) == "reply":
        texts = (*texts, variant.link)
    return Rendition(
        post=variant.post,
        channel=variant.channel,
        network=variant.network,
        parts=tuple(_parts(variant, texts)),
        changes=(*variant.changes, *_moved(variant)),
        omitted=(*variant.omitted, *omitted, *_left_out(variant)),
    )


def _limit(variant: Variant) -> int:
    told = variant.settings.get("characters", "")
    return int(told) if told.isdigit() else LIMITS.text.value


def _link_place(variant: Variant) -> str:
    """Where the link goes: text (of which Mastodon makes a card by itself), reply, own (the author's words) or nowhere."""
    if not variant.link or variant.voice.link in {"bio", "none"}:
        return ""
    if variant.link in (variant.text or ""):
        return "own"
    return "reply" if variant.voice.link in {"reply", "comment"} else "text"


def _moved(variant: Variant) -> tuple[Change, ...]:
    return (Change(rule="link", detail=f"{variant.link} in a reply"),) if _link_place(variant) == "reply" else ()


def _left_out(variant: Variant) -> tuple[Change, ...]:
    written = variant.link in (variant.text or "")
    lost = variant.link and not written and not _link_place(variant)
    return (Change(rule="link", detail=variant.link),) if lost else ()


def _tail(variant: Variant) -> str:
    written = {entity.text.casefold() for entity in measure(variant.text or "").entities}
    fresh = [tag for tag in variant.tags if f"#{tag}".casefold() not in written]
    return _join(variant.link if _link_place(variant) == "text" else "", hashtags(fresh))


def _join(*pieces: str) -> str:
    return "\n\n".join(piece for piece in pieces if piece)


def _fitted(variant: Variant, tail: str, room: int) -> Fitted:
    return fit(
        variant.passages,
        room,
        lambda text: measure(_join(text, tail)).length,
        bullets=variant.voice.bullets,
        language=variant.language,
    )


def _too_long(variant: Variant, length: int, room: int) -> Unsupported:
    return Unsupported(
        f"the text for {variant.channel} has {length} characters; Mastodon takes {room}",
        hint=f"shorten it, or set `channels: {{{variant.channel}: {{thread: true}}}}`",
    )


def _parts(variant: Variant, texts: tuple[str, ...]) -> Iterator[Part]:
    native: dict[str, Json] = {"language": variant.language, "visibility": variant.settings.get("visibility", "public")}
    if variant.warning:
        native["spoiler_text"] = variant.warning
    for position, text in enumerate(texts):
        yield Part(
            kind="reply" if position else "post",
            text=text,
            length=_length(text) + _length(variant.warning),
            limit=_limit(variant),
            media=() if position else variant.media[: LIMITS.images.value],
            native=native,
        )


def _join(*pieces: str) -> str:
    return "\n\n".join(piece for piece in pieces if piece)
