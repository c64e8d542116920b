"""Reads the files of `schedules/`, with a finding for everything that cannot be meant. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, time, tzinfo
from typing import TypeVar

from publisher.content.notes import Notes
from publisher.content.spelling import find_near, suggest
from publisher.content.strict_yaml import Loaded, join, load
from publisher.content.times import parse_day, parse_span
from publisher.schedule.timetable import DEFAULT, Quiet, Slot, Timetable
from publisher.words import Finding, Json

KEYS = ("slots", "quiet", "gap", "daily")
KEYWORDS = ("next", "now", "withdrawn")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Value = TypeVar("Value")


class Sheets:
    """Collects what several files say; the first to name something keeps it."""

    def __init__(self, zone: tzinfo, channels: Sequence[str]) -> None:
        self.findings: list[Finding] = []
        self._zone, self._channels = zone, channels
        self._slots: dict[str, Slot] = {}
        self._quiet: list[Quiet] = []
        self._by_channel: dict[str, dict[str, Json]] = {"gap": {}, "daily": {}}

    def timetable(self) -> Timetable:
        """Everything that could be read."""
        gaps = {name: span for name, value in self._by_channel["gap"].items() if (span := parse_span(str(value)))}
        maxima = {name: most for name, most in self._by_channel["daily"].items() if isinstance(most, int)}
        slots, quiet = tuple(self._slots.values()), tuple(self._quiet)
        return Timetable(zone=self._zone, slots=slots, quiet=quiet, gaps=gaps, maxima=maxima)

    def read(self, path: str, source: str | bytes) -> None:
        """Add one file."""
        notes = Notes(path)
        try:
            text = source.decode("utf-8-sig") if isinstance(source, bytes) else source
        except UnicodeDecodeError as error:
            notes.add("bad-encoding", "this file is not UTF-8", hint=f"save it as UTF-8 (byte {error.start})")
        else:
            sheet = load(text, path=path)
            self.findings.extend(sheet.findings)
            _Sheet(sheet, notes, self._channels).read(self)
        self.findings.extend(notes.found())

    def add_slot(self, slot: Slot) -> bool:
        """Whether the slot's name was still free."""
        return self._slots.setdefault(slot.name, slot) is slot

    def add_quiet(self, quiet: Quiet) -> None:
        """Add a quiet period."""
        self._quiet.append(quiet)

    def add_rule(self, key: str, channel: str, value: Json) -> bool:
        """Whether nobody had said it of that channel yet."""
        known = self._by_channel[key]
        free = channel not in known
        known.setdefault(channel, value)
        return free


