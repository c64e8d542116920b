"""Reads the files of `schedules/`, with a finding for everything that cannot be meant. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, time, timedelta, tzinfo
from typing import TypeVar

from msgspec.structs import replace

from publisher.content.notes import Notes, Place
from publisher.content.spelling import find_near, suggest
from publisher.content.strict_yaml import Loaded, join, load
from publisher.content.times import parse_day, parse_span
from publisher.schedule.rules import find_faults
from publisher.schedule.series import EARLIEST, LATEST, Series
from publisher.schedule.timetable import DEFAULT, Queue, Quiet, Slot, Timetable
from publisher.words import Finding, Json, Severity

KEYS = ("slots", "series", "evergreen", "quiet", "gap", "daily")
KEYWORDS = ("next", "now", "withdrawn")
MOST_SERIES = 50
"""More than a team can fill; each one's first day is looked for, which takes up to a quarter of a second."""
SOON = timedelta(days=30)
"""A cool-down under which networks may take a repetition for spam; how long they remember is not published."""
NAME = r"[^\W\d_][\w-]*"
LONGEST_COOLDOWN = timedelta(days=3650)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Value = TypeVar("Value")


class Sheets:
    """Collects what several files say; the first to name something keeps it."""

    def __init__(self, zone: tzinfo, channels: Sequence[str]) -> None:
        self._findings: list[Finding] = []
        self._zone, self._channels = zone, channels
        self._slots: dict[str, Slot] = {}
        self._series: dict[str, Series] = {}
        self._queues: dict[str, tuple[Queue, Finding]] = {}
        self._quiet: list[Quiet] = []
        self._by_channel: dict[str, dict[str, Json]] = {"gap": {}, "daily": {}}

    def timetable(self) -> Timetable:
        """Everything that could be read."""
        gaps = {name: span for name, value in self._by_channel["gap"].items() if (span := parse_span(str(value)))}
        maxima = {name: most for name, most in self._by_channel["daily"].items() if isinstance(most, int)}
        return Timetable(
            zone=self._zone,
            slots=tuple(self._slots.values()),
            series=tuple(self._series.values()),
            queues=tuple(queue for queue, _ in self._queues.values()),
            quiet=tuple(self._quiet),
            gaps=gaps,
            maxima=maxima,
        )

    @property
    def findings(self) -> list[Finding]:
        """Everything to be said, of queues too whose slots no file has."""
        return [*self._findings, *self._lost()]

    def _lost(self) -> Iterator[Finding]:
        known = (*self._slots, *self._series)
        for queue, finding in self._queues.values():
            for name in queue.slots:
                if name not in known:
                    message = f"no schedule has a slot or a series `{name[:60]}`"
                    yield replace(finding, rule="unknown-slot", message=message, hint=suggest(name, known))

    def read(self, path: str, source: str | bytes) -> None:
        """Add one file."""
        notes = Notes(path)
        try:
            text = source.decode("utf-8-sig") if isinstance(source, bytes) else source
        except UnicodeDecodeError as error:
            notes.add("bad-encoding", "this file is not UTF-8", hint=f"save it as UTF-8 (byte {error.start})")
        else:
            sheet = load(text, path=path)
            self._findings.extend(sheet.findings)
            _Sheet(sheet, text, notes, self._channels).read(self)
        self._findings.extend(notes.found())

    def add_slot(self, slot: Slot) -> bool:
        """Whether the slot's name was still free."""
        return self._is_free(slot.name) and self._slots.setdefault(slot.name, slot) is slot

    def add_series(self, series: Series) -> bool:
        """Whether the name of the series was still free."""
        return self._is_free(series.name) and self._series.setdefault(series.name, series) is series

    def add_queue(self, queue: Queue, place: Finding) -> bool:
        """Whether the queue's name was still free; `place` is where its slots are named."""
        free = self._is_free(queue.name)
        if free:
            self._queues[queue.name] = (queue, place)
        return free

    def _is_free(self, name: str) -> bool:
        return not any(name in known for known in (self._slots, self._series, self._queues))

    @property
    def is_full(self) -> bool:
        """Whether there are as many series as are read."""
        return len(self._series) >= MOST_SERIES

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

    def __init__(self, loaded: Loaded, text: str, notes: Notes, channels: Sequence[str]) -> None:
        self._loaded, self._text, self._notes, self._channels = loaded, text, notes, channels

    def read(self, sheets: Sheets) -> None:
        if self._loaded.broken or self._loaded.value is None:
            return
        top = dict(self._entries("", self._loaded.value, KEYS))
        for key, adds in (("slots", self._slot), ("series", self._series), ("evergreen", self._queue)):
            for name, value in self._entries(key, top.get(key, {})):
                if self._is_name(join(key, name), name):
                    adds(join(key, name), name, value, sheets)
        for number, value in enumerate(self._list("quiet", top.get("quiet", []))):
            self._quiet(join("quiet", number), value, sheets)
        for key, reads in (("gap", self._span), ("daily", self._count)):
            self._rules(key, top.get(key, {}), reads, sheets)

    # --- the parts

    def _is_name(self, key: str, name: str) -> bool:
        """Whether a post can say it in `publish:`."""
        if name in KEYWORDS:
            message = f"`{name}` already means something in `publish:`"
            self._refuse("bad-slot", message, key, "give the slot another name")
        elif not re.fullmatch(NAME, name):
            message = f"`{name[:60]}` cannot be written in `publish:`"
            self._refuse("bad-slot", message, key, "begin with a letter; then letters, digits and `-`")
        else:
            return True
        return False

    def _slot(self, key: str, name: str, value: Json, sheets: Sheets) -> None:
        found = dict(self._entries(key, value, ("days", "at", "channels")))
        if isinstance(value, dict) and "at" not in found:
            self._refuse("no-time", f"the slot `{name}` has no time", key, 'at: "09:30"')
        elif found:
            days = self._each(join(key, "days"), found.get("days", list(DAYS)), self._day)
            clocks = self._each(join(key, "at"), found["at"], self._clock)
            named = self._channels_of(key, found)
            slot = Slot(name=name, days=tuple(sorted(set(days))), at=clocks, channels=named or ())
            if days and clocks and named is not None and not sheets.add_slot(slot):
                self._doubled(key, name)

    def _series(self, key: str, name: str, value: Json, sheets: Sheets) -> None:
        found = dict(self._entries(key, value, ("rule", "at", "channels", "from", "until")))
        lacking = [part for part in ("rule", "at") if part not in found]
        if isinstance(value, dict) and lacking:
            hint = {"rule": "rule: FREQ=WEEKLY;BYDAY=MO", "at": 'at: "09:30"'}[lacking[0]]
            self._refuse("no-rule" if "rule" in lacking else "no-time", _lacks(name, lacking[0]), key, hint)
        elif sheets.is_full:
            self._refuse("too-many", f"there are more than {MOST_SERIES} series", key, "remove those that are over")
        elif found:
            series = self._read_series(key, name, found)
            if series and not sheets.add_series(series):
                self._doubled(key, name)

    def _read_series(self, key: str, name: str, found: dict[str, Json]) -> Series | None:
        days = {part: self._date(join(key, part), found[part]) for part in ("from", "until") if part in found}
        clocks = self._each(join(key, "at"), found["at"], self._clock)
        named, rule = self._channels_of(key, found), str(found["rule"])
        sound = self._is_rule(join(key, "rule"), rule, anchored="from" in found)
        if not (clocks and sound and named is not None and all(days.values())):
            return None
        first, last = days.get("from"), days.get("until") or LATEST
        if any(not EARLIEST <= day <= LATEST for day in days.values() if day):
            self._refuse(
                "bad-date", f"a series lies between {EARLIEST.year} and {LATEST.year}", key, "from: 2026-01-01"
            )
            return None
        if first and last < first:
            self._refuse("bad-date", "this series ends before it begins", join(key, "until"), "exchange the days")
            return None
        series = Series(name=name, rule=rule, at=tuple(sorted(set(clocks))), channels=named, first=first, last=last)
        if not series.happens:
            until = f" between {first or EARLIEST} and {last}" if days else ""
            self._refuse("never-happens", f"no day fits this rule{until}", join(key, "rule"), "look at its parts again")
            return None
        return series

    def _is_rule(self, key: str, rule: str, *, anchored: bool) -> bool:
        faults = list(find_faults(rule, anchored=anchored))
        for fault in faults:
            self._notes.add("bad-rule", fault.message, self._place_of(key, fault.piece), hint=fault.hint)
        return not faults

    def _place_of(self, key: str, piece: str) -> Place:
        """Where a piece of a value stands in the file; the value's beginning where it cannot be found."""
        line, column = self._loaded.value_at(key)
        written = self._text.split("\n")[line - 1].upper() if piece else ""
        found = written.find(piece, column - 1)
        return line, found + 1 if piece and found >= 0 else column

    def _queue(self, key: str, name: str, value: Json, sheets: Sheets) -> None:
        found = dict(self._entries(key, value, ("slots", "cooldown", "channels")))
        lacking = [part for part in ("slots", "cooldown") if part not in found]
        if isinstance(value, dict) and lacking:
            hint = {"slots": "slots: lunch", "cooldown": "cooldown: 90d"}[lacking[0]]
            self._refuse("no-slot" if "slots" in lacking else "no-cooldown", _lacks(name, lacking[0]), key, hint)
        elif found:
            slots = tuple(str(one) for one in self._list("", found["slots"]))
            cooldown, named = self._cooldown(join(key, "cooldown"), found["cooldown"]), self._channels_of(key, found)
            if cooldown is None or named is None or not slots:
                return
            line, column = self._loaded.value_at(join(key, "slots"))
            place = Finding(rule="", message="", path=self._notes.path, line=line, column=column)
            if not sheets.add_queue(Queue(name=name, slots=slots, cooldown=cooldown, channels=named), place):
                self._doubled(key, name)

    def _cooldown(self, key: str, value: Json) -> timedelta | None:
        span = parse_span(str(value))
        if span is None or span % timedelta(days=1) or not span or span > LONGEST_COOLDOWN:
            self._refuse("bad-duration", f"`{str(value)[:40]}` is not a number of days", key, "cooldown: 90d")
            return None
        if span < SOON:
            message = f"a cool-down of {span.days} days is short: networks may refuse words that come again so soon"
            at = self._loaded.key_at(key)
            self._notes.add("short-cooldown", message, at, severity=Severity.WARNING, hint=f"{SOON.days}d or more")
        return span

    def _channels_of(self, key: str, found: dict[str, Json]) -> tuple[str, ...] | None:
        """The channels named; none where all are meant, None where what is named is none."""
        named = self._each(join(key, "channels"), found.get("channels", []), self._channel)
        return named if named or "channels" not in found else None

    def _doubled(self, key: str, name: str) -> None:
        self._refuse("doubled-slot", f"something else is called `{name}` already", key, "rename one of them")

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


def _lacks(name: str, part: str) -> str:
    return f"`{name}` has no {'time' if part == 'at' else part}"


def _what(value: Json) -> str:
    return "nothing" if value is None else f"`{str(value)[:40]}`"
