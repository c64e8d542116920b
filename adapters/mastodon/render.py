"""A variant as Mastodon reads best: context in full sentences, the whole address, hashtags on a last line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adapters.mastodon.limits import LIMITS, REGIONAL
from adapters.mastodon.measure import measure, weigh
from publisher.craft.fit import by_line, fit
from publisher.craft.graphemes import count
from publisher.craft.layout import hashtags, lay_out
from publisher.craft.split import split
from publisher.errors import Unsupported
from publisher.model import Change, Json, Part, Passage, Rendition, Variant

# No address, mention or grapheme goes over a line's end.
_length = by_line(weigh)


def render(variant: Variant) -> Rendition:
    """The variant as one status, or as a thread when the variant asks for one. Raises Unsupported."""
    texts, omitted = _told(variant, _limit(variant) - count(variant.warning))
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


def _told(variant: Variant, room: int) -> tuple[tuple[str, ...], tuple[Change, ...]]:
    """What the statuses say, and what did not fit."""
    if variant.text is None and not variant.thread:
        return _composed(variant, room)
    words = lay_out(variant.passages, variant.voice.bullets) if variant.text is None else variant.text
    whole = _join(words, _tail(variant))
    if variant.thread and _length(whole) > room:
        return split(whole, room, _length, language=variant.language), ()
    if variant.text is None:
        return _composed(variant, room)
    if _length(whole) <= room:
        return (whole,), ()
    raise Unsupported(
        f"the text for {variant.channel} has {_length(whole)} characters; Mastodon takes {room}",
        hint=f"shorten it, or set `channels: {{{variant.channel}: {{thread: true}}}}`",
    )


def _composed(variant: Variant, room: int) -> tuple[tuple[str, ...], tuple[Change, ...]]:
    """One status; the call that names the address right under it gives way before anything else does."""
    call = _call(variant)
    rest = [passage for passage in variant.passages if passage is not call]
    tail = _tail(variant)
    fitted = fit(
        rest,
        room,
        lambda text: _length(_join(text, tail)),
        bullets=variant.voice.bullets,
        language=variant.language,
    )
    text = _join(fitted.text, tail)
    if call is None:
        return (text,), fitted.omitted
    called = _join(fitted.text, _tail(variant, call.text))
    if _length(called) <= room:
        return (called,), fitted.omitted
    return (text,), (*fitted.omitted, Change(rule="fit", detail=call.text))


def _call(variant: Variant) -> Passage | None:
    calls = [passage for passage in variant.passages[1:] if passage.kind == "call"]
    return calls[-1] if calls and _link_place(variant) == "text" else None


def _limit(variant: Variant) -> int:
    told = variant.settings.get("characters", "")
    return int(told) if told.isdigit() else LIMITS.text.value


def _link_place(variant: Variant) -> str:
    """Where the link goes: text (Mastodon makes a card of it by itself), reply, own (the author's words) or nowhere."""
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


def _tail(variant: Variant, call: str = "") -> str:
    address = "\n".join(filter(None, (call, variant.link))) if _link_place(variant) == "text" else ""
    fresh: Iterable[str] = variant.tags
    if variant.text is not None:
        written = {entity.text.casefold() for entity in measure(variant.text).entities}
        fresh = [tag for tag in variant.tags if f"#{tag}".casefold() not in written]
    return _join(address, hashtags(fresh))


def _join(*pieces: str) -> str:
    return "\n\n".join(filter(None, pieces))


def _language(tag: str) -> str:
    """The language as Mastodon knows it: without the region, but for four kinds of Chinese."""
    return tag if tag in REGIONAL else tag.partition("-")[0]


def _parts(variant: Variant, texts: tuple[str, ...]) -> Iterator[Part]:
    visibility = variant.settings.get("visibility", "public")
    native: dict[str, Json] = {"language": _language(variant.language), "visibility": visibility}
    if variant.warning:
        native["spoiler_text"] = variant.warning
    for position, text in enumerate(texts):
        yield Part(
            kind="reply" if position else "post",
            text=text,
            length=_length(text) + count(variant.warning),
            limit=_limit(variant),
            media=() if position else variant.media,
            native=native,
        )
