"""One channel in one process: plan, courier, ledger and network, with a clock that only moves when it is told to.

What waits (a retry, a picture in the works) moves the clock instead, so that a day of bad luck takes milliseconds.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Event as Flag
from typing import Any

from msgspec import structs

from publisher.adapter import Account, Adapter, Client
from publisher.craft.compose import compose
from publisher.craft.voices import lay
from publisher.delivery.courier import Courier, Job, Outcome
from publisher.delivery.lines import Lines, rehearse_here
from publisher.delivery.retry import patience
from publisher.delivery.scribe import Scribe
from publisher.delivery.wire import Session
from publisher.ledger.events import Kind
from publisher.ledger.in_memory import InMemoryLedger, Memory
from publisher.ledger.runner import Runner, is_abandoned
from publisher.ledger.story import Story
from publisher.model import Channel, Material, Media, Post, Rendition
from publisher.registry import adapter
from publisher.sandbox.world import World
from publisher.schedule.items import Item, State
from publisher.schedule.plan import plan
from publisher.schedule.timetable import Timetable
from publisher.testing import media, picture
from tests.exemplars import channel_of

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SETTINGS = {
    "x": {"premium": "true"},
    "linkedin": {"author": "urn:li:organization:1234"},
    "facebook": {"page": "1000"},
    "instagram": {"user": "17841400000000000"},
    "mastodon": {"instance": "https://mastodon.example"},
    "bluesky": {"service": "https://bsky.social", "edits": "true"},
}
BYTES = picture()
PICTURES = (media(file="one.jpg"), media(file="two.jpg", alt="The same again"))
WORDS = "Nobody is listening yet."


@dataclass
class Clock:
    """What time it is."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        """Lets that time pass at once."""
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Hurried:
    """An adapter whose client waits by the room's clock, where it waits at all; its server may tell no time."""

    real: Adapter
    clock: Clock
    silent: bool = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def connect(self, account: Account, session: Session) -> Client:
        """The client of the real adapter."""
        client = self._client(account, session)
        session.home = "" if self.silent else session.home
        return client

    def _client(self, account: Account, session: Session) -> Client:
        if self.real.network != "instagram":
            return self.real.connect(account, session)
        from adapters.instagram.client import InstagramClient

        return InstagramClient(account, session, self.clock.wait)


