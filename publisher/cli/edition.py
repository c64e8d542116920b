"""An edition: the posts that are not settled, their stories, and the plan that follows; then what goes out of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from threading import Event as Flag
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from publisher.cli.gates import find_uncommitted, tell_uncommitted, wait_for_page
from publisher.cli.rows import outcome
from publisher.cli.strays import find_strays
from publisher.cli.twins import Past, is_begun
from publisher.cli.workspace import Destination, Workspace, say
from publisher.errors import LedgerError
from publisher.ledger.events import Event, Kind
from publisher.ledger.memory import Ledger, Mirror
from publisher.ledger.runner import Runner, birth, here, is_abandoned
from publisher.schedule.items import Item, Plan
from publisher.schedule.plan import plan
from publisher.schedule.turns import post_of, queued, read_stories
from publisher.words import Channel, Finding, Post

if TYPE_CHECKING:
    from publisher.delivery.courier import Job, Outcome
    from publisher.ledger.story import Story
    from publisher.model import Rendition
    from publisher.proofs import Proof
    from publisher.schedule.timetable import Timetable


class Edition(Struct, frozen=True, kw_only=True):
    """Everything a run decides on, read at one moment."""

    workspace: Workspace
    to: Destination
    ledger: Ledger
    here: Runner
    posts: Mapping[str, Post]
    findings: tuple[Finding, ...]
    stories: Mapping[str, Story]
    settled: Mapping[str, str]
    timetable: Timetable
    hand: bool = False

    @property
    def plan(self) -> Plan:
        """What is due, later, held, failed, in doubt or published. A post sent by hand asks for no room."""
        return self.plan_at(self.workspace.clock())

    def plan_at(self, now: datetime) -> Plan:
        """The same at another instant."""
        project = self.workspace.project
        return plan(
            self.posts.values(),
            tuple(project.channels.values()),
            self.timetable,
            self.stories,
            self.settled,
            now,
            zone=self.workspace.zone,
            late=project.late,
            recent=() if self.hand else self.ledger.recent(self.timetable.horizon(now)),
            abandoned=self.is_abandoned,
            again=self.hand,
            networks=_networks,
        )

    def is_abandoned(self, attempt: Event) -> bool:
        """Whether nobody is sending that attempt any more."""
        return is_abandoned(attempt, self.workspace.clock(), self.here, birth)

    def is_unreadable(self, item: Item) -> bool:
        """Whether the item is in doubt because its story cannot be read, or was lost, which no look can settle.

        Nobody knows in which words it went out then, so that a network which does not show these proves nothing. What
        is known to be live can be withdrawn all the same, unless a line that cannot be read may be about it.
        """
        story, withdrawn = self.stories[item.post], item.act == "withdraw"
        doubts = story.in_doubt(item.channel)
        lost = (one for one in doubts if not withdrawn and story.first_attempt(one.key) is None)
        return any(one.kind is Kind.UNREADABLE for one in doubts) or any(lost)

    def again(self) -> Edition:
        """The same edition after something happened: the stories as they are now."""
        return structs.replace(self, stories=read_stories(self.ledger.read, self.posts.values()))

    def queue(self, made: Plan) -> None:
        """Gives the posts that wait for a slot their places, so that none that comes later moves them."""
        if places := queued(made.items, self.stories, made.now):
            try:
                self.ledger.record(places)
            except LedgerError as error:  # the next run gives them
                say(f"The places of waiting posts could not be kept: {error}", quietly=True)

    def settle(self) -> None:
        """Remembers the posts that are done everywhere, so that no later run has to look at them.

        One that is live on some channels only is marked, so that another file or another id does not send it again. One
        that was withdrawn before it ever went out is not done: it may still be meant to.
        """
        told = {path for path, post in self.posts.items() if self.stories[post.id].events}
        told -= {found.path for found in self.strays}
        complete = {path: blob for path, blob in self.plan.complete.items() if path in told}
        begun = {path: self.workspace.mark(path) for path in self._begun() if path not in complete}
        done = {path: blob for path, blob in {**begun, **complete}.items() if blob and self.settled.get(path) != blob}
        if done:
            self.ledger.settle(done)

    @property
    def strays(self) -> tuple[Finding, ...]:
        """What is to be said of posts that may be live on a channel they speak to no more."""
        channels = self.workspace.project.channels
        return tuple(find_strays(self.posts.values(), self.stories, channels, self.is_abandoned))

    def _begun(self) -> Iterator[str]:
        """The posts of which something is, or may be, live."""
        for path, post in self.posts.items():
            if is_begun(self.stories[post.id]):
                yield path


def open_edition(
    workspace: Workspace,
    to: Destination,
    given: Sequence[str] = (),
    *,
    whole: bool = False,
    hand: bool = False,
    ledger: Ledger | None = None,
    gone: Post | None = None,
) -> Edition:
    """The edition of the moment: every post that is not settled as it stands, or every one if `whole`.

    Of a post that is `gone`, it is the only one.

    Raises LedgerError when the ledger cannot be read. With `hand`, the posts are wanted now, whatever they say.
    """
    from publisher.schedule.timetable import Timetable

    ledger = ledger or workspace.ledger(to)
    ledger.refresh()
    nothing = _Shelf(paths=(), settled={}, others={})
    shelf = nothing if gone else _look(workspace, to, ledger, given, whole=whole)
    posts: dict[str, Post] = {gone.path: gone} if gone else {}
    ids: dict[str, str] = {}
    findings: list[Finding] = []
    for path in shelf.paths:
        parsed = workspace.parse(path, body=False)
        findings.extend(parsed.findings)
        if parsed.post and not _twice(parsed.post, ids, findings):
            posts[path] = _now(parsed.post) if hand else parsed.post
    stories = read_stories(ledger.read, posts.values())
    findings.extend(_find_gone(workspace, ledger, ids, given))
    past = Past(workspace, ledger, posts, stories, shelf.settled, shelf.others)
    for known in [found for post in posts.values() if (found := past.find(post))]:
        findings.append(known)
        del posts[known.path]
    edition = Edition(
        workspace=workspace,
        to=to,
        ledger=ledger,
        here=here(),
        posts=posts,
        findings=tuple(findings),
        stories=stories,
        settled=shelf.settled,
        timetable=Timetable(zone=workspace.zone) if hand else workspace.timetable,
        hand=hand,
    )
    return structs.replace(edition, findings=(*findings, *edition.strays))


class _Shelf(Struct, frozen=True, kw_only=True):
    """The paths to look at, what is settled of them, and what else was settled, both by path with the blob.

    Of a large project, only what is gone of the rest.
    """

    paths: Sequence[str]
    settled: Mapping[str, str]
    others: Mapping[str, str]


def _look(workspace: Workspace, to: Destination, ledger: Ledger, given: Sequence[str], *, whole: bool) -> _Shelf:
    """What may have something to do.

    The work tree is read as it lies, so that what was forgotten to commit is told. Where it is so large that this
    would be felt, git is asked what differs, at a cost that history does not change, and only commits count.
    """
    if not (whole or given) and workspace.is_large and isinstance(ledger, Mirror):
        there, gone = ledger.pending(workspace.project.content)
        if not to.live:
            say("This project is large: the rehearsal takes what is committed, like a real run.", quietly=True)
        return _Shelf(paths=sorted(there), settled=ledger.settled(there), others=gone)
    settled = ledger.settled()
    listed = workspace.paths(given)
    paths = [path for path in listed if whole or not settled.get(path) or settled[path] != workspace.blob(path)]
    return _Shelf(paths=paths, settled=settled, others=settled)


def _networks() -> Collection[str]:
    from publisher.registry import networks

    return networks()


def _find_gone(workspace: Workspace, ledger: Ledger, ids: Collection[str], given: Sequence[str]) -> Iterator[Finding]:
    """What is to be said of posts that are in doubt or live in part, and whose files are gone."""
    lost = [] if given else [name for name in ledger.unfinished() if post_of(name) not in ids]
    if lost:
        from publisher.cli.gone import find_gone

        runner = here()
        yield from find_gone(workspace, ledger, lost, lambda one: is_abandoned(one, workspace.clock(), runner, birth))


def _twice(post: Post, ids: dict[str, str], findings: list[Finding]) -> bool:
    """Whether another post has that id; two posts of one story would send each other's words."""
    other = ids.setdefault(post.id, post.path)
    if other != post.path:
        findings.append(Finding(rule="duplicate-id", message=f"{other} has the id {post.id!r} too", path=post.path))
    return other != post.path


