"""Colours for a calendar: one for each channel, taken from its network's look, and a pale one for each objective.

Two channels never look alike: a colour too near one that is taken moves away from it, first in lightness, so that
the channels of a network stay of one family, then round the wheel. Distances and moves are those of Oklab, in which
equal steps look equal (https://bottosson.github.io/posts/oklab/).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from publisher.media.colours import READABLE, contrast

APART = 0.13
"""The least distance of two channels' colours; black and white are 1 apart."""

_WHITE, _BLACK = "#ffffff", "#16181c"
_LIGHTER = (0.0, 0.16, 0.28, -0.14, 0.4)
_TURNS = tuple(sign * degrees for degrees in range(0, 181, 20) for sign in ((1, -1) if degrees else (1,)))


class Paint(Struct, frozen=True, kw_only=True):
    """A filling and the ink that can be read on it, each `#rrggbb`."""

    fill: str
    ink: str


def paint_channels(channels: Sequence[tuple[str, str]]) -> Mapping[str, Paint]:
    """A paint for every channel, given by name and by its network's colour (empty: one made from the name).

    The same channels in the same order always get the same paints, each its network's own colour where it is free.
    """
    taken: dict[str, tuple[float, float, float]] = {}
    paints: dict[str, Paint] = {}
    for name, colour in channels:
        fill = _choose(colour or _make_up(name), list(taken.values()))
        taken[name] = _lab(fill)
        paints[name] = Paint(fill=fill, ink=_ink(fill))
    return paints


def paint_objectives(objectives: Sequence[str]) -> Mapping[str, Paint]:
    """A quiet paint for every objective, their hues spread round the wheel in the order given."""
    hues = [20 + 360 * place / max(1, len(objectives)) for place in range(len(objectives))]
    return {
        name: Paint(fill=_colour(0.92, 0.055, hue), ink=_colour(0.3, 0.05, hue))
        for name, hue in zip(objectives, hues, strict=True)
    }


def _choose(colour: str, taken: Sequence[tuple[float, float, float]]) -> str:
    """The first shade of the colour that is far enough from all that are taken, else the farthest."""
    shades = list(_shades(colour))
    far = ((min((math.dist(_lab(shade), other) for other in taken), default=1.0), shade) for shade in shades)
    best, chosen = -1.0, colour
    for distance, shade in far:
        if distance >= APART:
            return shade
        if distance > best:
            best, chosen = distance, shade
    return chosen


def _shades(colour: str) -> Iterator[str]:
    """The colour, then others from near to far, none so light or so dark that two of them would look the same."""
    yield colour
    light, green, blue = _lab(colour)
    chroma, hue = math.hypot(green, blue), math.degrees(math.atan2(blue, green))
    for turn in _TURNS:
        for lighter in _LIGHTER:
            if (turn or lighter) and 0.25 <= light + lighter <= 0.86:
                yield _colour(light + lighter, max(chroma, 0.1) if turn else chroma, hue + turn)


def _ink(fill: str) -> str:
    return next(ink for ink in (_WHITE, _BLACK, "#000000") if contrast(ink, fill) >= READABLE)


def _make_up(name: str) -> str:
    return _colour(0.52, 0.13, hashlib.sha256(name.encode()).digest()[0] * 360 / 256)


def _lab(colour: str) -> tuple[float, float, float]:
    """Lightness, and how green or red, blue or yellow it is."""
    red, green, blue = ((c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4) for c in _shares(colour))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _shares(colour: str) -> tuple[float, ...]:
    return tuple(channel / 255 for channel in bytes.fromhex(colour[1:]))


def _colour(light: float, chroma: float, hue: float) -> str:
    """The colour of that lightness, chroma and hue in degrees, paler where a screen has none so strong."""
    for share in range(20, -1, -1):
        mixed = _linear(light, chroma * share / 20, math.radians(hue))
        if all(-0.001 <= one <= 1.001 for one in mixed):
            break
    return "#" + "".join(f"{round(255 * _bend(min(1.0, max(0.0, one)))):02x}" for one in mixed)


def _linear(light: float, chroma: float, angle: float) -> tuple[float, float, float]:
    green, blue = chroma * math.cos(angle), chroma * math.sin(angle)
    long = (light + 0.3963377774 * green + 0.2158037573 * blue) ** 3
    middle = (light - 0.1055613458 * green - 0.0638541728 * blue) ** 3
    short = (light - 0.0894841775 * green - 1.2914855480 * blue) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _bend(share: float) -> float:
    return share * 12.92 if share <= 0.0031308 else 1.055 * share ** (1 / 2.4) - 0.055
