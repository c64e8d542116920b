"""When one post wants to be on one channel, or why it does not; what other posts want is not asked yet. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from enum import Enum

from msgspec import Struct, field
from msgspec.structs import replace

from publisher.content.times import parse_span
from publisher.ledger.events import Event, Kind
from publisher.ledger.runner import EDITING, SENDING
from publisher.ledger.story import Story
from publisher.schedule.items import Item, State
from publisher.schedule.times import parse_end, parse_moment, show
from publisher.schedule.timetable import Timetable
from publisher.schedule.turns import NEVER, number_of, place_of, promise_of, rested
from publisher.words import Channel, Post


class Lateness(Struct, frozen=True, kw_only=True):
    """How late a run may still publish; None is without limit. After that the post is held, or takes the next slot."""

    limit: timedelta | None
    next_slot: bool = False

    def allows(self, delay: timedelta) -> bool:
        """Whether a post may be that late."""
        return self.limit is None or delay <= self.limit


class Desk(Struct, frozen=True, kw_only=True):
    """Everything a plan is made from; `networks` names all there are, asked for only where a channel is gone."""

    channels: Sequence[Channel]
    timetable: Timetable
    stories: Mapping[str, Story]
    settled: Mapping[str, str]
    now: datetime
    zone: tzinfo
    late: timedelta
    abandoned: Callable[[Event], bool]
    digests: Mapping[tuple[str, str], str] = field(default_factory=dict)
    again: bool = False
    networks: Callable[[], Collection[str]] = tuple


class When(Enum):
    """How a wish is granted: an instant, a slot, what slots are left, at once, or as the rest of what has begun."""

    AT = "at"
    SLOT = "slot"
    TURN = "turn"
    NOW = "now"
    GO_ON = "go on"


class Wish(Struct, frozen=True, kw_only=True):
    """An item that could go out; `at` is the instant wanted, or from which a turn may come.

    `slot` is the slot's name (empty: any) or the queue's; `place` is since when the post waits for it, `promised` the
    very slot that an earlier run has named.
    """

    item: Item
    when: When
    at: datetime
    late: Lateness
    slot: str = ""
    place: datetime = NEVER
    promised: datetime | None = None
    ends: datetime | None = None


def parse_late(text: str, usual: timedelta) -> Lateness | None:
    """`2h`, `publish` (however late), `skip`, `next`, or a limit with one of them: `2h next`. None for anything else.

    `usual` is the project's limit, for a text that names none.
    """
    words = text.split()
    policy = words.pop() if words and words[-1] in ("publish", "skip", "next") else "skip"
    limit = parse_span(" ".join(words)) if words else usual
    if limit is None:
        return None
    return Lateness(limit=None if policy == "publish" else limit, next_slot=policy == "next")


def judge(post: Post, channel: Channel, desk: Desk) -> Item | Wish:
    """The item when its state is plain already, else the wish to be placed among the others."""
    story = desk.stories.get(post.id) or Story(post=post.id)
    receipts = story.receipts(channel.name)
    item = Item(
        post=post.id, path=post.path, blob=post.digest, channel=channel.name, network=channel.network, state=State.HELD,
        publish=post.publish_on(channel), at=receipts[0].at if receipts else None, receipts=receipts,
        uncertain=any(one.act == "send" for one in story.open_attempts(channel.name)),
    )  # fmt: skip
    return (
        _remembered(post, channel, story, item, desk)
        or _bygone(post, channel, story, item, desk)
        or _hindered(post, channel, story, item, desk)
        or _wish(post, channel, story, item, desk)
    )


# --- what the ledger says -------------------------------------------------------------------------------------------


def _remembered(post: Post, channel: Channel, story: Story, item: Item, desk: Desk) -> Item | None:
    settled, done = desk.settled.get(post.path), story.done(item.channel)
    withdrawn = post.publish_on(channel) == "withdrawn"
    elsewhere = None if withdrawn else _first_elsewhere(channel, story)
    if settled == post.digest and not elsewhere:
        gone = not item.receipts and (withdrawn or (done is not None and done.act == "withdraw"))
        return replace(item, state=State.WITHDRAWN if gone else State.PUBLISHED, uncertain=False)
    if settled == post.digest and elsewhere and not desk.again:
        return _past(post, channel, story, item, desk)
    if settled and not story.events and number_of(post.id) == 1:
        return replace(item, reason=f"{post.path} was published, but the ledger has no story of {post.id}")
    if done and done.act == "withdraw":
        return _gone(done, item, withdrawn=withdrawn)
    if done and not withdrawn:
        return _published(post, channel, done, story, item, desk)
    if (withdrawn or not done) and (doubts := story.in_doubt(item.channel)):
        if withdrawn:
            told = f"withdrawn, but part of it may be live: {_doubt(doubts[0])}"
            return replace(item, state=State.DOUBT, reason=told, act="withdraw")
        return _doubted(post, channel, story, replace(item, reason=_doubt(doubts[0])), desk)
    if any(not desk.abandoned(one) for one in story.open_attempts(item.channel)):
        return replace(item, reason=SENDING, uncertain=False)
    if withdrawn:
        return _withdrawn(post, story, item, desk)
    return _refused(post, story, item, desk)


def _doubted(post: Post, channel: Channel, story: Story, item: Item, desk: Desk) -> Item:
    """A doubt; barred where the post is held or has been put off since, for a look might end with sending it."""
    moment, hindered = parse_moment(item.publish, desk.zone), _hindered(post, channel, story, item, desk)
    later = f"it is for {show(moment.at, desk.zone)}" if moment and moment.at > desk.now else ""
    why = hindered.reason if hindered else later
    reason = f"{item.reason}; {why}" if why else item.reason
    return replace(item, state=State.DOUBT, reason=reason, barred=bool(why))


def _gone(done: Event, item: Item, *, withdrawn: bool) -> Item:
    if withdrawn:
        state = State.PUBLISHED if item.receipts else State.WITHDRAWN
        return replace(item, state=state, reason=done.message, uncertain=False)
    return replace(item, reason="it was withdrawn: give the post a new `id:` to publish it again")


def _published(post: Post, channel: Channel, done: Event, story: Story, item: Item, desk: Desk) -> Item:
    """A post that is on its channel: as it stands, or to be edited."""
    unfinished = story.open_attempts(item.channel)
    item = replace(item, state=State.PUBLISHED, uncertain=False)
    if not unfinished and done.blob in ("", post.digest) and not story.is_torn(item.channel):
        return replace(item, reason=done.message)
    if doubts := story.in_doubt(item.channel):
        doubt = replace(item, act="edit", changed=True, reason=_doubt(doubts[0]))
        return _doubted(post, channel, story, doubt, desk)
    if any(not desk.abandoned(one) for one in unfinished):
        return replace(item, changed=True, reason=EDITING)
    if any(one.act == "withdraw" for one in unfinished):
        return replace(item, state=State.HELD, reason="its withdrawal broke off: finish it with `publish: withdrawn`")
    if channel.paused:
        return replace(item, changed=True, reason="changed since it was published; channel paused")
    return _repeated(post, story, item, desk, "edit") or replace(
        item, state=State.DUE, act="edit", changed=True, reason="changed since it was published"
    )


def _withdrawn(post: Post, story: Story, item: Item, desk: Desk) -> Item:
    if not (item.receipts or item.uncertain):
        return replace(item, state=State.WITHDRAWN)
    reason = (
        "withdrawn: an earlier attempt has to be looked for" if item.uncertain else "withdrawn: to be deleted there"
    )
    return _repeated(post, story, item, desk, "withdraw") or replace(
        item, state=State.DUE, act="withdraw", reason=reason
    )


def _repeated(post: Post, story: Story, item: Item, desk: Desk, act: str) -> Item | None:
    """An edit or a withdrawal that the network refused, or put off, and that is not to be tried again yet."""
    refusal = story.refusal(item.channel)
    item = replace(item, act=act, changed=True)
    if refusal and refusal.blob == post.digest and refusal.error != "Unauthorized" and not desk.again:
        return replace(item, state=State.FAILED, reason=f"the {act} was refused: {refusal.message}")
    return _deferred(story, item, desk)


def _deferred(story: Story, item: Item, desk: Desk) -> Item | None:
    """What its network put off, until then or until a person asks for it: a spending limit can be raised."""
    deferral = story.deferral(item.channel)
    if deferral and deferral.until and deferral.until > desk.now and not desk.again:
        reason = f"rate limited until {show(deferral.until, desk.zone)}: {deferral.message}"
        return replace(item, state=State.LATER, at=deferral.until, reason=reason)
    return None


def _doubt(doubt: Event) -> str:
    if doubt.kind is Kind.UNREADABLE:
        return f"a line of its story cannot be read and may have been a receipt: {doubt.message[:60]}"
    return doubt.message or "nobody knows whether it is live"


def _refused(post: Post, story: Story, item: Item, desk: Desk) -> Item | None:
    """Failed while neither the file nor, where it is known, its rendition is another than the one refused."""
    refusal = story.refusal(item.channel)
    if refusal and refusal.error != "Unauthorized" and not desk.again:
        digest = desk.digests.get((post.id, item.channel), refusal.digest)
        if refusal.blob in ("", post.digest) and digest == refusal.digest:
            return replace(item, state=State.FAILED, at=refusal.at, reason=f"refused: {refusal.message}")
    return _deferred(story, item, desk)


def _bygone(post: Post, channel: Channel, story: Story, item: Item, desk: Desk) -> Item | None:
    """Held: a post that was done everywhere before it was for this channel, that was edited, and that does not name it.

    One that is not too late yet goes there, and so does one whose time is to come. A person's word overrules all this.
    """
    first = None if desk.again or post.names(channel.name) else _first_elsewhere(channel, story)
    if first is None or _lost(channel, story, desk, again=False):
        return None
    moment, late = parse_moment(item.publish, desk.zone), parse_late(post.late, desk.late)
    soon = desk.now - first <= ((late and late.limit) or desk.late)
    if soon or (moment and moment.at > desk.now) or not story.was_done(desk.settled.get(post.path, "?")):
        return None
    return _past(post, channel, story, item, desk)


def _past(post: Post, channel: Channel, story: Story, item: Item, desk: Desk) -> Item:
    """The item of a post that is done, on a channel that it was not for then."""
    first = _first_elsewhere(channel, story) or desk.now
    told = f"published on {first.astimezone(desk.zone):%Y-%m-%d} before {channel.name} was one of its channels; "
    reason = f"{told}to send it there: publisher push {post.path} -c {channel.name}"
    lost = _lost(channel, story, desk, again=False)
    return replace(item, at=first, reason=_tell_lost(post, channel, lost) if lost else reason, past=True)


def _first_elsewhere(channel: Channel, story: Story) -> datetime | None:
    """When the post first went live, where nothing has happened to it on this channel."""
    live = (one.at for one in story.events if one.proves)
    return None if story.knows(channel.name) else min(live, default=None)


# --- what the post says ---------------------------------------------------------------------------------------------


def _hindered(post: Post, channel: Channel, story: Story, item: Item, desk: Desk) -> Item | None:
    publish = post.publish_on(channel)
    ends = parse_end(post.expires, desk.zone) if post.expires else None
    if not publish:
        return replace(item, reason="draft: no publish: line")
    if channel.paused:
        return replace(item, reason="channel paused")
    if lost := _lost(channel, story, desk, again=desk.again or bool(desk.timetable.queue(publish))):
        moment = parse_moment(publish, desk.zone)
        at, known = moment.at if moment else desk.now, not story.is_unsure(lost)
        return replace(item, at=at, reason=_tell_lost(post, channel, lost), renamed=known)
    if post.expires and ends is None:
        return replace(item, reason=f"expires: {post.expires} is not a day or an instant")
    if ends and ends <= desk.now:
        return replace(item, reason=f"expired on {post.expires}")
    for name in (publish, post.link_on(channel)):
        if (
            name.startswith("@")
            and name[1:] not in (channel.name, channel.network)
            and not _live_on(name[1:], story, desk)
        ):
            return replace(item, reason=f"waiting for {name}")
    return None


def _lost(channel: Channel, story: Story, desk: Desk, *, again: bool) -> str:
    """A channel that is gone and where the post is, or may be, live, if this one is new: it may be its new name.

    What is known to be live there does not count for what is published `again` anyway, nor does a channel that was on
    another network: the one it has the name of, where an older publisher wrote down none.
    """
    known = {one.name for one in desk.channels}
    told = dict.fromkeys(one.channel for one in story.events if one.channel)
    gone = () if channel.name in told else (name for name in told if name not in known)
    unsure = {one.channel for name in told for one in (*story.open_attempts(name), *story.in_doubt(name))}
    lost = [name for name in gone if name in unsure or (story.receipts(name) and not again)]
    others = {name for name in desk.networks() if name != channel.network} if lost else ()
    there = {name: {one.network for one in story.events if one.channel == name and one.network} for name in lost}
    return next((name for name in lost if channel.network in there[name] or not (there[name] or name in others)), "")


def _tell_lost(post: Post, channel: Channel, lost: str) -> str:
    told = f"it is, or may be, live on {lost}, which publisher.yml does not have now"
    renamed = f"if {channel.name} is its new name, leave it out of the post (channels: {{{channel.name}: false}})"
    return f"{told}; {renamed}; if it is another account: publisher push {post.path} -c {channel.name}"


def _live_on(name: str, story: Story, desk: Desk) -> datetime | None:
    """When the post went live on the channel, or on a channel of the network, of that name."""
    there = [one.name for one in desk.channels if name in (one.name, one.network)]
    return min((proof.at for one in there if (proof := story.receipt(one, 0))), default=None)


def _wish(post: Post, channel: Channel, story: Story, item: Item, desk: Desk) -> Item | Wish:
    publish = post.publish_on(channel)
    late = parse_late(post.late, desk.late)
    moment = parse_moment(publish, desk.zone)
    ends = parse_end(post.expires, desk.zone) if post.expires else None
    if late is None:
        return replace(item, reason=f"late: {post.late} is not a duration")
    wish = Wish(
        item=item, when=When.AT, at=desk.now, late=late, place=place_of(post.id, desk.stories),
        promised=promise_of(post.id, channel.name, desk.stories), ends=ends,
    )  # fmt: skip
    early = moment is not None and moment.at > desk.now
    if begun := item.receipts or (() if early else story.open_attempts(channel.name)):
        return replace(wish, when=When.GO_ON, at=begun[0].at)
    if publish == "now":
        first = None if post.names(channel.name) else _first_elsewhere(channel, story)
        return replace(wish, when=When.NOW, at=first or desk.now)
    if moment:
        return replace(wish, at=moment.at)
    if publish.startswith("@"):
        return replace(wish, at=_live_on(publish[1:], story, desk) or desk.now)
    return _slot_wish(wish, publish, desk)


def _slot_wish(wish: Wish, publish: str, desk: Desk) -> Item | Wish:
    name, channel, timetable = "" if publish == "next" else publish, wish.item.channel, desk.timetable
    if name and name not in timetable.names:
        return replace(wish.item, reason=f"publish: {publish} is neither an instant nor a slot of schedules/")
    if not timetable.slots_for(channel, name):
        reason = f"the slot {name} is not for {channel}" if name else f"schedules/ has no slot for {channel}"
        return replace(wish.item, reason=reason)
    if queue := timetable.queue(name):
        ready = rested(wish.item.post, channel, queue, desk.stories, desk.zone)
        return replace(wish, when=When.TURN, at=ready, slot=name)
    return replace(wish, when=When.SLOT, slot=name)
