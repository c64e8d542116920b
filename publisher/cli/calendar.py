"""`publisher calendar`: a month or a week of every channel, to look at and to take elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import structs

from publisher.cli.edition import Edition, open_edition
from publisher.cli.options import AS_JSON, destination, in_project, print_findings, print_json
from publisher.cli.rows import rows
from publisher.cli.workspace import Workspace, say
from publisher.errors import ConfigError
from publisher.findings import as_lines
from publisher.schedule.items import Item, State

if TYPE_CHECKING:
    from publisher.studio.calendar.colours import Paint
    from publisher.studio.calendar.entries import Calendar, Entry
    from publisher.studio.calendar.spans import Span
    from publisher.words import Post

FORMATS = {
    "ics": "Write it for other calendars: phones, mail programs.",
    "csv": "Write it as a table of plain text.",
    "xlsx": "Write it as a workbook, coloured by channel and objective.",
    "html": "Write it as one page, to open in a browser, print or send.",
}


class Month(click.ParamType[date]):
    """A month in ISO form, given as its first day."""

    name = "month"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        return _read_day(self, f"{value}-01", f"{value!r} is not a month; write it like 2026-12", param, ctx)


class Day(click.ParamType[date]):
    """A day in ISO form."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        return _read_day(self, str(value), f"{value!r} is not a day; write it like 2026-12-01", param, ctx)


def _read_day(
    kind: click.ParamType[date], text: str, told: str, param: click.Parameter | None, ctx: click.Context | None
) -> date:
    from publisher.content.times import parse_day

    day = parse_day(text)
    if day is None or not 2000 <= day.year < 3000:
        kind.fail(told, param, ctx)
    return day


def _refuse_other_endings(context: click.Context, option: click.Parameter, file: str | None) -> str | None:
    """The file's name; one with another ending may be a post, and a post is never written over."""
    if file is not None and file != "-" and Path(file).suffix.lower() != f".{option.name}":
        raise click.BadParameter(f"{file!r} is not the name of such a file; write it like calendar.{option.name}, or -")
    return file


