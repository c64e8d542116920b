"""Telling: what of a post's material one channel says, and in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain

from publisher.craft.stock import Lead, Stock, Unit, make
from publisher.craft.stock import lead as lead_with
from publisher.model import Change, Voice

# Up to this length a message is a remark: a lead, and one thing more where the lead alone is too short to read well.
_REMARK = 300
# Two channels that share more than this of their words would read as one text sent twice.
_MOST_SHARED = 0.6
# A beginning no longer than this, without what follows it, says too little.
_STUB = 40
# After the kinds a voice ranks; figures are sentences of the others, so a long text does not repeat them.
_USUAL = ("hook", "story", "point", "quote")
_RANKED = ("hook", "point", "story", "figure", "quote", "question", "call")
_NO_END = float("inf")


def rank(stock: Stock, voice: Voice, angle: str = "") -> Iterable[Lead]:
    """The ways a voice can begin, the best first; `angle` is the author's wish, kept where there is material for it."""
    if stock.leads.get(angle):
        return stock.leads[angle]
    kinds = _ranked(("list", *voice.angles) if stock.is_list and not is_remark(voice) else voice.angles)
    quotes, leads = stock.leads["quote"], stock.leads
    if quotes and quotes[0].units[0].size > voice.reads_well[1]:
        return [lead for kind in kinds if kind != "quote" for lead in leads[kind]] or quotes
    return chain.from_iterable(map(leads.__getitem__, kinds))


@cache
def _ranked(angles: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*angles, *_RANKED)))


def choose(stock: Stock, voice: Voice, angle: str, taken: dict[str, int]) -> Lead | None:
    """The lead of a channel: the best-ranked one that no other channel begins with, else the least used.

    Counts the lead in `taken`.
    """
    best, least = None, _NO_END
    for lead in rank(stock, voice, angle):
        uses = taken.get(lead.opening, 0)
        if uses < least:
            best, least = lead, uses
            if not uses:
                break
    if best:
        taken[best.opening] = taken.get(best.opening, 0) + 1
    return best


class Told:
    """What one channel says: the lead, then its support in order."""

    def __init__(self, lead: Lead) -> None:
        self.angle = lead.angle
        self.units = list(lead.units)
        self.led = len(self.units)
        self.said: set[str] = set()
        self.dropped: list[tuple[int, Unit]] = []
        self.length = 0  # about as long as the text will be
        for unit in self.units:
            self.said.update(unit.said)
            self.length += unit.size + 2
        self.alike = False

    def add(self, unit: Unit, room: float = _NO_END) -> bool:
        """Add what of the unit is not said yet, if there is room for it; whether all of the unit is now said."""
        rest = unit if self.said.isdisjoint(unit.said) else self._unsaid(unit)
        if rest is None:
            return True
        if self.length + rest.size > room:
            return False
        self.units.append(rest)
        self.length += rest.size + 2
        self.said.update(rest.said)
        return True

    def begin(self, unit: Unit, room: float) -> None:
        """Add the unit's first sentences, as many as there is room for, unless that is too little to be worth it."""
        rest = self._unsaid(unit)
        count = len(rest.said) - 1 if rest else 0
        while rest and count > 0 and (begun := cut(rest, range(count))).size > _STUB and not self.add(begun, room):
            count -= 1

    def _unsaid(self, unit: Unit) -> Unit | None:
        fresh = [place for place, said in enumerate(unit.said) if said not in self.said]
        if len(fresh) == len(unit.said):
            return unit
        return cut(unit, fresh) if fresh else None

    def drop(self, common: set[str]) -> bool:
        """Leave out the last support that says something of `common`; the lead stays."""
        for place in range(len(self.units) - 1, self.led - 1, -1):
            unit = self.units[place]
            if not common.isdisjoint(unit.said):
                del self.units[place]
                self.dropped.append((place, unit))
                self.said.difference_update(unit.said)
                self.length -= unit.size + 2
                return True
        return False

    def ask_last(self) -> None:
        """Move a question behind what was put in after it."""
        self.units[self.led :] = sorted(self.units[self.led :], key=lambda unit: unit.kind == "question")

    def restore(self, times: int) -> None:
        """Take back the last `times` drops."""
        for _ in range(times):
            place, unit = self.dropped.pop()
            self.units.insert(place, unit)
            self.said.update(unit.said)
            self.length += unit.size + 2


