"""`publisher check`: everything there is to say about settings, schedules and posts, before anything is sent."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli import TO_FIX
from publisher.cli.options import AS_JSON, FORMAT, in_project, print_findings
from publisher.cli.workspace import Workspace
from publisher.findings import has_errors
from publisher.model import Finding
from publisher.schedule.checks import check_times

if TYPE_CHECKING:
    from publisher.schedule.timetable import Timetable

_NAMES = ("error", "warning", "hint")
_CLEAR = "\r\x1b[K"


@click.command()
@click.argument("paths", nargs=-1)
@AS_JSON
@FORMAT
@in_project
def command(paths: tuple[str, ...], as_json: bool, style: str, start: Path, now: object) -> int:
    """Find what is wrong in PATHS (files, folders or ids), or in the whole project: settings, schedules and posts.

    Exits with 1 when there is an error, and says file, line and what to type.
    """
    if as_json and style == "github":
        raise click.UsageError("say one of --json and --format github")
    style = "json" if as_json else style
    told, counts = _by_file(Workspace(start), paths), Counter[str]()
    for findings in [tuple(chain.from_iterable(told))] if style == "json" else told:
        counts.update(finding.severity.value for finding in findings)
        if findings and sys.stderr.isatty():
            click.echo(_CLEAR, nl=False, err=True)  # the progress bar is drawn again below what is printed
        if findings or style == "json":
            print_findings(findings, style)
    if style == "text":
        click.echo(_summary(counts))
    return TO_FIX if counts["error"] else 0


def find(workspace: Workspace, paths: Sequence[str] = ()) -> Iterator[Finding]:
    """Every finding, of the settings first; posts are only looked at when the settings can be read."""
    return chain.from_iterable(_by_file(workspace, paths))


def _by_file(workspace: Workspace, paths: Sequence[str]) -> Iterator[tuple[Finding, ...]]:
    """What there is to say of the settings, of the schedules and of each post, one after the other, none kept."""
    from publisher.registry import networks

    project, settings = workspace.read_project(networks())
    yield settings
    if project is None or has_errors(settings):
        return
    timetable, findings = workspace.read_timetable()
    yield findings
    seen: dict[str, str] = {}
    for path in _with_progress(workspace.paths(paths)):
        yield tuple(_find_in_post(workspace, path, seen, timetable))


def _with_progress(paths: Iterator[str]) -> Iterator[str]:
    if not sys.stderr.isatty():
        yield from paths
        return
    listed = list(paths)
    if len(listed) < 200:
        yield from listed
        return
    with click.progressbar(listed, label="checking", file=sys.stderr) as bar:
        yield from bar


def _find_in_post(workspace: Workspace, path: str, seen: dict[str, str], timetable: Timetable) -> Iterator[Finding]:
    parsed = workspace.parse(path)
    yield from parsed.findings
    post = parsed.post
    if post is None:
        return
    other = seen.setdefault(post.id, path)
    if other != path:
        yield Finding(
            rule="duplicate-id",
            message=f"{other} has the id {post.id!r} too",
            path=path,
            line=post.lines.get("id", 1),
            hint="give one of them an `id:` of its own, or another file name",
        )
    yield from check_times([post], tuple(workspace.project.channels.values()), timetable, workspace.zone)
    if parsed.sound and post.publish != "withdrawn":
        for proof in workspace.prove(post):
            yield from proof.findings


def _summary(counts: Mapping[str, int]) -> str:
    said = ", ".join(f"{counts[name]} {name}{'s' if counts[name] > 1 else ''}" for name in _NAMES if counts.get(name))
    if not said:
        return click.style("Everything is fine.", fg="green")
    return click.style(said, fg="red" if counts.get("error") else "yellow")
