"""Review: what a team should know of its variants before they go out; nothing here stops publication."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from publisher.craft.distinct import likeness
from publisher.craft.sentences import sentences
from publisher.model import Finding, Limits, Material, Measure, Rendition, Severity, Variant

_SAME = 0.7
# Addresses of these signs alone are links everywhere, from their first sign to their last.
_PLAIN_ADDRESS = re.compile(r"(?a)https?://[\w.-]+(?::\d+)?(?:/[\w/.~%?&=#+-]*)?(?<=[\w/=#])")
_MADE_UP = re.compile(r"https?://(?:[^/?#@]+\.)?(?:example|test|invalid|localhost)(?=[:/?#]|$)")
"""Names that nobody can ever register: https://www.rfc-editor.org/rfc/rfc2606#section-2"""
_SIGNS_OF_ADDRESSES = "/:?#@!$&'()*+,;=%~-._"
_ALSO = {"list": "point", "point": "list"}
_TO_ADD = {
    "hook": "a first paragraph that makes a claim",
    "point": "two or more points (`- …`)",
    "quote": "a quotation (`> …`)",
    "figure": "a sentence with a figure in it",
    "question": "a question as the last paragraph",
    "story": "a second paragraph that tells what happened",
}


def find_thin(material: Material, variants: Sequence[Variant]) -> Iterator[Finding]:
    """A finding for each channel that begins as another does, finds nothing it would lead with, or says too little."""
    begun: list[tuple[str, str]] = []
    for variant in variants:
        opening = _opening(variant)
        twin = next((channel for channel, other in begun if likeness(opening, other) > _SAME), "")
        if twin:
            message = f"{variant.channel} begins as {twin} does: “{_short(opening)}”"
            yield _thin(variant, message, Severity.WARNING, _advise(material, variant))
        elif variant.passages and not {variant.angle, _ALSO.get(variant.angle)} & set(variant.voice.angles):
            wanted = f"{variant.channel} would lead with ({', '.join(variant.voice.angles)})"
            message = f"the post has nothing {wanted}: it leads with the {variant.angle}"
            yield _thin(variant, message, Severity.HINT, _advise(material, variant))
        elif short := _shortfall(variant):
            yield _thin(variant, short, Severity.HINT, _advise(material, variant))
        begun += [(variant.channel, opening)] if opening else []


def _opening(variant: Variant) -> str:
    first = variant.text if variant.text is not None else variant.passages[0].text if variant.passages else ""
    return next(iter(sentences(first, variant.language)), "")


def _shortfall(variant: Variant) -> str:
    """What is to be said of a text too short to read well where no picture speaks with it."""
    said = sum(len(passage.text) + 2 for passage in variant.passages) - 2
    least = variant.voice.reads_well[0]
    enough = least * (0.7 if len(variant.passages) == 1 else 0.5)
    if variant.media or not variant.passages or said >= enough:
        return ""
    return f"{variant.channel} has {said} characters to say, where {least} or more read well"


def _thin(variant: Variant, message: str, severity: Severity, hint: str) -> Finding:
    return Finding(rule="thin-material", message=message, severity=severity, channel=variant.channel, hint=hint)


def _advise(material: Material, variant: Variant) -> str:
    """What to write so that this channel has something of its own to begin with: the kinds its voice likes first."""
    has = {
        "hook": bool(material.hook),
        "point": len(material.points) > 1,
        "quote": bool(material.quote),
        "figure": bool(material.figures),
        "question": bool(material.question),
        "story": bool(material.story),
    }
    ranked = dict.fromkeys("point" if kind == "list" else kind for kind in (*variant.voice.angles, *_TO_ADD))
    missing = [_TO_ADD[kind] for kind in ranked if kind in has and not has[kind]]
    own = f"its own `text:` (channels: {variant.channel}: …)"
    if not missing:
        return f"add one more point (`- …`) or another sentence with a figure, or {own}"
    return f"add {' or '.join(missing[:2])}, or {own}"


def find_folded(rendition: Rendition, variant: Variant, limits: Limits) -> Iterator[Finding]:
    """A hint where the first sentence does not end before the network folds the text away."""
    text = rendition.parts[0].text if rendition.parts else ""
    first = next(iter(sentences(text, variant.language)), "")
    if limits.fold and len(first) > limits.fold:
        yield Finding(
            rule="fold",
            message=f"only {limits.fold} characters are seen before “more”, and the first sentence has {len(first)}",
            severity=Severity.HINT,
            channel=rendition.channel,
            hint=f"begin with a shorter sentence, or give {rendition.channel} another `angle:`",
        )


def find_half_linked(rendition: Rendition, link: str, measure: Callable[[str], Measure]) -> Iterator[Finding]:
    """An error where the network would link only a piece of the post's address, and lead readers elsewhere.

    A channel's name stands for an address that is not known yet, and in a rehearsal for one that no network links.
    """
    if "://" not in link or _PLAIN_ADDRESS.fullmatch(link) or _MADE_UP.match(link):
        return
    for part in rendition.parts:
        at = part.text.find(link)
        linked = [one for one in measure(part.text).entities if at <= one.start < at + len(link)] if at >= 0 else []
        if linked and linked[0].kind != "url":
            told = f"{rendition.channel} would not link {link}, and would take “{linked[0].text}” in it for a"
            hint = "give an address that everybody can open"
            yield Finding(rule="half-link", message=f"{told} {linked[0].kind}", channel=rendition.channel, hint=hint)
        elif linked and linked[0].end < at + len(link):
            message, better = f"{rendition.channel} would link only “{linked[0].text}” of {link}", _encoded(link)
            hint = f"write the address as {better}" if better != link else "give one that ends in a letter or a digit"
            yield Finding(rule="half-link", message=message, channel=rendition.channel, hint=hint)


def _encoded(link: str) -> str:
    """The address with each sign that is not every network's percent-encoded; a host has its own encoding."""
    from urllib.parse import quote

    scheme, rest = link.split("://", 1)
    host = re.match(r"[^/?#]*", rest)
    name = host[0] if host else ""
    try:
        shown = name.encode("idna").decode()
    except UnicodeError:
        shown = name
    return f"{scheme}://{shown}{quote(rest[len(name) :], safe=_SIGNS_OF_ADDRESSES)}"


def _short(text: str) -> str:
    from textwrap import shorten

    short = shorten(text, 60, placeholder=" …")
    return short if len(short) > 20 or len(text) <= 60 else f"{text[:58]} …"
