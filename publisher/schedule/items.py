"""What a plan says: for every post and channel a state, an instant, and the reason in words for a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from publisher.model import Receipt


class State(StrEnum):
    """Where a post stands on a channel."""

    PUBLISHED = "published"
    DUE = "due"
    LATER = "later"
    HELD = "held"
    FAILED = "failed"
    DOUBT = "doubt"
    WITHDRAWN = "withdrawn"


class Item(Struct, frozen=True, kw_only=True):
    """One post on one channel. `at` is when it is to go out, or went out; None where nobody can say.

    `act` is what is due: to send it, to edit what is live, or to withdraw it. `publish` is what the post says.

    `uncertain` says that an abandoned attempt must be looked for on the network before anything is sent. `changed`
    says that the file is no longer the one that was published. `barred` says of a doubt that nothing may be sent even
    if nothing is live, so that no run looks. `queued` says that `at` is a slot the post waits for. `past` says that the
    post was done, at that instant, before it was for this channel: nothing is left to do there. `renamed` says that it
    is live on a channel that is gone, of which this one may be the new name: that is told once, and settled. `overdue`
    is why a post that was begun would be too late to go out, were nothing of it live; empty where it would not be.
    """

    post: str
    path: str
    blob: str
    channel: str
    network: str
    state: State
    act: str = "send"
    publish: str = ""
    at: datetime | None = None
    reason: str = ""
    receipts: tuple[Receipt, ...] = ()
    uncertain: bool = False
    changed: bool = False
    barred: bool = False
    queued: bool = False
    past: bool = False
    renamed: bool = False
    overdue: str = ""


class Plan(Struct, frozen=True, kw_only=True):
    """Every item, in the order of the posts' paths and then of the channels, as it stands at `now`."""

    now: datetime
    items: tuple[Item, ...] = ()

    @property
    def due(self) -> tuple[Item, ...]:
        """What a run at `now` must do, in the order in which it should be done."""
        found = self.of(State.DUE)
        return tuple(sorted(found, key=lambda item: (item.at or self.now, item.path)))

    def of(self, *states: State) -> tuple[Item, ...]:
        """The items in one of these states."""
        return tuple(item for item in self.items if item.state in states)

    @property
    def missed(self) -> tuple[Item, ...]:
        """What was not sent although its time has come: it waits for a person, not for another run."""
        held = (item for item in self.of(State.HELD) if item.at and item.at <= self.now)
        return tuple(item for item in held if not (item.receipts or item.past))

    @property
    def complete(self) -> Mapping[str, str]:
        """The posts with nothing left to do on any channel, by path, with their blob: to be settled."""
        done = (State.PUBLISHED, State.WITHDRAWN)
        left = (item for item in self.items if not (item.past or item.renamed))
        open_ = {item.path for item in left if item.state not in done or item.changed}
        return {item.path: item.blob for item in self.items if item.path not in open_}
