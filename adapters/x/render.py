"""A variant as X reads best: the claim first, the address in a reply of one's own, a thread only on request."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from adapters._names.domains import is_plain_address
from adapters.x.limits import LIMITS
from adapters.x.measure import weigh as weigh_text
from publisher.craft.fit import Fitted, by_line, fit
from publisher.craft.layout import hashtags, lay_out
from publisher.craft.split import split
from publisher.errors import Unsupported
from publisher.model import Change, Json, Part, Passage, Rendition, Variant

# What a thread's numbers may take at the end of each message.
_NUMBER = "\n\n99/99"
# Where no letter follows a full stop there is no address, and full stops weigh what commas do.
_MAYBE_ADDRESS = re.compile(r"\.[^\W\d_]")


def _weigh(text: str) -> int:
    """The weighted length, quicker for texts without an address, or with a plain one for their last line."""
    before, end, last = text.rpartition("\n")
    if is_plain_address(last):
        return _weigh(before + end) + LIMITS.more["url"].value
    return weigh_text(text if _MAYBE_ADDRESS.search(text) else text.replace(".", ","))


weigh = lru_cache(maxsize=512)(_weigh)  # a text is weighed when it is tried, when it is chosen and when it is sent
_weigh_lines = by_line(_weigh)


def render(variant: Variant) -> Rendition:
    """The variant as one post, or as a thread when the variant asks for one, with the link where the voice puts it.

    Raises Unsupported.
    """
    call = _call(variant)
    passages = [passage for passage in variant.passages if passage is not call]
    texts, omitted = _own_words(variant) if variant.text is not None else _material(variant, passages)
    link = _reply(variant, texts, call.text if call else "")
    pictures = variant.media[LIMITS.images.value :]
    return Rendition(
        post=variant.post,
        channel=variant.channel,
        network=variant.network,
        parts=_parts(variant, [*texts, link] if link else texts),
        changes=(*variant.changes, *_changes(variant, link)),
        omitted=(
            *variant.omitted,
            *omitted,
            *(Change(rule="images", detail=f"{media.file}: X takes {LIMITS.images.value}") for media in pictures),
        ),
    )


def _room(variant: Variant) -> int:
    told = variant.settings.get("characters", "")
    return int(told) if told.isdigit() else LIMITS.text.value


def _join(*pieces: str) -> str:
    return "\n\n".join(filter(None, pieces))


def _tags(variant: Variant) -> str:
    if variant.voice.tags_at == "none":
        return ""
    own = (variant.text or "").casefold()
    return hashtags(tag for tag in variant.tags if f"#{tag}".casefold() not in own)


def _place(variant: Variant) -> str:
    """Where the link goes: `text`, `reply`, or nowhere; a post that says nothing else is its link."""
    if not variant.link or variant.link in (variant.text or ""):
        return ""
    if not (variant.text or variant.passages or variant.media):
        return "text"
    return {"text": "text", "card": "text", "reply": "reply", "comment": "reply"}.get(variant.voice.link, "")


def _tail_link(variant: Variant) -> str:
    return variant.link if _place(variant) == "text" else ""


def _own_words(variant: Variant) -> tuple[tuple[str, ...], tuple[Change, ...]]:
    room = _room(variant)
    whole = _join(variant.warning, variant.text or "", _tail_link(variant), _tags(variant))
    if weigh(whole) <= room:
        return (whole,), ()
    if not variant.thread:
        raise Unsupported(
            f"the text for {variant.channel} weighs {weigh(whole)} characters; X takes {room}",
            hint=f"shorten it by {weigh(whole) - room}, or set `channels: {{{variant.channel}: {{thread: true}}}}`",
        )
    return _numbered(split(whole, room - len(_NUMBER), weigh, language=variant.language)), ()


def _material(variant: Variant, passages: Sequence[Passage]) -> tuple[tuple[str, ...], tuple[Change, ...]]:
    room, bullets = _room(variant), variant.voice.bullets
    tail = _join(_tail_link(variant), _tags(variant))

    def whole(text: str) -> str:
        return _join(variant.warning, text, tail)

    if variant.thread and weigh(whole(lay_out(passages, bullets))) > room:
        return _thread(variant, passages), ()

    def fitted(weigh: Callable[[str], int]) -> Fitted:
        return fit(passages, room, lambda text: weigh(whole(text)), bullets=bullets, language=variant.language)

    found = fitted(_weigh_lines)
    if weigh(whole(found.text)) > room:  # a line's first two characters may count otherwise inside a text
        found = fitted(weigh)
    return (whole(found.text),), found.omitted


def _thread(variant: Variant, passages: Sequence[Passage]) -> tuple[str, ...]:
    """The lead by itself, since it is what gets passed on, then the rest of the material, message by message."""
    room = _room(variant) - len(_NUMBER)
    opening = _join(variant.warning, lay_out(passages[:1], variant.voice.bullets), _tags(variant))
    rest = _join(lay_out(passages[1:], variant.voice.bullets, opens=False), _tail_link(variant))
    pieces = [text for told in (opening, rest) if told for text in split(told, room, weigh, language=variant.language)]
    return _numbered(pieces)


def _numbered(texts: Sequence[str]) -> tuple[str, ...]:
    """Each text with its number on a line of its own, where it belongs to no hashtag and no point of a list."""
    return tuple(f"{text}\n\n{position}/{len(texts)}" for position, text in enumerate(texts, start=1))


def _call(variant: Variant) -> Passage | None:
    """The call that goes into the reply beside its link: “Read the guide” says nothing where there is no guide."""
    calls = [passage for passage in variant.passages[1:] if passage.kind == "call"]
    if not calls or variant.text is not None or _place(variant) != "reply":
        return None
    return calls[-1] if weigh(f"{calls[-1].text}\n{variant.link}") <= _room(variant) else None


def _reply(variant: Variant, texts: Sequence[str], call: str) -> str:
    """The reply under the post that holds the link, or nothing; a call goes with it, else the title if not yet said."""
    if _place(variant) != "reply":
        return ""
    title = call or ("" if variant.title.casefold() in "\n".join(texts).casefold() else variant.title)
    named = f"{title}\n{variant.link}" if title else variant.link
    return named if weigh(named) <= _room(variant) else variant.link


def _changes(variant: Variant, link: str) -> tuple[Change, ...]:
    changes = []
    if link:
        changes.append(Change(rule="link", detail=f"{variant.link} goes into a reply under the post"))
    elif variant.link and not _place(variant) and variant.link not in (variant.text or ""):
        changes.append(Change(rule="link", detail=f"{variant.link} is left out: `link: {variant.voice.link}`"))
    if variant.warning:
        changes.append(Change(rule="warning", detail="X has no content warning; it became the first line"))
    return tuple(changes)


def _parts(variant: Variant, texts: Sequence[str]) -> tuple[Part, ...]:
    answers = variant.settings.get("reply_settings", "")
    native: dict[str, Json] = {"reply_settings": answers} if answers else {}
    return tuple(
        Part(
            kind="reply" if position else "post",
            text=text,
            length=weigh(text),
            limit=_room(variant),
            media=() if position else variant.media[: LIMITS.images.value],
            native={} if position else native,
        )
        for position, text in enumerate(texts)
    )
