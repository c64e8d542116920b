"""A vigil: a run that sees something coming waits for it, so that it goes out at its very instant.

Nothing is claimed while it waits: an attempt that waits would be in doubt for everybody else. The words are read again
just before the instant, and where newer ones have been merged meanwhile, the wait ends and their own run takes over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from threading import Event as Flag
from typing import TYPE_CHECKING

from msgspec import Struct

from publisher.cli.upstream import find_newer
from publisher.schedule.items import Item, State

if TYPE_CHECKING:
    from publisher.cli.edition import Edition
    from publisher.cli.workspace import Workspace

LEAD = timedelta(seconds=20)
"""Before the instant, for reading and adapting the words once more."""
LOOK_SECONDS = 60.0


class End(Enum):
    """How a wait ended: its time has come, a person stopped it, or newer words were merged."""

    COME = auto()
    STOPPED = auto()
    MOVED = auto()


class Vigil(Struct, frozen=True, kw_only=True):
    """How to wait: `sleep` takes seconds and tells whether it was cut short, `moved` whether there are newer words."""

    clock: Callable[[], datetime]
    sleep: Callable[[float], bool]
    moved: Callable[[], bool]

    def until(self, instant: datetime, *, looking: bool = True) -> End:
        """Waits for that instant, looking for newer words now and then."""
        while (left := (instant - self.clock()).total_seconds()) > 0:
            if self.sleep(max(0.001, min(left, LOOK_SECONDS))):
                return End.STOPPED
            if looking and self.moved():
                return End.MOVED
        return End.COME


class _Played:
    """A clock that is set by hand, so that waiting takes no time."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def sleep(self, seconds: float) -> bool:
        self.now += timedelta(seconds=seconds)
        return False


def keep_vigil(workspace: Workspace, stop: Flag) -> Vigil:
    """A vigil by this workspace's clock; where that one is set by hand, it goes on without waiting."""
    moved = lambda: find_newer(workspace) is not None  # noqa: E731 - one look, asked again and again
    if workspace.fixed_now is None:
        return Vigil(clock=workspace.clock, sleep=stop.wait, moved=moved)
    played = _Played(workspace.clock())
    return Vigil(clock=lambda: played.now, sleep=played.sleep, moved=moved)


def coming(edition: Edition, after: datetime, end: datetime) -> tuple[Item, ...]:
    """What goes out next, after one instant and up to another: the items of the earliest between them that has any."""
    later = [item for item in edition.plan.of(State.LATER) if item.at and after < item.at <= end]
    first = min((item.at for item in later if item.at), default=None)
    return tuple(item for item in later if item.at == first)


def look_ahead(
    edition: Edition, end: datetime, vigil: Vigil, tell: Callable[[str], None]
) -> Iterator[tuple[Edition, datetime]]:
    """Each instant up to `end` at which something goes out, just when it has come, with the edition read for it."""
    from publisher.cli.edition import open_edition

    at = vigil.clock()
    while items := coming(edition, at, end):
        at = items[0].at or end
        tell(_announcement(items, edition, vigil.clock()))
        if not _has_come(vigil.until(at - LEAD), tell):
            return
        edition = open_edition(_at(edition.workspace, at), edition.to)
        if not _has_come(vigil.until(at, looking=False), tell):
            return
        yield edition, at
        edition = open_edition(edition.workspace, edition.to)


def _at(workspace: Workspace, instant: datetime) -> Workspace:
    """The workspace at that instant, where its clock is set by hand."""
    from publisher.cli.workspace import Workspace

    return Workspace(workspace.root, now=instant, environ=workspace.environ) if workspace.fixed_now else workspace


def _has_come(end: End, tell: Callable[[str], None]) -> bool:
    if end is End.MOVED:
        tell("Newer words have been merged; the run that follows them takes over.")
    return end is End.COME


def _announcement(items: Sequence[Item], edition: Edition, now: datetime) -> str:
    at = items[0].at or now
    posts = {post: [one.channel for one in items if one.post == post] for post in dict.fromkeys(i.post for i in items)}
    told = "; ".join(f"{post} on {', '.join(channels)}" for post, channels in posts.items())
    minutes = max(1, round((at - now).total_seconds() / 60))
    return f"Waiting until {at.astimezone(edition.workspace.zone):%H:%M:%S} ({minutes} min) for {told}. Ctrl-C stops."