def _now(post: Post) -> Post:
    overrides = {name: structs.replace(override, publish=None) for name, override in post.overrides.items()}
    return structs.replace(post, publish="now", late="publish", overrides=overrides)


# --- sending --------------------------------------------------------------------------------------------------------


class Prepared(Struct, frozen=True, kw_only=True):
    """What can be sent, what is held back for a reason a person can mend, and the findings that say so."""

    jobs: tuple[Job, ...] = ()
    held: tuple[Outcome, ...] = ()
    findings: tuple[Finding, ...] = ()


def prepare(edition: Edition, items: Sequence[Item]) -> Prepared:
    """The due items as renditions; a post or a channel with an error is held and the others are not."""
    if not items:
        return Prepared()
    from publisher.delivery.courier import Job

    proofs: dict[str, Mapping[str, Proof]] = {}
    paths = {item.post: item.path for item in items}
    unfit = find_uncommitted(edition, tuple(paths.values()))
    reasons = {post: unfit[path] for post, path in paths.items()}
    findings: list[Finding] = []
    for post in dict.fromkeys(item.post for item in items if item.act != "withdraw" and not reasons[item.post]):
        proofs[post], reasons[post], found = _prove(edition, paths[post], post)
        findings.extend(found)
    jobs, held = [], []
    for item in items:
        proof = proofs.get(item.post, {}).get(item.channel)
        rendition = _nothing(item) if item.act == "withdraw" else proof.rendition if proof and proof.is_clean else None
        if reasons[item.post] or rendition is None:
            held.append(_held(item, reasons[item.post], proof))
        elif waits := wait_for_page(edition, item):
            held.append(waits)
        else:
            channel = edition.workspace.project.channels[item.channel]
            words = _words(edition, item) if item.act == "withdraw" and item.uncertain else None
            account = _account(channel)
            jobs.append(
                Job(
                    channel=channel, rendition=rendition, blob=item.blob, path=item.path, words=words, account=account,
                    overdue=item.overdue,
                )
            )  # fmt: skip
    return Prepared(jobs=tuple(jobs), held=tuple(held), findings=tuple(findings))


