"""`publisher run`: everything that is due goes out, once, and what happened is written down."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event as Flag
from typing import TYPE_CHECKING

import click
from msgspec import Struct, field, structs

from publisher.cli import DONE, DOUBT, FAILED, INTERRUPTED, TO_FIX
from publisher.cli.edition import Edition, open_edition, prepare, send, settle
from publisher.cli.gates import hold_stale
from publisher.cli.options import AS_JSON, destination, in_project, print_json
from publisher.cli.rows import outcome, paths_of, rows
from publisher.cli.workspace import Workspace, announce, say
from publisher.findings import as_github, as_lines, has_errors, in_order
from publisher.ledger.runner import is_elsewhere
from publisher.schedule.items import Item, Plan, State
from publisher.words import Finding

if TYPE_CHECKING:
    from publisher.cli.edition import Prepared
    from publisher.delivery.courier import Outcome

MARKS = {"published": "✓", "withdrawn": "✓", "doubt": "?", "failed": "✗", "held": "–", "later": "·", "due": "·"}
COLOURS = {"published": "green", "withdrawn": "green", "doubt": "magenta", "failed": "red", "held": "yellow"}
NAMED = 5


@click.command()
@AS_JSON
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")
@click.option(
    "--window",
    metavar="MINUTES",
    type=click.IntRange(0, 350),
    default=0,
    help="Wait for what goes out within so many minutes, and send it at its very instant.",
)
@destination
@in_project
def command(as_json: bool, dry_run: bool, window: int, choice: str | None, start: Path, now: datetime | None) -> int:
    """Publish everything that is due: to the sandbox, until there are credentials.

    Running it again is safe: what has its receipt is not sent again, and what may be live is looked for first.

    \b
    Exit codes: 0 done or nothing due · 1 something to mend · 3 a delivery failed · 4 something is in doubt
    """  # noqa: D301 - click looks for the backspace itself
    with until_stopped() as stop:
        workspace = Workspace(start, now=now)
        to = workspace.destination(choice)
        announce(workspace, to, quietly=as_json)
        ahead = timedelta(minutes=window)
        return go(open_edition(workspace, to), stop, as_json=as_json, dry_run=dry_run, ahead=ahead)


class Round(Struct, frozen=True, kw_only=True):
    """One look at what is due, and what came of it."""

    items: tuple[Item, ...]
    outcomes: tuple[Outcome, ...]
    missed: tuple[Item, ...]
    broken: bool

    @property
    def happened(self) -> tuple[Outcome, ...]:
        """What there is to tell."""
        return tuple(one for one in self.outcomes if one.act != "keep")


def go(
    edition: Edition,
    stop: Flag,
    *,
    as_json: bool,
    dry_run: bool = False,
    channels: Sequence[str] = (),
    ahead: timedelta = timedelta(),
) -> int:
    """Sends what the edition's plan says is due, then what comes within `ahead`, tells it, and gives the exit code."""
    asked = next((post.id for post in edition.posts.values()), "") if edition.hand else ""
    chosen = _Choice(stop=stop, as_json=as_json, channels=tuple(channels), asked=asked)
    if dry_run:
        return _rehearse(edition, chosen)
    rounds = [chosen.send(edition, edition.plan)]
    if ahead and not stop.is_set():
        from publisher.cli.vigil import keep_vigil, look_ahead

        vigil, tell = keep_vigil(edition.workspace, stop), chosen.tell
        after = open_edition(edition.workspace, edition.to) if rounds[0].outcomes else edition
        for later, at in look_ahead(after, edition.workspace.clock() + ahead, vigil, tell):
            rounds.append(chosen.send(later, later.plan_at(at)))
    chosen.close(rounds)
    outcomes = [one for made in rounds for one in made.outcomes]
    return INTERRUPTED if stop.is_set() else exit_code(outcomes, broken=any(made.broken for made in rounds))


