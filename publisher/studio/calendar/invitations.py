"""The calendar for other calendars: one event an entry, as RFC 5545 has it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from publisher.schedule.items import State
from publisher.studio.calendar.entries import Calendar, Entry
from publisher.studio.calendar.zones import describe_zone

if TYPE_CHECKING:
    from icalendar import Event

LENGTH = timedelta(minutes=15)
"""How long an event is drawn: a post takes no time, and many calendars do not show what takes none."""

_STATUS = {"held": "TENTATIVE", "failed": "TENTATIVE", "doubt": "TENTATIVE", "withdrawn": "CANCELLED"}


def write_ics(calendar: Calendar) -> bytes:
    """The dated entries as an iCalendar file; nothing in it blocks anybody's time.

    An event keeps its UID for as long as post, channel and team keep their names, and its SEQUENCE grows with the
    clock, so that a newer file replaces what an older one brought.
    """
    from icalendar import Calendar as Events

    events = Events()
    events.add("prodid", "-//publisher-pipeline//calendar//EN")
    events.add("version", "2.0")
    events.add("calscale", "GREGORIAN")
    events.add("method", "PUBLISH")
    events.add("name", calendar.team or "Publisher")
    events.add("x-wr-calname", calendar.team or "Publisher")
    events.add("x-wr-timezone", calendar.zone)
    local = [entry.at for entry in calendar.entries if entry.at and not _is_told_in_utc(entry.at)]
    if local:
        events.add_component(describe_zone(calendar.zone, local[0], local[-1]))
    for entry in calendar.entries:
        if entry.at:
            events.add_component(_event(entry, entry.at, calendar))
    return bytes(events.to_ical())


def _event(entry: Entry, at: datetime, calendar: Calendar) -> Event:
    from icalendar import Event

    event, now = Event(), calendar.now.astimezone(UTC)
    start = at.astimezone(UTC) if _is_told_in_utc(at) else at
    event.add("uid", name_event(calendar.team, entry))
    event.add("dtstamp", now)
    event.add("sequence", int(now.timestamp()) // 60)
    event.add("dtstart", start)
    event.add("duration", LENGTH)
    event.add("summary", f"{entry.mark} {entry.item.channel}: {entry.title}".strip())
    event.add("description", "\n\n".join(_tell(entry)))
    event.add("status", _STATUS.get(entry.item.state, "CONFIRMED"))
    event.add("transp", "TRANSPARENT")
    event.add("categories", [one for one in (entry.item.channel, entry.objective, entry.campaign) if one])
    if entry.url:
        event.add("url", entry.url)
    return event


def name_event(team: str, entry: Entry) -> str:
    """The event's UID: what it is, and not when or where it stands."""
    name = "\n".join((team, entry.item.post, entry.item.channel))
    return f"{hashlib.sha256(name.encode()).hexdigest()[:32]}@publisher-pipeline"


def _tell(entry: Entry) -> Iterable[str]:
    if entry.item.state is not State.LATER or entry.item.reason:
        yield f"{entry.word}: {entry.item.reason}" if entry.item.reason else entry.word
    if entry.text:
        yield entry.text
    yield from (one for one in (entry.link, entry.item.path) if one)


def _is_told_in_utc(at: datetime) -> bool:
    """Whether the clock's words alone would not do: in UTC, or in the second of two like hours.

    RFC 5545 (3.3.5) takes an hour that comes twice for the first one.
    """
    return at.utcoffset() != at.replace(fold=0).utcoffset() or str(at.tzinfo) in {"UTC", "Etc/UTC"}