@dataclass
class Newsroom:
    """A post on a channel of that network. `memory` and `world` outlive every run."""

    network: str
    world: World = field(default_factory=lambda: World(Path(":memory:")))
    memory: Memory = field(default_factory=Memory)
    clock: Clock = field(default_factory=Clock)
    publish: str = "2026-11-23 09:30"
    words: str = WORDS
    runs: int = 0
    ahead: timedelta = timedelta()
    silent: bool = False

    def copy(self) -> Newsroom:
        """The same, to go another way."""
        copied = replace(self, world=World(Path(":memory:")), memory=Memory(events=dict(self.memory.events)))
        self.world._connection.backup(copied.world._connection)
        copied.clock = Clock(self.clock.now)
        return copied

    # --- words

    @property
    def channel(self) -> Channel:
        return Channel(
            name=self.network,
            network=self.network,
            handle="@tide@mastodon.example" if self.network == "mastodon" else "@tide.example",
            settings=SETTINGS.get(self.network) or channel_of(self.network).settings,
        )

    @property
    def post(self) -> Post:
        told = Material(hook=self.words, question="What did you hear last week?")
        digest = hashlib.sha1(f"{self.words}\n{self.publish}".encode()).hexdigest()  # noqa: S324 - as git names a blob
        return Post(
            id="listening", path="content/listening.md", digest=digest, title="Listening", objective="awareness",
            publish=self.publish, late="publish", link="https://example.org/guide", media=PICTURES, material=told,
        )  # fmt: skip

    @property
    def rendition(self) -> Rendition:
        """The post in native form, its link in an answer or a comment where there are such."""
        if self.publish == "withdrawn":
            return Rendition(post=self.post.id, channel=self.network, network=self.network, parts=())
        return _rendered(self.network, self.words)

    def change(self) -> None:
        """Writes other words."""
        self.words = "Everybody is listening now."

    def withdraw(self) -> None:
        """Says that the post is to go."""
        self.publish = "withdrawn"

    def forget_doubts(self) -> None:
        """Leaves the story as if the runners had died before they could write a doubt."""
        for post, events in self.memory.events.items():
            self.memory.events[post] = tuple(one for one in events if one.kind is not Kind.DOUBT)

    # --- runs

    def run(self, *, hand: bool = False) -> Outcome | None:
        """One `publisher run`, or `publisher push` by `hand`: what became of the post, None when nothing was due."""
        self.runs += 1
        me = Runner(host="here", pid=self.runs)
        ledger = InMemoryLedger(self.memory, clock=self.clock)
        stories = ledger.read([self.post.id])
        item = self.item(stories, me, hand=hand)
        if item.state not in (State.DUE, State.DOUBT):
            return None
        lines = self.lines()
        stop = Flag()
        courier = Courier(
            scribe=Scribe(ledger, me),
            connect=lines.connect,
            clock=self.clock,
            deliver=patience(clock=self.clock, stop=stop).copy(sleep=self.clock.wait),
            stop=stop,
        )
        job = Job(channel=self.channel, rendition=self.rendition, blob=self.post.digest, path=self.post.path)
        (outcome,) = courier.carry([job], stories)
        lines.close()
        return outcome

    def lines(self) -> Lines:
        found: dict[str, Adapter] = {}

        def hurried(network: str) -> Adapter:
            return found.setdefault(network, Hurried(adapter(network), self.clock, self.silent))

        def read(_: Media) -> bytes:
            return BYTES

        return Lines(
            place=rehearse_here(self.world, hurried, lambda: self.clock() - self.ahead),
            adapter=hurried,
            read=read,
            clock=self.clock,
        )

    def item(self, stories: Mapping[str, Story] | None = None, me: Runner | None = None, *, hand: bool = False) -> Item:
        """Where the plan says the post stands, every earlier runner being gone."""
        told = stories or InMemoryLedger(self.memory, clock=self.clock).read([self.post.id])
        here = me or Runner(host="here", pid=self.runs + 1)
        (item,) = plan(
            [structs.replace(self.post, publish="now") if hand and self.publish != "withdrawn" else self.post],
            [self.channel], Timetable(zone=UTC), told, {}, self.clock(),
            abandoned=lambda attempt: is_abandoned(attempt, self.clock(), here, lambda _: None), again=hand,
        ).items  # fmt: skip
        return item

    def until_quiet(self, look: Callable[[], None] = lambda: None) -> tuple[Item, list[Outcome]]:
        """Where the post stands once runs change nothing, an hour between each two, and what each run told."""
        told: list[Outcome] = []
        for _ in range(5):
            outcome = self.run()
            look()
            if outcome is None:
                if self.item().state is not State.LATER:
                    break
            else:
                told.append(outcome)
            at = self.item().at or self.clock()
            self.clock.now = max(at, self.clock.now + timedelta(hours=1))
        return self.item(), told

    # --- what the network holds

    def held(self) -> Counter[str]:
        """The texts that are live, and how often each."""
        return Counter(post.text for post in self.world.posts(self.network))

    def made(self) -> int:
        """How many posts were ever made public."""
        return self.world.tally(self.network, "create")


@cache
def _rendered(network: str, words: str) -> Rendition:
    room = Newsroom(network, words=words)
    voice = lay(adapter(network).voice, {"link": "reply" if network in {"x", "mastodon", "bluesky"} else "comment"})
    rendition = adapter(network).render(compose(room.post, [(room.channel, voice)])[network])
    assert len(rendition.parts) == (1 if network == "apprise" else 2)
    return rendition
