"""Languages: the packs of `languages/*.yml`, read once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """What the house knows of one language; everything empty means that nothing is rewritten.

    Abbreviations are without their last full stop and in lower case: `titles` never end a sentence, `numbered` do not
    before a number, `closing` may although they have dots inside. `letters` are words of one capital letter.
    `spaced` are the signs that want a no-break space before them, `units` those that want one after their number,
    `before` those that want one before it. `inner` are the quotation marks inside others.

    `leaning` are first words that need the sentence before them, and `objects` words that do so a little later (with a
    hyphen, at the end of the first word). `verbs` are short common ones, `months` names of months. `keep` are names
    with signs of their own. `calls` are calls to action by objective and then by form: an address, a register, or both
    (`vous-formal`), with `{us}` for the one of `persons`. `addressed` are the words that show how readers are
    addressed; one that begins with `-` is an ending, and `unaddressed` are the words that only look so.
    `contract`, `expand` and `negated` exchange wordings; `orders` among the negated may open a sentence, and none
    stands before one of `subjects`. `articles` depend on the first sound of the word after them. `avoid` are words no
    careful writer uses, by register or for `any`; `longest` is how many words a sentence may have, by register.
    """

    quotes: tuple[str, str] = ("“", "”")
    inner: tuple[str, str] = ("", "")
    apostrophe: str = ""
    ellipsis: str = ""
    spaced: str = ""
    units: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    titles: frozenset[str] = frozenset()
    numbered: frozenset[str] = frozenset()
    closing: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()
    leaning: frozenset[str] = frozenset()
    objects: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    months: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    persons: Mapping[str, str] = field(default_factory=dict)
    calls: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    addressed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unaddressed: frozenset[str] = frozenset()
    avoid: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    longest: Mapping[str, int] = field(default_factory=dict)
    bio: str = ""
    contract: Mapping[str, str] = field(default_factory=dict)
    expand: Mapping[str, str] = field(default_factory=dict)
    negated: Mapping[str, str] = field(default_factory=dict)
    orders: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()


@cache
def speak(code: str) -> Language:
    """The pack of a language, by its code (`en`, `en-GB`); an unknown language has an empty one."""
    from pkgutil import get_data

    root = code.replace("_", "-").partition("-")[0].lower()
    if not re.fullmatch("[a-z]{2,3}", root):
        return Language()
    try:
        source = get_data(__package__, f"languages/{root}.yml")
    except FileNotFoundError:
        return Language()
    return _read(source or b"")


def _read(source: bytes) -> Language:
    import msgspec
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return msgspec.convert(yaml.load(source, Loader=loader), Language)  # noqa: S506 - one of the two safe loaders


# A bare year, a day or an hour is when something happens, not how much of it.
_GAP = "[ \u00a0\u202f]?"
_WHEN = (
    rf"\d{{4}}-\d\d(?:-\d\d)?|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}}|\d{{1,2}}(?::|{_GAP}h{_GAP})\d\d"
    rf"|\d{{1,2}}{_GAP}(?:h|am|pm|[ap]\.m\.)(?!\w)|\d+年(?:\d+月)?(?:\d+日)?|\d+月(?:\d+日)?"
)
_YEAR = rf"(?<![\d.,])(?:19|20)\d\d(?![\d.,]\d|\d|{_GAP}[%€$£])"


_DIGIT, _DAY = re.compile(r"\d"), r"\d{1,2}(?:st|nd|rd|th|er)?"
_LONGEST_MONTH, _LONGEST_DAY = 24, len("31st")


def has_amount(text: str, code: str) -> bool:
    """Whether there is a number in the text that is more than a part of a date or a time, in a language."""
    low, months, place = text.casefold(), speak(code).months, 0
    if not any(map(low.__contains__, months)):
        months = ()
    date, month = _dates(months), _month(months) if months else None
    while digit := _DIGIT.search(text, place):
        start = digit.start()
        near = max(place, start - _LONGEST_MONTH), start + _LONGEST_DAY + 1
        found = month.search(text, *near) if month and text[start - 1] == " " else None
        found = found if found and found.start() < start else date.match(text, start)
        if not found:
            return True
        place = found.end()
    return not text.isascii() and any(sign.isdigit() and not sign.isdecimal() for sign in text)


@cache
def _dates(months: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(map(re.escape, months))
    named = [rf"{_DAY} (?:of )?(?:{names})\b\.?"] if names else []
    return re.compile("|".join([*named, _WHEN, _YEAR]), re.IGNORECASE)


@cache
def _month(months: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(map(re.escape, months))
    return re.compile(rf"\b(?:{names})\.? {_DAY}(?!\d)", re.IGNORECASE)
