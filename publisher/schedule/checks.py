"""What can be said of a post's times before any run: clocks that change, quiet days, slots nobody has. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo

from publisher.content.spelling import suggest
from publisher.content.times import parse_day
from publisher.schedule.times import day_of, parse_moment, show, tell
from publisher.schedule.timetable import Timetable
from publisher.words import Channel, Finding, Post, Severity

_SLOT = re.compile(r"[^\W\d_][\w-]*")
_WORDS = ("", "next", "now", "withdrawn")


def check_times(
    posts: Iterable[Post], channels: Sequence[Channel], timetable: Timetable, zone: tzinfo | None = None
) -> tuple[Finding, ...]:
    """Every complaint about when these posts want to go out, each one once."""
    where = zone or timetable.zone
    found = (finding for post in posts for finding in (*_common(post, where), *_all(post, channels, timetable, where)))
    return tuple(dict.fromkeys(found))


def _common(post: Post, zone: tzinfo) -> Iterator[Finding]:
    for name in ("publish", "expires"):
        written = getattr(post, name)
        moment = None if parse_day(written) else parse_moment(written, zone)
        if moment and (finding := tell(moment, written, zone, post.path, post.lines.get(name, 1))):
            yield finding


def _all(post: Post, channels: Sequence[Channel], timetable: Timetable, zone: tzinfo) -> Iterator[Finding]:
    """What is to be said of the post on each of its channels."""
    spoken = [one for one in channels if post.speaks_to(one.name, one.network)]
    elsewhere = any(timetable.slots_for(one.name) for one in spoken)
    for channel in spoken:
        yield from _own(post, channel, timetable, zone, elsewhere=elsewhere)


def _own(post: Post, channel: Channel, timetable: Timetable, zone: tzinfo, *, elsewhere: bool) -> Iterator[Finding]:
    """What is to be said of the post on that channel; `elsewhere` is whether any of its channels has slots."""
    written, own = post.publish_on(channel), post.own(channel).publish
    line = _line(post, channel)
    moment = parse_moment(written, zone)
    if moment and own is not None and (finding := tell(moment, written, zone, post.path, line, channel.name)):
        yield finding
    if moment and (quiet := timetable.quiet_on(day_of(moment.at, zone))):
        message = f"{show(moment.at, zone)} falls in a {quiet}; the post will be held"
        yield Finding(rule="quiet-day", message=message, severity=Severity.WARNING, path=post.path, line=line)
    if written not in _WORDS and _SLOT.fullmatch(written):
        yield from _slot(post.path, line, written, channel.name, timetable)
    if written == "next" and not timetable.slots_for(channel.name):
        yield _lack_of_slots(post.path, line, channel.name, is_error=post.names(channel.name) or not elsewhere)


def _line(post: Post, channel: Channel) -> int:
    """Where the time of that channel is written."""
    named = (post.overrides.get(name) for name in (channel.name, channel.network))
    return next((one.line for one in named if one and one.publish is not None), post.lines.get("publish", 1))


def _lack_of_slots(path: str, line: int, channel: str, *, is_error: bool) -> Finding:
    """What is to be said of `next` where it never comes; no error of a post that may be older than the channel."""
    return Finding(
        rule="no-slot",
        message=f"schedules/ has no slot for {channel}, so `next` never comes there",
        severity=Severity.ERROR if is_error else Severity.WARNING,
        path=path,
        line=line,
        channel=channel,
        hint=f"give {channel} a slot in schedules/, or leave it out: channels: {{{channel}: false}}",
    )


def _slot(path: str, line: int, written: str, channel: str, timetable: Timetable) -> Iterator[Finding]:
    if written not in timetable.names:
        hint = suggest(written, (*timetable.names, "next", "now"))
        message = f"no schedule has a slot `{written[:60]}`"
        yield Finding(rule="unknown-slot", message=message, path=path, line=line, hint=hint)
    elif not timetable.slots_for(channel, written):
        message = f"`{written}` is not for {channel}; the post will be held there"
        hint = f"add {channel} to its channels, or leave it out: channels: {{{channel}: false}}"
        yield Finding(
            rule="slot-elsewhere",
            message=message,
            severity=Severity.WARNING,
            path=path,
            line=line,
            channel=channel,
            hint=hint,
        )
