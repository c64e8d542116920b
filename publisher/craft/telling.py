"""Telling: what of a post's material one channel says, and in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from publisher.craft.language import speak
from publisher.craft.sentences import sentences
from publisher.model import Change, Material, Post, Voice

# Up to this length a message is a remark: a lead, and one thing more where the lead alone is too short to read well.
_REMARK = 300
# Two channels that share more than this of their words would read as one text sent twice.
_MOST_SHARED = 0.6
# After the kinds a voice ranks; figures are sentences of the others, so a long text does not repeat them.
_USUAL = ("hook", "story", "point", "quote")


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece of material and its sentences."""

    kind: str
    text: str
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lead:
    """A way to begin, by the angle that asks for it."""

    angle: str
    units: tuple[Unit, ...]

    @property
    def opening(self) -> str:
        """The first sentence, by which a reader of two networks would know it again."""
        return self.units[0].said[0]


@dataclass(frozen=True)
class Stock:
    """A post's material, cut into units once for all channels."""

    units: Mapping[str, tuple[Unit, ...]]
    leads: Mapping[str, tuple[Lead, ...]]

    @cached_property
    def all(self) -> tuple[Unit, ...]:
        """Every unit but the figures, which are sentences of the others."""
        return tuple(unit for kind, units in self.units.items() if kind != "figure" for unit in units)


def stock(post: Post) -> Stock:
    """The material of a post, ready to be told."""
    units = {kind: _units(kind, texts, post.language) for kind, texts in _texts(post.material)}
    leaning = speak(post.language).leaning

    def stands(unit: Unit) -> bool:
        return unit.text.replace("’", " ").replace("'", " ").split()[0].strip(",").casefold() not in leaning

    leads = {kind: tuple(Lead(kind, (unit,)) for unit in found) for kind, found in units.items()}
    leads["figure"] = tuple(lead for lead in leads["figure"] if stands(lead.units[0]))
    leads["story"] = tuple(lead for lead in leads["story"][:1] if stands(lead.units[0]))
    title = _units("hook", (post.title,), post.language)
    leads["list"] = (Lead("list", (*title, *units["point"])),) if len(units["point"]) > 1 else ()
    if not any(leads.values()) and title:
        leads["hook"] = (Lead("hook", title),)
    return Stock(units=units, leads=leads)


def _texts(material: Material) -> Iterable[tuple[str, tuple[str, ...]]]:
    yield "hook", (material.hook,)
    yield "story", material.story
    yield "point", material.points
    yield "quote", (material.quote,)
    yield "figure", material.figures
    yield "question", (material.question,)
    yield "call", (material.call,)


def _units(kind: str, texts: Sequence[str], language: str) -> tuple[Unit, ...]:
    return tuple(Unit(kind, text, sentences(text, language)) for text in texts if text.strip())


def choose(stock: Stock, voice: Voice, angle: str, taken: Counter[str]) -> Lead | None:
    """The lead of a channel: the best-ranked one that no other channel begins with, else the least used.

    `angle` is the author's wish, kept wherever there is material for it. Counts the lead in `taken`.
    """
    ranked = (*voice.angles, "hook", "point", "story", "figure", "quote", "question", "call")
    possible = stock.leads.get(angle) or [lead for kind in ranked for lead in stock.leads.get(kind, ())]
    most = voice.reads_well[1]
    readable = [lead for lead in possible if lead.units[0].kind != "quote" or len(lead.units[0].text) <= most]
    best = min(readable or possible, key=lambda lead: taken[lead.opening], default=None)
    if best:
        taken[best.opening] += 1
    return best


