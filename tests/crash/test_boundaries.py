"""Whatever a process was doing when it died, the next runs end with every part on its network exactly once.

For every network and every act (sending, editing, withdrawing) each boundary of a run is found by an undisturbed run,
and then one process after the other is killed there; once more with the ledger in a database. Then the command is run
again until it is quiet, and what the network holds is counted. `pytest tests/crash -s` prints how many boundaries there
were.
"""

from __future__ import annotations

import json
import shutil
import signal
from collections import Counter
from typing import Any

import pytest

from publisher.registry import networks
from tests.crash.conftest import Mortals, Stage
from tests.exemplars import channel_of
from tests.integration.conftest import NOW, Team

SETTINGS = {
    "x": 'handle: "@tidewater", settings: {premium: "true"}',
    "linkedin": 'handle: Tidewater, settings: {author: "urn:li:organization:1234"}',
    "facebook": 'handle: Tidewater, settings: {page: "1000"}',
    "instagram": 'handle: "@tidewater", settings: {user: "17841400000000000"}',
    "mastodon": 'handle: "@tidewater@mastodon.example", settings: {instance: "https://mastodon.example"}',
    "bluesky": 'handle: "@tidewater.example", settings: {service: "https://bsky.social", edits: "true"}',
    "apprise": "handle: Community chat",
}
HOME = """\
name: Tidewater
timezone: Europe/Paris
language: en
objectives: [awareness]
never_copied: off
media_base: https://files.example.org/
ledger: {ledger}
channels:
  here: {{network: {network}, {settings}}}
"""
WORDS = """\
---
title: Listening
objective: awareness
publish: {publish}
link: https://example.org/listening
media:
  - {{file: loop.jpg, alt: "A loop of three steps: listen, discuss, adapt"}}
channels: {{here: {{thread: true}}}}
---
{lead}

In spring we posted twice a day and heard nothing back. In summer we wrote half as often, and answered everybody who
wrote to us within the hour. It took a rota of two people and a plain table. The table is public, and it is short.

What did your last post bring you?
"""
RUN = ("run", "--now", NOW, "--json")
WRITES = {"git": "write", "sqlite": "commit"}
BLIND = {"apprise"}
"""Networks that show nobody what was sent: there a doubt, told to a person, is the right end."""


def settings_of(network: str) -> str:
    """Those of the example team."""
    channel = channel_of(network)
    return f"handle: {json.dumps(channel.handle)}, settings: {json.dumps(dict(channel.settings))}"


def write(
    team: Team,
    network: str,
    *,
    publish: str = "2026-11-23 09:30",
    lead: str = "Nobody is listening.",
    ledger: str = "git",
) -> None:
    home = HOME.format(network=network, settings=SETTINGS.get(network) or settings_of(network), ledger=ledger)
    (team.root / "publisher.yml").write_text(home, encoding="utf-8")
    (team.root / "content/2026/listening.md").write_text(WORDS.format(publish=publish, lead=lead), encoding="utf-8")
    team.commit()


def write_round(team: Team, number: int) -> str:
    """A post of its own for that round; gives the words it is known by."""
    lead = f"Round {number}."
    words = WORDS.format(publish="2026-11-23 09:30", lead=lead)
    (team.root / f"content/2026/round-{number}.md").write_text(words, encoding="utf-8")
    team.commit()
    return lead


def prepare(team: Team, mortals: Mortals, network: str, act: str, ledger: str) -> None:
    """Everything up to the act."""
    write(team, network, ledger=ledger)
    if act == "send":
        return
    ran = mortals.run(team, RUN)
    assert ran.code == 0, ran.out
    publish = "withdrawn" if act == "withdraw" else "2026-11-23 09:30"
    write(team, network, publish=publish, lead="Everybody is listening.", ledger=ledger)


