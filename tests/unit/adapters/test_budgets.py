"""What each network says of the calls that are left, and that nobody runs into the wall it names."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

import adapters._meta.verdicts as meta
import adapters.bluesky.client as bluesky
import adapters.mastodon.client as mastodon
import adapters.x.verdicts as x
from adapters.instagram.client import InstagramClient
from publisher.adapter import Client
from publisher.delivery.courier import Courier, Job, Outcome
from publisher.delivery.scribe import Scribe
from publisher.delivery.wire import Session
from publisher.ledger.in_memory import InMemoryLedger, Memory
from publisher.ledger.runner import Runner
from publisher.model import Channel, Json, Part, Rendition
from publisher.sandbox.harness import Harness
from publisher.sandbox.transport import InProcess, Speaker
from publisher.testing import NOW, Rehearsal, media

SOON, LATER = NOW + timedelta(minutes=15), NOW + timedelta(hours=20)


def stamp(instant: datetime) -> str:
    return str(int(instant.timestamp()))


def usage(*minutes: int) -> dict[str, str]:
    cases = [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": one} for one in minutes]
    return {"X-Business-Use-Case-Usage": json.dumps({"1000": cases})}


def answer(status: int, headers: Mapping[str, str], body: object = None) -> requests.Response:
    made = requests.Response()
    made.status_code, made._content, made.encoding = status, json.dumps(body).encode(), "utf-8"
    made.headers.update(headers)
    return made


# --- what is said


def family(name: str, left: str, reset: datetime) -> dict[str, str]:
    return {f"{name}-remaining": left, f"{name}-reset": stamp(reset)}


QUARTER, APP_DAY, USER_DAY = "x-rate-limit", "x-app-limit-24hour", "x-user-limit-24hour"


@pytest.mark.parametrize("status", [201, 429])
@pytest.mark.parametrize(
    ("headers", "until"),
    [
        (family(QUARTER, "0", SOON), SOON),
        (family(QUARTER, "0", SOON) | family(APP_DAY, "9999", LATER), SOON),
        (family(QUARTER, "41", SOON) | family(APP_DAY, "0", LATER), LATER),
        (family(QUARTER, "41", SOON) | family(USER_DAY, "0", LATER), LATER),
        (family(QUARTER, "0", SOON) | family(USER_DAY, "0", LATER), LATER),
        (family(QUARTER, "0", SOON) | family(USER_DAY, "0", NOW), SOON),
        ({f"{QUARTER}-remaining": "0"}, None),
        ({f"{QUARTER}-remaining": "0", f"{QUARTER}-reset": "soon"}, None),
        (family(QUARTER, "0", NOW - timedelta(seconds=1)), None),
        ({}, None),
    ],
)
def test_x_waits_for_the_last_limit_that_is_used_up(
    status: int, headers: dict[str, str], until: datetime | None
) -> None:
    assert x.regain(answer(status, headers), NOW) == until


def test_x_waits_for_the_soonest_limit_only_where_it_refuses() -> None:
    headers = family(QUARTER, "41", SOON) | family(APP_DAY, "9", LATER)
    assert [x.regain(answer(status, headers), NOW) for status in (429, 402, 201, 503)] == [SOON, SOON, None, None]


def test_x_names_the_end_of_a_spend_cap_in_the_body() -> None:
    capped: Json = {"title": "SpendCapReached", "detail": "reached its spend cap", "reset_date": "2026-12-14"}
    assert x.regain(answer(403, family(QUARTER, "41", SOON), capped), NOW) == datetime(2026, 12, 14, tzinfo=UTC)
    assert x.regain(answer(403, {}, {**capped, "reset_date": "soon"}), NOW) is None


@pytest.mark.parametrize(
    ("status", "left", "reset", "until"),
    [
        (200, "0", "2026-11-23T09:45:00.000000Z", SOON),
        (200, "0", stamp(SOON), SOON),
        (200, "1", "2026-11-23T09:45:00.000000Z", None),
        (429, "", "2026-11-23T09:45:00.000000Z", SOON),
        (200, "0", "2026-11-23T09:45:00", None),
        (200, "0", "soon", None),
        (429, "", "", None),
    ],
)
def test_mastodon_names_a_date_and_others_of_its_kind_seconds(
    status: int, left: str, reset: str, until: datetime | None
) -> None:
    headers = {"X-RateLimit-Remaining": left, "X-RateLimit-Reset": reset}
    assert mastodon.regain(answer(status, headers), NOW) == until


@pytest.mark.parametrize(
    ("status", "left", "reset", "until"),
    [
        (200, "0", stamp(SOON), SOON),
        (200, "2", stamp(SOON), SOON),
        (200, "3", stamp(SOON), None),
        (429, "", stamp(SOON), SOON),
        (200, "", stamp(SOON), None),
        (200, "0", "soon", None),
    ],
)
def test_bluesky_has_no_points_left_for_a_post_while_it_has_two(
    status: int, left: str, reset: str, until: datetime | None
) -> None:
    assert bluesky.regain(answer(status, {"RateLimit-Remaining": left, "RateLimit-Reset": reset}), NOW) == until


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    ("headers", "until"),
    [
        (usage(15), SOON),
        (usage(0, 15, 3), SOON),
        (usage(0), None),
        ({"X-App-Usage": '{"call_count":100,"total_cputime":1,"total_time":1}'}, None),
        ({"X-Business-Use-Case-Usage": "[1]"}, None),
        ({"X-Business-Use-Case-Usage": "not json"}, None),
        ({"X-Business-Use-Case-Usage": '{"1": [{"estimated_time_to_regain_access": 1e999}]}'}, None),
        ({}, None),
    ],
)
def test_meta_names_the_minutes_until_calls_are_taken_again(
    status: int, headers: dict[str, str], until: datetime | None
) -> None:
    assert meta.regain(answer(status, headers), NOW) == until


# --- what is done


class Amended(InProcess):
    """The way to the sandbox, with these headers on every answer."""

    headers: Mapping[str, str] = {}

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        answered = super().send(request, *args, **kwargs)
        answered.headers.update(self.headers)
        return answered


class Desk:
    """One channel of a network whose sandbox keeps time with the desk, and what its courier carries."""

    def __init__(self, network: str, settings: Mapping[str, str], folder: Path) -> None:
        self.now, self.memory = NOW, Memory()
        self.rehearsal = Rehearsal(network, settings, folder, handle="@tidewater.example")
        self.headers: Mapping[str, str] = {}

    @property
    def network(self) -> str:
        return self.rehearsal.adapter.network

    def connect(self) -> Client:
        real: Any = self.rehearsal.adapter
        speaker = Speaker(network=self.network, channel=self.network, handle="@tidewater.example")
        way = Amended(Harness(self.rehearsal.world, lambda _, world: real.stand_in(world)), speaker, lambda: self.now)
        way.headers = self.headers
        session = Session(way, clock=lambda: self.now, secrets=self.rehearsal.secrets.values())
        if self.network == "instagram":
            return InstagramClient(self.rehearsal.account, session, self.wait)
        return self.rehearsal.adapter.connect(self.rehearsal.account, session)

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def run(self, *texts: str) -> tuple[Outcome, ...]:
        """One run in which each text is a post."""
        client, ledger = self.connect(), InMemoryLedger(self.memory, clock=lambda: self.now)
        courier = Courier(
            scribe=Scribe(ledger, Runner(host="here", pid=1)),
            connect=lambda _channel, _remember: client,
            clock=lambda: self.now,
            deliver=lambda call: call(),
        )
        return courier.carry([self.job(text) for text in texts], ledger.read(texts))

    def job(self, text: str) -> Job:
        native: dict[str, Json] = {"bluesky": {"langs": ["en"]}, "mastodon": {"language": "en"}}.get(self.network, {})
        pictures = (media(),) if self.network == "instagram" else ()
        part = Part(kind="post", text=text, length=len(text), limit=280, media=pictures, native=native)
        rendition = Rendition(post=text, channel=self.network, network=self.network, parts=(part,))
        return Job(channel=Channel(name=self.network, network=self.network), rendition=rendition, blob="b" * 40)

    # --- one more post, and none is left

    def note(self, key: str, value: Json) -> None:
        self.rehearsal.world.note(self.network, key, value)

    def spend_x(self) -> None:
        self.note(f"counter:tweets:x:{int(NOW.timestamp()) // 900 * 900}", 99)

    def spend_mastodon(self) -> None:
        self.note(f"counter:statuses:mastodon:{int(NOW.timestamp()) // 10_800}", 299)

    def spend_bluesky(self) -> None:
        client: Any = self.connect()
        client._log_in()
        self.note(f"spent:{client._did}:3600", {"window": int(NOW.timestamp()) // 3600, "spent": 4995})

    def spend_meta(self) -> None:
        self.headers = usage(15)


@pytest.mark.parametrize(
    ("network", "settings", "spend", "until"),
    [
        ("x", {}, Desk.spend_x, NOW.replace(minute=45)),
        ("mastodon", {"instance": "https://mastodon.example"}, Desk.spend_mastodon, NOW.replace(hour=12, minute=0)),
        ("bluesky", {}, Desk.spend_bluesky, NOW.replace(hour=10, minute=0)),
        ("facebook", {"page": "1000"}, Desk.spend_meta, SOON),
        ("instagram", {"user": "17841400000000000"}, Desk.spend_meta, SOON),
    ],
)
def test_an_answer_that_says_none_left_puts_the_next_post_off_without_asking(
    network: str, settings: dict[str, str], spend: Callable[[Desk], None], until: datetime, tmp_path: Path
) -> None:
    desk = Desk(network, settings, tmp_path)
    desk.rehearsal.account = replace(desk.rehearsal.account, handle="@tidewater.example")
    spend(desk)
    first, second = desk.run("Who is listening?", "Nobody yet.")
    assert (first.state, second.state) == ("published", "later")
    assert second.at is not None
    assert timedelta() <= second.at - until < timedelta(minutes=1)
    assert desk.rehearsal.world.tally(network, "create") == 1
    desk.now = second.at
    assert [one.state for one in desk.run("Nobody yet.")] == ["published"]
    assert desk.rehearsal.texts() == ["Who is listening?", "Nobody yet."]
    desk.rehearsal.world.close()
