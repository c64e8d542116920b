"""What a person types for a post: its file, a folder of posts, or the post's id."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from publisher.errors import ContentError
from publisher.worktree import readable

if TYPE_CHECKING:
    from publisher.cli.workspace import Workspace
    from publisher.ledger.memory import Ledger

_NAMED = 2_000


def find_paths(workspace: Workspace, given: str) -> Iterator[str]:
    """The posts meant by what was typed: a file, all of a folder, or the one of that id.

    Raises ContentError where there is none, also for a file outside the project.
    """
    inside = _inside(workspace, given)
    if inside is None:
        yield _of_id(workspace, given)
    elif (workspace.root / inside).is_dir():
        yield from workspace.tree.posts(inside)
    else:
        yield readable(inside)


def find_name(workspace: Workspace, given: str, ledger: Ledger) -> str:
    """The id of the post meant by what was typed: that of a file, of what was published from it, or what was typed.

    Nobody looks whether there is such a post, for the ledger may know one whose file is gone. Raises ContentError for
    a file that cannot be read, or that neither is there nor was.
    """
    inside = _inside(workspace, given)
    if inside is None or not (workspace.root / inside).is_file():
        if not given.endswith(".md"):
            return given
        from publisher.cli.gone import name_of

        if name := name_of(workspace, ledger, given):
            return name
        raise no_post(workspace, given)
    parsed = workspace.parse(inside, body=False)
    if parsed.post is None:
        raise ContentError(f"{inside} cannot be read", hint=f"publisher check {inside}")
    return parsed.post.id


def refuse_unknown_post(workspace: Workspace, given: str) -> None:
    """Raises ContentError where what was typed names no post of the project."""
    for _ in find_paths(workspace, given):
        return


def no_post(workspace: Workspace, given: str) -> ContentError:
    """The error for what names no post, with the nearest that there is."""
    from publisher.content.spelling import find_near

    paths = tuple(workspace.tree.posts(workspace.project.content))
    known = [name for path in paths[:_NAMED] for name in (path, PurePosixPath(path).stem)]
    near = find_near(given, known)
    hint = "name a post by its file, such as content/2026/my-post.md, or by its id; publisher status lists them"
    return ContentError(f"there is no post {given!r}", hint=f"did you mean {near}? If not, {hint}" if near else hint)


def _inside(workspace: Workspace, given: str) -> str | None:
    """The path in the project of what was typed, seen from this folder or else from the project's; None for no file."""
    root, there = workspace.root.resolve(), False
    for candidate in (Path(given), workspace.root / given):
        try:
            full = candidate.resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            continue
        if full.is_relative_to(root):
            return full.relative_to(root).as_posix()
        there = True
    if there and not _has_id(workspace, given):
        raise ContentError(f"{given} is outside the project {workspace.root}")
    return None


def _of_id(workspace: Workspace, name: str) -> str:
    """The path of the post with that id. Raises ContentError where there is none."""
    found = next(_with_id(workspace, name), None)
    if found is None:
        raise no_post(workspace, name)
    return found


def _has_id(workspace: Workspace, name: str) -> bool:
    return next(_with_id(workspace, name), None) is not None


def _with_id(workspace: Workspace, name: str) -> Iterator[str]:
    """The posts of that id, those whose file has its name first; of the others only those that hold it are parsed."""
    if not name or "/" in name:
        return
    paths = tuple(workspace.tree.posts(workspace.project.content))
    named = [path for path in paths if PurePosixPath(path).stem == name]
    others = (path for path in paths if path not in named and _says(workspace, path, name))
    for path in (*named, *others):
        post = workspace.parse(path, body=False).post
        if post and post.id == name:
            yield path


def _says(workspace: Workspace, path: str, name: str) -> bool:
    try:
        return name.encode("utf-8", "surrogateescape") in workspace.tree.read(path)
    except ContentError:
        return False
