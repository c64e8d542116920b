from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from msgspec import structs

from adapters.bluesky.client import record_key
from publisher.errors import ConfigError, Deferred, Rejected, Unauthorized, Uncertain
from publisher.model import Attempt, Part, Receipt
from publisher.testing import NOW, Rehearsal, media

TID = re.compile(r"[2-7a-j][2-7a-z]{12}")


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal("bluesky", {}, tmp_path)
    rehearsal.account = replace(rehearsal.account, handle="@tidewater.example")
    yield rehearsal
    rehearsal.world.close()


def part(text: str = "Hello #Agile", **changed: Any) -> Part:
    plain = Part(kind="post", text=text, length=len(text), limit=300, native={"langs": ["en"]})
    return structs.replace(plain, **changed)


def attempt(key: str = "k", position: int = 0, at: datetime = NOW) -> Attempt:
    return Attempt(key=key, post="p", channel="bluesky", position=position, digest="d", at=at)


def ask(rehearsal: Rehearsal, method: str, body: Any, **headers: str) -> requests.Response:
    """One request of our own, with a session's token where none is given."""
    if not headers:
        client: Any = rehearsal.connect()
        client._log_in()
        headers = {"Authorization": f"Bearer {client._token}"}
        body = {**body, "repo": client._did} if isinstance(body, dict) else body
    content = {"json": body} if isinstance(body, dict) else {"data": body}
    return rehearsal.session.post(f"https://bsky.social/xrpc/com.atproto.{method}", headers=headers, **content)  # type: ignore[arg-type]  # JSON or bytes


def refused(rehearsal: Rehearsal, **changed: Any) -> str:
    record = {"$type": "app.bsky.feed.post", "text": "Hello", "createdAt": "2026-11-23T09:30:00Z", **changed}
    record = {name: value for name, value in record.items() if value is not None}
    body = {"collection": "app.bsky.feed.post", "rkey": record_key(attempt()), "record": record, "swapRecord": None}
    answer = ask(rehearsal, "repo.putRecord", body)
    assert answer.status_code == 400
    return str(answer.json()["message"])


def test_a_post_gets_a_receipt_with_what_a_reply_needs(rehearsal: Rehearsal) -> None:
    receipt = rehearsal.connect().deliver(part(), attempt(), ())
    assert re.fullmatch(r"at://did:plc:[a-z2-7]{24}/app\.bsky\.feed\.post/" + TID.pattern, receipt.id)
    assert receipt.url.endswith(f"/post/{record_key(attempt())}")
    assert receipt.native["cid"].startswith("bafyrei")


def test_one_session_is_enough_for_a_whole_run(rehearsal: Rehearsal) -> None:
    client = rehearsal.connect()
    for number in range(40):  # the server opens no more than 30 in five minutes
        client.deliver(part(f"Number {number}"), attempt(str(number)), ())
    assert len(rehearsal.texts()) == 40


def test_more_log_ins_than_the_server_allows_wait_for_its_window(rehearsal: Rehearsal) -> None:
    for number in range(30):
        rehearsal.connect().find(part(), attempt(str(number)), ())
    with pytest.raises(Deferred) as told:
        rehearsal.connect().deliver(part(), attempt(), ())
    assert told.value.until == datetime(2026, 11, 23, 9, 35, tzinfo=UTC)


def test_a_session_that_ran_out_is_opened_once_more(rehearsal: Rehearsal) -> None:
    from publisher.delivery.wire import Session
    from publisher.registry import adapter
    from publisher.sandbox.harness import Harness
    from publisher.sandbox.transport import InProcess, Speaker

    now = [NOW]
    harness = Harness(rehearsal.world, lambda network, world: adapter(network).stand_in(world))  # type: ignore[attr-defined]  # it is rehearsable
    speaker = Speaker(network="bluesky", channel="bluesky", handle="@tidewater.example")
    session = Session(InProcess(harness, speaker, lambda: now[0]), clock=lambda: now[0])
    client = adapter("bluesky").connect(rehearsal.account, session)
    client.deliver(part("Before"), attempt("a"), ())
    now[0] += timedelta(hours=3)
    client.deliver(part("After"), attempt("b"), ())
    assert rehearsal.texts() == ["Before", "After"]


def test_a_dead_token_is_not_taken_for_one_that_ran_out(rehearsal: Rehearsal) -> None:
    rehearsal.world.dial("bluesky", "expired", times=5)
    with pytest.raises(Unauthorized) as told:
        rehearsal.connect().deliver(part(), attempt(), ())
    assert "app password" in told.value.hint


