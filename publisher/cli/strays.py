"""What may be live on a channel that its post speaks to no more: no plan is about it, so it is told by itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from publisher.ledger.events import Event, Kind
from publisher.schedule.turns import post_of
from publisher.words import Channel, Finding, Post

if TYPE_CHECKING:
    from publisher.ledger.story import Story


def find_strays(
    posts: Collection[Post],
    stories: Mapping[str, Story],
    channels: Mapping[str, Channel],
    abandoned: Callable[[Event], bool],
) -> Iterator[Finding]:
    """What is to be said of these posts' tries that nobody answers for, where the post has left the channel since."""
    by_id = {post.id: post for post in posts}
    for name, story in stories.items():
        post = by_id.get(post_of(name))
        for channel in dict.fromkeys(one.channel for one in story.events if post and one.channel):
            known = channels.get(channel)
            if (
                post
                and not (known and post.speaks_to(channel, known.network))
                and _is_unknown(story, channel, abandoned)
            ):
                why = "it is left out of the post now" if known else "publisher.yml has no such channel now"
                hint = f"look there, then type: publisher resolve {name} {channel} --posted URL | --not-posted"
                yield Finding(
                    rule="left-in-doubt", message=f"it may be live on {channel}, and {why}", path=post.path, hint=hint
                )


def _is_unknown(story: Story, channel: str, abandoned: Callable[[Event], bool]) -> bool:
    doubted = any(one.kind is Kind.DOUBT for one in story.in_doubt(channel))
    return doubted or any(one.act == "send" and abandoned(one) for one in story.open_attempts(channel))
