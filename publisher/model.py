"""The nouns of the house: frozen values that flow one way, from words to receipts.

A `Post` and a `Channel` compose into a `Variant`; a network's adapter renders it into a `Rendition` of `Part`s;
the courier turns each Part into an `Attempt` and, once the network has answered, a `Receipt`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import msgspec
from msgspec import Struct

from publisher.words import Channel, Finding, Json, Material, Override, Post, Severity

__all__ = [
    "Attempt",
    "Change",
    "Channel",
    "Entity",
    "Fact",
    "Finding",
    "Json",
    "Limits",
    "Material",
    "Measure",
    "Media",
    "Override",
    "Part",
    "Passage",
    "Post",
    "Receipt",
    "Rendition",
    "Severity",
    "Variant",
    "Voice",
    "part_key",
]


# --- settings -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How a channel speaks. Laid over one another: the network's, then the channel's.

    `angles` ranks what to lead with (hook, point, quote, figure, question, story, call, list).
    `link` is where the link goes: text, card, reply, comment, bio or none.
    `tags_at` is where hashtags go: end, block (own paragraph) or none. `reads_well` is a range in network units.
    `person` is we or I (French nous or je), `address` is vous or tu. Without `trackers`, links get no campaign
    parameters even where the project has them.
    """

    angles: tuple[str, ...] = ("hook",)
    register: str = "neutral"
    person: str = "we"
    address: str = "vous"
    emoji: int = 0
    exclamations: int = 0
    tags: int = 2
    tags_at: str = "end"
    link: str = "text"
    thread: bool = False
    bullets: str = "•"
    reads_well: tuple[int, int] = (80, 280)
    calls: bool = True
    trackers: bool = True
    avoid: tuple[str, ...] = ()
    prefer: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing a network says of itself, dated: `trust` is official, field or unverified."""

    value: int
    source: str
    seen: str
    trust: str = "official"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a network accepts, as dated data: `text` in `unit`, `alt` in characters, `image_bytes` for one picture.

    Before “more”, so much of a text is seen as `fold` says in `unit`, and no more than `fold_lines` lines.
    """

    unit: str
    text: Fact
    images: Fact
    alt: Fact
    image_bytes: Fact
    image_types: tuple[str, ...]
    fold: int = 0
    fold_lines: int = 0
    more: Mapping[str, Fact] = field(default_factory=dict)


# --- words out ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One picture beside a post, measured once; `file` is relative to the project, `size` in bytes."""

    file: str
    alt: str
    digest: str
    mime: str
    size: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Something a network will turn into a link: kind is url, mention, hashtag or cashtag; offsets in code points."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A text's length in its network's own units, and the entities found in it."""

    length: int
    limit: int
    valid: bool
    entities: tuple[Entity, ...] = ()


class Passage(Struct, frozen=True, kw_only=True, gc=False):
    """A piece of material in the channel's tone: kind is hook, point, quote, figure, question, story or call."""

    kind: str
    text: str


class Change(Struct, frozen=True, kw_only=True, gc=False):
    """What a rule did to the words on their way to a network."""

    rule: str
    detail: str


class Variant(Struct, frozen=True, kw_only=True):
    """A post as meant for one channel: precedence settled, angle chosen, tone applied.

    `passages` stand in the order this channel tells them, the lead first. `text` is the author's own words and,
    when present, replaces the passages. `tags` are CamelCase words without the sign, already cut to the voice's count.
    `warning` is a content warning, for networks that have one.
    """

    post: str
    title: str
    channel: str
    network: str
    language: str
    voice: Voice
    angle: str
    passages: tuple[Passage, ...] = ()
    text: str | None = None
    tags: tuple[str, ...] = ()
    link: str = ""
    media: tuple[Media, ...] = ()
    thread: bool = False
    warning: str = ""
    settings: Mapping[str, str] = msgspec.field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    omitted: tuple[Change, ...] = ()


class Part(Struct, frozen=True, kw_only=True):
    """One native message: kind is post, reply (the next of a thread) or comment (the first one under the post).

    `native` holds what only this network knows (facets, a card, visibility), as plain JSON.
    """

    kind: str
    text: str
    length: int
    limit: int
    media: tuple[Media, ...] = ()
    native: Mapping[str, Json] = msgspec.field(default_factory=dict)


class Rendition(Struct, frozen=True, kw_only=True, dict=True):
    """A post in one network's native form, ready to send, with what was changed or left out and by which rule."""

    post: str
    channel: str
    network: str
    parts: tuple[Part, ...]
    changes: tuple[Change, ...] = ()
    omitted: tuple[Change, ...] = ()

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of what will be sent; equal digests are equal bytes on the wire."""
        return _digest([self.network, self.channel, list(self.parts)])

    @cached_property
    def wordings(self) -> tuple[str, ...]:
        """The digest of every part by itself, by which one that changed is told from the others."""
        return tuple(_digest(part) for part in self.parts)


def _digest(sent: object) -> str:
    written = json.dumps(msgspec.to_builtins(sent), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


# --- memory ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The intent to send one Part, recorded before the first byte leaves; `at` is frozen with it and never changes.

    `act` is send, edit or withdraw. `digest` is the rendition's, `wording` the part's, and `words` that of what a
    network is asked to recognise it by. `network` is the channel's, which may leave publisher.yml. `account` is whose
    it is to be, as `Locatable.locate` says it. `uploads` is what earlier tries left on the network, by the name the
    client gave it.
    """

    key: str
    post: str
    channel: str
    position: int
    digest: str
    at: datetime
    act: str = "send"
    wording: str = ""
    words: str = ""
    network: str = ""
    account: str = ""
    uploads: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Proof that a Part is on its network: its id there, where to see it, and when it was known to be there.

    `native` carries what a reply needs of its parent (a Bluesky cid, say).
    """

    id: str
    url: str
    at: datetime
    native: Mapping[str, str] = field(default_factory=dict)


def part_key(post: str, channel: str, revision: int, position: int) -> str:
    """The name of one Part for ever: 32 hexadecimal digits made of what it is, not of when it is sent."""
    name = "\n".join((post, channel, str(revision), str(position)))
    return hashlib.sha256(name.encode()).hexdigest()[:32]
