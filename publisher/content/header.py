"""The front matter of a post, as msgspec reads it; titles and descriptions are what an editor shows."""

# Annotations are not postponed here: msgspec would compile every one of them anew whenever a run begins.
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct, field

from publisher.content.explain import explain

__all__ = ["ANGLES", "KEYWORDS", "LATE", "Header", "Picture", "Speech", "explain"]

ANGLES = ("hook", "point", "quote", "figure", "question", "story", "call", "list")
"""What a channel can lead with; see `model.Voice.angles`."""


KEYWORDS = ("next", "now", "withdrawn")
"""What `publish:` takes besides an instant and a slot's name."""

LATE = ("publish", "skip", "next")
"""What a run that comes too late does: publish all the same, hold the post, or give it the next slot."""

Angle: TypeAlias = Literal["hook", "point", "quote", "figure", "question", "story", "call", "list"]

Words: TypeAlias = Annotated[list[str] | str, Meta(extra={"write": "[one, two]"})]


class Picture(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A picture beside the post, and what it shows in words."""

    file: Annotated[str, Meta(description="The picture's file, relative to the post: `loop.png`, `pictures/loop.png`.")]
    alt: Annotated[str, Meta(description="What matters in the picture, for those who cannot see it.")] = ""


class Speech(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What the post says or does on one channel only."""

    text: Annotated[str | None, Meta(description="Your own words for this channel; they win over everything.")] = None
    angle: Annotated[Angle | None, Meta(description="What to lead with on this channel.")] = None
    thread: Annotated[
        bool | Literal["auto"] | None,
        Meta(description="Whether a long text may become a thread; `auto` is the same as true."),
    ] = None
    link: Annotated[
        str | None,
        Meta(description="Another link for this channel: a URL, `@channel`, or `none`."),
    ] = None
    tags: Annotated[
        list[str] | str | None,
        Meta(description="Hashtags for this channel, without `#`.", extra={"write": "[one, two]"}),
    ] = None
    warning: Annotated[str | None, Meta(description="A content warning, on networks that have one.")] = None
    publish: Annotated[
        str | None,
        Meta(description="Another time for this channel: an instant, a slot, next, now or withdrawn."),
    ] = None


_PICTURE = '{file: loop.png, alt: "what it shows"}'
_Picture: TypeAlias = Annotated[Picture, Meta(extra={"write": _PICTURE})]
_CHANNELS = "{mastodon: false} to leave one out, or [x, bluesky] for only those"


class Header(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The front matter of a post."""

    id: Annotated[
        str, Meta(description="The post's name for ever, if not its file's name.", examples=["agile-beats-viral"])
    ] = ""
    title: Annotated[str, Meta(description="What the post is about, in a few words.")] = ""
    objective: Annotated[str, Meta(description="What the post is for: one of the objectives in publisher.yml.")] = ""
    campaign: Annotated[str, Meta(description="The campaign it belongs to.")] = ""
    language: Annotated[str, Meta(description="The language it is written in.", examples=["en", "fr", "pt-BR"])] = ""
    publish: Annotated[
        str,
        Meta(
            description="When: an instant; the name of a slot, a series or a queue; `next`, `now` or `withdrawn`. "
            "Without it: a draft.",
            examples=["2026-12-01 09:30", "2026-12-01T09:30+01:00", "next"],
        ),
    ] = ""
    expires: Annotated[
        str, Meta(description="After this it is never sent.", examples=["2026-12-08", "2026-12-08 18:00"])
    ] = ""
    late: Annotated[
        str,
        Meta(
            description="How late a run may still publish it; then it is held, or with `next` takes the next slot.",
            examples=["30m", "24h", "2h next", "publish"],
        ),
    ] = ""
    link: Annotated[str, Meta(description="Where it leads: a URL, or `@blog` for the URL it gets on that channel.")] = (
        ""
    )
    keywords: Annotated[Words, Meta(description="What it is about; hashtags are made of these.")] = field(
        default_factory=list
    )
    media: Annotated[
        list[_Picture], Meta(description="Pictures beside the post.", extra={"write": f"[{_PICTURE}]"})
    ] = field(default_factory=list)
    channels: Annotated[
        dict[str, bool | Speech | None] | list[str],
        Meta(
            description="A list of the only channels, or a mapping: what differs on one, `false` to leave it out. "
            "A network's name is for all of its channels, but for what is said under a channel's own name.",
            extra={"write": _CHANNELS},
        ),
    ] = field(default_factory=dict)
    hook: Annotated[str, Meta(description="The opening, if not the body's first paragraph.")] = ""
    points: Annotated[Words, Meta(description="The points, if not the body's lists.")] = field(default_factory=list)
    quote: Annotated[str, Meta(description="A quotation, if not the body's.")] = ""
    quote_source: Annotated[str, Meta(description="Who said it.")] = ""
    figures: Annotated[Words, Meta(description="Sentences with numbers, if not those found in the body.")] = field(
        default_factory=list
    )
    question: Annotated[str, Meta(description="The question to ask, if not the body's.")] = ""
    call: Annotated[str, Meta(description="The call to action in words, if not the body's.")] = ""