def cut(unit: Unit, places: Collection[int]) -> Unit:
    """The unit with only its sentences of those places, and what its text has between them."""
    text, start = "", 0
    for place, said in enumerate(unit.said):
        at = unit.text.index(said, start)
        if place in places:
            text += unit.text[start:at] + said if text else said
        start = at + len(said)
    kept = tuple([unit.said[place] for place in places])
    # Whoever quotes a sentence quotes all of it, with its marks and its source.
    return unit._replace(text=text, said=kept, size=len(text)) if unit.kind == "quote" else make(unit.kind, text, kept)


def is_remark(voice: Voice) -> bool:
    """Whether this voice makes remarks rather than tells stories."""
    return voice.reads_well[1] <= _REMARK


def tell(stock: Stock, lead: Lead, voice: Voice, *, whole: bool, others: Sequence[set[str]]) -> Told:
    """What the channel says after its lead, as much as reads well there and is not yet said on `others`.

    `whole` tells everything in the author's order, as a thread does, whoever else says it.
    """
    if whole:
        told = Told(lead)
        for unit in stock.in_order:
            told.add(unit)
    elif is_remark(voice):
        told = _remark(stock, lead, voice, others)
    elif lead.angle == "story":
        told = _story(stock, lead, voice)
    else:
        told = _support(stock, lead, voice)
    if not whole:
        _differ(told, others)
    if told.dropped:
        _refill(told, stock, voice, others)
        told.ask_last()
    for unit in stock.units["call"]:
        told.add(unit)
    return told