class Told:
    """What one channel says: the lead, then its support in order."""

    def __init__(self, lead: Lead) -> None:
        self.angle = lead.angle
        self.units = list(lead.units)
        self.led = len(self.units)
        self.said = {said for unit in self.units for said in unit.said}
        self.dropped: list[tuple[int, Unit]] = []
        self.length = sum(len(unit.text) + 2 for unit in self.units)  # about as long as the text will be

    def add(self, unit: Unit, room: float) -> bool:
        """Add what of the unit is not said yet, if there is room for it."""
        fresh = tuple(said for said in unit.said if said not in self.said)
        if not fresh:
            return False
        text = unit.text if len(fresh) == len(unit.said) else " ".join(fresh)
        if self.length + len(text) > room:
            return False
        self.units.append(unit if text is unit.text else Unit(unit.kind, text, fresh))
        self.length += len(text) + 2
        self.said.update(fresh)
        return True

    def drop(self, common: set[str]) -> bool:
        """Leave out the last support that says something of `common`; the lead and a call stay."""
        for place in range(len(self.units) - 1, self.led - 1, -1):
            unit = self.units[place]
            if unit.kind != "call" and not common.isdisjoint(unit.said):
                del self.units[place]
                self.dropped.append((place, unit))
                self.said.difference_update(unit.said)
                self.length -= len(unit.text) + 2
                return True
        return False

    def restore(self, times: int) -> None:
        """Take back the last `times` drops."""
        for _ in range(times):
            place, unit = self.dropped.pop()
            self.units.insert(place, unit)
            self.said.update(unit.said)
            self.length += len(unit.text) + 2


def is_remark(voice: Voice) -> bool:
    """Whether this voice makes remarks rather than tells stories."""
    return voice.reads_well[1] <= _REMARK


def tell(stock: Stock, lead: Lead, voice: Voice, *, whole: bool, others: Sequence[set[str]]) -> Told:
    """What the channel says after its lead, as much as reads well there and is not yet said on `others`.

    `whole` tells everything, as a thread does.
    """
    told = Told(lead)
    if is_remark(voice) and not whole:
        _remark(told, stock, voice, others)
    else:
        _support(told, stock, lead, voice, whole=whole)
    _differ(told, others)
    return told


def _differ(told: Told, others: Sequence[set[str]]) -> None:
    """Leave out what other channels say until little enough is shared with each, or with as few as can be."""
    alike = [_too_much(told.said, others)]
    while any(told.drop(common) for common in alike[-1]):
        alike.append(_too_much(told.said, others))
    best = min(range(len(alike)), key=lambda drops: (len(alike[drops]), -drops))
    told.restore(len(alike) - 1 - best)


def _support(told: Told, stock: Stock, lead: Lead, voice: Voice, *, whole: bool) -> None:
    room = float("inf") if whole else voice.reads_well[1]
    if lead.angle == "story":  # a story begun is told to its end
        for unit in stock.units["story"]:
            told.add(unit, float("inf"))
    kinds = dict.fromkeys(kind.replace("list", "point") for kind in (*voice.angles, *_USUAL))
    for kind in (*(kind for kind in kinds if kind in _USUAL), "question"):
        for unit in stock.units[kind]:
            if not told.add(unit, room) and kind == "story" and unit.said[0] not in told.said:
                break  # no later paragraph without this one
    for unit in stock.units["call"]:
        told.add(unit, float("inf"))


def _remark(told: Told, stock: Stock, voice: Voice, others: Sequence[set[str]]) -> None:
    least, most = voice.reads_well
    kinds = dict.fromkeys((*(kind.replace("list", "point") for kind in voice.angles), *_USUAL, "question"))
    standing = {lead.units[0] for leads in stock.leads.values() for lead in leads}
    units = [unit for kind in kinds for unit in stock.units[kind] if unit in standing and kind != "call"]
    units.sort(key=lambda unit: (unit.kind == told.angle, unit.kind not in voice.angles, _uses(unit, others)))
    if told.length < least:
        any(told.add(unit, most) for unit in units)
    for unit in stock.units["call"]:
        told.add(unit, float("inf"))


def _uses(unit: Unit, others: Sequence[set[str]]) -> int:
    return sum(unit.said[0] in other for other in others)


def _too_much(said: set[str], others: Sequence[set[str]]) -> list[set[str]]:
    """What is shared with each other channel that shares too much."""
    shared = [(common, said | other) for other in others if (common := said & other)]
    return [common for common, whole in shared if sum(map(len, common)) > _MOST_SHARED * sum(map(len, whole))]


def untold(stock: Stock, told: Told) -> tuple[Change, ...]:
    """The material this channel does not tell, each with the rule that left it out."""
    found, shared = [], {said for _, unit in told.dropped for said in unit.said}
    for unit in stock.all:
        missing = [said for said in unit.said if said not in told.said]
        if missing:
            rule = "distinct" if shared.intersection(missing) else "length"
            found.append(Change(rule=rule, detail=" ".join(missing)))
    return tuple(found)
