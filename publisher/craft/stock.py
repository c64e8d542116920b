"""Stock: a post's material cut into units, and the ways in which it can begin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from publisher.craft.language import Language, has_amount, speak
from publisher.craft.sentences import ends, sentences
from publisher.craft.typography import quote
from publisher.model import Change, Passage, Post

# In the order of a plain telling; figures are sentences of the others.
_TOLD = ("hook", "story", "point", "quote", "question")
_LEADING = ("hook", "story", "point", "quote", "figure", "question")
_WORDS = re.compile(r"[^\W_]+(?:[’'.,-][^\W_]+)*")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f]")
_ENOUGH_WORDS, _ENOUGH_SIGNS = 5, 8
_BULLET = 2


class Unit(NamedTuple):
    """One piece of material, its sentences, about how long it will be once told, and the passage that tells it."""

    kind: str
    text: str
    said: tuple[str, ...]
    size: int
    passage: Passage


class Lead(NamedTuple):
    """A way to begin, by the angle that asks for it."""

    angle: str
    units: tuple[Unit, ...]
    opening: str
    """The first sentence, by which a reader of two networks would know it again."""


def lead(angle: str, *units: Unit) -> Lead:
    """A lead of these units."""
    return Lead(angle, units, units[0].said[0])


@dataclass(frozen=True)
class Stock:
    """A post's material, cut into units once for all channels."""

    post: Post
    units: Mapping[str, tuple[Unit, ...]]
    leads: Mapping[str, tuple[Lead, ...]]

    @cached_property
    def all(self) -> tuple[Unit, ...]:
        """Every unit but the figures, which are sentences of the others."""
        return tuple([unit for kind, units in self.units.items() if kind != "figure" for unit in units])

    @cached_property
    def left_out(self) -> tuple[tuple[Unit, Change], ...]:
        """Every unit with what is said of it where it is left out for length, as most are somewhere."""
        return tuple([(unit, Change(rule="length", detail=unit.text)) for unit in self.all])

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """About how long all units of a kind will be once told."""
        return {kind: sum([unit.size + 2 for unit in found]) for kind, found in self.units.items()}

    @cached_property
    def has_repeats(self) -> bool:
        """Whether any sentence stands in the material twice."""
        said = [one for unit in self.all for one in unit.said]
        return len(said) != len(set(said))

    @cached_property
    def is_list(self) -> bool:
        """Whether the post is a list and nothing that would introduce it."""
        return bool(self.leads["list"]) and not self.units["hook"] and not self.units["story"]

    @cached_property
    def in_order(self) -> tuple[Unit, ...]:
        """The units as the author wrote them one after the other; what front matter gives has its usual place."""
        units = [unit for kind in _TOLD for unit in self.units[kind]]
        lines, body = self.post.lines, self.post.lines.get("body", 1)
        written = [lines.get(key, 0) for key in self._keys()]
        if len(written) != len(units) or min(written, default=0) <= body - 1:
            return tuple(units)
        return tuple(unit for _, unit in sorted(zip(written, units, strict=True), key=lambda pair: pair[0]))

    def _keys(self) -> Iterable[str]:
        yield from ["hook"] if self.units["hook"] else []
        yield from (f"story.{place}" for place in range(len(self.units["story"])))
        yield from (f"points.{place}" for place in range(len(self.units["point"])))
        yield from (kind for kind in ("quote", "question") if self.units[kind])

    def goes_on(self, unit: Unit) -> bool:
        """Whether the unit's first word ties it to what stands before it."""
        return _goes_on(_first_words(unit.text), speak(self.post.language))


def stock(post: Post) -> Stock:
    """The material of a post, ready to be told."""
    material, language = post.material, post.language
    quoted = quote(material.quote, material.quote_source, language) if material.quote.strip() else ""
    units = {
        "hook": _units("hook", (material.hook,), language),
        "story": _units("story", material.story, language),
        "point": _units("point", material.points, language, _BULLET),
        "quote": (_quote(material.quote, quoted, language),) if quoted else (),
        "question": _units("question", (material.question,), language),
        "call": _units("call", (material.call,), language),
    }
    units["figure"] = _figures(material.figures, (*units["hook"], *units["story"], *units["point"]), language)
    return Stock(post=post, units=units, leads=_leads(post, units))


def _units(kind: str, texts: Sequence[str], language: str, more: int = 0) -> tuple[Unit, ...]:
    """The texts that say something as units, each told with so many signs `more` than it has."""
    return tuple([make(kind, text, sentences(text, language), more) for text in texts if text.strip()])


