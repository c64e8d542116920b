"""The plan: what is due, what comes later and what is held, for every post and channel. Pure; time is an argument.

Due means scheduled at or before now and not complete, never "at this tick": runs come late, twice or not at all. On
each channel the posts are placed in this order, ties going to the path that sorts first:

1. what has begun goes on (the rest of a thread, an attempt nobody answers for, which counts as if it were live; of one
   that turns out not to be, the item tells whether it has come too late by now);
2. what is due goes out while the gap, the daily maximum and the quiet days allow it: `now` first, then the earliest;
3. what is still to come keeps its instant where there is room;
4. what found none follows in the same order, where there is some;
5. what asks for a slot takes the first free one: those that have a place in the queue before those that have none,
   and these by path. A slot stays open for an hour, so that a late run still uses it, and so does a post that is merged
   within that hour. One that no run came for in time is used by the post it was promised to, as soon as there is room,
   while `late:` allows it; after that the post takes the next slot;
6. slots that are left go to the evergreen queues, each to the post that has waited longest and whose cool-down is over.

A place is given by the first run that sees the post waiting, and kept in the ledger with the slot. So a slot that was
promised does not move when another post comes that asks for one. It moves when a post ahead of it goes, when something
dated takes the slot, or its gap or its day's maximum, and when schedules/ changes.

How late a post is counts from the first instant at which its channel had room for it, so a post that had to queue is
not late. A quiet day holds a dated post and moves none; `publish: now` is a person's word and overrules quiet days, but
neither gap nor maximum.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from msgspec.structs import replace

from publisher.ledger.claims import Publication, publications
from publisher.ledger.events import Event, resolved
from publisher.ledger.story import Story
from publisher.schedule.items import Item, Plan, State
from publisher.schedule.lanes import Lane
from publisher.schedule.times import day_of, show, show_span
from publisher.schedule.timetable import Timetable
from publisher.schedule.turns import turns
from publisher.schedule.wishes import Desk, When, Wish, judge
from publisher.words import Channel, Post

LATE = timedelta(hours=24)

_LOOK = "an earlier attempt has to be looked for first"


def plan(  # noqa: PLR0913 - a plan is made from everything
    posts: Iterable[Post],
    channels: Sequence[Channel],
    timetable: Timetable,
    stories: Mapping[str, Story],
    settled: Mapping[str, str],
    now: datetime,
    *,
    zone: tzinfo | None = None,
    late: timedelta = LATE,
    recent: Iterable[Publication] = (),
    abandoned: Callable[[Event], bool] = lambda _: False,
    digests: Mapping[tuple[str, str], str] | None = None,
    again: bool = False,
    networks: Callable[[], Collection[str]] = tuple,
) -> Plan:
    """The plan at `now`, an aware instant, for these posts.

    `stories` must hold the story of every post that has one and is not settled; `recent` is what went live since
    `timetable.horizon(now)`, settled posts included, or gaps and maxima would not count them. `abandoned` says of an
    open attempt whether its runner is gone. `digests` gives, by post and channel, the rendition's digest where it is
    known: a refused post is tried again when its file or that digest changes, or a person asks for it `again`; so is
    one that its network put off. `networks` gives the names of all there are.
    """
    moment = now.astimezone(UTC)
    desk = Desk(
        channels=channels,
        timetable=timetable,
        stories=stories,
        settled=settled,
        now=moment,
        zone=zone or timetable.zone,
        late=late,
        abandoned=abandoned,
        digests=digests or {},
        again=again,
        networks=networks,
    )
    ordered = sorted(posts, key=lambda post: post.path)
    live = _live(stories, recent)
    judged = [
        _judge(turn, channel, desk, live)
        for post in ordered
        for channel in channels
        if post.speaks_to(channel.name, channel.network)
        for turn in turns(post, channel.name, post.publish_on(channel), timetable, stories)
    ]
    placed: dict[tuple[str, str], Item] = {}
    for channel in channels:
        wishes = [one for one in judged if isinstance(one, Wish) and one.item.channel == channel.name]
        if wishes:
            lane = Lane(channel.name, timetable, desk.zone, _on(channel, live))
            placed.update({(item.post, item.channel): item for item in _Placing(lane, moment, wishes).items()})
    items = (one if isinstance(one, Item) else placed[one.item.post, one.item.channel] for one in judged)
    return Plan(now=moment, items=tuple(items))


def _judge(post: Post, channel: Channel, desk: Desk, live: Mapping[tuple[str, str], datetime]) -> Item | Wish:
    """The item or wish; of what was begun, and is not known to be live in any part, with why it is too late."""
    found = judge(post, channel, desk)
    item = found.item if isinstance(found, Wish) else found
    begun = found.when is When.GO_ON if isinstance(found, Wish) else found.state is State.DOUBT and not found.barred
    if not begun or item.receipts or item.act != "send":
        return found
    item = replace(item, overdue=_overdue(post, channel, desk, live))
    return replace(found, item=item) if isinstance(found, Wish) else item


def _overdue(post: Post, channel: Channel, desk: Desk, live: Mapping[tuple[str, str], datetime]) -> str:
    """Why a post that was begun would not go out now, late as it is, were nothing of it live; empty if it would."""
    story, name = desk.stories[post.id], channel.name
    tries = [one for one in (*story.open_attempts(name), *story.in_doubt(name)) if one.channel == name]
    ended = story.plus([resolved(story.attempt(one), desk.now, posted=False) for one in tries])
    wish = judge(post, channel, replace(desk, stories={**desk.stories, post.id: ended}))
    if not isinstance(wish, Wish) or wish.when not in (When.AT, When.NOW):
        return ""
    others = {one: at for one, at in live.items() if one != (post.id, name)}
    placing = _Placing(Lane(name, desk.timetable, desk.zone, _on(channel, others)), desk.now, [wish])
    return placing.overdue(wish)


def _on(channel: Channel, live: Mapping[tuple[str, str], datetime]) -> list[datetime]:
    return [at for (_, name), at in live.items() if name == channel.name]


def _live(stories: Mapping[str, Story], recent: Iterable[Publication]) -> dict[tuple[str, str], datetime]:
    """When something went live on each channel, or may have: every post once, whoever remembers it."""
    begun = [story for story in stories.values() if story.events]
    told = [one for story in begun for one in publications(story.post, story.events)]
    known = {(story.post, one.channel): one.at for story in begun for one in _unsure(story)}
    known.update({(one.post, one.channel): one.at for one in (*told, *recent)})
    return known


def _unsure(story: Story) -> Iterator[Event]:
    """The first parts that were tried and that nobody knows of: they may be live, so nothing is sent too near them."""
    for channel in dict.fromkeys(one.channel for one in story.events):
        tried = (*story.open_attempts(channel), *story.in_doubt(channel))
        yield from (one for one in tried if one.position == 0 and one.act == "send" and one.channel == channel)


class _Placing:
    """Grants the wishes of one channel."""

    def __init__(self, lane: Lane, now: datetime, wishes: Sequence[Wish]) -> None:
        self._lane, self._now, self._wishes = lane, now, wishes
        self._booked = {wish.at for wish in wishes if wish.when is When.AT}
        self._done: list[Item] = []

    def items(self) -> list[Item]:
        """One item for every wish."""
        self._go_on()
        ready, coming, slots = self._sorted()
        waiting = [wish for wish in ready if not self._send(wish)]
        waiting += [wish for wish in coming if not self._keep(wish)]
        for wish in sorted(waiting, key=_turn):
            self._promise(wish)
        for wish in slots:
            if not (self._send_in_slot(wish) or self._follow_up(wish)):
                self._promise_slot(wish)
        self._fill()
        return self._done

    def overdue(self, wish: Wish) -> str:
        """Why the only wish does not go out now, if it comes too late; empty otherwise."""
        if not self._missed(wish):
            return ""
        (item,) = self.items()
        if item.state is State.LATER and item.at:
            return f"it is late, and takes the slot of {show(item.at, self._lane.zone)}"
        return item.reason if item.state is State.HELD else ""

    def _go_on(self) -> None:
        for wish in self._wishes:
            if wish.when is When.GO_ON:
                if not wish.item.receipts:
                    self._lane.take(self._now)
                self._settle(wish, State.DUE, wish.at, _LOOK if wish.item.uncertain else "goes on where it stopped")

    def _sorted(self) -> tuple[list[Wish], list[Wish], list[Wish]]:
        """The wishes whose time has come, those whose time is to come, and those for a slot; what is held is done."""
        ready: list[Wish] = []
        coming: list[Wish] = []
        slots = [wish for wish in self._wishes if wish.when is When.SLOT]
        for wish in sorted(self._wishes, key=_turn):
            if wish.when is When.NOW and not self._missed(wish):
                ready.append(wish)
            elif wish.when is When.AT and (quiet := self._quiet(wish)):
                self._settle(wish, State.HELD, wish.at, quiet)
            elif wish.when in (When.AT, When.NOW) and self._missed(wish):
                self._give_up(wish, slots)
            elif wish.when is When.AT:
                (ready if wish.at <= self._now else coming).append(wish)
        slots.sort(key=lambda wish: (wish.place, wish.item.path))
        return ready, coming, slots

    def _quiet(self, wish: Wish) -> str:
        zone, timetable = self._lane.zone, self._lane.timetable
        if why := timetable.quiet_on(day_of(wish.at, zone)):
            return f"{why}; its time is {show(wish.at, zone)}"
        return timetable.quiet_on(day_of(max(wish.at, self._now), zone))

    def _missed(self, wish: Wish) -> bool:
        calm = wish.when is not When.NOW
        first, _ = self._lane.earliest(wish.at, wish.at if calm else None, quiet=calm)
        return first is not None and not wish.late.allows(self._now - first)

    def _give_up(self, wish: Wish, slots: list[Wish]) -> None:
        if wish.late.next_slot and self._lane.timetable.slots_for(self._lane.channel):
            slots.append(replace(wish, when=When.SLOT))
            return
        limit = show_span(wish.late.limit or timedelta())
        told = f"missed its lateness limit of {limit}: it was for {show(wish.at, self._lane.zone)}"
        self._settle(wish, State.HELD, wish.at, told)

    def _send_in_slot(self, wish: Wish) -> bool:
        """Whether the slot it was promised, or one that is open now, lets the wish out."""
        at = self._missed_slot(wish) or self._lane.open_slot(wish.slot, self._now, self._booked)
        if at is None or self._lane.refusal(self._now):
            return False
        self._take_open(wish, at)
        return True

    def _missed_slot(self, wish: Wish) -> datetime | None:
        """The slot that the wish was promised and may still use, although its time has passed."""
        at = wish.promised
        if at is None or at > self._now or at in self._booked or not wish.late.allows(self._now - at):
            return None
        return at if self._lane.has_slot(wish.slot, at) else None

    def _follow_up(self, wish: Wish) -> bool:
        """Whether a wish that missed its slot can go out at the next instant with room, not yet too late."""
        missed = self._missed_slot(wish)
        at, why = self._lane.earliest(self._now, missed) if missed else (None, "")
        if missed is None or at is None or not wish.late.allows(at - missed):
            return False
        self._booked.add(missed)
        self._lane.take(at)
        self._settle(wish, State.LATER, at, f"{why}: next free {show(at, self._lane.zone)}")
        return True

    def _take_open(self, wish: Wish, at: datetime) -> None:
        self._booked.add(at)
        self._lane.take(self._now)
        self._settle(wish, State.DUE, at, "")

    def _fill(self) -> None:
        """Gives the slots nobody else takes to evergreen posts: the open ones now, then those to come."""
        turns = [wish for wish in self._wishes if wish.when is When.TURN]
        waiting = sorted(turns, key=lambda wish: (wish.at, wish.item.path))
        queues = sorted({wish.slot for wish in waiting})
        for queue in queues:
            while (at := self._lane.open_slot(queue, self._now, self._booked)) and not self._lane.refusal(self._now):
                if not (wish := _pick(waiting, queue, at)):
                    break
                self._take_open(wish, at)
        for at, queue in self._lane.free_slots(queues, self._now) if waiting else ():
            if wish := _pick(waiting, queue, at):
                self._lane.take(at)
                self._settle(wish, State.LATER, at, "")
            if not waiting:
                break
        for wish in waiting:
            self._settle(wish, State.HELD, None, self._unfilled(wish))

    def _unfilled(self, wish: Wish) -> str:
        channel, zone = self._lane.channel, self._lane.zone
        rests = f": {wish.item.post} rests until {show(wish.at, zone)}" if wish.at > self._now else ""
        return f"no slot of the queue {wish.slot} is free on {channel} within a year{rests}"

    def _send(self, wish: Wish) -> bool:
        """Whether the wish is settled: sent now, or given up; otherwise it has to wait for room."""
        calm = wish.when is not When.NOW
        first, _ = self._lane.earliest(wish.at, wish.at if calm else None, quiet=calm)
        if first is None or first > self._now or self._lane.refusal(self._now, quiet=calm):
            return False
        self._lane.take(self._now)
        self._settle(wish, State.DUE, wish.at if calm else None, "")
        return True

    def _keep(self, wish: Wish) -> bool:
        """Whether the wish can have the very instant it names."""
        if self._lane.refusal(wish.at):
            return False
        self._lane.take(wish.at)
        self._settle(wish, State.LATER, wish.at, "")
        return True

    def _promise(self, wish: Wish) -> None:
        """Settle the wish at the first instant with room."""
        calm = wish.when is not When.NOW
        clock = wish.at if calm else None
        first, why = self._lane.earliest(wish.at, clock, quiet=calm)
        if first and first < self._now:
            first, why = self._lane.earliest(self._now, clock, quiet=calm)
        if first is None:
            self._settle(wish, State.HELD, wish.at, f"{why}: there is no room within a year")
            return
        self._lane.take(first)
        self._settle(wish, State.LATER, first, f"{why}: next free {show(first, self._lane.zone)}" if why else "")

    def _promise_slot(self, wish: Wish) -> None:
        at = self._lane.next_slot(wish.slot, self._now)
        if at is None:
            self._settle(wish, State.HELD, None, f"no slot of {self._lane.channel} is free within a year")
            return
        self._lane.take(at)
        self._settle(replace(wish, item=replace(wish.item, queued=True)), State.LATER, at, "")

    def _settle(self, wish: Wish, state: State, at: datetime | None, reason: str) -> None:
        if state is State.LATER and wish.ends and at and at >= wish.ends:
            state, reason = State.HELD, f"it expires before its turn comes at {show(at, self._lane.zone)}"
        self._done.append(replace(wish.item, state=state, at=at, reason=reason))


def _pick(waiting: list[Wish], queue: str, at: datetime) -> Wish | None:
    """The first of those waiting that may come at that slot of the queue; it waits no longer."""
    found = next((number for number, one in enumerate(waiting) if one.slot == queue and one.at <= at), None)
    return None if found is None else waiting.pop(found)


def _turn(wish: Wish) -> tuple[bool, datetime, str]:
    return wish.when is not When.NOW, wish.at, wish.item.path
