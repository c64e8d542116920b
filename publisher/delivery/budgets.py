"""What an answer says of the calls that are left, in each network's own form. Pure.

X sends `x-rate-limit-*` with the reset in seconds since 1970, Mastodon `X-RateLimit-*` with a date, Bluesky
`RateLimit-*` in seconds again. Meta sends percentages, and the minutes to wait once they are used up:
developers.facebook.com/docs/graph-api/overview/rate-limiting (read 2026-08-22).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

_PREFIXES = ("x-rate-limit", "x-ratelimit", "ratelimit")
_USED_UP = 100


def find_reset(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When this kind of call may be made again, None while some are left or nothing is said of it."""
    told = {name.lower(): value.strip() for name, value in headers.items()}
    resets = [*_counted(told), *_in_percent(told, now)]
    return max((reset for reset in resets if reset > now), default=None)


def _counted(told: Mapping[str, str]) -> Iterator[datetime]:
    for prefix in _PREFIXES:
        if told.get(f"{prefix}-remaining") == "0" and (reset := _instant(told.get(f"{prefix}-reset", ""))):
            yield reset


def _instant(written: str) -> datetime | None:
    try:
        if written.isascii() and written.isdigit():
            return datetime.fromtimestamp(int(written), UTC)
        instant = datetime.fromisoformat(written)
    except (ValueError, OverflowError, OSError):
        return None
    return instant.astimezone(UTC) if instant.tzinfo else None


def _in_percent(told: Mapping[str, str], now: datetime) -> Iterator[datetime]:
    """Meta's own: every use case of every object, with the minutes until it is open again."""
    try:
        cases = json.loads(told.get("x-business-use-case-usage", "{}"))
        for case in (case for listed in cases.values() for case in listed):
            if _is_used_up(case):
                yield now + timedelta(minutes=float(case["estimated_time_to_regain_access"]))
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return


def _is_used_up(case: Mapping[str, Any]) -> bool:
    return any(case.get(count, 0) >= _USED_UP for count in ("call_count", "total_cputime", "total_time"))
