"""What has to be done, part by part, so that a channel shows what a rendition says. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from publisher.ledger.events import Event
from publisher.ledger.story import Story
from publisher.model import Part, Rendition


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What has to be done about one part; only a part to withdraw has no words."""

    act: str
    position: int
    part: Part | None = None


def steps(rendition: Rendition, about: Story) -> Iterator[Step]:
    """What makes the channel agree with the rendition, in order: nothing where it does."""
    standing = about.standing(rendition.channel)
    begun = {one.position for one in about.open_attempts(rendition.channel) if one.act == "edit"}
    for position, part in enumerate(rendition.parts):
        live = standing.get(position)
        if live is None:
            yield Step(act="send", position=position, part=part)
        elif position in begun or not says(live, rendition):
            yield Step(act="edit", position=position, part=part)
    for position in sorted(standing, reverse=True):
        if position >= len(rendition.parts):
            yield Step(act="withdraw", position=position)


def says(one: Event, rendition: Rendition) -> bool:
    """Whether the event is about the very words that the rendition has at its position."""
    if one.position >= len(rendition.parts):
        return False
    if one.wording:
        return one.wording == rendition.wordings[one.position]
    return not one.digest or one.digest == rendition.digest