def test_the_learnt_tokens_are_hidden_like_the_password(rehearsal: Rehearsal) -> None:
    client: Any = rehearsal.connect()
    client.deliver(part(), attempt(), ())
    assert rehearsal.session.redact(f"said {client._token}") == "said ***"


def test_the_same_attempt_twice_is_one_post(rehearsal: Rehearsal) -> None:
    receipts = [rehearsal.connect().deliver(part(media=(media(),)), attempt(), ()) for _ in range(2)]
    assert receipts[0].id == receipts[1].id
    assert len(rehearsal.texts()) == 1


def test_other_words_under_the_attempts_key_are_left_to_a_person(rehearsal: Rehearsal) -> None:
    rehearsal.connect().deliver(part("These words."), attempt(), ())
    with pytest.raises(Uncertain, match="These words"):
        rehearsal.connect().deliver(part("Quite other ones."), attempt(), ())
    assert rehearsal.texts() == ["These words."]


def test_a_reply_names_root_and_parent(rehearsal: Rehearsal) -> None:
    client = rehearsal.connect()
    thread: list[Receipt] = []
    for position in range(3):
        thread.append(client.deliver(part(f"Part {position}"), attempt("t", position), tuple(thread)))
    record: Any = rehearsal.world.recall("bluesky", f"record:{thread[2].id}")
    assert record["value"]["reply"] == {
        "root": {"uri": thread[0].id, "cid": thread[0].native["cid"]},
        "parent": {"uri": thread[1].id, "cid": thread[1].native["cid"]},
    }


def test_a_reply_to_what_is_nowhere_is_refused_before_anything_is_sent(rehearsal: Rehearsal) -> None:
    lost = Receipt(id="https://bsky.app/profile/x/post/y", url="", at=NOW)
    with pytest.raises(Rejected, match="not to be found"):
        rehearsal.connect().deliver(part(), attempt(), (lost,))
    assert rehearsal.texts() == []


def test_a_handle_or_an_identifier_is_needed(rehearsal: Rehearsal) -> None:
    rehearsal.account = replace(rehearsal.account, handle="")
    with pytest.raises(ConfigError, match="handle"):
        rehearsal.connect()


@pytest.mark.parametrize(
    ("service", "allowed"),
    [
        ("https://pds.example", True),
        ("http://127.0.0.1:2583", True),
        ("http://localhost:2583/", True),
        ("http://pds.example", False),
        ("http://127.0.0.1.example", False),
        ("pds.example", False),
    ],
)
def test_a_password_travels_in_the_clear_only_on_this_machine(
    rehearsal: Rehearsal, service: str, allowed: bool
) -> None:
    rehearsal.account = replace(rehearsal.account, settings={"service": service})
    if allowed:
        assert rehearsal.connect()
    else:
        with pytest.raises(ConfigError, match="https"):
            rehearsal.connect()


def test_record_keys_are_tids_that_stand_in_order_and_never_change() -> None:
    keys = [record_key(attempt("k", position)) for position in range(5)]
    assert keys == sorted(keys) == [record_key(attempt("k", position)) for position in range(5)]
    assert all(TID.fullmatch(key) for key in keys)
    assert record_key(attempt("k", at=NOW - timedelta(seconds=1))) < keys[0]
    others = {record_key(attempt(str(number))) for number in range(1000)}
    assert len(others) >= 998


# --- the stand-in is as strict as the real thing


def test_the_stand_in_answers_a_second_create_as_the_real_one_does(rehearsal: Rehearsal) -> None:
    rehearsal.connect().deliver(part(), attempt(), ())
    record = {"$type": "app.bsky.feed.post", "text": "Again", "createdAt": "2026-11-23T09:30:00Z"}
    body = {"collection": "app.bsky.feed.post", "rkey": record_key(attempt()), "record": record}
    answer = ask(rehearsal, "repo.createRecord", body)
    assert (answer.status_code, answer.json()["error"]) == (500, "InternalServerError")
    swapped = ask(rehearsal, "repo.putRecord", {**body, "swapRecord": None})
    assert (swapped.status_code, swapped.json()["error"]) == (400, "InvalidSwap")
    assert swapped.json()["message"].startswith("Record was at bafyrei")


