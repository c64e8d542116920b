"""What a series' rule may say, and what is to be said of one that may not. Pure.

A rule is an RRULE (RFC 5545, section 3.3.10) that names days and no clock times; those stand in `at:`. What the library
would pass over in silence (`1MO` in a week, clock times, a part it knows under another name) is told here.
Source of the parts and of which go together: https://www.rfc-editor.org/rfc/rfc5545#section-3.3.10
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from publisher.content.spelling import suggest

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
LONGEST = 200
"""The most characters of a rule; the longest of RFC 5545's own examples has 76."""

_TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
_ELSEWHERE = {
    "BYHOUR": 'at: "09:30"', "BYMINUTE": 'at: "09:30"', "BYSECOND": 'at: "09:30"', "UNTIL": "until: 2026-12-31",
    "DTSTART": "from: 2026-01-01", "TZID": "timezone: in publisher.yml",
}  # fmt: skip
_DAY = r"(?:[+-]?[1-9]\d?)?(?:MO|TU|WE|TH|FR|SA|SU)"
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Fault(Struct, frozen=True, kw_only=True):
    """What is wrong with one piece of a rule, as written, and what to type instead."""

    piece: str
    message: str
    hint: str = ""


def split_rule(rule: str) -> dict[str, str]:
    """The parts of a rule by name, in capitals; what has no `=` is a part without a value."""
    pieces = (piece.partition("=") for piece in tidy_rule(rule).split(";"))
    return {name.strip(): value.strip() for name, _, value in pieces if name.strip()}


def tidy_rule(rule: str) -> str:
    """The rule in capitals, without the `RRULE:` that calendars put before it."""
    return rule.strip().upper().removeprefix("RRULE:")


def find_faults(rule: str, *, anchored: bool) -> Iterator[Fault]:
    """Everything that a rule cannot mean; `anchored` says that the series has a first day, from which it counts."""
    if len(rule) > LONGEST:
        yield Fault(piece="", message=f"the rule has {len(rule)} characters, and at most {LONGEST} are read")
        return
    pieces = [piece for piece in tidy_rule(rule).split(";") if piece.strip()]
    parts = split_rule(rule)
    if len(pieces) > len(parts):
        yield Fault(piece="", message="a part stands twice in this rule", hint="keep one of them")
    if "FREQ" not in parts:
        yield Fault(piece="", message="the rule does not say how often", hint="FREQ=WEEKLY;BYDAY=MO")
    faults = [fault for name, value in parts.items() for fault in _faults_of(name, value)]
    yield from faults
    if not faults:
        yield from _discords(parts)
    if not (faults or anchored):
        yield from _adrift(parts)


def _faults_of(name: str, value: str) -> Iterator[Fault]:
    piece = f"{name}={value}" if value else name
    if name in _ELSEWHERE:
        yield Fault(piece=piece, message=f"`{name}` has a line of its own", hint=_ELSEWHERE[name])
    elif name == "FREQ" and value in _TOO_OFTEN:
        message = f"`{value}` is more often than anybody should publish"
        yield Fault(piece=piece, message=message, hint='FREQ=DAILY, and several times: at: ["09:30", "16:00"]')
    elif name == "FREQ" and value not in FREQUENCIES:
        yield Fault(piece=piece, message=f"`{value[:40]}` is not how often", hint=suggest(value, FREQUENCIES))
    elif name not in _PARTS:
        yield Fault(piece=piece, message=f"`{name[:40]}` is no part of a rule", hint=suggest(name, tuple(_PARTS)))
    elif wrong := [one for one in value.split(",") if not _PARTS[name](one)]:
        message = f"`{wrong[0][:40]}` cannot stand in `{name}`"
        yield Fault(piece=piece, message=message, hint=_known(name, wrong[0]))
    elif name in _SINGLE and "," in value:
        yield Fault(piece=piece, message=f"`{name}` takes one value", hint=f"{name}={value.partition(',')[0]}")


