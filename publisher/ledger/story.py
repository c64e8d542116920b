"""What a post's events add up to. Pure.

Parts of one post go out in order. So whatever stops a part (a refusal, a deferral, a doubt) also ends the attempts
that were claimed with it for the parts after it: they were never sent. One that is not live ends their doubts too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from publisher.ledger.events import Event, Kind
from publisher.words import Finding

if TYPE_CHECKING:
    from datetime import datetime

    from publisher.model import Attempt, Receipt

_STOPS = (Kind.REFUSED, Kind.DEFERRED, Kind.DOUBT)
_ENDS = (Kind.RECEIPT, Kind.REFUSED, Kind.DEFERRED, Kind.RESOLVED)


class Story(Struct, frozen=True, kw_only=True):
    """Everything remembered of one post, in the order it was written, and what could not be read of it."""

    post: str
    events: tuple[Event, ...] = ()
    complaints: tuple[Finding, ...] = ()

    def plus(self, events: Sequence[Event]) -> Story:
        """The story after these events too."""
        return replace(self, events=(*self.events, *events)) if events else self

    def standing(self, channel: str) -> Mapping[int, Event]:
        """What proves every part that is live on the channel, by position: as it was last edited, since it was sent."""
        live: dict[int, Event] = {}
        for one in self._of(channel):
            before = live.get(one.position)
            if one.removes:
                live.pop(one.position, None)
            elif one.proves and before is None:
                live[one.position] = one
            elif one.proves and before and one.act == "edit":
                live[one.position] = replace(one, at=before.at)
        return dict(sorted(live.items()))

    def receipt(self, channel: str, position: int) -> Receipt | None:
        """The proof that this part is live, if there is one."""
        proof = self.standing(channel).get(position)
        return proof.receipt if proof else None

    def receipts(self, channel: str) -> tuple[Receipt, ...]:
        """The receipts of a channel, in the order of their parts."""
        return tuple(one.receipt for one in self.standing(channel).values())

    def revision(self, channel: str, position: int) -> int:
        """The number of what is done next to this part: 1 to send it, and one more after each time it was done."""
        done = {one.key for one in self._of(channel) if one.position == position and (one.proves or one.removes)}
        return len(done) + 1

    def uploads(self, key: str, since: datetime) -> Mapping[str, str]:
        """What was uploaded for that part since then and is still waiting there, by the client's names."""
        told = [one for one in self.events if one.kind is Kind.UPLOADED and one.key == key and one.at >= since]
        return {name: id for one in told for name, id in one.native.items()}  # noqa: A001 - the network's id

    def open_attempts(self, channel: str) -> tuple[Event, ...]:
        """The attempts whose outcome is not known, the newest of each key, in the order of their parts."""
        waiting: dict[str, Event] = {}
        for one in self._of(channel):
            if one.kind is Kind.ATTEMPT:
                waiting[one.key] = one
            elif one.kind is Kind.DONE:
                waiting.clear()
            elif one.kind in _ENDS:
                waiting.pop(one.key, None)
            if one.kind in _STOPS or one.kind is Kind.RESOLVED:
                waiting = {key: held for key, held in waiting.items() if held.position <= one.position}
        return tuple(sorted(waiting.values(), key=lambda held: held.position))

    def in_doubt(self, channel: str) -> tuple[Event, ...]:
        """The doubts nobody has resolved yet, lines that cannot be read among them."""
        doubts: dict[tuple[Kind, str], Event] = {}
        for index, one in enumerate(self.events):
            if one.kind is Kind.UNREADABLE:
                doubts[one.kind, str(index)] = one
            elif one.channel != channel:
                continue
            elif one.kind is Kind.DOUBT:
                doubts[one.kind, one.key] = one
            elif one.kind in (Kind.RECEIPT, Kind.RESOLVED):
                doubts.pop((Kind.DOUBT, one.key), None)
            if one.kind is Kind.RESOLVED and not one.posted:
                doubts = {name: held for name, held in doubts.items() if held.position <= one.position}
            if one.channel == channel and one.kind in (Kind.RESOLVED, Kind.DONE):
                doubts = {name: doubt for name, doubt in doubts.items() if name[0] is Kind.DOUBT}
        return tuple(doubts.values())

    def refusal(self, channel: str) -> Event | None:
        """The refusal this channel stands at, if nothing happened on it since."""
        return self._last(channel, Kind.REFUSED)

    def deferral(self, channel: str) -> Event | None:
        """The deferral this channel stands at, if nothing happened on it since."""
        return self._last(channel, Kind.DEFERRED)

    def done(self, channel: str) -> Event | None:
        """The newest word that nothing is left to do on this channel, for the post as it then was."""
        return next((one for one in reversed(self._of(channel)) if one.kind is Kind.DONE), None)

    def was_done(self, blob: str) -> bool:
        """Whether the post as it was in that file was done on some channel."""
        return any(one.kind is Kind.DONE and one.blob == blob for one in self.events)

    def knows(self, channel: str) -> bool:
        """Whether anything may have happened on the channel."""
        return any(one.channel == channel or one.kind is Kind.UNREADABLE for one in self.events)

    def is_torn(self, channel: str) -> bool:
        """Whether parts became others since the newest word that nothing is left to do: a change broke off."""
        events = self._of(channel)
        ends = [number for number, one in enumerate(events) if one.kind is Kind.DONE]
        return bool(ends) and any(one.proves or one.removes for one in events[ends[-1] + 1 :])

    def is_unsure(self, channel: str) -> bool:
        """Whether something of the post may be live on the channel and nobody knows."""
        return bool(self.in_doubt(channel)) or any(one.act == "send" for one in self.open_attempts(channel))

    def is_partial(self, channel: str) -> bool:
        """Whether something of the post is live on the channel and the rest of what it was to be is not."""
        return bool(self.standing(channel)) and (self.done(channel) is None or self.is_torn(channel))

    @property
    def is_unfinished(self) -> bool:
        """Whether something was begun on any channel that did not come to its end."""
        channels = {one.channel for one in self.events}
        return any(self.is_unsure(name) or self.is_partial(name) for name in channels)

    def first_attempt(self, key: str) -> Event | None:
        """The first attempt of that key; its `at` is the part's for ever."""
        return next((one for one in self.events if one.kind is Kind.ATTEMPT and one.key == key), None)

    def attempt(self, held: Event) -> Attempt:
        """The attempt an event is about, at the instant frozen with its first try."""
        from publisher.model import Attempt

        first = self.first_attempt(held.key) or held
        return Attempt(
            key=held.key,
            post=self.post,
            channel=held.channel,
            position=held.position,
            digest=held.digest,
            at=first.at,
            act=held.act,
            wording=held.wording,
            words=held.words,
            network=held.network,
            account=held.account,
        )

    def _of(self, channel: str) -> list[Event]:
        return [one for one in self.events if one.channel == channel]

    def _last(self, channel: str, kind: Kind) -> Event | None:
        events = self._of(channel)
        return events[-1] if events and events[-1].kind is kind else None
