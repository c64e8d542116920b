"""Twins: a post whose words, or whose id, were published from another file, so that it would go out a second time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from publisher.ledger.events import Kind
from publisher.ledger.memory import BEGUN, Archive
from publisher.schedule.times import parse_moment
from publisher.words import Finding, Post, Severity

if TYPE_CHECKING:
    from publisher.cli.workspace import Workspace
    from publisher.ledger.memory import Ledger
    from publisher.ledger.story import Story

ALIKE = 0.5
"""From there on one post reads like another: half of the words may be others, or stand elsewhere."""
_MOST = 1_000
_HELD = "if that was published, this is held"
_BESIDE = ("id:", "publish:", "expires:", "late:", "objective:", "campaign:", "language:", "#")


class Past:
    """What was published, looked up for the posts that may have been something else before.

    `others` is what is settled anywhere, by path with the blob; `posts` are those that are looked at.
    """

    def __init__(
        self,
        workspace: Workspace,
        ledger: Ledger,
        posts: Mapping[str, Post],
        stories: Mapping[str, Story],
        settled: Mapping[str, str],
        others: Mapping[str, str],
    ) -> None:
        self._workspace, self._ledger = workspace, ledger
        self._stories, self._settled, self._others = stories, settled, others
        self._posts, self._ids = posts, {post.id for post in posts.values()}

    def find(self, post: Post) -> Finding | None:
        """What is to be said of a post that is not published again; None where nothing speaks against it."""
        if not self._stories[post.id].events:
            return self._renamed(post) if post.path in self._settled else self._twin(post) or self._like(post)
        other = self._elsewhere(post.id, self._stories[post.id], but=post.path)
        if other:
            message, hint = f"{other} was published with the id {post.id!r}", "give this one an `id:` of its own"
            return Finding(rule="duplicate-id", message=message, path=post.path, hint=hint)
        return None

    # --- the very words, in another file --------------------------------------------------------------------------

    def _twin(self, post: Post) -> Finding | None:
        same = (post.digest, self._workspace.mark(post.path)) if self._others else ()
        twin = next((path for path, blob in self._others.items() if blob in same), "")
        if not twin:
            return None
        renamed = f"give it `id: {PurePosixPath(twin).stem}` if it was renamed, or words of its own"
        hint = "give it words of its own, or delete it" if (self._workspace.root / twin).exists() else renamed
        return _published(post, f"these very words were published as {twin}", hint)

    # --- another id, in the same file -----------------------------------------------------------------------------

    def _renamed(self, post: Post) -> Finding | None:
        """What is to be said of a file that was published with another id."""
        path, blob = post.path, self._settled[post.path]
        words = _recall(self._ledger, [blob]).get(blob)
        stem = PurePosixPath(path).stem
        was = self._name(path, words) if words else stem if self._ledger.read([stem])[stem].events else ""
        if was == post.id:
            return None
        back = "delete its `id:`" if was == stem else f"write `id: {was}` again" if was else "write its old `id:` again"
        told = f"{path} was published with {f'the id {was!r}' if was else 'another id'}, and {post.id!r} is a new one"
        return Finding(
            rule="changed-id",
            message=f"{told}; it is not published again",
            path=path,
            line=post.lines.get("id", 1),
            hint=f"{back}; if it is another post, give it a file of its own",
        )

    # --- nearly the same words, in another file -------------------------------------------------------------------

    def _like(self, post: Post) -> Finding | None:
        """What is to be said of a new post that reads like one whose file is gone, or says something else now.

        An `id:` of its own is the author's word that it is another one.
        """
        if "id" in post.lines or not _goes_out(post):
            return None
        if path := self._replaced(post):
            hint = f"leave these words in {path}, or give this one an `id:` of its own if it is another post"
            return _published(post, f"it reads like {path} as it was published, which says something else now", hint)
        for path, name in self._candidates(post) if self._gone else ():
            if self._is_live(name):
                hint = f"give it `id: {name}` if it was renamed, or another `id:` if it is another post"
                return _published(post, f"it reads like {path}, which was published and is gone", hint)
        return None

    def _replaced(self, post: Post) -> str:
        """The path of a live post that had these words until others were written there; empty where there is none."""
        here = self._workspace.tree.read(post.path) if self._changed else b""
        for path, words in self._changed.items():
            share = likeness(here, words)
            if share >= ALIKE and share > likeness(self._workspace.tree.read(path), words):
                return path
        return ""

    @cached_property
    def _changed(self) -> Mapping[str, bytes]:
        """The words that were published, by path, of live posts that were edited since, as far as they can be had."""
        edited = {
            path: self._settled[path]
            for path, post in self._posts.items()
            if self._settled.get(path, post.digest) != post.digest and is_begun(self._stories[post.id])
        }
        known = _recall(self._ledger, edited.values())
        return {path: known[blob] for path, blob in edited.items() if blob in known}

    @cached_property
    def _gone(self) -> Mapping[str, bytes | None]:
        """The words of the files that are gone, the newest folders first; None where this clone cannot have them."""
        root = self._workspace.root
        paths = [path for path in sorted(self._others, reverse=True) if not (root / path).exists()][:_MOST]
        known = _recall(self._ledger, [self._others[path] for path in paths])
        return {path: known.get(self._others[path]) for path in paths}

    def _candidates(self, post: Post) -> Iterator[tuple[str, str]]:
        """The paths and ids of what the post may have been, the likeliest first.

        One that is only as near as others that still stand is another of their series, such as a week's figures, unless
        it is for the very time of what is gone.
        """
        here = self._workspace.tree.read(post.path)
        alike = {path: likeness(here, self._gone[path] or b"") for path in _near(here, self._vocabularies)}
        shares = {path: share for path, share in alike.items() if share >= ALIKE}
        usual = self._find_usual(here, post.path) if shares else 0.0
        for path in sorted(shares, key=lambda path: -shares[path]):
            near = 1 - shares[path] <= (1 - usual) / 2 or usual < ALIKE
            if near or self._has_the_time_of(path, post):
                yield path, self._name(path, self._gone[path])
        unread = [path for path, words in self._gone.items() if words is None]
        yield from ((path, PurePosixPath(path).stem) for path in unread if self._says_the_same(post, path))

    def _has_the_time_of(self, path: str, post: Post) -> bool:
        """Whether the post is for the very instant that the one at that path was for."""
        words, zone = self._gone[path], self._workspace.zone
        was, moment = self._workspace.parse_as(path, words) if words else None, parse_moment(post.publish, zone)
        there = parse_moment(was.publish, zone) if was else None
        return moment is not None and there is not None and moment.at == there.at

    def _find_usual(self, here: bytes, but: str) -> float:
        """How alike those words and the nearest other post are that was published and whose file still stands."""
        paths = sorted(self._workspace.paths(()), reverse=True)[:_MOST]
        known = [path for path in self._ledger.settled(paths) if path != but and self._workspace.blob(path)]
        words = {path: self._workspace.tree.read(path) for path in known}
        near = _near(here, {path: _vocabulary(one) for path, one in words.items()})
        return max((likeness(here, words[path]) for path in near), default=0.0)

    @cached_property
    def _vocabularies(self) -> Mapping[str, frozenset[str]]:
        return {path: _vocabulary(words) for path, words in self._gone.items() if words is not None}

    def _says_the_same(self, post: Post, path: str) -> bool:
        """Whether a part of the post has the very words that are live on its channel from that path."""
        story = self._story(PurePosixPath(path).stem)
        proofs = self._proofs(post) if story.events else ()
        live = {one.wording for name, _ in proofs for one in story.standing(name).values() if one.wording}
        return any(live.intersection(wordings) for _, wordings in proofs)

    def _proofs(self, post: Post) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The post's words on each of its channels, as digests."""
        whole = self._workspace.parse(post.path).post
        proofs = self._workspace.prove(whole) if whole else ()
        return tuple((one.channel.name, one.rendition.wordings) for one in proofs if one.rendition)

    def _is_live(self, name: str) -> bool:
        """Whether the post of that id is, or may be, live, and is not told by another file now."""
        story = self._story(name)
        if name in self._ids or self._elsewhere(name, story):
            return False
        return not story.events or is_begun(story)

    def _story(self, name: str) -> Story:
        return self._ledger.read([name])[name]

    def _name(self, path: str, words: bytes | None) -> str:
        """The id of the post that had those words at that path."""
        found = self._workspace.parse_as(path, words) if words else None
        return found.id if found else PurePosixPath(path).stem

    def _elsewhere(self, name: str, story: Story, but: str = "") -> str:
        """The path from which that story was told, of another post than the one at `but` that has its id still."""
        done = {one.path for one in story.events if one.kind is Kind.DONE and one.path not in ("", but)}
        return next((path for path in sorted(done) if self._has_id(path, name)), "")

    def _has_id(self, path: str, name: str) -> bool:
        """Whether the post at that path, if there still is one, has that id."""
        if not (self._workspace.root / path).exists():
            return False
        found = self._workspace.parse(path, body=False).post
        return found is not None and found.id == name