def _account(channel: Channel) -> str:
    """The channel's account; empty where its network does not tell one from another."""
    from publisher.adapter import Locatable
    from publisher.registry import adapter

    known = adapter(channel.network)
    return known.locate(channel) if isinstance(known, Locatable) else ""


def _nothing(item: Item) -> Rendition:
    """What a withdrawn post is on its channel."""
    from publisher.model import Rendition

    return Rendition(post=item.post, channel=item.channel, network=item.network, parts=())


def _words(edition: Edition, item: Item) -> Rendition | None:
    """What the item may be live as, as far as its file still says it."""
    proof = find_proofs(edition, item).get(item.channel)
    return proof.rendition if proof else None


def _prove(edition: Edition, path: str, turn: str) -> tuple[Mapping[str, Proof], str, Sequence[Finding]]:
    """The proofs of a post's turn by channel; or why there are none; and every finding."""
    from publisher.findings import has_errors

    workspace = edition.workspace
    parsed = workspace.parse(path)
    if parsed.post is None or has_errors(parsed.findings):
        return {}, f"the post has errors: publisher check {path}", parsed.findings
    pictures = [media.file for media in parsed.post.media]
    if edition.to.live and pictures and (reason := tell_uncommitted(workspace.uncommitted(pictures))):
        return {}, reason, ()
    proofs = workspace.prove(with_links(parsed.post, turn, edition))
    found = [finding for proof in proofs for finding in proof.findings]
    return {proof.channel.name: _for_turn(proof, turn) for proof in proofs}, "", [*parsed.findings, *found]


def find_proofs(edition: Edition, item: Item) -> Mapping[str, Proof]:
    """What the item's post becomes on each channel, to be shown and not sent."""
    parsed = edition.workspace.parse(item.path)
    if parsed.post is None:
        return {}
    proofs = edition.workspace.prove(with_links(parsed.post, item.post, edition))
    return {proof.channel.name: proof for proof in proofs}


def _for_turn(proof: Proof, turn: str) -> Proof:
    """The proof as the turn's: the words are the post's own, the story is not."""
    from dataclasses import replace

    return replace(proof, rendition=proof.rendition and structs.replace(proof.rendition, post=turn))


def with_links(post: Post, turn: str, edition: Edition) -> Post:
    """The post with the addresses of the channels it links to, its own link's and those of its overrides."""
    from publisher.proofs import drop_own_links

    story = edition.stories[turn]
    post = drop_own_links(post, edition.workspace.project.channels.values())

    def address(link: str) -> str:
        if not link.startswith("@"):
            return link
        channels = edition.workspace.project.channels.values()
        there = [one.name for one in channels if link[1:] in (one.name, one.network)]
        return next((receipt.url for one in there for receipt in story.receipts(one)), "")

    overrides = {
        name: structs.replace(own, link=address(own.link)) if own.link else own for name, own in post.overrides.items()
    }
    return structs.replace(post, link=address(post.link), overrides=overrides)


def _held(item: Item, reason: str, proof: Proof | None) -> Outcome:
    from publisher.findings import as_lines

    found = as_lines(finding for finding in proof.findings) if proof else ()
    return outcome(item, state="held", reason=reason or "; ".join(found) or "the channel is gone", error="ContentError")


def send(edition: Edition, prepared: Prepared, stop: Flag, tell: Callable[[Outcome], None]) -> tuple[Outcome, ...]:
    """Delivers what is prepared, channels side by side, and settles what is complete."""
    from publisher.delivery.courier import Courier
    from publisher.delivery.retry import patience
    from publisher.delivery.scribe import Scribe

    workspace = edition.workspace
    with closing(workspace.lines(edition.to)) as lines:
        courier = Courier(
            scribe=Scribe(edition.ledger, edition.here),
            connect=lines.connect,
            clock=workspace.clock,
            deliver=patience(clock=workspace.clock, stop=stop),
            stop=stop,
            tell=tell,
        )
        carried = courier.carry(prepared.jobs, edition.stories)
    settle(edition)
    return carried


def settle(edition: Edition) -> None:
    """Settles what is complete by now."""
    try:
        edition.again().settle()
    except LedgerError as error:  # what is live has its receipt; only the next run's shortcut is missing
        say(f"The finished posts could not be settled: {error}", quietly=True)
