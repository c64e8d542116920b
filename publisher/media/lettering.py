"""Words as ink, in Pillow's own typeface. It holds plain letters only: accents and dashes are put together here.

A font file would have to be shipped and licensed; the marks of Western European languages are few and are made of the
signs that are there.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from publisher.errors import Unsupported

if TYPE_CHECKING:
    from PIL import Image, ImageFont

_NOBODY = "\U0010ffff"
_PAIRS = {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"}
_SAME = {"\u00a0": " ", "\u2010": "-", "\u2011": "-", "\u2212": "–", "•": "·"}
_THIN = {"\u202f": 0.5, "\u2009": 0.5, "\u200a": 0.25}
_DASHES = {"–": 0.5, "—": 0.9}
_ABOVE = {
    "\u0301": ("´", 1.0),
    "\u0300": ("`", 1.0),
    "\u0302": ("´`", 1.0),
    "\u030c": ("`´", 1.0),
    "\u0308": ("··", 0.9),
    "\u0307": ("·", 0.9),
    "\u0303": ("~", 0.62),
    "\u030a": ("°", 0.72),
    "\u0304": ("-", 1.0),
}
_POINTED = ("\u0302", "\u030c")
_CEDILLA = "\u0327"
_EURO = "€"
_SPELT = {*_PAIRS, *_SAME, *_THIN, *_DASHES, _EURO}
_TUCK = 0.055
"""By how much of the size the two letters of a ligature overlap."""
_AIR = 0.045
"""The air between a letter and its mark."""


@dataclass(frozen=True, slots=True)
class _Sign:
    """A letter and the marks on it."""

    letter: str
    marks: str = ""


def find_unwritable(text: str) -> str:
    """The first sign of a text that cannot be written, or nothing."""
    return next((sign.letter + sign.marks for sign in _signs(text) if not _is_writable(sign)), "")


def _signs(text: str) -> list[_Sign]:
    signs: list[_Sign] = []
    for one in unicodedata.normalize("NFC", text):
        whole = unicodedata.normalize("NFD", one)
        signs.append(_Sign(whole[0], whole[1:]) if len(whole) > 1 else _Sign(one))
    return signs


def _is_writable(sign: _Sign) -> bool:
    known = sign.letter in _SPELT or _is_drawn(_SAME.get(sign.letter, sign.letter))
    return known and (not sign.marks or sign.marks in _ABOVE or sign.marks == _CEDILLA)


@cache
def _typeface(size: int) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    made = ImageFont.load_default(size)
    if not isinstance(made, ImageFont.FreeTypeFont):
        raise Unsupported("no card can be made: this Pillow is built without FreeType", hint="pip install pillow")
    return made


@cache
def _is_drawn(letter: str) -> bool:
    if letter == " ":
        return True
    (ink, _), (none, _) = (_typeface(40).getmask2(one) for one in (letter, _NOBODY))
    return (ink.size, bytes(ink)) != (none.size, bytes(none))


@dataclass(frozen=True, slots=True)
class _Stamp:
    """Some ink, cut out closely, and where it lies from the pen: to the right, and up from the baseline."""

    ink: Image.Image
    left: int
    top: int


class Pen:
    """Writes at one size, in pixels; `weight` thickens every stroke."""

    def __init__(self, size: int, weight: int = 0) -> None:
        self.size, self._weight = size, weight
        self._font = _typeface(size)

    def width(self, text: str) -> float:
        """How far a line of text goes."""
        return sum(self._steps(_signs(text)))

    def write(self, on: Image.Image, text: str, x: float, baseline: int) -> None:
        """Writes a line as white ink on a grey picture."""
        signs = _signs(text)
        for sign, step in zip(signs, self._steps(signs), strict=True):
            self._draw(on, sign, x, baseline)
            x += step

    def _steps(self, signs: list[_Sign]) -> list[float]:
        """How far each sign moves the pen, with the typeface's kerning."""
        followers = [*(sign.letter for sign in signs[1:]), *[""] * bool(signs)]
        return [self._step(sign.letter, follower) for sign, follower in zip(signs, followers, strict=True)]

    def _step(self, letter: str, follower: str) -> float:
        if letter in _DASHES:
            return self.size * _DASHES[letter]
        if letter in _THIN:
            return self._font.getlength(" ") * _THIN[letter]
        if letter in _PAIRS:
            return sum(map(self._font.getlength, _PAIRS[letter])) - self.size * _TUCK
        letter = "C" if letter == _EURO else _SAME.get(letter, letter)
        if follower and follower not in _SPELT:
            return self._font.getlength(letter + follower) - self._font.getlength(follower)
        return self._font.getlength(letter)

    def _draw(self, on: Image.Image, sign: _Sign, x: float, baseline: int) -> None:
        letter = _SAME.get(sign.letter, sign.letter)
        if letter in _PAIRS:
            self._put(on, _PAIRS[letter][0], x, baseline)
            behind = self._font.getlength(_PAIRS[letter][0]) - self.size * _TUCK
            self._put(on, _PAIRS[letter][1], x + behind, baseline)
        elif letter in _DASHES:
            self._rule(on, x, baseline, self.size * _DASHES[letter])
        elif letter == _EURO:
            self._put(on, "C", x, baseline)
            self._press(on, self._bars(), x - self.size * 0.02, baseline)
        elif sign.marks:
            self._draw_marked(on, sign, x, baseline)
        elif letter not in _THIN:
            self._put(on, letter, x, baseline)

    def _put(self, on: Image.Image, letters: str, x: float, baseline: int) -> None:
        from PIL import ImageDraw

        ImageDraw.Draw(on).text((x, baseline), letters, 255, self._font, anchor="ls", stroke_width=self._weight)

    def _rule(self, on: Image.Image, x: float, baseline: int, length: float) -> None:
        """A dash: as thick and as high as the typeface's hyphen."""
        from PIL import ImageDraw

        hyphen = self.stamp("-")
        air = self.size * 0.03
        box = (x + air, baseline - hyphen.top, x + length - air, baseline - hyphen.top + hyphen.ink.height - 1)
        ImageDraw.Draw(on).rectangle(box, 255)

    def _draw_marked(self, on: Image.Image, sign: _Sign, x: float, baseline: int) -> None:
        letter = self.stamp(sign.letter)
        if sign.letter in "ij" and sign.marks != _CEDILLA:
            letter = self._without_dot(letter)
        self._press(on, letter, x, baseline)
        middle = x + letter.left + letter.ink.width / 2
        if sign.marks == _CEDILLA:
            tail = self.stamp(",")
            self._press(on, tail, middle - tail.left - tail.ink.width * 0.4, baseline + round(self.size * 0.09))
            return
        mark = self._accent(sign.marks)
        bottom = baseline - letter.top - round(self.size * _AIR)
        self._press(on, mark, middle - mark.ink.width / 2, bottom)

    def _accent(self, mark: str) -> _Stamp:
        """A mark that stands on its baseline, at the pen."""
        from PIL import Image, ImageChops

        signs, scale = _ABOVE[mark]
        parts = [Pen(max(1, round(self.size * scale)), self._weight).stamp(one).ink for one in signs]
        lap = round(parts[0].width * (0.42 if mark in _POINTED else -0.45)) if len(parts) > 1 else 0
        ink = Image.new("L", (sum(part.width for part in parts) - lap * (len(parts) - 1), parts[0].height))
        for place, part in enumerate(parts):
            layer = Image.new("L", ink.size)
            layer.paste(part, (place * (part.width - lap), 0))
            ink = ImageChops.lighter(ink, layer)
        return _Stamp(ink, 0, ink.height)

    def _bars(self) -> _Stamp:
        """The two bars of a euro: an equals sign, cut short."""
        whole = self.stamp("=")
        return _Stamp(whole.ink.crop((0, 0, round(whole.ink.width * 0.75), whole.ink.height)), 0, whole.top)

    def _without_dot(self, letter: _Stamp) -> _Stamp:
        gone = letter.top - self.stamp("x").top
        ink = letter.ink.crop((0, gone, letter.ink.width, letter.ink.height))
        left, _, right, _ = ink.getbbox() or (0, 0, ink.width, ink.height)
        return _Stamp(ink.crop((left, 0, right, ink.height)), letter.left + left, letter.top - gone)

    def stamp(self, letter: str) -> _Stamp:
        """A letter cut out."""
        from PIL import Image

        room = self.size * 3
        sheet = Image.new("L", (room, room))
        self._put(sheet, letter, self.size, self.size * 2)
        box = sheet.getbbox() or (0, 0, 1, 1)
        return _Stamp(sheet.crop(box), box[0] - self.size, self.size * 2 - box[1])

    def _press(self, on: Image.Image, stamp: _Stamp, x: float, baseline: int) -> None:
        on.paste(255, (round(x) + stamp.left, baseline - stamp.top), stamp.ink)