def find_renames(
    was: Mapping[str, str], will: Mapping[str, str], before: Workspace, after: Workspace
) -> dict[str, Finding]:
    """What is to be said, by path, of posts that are new to the ledger and were other ones before; ids are by path.

    Whether these were published is not asked.
    """
    lost = {path: name for path, name in was.items() if name not in will.values()}
    came = {path: post for path, name in will.items() if name not in was.values() and (post := _wanted(after, path))}
    gone = {path: before.tree.read(path) for path in lost if path not in will and _wanted(before, path)}
    told: dict[str, Finding] = {}
    for path, post in came.items():
        if path in lost:
            told[path] = _warning(
                post, "changed-id", f"its id was {lost[path]!r}; {_HELD}", f"write `id: {lost[path]}`"
            )
        elif gone and "id" not in post.lines:
            share, old = max((likeness(after.tree.read(path), words), old) for old, words in gone.items())
            hint = f"give it `id: {lost[old]}` if it was renamed, or another `id:` if it is another post"
            if share >= ALIKE:
                message = f"it reads like {old}, which is gone; {_HELD}, unless others that still stand are as near"
                told[path] = _warning(post, "published-before", message, hint)
    return told


def _wanted(workspace: Workspace, path: str) -> Post | None:
    """The post at that path, if it can be read and is to go out."""
    post = workspace.parse(path, body=False).post
    return post if post and _goes_out(post) else None


