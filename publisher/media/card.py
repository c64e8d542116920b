"""A card for a network that shows pictures, when a post has none: its words, well set, and the team's name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from publisher.craft.sentences import sentences
from publisher.errors import Unsupported
from publisher.media.colours import Colours, mix
from publisher.model import Post, Variant

if TYPE_CHECKING:
    from PIL import Image

    from publisher.media.lettering import Pen

SIZE = (1080, 1350)
"""The tallest picture a feed shows whole: 4:5."""
READS_WELL = 180
LONGEST = 320
_MARGIN = 112
_SIZES = range(168, 43, -4)
_POSTER = 124
"""Larger than this only for a word or two."""
_SOURCE = 110
"""The room for who said it, under a quote."""
_HANGING = re.compile("[“«‘][\u00a0\u202f]?")
"""What opens a quote hangs in the margin, so that the letters stand in one line."""
_HINT = "add a picture under `media:`"
_SPACES = re.compile(r"[ \t\n]+")  # not the spaces that hold words together


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What stands on a card, and the card's alt text with it."""

    text: str
    source: str = ""
    name: str = ""

    @property
    def alt(self) -> str:
        """All that can be read on the card."""
        return "\n".join(filter(None, (self.text, self.source, self.name)))


def words_for_card(post: Post, variant: Variant, name: str) -> Words | None:
    """The hook or the quote as the channel tells it, by whole sentences; else the title; None when none is short."""
    for told in _candidates(post, variant):
        quoted, source = _split_source(told, post.material.quote_source)
        text = _shorten(_without_pictographs(quoted), post.language)
        if text:
            return Words(text=text, source=_without_pictographs(source), name=_without_pictographs(name))
    return None


def _split_source(told: str, source: str) -> tuple[str, str]:
    """A quote and who said it, set apart."""
    if not source or not told.endswith(source):
        return told, ""
    quoted = told.removesuffix(source).rstrip()
    return quoted.rstrip("—–, \u00a0"), f"— {source}"


def _candidates(post: Post, variant: Variant) -> Iterator[str]:
    yield from (passage.text for passage in variant.passages if passage.kind in {"hook", "quote"})
    yield post.material.hook
    yield post.material.quote
    yield post.title
    yield variant.text or ""


def _shorten(text: str, language: str) -> str:
    """As many sentences as read well on a card; the first one whole, or nothing."""
    told = ""
    for sentence in sentences(text, language):
        longer = f"{told} {sentence}".strip()
        if told and len(longer) > READS_WELL:
            break
        told = longer
    return told if len(told) <= LONGEST else ""


def _without_pictographs(text: str) -> str:
    kept = "".join(one for one in text if unicodedata.category(one) not in {"So", "Sk", "Cf"} and one != "\ufe0f")
    return _SPACES.sub(" ", kept).strip()


# --- setting --------------------------------------------------------------------------------------------------------


def make_card(words: Words, colours: Colours, size: tuple[int, int] = SIZE) -> bytes:
    """The card as a JPEG. Raises Unsupported for words that it cannot show whole."""
    from PIL import Image

    setting = _set(words, size)
    ink = Image.new("L", size)
    _write(ink, setting, words)
    card = Image.new("RGB", size, colours.paper)
    card.paste(colours.ink, (0, 0), ink)
    card.paste(mix(colours.ink, colours.paper, 0.35), _rule(size))
    held = BytesIO()
    card.save(held, "JPEG", quality=93, subsampling=0, optimize=True, progressive=True)
    return held.getvalue()


@dataclass(frozen=True, slots=True)
class _Setting:
    lines: list[str]
    pen: Pen

    @property
    def leading(self) -> int:
        return round(self.pen.size * 1.24)


def _set(words: Words, size: tuple[int, int]) -> _Setting:
    """The lines of the text, as large as they fit."""
    from publisher.media.lettering import Pen, find_unwritable

    sign = find_unwritable(words.alt.replace("\n", ""))
    if sign:
        raise Unsupported(f"a card cannot show the sign “{sign}”", hint=_HINT)
    width, height = size[0] - 2 * _MARGIN, size[1] - 4 * _MARGIN - (_SOURCE if words.source else 0)
    text = words.text.replace(" — ", "\u00a0— ").replace(" – ", "\u00a0– ")
    for points in _SIZES:
        pen = Pen(points, weight=1 if points > 60 else 0)
        setting = _Setting(_break(text, pen, width), pen)
        high = len(setting.lines) * setting.leading
        if high > height or (points > _POSTER and len(setting.lines) > 2):
            continue
        if all(pen.width(line) <= width for line in setting.lines):
            return _Setting(_balance(setting.lines, text, pen, width), pen)
    raise Unsupported("the words are too long for a card", hint=_HINT)


def _break(text: str, pen: Pen, width: float) -> list[str]:
    """The text in as few lines as it takes; no word is cut."""
    lines: list[str] = []
    for word in _SPACES.split(text):
        if lines and pen.width(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _balance(lines: list[str], text: str, pen: Pen, width: int) -> list[str]:
    """The same number of lines, as even as can be: the narrowest column that takes no more of them."""
    even = lines
    for narrower in range(width, width // 2, -10):
        tried = _break(text, pen, narrower)
        if len(tried) > len(lines) or any(pen.width(line) > narrower for line in tried):
            break
        even = tried
    return even


def _write(ink: Image.Image, setting: _Setting, words: Words) -> None:
    lines, leading, pen = setting.lines, setting.leading, setting.pen
    high = len(lines) * leading + (_SOURCE if words.source else 0)
    top = (ink.height - high) // 2
    hung = _HANGING.match(lines[0])
    for place, line in enumerate(lines):
        out = min(pen.width(hung[0]), _MARGIN - 24) if hung and not place else 0
        pen.write(ink, line, _MARGIN - out, top + place * leading + pen.size)
    _note(ink, words.source, 44, top + len(lines) * leading + 72)
    _note(ink, words.name, 38, ink.height - _MARGIN)


def _note(ink: Image.Image, text: str, points: int, baseline: int) -> None:
    """A small line."""
    from publisher.media.lettering import Pen

    pens = map(Pen, range(points, 23, -2))
    pen = next((pen for pen in pens if pen.width(text) <= ink.width - 2 * _MARGIN), None)
    if pen is None:
        raise Unsupported(f"“{text[:40]}…” is too long for a card", hint=_HINT)
    pen.write(ink, text, _MARGIN, baseline)


def _rule(size: tuple[int, int]) -> tuple[int, int, int, int]:
    bottom = size[1] - _MARGIN - 72
    return _MARGIN, bottom - 4, _MARGIN + 72, bottom
