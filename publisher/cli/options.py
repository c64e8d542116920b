"""What several commands share: where the project is, what time it is, how the answer is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from publisher.errors import PublisherError
from publisher.findings import as_github, as_lines, has_errors
from publisher.words import Finding, Severity

Command = TypeVar("Command", bound=Callable[..., Any])

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for a machine.")
FORMAT = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "github", "json"]),
    default="text",
    show_default=True,
    help="How findings are written; github makes annotations, json is the same as --json.",
)


class NeedsMending(PublisherError):
    """Findings that stop a command before it can begin."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(as_lines(self.findings)))


class Instant(click.ParamType[datetime]):
    """An instant in ISO form; without an offset it is in the project's time zone."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            instant = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(
                f"{value!r} is not an instant; write it like 2026-12-01T09:30 or 2026-12-01T09:30+01:00", param, ctx
            )
        if not 2000 <= instant.year < 3000:
            self.fail(f"{value!r} is not an instant of this millennium", param, ctx)
        return instant


def in_project(command: Command) -> Command:
    """Gives a command `-C DIR` and `--now`, which it takes as `start` and `now`."""
    where = click.option(
        "-C",
        "--project",
        "start",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        default=".",
        help="The content repository; by default this folder or the nearest above it with a publisher.yml.",
    )
    when = click.option(
        "--now", type=Instant(), envvar="PUBLISHER_NOW", help="The instant to play, instead of the clock's."
    )
    return where(when(command))


def destination(command: Command) -> Command:
    """Gives a command `--sandbox` and `--live`, which it takes as `choice`."""
    sandbox = _flag("--sandbox", "Rehearse, even though there are credentials.")
    live = _flag("--live", "For real, or not at all.")
    return sandbox(live(command))


def _flag(name: str, told: str) -> Callable[[Command], Command]:
    return click.option(name, is_flag=True, expose_value=False, callback=_choose, help=told)


def _choose(ctx: click.Context, param: click.Parameter, given: bool) -> None:
    before = ctx.params.setdefault("choice", None)
    if given and before:
        raise click.UsageError(f"say one of --{before} and --{param.name}", ctx)
    if given:
        ctx.params["choice"] = param.name


def print_json(value: object) -> None:
    """The value as indented JSON on standard output."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))


def print_findings(findings: Iterable[Finding], style: str) -> bool:
    """Writes findings in the style asked for, and tells whether one of them is an error."""
    listed = tuple(findings)
    if style == "json":
        print_json(listed)
    elif style == "github":
        for line in as_github(listed):
            click.echo(line)
    else:
        for line in as_lines(listed):
            click.echo(_coloured(line))
    return has_errors(listed)


def _coloured(line: str) -> str:
    for severity, colour in ((Severity.ERROR, "red"), (Severity.WARNING, "yellow"), (Severity.HINT, "cyan")):
        head, mark, rest = line.partition(f"{severity.value}: ")
        if mark and not head.strip(": /.-_0123456789").count(" "):
            return f"{click.style(head, dim=True)}{click.style(mark, fg=colour)}{rest}"
    return line
