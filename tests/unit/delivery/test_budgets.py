"""What a network says of the calls that are left, and that nobody runs into the wall it names."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from publisher.delivery.budgets import find_reset

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=15)
STAMP = str(int(LATER.timestamp()))


def usage(**counts: float) -> dict[str, str]:
    return {"X-Business-Use-Case-Usage": json.dumps({"1000": [{"type": "pages", **counts}]})}


@pytest.mark.parametrize(
    "headers",
    [
        {"x-rate-limit-remaining": "0", "x-rate-limit-reset": STAMP},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": LATER.isoformat().replace("+00:00", "Z")},
        {"RateLimit-Remaining": "0", "RateLimit-Reset": STAMP},
        usage(call_count=100, total_cputime=3, total_time=3, estimated_time_to_regain_access=15),
        usage(call_count=3, total_cputime=104, total_time=3, estimated_time_to_regain_access=15),
    ],
)
def test_a_budget_that_is_used_up_says_until_when(headers: dict[str, str]) -> None:
    assert find_reset(headers, NOW) == LATER


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-rate-limit-remaining": "1", "x-rate-limit-reset": STAMP},
        {"x-rate-limit-remaining": "0"},
        {"x-rate-limit-remaining": "0", "x-rate-limit-reset": "soon"},
        {"x-rate-limit-remaining": "0", "x-rate-limit-reset": "9" * 40},
        {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(int(NOW.timestamp()) - 1)},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2026-11-23T12:15:00"},
        usage(call_count=99, estimated_time_to_regain_access=15),
        usage(call_count=100, estimated_time_to_regain_access=0),
        usage(call_count=100),
        {"X-Business-Use-Case-Usage": "[1]"},
        {"X-Business-Use-Case-Usage": "not json"},
    ],
)
def test_what_says_nothing_of_a_wall_is_none(headers: dict[str, str]) -> None:
    assert find_reset(headers, NOW) is None