def make(kind: str, text: str, said: tuple[str, ...], more: int = 0) -> Unit:
    """A unit of that text, told as it stands."""
    return Unit(kind, text, said, len(text) + more, Passage(kind=kind, text=text))


def _quote(text: str, quoted: str, language: str) -> Unit:
    return Unit("quote", text, sentences(text, language), len(quoted), Passage(kind="quote", text=quoted))


# --- figures


def _figures(figures: Sequence[str], sources: Sequence[Unit], language: str) -> tuple[Unit, ...]:
    """The figures as the whole sentences they stand in, so that none is told twice; others as they are given."""
    found: dict[str, Unit] = {}
    for figure in filter(str.strip, figures):
        said = next((held for unit in sources if (held := _holding(figure, unit, language))), None)
        said = said or sentences(figure, language)
        text = figure if said == (figure,) else _between(said, sources) or figure
        found.setdefault(text, make("figure", text, said))
    return tuple(found.values())


def _holding(figure: str, unit: Unit, language: str) -> tuple[str, ...]:
    """The sentences of the unit in which the figure stands, or nothing."""
    if figure in unit.said:
        return (figure,)
    start = unit.text.find(figure)
    if start < 0:
        return ()
    spans = pairwise((0, *ends(unit.text, language)))
    held = (unit.text[a:b].strip(" \t\r\n") for a, b in spans if a < start + len(figure) and b > start)
    return tuple(filter(None, held))


def _between(said: tuple[str, ...], sources: Sequence[Unit]) -> str:
    """The sentences with what stands between them in the text they come from."""
    for unit in sources:
        start, last = unit.text.find(said[0]), unit.text.find(said[-1])
        if start >= 0 and last >= 0:
            return unit.text[start : last + len(said[-1])]
    return ""


def is_figure(text: str, language: str) -> bool:
    """Whether a sentence says how much of something: a number that is no date, in a sentence with enough words."""
    verbs = speak(language).verbs
    enough = text.count(" ") >= _ENOUGH_WORDS + 2  # some of them may stand beside a sign that is no word
    if not enough:
        words = _WORDS.findall(text)
        enough = len(words) >= _ENOUGH_WORDS or any(word.casefold() in verbs for word in words)
    if not enough and not (_UNSPACED.search(text) and len(text) >= _ENOUGH_SIGNS):
        return False
    return has_amount(text, language)


# --- leads


def _leads(post: Post, units: Mapping[str, tuple[Unit, ...]]) -> Mapping[str, tuple[Lead, ...]]:
    spoken = speak(post.language)
    figures = [unit for unit in units["figure"] if is_figure(unit.text, post.language)]
    able: dict[str, Sequence[Unit]] = {**units, "figure": figures, "story": units["story"][:1]}
    for kind in ("figure", "story", "point", "question"):
        able[kind] = [unit for unit in able[kind] if not leans(unit.text, spoken)]
    solid = {kind: [unit for unit in able[kind] if not _is_scrap(unit.text)] for kind in ("story", "point")}
    if any(solid.get(kind, able[kind]) for kind in _LEADING):
        able |= solid
    leads = {kind: tuple([lead(kind, unit) for unit in found]) for kind, found in able.items()}
    leading, is_list = any(map(leads.__getitem__, _LEADING)), len(units["point"]) > 1
    title = _units("hook", (post.title,), post.language) if is_list or not leading else ()
    opened = title or units["hook"]
    leads["list"] = (lead("list", *opened, *units["point"]),) if opened and is_list else ()
    if not leading and not leads["list"]:
        rest = title or units["story"] or units["point"] or units["question"]
        leads["hook"] = tuple(lead("hook", unit) for unit in rest[:1])
    return leads


def _is_scrap(text: str) -> bool:
    """Whether a text is too little to begin with: a word or two, or the announcement of what follows."""
    return text.endswith(":") or (text.count(" ") < 2 and not _UNSPACED.search(text))


def leans(text: str, language: Language) -> bool:
    """Whether a text needs the sentence before it: it begins with “But”, or speaks of a “them” nobody has named."""
    words = _first_words(text)
    if not words or _goes_on(words, language):
        return bool(words)
    first = words[0]
    if not language.objects.isdisjoint(words[1:3]):
        return True
    return "-" in first and first[first.rindex("-") :] in language.objects


def _goes_on(words: Sequence[str], language: Language) -> bool:
    return bool(words) and (words[0] in language.leaning or " ".join(words[:2]) in language.leaning)


def _first_words(text: str) -> list[str]:
    begun = text[:90].casefold().replace("’", "'").split(maxsplit=3)[:3]
    words = [word.strip('"“”«»‘(),.;:!?…\u00a0') for word in begun]
    return [*words[0].split("'"), *words[1:]] if words else words
