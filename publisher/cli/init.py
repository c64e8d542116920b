"""`publisher init`: a content repository that publishes to the sandbox at once."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path

import click

from publisher.errors import ConfigError
from publisher.worktree import PROJECT


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
def command(folder: Path) -> None:
    """Make a content repository in FOLDER: settings, two posts, a schedule and the GitHub workflows.

    Files that are there already stay as they are.
    """
    _refuse_inside_another(folder)
    written = _copy(folder)
    made = _make_repository(folder, written)
    for path in written:
        click.echo(f"  {path}")
    where = "" if folder == Path() else f"cd {folder} && "
    click.echo(f"Made {len(written)} files" + (" and a git repository." if made else "."))
    click.echo(f"  first:  {where}publisher run        # to the sandbox: no account is needed")
    click.echo(f"  look:   {where}publisher sandbox serve")


def _refuse_inside_another(folder: Path) -> None:
    """Raises ConfigError where a project lies around a new one that has no repository of its own.

    They would share a repository, whose branch is the ledger of one project.
    """
    place = folder.resolve()
    if (place / PROJECT).exists() or (place / ".git").exists():
        return
    around = next((parent for parent in place.parents if (parent / PROJECT).exists()), None)
    if around is not None:
        raise ConfigError(
            f"{folder} is inside the project {around}, and the ledger of a repository is that of one project",
            hint=f"make it beside that project: publisher init {around.parent / place.name}",
        )


def _copy(folder: Path) -> list[str]:
    written = []
    with as_file(files("publisher.cli") / "templates") as source:
        for file in sorted(path for path in source.rglob("*") if path.is_file()):
            inside = file.relative_to(source)
            target = folder / inside
            if target.exists():
                continue
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read_bytes())
            except OSError as error:
                raise ConfigError(f"{target} cannot be written: {error.strerror}", hint="name another one") from error
            written.append(inside.as_posix())
    if not written:
        raise ConfigError(f"{folder} holds a content repository already", hint=f"publisher check -C {folder}")
    return written


def _make_repository(folder: Path, written: Sequence[str]) -> bool:
    """Whether a repository was made and its first commit written; somebody else's repository is left alone."""
    if _git(folder, "rev-parse", "--git-dir").returncode == 0 or _git(folder, "init", "-q", "-b", "main").returncode:
        return False
    _git(folder, "add", "--", *written)
    named = _git(folder, "config", "user.email").returncode == 0
    identity = [] if named else ["-c", "user.name=Publisher", "-c", "user.email=publisher@localhost"]
    return _git(folder, *identity, "commit", "-q", "-m", "Start our content repository").returncode == 0


def _git(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", str(folder), *words], capture_output=True, check=False)
    except FileNotFoundError:
        return subprocess.CompletedProcess(words, 127)
