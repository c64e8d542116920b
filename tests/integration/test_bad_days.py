"""Bad days of every kind on all six networks at once: the right word, the right exit code, one copy in the end.

Three runs, twenty minutes apart, of the real command line against a sandbox in another process.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from publisher.sandbox.harness import FAULTS
from tests.integration.conftest import Team
from tests.integration.console import Console, Said, states

SIX = ("x", "linkedin", "facebook", "instagram", "mastodon", "bluesky")
MOMENTS = tuple(f"2026-11-23T12:{minute}:00+01:00" for minute in ("00", "20", "40"))
TOMORROW = "2026-11-24T09:00:00+01:00"
FOREVER, EVERY_TRY = 40, 4
LOOKS = {
    "x": "/2/users",
    "linkedin": "/rest/posts",
    "facebook": "/published_posts",
    "mastodon": "/accounts",
    "bluesky": "getRecord",
}

KINDS = [kind.replace("status:NNN", "status:503").replace("after:NNN", "after:500") for kind in FAULTS]
DONE_BUT_UNHEARD = ("lost", "timeout", "after:500", "html", "cut", "no-id")
LASTING = {
    "refused": ("due", "Deferred", 3),
    "expired": ("failed", "Unauthorized", 3),
    "limited": ("later", "Deferred", 3),
    "status:503": ("due", "Uncertain", 3),
}


class Day:
    """A team with one due post on six networks and a sandbox that can be made to misbehave."""

    def __init__(self, team: Team, url: str, state: Path) -> None:
        self.console = Console(team.root, {**team.env, "PUBLISHER_SANDBOX": url, "PUBLISHER_NOW": None})
        self._state = ("--state", str(state))
        team.write("listening")
        team.commit()
        team.git("push", "-q")

    def dial(self, kind: str, *, on: str = "create", times: int = 1, networks: tuple[str, ...] = SIX) -> None:
        for network in networks:
            said = self.console.inside("sandbox fault", network, kind, "--on", on, "--times", str(times), *self._state)
            assert said.code == 0

    def end(self) -> None:
        """The networks are well again."""
        assert self.console.inside("sandbox fault", "--clear", *self._state).code == 0

    def run(self, moment: str, code: int | None = None) -> list[dict[str, Any]]:
        said: Said = self.console.inside("run", "--json", "--now", moment)
        assert code is None or said.code == code, said.all
        rows: list[dict[str, Any]] = said.json
        return rows

    def live(self) -> Counter[tuple[str, str]]:
        held = self.console.inside("sandbox posts", "--json").json
        return Counter((post["network"], post["text"]) for post in held)

    def wanted(self) -> set[tuple[str, str]]:
        shown = self.console.inside("preview", "content/2026/listening.md", "--json").json
        return {(row["network"], part["text"]) for row in shown for part in row["parts"]}

    def check_all_is_well_in_the_end(self) -> None:
        """Every part on its network exactly once, every channel published, and a further run with nothing to do."""
        status = self.console.inside("status", "--json", "--now", TOMORROW).json
        assert states(status) == dict.fromkeys(SIX, "published")
        assert self.live() == Counter(self.wanted())
        assert "Nothing is due" in self.console.inside("run", "--now", TOMORROW).out


@pytest.fixture
def day(team: Team, served: str, tmp_path: Path) -> Day:
    return Day(team, served, tmp_path / "served.db")


@pytest.mark.parametrize("kind", DONE_BUT_UNHEARD)
def test_what_was_done_but_never_answered_is_found_in_the_same_run(day: Day, kind: str) -> None:
    day.dial(kind)
    first = day.run(MOMENTS[0], code=0)
    assert states(first) == dict.fromkeys(SIX, "published")
    assert all(row["receipts"] and row["error"] == "" for row in first)
    for moment in MOMENTS[1:]:
        assert day.run(moment, code=0) == []
    day.check_all_is_well_in_the_end()


def test_what_nobody_could_look_for_is_a_doubt_until_somebody_can(day: Day) -> None:
    """The part goes out, its answer is lost, and no look is allowed after it: nothing is sent over it."""
    for network, look in LOOKS.items():
        day.dial("lost", networks=(network,))
        day.dial("limited", on=look, times=FOREVER, networks=(network,))
    for moment in MOMENTS[:2]:
        rows = [row for row in day.run(moment, code=4) if row["channel"] in LOOKS]
        assert states(rows) == dict.fromkeys(LOOKS, "doubt")
        assert [row["reason"] for row in rows if "looking" not in row["reason"]] == []
    status = day.console.inside("status", "--json", "--now", MOMENTS[1]).json
    assert states(status) == dict.fromkeys(LOOKS, "doubt") | {"instagram": "published"}
    day.end()
    day.run(MOMENTS[2], code=0)
    day.check_all_is_well_in_the_end()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in DONE_BUT_UNHEARD])
def test_what_was_not_done_is_told_by_its_name_and_sent_by_a_later_run(day: Day, kind: str) -> None:
    state, error, code = LASTING[kind]
    day.dial(kind, times=EVERY_TRY)
    first = day.run(MOMENTS[0], code=code)
    assert states(first) == dict.fromkeys(SIX, state)
    assert {row["error"] for row in first} == {error}
    assert all(row["reason"] and not row["receipts"] for row in first)
    assert day.live() == Counter()
    day.end()
    day.run(MOMENTS[1], code=0)
    day.run(MOMENTS[2], code=0)
    day.run(TOMORROW, code=0)
    day.check_all_is_well_in_the_end()


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_on_the_way_there_ends_with_one_copy(day: Day, kind: str) -> None:
    """The first request of each channel, a log-in or an upload, meets the fault."""
    day.dial(kind, on="any")
    for moment in MOMENTS:
        rows = day.run(moment)
        assert {row["state"] for row in rows} <= {"published", "due", "later", "failed"}
    day.run(TOMORROW, code=0)
    day.check_all_is_well_in_the_end()


def test_a_status_that_refuses_the_post_is_final_until_the_post_changes(day: Day) -> None:
    day.dial("status:422", networks=("mastodon",))
    first = {row["channel"]: row for row in day.run(MOMENTS[0], code=3)}
    assert (first["mastodon"]["state"], first["mastodon"]["error"]) == ("failed", "Rejected")
    assert {row["state"] for name, row in first.items() if name != "mastodon"} == {"published"}
    for moment in MOMENTS[1:]:
        assert states(day.run(moment, code=0)) == dict.fromkeys(SIX, "published") | {"mastodon": "failed"}
    assert {network for network, _ in day.live()} == set(SIX) - {"mastodon"}
    shown = day.console.inside("status", "--now", MOMENTS[2])
    assert "failed" in shown.out


def test_one_bad_day_of_each_kind_at_once_stops_nobody_else(day: Day) -> None:
    for network, kind in zip(SIX, ("refused", "lost", "expired", "limited", "status:503", "no-id"), strict=True):
        day.dial(kind, networks=(network,), times=1 if kind in DONE_BUT_UNHEARD else FOREVER)
    first = {row["channel"]: (row["state"], row["error"]) for row in day.run(MOMENTS[0], code=3)}
    assert first == {
        "x": ("due", "Deferred"),
        "linkedin": ("published", ""),
        "facebook": ("failed", "Unauthorized"),
        "instagram": ("later", "Deferred"),
        "mastodon": ("due", "Uncertain"),
        "bluesky": ("published", ""),
    }
    day.end()
    day.run(MOMENTS[1])
    day.run(TOMORROW, code=0)
    day.check_all_is_well_in_the_end()
