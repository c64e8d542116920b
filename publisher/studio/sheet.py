"""The proof sheet as one page: every post on each of its channels, as that network shows it, and what to say of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from publisher.adapter import Adapter
from publisher.content.times import parse_instant
from publisher.craft.typography import typeset
from publisher.errors import ContentError
from publisher.findings import has_errors, in_order
from publisher.model import Change, Finding, Media, Post, Severity
from publisher.proofs import Proof
from publisher.studio.looks import collect_style, name_class
from publisher.studio.pairs import COPIED, Pairs, compare
from publisher.studio.parts import Address, Shown, show
from publisher.studio.pictures import as_address
from publisher.studio.press import load_template, write_policy

_WISHES = {
    "": "draft",
    "next": "the next free slot",
    "now": "with the next run",
    "withdrawn": "withdrawn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A post with its proofs and the findings about its file; `post` is None where it cannot be read."""

    path: str
    post: Post | None
    findings: tuple[Finding, ...] = ()
    proofs: tuple[Proof, ...] = ()

    @property
    def title(self) -> str:
        """The post's title as its language sets it, its id where it has none, and its file where it cannot be read."""
        if self.post is None:
            return self.path
        return typeset(self.post.title, self.post.language)[0] or self.post.id

    @property
    def is_clean(self) -> bool:
        """Whether nothing stands in the way of sending it anywhere."""
        return self.post is not None and not has_errors(self.findings) and all(one.is_clean for one in self.proofs)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A publish time as written, in words and in short; where it is an instant, also its zone and for machines."""

    words: str
    short: str
    zone: str = ""
    instant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """A proof on a page: the channel, its thread, its findings, and what was done to the words, by rule."""

    anchor: str
    channel: str
    network: str
    look: str
    name: str
    handle: str
    when: When
    is_clean: bool
    verdict: str
    thread: tuple[Shown, ...]
    findings: tuple[Finding, ...]
    changes: tuple[tuple[str, tuple[str, ...]], ...]
    omitted: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A sheet on a page."""

    anchor: str
    sheet: Sheet
    when: When
    verdict: str
    findings: tuple[Finding, ...]
    plates: tuple[Plate, ...]
    pairs: Pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What all sheets of a page share: the team and its time zone, its networks, and a way to a picture's bytes.

    `read` raises ContentError for a picture that is not there.
    """

    team: str
    zone: str
    adapter: Callable[[str], Adapter]
    read: Callable[[Media], bytes]


def render(sheets: Sequence[Sheet], desk: Desk) -> Iterator[str]:
    """The page, piece by piece: it asks nobody for anything, runs no script, and every word in it is escaped."""
    networks = dict.fromkeys(proof.channel.network for sheet in sheets for proof in sheet.proofs)
    style = collect_style([desk.adapter(name) for name in networks])
    return load_template("sheet.html").generate(
        desk=desk,
        sheets=sheets,
        views=_view_all(sheets, desk),
        style=style,
        policy=write_policy(style),
        verdicts=[_judge(_all_findings(sheet), is_clean=sheet.is_clean) for sheet in sheets],
        renditions=sum(proof.rendition is not None for sheet in sheets for proof in sheet.proofs),
        copied=COPIED,
    )


def _view_all(sheets: Iterable[Sheet], desk: Desk) -> Iterator[View]:
    """Each sheet when its turn comes: the pictures of one post at a time are held."""
    return (_view(sheet, number, desk) for number, sheet in enumerate(sheets, 1))


def _view(sheet: Sheet, number: int, desk: Desk) -> View:
    anchor = f"post-{number}"
    address = _remember(desk)
    post = sheet.post
    plates = tuple(_plate(one, post, f"{anchor}-{one.channel.name}", desk, address) for one in sheet.proofs if post)
    return View(
        anchor=anchor,
        sheet=sheet,
        when=tell_when(post.publish if post else "", desk.zone),
        verdict=_judge(_all_findings(sheet), is_clean=sheet.is_clean),
        findings=in_order(sheet.findings),
        plates=plates,
        pairs=compare(sheet.proofs),
    )


def _all_findings(sheet: Sheet) -> tuple[Finding, ...]:
    return (*sheet.findings, *(finding for proof in sheet.proofs for finding in proof.findings))


def _remember(desk: Desk) -> Address:
    """Addresses of pictures, each made once however many channels show it."""
    made: dict[str, str] = {}

    def address(media: Media) -> str:
        if media.digest not in made:
            try:
                made[media.digest] = as_address(desk.read(media))
            except ContentError:
                made[media.digest] = ""
        return made[media.digest]

    return address


def _plate(proof: Proof, post: Post, anchor: str, desk: Desk, address: Address) -> Plate:
    channel, said, adapter = proof.channel, proof.rendition, desk.adapter(proof.channel.network)
    return Plate(
        anchor=anchor,
        channel=channel.name,
        network=channel.network,
        look=name_class(channel.network),
        name=_name(channel.handle, desk.team) or channel.name,
        handle=channel.handle,
        when=tell_when(post.publish_on(channel), desk.zone),
        is_clean=proof.is_clean,
        verdict=_judge(proof.findings, is_clean=proof.is_clean),
        thread=show(said, post, adapter, address) if said else (),
        findings=in_order(proof.findings),
        changes=_group(said.changes) if said else (),
        omitted=_group(said.omitted) if said else (),
    )


def _name(handle: str, team: str) -> str:
    """What stands above a handle; an account that is no handle is its own name."""
    return team if handle.startswith("@") else handle


def _group(changes: Iterable[Change]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The details under their rule, both in the order they came."""
    rules: dict[str, list[str]] = {}
    for change in changes:
        rules.setdefault(change.rule, []).append(change.detail)
    return tuple((rule, tuple(details)) for rule, details in rules.items())


def _judge(findings: Iterable[Finding], *, is_clean: bool) -> str:
    """How it stands, in a few words."""
    counted = Counter(finding.severity for finding in findings)
    told = [
        f"{counted[severity]} {severity.value}{'s' if counted[severity] > 1 else ''}"
        for severity in Severity
        if counted[severity]
    ]
    return ", ".join(told) or ("ready" if is_clean else "nothing to send")


def tell_when(publish: str, zone: str) -> When:
    """A publish wish as a person says it. An instant without an offset is in `zone`."""
    instant = parse_instant(publish)
    if instant is None:
        words = _WISHES.get(publish, f"slot “{publish}”")
        return When(words=words, short=words)
    return When(
        words=f"{instant:%a} {_day(instant)} {instant:%Y, %H:%M}",
        short=f"{_day(instant)}, {instant:%H:%M}",
        zone=instant.strftime("UTC%z") if instant.tzinfo else zone,
        instant=instant.isoformat(),
    )


def _day(instant: datetime) -> str:
    return f"{instant.day} {instant:%b}"