class _Sheet:
    """One file."""

    def __init__(self, loaded: Loaded, notes: Notes, channels: Sequence[str]) -> None:
        self._loaded, self._notes, self._channels = loaded, notes, channels

    def read(self, sheets: Sheets) -> None:
        if self._loaded.broken or self._loaded.value is None:
            return
        top = dict(self._entries("", self._loaded.value, KEYS))
        for name, value in self._entries("slots", top.get("slots", {})):
            self._slot(join("slots", name), name, value, sheets)
        for number, value in enumerate(self._list("quiet", top.get("quiet", []))):
            self._quiet(join("quiet", number), value, sheets)
        for key, reads in (("gap", self._span), ("daily", self._count)):
            self._rules(key, top.get(key, {}), reads, sheets)

    # --- the parts

    def _slot(self, key: str, name: str, value: Json, sheets: Sheets) -> None:
        found = dict(self._entries(key, value, ("days", "at", "channels")))
        if name in KEYWORDS:
            self._refuse(
                "bad-slot", f"`{name}` already means something in `publish:`", key, "give the slot another name"
            )
        elif isinstance(value, dict) and "at" not in found:
            self._refuse("no-time", f"the slot `{name}` has no time", key, 'at: "09:30"')
        elif found:
            days = self._each(join(key, "days"), found.get("days", list(DAYS)), self._day)
            clocks = self._each(join(key, "at"), found["at"], self._clock)
            named = self._each(join(key, "channels"), found.get("channels", []), self._channel)
            unsure = not named and "channels" in found
            slot = Slot(name=name, days=tuple(sorted(set(days))), at=clocks, channels=named)
            if days and clocks and not unsure and not sheets.add_slot(slot):
                self._refuse("doubled-slot", f"another file has a slot `{name}` already", key, "rename one of them")

    def _quiet(self, key: str, value: Json, sheets: Sheets) -> None:
        found = dict(self._entries(key, value, ("from", "to", "days", "why")))
        why = str(found.get("why") or "quiet days")
        days = self._each(join(key, "days"), found.get("days", []), self._day)
        if days:
            sheets.add_quiet(Quiet(why=why, days=days))
        if "from" in found or "to" in found:
            first = self._date(join(key, "from"), found.get("from", found.get("to")))
            last = self._date(join(key, "to"), found.get("to", found.get("from")))
            if first and last and last < first:
                self._refuse(
                    "bad-date", "this quiet period ends before it begins", join(key, "to"), "exchange the days"
                )
            elif first and last:
                sheets.add_quiet(Quiet(why=why, first=first, last=last))
        elif "days" not in found:
            self._refuse(
                "no-days", "a quiet period needs days", key, "{from: 2026-12-24, to: 2026-12-27, why: holidays}"
            )

    def _rules(self, key: str, value: Json, reads: Callable[[str, Json], Json], sheets: Sheets) -> None:
        named = value if isinstance(value, dict) else {DEFAULT: value}
        for name, one in named.items():
            at = join(key, name) if isinstance(value, dict) else key
            if name != DEFAULT and name not in self._channels:
                self._refuse(
                    "unknown-channel", f"`{name}` is no channel", at, suggest(name, (*self._channels, DEFAULT))
                )
            elif (read := reads(at, one)) is not None and not sheets.add_rule(key, name, read):
                self._refuse("doubled-rule", f"another file says the {key} of `{name}` already", at, "keep one of them")

    # --- the values

    def _entries(self, key: str, value: Json, known: Sequence[str] = ()) -> Iterator[tuple[str, Json]]:
        if not isinstance(value, dict):
            example = f"{key.rpartition('.')[2] or 'slots'}: {{…}}"
            self._refuse("bad-value", f"{_what(value)} stands where `key: value` lines belong", key, example)
            return
        for name, one in value.items():
            if known and name not in known:
                self._refuse("unknown-key", f"`{name}` is not known here", join(key, name), suggest(name, known))
            else:
                yield name, one

    def _list(self, key: str, value: Json) -> list[Json]:
        return value if isinstance(value, list) else [value]

    def _each(self, key: str, value: Json, reads: Callable[[str, Json], Value | None]) -> tuple[Value, ...]:
        several = isinstance(value, list)
        found = [reads(join(key, n) if several else key, one) for n, one in enumerate(self._list(key, value))]
        return tuple(one for one in found if one is not None)

    def _day(self, key: str, value: Json) -> int | None:
        word = str(value).casefold()
        for number, day in enumerate(DAYS):
            if word in (day, day[:3]):
                return number
        near = find_near(word, (*DAYS, *(day[:3] for day in DAYS)))
        hint = f"did you mean `{near[:3]}`?" if near else f"known: {', '.join(day[:3] for day in DAYS)}"
        self._refuse("bad-day", f"`{value}` is not a day of the week", key, hint)
        return None

    def _clock(self, key: str, value: Json) -> time | None:
        text = str(value)
        try:
            if not (len(text) == 5 and text[2] == ":"):
                raise ValueError(text)
            return time.fromisoformat(text)
        except ValueError:
            self._refuse("bad-time", f"`{text[:40]}` is not a time of day", key, 'at: "09:30"')
            return None

    def _date(self, key: str, value: Json) -> date | None:
        day = parse_day(str(value))
        if day is None:
            self._refuse("bad-date", f"`{str(value)[:40]}` is not a day", key, "2026-12-24")
        return day

    def _channel(self, key: str, value: Json) -> str | None:
        if str(value) in self._channels:
            return str(value)
        self._refuse("unknown-channel", f"`{value}` is no channel", key, suggest(str(value), self._channels))
        return None

    def _span(self, key: str, value: Json) -> Json:
        if parse_span(str(value)) is not None:
            return str(value)
        self._refuse("bad-duration", f"`{str(value)[:40]}` is not a duration", key, "30m, 4h or 1d")
        return None

    def _count(self, key: str, value: Json) -> Json:
        if type(value) is int and value > 0:
            return value
        self._refuse("bad-number", f"`{str(value)[:40]}` is not a number of posts a day", key, "1 or more")
        return None

    def _refuse(self, rule: str, message: str, key: str, hint: str) -> None:
        self._notes.add(rule, message, self._loaded.key_at(key), hint=hint)


def _what(value: Json) -> str:
    return "nothing" if value is None else f"`{str(value)[:40]}`"
