"""`publisher doctor`: what stands between this machine and publishing for real."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import click

from publisher.cli import TO_FIX
from publisher.cli.check import find
from publisher.cli.homes import open_database
from publisher.cli.options import AS_JSON, in_project, print_json
from publisher.cli.workspace import Destination, Workspace
from publisher.errors import PublisherError
from publisher.findings import has_errors
from publisher.registry import adapter, networks


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One thing looked at; `advice` says what to do where it is not well."""

    about: str
    well: bool
    said: str
    advice: str = ""


@click.command()
@AS_JSON
@in_project
def command(as_json: bool, start: Path, now: object) -> int:
    """Look at the settings, every channel's secrets and this machine, and say what is missing and where to get it.

    No secret is printed, and nothing is sent.
    """
    answers = tuple(examine(Workspace(start)))
    if as_json:
        print_json(answers)
    else:
        for answer in answers:
            mark = click.style("✓", fg="green") if answer.well else click.style("✗", fg="red")
            click.echo(f"{mark} {answer.about}: {answer.said}")
            if answer.advice:
                click.echo(f"    → {answer.advice}")
    return 0 if all(answer.well for answer in answers) else TO_FIX


def examine(workspace: Workspace) -> Iterator[Answer]:
    """An answer for every thing that publishing for real needs."""
    yield _packages()
    git = shutil.which("git")
    yield Answer(about="git", well=bool(git), said=git or "not found", advice="" if git else "install git")
    yield _content(workspace)
    yield _repository(workspace)
    if workspace.project.ledger != "git":
        yield _database(workspace)
    yield Answer(about="networks installed", well=True, said=", ".join(networks()))
    yield from _channels(workspace)


def _packages() -> Answer:
    beside = _folder("adapters") == _folder("publisher")
    advice = (
        "" if beside else "another package called `adapters` is in the way: give Publisher an environment of its own"
    )
    return Answer(
        about="packages",
        well=beside,
        said="publisher and adapters lie side by side" if beside else "apart",
        advice=advice,
    )


def _folder(package: str) -> Path | None:
    found = find_spec(package)
    return Path(found.origin).parents[1] if found and found.origin else None


def _content(workspace: Workspace) -> Answer:
    findings = tuple(find(workspace))
    if has_errors(findings):
        return Answer(about="content", well=False, said=f"{len(findings)} findings", advice="publisher check")
    return Answer(about="content", well=True, said="settings, schedules and posts can be published")


def _repository(workspace: Workspace) -> Answer:
    if not workspace.is_repository:
        return Answer(
            about="repository",
            well=False,
            said="this folder is not in git",
            advice="git init && git add . && git commit",
        )
    if workspace.project.ledger != "git":
        return Answer(about="repository", well=True, said="the posts are in git")
    return _branch(workspace)


def _branch(workspace: Workspace) -> Answer:
    from publisher.ledger.git import BRANCH

    try:
        if workspace.has_branch(BRANCH):
            workspace.ledger(Destination(live=True)).settled()
    except PublisherError as error:
        return Answer(about="ledger", well=False, said=str(error), advice=error.hint)
    if workspace.remote is None:
        said = f"kept in this clone only; once there is a remote: git push REMOTE {BRANCH}"
        return Answer(about="ledger", well=True, said=said)
    return Answer(about="ledger", well=True, said=f"shared through the remote {workspace.remote}")


def _database(workspace: Workspace) -> Answer:
    try:
        ledger = open_database(workspace, Destination(live=True))
        said = f"kept in {ledger.place}" + ("; it is new: nothing is remembered yet" if ledger.is_new() else "")
    except PublisherError as error:
        return Answer(about="ledger", well=False, said=str(error), advice=error.hint)
    return Answer(about="ledger", well=True, said=said)


def _channels(workspace: Workspace) -> Iterator[Answer]:
    from publisher.delivery.secrets import gather

    for channel in workspace.project.channels.values():
        try:
            gather(channel, adapter(channel.network).secrets, workspace.environ)
        except PublisherError as error:
            said = str(error).removeprefix(f"{channel.name}: ")
            yield Answer(about=channel.name, well=False, said=said, advice=error.hint)
        else:
            yield Answer(about=channel.name, well=True, said="every secret is set")
