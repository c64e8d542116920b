"""`publisher check`: everything there is to say about settings, schedules and posts, before anything is sent."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from publisher.cli import TO_FIX
from publisher.cli.options import FORMAT, in_project, print_findings
from publisher.cli.workspace import Workspace
from publisher.findings import has_errors
from publisher.model import Finding


@click.command()
@click.argument("paths", nargs=-1)
@FORMAT
@in_project
def command(paths: tuple[str, ...], style: str, start: Path, now: object) -> int:
    """Find what is wrong in PATHS, or in the whole project: settings, schedules and posts.

    Exits with 1 when there is an error, and says file, line and what to type.
    """
    workspace = Workspace(start)
    findings = tuple(find(workspace, paths))
    broken = print_findings(findings, style)
    if style == "text":
        click.echo(_summary(findings, broken=broken))
    return TO_FIX if broken else 0


def find(workspace: Workspace, paths: Sequence[str] = ()) -> Iterator[Finding]:
    """Every finding, of the settings first; posts are only looked at when the settings can be read."""
    from publisher.registry import networks

    project, settings = workspace.read_project(networks())
    yield from settings
    if project is None or has_errors(settings):
        return
    yield from workspace.read_timetable()[1]
    seen: dict[str, str] = {}
    for path in _with_progress(list(workspace.paths(paths))):
        yield from _find_in_post(workspace, path, seen)


def _with_progress(paths: list[str]) -> Iterator[str]:
    if len(paths) < 200 or not sys.stderr.isatty():
        yield from paths
        return
    with click.progressbar(paths, label="checking", file=sys.stderr) as bar:
        yield from bar


def _find_in_post(workspace: Workspace, path: str, seen: dict[str, str]) -> Iterator[Finding]:
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
    if parsed.sound and post.publish != "withdrawn":
        for proof in workspace.prove(post):
            yield from proof.findings


def _summary(findings: Sequence[Finding], *, broken: bool) -> str:
    counts = {severity: sum(one.severity == severity for one in findings) for severity in ("error", "warning", "hint")}
    said = ", ".join(f"{count} {name}{'s' if count > 1 else ''}" for name, count in counts.items() if count)
    return (
        click.style(said, fg="red" if broken else "yellow") if said else click.style("Everything is fine.", fg="green")
    )
