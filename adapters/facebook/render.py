"""A variant as Facebook reads best: a question or a small story first, the address as a card, hardly a hashtag."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adapters._meta.caption import fit_caption, join, missing_tags, point
from adapters.facebook.limits import LIMITS
from publisher.craft.layout import hashtags
from publisher.errors import Unsupported
from publisher.model import Change, Json, Part, Rendition, Variant


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the address goes: a card, the end of the text, a first comment, or nowhere; and why."""

    card: str = ""
    text: str = ""
    comment: str = ""
    changes: tuple[Change, ...] = ()


def render(variant: Variant) -> Rendition:
    """The variant as one Page post, with a first comment where the voice wants the link there. Raises Unsupported."""
    place = _place(variant)
    omitted: tuple[Change, ...] = ()
    if variant.text is not None:
        text = _own_words(variant, variant.text, place)
    else:
        passages, link = point(variant.passages, place.text, variant.language)
        text, omitted = fit_caption(variant, passages, join(link, hashtags(variant.tags)), LIMITS.text.value)
    return Rendition(
        post=variant.post,
        channel=variant.channel,
        network=variant.network,
        parts=tuple(_parts(variant, text, place)),
        changes=(*variant.changes, *place.changes),
        omitted=(*variant.omitted, *omitted, *_unsaid(variant)),
    )


def _place(variant: Variant) -> _Place:
    wish, link = variant.voice.link, variant.link
    if not link or wish in {"none", "bio"}:
        return _Place(changes=(Change(rule="link", detail=f"{link} is left out, as the voice asks"),) if link else ())
    if link in (variant.text or ""):
        return _Place(card=link if wish == "card" and not variant.media else "")
    if wish in {"comment", "reply"}:
        return _Place(comment=link, changes=(Change(rule="link", detail=f"{link} moved to the first comment"),))
    if wish == "card" and variant.media:
        why = Change(rule="link", detail=f"a post with pictures shows no card: {link} stands at the end of the text")
        return _Place(text=link, changes=(why,))
    if wish == "card":
        return _Place(card=link, changes=(Change(rule="link", detail=f"{link} moved to the card under the post"),))
    return _Place(text=link)


def _own_words(variant: Variant, own: str, place: _Place) -> str:
    text = join(own, place.text, hashtags(missing_tags(own, variant.tags)))
    if len(text) > LIMITS.text.value:
        raise Unsupported(
            f"the text for {variant.channel} has {len(text)} characters; Facebook takes {LIMITS.text.value}",
            hint=f"shorten it by {len(text) - LIMITS.text.value}",
        )
    return text


def _unsaid(variant: Variant) -> Iterator[Change]:
    if variant.warning:
        yield Change(rule="warning", detail=f"Facebook has no content warnings; “{variant.warning}” is not shown")
    for media in variant.media[LIMITS.images.value :]:
        yield Change(rule="images", detail=f"{media.file}: a post takes {LIMITS.images.value} pictures")


def _parts(variant: Variant, text: str, place: _Place) -> Iterator[Part]:
    card: dict[str, Json] = {"link": place.card} if place.card else {}
    yield Part(
        kind="post",
        text=text,
        length=len(text),
        limit=LIMITS.text.value,
        media=variant.media[: LIMITS.images.value],
        native=card,
    )
    if place.comment:
        limit = LIMITS.more["comment"].value
        yield Part(kind="comment", text=place.comment, length=len(place.comment), limit=limit)
