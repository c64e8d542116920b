"""The nouns of what people write: posts, channels, and findings about both.

They stand apart from the rest of the model because every run needs them, and one with nothing due needs no others.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

if TYPE_CHECKING:
    from publisher.model import Media

    Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
else:
    Json = Any  # whoever reads types at run time (msgspec) cannot follow an alias into itself


class Severity(StrEnum):
    """How much a finding weighs: an error stops publication, a warning and a hint do not."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Finding(Struct, frozen=True, kw_only=True):
    """A complaint about words or settings, addressed to the person who can mend it.

    `line` and `column` count from 1; `hint` is what to type.
    """

    rule: str
    message: str
    severity: Severity = Severity.ERROR
    path: str = ""
    line: int = 1
    column: int = 1
    channel: str = ""
    hint: str = ""


class Material(Struct, frozen=True, kw_only=True):
    """What a post has to say, sorted by what it is good for; every text is plain, without Markdown marks."""

    hook: str = ""
    points: tuple[str, ...] = ()
    quote: str = ""
    quote_source: str = ""
    figures: tuple[str, ...] = ()
    question: str = ""
    story: tuple[str, ...] = ()
    call: str = ""


class Override(Struct, frozen=True, kw_only=True):
    """What a post says for one channel only; None leaves the choice to the channel's voice.

    `text` is the author's own words (front matter `text:` or a `::: channel` block) and wins over everything.
    """

    text: str | None = None
    angle: str | None = None
    thread: bool | None = None
    link: str | None = None
    tags: tuple[str, ...] | None = None
    warning: str | None = None
    publish: str | None = None
    line: int = 1


_NOTHING = Override()


class Post(Struct, frozen=True, kw_only=True):
    """One Markdown file: an idea and its material. `digest` is the git blob id of the file as read.

    `publish` is kept as written: an instant, a slot's name, `next`, `now`, `withdrawn`, or empty for a draft.
    `lines` maps a front-matter key to its line, dotted below the first level (`channels.x`).
    `overrides` holds what differs on some channels, by the name of the channel or of its network, and `muted` the names
    of those left out; `own`, `publish_on` and `link_on` are what one channel gets of it.
    """

    id: str
    path: str
    digest: str
    title: str = ""
    language: str = "en"
    objective: str = ""
    campaign: str = ""
    keywords: tuple[str, ...] = ()
    publish: str = ""
    expires: str = ""
    late: str = ""
    link: str = ""
    media: tuple[Media, ...] = ()
    material: Material = field(default_factory=Material)
    overrides: Mapping[str, Override] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    muted: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)

    def speaks_to(self, channel: str, network: str) -> bool:
        """Whether this post is meant for the channel, which front matter may name by channel or by network."""
        if channel in self.muted or (network in self.muted and channel not in self.overrides):
            return False
        return not self.only or channel in self.only or network in self.only

    def names(self, channel: str) -> bool:
        """Whether this post asks for that very channel, so that it is for it also where the channel is newer."""
        return channel in self.only or channel in self.overrides

    def own(self, channel: Channel) -> Override:
        """What this post says for that channel: under its name, and under its network's what its name leaves open."""
        by_name, by_network = self.overrides.get(channel.name), self.overrides.get(channel.network)
        if by_name is None or by_network is None or by_name is by_network:
            return by_name or by_network or _NOTHING
        said = {key: getattr(by_name, key) for key in Override.__struct_fields__}
        return replace(by_network, **{key: value for key, value in said.items() if value is not None})

    def publish_on(self, channel: Channel) -> str:
        """The `publish:` for that channel; a withdrawn post is withdrawn everywhere."""
        own = self.own(channel).publish
        return self.publish if own is None or self.publish == "withdrawn" else own

    def link_on(self, channel: Channel) -> str:
        """The link for that channel, empty for none."""
        own = self.own(channel).link
        return self.link if own is None else own


class Channel(Struct, frozen=True, kw_only=True):
    """One account on one network.

    `voice` is what publisher.yml lays over the network's own voice, key by key; `secrets` maps an adapter's secret
    role to the environment variable that holds it, where that is not the usual `<CHANNEL>_<ROLE>`.
    """

    name: str
    network: str
    handle: str = ""
    voice: Mapping[str, Json] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    paused: bool = False

    def variable(self, role: str) -> str:
        """The environment variable that holds the secret of that role."""
        return self.secrets.get(role) or f"{self.name}_{role}".upper().replace("-", "_")
