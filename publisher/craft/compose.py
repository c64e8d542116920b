"""Composing: a post and its channels become one variant each, no two of which begin alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from publisher.craft import tags
from publisher.craft.calls import call_for
from publisher.craft.sentences import sentences
from publisher.craft.stock import Lead, Stock, stock
from publisher.craft.telling import Told, choose, is_remark, rank, tell, untold
from publisher.craft.tone import tune
from publisher.craft.tracking import track
from publisher.craft.typography import typeset
from publisher.model import Change, Channel, Override, Passage, Post, Variant, Voice

People = Mapping[str, Mapping[str, str]]

_NOBODY: People = MappingProxyType({})
_ASKING = frozenset({"question", "call"})


class _Speaker(Struct, frozen=True, kw_only=True):
    """A channel with its voice, its place among the channels and what the post says for it alone."""

    channel: Channel
    voice: Voice
    own: Override
    threads: bool
    place: int


class _Common(Struct, frozen=True, kw_only=True):
    """What all channels of one post share."""

    post: Post
    stock: Stock
    title: str
    tags: tuple[str, ...]
    untagged: tuple[Change, ...]
    people: People
    utm: bool


def compose(
    post: Post, channels: Sequence[tuple[Channel, Voice]], *, people: People = _NOBODY, utm: bool = False
) -> Mapping[str, Variant]:
    """A variant for each channel that the post speaks to, by the channel's name, in the order given.

    Give all channels of the project, whichever are due: what one of them says depends on what the others say.
    With `utm`, links say where they were clicked, except where a channel's voice has no trackers.
    """
    speakers = [
        _speaker(post, channel, voice, place)
        for place, (channel, voice) in enumerate(channels)
        if post.speaks_to(channel.name, channel.network)
    ]
    made = tags.tag(post.keywords)
    common = _Common(
        post=post,
        stock=stock(post),
        title=typeset(post.title, post.language)[0],
        tags=made,
        untagged=tuple([Change(rule="tags", detail=f"#{tag}") for tag in made]),
        people=people,
        utm=utm,
    )
    told = _tell_all(common.stock, speakers)
    return {speaker.channel.name: _vary(common, speaker, told.get(speaker.channel.name)) for speaker in speakers}


def _speaker(post: Post, channel: Channel, voice: Voice, place: int) -> _Speaker:
    own = post.own(channel)
    threads = voice.thread if own.thread is None else own.thread
    return _Speaker(channel=channel, voice=voice, own=own, threads=threads, place=place)


# --- what each channel tells


def _tell_all(material: Stock, speakers: Sequence[_Speaker]) -> Mapping[str, Told]:
    """What each channel tells; those with the most room choose first, so that the others differ from them."""
    own = [sentences(speaker.own.text, material.post.language) for speaker in speakers if speaker.own.text]
    openings = [one[0] for one in own if one]
    taken = {said: openings.count(said) for said in openings}
    leads = _leads(material, speakers, taken)
    others, told = [set(said) for said in own], dict[str, Told]()
    for speaker in sorted(speakers, key=lambda speaker: (not speaker.threads, -speaker.voice.reads_well[1])):
        lead = leads.get(speaker.channel.name)
        if lead:
            telling = tell(material, lead, speaker.voice, whole=speaker.threads, others=others)
            if telling.alike and not speaker.own.angle:
                telling = _otherwise(material, speaker, telling, others, taken)
            told[speaker.channel.name] = telling
            others.append(telling.said)
    return told


def _leads(material: Stock, speakers: Sequence[_Speaker], taken: dict[str, int]) -> Mapping[str, Lead]:
    """Each channel's lead: the author's own words first, then the angles asked for, then by rank."""
    found: dict[str, Lead] = {}
    composed = [speaker for speaker in speakers if speaker.own.text is None]
    for speaker in sorted(composed, key=lambda speaker: not material.leads.get(speaker.own.angle or "")):
        lead = choose(material, speaker.voice, speaker.own.angle or "", taken)
        if lead:
            found[speaker.channel.name] = lead
    return found


def _otherwise(
    material: Stock, speaker: _Speaker, telling: Told, others: Sequence[set[str]], taken: dict[str, int]
) -> Told:
    """The telling with another lead that makes it differ, the least used one, where there is one."""
    for lead in sorted(rank(material, speaker.voice), key=lambda lead: taken.get(lead.opening, 0)):
        again = tell(material, lead, speaker.voice, whole=False, others=others)
        if not again.alike:
            taken[lead.opening] = taken.get(lead.opening, 0) + 1
            return again
    return telling


# --- variants


def _vary(common: _Common, speaker: _Speaker, told: Told | None) -> Variant:
    post, channel, own, voice = common.post, speaker.channel, speaker.own, speaker.voice
    passages, changes = _say(common, speaker, told) if told else ((), ())
    passages, named = _name(passages, common.people, channel)
    text, named_in_text = own.text, list[Change]()
    if text is not None:
        text, named_in_text = tags.name(text, common.people, channel.name, channel.network)
    chosen, unused = _tags(own, voice, common)
    link, tracked = track(post, channel, voice, own) if common.utm else (own.link, ())
    return Variant(
        post=post.id,
        title=common.title,
        channel=channel.name,
        network=channel.network,
        language=post.language,
        voice=voice,
        angle=told.angle if told else "text" if text is not None else "",
        passages=passages,
        text=text,
        tags=chosen,
        link=post.link if link is None else link,
        media=post.media,
        thread=speaker.threads,
        warning=own.warning or "",
        settings=channel.settings,
        changes=(*_missed(own, told), *changes, *named, *named_in_text, *tracked),
        omitted=(*(untold(common.stock, told) if told else ()), *unused),
    )


def _missed(own: Override, told: Told | None) -> tuple[Change, ...]:
    if not told or not own.angle or own.angle == told.angle:
        return ()
    return (Change(rule="angle", detail=f"no material to lead with a {own.angle}: it leads with the {told.angle}"),)


def _say(common: _Common, speaker: _Speaker, told: Told) -> tuple[tuple[Passage, ...], tuple[Change, ...]]:
    """The passages in the channel's tone, with a call to action where the voice makes one and nothing is asked yet."""
    voice, said = speaker.voice, [unit.passage for unit in told.units]
    if voice.calls and _ASKING.isdisjoint([unit.kind for unit in told.units]):
        enough = is_remark(voice) and len(said) > 1
        call = "" if enough else call_for(common.post, voice, speaker.place, voice.reads_well[1] - told.length)
        said += [Passage(kind="call", text=call)] if call else []
    return tune(said, voice, common.post.language)


def _name(
    passages: tuple[Passage, ...], people: People, channel: Channel
) -> tuple[tuple[Passage, ...], Sequence[Change]]:
    changes = list[Change]()
    for place, passage in enumerate(passages) if people else ():
        if "@" in passage.text:
            text, made = tags.name(passage.text, people, channel.name, channel.network)
            named = Passage(kind=passage.kind, text=text)
            passages = (*passages[:place], named, *passages[place + 1 :])
            changes += made
    return passages, changes


def _tags(own: Override, voice: Voice, common: _Common) -> tuple[tuple[str, ...], tuple[Change, ...]]:
    """The tags for this channel and those left out; tags the author gives it by name are not cut."""
    if own.tags is not None:
        return tags.tag(own.tags), ()
    most = 0 if voice.tags_at == "none" else voice.tags
    return common.tags[:most], common.untagged[most:]
