"""Typography: a language's quotation marks, apostrophes and no-break spaces, never inside an address or a name tag."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from publisher.craft.language import Language, speak
from publisher.model import Change

# One private sign stands for each span that no rule may touch.
SHIELD = "\ue000"
ADDRESSES = re.compile(
    r"https?://\S+|www\.\S+|(?<!\S)[^\s@]+@\S+|@\w[\w.-]*|[#$]\w+|(?<![\w.-])(?:[\w-]+\.)+[a-zA-Z]{2,}(?:/\S*)?|"
    + SHIELD,
)
# Without one of these there is no such span: a quick look before the slow one.
_TO_SHIELD = re.compile(rf"[@#$/{SHIELD}.](?:(?<!\.)|(?=\w))")
_STRAIGHT_APOSTROPHE = re.compile(rf"'(?<=[^\W\d_]')(?=[^\W\d_{SHIELD}])")
_STRAIGHT_QUOTES = re.compile(r'"(?<![^\s(\[]")(?=\S)([^"\n]*?)(?<=\S)"(?!\w)')
_DOTS = re.compile(r"\.\.\.(?<![./]\.\.\.)(?![./])")
_AFTER_OPENING = re.compile(r"«(?![\u00a0\u202f]) ?(?=\S)")
_BEFORE_CLOSING = re.compile(r"(?<![\s\u00a0\u202f]) ?»")
# A pattern that begins with a sign is found much quicker than one that begins with what stands before it.
# `:)` and `12:30` are no punctuation.
_SIGN = re.compile(r"[!?;:](?:(?<=[!?])[!?]*(?=\s|$|[»”)])|(?<=[;:])(?=\s|$|[»”]))")
_TAKES_SIGN = re.compile(rf"[\w»”)\]…%€{SHIELD}]")
_COUNTED = re.compile(r" (?:(?<=\d )|(?=\d))")
_THOUSANDS = re.compile(r"\d(?<![\d.,] \d)(?<![\d.,]\d)\d{0,2}(?: \d{3})+(?!\d)")
_PAIRS = {"“": "”", "«": "»", '"': '"'}


def shielded(text: str, rewrite: Callable[[str], str], keep: re.Pattern[str] = ADDRESSES) -> str:
    """`text` rewritten everywhere but in the spans that `keep` finds; `rewrite` sees one sign in place of each."""
    spans = keep.findall(text)
    if not spans:
        return rewrite(text)
    kept = iter(spans)
    return re.sub(SHIELD, lambda _: next(kept), rewrite(keep.sub(SHIELD, text)))


def typeset(text: str, language: str) -> tuple[str, tuple[Change, ...]]:
    """`text` with its language's apostrophes, quotation marks and no-break spaces, and what was changed."""
    if not _is_to_set(text, language):
        return text, ()
    spoken = speak(language)
    changes: list[Change] = []
    if not _TO_SHIELD.search(text):
        return _typeset(text, spoken, changes), tuple(changes)
    return shielded(text, lambda shown: _typeset(shown, spoken, changes)), tuple(changes)


def _is_to_set(text: str, language: str) -> bool:
    """Whether there may be anything to set: a quick look that spares most texts the slow rules."""
    signs, counts = _set_in(language)
    for sign in signs:
        if sign in text:
            return True
    return counts and _COUNTED.search(text) is not None


@cache
def _set_in(language: str) -> tuple[tuple[str, ...], bool]:
    """The signs that are set in a language, and whether the spaces beside numbers are."""
    spoken = speak(language)
    signs = ("'", '"', "...") if spoken.apostrophe else ()
    return (*signs, *(("«", "»", *spoken.spaced) if spoken.spaced else ())), bool(spoken.units)


