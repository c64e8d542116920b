"""Instants, days and durations as people type them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

_DIGITS = str.maketrans("123456789", "000000000")
_DAY = "0000-00-00"
_INSTANTS = {
    f"{_DAY}{between}00:00{seconds}{offset}"
    for between in " T"
    for seconds in ("", ":00")
    for offset in ("", "Z", "+00:00", "-00:00")
}
_LOOSE = r"(?ai)(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})(?:[ ,T]+(?:at )?(\d{1,2})(?:[:.h ](\d{2}))?(?::\d{2})?)?"
_SPAN = r"(?a)(\d{1,5})\s*([smhdw])\s*"
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_instant(text: str) -> datetime | None:
    """`2026-12-01 09:30`, with seconds and offset allowed; naive without an offset, None for anything else."""
    if text.translate(_DIGITS) not in _INSTANTS:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def parse_day(text: str) -> date | None:
    """`2026-12-01`, or None."""
    if text.translate(_DIGITS) != _DAY:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_span(text: str) -> timedelta | None:
    """`30m`, `24h`, `2d`, `1h 30m`; None for anything else."""
    parts = re.findall(_SPAN, text)
    if not parts or re.sub(_SPAN, "", text).strip():
        return None
    return sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in parts), timedelta())


def suggest_instant(text: str) -> str:
    """The instant somebody most likely meant, as it should be typed; empty when nobody can tell."""
    found = re.fullmatch(_LOOSE, text.strip())
    if not found:
        return ""
    year, month, day, hour, minute = (int(part) if part else 0 for part in found.groups())
    try:
        meant = datetime(year, month, day, hour, minute)  # noqa: DTZ001  # naive as typed: the project's zone comes later
    except ValueError:
        return ""
    return meant.strftime("%Y-%m-%d %H:%M") if found[4] else meant.strftime("%Y-%m-%d 09:00")