def _support(stock: Stock, lead: Lead, voice: Voice) -> Told:
    """The lead, then the other kinds as the voice ranks them, as long as that reads well; the question last."""
    told, room = Told(lead), voice.reads_well[1]
    kept = _kept(stock, room // 2)
    asked = [unit for unit in kept if unit.kind == "question"]
    for kind in (*_kinds(voice.angles), "question"):
        units = stock.units[kind]
        ahead = (kept if kind == "story" else asked) if units else ()
        left = sum([unit.size + 2 for unit in ahead if unit.kind != kind and unit.said[0] not in told.said])
        for unit in units:
            if not told.add(unit, room - left) and kind == "story":
                break  # no later paragraph without this one
    return told


def _story(stock: Stock, lead: Lead, voice: Voice) -> Told:
    """A story, with the hook after its first paragraph; then the points, the quotation, and the question last.

    The story has what the hook, the question and a list that is told whole leave of the length that reads well.
    """
    room = voice.reads_well[1]
    kept = _kept(stock, room // 2)
    for_story = room - sum(unit.size + 2 for unit in kept)
    told = Told(_opened(lead, for_story))
    hook, paragraphs = stock.units["hook"], stock.units["story"][1:]
    while paragraphs and stock.goes_on(paragraphs[0]) and told.add(paragraphs[0], for_story):
        paragraphs = paragraphs[1:]
    for unit in hook:
        if told.add(unit, room):
            for_story += unit.size + 2
    if told.said.issuperset(lead.units[0].said):  # no later paragraph without this one
        _go_on(told, paragraphs, for_story)
    asked = sum(unit.size + 2 for unit in kept if unit.kind == "question")
    for kind in dict.fromkeys(("point", *_kinds(voice.angles), "question")):
        for unit in stock.units[kind] if kind != "story" else ():
            told.add(unit, room if kind == "question" else room - asked)
    return told


def _go_on(told: Told, paragraphs: Sequence[Unit], room: float) -> None:
    for unit in paragraphs:
        if not told.add(unit, room):
            told.begin(unit, room)
            return


def _kept(stock: Stock, room: int) -> list[Unit]:
    """What a story leaves room for: the hook, the question, and the points if all of them fit."""
    kept: list[Unit] = []
    for kind in ("hook", "question", "point"):
        if stock.sizes[kind] <= room:
            kept += stock.units[kind]
            room -= stock.sizes[kind]
    return kept


def _opened(lead: Lead, room: float) -> Lead:
    """The lead by as many of its first sentences as there is room for, and by the first one anyway."""
    unit = lead.units[0]
    if unit.size <= room:
        return lead
    count = len(unit.said) - 1
    while count > 1 and cut(unit, range(count)).size > room:
        count -= 1
    return lead_with(lead.angle, cut(unit, range(max(count, 1))))


@cache
def _kinds(angles: tuple[str, ...]) -> tuple[str, ...]:
    ranked = dict.fromkeys("point" if kind == "list" else kind for kind in (*angles, *_USUAL))
    return tuple(kind for kind in ranked if kind in _USUAL)


def _remark(stock: Stock, lead: Lead, voice: Voice, others: Sequence[set[str]]) -> Told:
    told = Told(lead)
    least, most = voice.reads_well
    if told.length < least:
        able = [lead.units[0] for kind in _supporting(voice.angles) for lead in stock.leads[kind]]
        units = [unit for unit in able if unit in stock.units[unit.kind]]  # a title leads, and does not follow

        def rank(unit: Unit) -> tuple[bool, bool, int]:
            uses = [unit.said[0] in other for other in others]
            return unit.kind == told.angle, unit.kind not in voice.angles, sum(uses)

        any(told.add(unit, most) for unit in sorted(units, key=rank) if not told.said.issuperset(unit.said))
    return told


@cache
def _supporting(angles: tuple[str, ...]) -> tuple[str, ...]:
    kinds = dict.fromkeys((*("point" if kind == "list" else kind for kind in angles), *_USUAL, "question"))
    return tuple(kind for kind in kinds if kind != "call")


# --- telling it otherwise than others


def _differ(told: Told, others: Sequence[set[str]]) -> None:
    """Leave out what other channels say until little enough is shared with each, or with as few as can be."""
    alike = [_too_much(told.said, others)]
    if not alike[0]:
        return
    while any(told.drop(common) for common in alike[-1]):
        alike.append(_too_much(told.said, others))
    best = min(range(len(alike)), key=lambda drops: (len(alike[drops]), -drops))
    told.restore(len(alike) - 1 - best)
    told.alike = bool(alike[best])


def _refill(told: Told, stock: Stock, voice: Voice, others: Sequence[set[str]]) -> None:
    """Put other material in the room of what was left out, as long as that makes the channel like no other."""
    dropped = [unit for _, unit in told.dropped if unit.kind != "question"]  # after further drops it may do again
    kinds = ("hook", "point", "quote", "question")
    for unit in (unit for kind in kinds for unit in stock.units[kind] if unit not in dropped):
        before = len(told.units)
        if told.said.isdisjoint(unit.said) and told.add(unit, voice.reads_well[1]):
            if len(_too_much(told.said, others)) > told.alike:
                told.said.difference_update(unit.said)
                told.length -= told.units.pop().size + 2
            elif unit.kind == "question" and len(told.units) > before:
                break


def _too_much(said: set[str], others: Sequence[set[str]]) -> list[set[str]]:
    """What is shared with each other channel that shares too much."""
    found, whole = [], 0
    for other in others:
        common = said & other
        if common:
            shared, whole = sum(map(len, common)), whole or sum(map(len, said))
            # What both say together is at least what one of them says: most need no closer look.
            if shared > _MOST_SHARED * whole and shared > _MOST_SHARED * sum(map(len, said | other)):
                found.append(common)
    return found


def untold(stock: Stock, told: Told) -> tuple[Change, ...]:
    """The material this channel does not tell, each with the rule that left it out."""
    said, shared = told.said, {said for _, unit in told.dropped for said in unit.said}
    left = Counter(said for unit in told.units for said in unit.said) if stock.has_repeats else None
    found: list[Change] = []
    for unit, whole in stock.left_out:
        if left is None and said.isdisjoint(unit.said) and (not shared or shared.isdisjoint(unit.said)):
            found.append(whole)
        elif left is not None or not said.issuperset(unit.said):
            found += _missing(unit, said, shared, left)
    return tuple(found)


def _missing(unit: Unit, said: set[str], shared: set[str], left: Counter[str] | None) -> Iterator[Change]:
    """What of the unit is not told, by rule; of one that the material has twice, `left` counts the rest."""
    places: dict[str, list[int]] = {}
    for place, one in enumerate(unit.said):
        if one not in said:
            places.setdefault("distinct" if one in shared else "length", []).append(place)
        elif left is not None and not left[one]:
            places.setdefault("repeated", []).append(place)
        elif left is not None:
            left[one] -= 1
    for rule, some in places.items():
        yield Change(rule=rule, detail=cut(unit, some).text)
