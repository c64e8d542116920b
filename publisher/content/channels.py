"""Which channels a post speaks to, and what it says to each in its own words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from publisher.content.checks import Settings, check_link, check_publish
from publisher.content.header import Header, Speech
from publisher.content.notes import Notes, Place
from publisher.content.plain import tidy
from publisher.content.spelling import find_near, suggest
from publisher.content.strict_yaml import Loaded, join
from publisher.words import Override, Post, Severity

if TYPE_CHECKING:
    from publisher.content.blocks import Block

_MARKS = r"(?m)\*\*\S|\]\(https?://|^#{1,6} \S|~~\S"


class Audience(Struct, frozen=True, kw_only=True):
    """The channels a post names: those with rules or words of their own, the only ones, and those left out."""

    overrides: Mapping[str, Override] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    muted: tuple[str, ...] = ()


def read_audience(header: Header, loaded: Loaded, settings: Settings, notes: Notes) -> Audience:
    """The front matter's `channels:`, a list of the only ones or a mapping of what differs."""
    if isinstance(header.channels, list):
        return _only(header.channels, loaded, settings, notes)
    overrides, muted = {}, []
    for name, speech in header.channels.items():
        key = join("channels", name)
        known = _check_name(name, settings, notes, loaded.key_at(key), speaks=speech is not False)
        if speech is False:
            muted.append(name)
        elif known:
            overrides[name] = _override(name, speech, loaded, settings, notes)
    return Audience(overrides=overrides, muted=tuple(muted))


def _only(names: Sequence[str], loaded: Loaded, settings: Settings, notes: Notes) -> Audience:
    written = loaded.value.get("channels") if isinstance(loaded.value, dict) else None
    if not names and written == []:
        notes.add(
            "no-channel",
            "an empty list leaves no channel to speak to",
            loaded.value_at("channels"),
            hint="remove `channels` to speak to all",
        )
    for place, name in enumerate(names):
        _check_name(name, settings, notes, loaded.value_at(f"channels.{place}"), speaks=True)
    return Audience(only=tuple(dict.fromkeys(names)))


def _check_name(name: str, settings: Settings, notes: Notes, at: Place, *, speaks: bool) -> bool:
    """Whether the project has a channel of that name or on that network."""
    if name in settings.speakers:
        return True
    if name in settings.networks:
        if speaks:
            message = f"no channel of this project is on {name}, so nothing is said there"
            notes.add("no-channel", message, at, severity=Severity.WARNING, hint="add the channel to publisher.yml")
        return False
    harmless = not (speaks or settings.networks or find_near(name, settings.speakers))
    notes.add(
        "unknown-channel",
        f"`{name[:60]}` is no channel of this project",
        at,
        severity=Severity.WARNING if harmless else Severity.ERROR,
        hint=suggest(name, settings.speakers),
    )
    return False


def _override(name: str, speech: object, loaded: Loaded, settings: Settings, notes: Notes) -> Override:
    key = join("channels", name)
    line = loaded.key_at(key)[0]
    if not isinstance(speech, Speech):
        return Override(line=line)
    if speech.publish is not None:
        check_publish(speech.publish, settings, notes, loaded.value_at(f"{key}.publish"), name)
    if speech.link is not None:
        check_link(speech.link, settings, notes, loaded.value_at(f"{key}.link"), channel=name)
    if speech.text is not None:
        _check_words(name, speech.text, notes, loaded.value_at(f"{key}.text"))
    return Override(
        text=None if speech.text is None else speech.text.strip("\n"),
        angle=speech.angle,
        thread=None if speech.thread is None else bool(speech.thread),
        link="" if speech.link == "none" else speech.link,
        tags=None if speech.tags is None else split_words(speech.tags),
        warning=speech.warning,
        publish=speech.publish,
        line=line,
    )


def split_words(words: Sequence[str] | str) -> tuple[str, ...]:
    """Keywords from a list or from one line with commas, without `#` and without repeats."""
    parts = words.split(",") if isinstance(words, str) else words
    return tuple(dict.fromkeys(filter(None, (tidy(part).lstrip("#").strip() for part in parts))))


def add_blocks(
    overrides: Mapping[str, Override], blocks: Sequence[Block], settings: Settings, notes: Notes
) -> dict[str, Override]:
    """The overrides with the words of the body's `::: channel` blocks laid in."""
    merged = dict(overrides)
    seen: dict[str, int] = {}
    for block in blocks:
        if not _check_name(block.name, settings, notes, block.at, speaks=True):
            continue
        before = merged.get(block.name, Override(line=block.at[0]))
        if before.text is not None:
            line = seen.get(block.name, before.line)
            notes.add(
                "two-texts",
                f"line {line} already says what {block.name} gets",
                block.at,
                hint="keep one of the two",
                channel=block.name,
            )
            continue
        _check_words(block.name, block.text, notes, block.at)
        seen[block.name] = block.at[0]
        merged[block.name] = replace(before, text=block.text)
    return merged


def name_blocks(post: Post, body: str, first_line: int, settings: Settings) -> Post:
    """The post with the words of its body's blocks, of which nothing is told: they name their channels, too."""
    from publisher.content.blocks import take_blocks

    untold = Notes(post.path)
    blocks = take_blocks(body, first_line, untold).blocks
    return replace(post, overrides=add_blocks(post.overrides, blocks, settings, untold))


def check_heard(post: Post, settings: Settings, notes: Notes) -> None:
    """A finding where the post leaves out every channel, or one that it has something for."""
    channels = settings.channels
    spoken = [name for name, network in channels.items() if post.speaks_to(name, network)]
    if post.muted and channels and not spoken:
        message, line = "every channel is left out, so nobody will read this", post.lines.get("channels", 1)
        notes.add("no-channel", message, (line, 1), severity=Severity.WARNING)
        return
    for name, own in post.overrides.items():
        meant = [channel for channel, network in channels.items() if name in (channel, network)]
        if meant and not set(meant).intersection(spoken):
            out = next((one for one in (name, *meant) if one in post.muted), "")
            message = f"{name} is left out of this post, so this is for nobody"
            hint = f"delete this, or {f'`{out}: false`' if out else f'name {name}'} under `channels:`"
            notes.add("left-out", message, (own.line, 1), severity=Severity.WARNING, hint=hint)


def _check_words(name: str, text: str, notes: Notes, at: Place) -> None:
    if not text.strip():
        notes.add(
            "empty-text",
            "there are no words here",
            at,
            hint=f"write them, or `channels: {{{name}: false}}` to leave it out",
            channel=name,
        )
    elif re.search(_MARKS, text):
        message = "these words are sent as they stand, Markdown marks included"
        notes.add("marks-in-text", message, at, severity=Severity.WARNING, hint="write plain text", channel=name)
