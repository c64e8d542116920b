"""Plain text: spaces put in order, sentences told apart, everything else left as the author typed it."""

from __future__ import annotations

import re

_SPACES = dict.fromkeys(map(ord, "\t\n\r\f\v\x85\u2028\u2029"), " ")
_END = (
    r"(?:(?<![.!?…])[.!?…]++|[\u00a0\u202f ][!?]++|(?<![。！？])[。！？]++)"  # French sets a space before its marks
    r"[\"'”’»)\]]*(?:[\u00a0\u202f ]»)?"
    r"(?=[ \t]+[\"'“‘«(\[¿¡—–-]*[\u00a0\u202f ]?[^\Wa-zß-öø-ÿ]|$)"
    r"|(?<![。！？])[。！？]++[」』）]*(?=\S)"
)
_SHORT = (
    r"(?:^|[\s(«“\"])(?:Dr|Mr|Mrs|Ms|Prof|St|vs|etc|e\.g|i\.e|cf|No|Nr|Fig|approx|p|pp|M|Mme|Mlle|ex|env|art|\w)\.$"
)
_LONGEST_SHORT = len(" approx.") + 1  # one more, so that no abbreviation seems to open the text it is cut out of
_NUMBER = r"(?<![\w@#/.])[\d$€£¥]?\d"
_ADDRESS = r"(?i)(?:https?://|www\.)\S+"


def tidy(text: str) -> str:
    """The text on one line, single spaces between words; no-break spaces stay."""
    return " ".join(filter(None, text.translate(_SPACES).split(" ")))


def join_lines(first: str, second: str) -> str:
    """Two lines of one paragraph as one; scripts that write no spaces between words get none."""
    if not first or not second:
        return first or second
    import unicodedata

    wide = all(unicodedata.east_asian_width(sign) in "WF" for sign in (first[-1], second[0]))
    return first + ("" if wide else " ") + second


def split_sentences(text: str) -> tuple[str, ...]:
    """The sentences of one paragraph, marks and closing quotes included; together they are the paragraph."""
    sentences, start = [], 0
    for found in re.finditer(_END, text):
        end = found.end()
        if found.group()[:1] == "." and re.search(_SHORT, text[max(start, end - _LONGEST_SHORT) : end]):
            continue
        sentences.append(text[start:end].strip(" "))
        start = end
    return tuple(filter(None, (*sentences, text[start:].strip(" "))))


def asks(text: str) -> bool:
    """Whether a text ends in a question."""
    return text.rstrip("\"'”’»)」』） \u00a0\u202f").endswith(("?", "？", "؟"))


def has_number(text: str) -> bool:
    """Whether a sentence states a number; an address, a mention or a tag does not count."""
    return re.search(_NUMBER, re.sub(_ADDRESS, " ", text)) is not None