def _warning(post: Post, rule: str, message: str, hint: str) -> Finding:
    line = post.lines.get("id", 1)
    return Finding(rule=rule, message=message, severity=Severity.WARNING, path=post.path, line=line, hint=hint)


def is_begun(story: Story) -> bool:
    """Whether something of the post is, or may be, live."""
    channels = {one.channel for one in story.events}
    return any(story.receipts(name) or story.open_attempts(name) or story.in_doubt(name) for name in channels)


def likeness(one: bytes, other: bytes) -> float:
    """How alike the words of two posts are, from 0 to 1, whatever stands beside them in their front matter."""
    from publisher.craft.distinct import likeness as alike

    return alike(_words(one), _words(other))


def _near(here: bytes, known: Mapping[str, frozenset[str]]) -> list[str]:
    """The files that have enough of those words for a closer look, which costs far more."""
    mine = _vocabulary(here)
    return [path for path, words in known.items() if 4 * len(mine & words) >= len(mine | words)]


def _vocabulary(source: bytes) -> frozenset[str]:
    from publisher.craft.distinct import vocabulary

    return vocabulary(_words(source))


def _words(source: bytes) -> str:
    """What a reader may come to see of a post, and whatever else its front matter says of it in words."""
    text = source.removesuffix(BEGUN).decode("utf-8", "replace").replace("\r\n", "\n")
    header, _, body = text.partition("\n---")
    told = (line for line in header.split("\n") if not line.lstrip().startswith(_BESIDE))
    return "\n".join((*told, body))


def _goes_out(post: Post) -> bool:
    """Whether the post asks to be published, on any channel; a withdrawn one never is."""
    own = (override.publish for override in post.overrides.values())
    return post.publish != "withdrawn" and any((post.publish, *own))


def _recall(ledger: Ledger, blobs: Iterable[str]) -> Mapping[str, bytes]:
    return ledger.recall(tuple(blobs)) if isinstance(ledger, Archive) else {}


def _published(post: Post, message: str, hint: str) -> Finding:
    return Finding(rule="published-before", message=message, path=post.path, hint=hint)
