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
    `spaced` are the signs that want a no-break space before them. `leaning` are first words that need the sentence
    before them, `keep` are names with signs of their own. `calls` are calls to action by objective and then by form of
    address (`any` for all), with `{us}` for the one of `persons`. `contract`, `expand` and `negated` exchange wordings;
    `orders` among the negated may open a sentence, and none stands before one of `subjects`. `articles` depend on the
    first sound of the word after them.
    """

    quotes: tuple[str, str] = ("“", "”")
    apostrophe: str = ""
    spaced: str = ""
    titles: frozenset[str] = frozenset()
    numbered: frozenset[str] = frozenset()
    closing: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()
    leaning: frozenset[str] = frozenset()
    keep: tuple[str, ...] = ()
    persons: Mapping[str, str] = field(default_factory=dict)
    calls: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
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
