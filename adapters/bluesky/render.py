"""A variant as Bluesky reads best: one sharp point, the link as a card, a tag or two at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from msgspec import structs

from adapters.bluesky.facets import facets
from adapters.bluesky.limits import LIMITS
from adapters.bluesky.measure import find_entities, measure, weight
from publisher.craft.fit import fit
from publisher.craft.graphemes import count
from publisher.craft.layout import hashtags, lay_out
from publisher.craft.split import split
from publisher.errors import Unsupported
from publisher.model import Change, Json, Part, Passage, Rendition, Variant

ROOM = LIMITS.text.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the parts say, and what became of the rest."""

    texts: tuple[str, ...]
    omitted: tuple[Change, ...] = ()


def render(variant: Variant) -> Rendition:
    """The variant as one post, or as a thread when the variant asks for one. Raises Unsupported."""
    place = _link_place(variant)
    told = _own_words(variant, place) if variant.text is not None else _composed(variant, place)
    parts = [_part(variant, text, position) for position, text in enumerate(told.texts)]
    if place == "card":
        parts[0] = _with_card(parts[0], variant)
    elif place == "last":
        parts[-1] = _with_card(parts[-1], variant)
    elif place == "reply":
        parts.append(_with_card(_part(variant, variant.title or shown(variant.link), len(parts)), variant))
    changes, omitted = _moved(variant, place)
    return Rendition(
        post=variant.post,
        channel=variant.channel,
        network=variant.network,
        parts=tuple(parts),
        changes=(*variant.changes, *changes),
        omitted=(*variant.omitted, *told.omitted, *omitted),
    )


@lru_cache(maxsize=128)
def shown(link: str) -> str:
    """A link as the official client shows it: the host and path, without scheme, query or final slash."""
    parts = urlsplit(link)
    return parts.netloc.removeprefix("www.") + parts.path.rstrip("/")


# --- the link


def _link_place(variant: Variant) -> str:
    """Where the link goes: card, last (the thread's end), text, reply, own (the author's words have it) or nowhere.

    A post has pictures or a card, never both, so that pictures send the card away.
    """
    wish = variant.voice.link
    if not variant.link or wish in {"bio", "none"}:
        return ""
    if variant.link in (variant.text or ""):
        return "own" if variant.media or wish == "text" else "card"
    if wish in {"reply", "comment"}:
        return "reply"
    if wish == "card" and not variant.media:
        return "card"
    return "last" if wish == "card" and variant.thread and _is_long(variant) else "text"


def _is_long(variant: Variant) -> bool:
    return weight(_join(_whole(variant), _tags(variant))) > ROOM


def _moved(variant: Variant, place: str) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    changes: list[Change] = []
    if place in {"card", "last", "reply"}:
        where = {"card": "as a card", "last": "as a card on the last post", "reply": "in a reply, as a card"}[place]
        changes.append(Change(rule="link", detail=f"{variant.link} {where}"))
    elif place == "text" and shown(variant.link) != variant.link:
        changes.append(Change(rule="link", detail=f"{variant.link} shown as {shown(variant.link)}"))
    if variant.warning:
        changes.append(Change(rule="warning", detail="Bluesky folds nothing: the content warning is the first line"))
    if variant.tags and variant.voice.tags_at == "none":
        changes.append(Change(rule="tags", detail="the hashtags are in the record, not in the text"))
    left_out = variant.link and not place
    omitted = (Change(rule="link", detail=variant.link),) if left_out else ()
    return tuple(changes), omitted


def _with_card(part: Part, variant: Variant) -> Part:
    title = variant.title or urlsplit(variant.link).netloc.removeprefix("www.")
    card: Json = {
        "$type": "app.bsky.embed.external",
        "external": {"uri": variant.link, "title": title, "description": shown(variant.link)},
    }
    return structs.replace(part, native={**part.native, "embed": card})


# --- the words