class _Choice(Struct, kw_only=True):
    """What a run was asked for: which channels, the one post of a push, when to stop, and for whom it writes."""

    stop: Flag
    as_json: bool
    channels: tuple[str, ...]
    asked: str = ""
    told: set[Finding] = field(default_factory=set)

    def tell(self, sentence: str) -> None:
        say(sentence, quietly=self.as_json)

    def of(self, edition: Edition, planned: Plan) -> tuple[tuple[Item, ...], Prepared, tuple[Outcome, ...]]:
        """The items asked for, what of them can be sent, and the doubts that no look may, or can, settle."""
        chosen = tuple(item for item in planned.items if not self.channels or item.channel in self.channels)
        doubted = [item for item in chosen if item.state is State.DOUBT]
        lost = [item for item in doubted if item.barred or edition.is_unreadable(item)]
        due = [item for item in planned.due if not self.channels or item.channel in self.channels]
        wanted = [*(item for item in doubted if item not in lost), *due]
        prepared = _hold_stale(edition, wanted, prepare(edition, wanted))
        self._print_findings(edition, prepared)
        return chosen, prepared, tuple(outcome(item, error="Uncertain") for item in lost)

    def send(self, edition: Edition, planned: Plan) -> Round:
        """Sends what is due in that plan, and tells the team."""
        items, prepared, lost = self.of(edition, planned)
        show = (lambda _: None) if self.as_json else partial(_print_advised, edition)
        carried = send(edition, prepared, self.stop, show) if prepared.jobs else ()
        edition.queue(planned)
        if not carried and any(item.renamed for item in planned.missed):
            settle(edition)
        made = Round(
            items=items,
            outcomes=_with_advice(edition, (*lost, *prepared.held, *carried)),
            missed=planned.missed,
            broken=has_errors(edition.findings),
        )
        if not self.as_json:
            for one in prepared.held:
                _print(one)
        _notify(edition, made.happened, quietly=self.as_json)
        return made

    def _print_findings(self, edition: Edition, prepared: Prepared) -> None:
        """Prints what was found, each thing once in a run."""
        found = {one for one in (*edition.findings, *prepared.findings) if one.severity != "hint"} - self.told
        self.told |= found
        github = bool(edition.workspace.environ.get("GITHUB_ACTIONS"))
        for line in (as_github if github else as_lines)(in_order(found)):
            click.echo(line, err=self.as_json or not github)

    def close(self, rounds: Sequence[Round]) -> None:
        """Says what all the rounds came to, each post and channel as it stood in the end."""
        items = {(item.post, item.channel): item for made in rounds for item in made.items}
        if self.as_json:
            listed = tuple(items.values())
            print_json(rows(listed, [one for made in rounds for one in made.outcomes], paths_of(listed)))
        else:
            for line in sum_up([one for made in rounds for one in made.happened], rounds[-1].items, self.asked):
                click.echo(line)
            _close_missed(list(dict.fromkeys(item.post for item in rounds[-1].missed)))


def _hold_stale(edition: Edition, items: Sequence[Item], prepared: Prepared) -> Prepared:
    """What is prepared, with nothing to send where newer words were merged."""
    ready = {(job.rendition.post, job.channel.name) for job in prepared.jobs}
    stale = hold_stale(edition, [item for item in items if (item.post, item.channel) in ready])
    return structs.replace(prepared, jobs=(), held=(*prepared.held, *stale)) if stale else prepared


