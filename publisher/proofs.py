"""Proofs: what a post becomes on each of its channels, and everything there is to say against it.

Preview, check and the real run all read the same proofs, so what was reviewed is what is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from msgspec import structs

from publisher.adapter import Adapter
from publisher.craft.compose import compose
from publisher.craft.distinct import copied
from publisher.craft.review import find_folded, find_half_linked, find_thin
from publisher.craft.tone import check
from publisher.craft.voices import lay
from publisher.errors import Unsupported
from publisher.model import Channel, Finding, Override, Post, Rendition, Severity, Variant, Voice
from publisher.project import Project

if TYPE_CHECKING:
    from publisher.media.darkroom import Darkroom


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A post on one channel: its rendition, or None where the channel cannot say it, and the findings about it."""

    channel: Channel
    rendition: Rendition | None
    findings: tuple[Finding, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether nothing stands in the way of sending it."""
        return self.rendition is not None and all(one.severity is not Severity.ERROR for one in self.findings)


def prove(
    post: Post, project: Project, adapter: Callable[[str], Adapter], darkroom: Darkroom | None = None
) -> tuple[Proof, ...]:
    """A proof for every channel the post speaks to, in the project's order; pictures are made to fit in `darkroom`."""
    post = drop_own_links(post, project.channels.values())
    voices = find_voices(post, project, adapter)
    channels = [channel for channel, _ in voices]
    variants = compose(post, voices, people=project.people, utm=project.utm)
    proofs = [_prove(post, channel, variants[channel.name], adapter, project, darkroom) for channel in channels]
    thin = find_thin(post.material, [variants[channel.name] for channel in channels])
    return _compare(post, proofs, project, tuple(thin))


def drop_own_links(post: Post, channels: Iterable[Channel]) -> Post:
    """The post without its link on each channel that this link names: it would lead from there to itself."""
    overrides = dict(post.overrides)
    for channel in channels:
        by_name, by_network = post.overrides.get(channel.name), post.overrides.get(channel.network)
        itself = post.link_on(channel) in (f"@{channel.name}", f"@{channel.network}")
        if itself and post.speaks_to(channel.name, channel.network):
            line = by_network.line if by_network else post.lines.get("channels", 1)
            overrides[channel.name] = structs.replace(by_name or Override(line=line), link="")
    return structs.replace(post, overrides=overrides) if overrides != post.overrides else post


def find_voices(post: Post, project: Project, adapter: Callable[[str], Adapter]) -> list[tuple[Channel, Voice]]:
    """The channels the post speaks to, in the project's order, each with its voice."""
    found = []
    for channel in project.channels.values():
        if post.speaks_to(channel.name, channel.network):
            theirs = adapter(channel.network).voice
            laid = project.laid.get(channel.name)
            if not laid or laid[0] is not theirs:
                laid = project.laid[channel.name] = theirs, lay(theirs, channel.voice)
            found.append((channel, laid[1]))
    return found


def _prove(
    post: Post,
    channel: Channel,
    variant: Variant,
    adapter: Callable[[str], Adapter],
    project: Project,
    darkroom: Darkroom | None,
) -> Proof:
    speaker = adapter(channel.network)
    if darkroom is None:
        return _proof(post, channel, variant, speaker)
    from publisher.media.fitting import fit_pictures

    fitted, findings = fit_pictures(post, variant, speaker.limits, project, darkroom)
    proof = _proof(post, channel, fitted, speaker)
    return replace(proof, findings=(*findings, *proof.findings))


def _proof(post: Post, channel: Channel, variant: Variant, adapter: Adapter) -> Proof:
    try:
        rendition = adapter.render(variant)
    except Unsupported as refusal:
        finding = Finding(rule="unsupported", message=str(refusal), hint=refusal.hint, channel=channel.name)
        return Proof(channel=channel, rendition=None, findings=(_placed(finding, post, channel),))
    found = (
        *adapter.check(rendition),
        *check(variant),
        *find_folded(rendition, variant, adapter.limits),
        *find_half_linked(rendition, variant.link, adapter.measure),
    )
    return Proof(channel=channel, rendition=rendition, findings=tuple(_placed(one, post, channel) for one in found))


def _placed(finding: Finding, post: Post, channel: Channel) -> Finding:
    """The finding at the line of the post that speaks of its channel, or of the channels at all."""
    override = post.overrides.get(channel.name) or post.overrides.get(channel.network)
    line = override.line if override else post.lines.get("channels", 1)
    return structs.replace(finding, path=finding.path or post.path, line=line)


def _compare(post: Post, proofs: Sequence[Proof], project: Project, more: Sequence[Finding]) -> tuple[Proof, ...]:
    severity = None if project.never_copied == "off" else Severity(project.never_copied)
    renditions = [proof.rendition for proof in proofs if proof.rendition]
    alike = (*copied(renditions, severity=severity), *more)

    def with_likeness(proof: Proof) -> Proof:
        mine = (_placed(one, post, proof.channel) for one in alike if one.channel == proof.channel.name)
        return replace(proof, findings=(*proof.findings, *mine))

    return tuple(map(with_likeness, proofs))
