from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.errors import Deferred, Rejected, Unauthorized
from publisher.ledger.events import (
    Event,
    Kind,
    attempted,
    completed,
    decode,
    deferred,
    doubted,
    encode,
    received,
    refused,
    resolved,
)
from publisher.ledger.runner import Runner
from publisher.model import Attempt, Receipt

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
ATTEMPT = Attempt(key="k" * 32, post="agile", channel="x", position=1, digest="d" * 64, at=NOW)

texts = st.text(st.characters(codec="utf-8"), max_size=12)
instants = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds the zone
runners = st.builds(Runner, host=texts, pid=st.integers(0, 2**31), started=texts)
events = st.builds(
    Event,
    kind=st.sampled_from([kind for kind in Kind if kind is not Kind.UNREADABLE]),
    channel=texts.filter(bool),
    at=instants,
    position=st.integers(0, 99),
    key=texts,
    digest=texts,
    words=texts,
    network=texts,
    blob=texts,
    claim=texts,
    runner=st.none() | runners,
    id=texts,
    url=texts,
    native=st.dictionaries(texts, texts, max_size=2),
    error=texts,
    message=texts,
    until=st.none() | instants,
    posted=st.none() | st.booleans(),
)


@settings(max_examples=60)
@given(st.lists(events, max_size=4))
def test_a_story_is_read_back_as_it_was_written(story: list[Event]) -> None:
    assert decode(encode(story)) == (tuple(story), ())


@settings(max_examples=60)
@given(st.lists(events, max_size=3), st.text(max_size=30), st.lists(events, max_size=3))
def test_no_line_however_broken_loses_another(before: list[Event], broken: str, after: list[Event]) -> None:
    read, _ = decode(encode(before) + broken + "\n" + encode(after))
    assert read[: len(before)] == tuple(before)
    assert read[len(read) - len(after) :] == tuple(after)


@settings(max_examples=60)
@given(st.binary(max_size=60))
def test_anything_can_be_read_as_a_story(noise: bytes) -> None:
    read, complaints = decode(noise.decode("utf-8", "replace"))
    assert sum(event.kind is Kind.UNREADABLE for event in read) == len(complaints)


def test_one_event_is_one_line_with_its_keys_in_order() -> None:
    runner = Runner(host="abc", pid=7, started="99")
    assert encode([attempted(ATTEMPT, runner, NOW, "c1"), completed("x", "d", "b", NOW)]) == (
        '{"kind": "attempt", "channel": "x", "at": "2026-12-01T09:30:00Z", "position": 1, "key": "'
        + "k" * 32
        + '", "digest": "'
        + "d" * 64
        + '", "claim": "c1", "runner": {"host": "abc", "pid": 7, "started": "99"}}\n'
        '{"kind": "done", "channel": "x", "at": "2026-12-01T09:30:00Z", "position": 0, "digest": "d", "blob": "b"}\n'
    )


def test_instants_are_written_in_utc() -> None:
    paris = NOW.astimezone(timezone(timedelta(hours=1)))
    assert '"at": "2026-12-01T09:30:00Z"' in encode([completed("x", "d", "b", paris)])


def test_a_line_separator_in_a_message_stays_inside_its_line() -> None:
    told = doubted(ATTEMPT, "one\u2028two\nthree\x85", NOW)
    assert encode([told]).count("\n") == 1
    assert decode(encode([told]))[0] == (told,)


@pytest.mark.parametrize(
    "line",
    [
        "<<<<<<< HEAD",
        "[]",
        "7",
        "{}",
        '{"kind": "receipt", "channel": "x"}',
        '{"kind": "liked", "channel": "x", "at": "2026-12-01T09:30:00Z"}',
        '{"kind": "receipt", "channel": "", "at": "2026-12-01T09:30:00Z"}',
        '{"kind": "receipt", "channel": 7, "at": "2026-12-01T09:30:00Z"}',
        '{"kind": "receipt", "channel": "x", "at": "2026-12-01T09:30:00"}',
        '{"kind": "receipt", "channel": "x", "at": "yesterday"}',
        '{"kind": "receipt", "channel": "x", "at": "9999-12-31T23:59:59Z"}',
        '{"kind": "receipt", "channel": "x", "at": "0001-01-01T00:00:00Z"}',
        '{"kind": "deferred", "channel": "x", "at": "2026-12-01T09:30:00Z", "until": "9999-12-31T23:59:59Z"}',
        '{"kind": "receipt", "channel": "x", "at": "2026-12-01T09:30:00Z", "position": "0"}',
        '{"kind": "resolved", "channel": "x", "at": "2026-12-01T09:30:00Z", "posted": 1}',
        '{"kind": "unreadable", "channel": "x", "at": "2026-12-01T09:30:00Z"}',
        '{"kind": "attempt", "channel": "x", "at": "2026-12-01T09:30:00Z", "runner": {"host": "h"}}',
        "[" * 100_000,
    ],
)
def test_a_line_that_is_no_event_is_told_where_it_stands_and_kept(line: str) -> None:
    good = encode([completed("x", "d", "b", NOW)])
    read, complaints = decode(f"{good}{line}\n{good}", "events/a.jsonl")
    assert [event.kind for event in read] == [Kind.DONE, Kind.UNREADABLE, Kind.DONE]
    assert [(finding.path, finding.line) for finding in complaints] == [("events/a.jsonl", 2)]
    assert encode(read) == f"{good}{line}\n{good}"


def test_blank_lines_and_foreign_line_ends_say_nothing() -> None:
    line = encode([completed("x", "d", "b", NOW)])
    assert decode("\n" + line.replace("\n", "\r\n") + "  \n") == (decode(line)[0], ())


def test_a_key_of_a_later_version_is_no_reason_to_stop() -> None:
    line = encode([completed("x", "d", "b", NOW)]).replace("{", '{"weather": "fine", ', 1)
    assert decode(line)[0] == (completed("x", "d", "b", NOW),)


def test_every_event_speaks_of_its_attempt() -> None:
    receipt = Receipt(id="7", url="https://x.example/7", at=NOW, native={"cid": "c"})
    told = [
        received(ATTEMPT, receipt),
        refused(ATTEMPT, Rejected("too long"), NOW, blob="b"),
        deferred(ATTEMPT, Deferred("later", until=NOW), NOW),
        doubted(ATTEMPT, "lost", NOW),
        resolved(ATTEMPT, NOW, posted=True, url="u"),
    ]
    assert {(one.channel, one.key, one.position, one.digest) for one in told} == {("x", "k" * 32, 1, "d" * 64)}
    assert told[0].receipt == receipt
    assert (told[1].error, told[1].message, told[1].blob) == ("Rejected", "too long", "b")
    assert refused(ATTEMPT, Unauthorized("expired"), NOW).error == "Unauthorized"
    assert told[2].until == NOW
    assert deferred(ATTEMPT, Rejected("x"), NOW).until is None
    assert [one.proves for one in told] == [True, False, False, False, True]
