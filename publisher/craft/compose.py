"""Composing: a post and its channels become one variant each, no two of which begin alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from publisher.craft import tags
from publisher.craft.language import speak
from publisher.craft.sentences import sentences
from publisher.craft.telling import Lead, Stock, Told, choose, is_remark, stock, tell, untold
from publisher.craft.tone import tune
from publisher.craft.typography import quote
from publisher.model import Change, Channel, Override, Passage, Post, Variant, Voice

People = Mapping[str, Mapping[str, str]]

_NOBODY: People = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Speaker:
    """A channel with its voice, its place among the channels and what the post says for it alone."""

    channel: Channel
    voice: Voice
    own: Override
    place: int

    @property
    def threads(self) -> bool:
        return self.voice.thread if self.own.thread is None else self.own.thread


def compose(
    post: Post, channels: Sequence[tuple[Channel, Voice]], *, people: People = _NOBODY
) -> Mapping[str, Variant]:
    """A variant for each channel that the post speaks to, by the channel's name, in the order given.

    Give all channels of the project, whichever are due: what one of them says depends on what the others say.
    """
    speakers = [
        _Speaker(channel=channel, voice=voice, own=_own(post, channel), place=place)
        for place, (channel, voice) in enumerate(channels)
        if post.speaks_to(channel.name, channel.network)
    ]
    material = stock(post)
    leads = _leads(post, material, speakers)
    told = _tell_all(post, material, speakers, leads)
    made = tags.tag(post.keywords)
    return {speaker.channel.name: _vary(post, material, speaker, told, people, made) for speaker in speakers}


def _own(post: Post, channel: Channel) -> Override:
    """What the post says for this channel: by the channel's name, else by its network's, field by field."""
    by_name, by_network = post.overrides.get(channel.name), post.overrides.get(channel.network)
    if by_name is None or by_network is None or by_name is by_network:
        return by_name or by_network or Override()
    fields = ("text", "angle", "thread", "link", "tags", "warning", "publish")
    return replace(by_network, **{f: getattr(by_name, f) for f in fields if getattr(by_name, f) is not None})


def _leads(post: Post, material: Stock, speakers: Sequence[_Speaker]) -> Mapping[str, Lead | None]:
    """Each channel's lead: the author's own words first, then the angles asked for, then by rank."""
    taken = Counter(said for speaker in speakers for said in sentences(speaker.own.text or "", post.language)[:1])
    found: dict[str, Lead | None] = {}
    composed = [speaker for speaker in speakers if speaker.own.text is None]
    for speaker in sorted(composed, key=lambda speaker: not material.leads.get(speaker.own.angle or "")):
        found[speaker.channel.name] = choose(material, speaker.voice, speaker.own.angle or "", taken)
    return found


def _tell_all(
    post: Post, material: Stock, speakers: Sequence[_Speaker], leads: Mapping[str, Lead | None]
) -> Mapping[str, Told]:
    """What each channel tells; those with the most room choose first, so that the others differ from them."""
    others = [set(sentences(speaker.own.text, post.language)) for speaker in speakers if speaker.own.text]
    told: dict[str, Told] = {}
    for speaker in sorted(speakers, key=lambda speaker: (not speaker.threads, -speaker.voice.reads_well[1])):
        lead = leads.get(speaker.channel.name)
        if lead:
            telling = tell(material, lead, speaker.voice, whole=speaker.threads, others=others)
            told[speaker.channel.name] = telling
            others.append(telling.said)
    return told


def _vary(
    post: Post,
    material: Stock,
    speaker: _Speaker,
    told: Mapping[str, Told],
    people: People,
    made: tuple[str, ...],
) -> Variant:
    channel, own, voice = speaker.channel, speaker.own, speaker.voice
    telling = told.get(channel.name)
    passages, changes = _say(post, speaker, telling) if telling else ((), ())
    passages, named = _name(passages, people, channel)
    text, named_in_text = (None, []) if own.text is None else tags.name(own.text, people, channel.name, channel.network)
    angle = telling.angle if telling else "text" if text is not None else ""
    chosen, unused = _tags(own, voice, made)
    return Variant(
        post=post.id,
        title=post.title,
        channel=channel.name,
        network=channel.network,
        language=post.language,
        voice=voice,
        angle=angle,
        passages=passages,
        text=text,
        tags=chosen,
        link=post.link if own.link is None else own.link,
        media=post.media,
        thread=speaker.threads,
        warning=own.warning or "",
        settings=channel.settings,
        changes=(*_missed(own, telling), *changes, *named, *named_in_text),
        omitted=(*(untold(material, telling) if telling else ()), *unused),
    )


def _missed(own: Override, told: Told | None) -> tuple[Change, ...]:
    if not told or not own.angle or own.angle == told.angle:
        return ()
    return (Change(rule="angle", detail=f"no material to lead with a {own.angle}: it leads with the {told.angle}"),)


def _say(post: Post, speaker: _Speaker, told: Told) -> tuple[tuple[Passage, ...], tuple[Change, ...]]:
    """The passages in the channel's tone, with a call to action where the voice makes one and nothing is asked yet."""
    said = [Passage(kind=unit.kind, text=unit.text) for unit in told.units]
    source = post.material.quote_source
    said = [replace(p, text=quote(p.text, source, post.language)) if p.kind == "quote" else p for p in said]
    asked = any(passage.kind in {"question", "call"} for passage in said)
    enough = is_remark(speaker.voice) and len(said) > 1
    if speaker.voice.calls and not asked and not enough:
        said += _call(post, speaker, speaker.voice.reads_well[1] - told.length)
    return tune(said, speaker.voice, post.language)


def _call(post: Post, speaker: _Speaker, room: int) -> list[Passage]:
    spoken = speak(post.language)
    forms = spoken.calls.get(post.objective, {})
    calls = forms.get(speaker.voice.address) or forms.get("any") or ()
    if not calls:
        return []
    call = calls[speaker.place % len(calls)].replace("{us}", spoken.persons.get(speaker.voice.person, ""))
    return [Passage(kind="call", text=call)] if len(call) <= room else []


def _name(passages: Sequence[Passage], people: People, channel: Channel) -> tuple[tuple[Passage, ...], list[Change]]:
    named, changes = [], list[Change]()
    for passage in passages:
        text, made = tags.name(passage.text, people, channel.name, channel.network)
        named.append(replace(passage, text=text) if made else passage)
        changes += made
    return tuple(named), changes


def _tags(own: Override, voice: Voice, made: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[Change, ...]]:
    """The tags for this channel and those left out; tags the author gives it by name are not cut."""
    if own.tags is not None:
        return tags.tag(own.tags), ()
    most = 0 if voice.tags_at == "none" else voice.tags
    return made[:most], tuple(Change(rule="tags", detail=f"#{left}") for left in made[most:])