def _exports(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command an option for each format, named by it."""
    for name, told in reversed(FORMATS.items()):
        command = click.option(
            f"--{name}", name, metavar="FILE", callback=_refuse_other_endings, help=f"{told} `-` prints it."
        )(command)
    return command


@click.command()
@click.option("--month", type=Month(), metavar="YYYY-MM", help="This month; by default the one it is.")
@click.option("--week", is_flag=True, help="A week, day by day: the one it is, or the one of --from.")
@click.option("--from", "start_day", type=Day(), metavar="YYYY-MM-DD", help="From this day on.")
@click.option("--days", type=click.IntRange(1, 3660), help="So many days; from today, or from --from. [30]")
@click.option("--channel", "-c", "channels", multiple=True, help="Only this channel; may be given again.")
@click.option("--objective", "objectives", multiple=True, help="Only posts with this objective; may be given again.")
@click.option("--campaign", "campaigns", multiple=True, help="Only posts of this campaign; may be given again.")
@_exports
@AS_JSON
@destination
@in_project
def command(
    *,
    month: date | None,
    week: bool,
    start_day: date | None,
    days: int | None,
    channels: tuple[str, ...],
    objectives: tuple[str, ...],
    campaigns: tuple[str, ...],
    as_json: bool,
    choice: str | None,
    start: Path,
    now: datetime | None,
    **files: str | None,
) -> int:
    """Show a month of every channel: what was published, what is planned, what is held and why.

    Posts without a date stand below it.
    """
    wanted = {name: file for name, file in files.items() if file}
    _refuse_crowd(wanted, as_json=as_json)
    workspace = Workspace(start, now=now)
    span = _span(workspace, month, start_day, days, week=week)
    workspace.refuse_unknown(channels)
    edition = open_edition(workspace, workspace.destination(choice), whole=True)
    keep = _filter(edition, channels, objectives, campaigns)
    calendar = _open_calendar(edition, span, keep)
    _tell_findings(edition, quietly=as_json or bool(wanted))
    if wanted:
        _export(_with_words(calendar, workspace), wanted)
    if as_json:
        print_json(_objects(calendar))
    elif not wanted:
        _print(calendar, by_day=week or (not span.is_month and len(span.days) <= 10))
    return 0


def _refuse_crowd(wanted: Mapping[str, str], *, as_json: bool) -> None:
    if [*wanted.values()].count("-") + as_json > 1:
        raise click.UsageError("standard output has room for one of them; give the others a file")


def _span(workspace: Workspace, month: date | None, start: date | None, days: int | None, *, week: bool) -> Span:
    from publisher.studio.calendar.spans import days_from, month_of, week_of

    if month and (start or days or week):
        raise click.UsageError("--month is a month by itself; use --from with --days or --week for anything else")
    if week and days:
        raise click.UsageError("say one of --week and --days")
    today = workspace.clock().astimezone(workspace.zone).date()
    if week:
        return week_of(start or today)
    return days_from(start or today, days or 30) if start or days else month_of(month or today)


def _filter(
    edition: Edition, channels: Sequence[str], objectives: Sequence[str], campaigns: Sequence[str]
) -> Callable[[Item, Post | None], bool]:
    """Whether an item was asked for. Raises ConfigError for an objective or a campaign that no post has."""
    posts = edition.posts.values()
    _refuse_strange("objective", objectives, [*edition.workspace.project.objectives, *(one.objective for one in posts)])
    _refuse_strange("campaign", campaigns, [one.campaign for one in posts])

    def keep(item: Item, post: Post | None) -> bool:
        fits = not channels or item.channel in channels
        for names, own in ((objectives, post and post.objective), (campaigns, post and post.campaign)):
            fits = fits and (not names or (own or "").casefold() in {name.casefold() for name in names})
        return fits

    return keep


def _refuse_strange(kind: str, names: Iterable[str], known: Iterable[str]) -> None:
    listed = {name.casefold(): name for name in known if name}
    for name in names:
        if name.casefold() not in listed:
            told = f"{kind}s: {', '.join(listed.values())}" if listed else f"write `{kind}:` into a post first"
            raise ConfigError(f"no post has the {kind} {name!r}", hint=told)


def _open_calendar(edition: Edition, span: Span, keep: Callable[[Item, Post | None], bool]) -> Calendar:
    from publisher.studio.calendar.entries import Calendar, enter, in_time

    workspace = edition.workspace
    project, now = workspace.project, workspace.clock().astimezone(workspace.zone)
    items = edition.plan.items
    listed = [(item, edition.posts.get(item.path)) for item in (*items, *_gone_by(edition, items, span))]
    entries = [enter(item, post, now, workspace.zone) for item, post in listed if keep(item, post)]
    inside = [one for one in entries if one.at and span.holds(one.at.date())]
    return Calendar(
        team=project.name,
        zone=project.timezone,
        now=now,
        span=span,
        channels=tuple(project.channels.values()),
        objectives=project.objectives,
        entries=in_time(inside, tuple(project.channels)),
        undated=in_time((one for one in entries if one.at is None), tuple(project.channels)),
        quiet=_quiet(edition, span),
        earlier=sum(one.at is not None and one.at.date() < span.first for one in entries),
        later=sum(one.at is not None and one.at.date() > span.last for one in entries),
    )


def _gone_by(edition: Edition, items: Iterable[Item], span: Span) -> Iterator[Item]:
    """What went live since that span began and the plan does not tell: earlier turns, and posts whose file is gone."""
    from publisher.schedule.times import start_of
    from publisher.schedule.turns import name_turn, number_of

    workspace = edition.workspace
    told = {(item.post, item.channel) for item in items}
    past = edition.ledger.recent(start_of(span.first, workspace.zone))
    found = [one for one in past if (one.post, one.channel) not in told]
    stories = edition.ledger.read(dict.fromkeys(one.post for one in found)) if found else {}
    paths = {post.id: post.path for post in edition.posts.values()}
    for one in found:
        channel, receipts = workspace.project.channels.get(one.channel), stories[one.post].receipts(one.channel)
        yield Item(
            post=one.post,
            path=paths.get(one.post.removesuffix(name_turn("", number_of(one.post))), ""),
            blob="",
            channel=one.channel,
            network=channel.network if channel else "",
            state=State.PUBLISHED if receipts else State.WITHDRAWN,
            at=one.at,
            receipts=receipts,
        )


def _quiet(edition: Edition, span: Span) -> Mapping[date, str]:
    periods = edition.timetable.quiet
    whys = ((day, next((one.why for one in periods if one.holds(day)), "")) for day in span.days)
    return {day: why for day, why in whys if why}


def _tell_findings(edition: Edition, *, quietly: bool) -> None:
    if not quietly:
        print_findings(edition.findings, "text")
        return
    for line in as_lines(edition.findings):
        click.echo(line, err=True)


def _objects(calendar: Calendar) -> list[dict[str, object]]:
    """One object an entry, as `plan` and `status` have it, with what the post says of itself."""
    listed: list[dict[str, object]] = []
    for entry in calendar.all:
        [row] = rows([entry.item], (), {entry.item.post: entry.item.path})
        about = {"title": entry.title, "objective": entry.objective, "campaign": entry.campaign, "url": entry.url}
        listed.append({**row, **about})
    return listed


def _print(calendar: Calendar, *, by_day: bool) -> None:
    from rich.console import Console

    from publisher.cli.weeks import print_calendar

    console = Console(highlight=False)
    has_colours = console.color_system and not console.no_color
    print_calendar(calendar, _paint(calendar) if has_colours else {}, console, by_day=by_day)


def _paint(calendar: Calendar) -> Mapping[str, Paint]:
    """A colour for every channel of the project, and for those it no longer has."""
    from publisher.registry import adapter
    from publisher.studio.calendar.colours import paint_channels
    from publisher.studio.looks import find_colour

    own = {one.name: find_colour(adapter(one.network)) for one in calendar.channels}
    return paint_channels([*own.items(), *((name, "") for name in calendar.named_channels if name not in own)])


# --- exports --------------------------------------------------------------------------------------------------------


def _with_words(calendar: Calendar, workspace: Workspace) -> Calendar:
    """The calendar with each post read whole, and what each of its channels says."""
    from msgspec.structs import replace

    links = {(one.item.post, one.item.channel): one.url for one in calendar.all if one.url}
    told: dict[str, tuple[Post | None, Mapping[str, str], str]] = {}
    for path in _with_progress(list(dict.fromkeys(one.item.path for one in calendar.all if one.item.path))):
        told[path] = _read(path, workspace, links)

    def whole(entry: Entry) -> Entry:
        post, texts, link = told.get(entry.item.path, (None, {}, ""))
        return replace(entry, post=post or entry.post, text=texts.get(entry.item.channel, ""), link=link)

    return replace(calendar, entries=tuple(map(whole, calendar.entries)), undated=tuple(map(whole, calendar.undated)))


def _read(
    path: str, workspace: Workspace, links: Mapping[tuple[str, str], str]
) -> tuple[Post | None, Mapping[str, str], str]:
    """The post, the first part of what each channel says, and where the post leads."""
    post = workspace.parse(path).post
    if post is None:
        return None, {}, ""
    if post.link.startswith("@"):
        channels = [one.name for one in workspace.project.channels.values() if post.link[1:] in (one.name, one.network)]
        post = structs.replace(
            post, link=next((links[post.id, one] for one in channels if (post.id, one) in links), "")
        )
    said = {one.channel.name: one.rendition for one in workspace.prove(post)}
    return post, {name: one.parts[0].text for name, one in said.items() if one and one.parts}, post.link


def _with_progress(paths: Sequence[str]) -> Iterator[str]:
    import sys

    if not sys.stderr.isatty() or len(paths) < 50:
        yield from paths
        return
    with click.progressbar(paths, label="reading", file=sys.stderr) as bar:
        yield from bar


def _export(calendar: Calendar, wanted: Mapping[str, str]) -> None:
    for name, file in wanted.items():
        source = _write(name, calendar)
        if file == "-":
            click.echo(source, nl=False)
            continue
        _keep(Path(file), source)
        count = len(calendar.entries) if name == "ics" else len(calendar.all)
        without = (
            f" {len(calendar.undated)} without a date are not in it." if name == "ics" and calendar.undated else ""
        )
        say(f"Written to {file}: {calendar.span.name}, {count:,} entries.{without}", quietly=True)


def _write(name: str, calendar: Calendar) -> bytes:
    from publisher.studio.calendar.colours import paint_objectives

    objectives = paint_objectives(calendar.all_objectives)
    if name == "ics":
        from publisher.studio.calendar.invitations import write_ics

        return write_ics(calendar)
    if name == "csv":
        from publisher.studio.calendar.tables import write_csv

        return write_csv(calendar)
    if name == "xlsx":
        from publisher.studio.calendar.workbook import write_xlsx

        return write_xlsx(calendar, _paint(calendar), objectives)
    from publisher.studio.calendar.page import write_html

    return "".join(write_html(calendar, _paint(calendar), objectives)).encode(errors="replace")


def _keep(path: Path, source: bytes) -> None:
    """Writes the file whole or not at all. Raises ConfigError."""
    import os
    from contextlib import suppress

    target = path.resolve()
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(source)
            return
        beside.write_bytes(source)
        if target.exists():
            beside.chmod(target.stat().st_mode & 0o777)
        beside.replace(target)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise ConfigError(f"{path} cannot be written: {error.strerror}", hint="name another file") from error