def _with_advice(edition: Edition, outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """The outcomes, each that went wrong with what to do about it."""
    if not any(one.error or one.state == "doubt" for one in outcomes):
        return outcomes
    from publisher.cli.doubts import with_advice

    return tuple(with_advice(edition, one) for one in outcomes)


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
    """A flag that Ctrl-C and SIGTERM set: the part in hand is finished. A second Ctrl-C leaves at once.

    No thread is waited for then: what was in hand has its attempt in the ledger, and the next run looks for it.
    """
    stop = Flag()

    def ask(number: int, _frame: object) -> None:
        if stop.is_set():
            os.write(2, b"Left at once; the next run looks for the part in hand before it sends anything.\n")
            os._exit(INTERRUPTED)
        stop.set()
        click.echo("Finishing the part in hand; the rest waits for the next run.", err=True)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# --- what a person reads --------------------------------------------------------------------------------------------


def _print_advised(edition: Edition, one: Outcome) -> None:
    """Prints what became of one post, and what to do about it; what to do about doubts is said at the end."""
    (told,) = (one,) if one.state == "doubt" else _with_advice(edition, (one,))
    _print(told)


def _print(one: Outcome) -> None:
    if one.act == "keep":
        return
    mark = click.style(MARKS.get(one.state, " "), fg=COLOURS.get(one.state))
    done = "withdrawn" if one.state == "withdrawn" else next((proof.url for proof in one.receipts if proof.url), "")
    told = f"{one.state}: {one.reason}" if one.reason else done
    edited = "  (edited)" if one.act == "edit" and not one.reason else ""
    click.echo(f"{mark} {one.channel:<18} {one.post:<34} {told}{edited}")
    if one.hint and one.error:
        click.echo(f"    → {one.hint}")


def sum_up(outcomes: Sequence[Outcome], items: Sequence[Item], asked: str = "") -> Iterator[str]:
    """What a run came to, in lines: what it did itself, what another run has in hand, what is in doubt."""
    away = {(one.post, one.channel) for one in outcomes if is_elsewhere(one.reason)}
    away |= {(one.post, one.channel) for one in items if is_elsewhere(one.reason)}
    own = [one for one in outcomes if not is_elsewhere(one.reason)]
    later = [item for item in items if item.state is State.LATER]
    if own:
        yield _count(own)
    elif not away and asked:
        yield f"Nothing was sent or deleted. See how it stands with: publisher status {asked}"
    elif not away:
        yield f"Nothing is due; {len(later)} to come. See them with: publisher plan" if later else "Nothing is due."
    if away:
        yield f"Another run is sending {len(away)} of what is due just now. See how they stand with: publisher status"
    yield from (f"In doubt: {one.post} on {one.channel}: {one.hint}" for one in outcomes if one.state == "doubt")


def _close_missed(posts: Sequence[str]) -> None:
    """Names what its time has passed over, in every run, for no run will send it."""
    if posts:
        more = f" and {len(posts) - NAMED} more" if len(posts) > NAMED else ""
        click.echo(f"Not sent in time, and held: {', '.join(posts[:NAMED])}{more}. See why with: publisher plan")


def _count(outcomes: Sequence[Outcome]) -> str:
    """How many were sent, edited and withdrawn, of how many."""
    done = {("send", "published"): "published", ("edit", "published"): "edited", ("withdraw", "withdrawn"): "withdrawn"}
    counts = []
    for (act, state), word in done.items():
        asked = [one for one in outcomes if one.act == act]
        if asked:
            counts.append(f"{sum(one.state == state and not one.error for one in asked)} of {len(asked)} {word}")
    return f"{', '.join(counts)}."


def _rehearse(edition: Edition, chosen: _Choice) -> int:
    items, prepared, _ = chosen.of(edition, edition.plan)
    acts = {(item.post, item.channel): item.act for item in items}
    verbs = {"send": ("publish", "published"), "edit": ("edit", "edited"), "withdraw": ("withdraw", "withdrawn")}
    would = [(job.rendition.post, job.channel.name) for job in prepared.jobs]
    if chosen.as_json:
        print_json(rows(items, prepared.held, paths_of(items)))
    else:
        for post, channel in would:
            click.echo(f"would {verbs[acts[post, channel]][0]} {post} on {channel}")
        counts = [(sum(acts[one] == act for one in would), done) for act, (_, done) in verbs.items()]
        told = ", ".join(f"{count} would be {done}" for count, done in counts if count)
        click.echo(f"{told or '0 would be published'}; nothing was sent.")
    return exit_code(prepared.held, broken=has_errors(edition.findings))


def _notify(edition: Edition, outcomes: Sequence[Outcome], *, quietly: bool) -> None:
    """Tells the team, where publisher.yml names a way and its variable is set; nothing where nothing is new."""
    workspace = edition.workspace
    urls = [url for name in workspace.project.notifications if (url := workspace.environ.get(name, ""))]
    if not urls or not outcomes:
        return
    from publisher.cli.doubts import news
    from publisher.delivery.notify import notify, summary

    title, body = summary(news(outcomes, edition.stories, lambda: edition.again().stories))
    if not title:
        return
    named = " ".join(filter(None, ("" if edition.to.live else "Rehearsal:", f"{workspace.project.name}:", title)))
    for problem in notify(urls, named, body):
        say(f"The team could not be told: {problem}", quietly=quietly)
