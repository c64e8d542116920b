"""What may be live on a channel that its post speaks to no more: no plan is about it, so it is told by itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from publisher.ledger.events import Event, Kind
from publisher.schedule.turns import post_of
from publisher.words import Channel, Finding, Post

if TYPE_CHECKING:
    from publisher.ledger.story import Story

UNSURE, PARTIAL = "may be live", "is live in part"


def find_strays(
    posts: Collection[Post],
    stories: Mapping[str, Story],
    channels: Mapping[str, Channel],
    abandoned: Callable[[Event], bool],
) -> Iterator[Finding]:
    """What is to be said of what these posts began and did not end, where they have left the channel since."""
    by_id = {post.id: post for post in posts}
    for name, story in stories.items():
        post = by_id.get(post_of(name))
        for channel in dict.fromkeys(one.channel for one in story.events if post and one.channel):
            known = channels.get(channel)
            left = post and not (known and post.speaks_to(channel, known.network))
            if post and left and (how := tell_state(story, channel, abandoned)):
                why = "it is left out of the post now" if known else "publisher.yml has no such channel now"
                off = f"write `channels: {{{channel}: {{publish: withdrawn}}}}` into the post" if known else ""
                yield Finding(
                    rule="left-in-doubt",
                    message=f"it {how} on {channel}, and {why}",
                    path=post.path,
                    hint=advise(name, channel, how, off),
                )


def tell_state(story: Story, channel: str, abandoned: Callable[[Event], bool]) -> str:
    """How a post stands on a channel where it did not come to its end; empty where it did, or is being sent."""
    tries = [one for one in story.open_attempts(channel) if one.act == "send"]
    if any(one.kind is Kind.DOUBT for one in story.in_doubt(channel)) or any(map(abandoned, tries)):
        return UNSURE
    return PARTIAL if story.is_partial(channel) and not tries else ""


def advise(name: str, channel: str, how: str, off: str) -> str:
    """What to type about a post that stands so on that channel; `off` is what takes it off, empty for nothing."""
    answer = f"publisher resolve {name} {channel} --posted URL"
    if how == UNSURE:
        return f"look there, then type: {answer} | --not-posted"
    return f"to take it off, {off}; to leave it so: {answer}" if off else f"to leave it so: {answer}"
