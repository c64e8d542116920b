"""Whose approval the changes of a branch need: the base's rules over what the posts were and what they become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from publisher.cli.review import changed_files, in_repository, laid_out, open_other
from publisher.cli.workspace import Workspace
from publisher.errors import ConfigError
from publisher.forge.owners import Rule, Want, own_lines, read_rules, write_owners
from publisher.words import Post


def owner_lines(workspace: Workspace) -> list[str]:
    """The lines of CODEOWNERS for the project as it lies."""
    rules = read_rules(workspace.project.approval)
    return own_lines(rules, _posts(workspace) if rules else (), _networks(workspace), in_repository(workspace.root)[1])


def write_file(workspace: Workspace, lines: Sequence[str]) -> Path:
    """Puts the lines into the repository's CODEOWNERS. Raises ConfigError where it cannot be written."""
    file = in_repository(workspace.root)[0] / ".github" / "CODEOWNERS"
    try:
        there = file.read_text(encoding="utf-8") if file.exists() else ""
        file.parent.mkdir(exist_ok=True)
        file.write_text(write_owners(there, lines), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {error.strerror}", hint="let this user write there") from error
    return file


def find_wants(workspace: Workspace, base: str) -> tuple[Want, ...]:
    """What has to be approved of the difference to `base`, by the rules that stand there: a branch cannot lift them.

    A post counts as what it was and as what it becomes, its pictures with it. A change of settings changes every post,
    so it needs an approval by every rule.
    """
    with laid_out(workspace.root, base) as folder:
        other = open_other(folder)
        if other is None and (folder / "publisher.yml").is_file():
            told = f"publisher.yml of {base} cannot be read, so nobody knows whose approval is needed"
            raise ConfigError(told, hint="mend it there first")
        rules = read_rules(other.project.approval) if other else ()
        if not other or not rules:
            return ()
        changed = changed_files(workspace.root, base)
        return tuple(_wants(workspace, other, rules, changed, in_repository(workspace.root)[1]))


def _wants(
    workspace: Workspace, other: Workspace, rules: Sequence[Rule], changed: frozenset[str], prefix: str
) -> Iterator[Want]:
    if "publisher.yml" in changed:
        files = {f"{prefix}publisher.yml": workspace.blob("publisher.yml")}
        yield from (Want(rule=rule, files=files, cause="publisher.yml") for rule in rules)
    networks = {**_networks(other), **_networks(workspace)}
    before = {post.id: post for post in _posts(other)}
    for post in _posts(workspace):
        path = post.path
        if path in changed or any(media.file in changed for media in post.media):
            faces = [one for one in (post, before.get(post.id)) if one]
            files = {f"{prefix}{name}": workspace.blob(name) for name in (path, *(media.file for media in post.media))}
            for rule in rules:
                if any(rule.covers(face, networks) for face in faces):
                    yield Want(rule=rule, files=files, cause=path)


def _posts(workspace: Workspace) -> Iterator[Post]:
    for path in workspace.paths():
        if post := workspace.parse(path).post:
            yield post


def _networks(workspace: Workspace) -> Mapping[str, str]:
    return {name: channel.network for name, channel in workspace.project.channels.items()}
