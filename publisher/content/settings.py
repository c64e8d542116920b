"""The shape of publisher.yml, as msgspec reads it; titles and descriptions are what an editor shows."""

# Annotations are not postponed here: msgspec would compile every one of them anew whenever a run begins.
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct, field

from publisher.content.header import Angle

Names: TypeAlias = Annotated[list[str], Meta(extra={"write": "[one, two]"})]

_Count: TypeAlias = Annotated[int, Meta(ge=0, le=50)]

_Scalar: TypeAlias = Annotated[str, Meta(extra_json_schema={"x-any-scalar": True})]


class VoiceKeys(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How a channel speaks, where it differs from its network's own voice."""

    angles: Annotated[
        list[Angle] | None,
        Meta(description="What to lead with, the first choice first.", extra={"write": "[hook, point]"}),
    ] = None
    register: Annotated[Literal["formal", "neutral", "casual"] | None, Meta(description="The register.")] = None
    person: Annotated[Literal["we", "I"] | None, Meta(description="Who speaks: we or I.")] = None
    address: Annotated[Literal["vous", "tu"] | None, Meta(description="How readers are addressed, in French.")] = None
    emoji: Annotated[_Count | None, Meta(description="How many emoji at most.")] = None
    exclamations: Annotated[_Count | None, Meta(description="How many exclamation marks at most.")] = None
    tags: Annotated[_Count | None, Meta(description="How many hashtags at most.")] = None
    tags_at: Annotated[Literal["end", "block", "none"] | None, Meta(description="Where hashtags go.")] = None
    link: Annotated[
        Literal["text", "card", "reply", "comment", "bio", "none"] | None, Meta(description="Where the link goes.")
    ] = None
    thread: Annotated[bool | None, Meta(description="Whether a long text becomes a thread.")] = None
    bullets: Annotated[str | None, Meta(description="The sign before each point.")] = None
    reads_well: Annotated[
        tuple[int, int] | None,
        Meta(
            description="The length that reads well, from and to, as the network counts.", extra={"write": "[80, 280]"}
        ),
    ] = None
    calls: Annotated[bool | None, Meta(description="Whether to end with a call to action.")] = None
    trackers: Annotated[
        bool | None, Meta(description="Whether links get campaign parameters where the project has `utm: true`.")
    ] = None
    avoid: Annotated[Names | None, Meta(description="Words not to use.")] = None
    prefer: Annotated[
        dict[str, str] | None, Meta(description="Words to use in place of others.", extra={"write": "{utilise: use}"})
    ] = None


class ChannelKeys(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One account on one network."""

    network: Annotated[str, Meta(description="The network, if it is not the channel's name.")] = ""
    handle: Annotated[str, Meta(description="The account's name, as people there write it.")] = ""
    voice: Annotated[VoiceKeys, Meta(description="What differs from the network's own voice.")] = field(
        default_factory=VoiceKeys
    )
    settings: Annotated[
        dict[str, _Scalar], Meta(description="What the network's adapter needs to know, secrets excepted.")
    ] = field(default_factory=dict)
    secrets: Annotated[
        dict[str, str],
        Meta(description="Names of the variables that hold the secrets, if not `<CHANNEL>_<ROLE>`."),
    ] = field(default_factory=dict)
    paused: Annotated[bool, Meta(description="Hold everything on this channel.")] = False


class CardKeys(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The card that a network of pictures gets when a post has none."""

    ink: Annotated[str, Meta(description="The colour of the words.", examples=["#14263d"])] = ""
    paper: Annotated[str, Meta(description="The colour behind them.", examples=["#f5f0e6"])] = ""


_Owners: TypeAlias = Annotated[
    dict[str, Names],
    Meta(description="By name: the people of whom one has to approve.", extra={"write": '{name: ["@anna"]}'}),
]


class ApprovalKeys(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Who has to approve which posts, beyond the review that a merge needs; people as GitHub names them."""

    objectives: _Owners = field(default_factory=dict)
    campaigns: _Owners = field(default_factory=dict)
    channels: _Owners = field(default_factory=dict)


_CHANNEL: TypeAlias = Annotated[ChannelKeys | None, Meta(extra={"write": '{handle: "@name"}'})]


class Keys(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The team, its channels and its rules."""

    name: Annotated[str, Meta(description="The team's name.")] = ""
    timezone: Annotated[str, Meta(description="The time zone of times without one.", examples=["Europe/Paris"])] = ""
    language: Annotated[str, Meta(description="The language of posts that name none.", examples=["en", "fr"])] = "en"
    objectives: Annotated[Names, Meta(description="What a post can be for.")] = field(default_factory=list)
    never_copied: Annotated[
        Literal["error", "warning", "off"], Meta(description="How much it weighs when two channels would say the same.")
    ] = "error"
    late: Annotated[str, Meta(description="How late a run may still publish.", examples=["30m", "24h", "2d"])] = "24h"
    await_link: Annotated[
        str,
        Meta(
            description="How long after its time a post waits for the page it links to; without it, nobody looks.",
            examples=["30m", "6h"],
        ),
    ] = ""
    media_base: Annotated[
        str, Meta(description="Where committed pictures can be fetched by everybody; Instagram needs it.")
    ] = ""
    content: Annotated[str, Meta(description="The folder of the posts.")] = "content"
    schedules: Annotated[str, Meta(description="The folder of the schedules.")] = "schedules"
    people: Annotated[
        dict[str, dict[str, str]],
        Meta(
            description="People and brands: a plain name, and the handle on each network.",
            extra={"write": '{acme: {name: Acme, x: "@acme"}}'},
        ),
    ] = field(default_factory=dict)
    channels: Annotated[
        dict[str, _CHANNEL], Meta(description="The accounts to publish on.", extra={"write": '{x: {handle: "@name"}}'})
    ] = field(default_factory=dict)
    notifications: Annotated[
        Names, Meta(description="Names of environment variables, each holding an Apprise URL.")
    ] = field(default_factory=list)
    ledger: Annotated[
        str,
        Meta(
            description="Where what was published is remembered: `git`, a branch beside the words; `sqlite`, a file on "
            "this machine alone; or the name of an environment variable that holds the address of a database.",
            examples=["git", "sqlite", "PUBLISHER_LEDGER"],
            extra_json_schema={"pattern": "^(git|sqlite|[A-Z][A-Z0-9_]{0,79})$"},
        ),
    ] = "git"
    utm: Annotated[bool, Meta(description="Whether links get campaign parameters.")] = False
    card: Annotated[CardKeys, Meta(description="The colours of cards.")] = field(default_factory=CardKeys)
    approval: Annotated[ApprovalKeys, Meta(description="Whose approval a post needs before it is merged.")] = field(
        default_factory=ApprovalKeys
    )
