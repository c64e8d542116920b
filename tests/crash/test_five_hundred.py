"""A network that answers 500 after it has posted, ten times in a row, ends with one post; by the real command line."""

from __future__ import annotations

from collections import Counter

import pytest

from publisher.registry import networks
from tests.crash.conftest import Mortals, Stage
from tests.crash.test_boundaries import held, rows_of, write


@pytest.mark.parametrize("calls", ["create", "any"])
@pytest.mark.parametrize("network", networks())
def test_ten_times_500_after_posting_ends_with_each_part_once(
    network: str, calls: str, stage: Stage, mortals: Mortals
) -> None:
    """Run every hour: `create` spoils the answers to posts alone, `any` those to log-ins, uploads and looks too.

    What was posted is found by the first look that is answered, so only `any` meets all ten.
    """
    team = stage.team
    write(team, network)
    dialled = ("sandbox", "fault", network, "after:500", "--times", "10", "--on", calls)
    assert mortals.run(team, dialled, watched=False).code == 0
    codes, rows = [], []
    for hour in range(12, 24):
        ran = mortals.run(team, ("run", "--now", f"2026-11-23T{hour}:00:00+01:00", "--json"), watched=False)
        codes.append(ran.code)
        rows = rows_of(ran.out) or rows
        counts = Counter(post["text"] for post in held(mortals, team))
        assert set(counts.values()) <= {1}, counts
        if ran.code == 0:
            break
    assert [row["state"] for row in rows] == ["published"], (codes, rows)
    assert len(rows[0]["receipts"]) == len(counts)
    assert codes[-1] == 0
    assert set(codes[:-1]) <= {3, 4}, codes
    left = rows_of(mortals.run(team, ("sandbox", "fault", "--json"), watched=False).out)
    assert (left == []) == (calls == "any"), left
