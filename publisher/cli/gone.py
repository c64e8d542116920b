"""Posts that are gone: what was begun of them is still in the ledger, and their files are not in the project."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from publisher.cli.strays import advise, tell_state
from publisher.errors import ContentError
from publisher.ledger.events import Event
from publisher.ledger.memory import Archive
from publisher.schedule.turns import post_of
from publisher.words import Channel, Finding, Post

if TYPE_CHECKING:
    from publisher.cli.workspace import Workspace
    from publisher.ledger.memory import Ledger
    from publisher.ledger.story import Story


def find_gone(
    workspace: Workspace, ledger: Ledger, names: Collection[str], abandoned: Callable[[Event], bool]
) -> Iterator[Finding]:
    """What is to be said of those of these unfinished posts that no file tells now."""
    there = _find_told(workspace, {post_of(name) for name in names})
    stories = ledger.read(name for name in names if post_of(name) not in there)
    for name, story in stories.items():
        for channel in dict.fromkeys(one.channel for one in story.events if one.channel):
            if how := tell_state(story, channel, abandoned):
                off = f"type: publisher withdraw {post_of(name)}" if channel in workspace.project.channels else ""
                message, hint = f"{name} {how} on {channel}, and its file is gone", advise(name, channel, how, off)
                yield Finding(rule="left-in-doubt", message=message, hint=hint)


def is_told(workspace: Workspace, name: str) -> bool:
    """Whether a file of the project has that post, or may have it: nobody knows of one that cannot be read."""
    return bool(_find_told(workspace, {name}))


def _find_told(workspace: Workspace, names: set[str]) -> set[str]:
    """Those of these posts that a file of the project has, or may have; each file is read once."""
    lost = names
    for path in workspace.tree.posts(workspace.project.content):
        if not lost:
            break
        lost = lost - _may_tell(workspace, path, lost)
    return names - lost


def _may_tell(workspace: Workspace, path: str, names: set[str]) -> set[str]:
    try:
        source = workspace.tree.read(path)
    except ContentError:
        return names
    named = {name for name in names if PurePosixPath(path).stem == name or name.encode() in source}
    post = workspace.parse_as(path, source) if named else None
    return {name for name in named if post is None or post.id == name}


def name_of(workspace: Workspace, ledger: Ledger, given: str) -> str:
    """The id of the post that was published from a path where no file is now; empty where nobody knows of one."""
    path = _path(workspace, given)
    blob = ledger.settled([path]).get(path, "")
    words = ledger.recall([blob]).get(blob) if blob and isinstance(ledger, Archive) else None
    was = workspace.parse_as(path, words) if words else None
    name = was.id if was else PurePosixPath(path).stem
    return name if ledger.read([name])[name].events else ""


def _path(workspace: Workspace, given: str) -> str:
    """The path in the project of a file that is not there, as it was typed here or in the project's own folder."""
    root, full = workspace.root.resolve(), Path(given).absolute()
    return full.relative_to(root).as_posix() if full.is_relative_to(root) else PurePosixPath(given).as_posix()


def stand_in(workspace: Workspace, ledger: Ledger, given: str) -> Post | None:
    """A post to be taken off its channels in the place of one whose file is gone; None where there is nothing of it."""
    name = name_of(workspace, ledger, given) if given.endswith(".md") else post_of(given)
    if not name or not ledger.read([name])[name].events or is_told(workspace, name):
        return None
    silent = tuple(workspace.project.channels)
    return Post(id=name, path="", digest="", muted=silent)


def reach(post: Post, stories: Mapping[str, Story], channels: Mapping[str, Channel]) -> Post:
    """The post as one that speaks to every channel where something of it is, or may be, live, too."""
    told = [story for name, story in stories.items() if post_of(name) == post.id]
    begun = [name for name in channels for story in told if story.standing(name) or story.is_unsure(name)]
    spoken = [one.name for one in channels.values() if post.speaks_to(one.name, one.network)]
    wanted = {name: post.own(channels[name]) for name in (*begun, *spoken)}
    left = tuple(name for name in channels if name not in wanted)
    return replace(post, only=tuple(wanted), muted=left, overrides=wanted)
