"""The courier: every way a part can go, told by what the networks and the ledger hold afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event as Flag

import pytest

from publisher.adapter import Remember
from publisher.delivery.courier import Courier, Job, Outcome
from publisher.delivery.scribe import Scribe
from publisher.errors import ConfigError, Deferred, DeliveryError, LedgerError, Rejected, Unauthorized, Uncertain
from publisher.ledger.claims import Entry
from publisher.ledger.in_memory import InMemoryLedger
from publisher.ledger.runner import Runner
from publisher.model import Attempt, Channel, Part, Receipt, Rendition

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HERE = Runner(host="here", pid=1, started="1")


@dataclass
class Network:
    """A network as a client sees it: what is live, and what the next answers are."""

    live: list[str] = field(default_factory=list)
    mishaps: list[tuple[DeliveryError, bool]] = field(default_factory=list)
    blind: bool = False

    def deliver(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
        error, done = self.mishaps.pop(0) if self.mishaps else (None, True)
        if done:
            self.live.append(part.text)
        if error:
            raise error
        return Receipt(id=f"{part.text}-{len(self.live)}", url="https://example.org/1", at=NOW)

    def find(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        if self.blind:
            raise Uncertain("this network shows nothing")
        return Receipt(id=f"{part.text}-found", url="https://example.org/1", at=NOW) if part.text in self.live else None


def job(*texts: str, channel: str = "x", post: str = "listen", blob: str = "b" * 40) -> Job:
    parts = tuple(Part(kind="reply" if n else "post", text=text, length=1, limit=9) for n, text in enumerate(texts))
    rendition = Rendition(post=post, channel=channel, network="x", parts=parts)
    return Job(channel=Channel(name=channel, network="x"), rendition=rendition, blob=blob, path="content/listen.md")


@dataclass
class Desk:
    """A courier with its networks and its memory; `run` carries jobs as one run would."""

    networks: dict[str, Network] = field(default_factory=dict)
    ledger: InMemoryLedger = field(default_factory=lambda: InMemoryLedger(clock=lambda: NOW))
    stop: Flag = field(default_factory=Flag)
    told: list[Outcome] = field(default_factory=list)

    def network(self, channel: str = "x") -> Network:
        return self.networks.setdefault(channel, Network())

    def connect(self, channel: Channel, _: Remember) -> Network:
        if channel.name == "locked":
            raise ConfigError("locked: LOCKED_TOKEN is not set", hint="get one")
        return self.network(channel.name)

    def run(self, *jobs: Job) -> tuple[Outcome, ...]:
        courier = Courier(
            scribe=Scribe(self.ledger, HERE),
            connect=self.connect,
            clock=lambda: NOW,
            deliver=lambda call: call(),
            stop=self.stop,
            tell=self.told.append,
        )
        return courier.carry(jobs, self.ledger.read({one.rendition.post for one in jobs}))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_thread_goes_out_in_order_and_gets_a_receipt_for_each_part(desk: Desk) -> None:
    (outcome,) = desk.run(job("one", "two", "three"))
    assert outcome.state == "published"
    assert [receipt.id for receipt in outcome.receipts] == ["one-1", "two-2", "three-3"]
    assert desk.network().live == ["one", "two", "three"]


def test_what_has_its_receipt_is_not_sent_again(desk: Desk) -> None:
    desk.run(job("one", "two"))
    (again,) = desk.run(job("one", "two"))
    assert again.state == "published"
    assert desk.network().live == ["one", "two"]


def test_every_outcome_is_told_as_it_happens(desk: Desk) -> None:
    outcomes = desk.run(job("one"), job("two", channel="mastodon"))
    assert sorted(one.channel for one in desk.told) == ["mastodon", "x"]
    assert [one.channel for one in outcomes] == ["x", "mastodon"]


@pytest.mark.parametrize("done", [True, False])
def test_a_lost_answer_ends_with_one_post(desk: Desk, done: bool) -> None:
    desk.network().mishaps = [(Uncertain("lost"), done)]
    first = desk.run(job("one", "two"))[0]
    assert first.state == ("published" if done else "due")
    assert desk.run(job("one", "two"))[0].state == "published"
    assert desk.network().live == ["one", "two"]


def test_a_part_that_may_come_late_is_not_sent_again_in_the_same_run(desk: Desk) -> None:
    desk.network().mishaps = [(Uncertain("lost"), False)]
    (outcome,) = desk.run(job("one"))
    assert desk.network().live == []
    assert "looks again" in outcome.reason


def test_a_network_that_cannot_tell_leaves_a_doubt_that_is_never_sent_over(desk: Desk) -> None:
    desk.network().mishaps, desk.network().blind = [(Uncertain("lost"), True)], True
    assert desk.run(job("one"))[0].state == "doubt"
    assert desk.run(job("one"))[0].state == "doubt"
    assert desk.network().live == ["one"]


def test_a_doubt_ends_when_the_network_can_tell_after_all(desk: Desk) -> None:
    desk.network().mishaps, desk.network().blind = [(Uncertain("lost"), False)], True
    desk.run(job("one"))
    desk.network().blind = False
    assert desk.run(job("one"))[0].state == "published"
    assert desk.network().live == ["one"]


def test_a_refusal_is_a_failure_and_leaves_the_channel_open(desk: Desk) -> None:
    desk.network().mishaps = [(Rejected("too rude", hint="be kind"), False)]
    refused, other = desk.run(job("one"), job("two", post="other"))
    assert (refused.state, refused.error, refused.hint) == ("failed", "Rejected", "be kind")
    assert other.state == "published"


@pytest.mark.parametrize("error", [Unauthorized("renew the token"), Deferred("too many requests")])
def test_a_dead_token_or_a_rate_limit_closes_the_channel_and_no_other(desk: Desk, error: DeliveryError) -> None:
    desk.network().mishaps = [(error, False)]
    first, second, elsewhere = desk.run(job("one"), job("two", post="other"), job("three", channel="mastodon"))
    assert first.state in {"failed", "due"}
    assert (second.state, desk.network().live) == ("due", [])
    assert elsewhere.state == "published"


def test_a_rate_limit_with_an_end_is_for_later(desk: Desk) -> None:
    until = NOW + timedelta(minutes=40)
    desk.network().mishaps = [(Deferred("too many", until=until), False)]
    (outcome,) = desk.run(job("one"))
    assert (outcome.state, outcome.at) == ("later", until)


def test_a_missing_secret_holds_its_channel_and_no_other(desk: Desk) -> None:
    locked, open_ = desk.run(job("one", channel="locked"), job("two"))
    assert (locked.state, locked.error, locked.hint) == ("held", "ConfigError", "get one")
    assert open_.state == "published"


def test_after_a_call_to_stop_nothing_new_is_sent(desk: Desk) -> None:
    desk.stop.set()
    (outcome,) = desk.run(job("one"))
    assert (outcome.state, outcome.error, desk.network().live) == ("due", "Interrupted", [])


def test_a_call_to_stop_lets_the_part_in_hand_finish(desk: Desk) -> None:
    network = desk.network()
    send = network.deliver

    def stop_while_sending(part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
        desk.stop.set()
        return send(part, attempt, thread)

    network.deliver = stop_while_sending  # type: ignore[method-assign]  # this network rings a bell while it sends
    (outcome,) = desk.run(job("one", "two"))
    assert (outcome.state, len(outcome.receipts), network.live) == ("due", 1, ["one"])
    desk.stop.clear()
    assert desk.run(job("one", "two"))[0].state == "published"
    assert network.live == ["one", "two"]


def test_other_words_are_not_put_under_half_a_thread(desk: Desk) -> None:
    desk.network().mishaps = [(Uncertain(""), True), (Rejected("no"), False)]
    desk.run(job("one", "two"))
    (outcome,) = desk.run(job("other", "two"))
    assert (outcome.state, outcome.hint) == ("held", "restore the wording in content/listen.md")
    assert "earlier wording" in outcome.reason
    assert desk.network().live == ["one"]


class Unwritable(InMemoryLedger):
    """A ledger that cannot be written from the nth write on."""

    def __init__(self, writes: int) -> None:
        super().__init__(clock=lambda: NOW)
        self.left = writes

    def write(self, entry: Entry) -> None:
        self.left -= 1
        if self.left < 0:
            raise LedgerError("the push was refused", hint="nothing is sent without it")
        super().write(entry)


def test_nothing_is_sent_when_the_attempt_cannot_be_written() -> None:
    desk = Desk(ledger=Unwritable(0))
    (outcome,) = desk.run(job("one"))
    assert (outcome.state, desk.network().live) == ("due", [])


def test_a_receipt_that_cannot_be_written_leaves_a_doubt_that_the_next_run_settles() -> None:
    desk = Desk(ledger=Unwritable(1))
    (outcome,) = desk.run(job("one"))
    assert outcome.state == "doubt"
    assert outcome.reason == "it is live, but the ledger could not be written: the push was refused"
    assert outcome.hint == "run again when the ledger can be written: what is live is looked for, and not sent again"
    desk.ledger.left = 99  # type: ignore[attr-defined]  # the Unwritable above
    assert desk.run(job("one"))[0].state == "published"
    assert desk.network().live == ["one"]


def test_a_mistake_of_ours_on_one_channel_stops_no_other(desk: Desk) -> None:
    class Mistaken(Network):
        def deliver(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
            raise ZeroDivisionError("with a secret in its text")

    desk.networks["x"] = Mistaken()
    broken, fine = desk.run(job("one"), job("two", channel="mastodon"))
    assert (broken.state, broken.error, fine.state) == ("due", "Uncertain", "published")
    assert "secret" not in broken.reason


def test_a_listener_who_left_does_not_stop_the_work(desk: Desk) -> None:
    def gone(_outcome: Outcome) -> None:
        raise BrokenPipeError

    courier = Courier(
        scribe=Scribe(desk.ledger, HERE),
        connect=desk.connect,
        clock=lambda: NOW,
        deliver=lambda call: call(),
        tell=gone,
    )
    outcomes = courier.carry([job("one"), job("two", post="other")], desk.ledger.read(["listen", "other"]))
    assert [one.state for one in outcomes] == ["published", "published"]
