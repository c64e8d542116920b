"""`publisher review`: what a branch changes in what the networks get, whether by words, settings or the tool itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli.options import AS_JSON, in_project, print_json
from publisher.cli.workspace import Workspace
from publisher.errors import ConfigError
from publisher.words import Finding, Severity
from publisher.worktree import readable

if TYPE_CHECKING:
    from publisher.content.posts import Parsed
    from publisher.forge.differences import Difference
    from publisher.forge.snapshot import Snapshot


@click.command()
@click.option("--base", metavar="COMMIT", help="Compare with this commit or branch; by default origin/main or main.")
@click.option(
    "--against",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Compare with what --save kept, for example by another version of Publisher.",
)
@click.option(
    "--save",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep what every post is on every channel, and compare nothing.",
)
@click.option(
    "--markdown",
    metavar="FILE",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Write it for a comment on GitHub, which holds 65,536 characters; - for the screen.",
)
@click.option(
    "--summary",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Add it to the summary of a job on GitHub, which holds fifteen times as much.",
)
@AS_JSON
@in_project
def command(
    base: str | None,
    against: Path | None,
    save: Path | None,
    markdown: Path | None,
    summary: Path | None,
    as_json: bool,
    start: Path,
    now: object,
) -> int:
    """Show what changes on the networks between another commit and this folder as it lies.

    Posts are compared as they would be sent, so a change of voice, of settings or of Publisher is seen like one of
    words. Nothing is sent, and nothing in the folder is touched.
    """
    if sum(one is not None for one in (base, against, save)) > 1:
        raise click.UsageError("say one of --base, --against and --save")
    workspace = Workspace(start)
    if save:
        _write(save, _encoded(picture(workspace, tuple(workspace.paths()))))
        return 0
    before, after = _from_file(workspace, against) if against else _from_git(workspace, base or _usual(workspace))
    _show(before, after, markdown, summary, as_json=as_json)
    return 0


def _show(before: Snapshot, after: Snapshot, markdown: Path | None, summary: Path | None, *, as_json: bool) -> None:
    from publisher.forge.differences import compare
    from publisher.forge.letter import COMMENT_BYTES, SUMMARY_BYTES, compose

    differences = compare(before, after)
    for file, most in ((markdown, COMMENT_BYTES), (summary, SUMMARY_BYTES)):
        if file:
            letter = compose(differences, before=before.tool, after=after.tool, most=most).encode("utf-8", "replace")
            _write(file, letter, onto=file is summary)
    if as_json:
        print_json(differences)
    elif str(markdown) != "-":
        _print(differences)


def _print(differences: Sequence[Difference]) -> None:
    for one in differences:
        mark = click.style("✗", fg="red") if one.has_errors else click.style("✓", fg="green")
        channels = ", ".join(turn.channel for turn in one.turns) or "no word changes"
        click.echo(f"{mark} {one.entry.path:<44} {one.cause.value:<7} {channels}")
    count = len(differences)
    click.echo(f"{count} post{'s' if count != 1 else ''} would be read differently." if count else "Nothing changes.")


def _write(file: Path, content: bytes, *, onto: bool = False) -> None:
    if str(file) == "-":
        click.echo(content, nl=False)
        return
    try:
        with file.open("ab" if onto else "wb") as there:
            there.write(content)
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {error.strerror}", hint="name another file") from error


def _encoded(snapshot: Snapshot) -> bytes:
    from publisher.forge.snapshot import encode

    return encode(snapshot)


# --- two states of a project ----------------------------------------------------------------------------------------


def picture(workspace: Workspace, paths: Sequence[str]) -> Snapshot:
    """What these posts are on their channels, as the folder lies. Raises NeedsMending for broken settings."""
    from importlib.metadata import version

    from publisher.forge.snapshot import Snapshot
    from publisher.forge.taking import take, unreadable
    from publisher.registry import adapter

    entries = []
    for path in paths:
        parsed = workspace.parse(path)
        if parsed.post is None:
            entries.append(unreadable(path, workspace.blob(path), parsed.findings))
        else:
            proofs = workspace.prove(parsed.post) if parsed.post.publish != "withdrawn" else ()
            entries.append(take(parsed.post, parsed.findings, proofs, adapter))
    return Snapshot(tool=version("publisher-pipeline"), entries=tuple(entries))


def _from_file(workspace: Workspace, file: Path) -> tuple[Snapshot, Snapshot]:
    from publisher.forge.snapshot import decode

    return decode(file.read_bytes()), picture(workspace, tuple(workspace.paths()))


def _from_git(workspace: Workspace, base: str) -> tuple[Snapshot, Snapshot]:
    """Both states, of the posts that can differ: all of them where the settings do, else those whose files do."""
    with laid_out(workspace.root, base) as folder:
        other = open_other(folder)
        changed = changed_files(workspace.root, base)
        before = picture(other, _affected(other, changed)) if other else _nothing()
        after = picture(workspace, _affected(workspace, changed))
        if not other:
            return before, after
        kept = {one.path: one for one in _find_kept(before, after, changed, workspace)}
        return before, _with(_with(after, kept), _renames(before, after, other, workspace))


def _with(snapshot: Snapshot, told: Mapping[str, Finding]) -> Snapshot:
    """The snapshot with one more finding on each of these paths."""
    from msgspec.structs import replace

    entries = (
        replace(one, findings=(*one.findings, told[one.path])) if one.path in told else one for one in snapshot.entries
    )
    return replace(snapshot, entries=tuple(entries))


def _renames(before: Snapshot, after: Snapshot, other: Workspace, workspace: Workspace) -> Mapping[str, Finding]:
    """A word on every post that was another one before."""
    from publisher.cli.twins import find_renames

    was, will = ({one.path: one.post for one in snapshot.entries} for snapshot in (before, after))
    return find_renames(was, will, other, workspace)


def _find_kept(before: Snapshot, after: Snapshot, changed: frozenset[str], workspace: Workspace) -> Iterator[Finding]:
    """A word on every post that names a picture of which only the bytes are new: no run sees that, so none edits it."""
    was = {one.path: one.blob for one in before.entries}
    for one in after.entries:
        coming = all(_is_coming(time, workspace) for time in (one.publish, *one.times))
        post = None if coming or was.get(one.path) != one.blob else workspace.parse(one.path).post
        names = [media.file for media in post.media if media.file in changed] if post else []
        if names:
            told = f"{names[0]} is another picture under the same name; where this post is published it stays as it was"
            hint = "give the picture a new name, and write that into the post"
            severity = Severity.WARNING
            yield Finding(rule="kept-picture", message=told, severity=severity, path=one.path, hint=hint)


def _is_coming(publish: str, workspace: Workspace) -> bool:
    """Whether nothing can have gone out at that time yet."""
    from publisher.schedule.times import parse_moment

    moment = parse_moment(publish, workspace.zone)
    return publish in ("", "withdrawn") or (moment is not None and moment.at > workspace.clock())


def _nothing() -> Snapshot:
    from publisher.forge.snapshot import Snapshot

    return Snapshot(tool="")


def open_other(folder: Path) -> Workspace | None:
    """The project in that folder; None where it holds none that can be read, so that everything is new."""
    from publisher.cli.options import NeedsMending

    if not (folder / "publisher.yml").is_file():
        return None
    try:
        other = Workspace(folder)
        _ = other.project
    except NeedsMending:
        return None
    return other


def _affected(workspace: Workspace, changed: frozenset[str]) -> tuple[str, ...]:
    paths = tuple(workspace.paths())
    if "publisher.yml" in changed:
        return paths
    pictures = {path for path in changed if not path.endswith((".md", ".yml"))}
    return tuple(path for path in paths if path in changed or (pictures and _shows(workspace.parse(path), pictures)))


def _shows(parsed: Parsed, pictures: set[str]) -> bool:
    return parsed.post is None or any(media.file in pictures for media in parsed.post.media)


# --- git ------------------------------------------------------------------------------------------------------------


def _usual(workspace: Workspace) -> str:
    """The branch that pull requests go to."""
    for name in ("origin/HEAD", "origin/main", "main"):
        if _git(workspace.root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", may_fail=True):
            return name
    raise ConfigError("there is no branch main to compare with", hint="publisher review --base COMMIT")


@contextmanager
def laid_out(root: Path, commit: str) -> Iterator[Path]:
    """The project's folder as it is in that commit, in a place of its own until left; the work tree is not touched."""
    import os
    import tempfile

    top, prefix = in_repository(root)
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}", may_fail=True)
    if not found:
        raise ConfigError(f"git knows no commit {commit!r} here", hint="git fetch, or name another one with --base")
    with tempfile.TemporaryDirectory(prefix="publisher-") as place:
        index = {**os.environ, "GIT_INDEX_FILE": str(Path(place) / "index")}
        tree = Path(place).resolve() / "tree"
        tree.mkdir()
        _git(root, "read-tree", found.strip(), env=index)
        _git(top, "checkout-index", "--all", "--quiet", f"--prefix={tree}/", env=index)
        yield tree / prefix