def until_quiet(mortals: Mortals, team: Team) -> dict[str, Any]:
    """The state after as many runs as it takes; no more than a person would wait for."""
    for _ in range(4):
        rows = rows_of(mortals.run(team, RUN, watched=False).out)
        if not rows:
            break
        if rows[0]["state"] != "due":
            return rows[0]
    return rows_of(mortals.run(team, ("status", "--now", NOW, "--json"), watched=False).out)[0]


def rows_of(out: str) -> list[dict[str, Any]]:
    """The rows of `--json`, after the lines for people; an error has none and is shown."""
    assert "\n[" in f"\n{out}", out
    return list(json.loads(out[f"\n{out}".index("\n[") :]))


def held(mortals: Mortals, team: Team) -> list[dict[str, Any]]:
    told = mortals.run(team, ("sandbox", "posts", "--json"), watched=False)
    return list(json.loads(told.out))


def expected(mortals: Mortals, stage: Stage, network: str) -> tuple[list[str], Counter[str], str]:
    """The boundaries of an undisturbed run, what the network holds after it, and the state it ends in."""
    team = stage.again()
    ran = mortals.run(team, RUN)
    assert ran.code in (0, 1), ran.out
    (row,) = rows_of(ran.out)
    texts = Counter(post["text"] for post in held(mortals, team))
    shutil.rmtree(team.root)
    return ran.boundaries, texts, row["state"]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("act", ["send", "edit", "withdraw"])
@pytest.mark.parametrize(("network", "ledger"), [*((network, "git") for network in networks()), ("mastodon", "sqlite")])
def test_killed_at_every_boundary_every_part_is_there_exactly_once(
    network: str, ledger: str, act: str, stage: Stage, mortals: Mortals
) -> None:
    prepare(stage.team, mortals, network, act, ledger)
    boundaries, texts, state = expected(mortals, stage, network)
    assert {f"{when} {WRITES[ledger]}" for when in ("before", "after")} <= set(boundaries)
    assert state == ("withdrawn" if act == "withdraw" and network not in BLIND else "published")
    for last, boundary in enumerate(boundaries, 1):
        team = stage.again()
        killed = mortals.run(team, RUN, last)
        assert killed.code == -signal.SIGKILL, f"{boundary} ({last}): {killed.out}"
        row = until_quiet(mortals, team)
        now = Counter(post["text"] for post in held(mortals, team))
        if network in BLIND and row["state"] == "doubt":
            assert all(now[text] <= 1 for text in now), f"{boundary} ({last}): {now}"
        else:
            assert (row["state"], now) == (state, texts), f"{boundary} ({last}): {row}"
        shutil.rmtree(team.root)
    counts = f"killed at {len(boundaries)} boundaries, {sum(texts.values())} parts, each exactly once"
    print(f"\n{network}, {ledger}, {act}: {counts}")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda number: number.name)
def test_stopped_at_every_boundary_of_a_pushed_ledger_every_part_is_there_exactly_once(
    number: signal.Signals, team: Team, served: str, mortals: Mortals
) -> None:
    """The networks are in another process and every write of the ledger is a push; each round has a post of its own."""
    team.env["PUBLISHER_SANDBOX"] = served
    write(team, "mastodon", lead="The first makes the branch.")
    assert mortals.run(team, RUN, watched=False).code == 0
    write_round(team, 0)
    usual = mortals.run(team, RUN)
    assert "before push" in usual.boundaries, usual.out
    for last, boundary in enumerate(usual.boundaries, 1):
        lead = write_round(team, last)
        stopped = mortals.run(team, RUN, last, number)
        assert stopped.code in (-signal.SIGKILL, 130), f"{boundary} ({last}): {stopped.out}"
        until_quiet(mortals, team)
        there = Counter(post["text"] for post in held(mortals, team) if lead in post["text"])
        assert list(there.values()) == [1], f"{boundary} ({last}): {there}"
    print(f"\n{number.name} at {len(usual.boundaries)} boundaries with a pushed ledger, each part exactly once")
