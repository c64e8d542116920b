"""The shape of a file of schedules/, for editors; `sheets` reads the files themselves and words what is wrong."""

# Annotations are not postponed here, as in `content.settings`.
from typing import Annotated, Any, TypeAlias

from msgspec import Meta, Struct, field

from publisher.content.schema import schema_of

_Several: TypeAlias = list[str] | str
_Channels: TypeAlias = Annotated[_Several, Meta(description="The channels it is for, if not all of them.")]
_Clocks: TypeAlias = Annotated[
    _Several, Meta(description="The time of day, in the project's zone, or several.", examples=["09:30"])
]


class SlotKeys(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A time of the week; a post waits for it by its name, or takes any with `next`."""

    at: _Clocks
    days: Annotated[_Several, Meta(description="The days, if not all of them.", examples=["[mon, thu]"])] = field(
        default_factory=list
    )
    channels: _Channels = field(default_factory=list)


class SeriesKeys(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True, rename={"first": "from"}):
    """Days by a rule; a post waits for the next of them by the name of the series."""

    rule: Annotated[
        str,
        Meta(
            description="An RRULE that names days: FREQ is DAILY, WEEKLY, MONTHLY or YEARLY.",
            examples=["FREQ=WEEKLY;BYDAY=MO", "FREQ=MONTHLY;BYDAY=-1FR"],
        ),
    ]
    at: _Clocks
    channels: _Channels = field(default_factory=list)
    first: Annotated[str, Meta(description="The first day; a rule that counts begins there.")] = ""
    until: Annotated[str, Meta(description="The last day.")] = ""


class QueueKeys(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Posts that are published again and again, one at each of these slots that nothing else takes."""

    slots: Annotated[_Several, Meta(description="Names of slots or series.")]
    cooldown: Annotated[
        str, Meta(description="How many days a post rests before it comes again on a channel.", examples=["90d"])
    ]
    channels: _Channels = field(default_factory=list)


class QuietKeys(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True, rename={"first": "from", "last": "to"}):
    """Days on which nothing is published."""

    first: Annotated[str, Meta(description="The first day.", examples=["2026-12-24"])] = ""
    last: Annotated[str, Meta(description="The last day.", examples=["2026-12-27"])] = ""
    days: Annotated[_Several, Meta(description="Or days of every week.")] = field(default_factory=list)
    why: Annotated[str, Meta(description="What is told of a post that is held.")] = ""


class ScheduleKeys(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """When the team publishes; several files add up."""

    slots: Annotated[dict[str, SlotKeys], Meta(description="Times of the week, by name.")] = field(default_factory=dict)
    series: Annotated[dict[str, SeriesKeys], Meta(description="Recurring days by a rule, by name.")] = field(
        default_factory=dict
    )
    evergreen: Annotated[dict[str, QueueKeys], Meta(description="Queues of posts that come again, by name.")] = field(
        default_factory=dict
    )
    quiet: Annotated[list[QuietKeys] | QuietKeys, Meta(description="Days on which nothing is published.")] = field(
        default_factory=list
    )
    gap: Annotated[
        dict[str, str] | str,
        Meta(description="The least time between two posts on a channel; `default` for the others.", examples=["30m"]),
    ] = field(default_factory=dict)
    daily: Annotated[dict[str, int] | int, Meta(description="The most posts a day on a channel.")] = field(
        default_factory=dict
    )


def schedule_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a file of schedules/."""
    return schema_of(ScheduleKeys, "A file of schedules/")
