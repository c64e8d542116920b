"""The contract of a ledger, whatever its home."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from publisher.ledger.claims import Claim, Entry

if TYPE_CHECKING:
    from publisher.ledger.claims import Publication
    from publisher.ledger.events import Event
    from publisher.ledger.runner import Runner
    from publisher.ledger.story import Story
    from publisher.model import Attempt

BEGUN = b"\n(live on some of its channels)\n"
"""What is added to a post's file that is settled before it is done everywhere: to no look does it seem done."""


class Ledger(Protocol):
    """What was tried and what came of it, shared by every runner. Each method raises LedgerError when it cannot."""

    def refresh(self) -> None:
        """Look at the ledger's home again, so that what follows sees what others wrote."""
        ...

    def read(self, posts: Iterable[str]) -> Mapping[str, Story]:
        """The story of each of these posts, by id; an empty one where nothing happened yet."""
        ...

    def glance(self, posts: Iterable[str]) -> Mapping[str, Story]:
        """The same; but a later claim is refused for what came to a part since it was last read, as if none looked."""
        ...

    def recent(self, since: datetime) -> Sequence[Publication]:
        """What went live on any channel since that day, the earliest first, settled posts included."""
        ...

    def settled(self, paths: Iterable[str] | None = None) -> Mapping[str, str]:
        """The blob that was published, by path, of the posts that are completely done; all of them by default."""
        ...

    def unfinished(self) -> Collection[str]:
        """The posts of which something may be live, or is live in part, by id, whether their files are there or not.

        Those that an older publisher wrote last are not among them.
        """
        ...

    def write(self, entry: Entry) -> None:
        """Write all of the entry at once, or nothing, however often others write meanwhile.

        Raises Conflict when one of the parts to claim is live or in doubt, or when somebody else wrote about it since
        this ledger last read it; after that, `read` gives what they wrote.
        """
        ...

    def claim(self, attempts: Sequence[Attempt], runner: Runner) -> None:
        """Record every attempt for `runner`, or none. Nothing may be sent before this returns. Raises Conflict."""
        self.write(Entry(claim=Claim(attempts=attempts, runner=runner)))

    def record(self, events: Mapping[str, Sequence[Event]]) -> None:
        """Append events to the stories of their posts."""
        self.write(Entry(events=events))

    def settle(self, paths: Mapping[str, str]) -> None:
        """Remember that these posts are completely done, by path, with the blob that was published.

        One that has only begun is given the blob of its file with `BEGUN` after it.
        """
        self.write(Entry(settled=paths))


@runtime_checkable
class Mirror(Protocol):
    """A ledger that compares the posts' repository with what is settled at a cost that history does not change."""

    def pending(self, folder: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """What is not settled of the posts under `folder` in the checked-out commit, and what is settled and gone.

        Both by path with the blob. Raises LedgerError where nothing is committed.
        """
        ...


@runtime_checkable
class Archive(Protocol):
    """A ledger that can tell what was published in its very words, where git has them."""

    def recall(self, blobs: Sequence[str]) -> Mapping[str, bytes]:
        """The contents of those of these blobs that can be had, by blob."""
        ...


@runtime_checkable
class Losable(Protocol):
    """A ledger that misses itself when it is deleted."""

    def forgo(self) -> None:
        """Accept that the ledger was deleted, so that the next write begins it anew."""
        ...
