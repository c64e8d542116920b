"""Two colours, and whether words in the one can be read on the other."""

from __future__ import annotations

import re
from dataclasses import dataclass

_COLOUR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE | re.ASCII)
READABLE = 4.5
"""The least contrast of text, by WCAG 2.2, success criterion 1.4.3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """The colours of a card, each `#rrggbb`: words in `ink`, on `paper`."""

    ink: str = "#14263d"
    paper: str = "#f5f0e6"


def parse_colour(text: str) -> str | None:
    """`#abc` or `#aabbcc` as `#aabbcc`; None for anything else."""
    if not _COLOUR.fullmatch(text):
        return None
    digits = text[1:].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2.2 has it, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """The colour that is `one` by `share` and `other` for the rest."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(mine * share + theirs * (1 - share)):02x}" for mine, theirs in pairs)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def _luminance(colour: str) -> float:
    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = map(linear, _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