def in_repository(root: Path) -> tuple[Path, str]:
    """The repository's own folder, and where in it the project lies: empty, or a path that ends in a slash."""
    top, prefix = (_git(root, "rev-parse", name).rstrip("\n") for name in ("--show-toplevel", "--show-prefix"))
    return Path(top), prefix


def changed_files(root: Path, base: str) -> frozenset[str]:
    """The files that differ from that commit, relative to the project, with those git does not know yet."""
    tracked = _git(root, "diff", "--name-only", "--relative", "--no-renames", "--no-ext-diff", "-z", base, "--")
    others = _git(root, "ls-files", "--others", "--exclude-standard", "-z")
    return frozenset(readable(path) for path in (*tracked.split("\0"), *others.split("\0")) if path)


def _git(root: Path, *words: str, env: dict[str, str] | None = None, may_fail: bool = False) -> str:
    """What git prints. Raises ConfigError where it fails, unless it may."""
    import subprocess

    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, check=False, env=env)
    except FileNotFoundError as error:
        raise ConfigError("git is not installed", hint="install git") from error
    if done.returncode and not may_fail:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise ConfigError(f"git {words[0]}: {told[-1] if told else 'failed'}", hint="git status")
    return done.stdout.decode("utf-8", "surrogateescape") if not done.returncode else ""