def _discords(parts: Mapping[str, str]) -> Iterator[Fault]:
    """Parts that RFC 5545 does not allow beside this frequency; the library would pass over some of them."""
    frequency = parts.get("FREQ", "")
    for name, frequencies in _ONLY_WITH.items():
        if name in parts and frequency in FREQUENCIES and frequency not in frequencies:
            message = f"`{name}` cannot stand beside FREQ={frequency}"
            yield Fault(piece=f"{name}={parts[name]}", message=message, hint=f"FREQ={frequencies[0]}")
    numbered = any(sign.isdigit() for sign in parts.get("BYDAY", ""))
    if numbered and (frequency in ("DAILY", "WEEKLY") or "BYWEEKNO" in parts):
        message = "a numbered day (`1MO`, the first Monday) is one of a month or of a year"
        yield Fault(piece=f"BYDAY={parts['BYDAY']}", message=message, hint="FREQ=MONTHLY;BYDAY=1MO")
    if "BYSETPOS" in parts and not any(name in parts for name in _NAMES_DAYS):
        message = "`BYSETPOS` chooses among days, and this rule names none"
        yield Fault(piece=f"BYSETPOS={parts['BYSETPOS']}", message=message, hint="BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1")


def _adrift(parts: Mapping[str, str]) -> Iterator[Fault]:
    """What cannot be counted without a first day."""
    if parts.get("INTERVAL", "1") != "1" or "COUNT" in parts:
        name = "COUNT" if "COUNT" in parts else "INTERVAL"
        message = f"`{name}` counts from a first day, and the series has none"
        yield Fault(piece=f"{name}={parts[name]}", message=message, hint="from: 2026-01-01")
    elif parts.get("FREQ") in FREQUENCIES[1:] and not any(name in parts for name in (*_NAMES_DAYS, "BYSETPOS")):
        hint = "BYDAY=MO, or a first day: from: 2026-01-01"
        yield Fault(piece=f"FREQ={parts['FREQ']}", message="the rule does not say on which day", hint=hint)


def _among(least: int, most: int, *, signed: bool = False) -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        whole = re.fullmatch(r"(?a)[+-]?\d{1,4}" if signed else r"(?a)\d{1,4}", text)
        return bool(whole) and least <= (abs(int(text)) if signed else int(text)) <= most

    return fits


def _known(name: str, wrong: str) -> str:
    """What may stand in that part; a day of the week is spelled in two letters."""
    if name in ("BYDAY", "WKST"):
        near = [day for day in _DAYS if wrong.strip("+-0123456789").startswith(day)]
        return f"did you mean `{near[0]}`?" if near else "MO, TU, WE, TH, FR, SA, SU; in a month also 1MO or -1FR"
    return _RANGES[name]


_PARTS: Mapping[str, Callable[[str], bool]] = {
    "FREQ": lambda text: text in FREQUENCIES,
    "INTERVAL": _among(1, 999),
    "COUNT": _among(1, 9999),
    "BYDAY": lambda text: bool(re.fullmatch(_DAY, text)),
    "BYMONTHDAY": _among(1, 31, signed=True),
    "BYMONTH": _among(1, 12),
    "BYSETPOS": _among(1, 366, signed=True),
    "BYYEARDAY": _among(1, 366, signed=True),
    "BYWEEKNO": _among(1, 53, signed=True),
    "WKST": lambda text: text in _DAYS,
}
_RANGES = {
    "INTERVAL": "1 to 999", "COUNT": "1 to 9999", "BYMONTHDAY": "1 to 31, or -1 for the last day", "BYMONTH": "1 to 12",
    "BYSETPOS": "1 for the first, -1 for the last", "BYYEARDAY": "1 to 366, or -1 for the last day",
    "BYWEEKNO": "1 to 53, or -1 for the last week",
}  # fmt: skip
_SINGLE = ("FREQ", "INTERVAL", "COUNT", "WKST")
_NAMES_DAYS = ("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO")
_ONLY_WITH: Mapping[str, tuple[str, ...]] = {
    "BYWEEKNO": ("YEARLY",),
    "BYYEARDAY": ("YEARLY",),
    "BYMONTHDAY": ("MONTHLY", "YEARLY", "DAILY"),
}