def _composed(variant: Variant, place: str) -> Told:
    if variant.thread and _is_long(variant):
        return Told(texts=_thread(_join(_whole(variant), _tail(variant, place)), variant.language))
    call = _call(variant, place)
    tail = _tail(variant, place, call.text if call else "")
    chosen, left = _sharp(_without(variant.passages, call), variant.voice.reads_well[0])
    fitted = fit(
        chosen,
        ROOM,
        lambda text: weight(_join(variant.warning, text, tail)),
        bullets=variant.voice.bullets,
        language=variant.language,
    )
    text = _join(variant.warning, fitted.text, tail)
    return Told(texts=(text,), omitted=(*fitted.omitted, *left))


def _call(variant: Variant, place: str) -> Passage | None:
    """The call that names the address right under it, if the lead leaves room; a card is named by its title."""
    calls = [passage for passage in variant.passages[1:] if passage.kind == "call"]
    if not calls or place != "text":
        return None
    least = _join(variant.warning, variant.passages[0].text, _tail(variant, place, calls[-1].text))
    return calls[-1] if weight(least) <= ROOM else None


def _without(passages: Sequence[Passage], call: Passage | None) -> Sequence[Passage]:
    return [passage for passage in passages if passage is not call]


def _sharp(passages: Sequence[Passage], enough: int) -> tuple[Sequence[Passage], tuple[Change, ...]]:
    """The lead, and what follows it only until the post is long enough to stand by itself; the rest as omitted."""
    told = 1
    while told < len(passages) and passages[told].kind != "call" and weight(lay_out(passages[:told])) < enough:
        told += 1
    left = tuple(Change(rule="one-point", detail=passage.text) for passage in passages[told:])
    return passages[:told], left


def _own_words(variant: Variant, place: str) -> Told:
    whole = _join(variant.warning, variant.text or "", _tail(variant, place))
    if weight(whole) <= ROOM:
        return Told(texts=(whole,))
    if variant.thread:
        return Told(texts=_thread(whole, variant.language))
    raise Unsupported(
        f"the text for {variant.channel} has {measure(whole).length} graphemes in {len(whole.encode())} bytes;"
        f" Bluesky takes {ROOM} in {LIMITS.more['bytes'].value}",
        hint=f"shorten it, or set `channels: {{{variant.channel}: {{thread: true}}}}`",
    )


def _thread(text: str, language: str) -> tuple[str, ...]:
    return split(text, ROOM, weight, language=language)


def _whole(variant: Variant) -> str:
    words = lay_out(variant.passages, variant.voice.bullets) if variant.text is None else variant.text
    return _join(variant.warning, words)


def _tail(variant: Variant, place: str, call: str = "") -> str:
    address = "\n".join(filter(None, (call, shown(variant.link)))) if place == "text" else ""
    return _join(address, _tags(variant))


def _tags(variant: Variant) -> str:
    if variant.voice.tags_at == "none" or variant.text is None:
        return "" if variant.voice.tags_at == "none" else hashtags(variant.tags)
    entities = find_entities(variant.text)
    written = {entity.text[1:].casefold() for entity in entities if entity.kind == "hashtag"}
    return hashtags(tag for tag in variant.tags if tag.casefold() not in written)


def _join(*pieces: str) -> str:
    return "\n\n".join(filter(None, pieces))


def _part(variant: Variant, text: str, position: int) -> Part:
    people = {name: did for name, did in variant.settings.items() if name.startswith("@")}
    native: dict[str, Json] = {"langs": [variant.language]}
    found = facets(text, shown={shown(variant.link): variant.link} if variant.link else {}, people=people)
    if found:
        native["facets"] = found
    if variant.tags and variant.voice.tags_at == "none" and not position:
        native["tags"] = list(variant.tags[: LIMITS.more["hidden_tags"].value])
    return Part(
        kind="reply" if position else "post",
        text=text,
        length=count(text),
        limit=ROOM,
        media=() if position else variant.media,
        native=native,
    )
