"""Whatever three runners, their deaths, the clock and a clumsy hand do to a ledger, each part is sent at most once.

The machine plays the engine's part by its own rules (look, claim, send within the fence, record) and keeps a plain list
of what was written; the ledger in memory and the one in git must agree with it at every step.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from publisher.delivery.fence import MARGIN
from publisher.errors import Conflict, Deferred, Rejected
from publisher.ledger import events as story
from publisher.ledger.events import Event, Kind
from publisher.ledger.in_memory import InMemoryLedger, Memory
from publisher.ledger.objects import Pack
from publisher.ledger.runner import LEASE, Runner, is_abandoned
from publisher.ledger.story import Story
from publisher.model import Attempt, Receipt, part_key
from tests.integration.ledgers import NOW, environment, repository
from tests.properties.profiles import THOROUGH

POSTS, CHANNELS, PLACES = ("agile", "bread"), ("x",), (0, 1)
DEEDS = (
    *("send",) * 6, *("proof",) * 4, "edit", "withdraw", "out", "no", "later", "lost", "upload", "die", "wait", "wait",
    "spoil", "resolve", "resolve", "settle",
)  # fmt: skip
HALF_A_LINE = story.decode('{"kind": "receipt", "chan')[0][0]
BLOBS = {f"content/2026/p{n}.md": Pack().add("blob", f"Post {n}\n".encode()) for n in range(2)}

Open = Callable[[Callable[[], datetime]], Any]


@dataclass
class Hand:
    """A process with its view of the ledger, the stories as it last read them, and the claims it holds."""

    runner: Runner
    ledger: Any
    clock: Callable[[], datetime]
    stories: dict[str, Story] = field(default_factory=dict)
    holds: dict[str, tuple[Attempt, datetime]] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)
    out: set[str] = field(default_factory=set)

    def look(self) -> None:
        self.ledger.refresh()
        self.stories = dict(self.ledger.read(POSTS))
        self.stale.clear()


class LedgerMachine(RuleBasedStateMachine):
    """Two runners on one machine and one elsewhere whose clock is wrong by minutes."""

    opens: ClassVar[Callable[[], Open]]

    def __init__(self) -> None:
        super().__init__()
        self.open = type(self).opens()
        self.now, self.pids = NOW, itertools.count(1)
        self.lines: dict[str, list[str]] = {post: [] for post in POSTS}
        self.settled: dict[str, str] = {}
        self.posted: Counter[str] = Counter()
        self.proved: set[str] = set()
        self.reader = self.open(lambda: self.now)
        self.hands = [self.born(number) for number in range(3)]

    def teardown(self) -> None:
        self.agree()

    def born(self, number: int) -> Hand:
        skew = timedelta(minutes=2 * (number - 1))
        runner = Runner(host="there" if number == 2 else "here", pid=next(self.pids), started="1")

        def clock() -> datetime:
            return self.now + skew

        hand = Hand(runner=runner, ledger=self.open(clock), clock=clock)
        hand.look()
        return hand

    # --- what the engine knows

    def truth(self, post: str) -> Story:
        events, _ = story.decode("".join(f"{line}\n" for line in self.lines[post]))
        return Story(post=post, events=events)

    def wrote(self, post: str, events: Sequence[Event]) -> None:
        for line in story.encode(events).splitlines():
            if line not in self.lines[post]:
                self.lines[post].append(line)
        for hand in self.hands:
            hand.stale.add(post)

    def record(self, hand: Hand, attempt: Attempt, event: Event) -> None:
        hand.ledger.record({attempt.post: [event]})
        self.wrote(attempt.post, [event])
        hand.holds.pop(attempt.key, None)

    def abandoned(self, hand: Hand, attempt: Event) -> bool:
        living = {one.runner.pid for one in self.hands}
        return is_abandoned(attempt, hand.clock(), hand.runner, lambda pid: "1" if pid in living else None)

    def attempt(self, hand: Hand, post: str, channel: str, place: int, act: str) -> Attempt | None:
        """What the engine would try there by what this runner has read; None where it would leave it alone."""
        told = hand.stories[post]
        live = place in told.standing(channel)
        open_ = told.open_attempts(channel)
        if live != (act != "send") or any(not self.abandoned(hand, one) for one in open_) or told.in_doubt(channel):
            return None
        key = part_key(post, channel, told.revision(channel, place), place)
        return Attempt(key=key, post=post, channel=channel, position=place, digest="d", at=hand.clock(), act=act)

    @property
    def holders(self) -> list[int]:
        return [number for number, hand in enumerate(self.hands) if hand.holds]

    # --- rules

    part = st.tuples(st.sampled_from(POSTS), st.sampled_from(CHANNELS), st.sampled_from(PLACES))

    @rule(
        deed=st.sampled_from(DEEDS), number=st.integers(0, 2), part=part, choice=st.integers(0, 9), fresh=st.booleans()
    )
    def turn(self, deed: str, number: int, part: tuple[str, str, int], choice: int, *, fresh: bool) -> None:
        """One deed of one hand; a single rule, so that every game has every deed in it."""
        hand = self.hands[number]
        if fresh:
            hand.look()
        match deed:
            case "send" | "edit" | "withdraw":
                self.claim(hand, part, deed)
            case "proof" | "no" | "later" | "lost" | "upload" if hand.holds:
                self.tell(hand, list(hand.holds.values())[choice % len(hand.holds)], deed)
            case "out" if hand.holds:
                self.let_out(hand, *list(hand.holds.values())[choice % len(hand.holds)])
            case "die" if hand.holds:
                self.hands[number] = self.born(number)
            case "wait":
                self.now += timedelta(minutes=(1, 3, 6, 11, 16)[choice % 5])
            case "spoil" if len(self.lines[part[0]]) > 6:
                self.spoil(part[0])
            case "resolve":
                self.resolve(*part[:2])
            case "settle":
                self.settle(hand, sorted(BLOBS)[choice % 2])

    def claim(self, hand: Hand, part: tuple[str, str, int], act: str) -> None:
        attempt = self.attempt(hand, *part, act)
        if attempt is None:
            return
        if act == "send" and self.posted[attempt.key]:  # it looks first, and finds what a runner that died had sent
            self.record(hand, attempt, story.received(attempt, proof(attempt)))
            self.proved.add(attempt.key)
            return
        before, asked = self.truth(attempt.post), hand.clock()
        try:
            hand.ledger.claim([attempt], hand.runner)
        except Conflict:
            assert attempt.post in hand.stale or attempt.key in hand.holds, "a claim nobody hinders was refused"
            return
        assert attempt.key not in self.proved
        doubts = before.in_doubt(attempt.channel)
        assert not any(one.kind is Kind.UNREADABLE or one.key == attempt.key for one in doubts)
        event = self.reread(attempt.post).events[-1]
        assert (event.kind, event.key, event.runner) == (Kind.ATTEMPT, attempt.key, hand.runner)
        self.wrote(attempt.post, [event])
        hand.holds[attempt.key] = attempt, asked + LEASE - MARGIN

    def let_out(self, hand: Hand, attempt: Attempt, fence: datetime) -> None:
        """The part leaves, if the runner still may; one that dies before it tells leaves it to be found."""
        if attempt.act == "send" and hand.clock() < fence and attempt.key not in hand.out:
            hand.out.add(attempt.key)
            self.posted[attempt.key] += 1

    def tell(self, hand: Hand, held: tuple[Attempt, datetime], word: str) -> None:
        attempt, fence = held
        at = hand.clock()
        if word == "proof" and not self.posted[attempt.key]:
            self.let_out(hand, attempt, fence)
        sent = self.posted[attempt.key] or attempt.act != "send"
        if word == "upload":
            hand.ledger.record({attempt.post: [uploaded := story.uploaded(attempt, {"one": "1"}, at)]})
            self.wrote(attempt.post, [uploaded])
        elif word == "lost" and attempt.act == "send":
            self.record(hand, attempt, story.doubted(attempt, "lost", at))
        elif word == "proof" and sent:
            self.proved.add(attempt.key)
            proved = (
                story.withdrawn(attempt, at) if attempt.act == "withdraw" else story.received(attempt, proof(attempt))
            )
            self.record(hand, attempt, proved)
        elif word == "no" and not self.posted[attempt.key]:
            self.record(hand, attempt, story.refused(attempt, Rejected("no"), at))
        elif word == "later" and not self.posted[attempt.key]:
            self.record(hand, attempt, story.deferred(attempt, Deferred("later"), at))

    def resolve(self, post: str, channel: str) -> None:
        """A person looks at the channel and says what is there."""
        doubt = next(iter(self.truth(post).in_doubt(channel)), None)
        if doubt is None:
            return
        if doubt.kind is Kind.UNREADABLE:
            doubt = Event(kind=Kind.DOUBT, channel=channel, at=self.now, key=part_key(post, channel, 1, 0))
        attempt = self.truth(post).attempt(doubt)
        said = story.resolved(attempt, self.now, posted=bool(self.posted[doubt.key]), id="1")
        self.reader.record({post: [said]})
        self.wrote(post, [said])
        self.proved.update([doubt.key][: self.posted[doubt.key]])

    def spoil(self, post: str) -> None:
        """A line that nobody can read, written by hand."""
        self.reader.record({post: [HALF_A_LINE]})
        self.wrote(post, [HALF_A_LINE])

    def settle(self, hand: Hand, path: str) -> None:
        hand.ledger.settle({path: BLOBS[path]})
        self.settled[path] = BLOBS[path]
        assert hand.ledger.settled() == self.settled

    # --- what always holds

    def reread(self, post: str) -> Story:
        self.reader.refresh()
        return self.reader.read([post])[post]  # type: ignore[no-any-return]  # a ledger of any kind

    @invariant()
    def each_part_is_sent_once_and_held_by_one(self) -> None:
        assert max(self.posted.values(), default=0) <= 1
        held = Counter(key for hand in self.hands for key, (_, fence) in hand.holds.items() if hand.clock() < fence)
        assert max(held.values(), default=0) <= 1, "two living runners may send the same part"

    def agree(self) -> None:
        """Nothing written is lost, nothing came from nowhere, and settled is right."""
        self.reader.refresh()
        read = self.reader.read(POSTS)
        assert {post: story.encode(told.events).splitlines() for post, told in read.items()} == self.lines
        assert self.reader.settled() == self.settled


_NUMBERS = itertools.count()


def proof(attempt: Attempt) -> Receipt:
    return Receipt(id=attempt.key[:6], url="", at=attempt.at)


def in_memory() -> Open:
    memory = Memory()
    return lambda clock: InMemoryLedger(memory, clock=clock)


def in_git(folder: Path) -> Open:
    from publisher.ledger.git import GitLedger

    work = repository(folder / str(next(_NUMBERS)))
    return lambda clock: GitLedger(work, clock=clock, env=environment(folder), pause=lambda _: None)


def play(opens: Callable[[], Open], examples: int, steps: int) -> None:
    machine = type("Machine", (LedgerMachine,), {"opens": staticmethod(opens)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples * (10 if THOROUGH else 1),
            stateful_step_count=steps,
            derandomize=not THOROUGH,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_ledger_in_memory_holds_whatever_happens() -> None:
    play(in_memory, examples=100, steps=80)


def test_the_ledger_in_git_holds_whatever_happens(tmp_path: Path) -> None:
    play(partial(in_git, tmp_path), examples=8, steps=40)
