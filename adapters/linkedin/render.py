"""A variant as LinkedIn reads best: one strong line, short paragraphs, points as bullets, the question last."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from adapters.linkedin.limits import LIMITS
from adapters.linkedin.little import RESERVED, TAG, little
from adapters.linkedin.measure import utf16
from publisher.craft.fit import by_line, fit
from publisher.craft.layout import hashtags
from publisher.craft.sentences import ends
from publisher.errors import Unsupported
from publisher.model import Change, Json, Part, Passage, Rendition, Variant

AUTHOR = re.compile(r"urn:li:(?:person|organization):[\w-]+")
VISIBILITIES = ("PUBLIC", "CONNECTIONS", "LOGGED_IN")
_SHORT_PARAGRAPH = 240
# No element and no escape goes over a line's end; a line without these signs has none.
_SIGNS = re.compile(f"[{re.escape(RESERVED)}]")
_length = by_line(lambda line: utf16(little(line) if _SIGNS.search(line) else line))
_TOLD, _CLOSING = frozenset({"hook", "story"}), frozenset({"call", "question"})


def render(variant: Variant) -> Rendition:
    """The variant as one post, with its link in the text, on a card or in a first comment. Raises Unsupported."""
    link, moved = _place(variant)
    written = variant.link if link == "text" else ""
    text, omitted = _told(variant, written) if variant.text is None else (_own_words(variant, written), ())
    post = Part(
        kind="post",
        text=text,
        length=_length(text),
        limit=LIMITS.text.value,
        media=variant.media[: LIMITS.images.value],
        native=_native(variant, card=link == "card"),
    )
    return Rendition(
        post=variant.post,
        channel=variant.channel,
        network=variant.network,
        parts=(post, *_comments(variant, link)),
        changes=(*variant.changes, *moved),
        omitted=(*variant.omitted, *omitted, *_left_out(variant, link)),
    )


def _place(variant: Variant) -> tuple[str, tuple[Change, ...]]:
    """Where the link goes (text, card, comment, or nowhere), and what had to be changed for it."""
    wanted = variant.voice.link
    if not variant.link or (variant.text is not None and variant.link in variant.text):
        return "", ()
    if wanted in {"comment", "reply"}:
        return "comment", (Change(rule="link", detail=f"{variant.link} goes in the first comment"),)
    if wanted == "card" and variant.media:
        return "text", (Change(rule="link", detail="a post with a picture has no card: the link stands in the text"),)
    if wanted == "card":
        return "card", (Change(rule="link", detail=f"{variant.link} goes on a card"),)
    return ("text", ()) if wanted == "text" else ("none", ())


def _tags(variant: Variant) -> str:
    """The hashtags' line; an author who wrote hashtags has chosen them all."""
    return "" if TAG.search(variant.text or "") else hashtags(variant.tags)


def _left_out(variant: Variant, link: str) -> Iterator[Change]:
    if link == "none":
        yield Change(rule="link", detail=variant.link)
    if variant.warning:
        yield Change(rule="warning", detail=f"LinkedIn has no content warnings; “{variant.warning}” is not shown")
    said = (variant.text or "").casefold()
    for tag in () if _tags(variant) else variant.tags:
        if f"#{tag}".casefold() not in said:
            yield Change(rule="tags", detail=f"#{tag}: the text has hashtags of its own")
    for media in variant.media[LIMITS.images.value :]:
        yield Change(rule="images", detail=media.file)


def _told(variant: Variant, link: str) -> tuple[str, tuple[Change, ...]]:
    """The passages that fit, and what did not: the call stands with the link, the question comes last."""
    lead, *rest = variant.passages or (Passage(kind="hook", text=""),)
    body = [*_opened(lead, variant.language), *(passage for passage in rest if passage.kind not in _CLOSING)]
    tail = _join(_said(rest, "call", "\n", link), _said(rest, "question", "\n\n"), _tags(variant))
    fitted = fit(
        [piece for told in body for piece in (_shortened(told, variant.language) if _is_long(told) else (told,))],
        LIMITS.text.value,
        lambda text: _length(_join(text, tail)),
        bullets=variant.voice.bullets,
        language=variant.language,
    )
    return _join(fitted.text, tail), fitted.omitted


def _said(passages: Iterable[Passage], kind: str, between: str, *more: str) -> str:
    return between.join(filter(None, (*(passage.text for passage in passages if passage.kind == kind), *more)))


def _own_words(variant: Variant, link: str) -> str:
    whole = _join(variant.text or "", link, _tags(variant))
    length = _length(whole)
    if length > LIMITS.text.value:
        raise Unsupported(
            f"the text for {variant.channel} has {length} characters, escapes counted; LinkedIn takes"
            f" {LIMITS.text.value} and has no threads",
            hint=f"shorten it by {length - LIMITS.text.value}",
        )
    return whole


def _opened(lead: Passage, language: str) -> Iterator[Passage]:
    """The lead with its first sentence on a line of its own: the fold comes soon after it."""
    first, *others = ends(lead.text, language) or (0,)
    if lead.kind not in _TOLD or not others:
        yield lead
        return
    yield Passage(kind=lead.kind, text=lead.text[:first].strip())
    yield Passage(kind=lead.kind, text=lead.text[first:].strip())


def _is_long(passage: Passage) -> bool:
    return passage.kind in _TOLD and len(passage.text) > _SHORT_PARAGRAPH


def _shortened(passage: Passage, language: str) -> Iterator[Passage]:
    start = last = 0
    for end in ends(passage.text, language):
        if last > start and end - start > _SHORT_PARAGRAPH:
            yield Passage(kind=passage.kind, text=passage.text[start:last].strip())
            start = last
        last = end
    yield Passage(kind=passage.kind, text=passage.text[start:].strip())


def _native(variant: Variant, *, card: bool) -> dict[str, Json]:
    native: dict[str, Json] = {
        "author": variant.settings.get("author", ""),
        "visibility": variant.settings.get("visibility", "PUBLIC"),
    }
    if card:
        native["article"] = {"source": variant.link, "title": variant.title or variant.link}
    return native


def _comments(variant: Variant, link: str) -> Iterator[Part]:
    if link == "comment":
        text = f"{variant.title}\n{variant.link}".strip()
        yield Part(
            kind="comment",
            text=text,
            length=utf16(text),
            limit=LIMITS.more["comment"].value,
            native={"author": variant.settings.get("author", "")},
        )


def _join(*pieces: str) -> str:
    return "\n\n".join(filter(None, pieces))