def _typeset(text: str, language: Language, changes: list[Change]) -> str:
    def replace(pattern: re.Pattern[str], by: str | Callable[[re.Match[str]], str], what: str, old: str) -> str:
        new = pattern.sub(by, old)
        if new != old:
            changes.append(Change(rule="typography", detail=what))
        return new

    opening, closing = language.quotes
    if language.apostrophe and "'" in text:
        text = replace(_STRAIGHT_APOSTROPHE, language.apostrophe, "apostrophe ’", text)
    if language.apostrophe and '"' in text and text.count('"') % 2 == 0:
        text = replace(_STRAIGHT_QUOTES, rf"{opening}\1{closing}", f"quotation marks {opening}…{closing}", text)
    if language.ellipsis and "..." in text:
        text = replace(_DOTS, language.ellipsis, f"... → {language.ellipsis}", text)
    if opening.endswith("\u00a0") and ("«" in text or "»" in text):
        text = replace(_AFTER_OPENING, "«\u00a0", "no-break space after «", text)
        text = replace(_BEFORE_CLOSING, "\u00a0»", "no-break space before »", text)
        text = _nest(text, language, changes)
    if language.spaced:
        spaced = _space(text)
        if spaced != text:
            changes.append(Change(rule="typography", detail=f"no-break space before {' '.join(language.spaced)}"))
        text = spaced
    if language.units and _COUNTED.search(text):
        text = replace(_THOUSANDS, lambda number: number[0].replace(" ", "\u00a0"), "no-break space in numbers", text)
        spaces = _measured(language.units, language.before)
        text = replace(spaces, "\u00a0", "no-break space beside numbers", text)
    return text


def _space(text: str) -> str:
    """`text` with a no-break space before each sign that ends a word or a bracket."""
    pieces, done = list[str](), 0
    for sign in _SIGN.finditer(text):
        before = text[done : sign.start()].removesuffix(" ")
        if before and _TAKES_SIGN.match(before[-1]):
            pieces += [before, "\u00a0", sign[0]]
            done = sign.end()
    return "".join(pieces) + text[done:]


@cache
def _measured(units: tuple[str, ...], before: tuple[str, ...]) -> re.Pattern[str]:
    """The space between a number and its unit, between the hours and the minutes, and after a word for a number."""
    names = "|".join(map(re.escape, sorted(units, key=len, reverse=True)))
    words = "".join(rf"|(?<=\b{re.escape(word)} )" for word in before)
    counted = rf"(?<=\d[ \u00a0\u202f]h )(?=\d\d(?!\d)){words}"
    return re.compile(rf" (?:(?<=\d )(?=(?:{names})(?!\w))|(?=\d)(?:{counted}))")


def _nest(text: str, language: Language, changes: list[Change]) -> str:
    """`text` with quotations inside quotations in the inner marks; as it is where marks do not come in pairs."""
    inner_open, inner_close = language.inner
    depth, end, out = 0, 0, list[str]()
    for mark in re.finditer("«\u00a0?|\u00a0?»", text):
        depth += 1 if "«" in mark[0] else 0
        if depth < 1 or depth > 2:
            return text
        new = (inner_open if "«" in mark[0] else inner_close) if depth == 2 else mark[0]
        out += [text[end : mark.start()], new]
        end = mark.end()
        depth -= 1 if "»" in mark[0] else 0
    new = "".join(out) + text[end:]
    if depth or new == text:
        return text
    changes.append(Change(rule="typography", detail=f"inner quotation marks {inner_open}…{inner_close}"))
    return new


def quote(text: str, source: str, language: str) -> str:
    """Somebody's words in the language's quotation marks, and whose they are; quotations in them get the inner ones."""
    spoken = speak(language)
    opening, closing = spoken.quotes
    said = typeset(_undressed(text.strip(" \u00a0\u202f")), language)[0]
    if spoken.inner[0] and said.count(opening[0]) == said.count(closing[-1]) > 0:
        said = re.sub(f"{opening[0]}[\u00a0\u202f ]?", spoken.inner[0], said)
        said = re.sub(f"[\u00a0\u202f ]?{closing[-1]}", spoken.inner[1], said)
    said = opening + said + closing
    return f"{said} — {source}" if source else said


def _undressed(text: str) -> str:
    """`text` without the quotation marks around all of it."""
    while len(text) > 1 and _PAIRS.get(text[0]) == text[-1] and not set(text[1:-1]) & {text[0], text[-1]}:
        text = text[1:-1].strip(" \u00a0\u202f")
    return text
