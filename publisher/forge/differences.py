"""What changes for a reader between two states of a project: not in the files, in what the networks get. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct

from publisher.forge.snapshot import Entry, Saying, Snapshot, by_post
from publisher.words import Finding, Severity


class Cause(StrEnum):
    """Why a post's output differs."""

    NEW = "new"
    GONE = "gone"
    WORDS = "words"
    AROUND = "around"


class Turn(Struct, frozen=True, kw_only=True):
    """One channel that says something else than before; None where it says or said nothing."""

    channel: str
    before: Saying | None
    after: Saying | None


class Difference(Struct, frozen=True, kw_only=True):
    """A post that readers, or its authors, will see differently; `turns` are the channels on which its words differ.

    `same` are the channels that say what they said before.
    """

    cause: Cause
    before: Entry | None
    after: Entry | None
    turns: tuple[Turn, ...]
    same: tuple[str, ...]

    @property
    def entry(self) -> Entry:
        """The post as it is, or as it was where it is gone."""
        found = self.after or self.before
        assert found is not None, "a difference is between something and something"  # noqa: S101 - by construction
        return found

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything there is to say of the post as it is."""
        if self.after is None:
            return ()
        return (*self.after.findings, *(found for one in self.after.sayings for found in one.findings))

    @property
    def has_errors(self) -> bool:
        """Whether something has to be mended before it can go out."""
        return any(found.severity is Severity.ERROR for found in self.findings)


def compare(before: Snapshot, after: Snapshot) -> tuple[Difference, ...]:
    """The posts whose output, time or findings differ, in the order of their paths."""
    old, new = by_post(before), by_post(after)
    found = [_difference(old.get(post), new.get(post)) for post in {**old, **new}]
    return tuple(sorted((one for one in found if one), key=lambda one: one.entry.path))


def _difference(before: Entry | None, after: Entry | None) -> Difference | None:
    was, will = _by_channel(before), _by_channel(after)
    turns = tuple(_turns(was, will))
    if not turns and before and after and _manner(before) == _manner(after):
        return None
    changed = {turn.channel for turn in turns}
    same = tuple(name for name in will if name not in changed)
    return Difference(cause=_cause(before, after), before=before, after=after, turns=turns, same=same)


def _by_channel(entry: Entry | None) -> Mapping[str, Saying]:
    return {one.channel: one for one in entry.sayings} if entry else {}


def _turns(was: Mapping[str, Saying], will: Mapping[str, Saying]) -> Iterator[Turn]:
    for name in {**will, **was}:
        before, after = was.get(name), will.get(name)
        if before is None or after is None or before.digest != after.digest:
            yield Turn(channel=name, before=before, after=after)


def _manner(entry: Entry) -> tuple[object, ...]:
    """What an author sees beside the words: when it goes out, and what there is to say of it, wherever that stands."""
    told = {(one.rule, one.message, one.channel) for one in (*entry.findings, *_of_channels(entry))}
    times = {(one.channel, one.publish) for one in entry.sayings}
    return entry.publish, frozenset(times), frozenset(told)


def _of_channels(entry: Entry) -> Iterator[Finding]:
    for saying in entry.sayings:
        yield from saying.findings


def _cause(before: Entry | None, after: Entry | None) -> Cause:
    if before is None:
        return Cause.NEW
    if after is None:
        return Cause.GONE
    return Cause.WORDS if before.blob != after.blob else Cause.AROUND
