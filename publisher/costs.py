"""What networks charge for what is to be sent, by the dated prices that their adapters give.

An adapter whose network charges says so in `limits.more`, in thousandths of a US dollar: `price` for a message, and
`price_with_url` for one with an address in it, where that is another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from publisher.adapter import Adapter
from publisher.errors import Unsupported
from publisher.model import Part, Post, Rendition
from publisher.project import Project


class Cost(Struct, frozen=True, kw_only=True):
    """A sum in thousandths of a US dollar, the day its price was seen, and whether the network itself says so."""

    thousandths: int
    seen: str
    official: bool = True

    def __str__(self) -> str:
        """The sum as people write it, with the cents in full."""
        text = f"{self.thousandths / 1000:.3f}"
        return f"${text.removesuffix('0')}"


def charges(speaker: Adapter) -> bool:
    """Whether that network wants money for a message."""
    return "price" in speaker.limits.more


def price(rendition: Rendition, speaker: Adapter, sent: int = 0) -> Cost:
    """What the parts still cost when the first `sent` of them are live."""
    facts = [_fact(part, speaker) for part in rendition.parts[sent:]]
    told = [speaker.limits.more[name] for name in facts]
    usual = speaker.limits.more["price"]
    return Cost(
        thousandths=sum(fact.value for fact in told),
        seen=min((fact.seen for fact in told), default=usual.seen),
        official=all(fact.trust == "official" for fact in told),
    )


def _fact(part: Part, speaker: Adapter) -> str:
    dearer = "price_with_url" in speaker.limits.more
    return (
        "price_with_url"
        if dearer and any(one.kind == "url" for one in speaker.measure(part.text).entities)
        else "price"
    )


def price_post(
    post: Post, project: Project, adapter: Callable[[str], Adapter], sent: Mapping[str, int]
) -> dict[str, Cost]:
    """What the post is expected to cost on each of the channels in `sent`, the number of parts that are live there.

    A channel that cannot say the post is left out. Pictures are not looked at: no network charges for them.
    """
    from publisher.craft.compose import compose
    from publisher.proofs import find_voices

    variants = compose(post, find_voices(post, project, adapter), people=project.people, utm=project.utm)
    costs: dict[str, Cost] = {}
    for name in sent:
        speaker = adapter(project.channels[name].network)
        try:
            costs[name] = price(speaker.render(variants[name]), speaker, sent[name])
        except Unsupported:
            continue
    return costs


def add(costs: Iterable[Cost]) -> Cost | None:
    """All of them together, at the oldest of their prices; None where there is none."""
    told = list(costs)
    if not told:
        return None
    total = sum(cost.thousandths for cost in told)
    return Cost(thousandths=total, seen=min(one.seen for one in told), official=all(one.official for one in told))
