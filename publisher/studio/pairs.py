"""How alike a post's renditions are, two by two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from publisher.craft.distinct import likeness
from publisher.model import Rendition
from publisher.proofs import Proof

COPIED = 0.7
"""Above this, the craft's `copied` rule speaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Channels by name, and below the diagonal how alike each is to those before it, from 0 to 1.

    `rows[i][j]` compares `channels[i + 1]` with `channels[j]`.
    """

    channels: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]

    @property
    def highest(self) -> float:
        """The likeness of the two that are most alike."""
        return max((share for row in self.rows for share in row), default=0.0)


def compare(proofs: Sequence[Proof]) -> Pairs:
    """The likeness of every two channels that have something to say."""
    said = [(proof.channel.name, _text(proof.rendition)) for proof in proofs if proof.rendition]
    rows = (tuple(likeness(text, other) for _, other in said[:place]) for place, (_, text) in enumerate(said) if place)
    return Pairs(channels=tuple(name for name, _ in said), rows=tuple(rows))


def _text(rendition: Rendition) -> str:
    return "\n\n".join(part.text for part in rendition.parts)