def test_the_stand_in_makes_no_commit_for_the_same_record(rehearsal: Rehearsal) -> None:
    record = {"$type": "app.bsky.feed.post", "text": "Once", "createdAt": "2026-11-23T09:30:00Z"}
    body = {"collection": "app.bsky.feed.post", "rkey": record_key(attempt()), "record": record, "swapRecord": None}
    first, second = ask(rehearsal, "repo.putRecord", body).json(), ask(rehearsal, "repo.putRecord", body).json()
    assert "commit" in first
    assert "commit" not in second
    assert first["cid"] == second["cid"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"text": None}, 'must have the property "text"'),
        ({"createdAt": None}, 'must have the property "createdAt"'),
        ({"createdAt": "2026-11-23T09:30:00"}, "datetime"),
        ({"text": "a" * 301}, "300 graphemes"),
        ({"langs": ["en", "fr", "de", "it"]}, "langs"),
        ({"tags": ["x"] * 9}, "tags"),
        ({"facets": [{"index": {"byteStart": 0, "byteEnd": 9}, "features": []}]}, "inside the text"),
        ({"text": "é", "facets": [{"index": {"byteStart": 0, "byteEnd": 1}, "features": [{}]}]}, "cut a character"),
        ({"facets": [{"index": {"byteStart": 0, "byteEnd": 3}, "features": [{"$type": "x"}]}]}, "one of link, tag"),
        ({"embed": {"$type": "app.bsky.embed.external", "external": {"uri": "https://a.example"}}}, '"title"'),
        ({"embed": {"$type": "app.bsky.embed.images", "images": [{}] * 5}}, "more than 4"),
        ({"embed": {"$type": "app.bsky.embed.images", "images": [{"image": {}}]}}, '"alt"'),
        ({"reply": {"root": {"uri": "at://x/y/z", "cid": "c"}}}, '"root" and "parent"'),
    ],
)
def test_the_stand_in_refuses_what_the_lexicon_does(
    rehearsal: Rehearsal, changed: dict[str, Any], message: str
) -> None:
    assert message in refused(rehearsal, **changed)


def test_the_stand_in_refuses_overlapping_facets(rehearsal: Rehearsal) -> None:
    feature = {"$type": "app.bsky.richtext.facet#tag", "tag": "x"}
    facets = [{"index": {"byteStart": n, "byteEnd": n + 3}, "features": [feature]} for n in (0, 2)]
    assert "overlap" in refused(rehearsal, facets=facets)


def test_the_stand_in_knows_only_blobs_that_were_sent(rehearsal: Rehearsal) -> None:
    blob = {"$type": "blob", "ref": {"$link": "bafkrei" + "a" * 52}, "mimeType": "image/png", "size": 3}
    images = {"$type": "app.bsky.embed.images", "images": [{"alt": "", "image": blob}]}
    assert "Could not find blob" in refused(rehearsal, embed=images)


def test_the_stand_in_refuses_a_key_that_is_no_tid_and_a_strangers_repository(rehearsal: Rehearsal) -> None:
    record = {"$type": "app.bsky.feed.post", "text": "Hello", "createdAt": "2026-11-23T09:30:00Z"}
    body = {"collection": "app.bsky.feed.post", "rkey": "my-idempotency-key", "record": record}
    assert "tid" in ask(rehearsal, "repo.putRecord", body).json()["message"]
    stranger = ask(rehearsal, "repo.putRecord", body, Authorization="Bearer a.b.c")
    assert (stranger.status_code, stranger.json()["error"]) == (400, "InvalidToken")
    nobody = ask(rehearsal, "repo.putRecord", body, Accept="*/*")
    assert (nobody.status_code, nobody.json()["error"]) == (401, "AuthMissing")


def test_a_picture_over_the_limit_is_refused_when_the_post_is_written(rehearsal: Rehearsal) -> None:
    big = b"\xff\xd8\xff" + b"\0" * 2_000_000
    rehearsal.account = replace(rehearsal.account, read=lambda _media: big)
    with pytest.raises(Rejected, match="too big"):
        rehearsal.connect().deliver(part(media=(media(),)), attempt(), ())
    assert rehearsal.texts() == []


def test_points_run_out_and_come_back_with_the_hour(rehearsal: Rehearsal) -> None:
    number = int(NOW.timestamp() // 3600)
    client: Any = rehearsal.connect()
    client._log_in()
    rehearsal.world.note("bluesky", f"spent:{client._did}:3600", {"window": number, "spent": 4999})
    with pytest.raises(Deferred) as told:
        client.deliver(part(), attempt(), ())
    assert told.value.until == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
