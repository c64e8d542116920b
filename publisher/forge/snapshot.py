"""What every post is on each of its channels, kept as data, so that two states of a project can be told apart. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from publisher.errors import ConfigError
from publisher.words import Finding


class Piece(Struct, frozen=True, kw_only=True):
    """One native message. `seen` is how many code points a reader sees before the fold, all of them where it has none.

    `beside` names its pictures and what else is not its text, each in one line.
    """

    kind: str
    text: str
    length: int
    limit: int
    seen: int
    beside: tuple[str, ...] = ()


class Saying(Struct, frozen=True, kw_only=True):
    """A post on one channel; `digest` is empty where the channel cannot say it.

    `publish` is when it goes out there, where that is not when the others do.
    """

    channel: str
    network: str
    digest: str = ""
    publish: str = ""
    pieces: tuple[Piece, ...] = ()
    findings: tuple[Finding, ...] = ()


class Entry(Struct, frozen=True, kw_only=True):
    """One post: its file's blob, when it is to go out, and what it is on each channel.

    `alike` is the likeness of the two channels that are most alike, `pair` their names.
    """

    post: str
    path: str
    blob: str
    title: str = ""
    publish: str = ""
    sayings: tuple[Saying, ...] = ()
    findings: tuple[Finding, ...] = ()
    alike: float = 0.0
    pair: tuple[str, ...] = ()

    @property
    def times(self) -> Mapping[str, tuple[str, ...]]:
        """The channels that have a time of their own, by that time."""
        found: dict[str, tuple[str, ...]] = {}
        for one in self.sayings:
            if one.publish:
                found[one.publish] = (*found.get(one.publish, ()), one.channel)
        return found


class Snapshot(Struct, frozen=True, kw_only=True):
    """The adapted output of a project; `tool` is the version that made it."""

    tool: str
    entries: tuple[Entry, ...] = ()


def encode(snapshot: Snapshot) -> bytes:
    """The snapshot as JSON."""
    import msgspec

    return msgspec.json.format(msgspec.json.encode(snapshot), indent=1)


def decode(source: bytes) -> Snapshot:
    """The snapshot in JSON that `encode` wrote. Raises ConfigError for anything else."""
    import msgspec

    try:
        return msgspec.json.decode(source, type=Snapshot)
    except (msgspec.DecodeError, ValueError) as error:
        raise ConfigError(
            f"this is not what publisher review --save writes: {error}", hint="write it again with --save"
        ) from error


def by_post(snapshot: Snapshot) -> Mapping[str, Entry]:
    """The entries by their post's id."""
    return {entry.post: entry for entry in snapshot.entries}
