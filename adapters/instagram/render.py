"""A variant as Instagram reads best: what the picture makes one feel, short lines, and a block of hashtags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters._meta.caption import fit_caption, join, missing_tags, point
from adapters.instagram.limits import LIMITS
from publisher.craft.language import speak
from publisher.craft.layout import hashtags
from publisher.errors import Unsupported
from publisher.model import Change, Part, Passage, Rendition, Variant

# Where the address is to be found, since none can be clicked in a caption; in a language the house does not speak.
_IN_BIO = "→ bio"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the address goes: a line of the caption, a first comment, or nowhere; and why."""

    line: str = ""
    comment: str = ""
    changes: tuple[Change, ...] = ()


def render(variant: Variant) -> Rendition:
    """The variant as a picture or a carousel with its caption. Raises Unsupported."""
    place = _place(variant)
    omitted: tuple[Change, ...] = ()
    if variant.text is not None:
        text = _own_words(variant, variant.text, place)
    else:
        passages, line = _point(variant, place)
        tail = join(line, hashtags(variant.tags))
        text, omitted = fit_caption(variant, _told(passages), tail, LIMITS.text.value)
    return Rendition(
        post=variant.post,
        channel=variant.channel,
        network=variant.network,
        parts=tuple(_parts(variant, text, place)),
        changes=(*variant.changes, *place.changes),
        omitted=(*variant.omitted, *omitted, *_unsaid(variant)),
    )


def _told(passages: Sequence[Passage]) -> Sequence[Passage]:
    """The lead, then every point, then the rest in its order."""
    points = [passage for passage in passages[1:] if passage.kind == "point"]
    return [*passages[:1], *points, *(passage for passage in passages[1:] if passage.kind != "point")]


def _place(variant: Variant) -> _Place:
    wish, link, own = variant.voice.link, variant.link, variant.text or ""
    if not link or link in own:
        return _Place()
    if wish == "text":
        return _Place(line=link)
    if wish == "none":
        return _Place(changes=(Change(rule="link", detail=f"{link} is left out, as the voice asks"),))
    if wish in {"comment", "reply"}:
        return _Place(comment=link, changes=(Change(rule="link", detail=f"{link} moved to the first comment"),))
    line = speak(variant.language).bio or _IN_BIO
    told = line.rstrip(".").casefold() in own.casefold()
    why = Change(
        rule="link", detail=f"no address can be clicked here: “{line}” stands for {link}; put it in the profile"
    )
    return _Place(line="" if told else line, changes=(why,))


def _point(variant: Variant, place: _Place) -> tuple[Sequence[Passage], str]:
    """The passages with the way to the link behind their call, or the line that must stand for itself."""
    line = place.line if place.line == variant.link else place.line[:1].lower() + place.line[1:]
    passages, left = point(variant.passages, line, variant.language)
    return passages, place.line if left else ""


def _own_words(variant: Variant, own: str, place: _Place) -> str:
    text = join(own, place.line, hashtags(missing_tags(own, variant.tags)))
    if len(text) > LIMITS.text.value:
        raise Unsupported(
            f"the text for {variant.channel} has {len(text)} characters; Instagram takes {LIMITS.text.value}",
            hint=f"shorten it by {len(text) - LIMITS.text.value}",
        )
    return text


def _unsaid(variant: Variant) -> Iterator[Change]:
    if variant.warning:
        yield Change(rule="warning", detail=f"Instagram has no content warnings; “{variant.warning}” is not shown")
    for media in variant.media[LIMITS.images.value :]:
        yield Change(rule="images", detail=f"{media.file}: a carousel takes {LIMITS.images.value} pictures")


def _parts(variant: Variant, text: str, place: _Place) -> Iterator[Part]:
    media = variant.media[: LIMITS.images.value]
    yield Part(kind="post", text=text, length=len(text), limit=LIMITS.text.value, media=media)
    if place.comment:
        limit = LIMITS.more["comment"].value
        yield Part(kind="comment", text=place.comment, length=len(place.comment), limit=limit)
