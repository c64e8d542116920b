"""Typography: a language's quotation marks, apostrophes and no-break spaces, never inside an address or a name tag."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from publisher.craft.language import Language, speak
from publisher.model import Change

# One private sign stands for each span that no rule may touch.
SHIELD = "\ue000"
ADDRESSES = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+|@\w[\w.-]*|[#$]\w+|(?<![\w.-])(?:[\w-]+\.)+[a-zA-Z]{2,}(?:/\S*)?|" + SHIELD,
)
_TO_SET = re.compile("['\"«»;:!?]")
_STRAIGHT_APOSTROPHE = re.compile(rf"(?<=[^\W\d_])'(?=[^\W\d_{SHIELD}])")
_STRAIGHT_QUOTES = re.compile(r'(?<![^\s(\[])"(?=\S)([^"\n]*?)(?<=\S)"(?!\w)')
_AFTER_OPENING = re.compile(r"«(?![\u00a0\u202f]) ?(?=\S)")
_BEFORE_CLOSING = re.compile(r"(?<![\s\u00a0\u202f]) ?»")
# `:)` and `12:30` are no punctuation.
_BEFORE_SIGN = re.compile(
    rf"(?<=[\w»”)\]…%€{SHIELD}]) ?((?:[!?]+(?=\s|$|[»”)])|[;:](?=\s|$|[»”])))",
)


def shielded(text: str, rewrite: Callable[[str], str], keep: re.Pattern[str] = ADDRESSES) -> str:
    """`text` rewritten everywhere but in the spans that `keep` finds; `rewrite` sees one sign in place of each."""
    kept = iter(keep.findall(text))
    return re.sub(SHIELD, lambda _: next(kept), rewrite(keep.sub(SHIELD, text)))


@lru_cache(maxsize=1024)
def typeset(text: str, language: str) -> tuple[str, tuple[Change, ...]]:
    """`text` with its language's apostrophes, quotation marks and no-break spaces, and what was changed."""
    spoken, changes = speak(language), list[Change]()
    if not _TO_SET.search(text):
        return text, ()
    return shielded(text, lambda shown: _typeset(shown, spoken, changes)), tuple(changes)


def _typeset(text: str, language: Language, changes: list[Change]) -> str:
    def replace(pattern: re.Pattern[str], by: str, what: str, old: str) -> str:
        new = pattern.sub(by, old)
        if new != old:
            changes.append(Change(rule="typography", detail=what))
        return new

    opening, closing = language.quotes
    if language.apostrophe and "'" in text:
        text = replace(_STRAIGHT_APOSTROPHE, language.apostrophe, "apostrophe ’", text)
    if language.apostrophe and '"' in text and text.count('"') % 2 == 0:
        text = replace(_STRAIGHT_QUOTES, rf"{opening}\1{closing}", f"quotation marks {opening}…{closing}", text)
    if opening.endswith("\u00a0") and ("«" in text or "»" in text):
        text = replace(_AFTER_OPENING, "«\u00a0", "no-break space after «", text)
        text = replace(_BEFORE_CLOSING, "\u00a0»", "no-break space before »", text)
    if language.spaced:
        text = replace(_BEFORE_SIGN, "\u00a0\\1", f"no-break space before {' '.join(language.spaced)}", text)
    return text


def quote(text: str, source: str, language: str) -> str:
    """Somebody's words in the language's quotation marks, and whose they are."""
    opening, closing = speak(language).quotes
    said = opening + text.strip('"“”«» \u00a0\u202f') + closing
    return f"{said} — {source}" if source else said
