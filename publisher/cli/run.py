"""`publisher run`: everything that is due goes out, once, and what happened is written down."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event as Flag
from typing import TYPE_CHECKING

import click

from publisher.cli import DONE, DOUBT, FAILED, INTERRUPTED, TO_FIX
from publisher.cli.edition import Edition, open_edition, outcome, paths_of, prepare, rows, send
from publisher.cli.options import AS_JSON, destination, in_project, print_json
from publisher.cli.workspace import Workspace, say
from publisher.findings import as_github, as_lines, has_errors, in_order
from publisher.schedule.items import Item, State

if TYPE_CHECKING:
    from publisher.cli.edition import Prepared
    from publisher.delivery.courier import Outcome

MARKS = {"published": "✓", "withdrawn": "✓", "doubt": "?", "failed": "✗", "held": "–", "later": "·", "due": "·"}
COLOURS = {"published": "green", "withdrawn": "green", "doubt": "magenta", "failed": "red", "held": "yellow"}


@click.command()
@AS_JSON
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")
@destination
@in_project
def command(as_json: bool, dry_run: bool, choice: str | None, start: Path, now: datetime | None) -> int:
    """Publish everything that is due: to the sandbox, until there are credentials.

    Running it again is safe: what has its receipt is not sent again, and what may be live is looked for first.

    \b
    Exit codes: 0 done or nothing due · 1 something to mend · 3 a delivery failed · 4 something is in doubt
    """  # noqa: D301 - click looks for the backspace itself
    with until_stopped() as stop:
        workspace = Workspace(start, now=now)
        to = workspace.destination(choice)
        say(to.sentence, quietly=as_json)
        return go(open_edition(workspace, to), stop, as_json=as_json, dry_run=dry_run)


def go(edition: Edition, stop: Flag, *, as_json: bool, dry_run: bool = False, channels: Sequence[str] = ()) -> int:
    """Sends what the edition's plan says is due, tells what became of it, and gives the exit code."""
    planned = edition.plan
    chosen = [item for item in planned.items if not channels or item.channel in channels]
    doubted = [item for item in chosen if item.state is State.DOUBT]
    lost = [item for item in doubted if edition.is_unreadable(item)]
    due = [item for item in planned.due if not channels or item.channel in channels]
    prepared = prepare(edition, [*(item for item in doubted if item not in lost), *due])
    _print_findings(edition, prepared, quietly=as_json)
    if dry_run:
        return _rehearse(edition, prepared, chosen, as_json=as_json)
    carried = send(edition, prepared, stop, lambda one: None if as_json else _print(one)) if prepared.jobs else ()
    edition.queue(planned)
    outcomes = (*(outcome(item, error="Uncertain") for item in lost), *prepared.held, *carried)
    happened = [one for one in outcomes if one.act != "keep"]
    _notify(edition, happened, quietly=as_json)
    if as_json:
        print_json(rows(chosen, outcomes, paths_of(chosen)))
    else:
        _close(prepared, happened, chosen)
    return INTERRUPTED if stop.is_set() else exit_code(outcomes, broken=has_errors(edition.findings))


def exit_code(outcomes: Iterable[Outcome], *, broken: bool = False) -> int:
    """The heaviest thing that happened: a doubt, a failed delivery, something to mend, or nothing."""
    told = tuple(outcomes)
    if any(one.state == "doubt" for one in told):
        return DOUBT
    mend = ("ConfigError", "ContentError", "AdapterError", "Unsupported")
    if any(one.error and one.error not in mend for one in told):
        return FAILED
    return TO_FIX if broken or any(one.error for one in told) else DONE


@contextmanager
def until_stopped() -> Iterator[Flag]:
    """A flag that Ctrl-C and SIGTERM set: the part in hand is finished. A second Ctrl-C stops at once."""
    stop = Flag()

    def ask(number: int, _frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        click.echo("Finishing the part in hand; the rest waits for the next run.", err=True)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# --- what a person reads --------------------------------------------------------------------------------------------


def _print_findings(edition: Edition, prepared: Prepared, *, quietly: bool) -> None:
    found = {one for one in (*edition.findings, *prepared.findings) if one.severity != "hint"}
    github = bool(edition.workspace.environ.get("GITHUB_ACTIONS"))
    for line in (as_github if github else as_lines)(in_order(found)):
        click.echo(line, err=quietly or not github)


def _print(one: Outcome) -> None:
    if one.act == "keep":
        return
    mark = click.style(MARKS.get(one.state, " "), fg=COLOURS.get(one.state))
    address = next((receipt.url for receipt in one.receipts if receipt.url), "")
    told = f"{one.state}: {one.reason}" if one.reason else {"withdrawn": "withdrawn"}.get(one.state, address)
    edited = "  (edited)" if one.act == "edit" and not one.reason else ""
    click.echo(f"{mark} {one.channel:<18} {one.post:<34} {told}{edited}")
    if one.hint and one.error:
        click.echo(f"    → {one.hint}")


def _close(prepared: Prepared, outcomes: Sequence[Outcome], items: Sequence[Item]) -> None:
    for one in prepared.held:
        _print(one)
    if not outcomes:
        later = [item for item in items if item.state is State.LATER]
        click.echo(
            f"Nothing is due; {len(later)} to come. See them with: publisher plan" if later else "Nothing is due."
        )
        return
    click.echo(_count(outcomes))
    if any(one.state == "doubt" for one in outcomes):
        click.echo(
            "In doubt: look at the channel, then type publisher resolve POST CHANNEL --posted URL | --not-posted"
        )


def _count(outcomes: Sequence[Outcome]) -> str:
    """How many were sent, edited and withdrawn, of how many."""
    done = {("send", "published"): "published", ("edit", "published"): "edited", ("withdraw", "withdrawn"): "withdrawn"}
    counts = []
    for (act, state), word in done.items():
        asked = [one for one in outcomes if one.act == act]
        if asked:
            counts.append(f"{sum(one.state == state and not one.error for one in asked)} of {len(asked)} {word}")
    return f"{', '.join(counts)}."


def _rehearse(edition: Edition, prepared: Prepared, items: Sequence[Item], *, as_json: bool) -> int:
    acts = {(item.post, item.channel): item.act for item in items}
    verbs = {"send": "publish", "edit": "edit", "withdraw": "withdraw"}
    would = [(job.rendition.post, job.channel.name) for job in prepared.jobs]
    if as_json:
        listed = [item for item in edition.plan.items if item in items]
        print_json(rows(listed, prepared.held, paths_of(listed)))
    else:
        for post, channel in would:
            click.echo(f"would {verbs[acts[post, channel]]} {post} on {channel}")
        click.echo(f"{len(would)} would be published; nothing was sent.")
    return exit_code(prepared.held, broken=has_errors(edition.findings))


def _notify(edition: Edition, outcomes: Sequence[Outcome], *, quietly: bool) -> None:
    """Tells the team, where publisher.yml names a way and its variable is set; an empty run tells nothing."""
    workspace = edition.workspace
    urls = [url for name in workspace.project.notifications if (url := workspace.environ.get(name, ""))]
    if not urls or not outcomes:
        return
    from publisher.delivery.notify import notify, summary

    title, body = summary(outcomes)
    if not title:
        return
    named = " ".join(filter(None, ("" if edition.to.live else "Rehearsal:", f"{workspace.project.name}:", title)))
    for problem in notify(urls, named, body):
        say(f"The team could not be told: {problem}", quietly=quietly)
