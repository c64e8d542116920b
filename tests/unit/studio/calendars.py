"""A small calendar with everything in it: past and future, held and in doubt, without a date, hostile words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from publisher.model import Media, Receipt
from publisher.schedule.items import Item, State
from publisher.studio.calendar.colours import Paint, paint_channels, paint_objectives
from publisher.studio.calendar.entries import Calendar, Entry, enter, in_time
from publisher.studio.calendar.spans import month_of
from publisher.words import Channel, Material, Post

ZONE = "Europe/Paris"
NOW = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
HOSTILE = '</style><script>alert("1")</script>'
PICTURE = Media(file="content/loop.jpg", alt="A loop", digest="1", mime="image/jpeg", size=1, width=1, height=1)
CHANNELS = (
    Channel(name="x", network="x", handle="@us"),
    Channel(name="linkedin", network="linkedin", handle="Us"),
    Channel(name="linkedin-founder", network="linkedin", handle="She"),
)
OBJECTIVES = ("community", "awareness", "selling")


def post(slug: str, **changed: object) -> Post:
    about = {"id": slug, "path": f"content/{slug}.md", "digest": "", "title": slug.capitalize(), **changed}
    return Post(**about)  # type: ignore[arg-type]  # fields of Post


POSTS = {
    "listen": post(
        "listen",
        objective="awareness",
        campaign="autumn",
        keywords=("listening", "care"),
        media=(PICTURE,),
        material=Material(call="Take the sheet"),
    ),
    "sell": post("sell", objective="selling", title=HOSTILE),
    "draft": post("draft", title="=1+1"),
}


def entry(slug: str, channel: str, state: State, at: datetime | None = None, **more: object) -> Entry:
    """An entry of one of the posts; `text` and `link` are the entry's, everything else is the item's."""
    words = {name: str(more.pop(name)) for name in ("text", "link") if name in more}
    network = next((one.network for one in CHANNELS if one.name == channel), channel)
    known = POSTS.get(slug)
    item = Item(
        post=slug,
        path=known.path if known else "",
        blob="",
        channel=channel,
        network=network,
        state=state,
        at=at,
        **more,
    )  # type: ignore[arg-type]  # fields of Item
    made = enter(item, known, NOW, ZoneInfo(ZONE))
    return Entry(item=made.item, at=made.at, post=made.post, **words)


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


def sample(*more: Entry) -> Calendar:
    """October 2026, in which the clocks of Paris go back on the 25th."""
    proof = Receipt(id="1", url="https://x.example/1", at=utc(5, 7, 30))
    dated = [
        entry(
            "listen",
            "x",
            State.PUBLISHED,
            utc(5, 7, 30),
            receipts=(proof,),
            text="@acme listens",
            link="https://a.example",
        ),
        entry("listen", "linkedin", State.LATER, utc(26, 8, 30), text="=SUM(A1)\nand more"),
        entry("listen", "linkedin-founder", State.HELD, utc(26, 8, 30), reason="channel paused"),
        entry("sell", "x", State.LATER, utc(25, 0, 30)),
        entry("sell", "linkedin", State.DOUBT, utc(25, 1, 30), reason="nobody knows"),
        entry("gone", "myspace", State.PUBLISHED, utc(1, 10)),
        *more,
    ]
    names = [one.name for one in CHANNELS]
    return Calendar(
        team="Tide & water",
        zone=ZONE,
        now=NOW.astimezone(ZoneInfo(ZONE)),
        span=month_of(date(2026, 10, 1)),
        channels=CHANNELS,
        objectives=OBJECTIVES,
        entries=in_time(dated, names),
        undated=(entry("draft", "x", State.HELD, reason="draft: no publish: line"),),
        quiet={date(2026, 10, 31): "a holiday"},
        earlier=2,
        later=3,
    )


def paints(calendar: Calendar) -> tuple[Mapping[str, Paint], Mapping[str, Paint]]:
    colours = {"x": "#0f1419", "linkedin": "#38434f", "linkedin-founder": "#38434f"}
    return (
        paint_channels([(name, colours.get(name, "")) for name in calendar.named_channels]),
        paint_objectives(calendar.all_objectives),
    )
