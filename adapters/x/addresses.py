"""Where X sees addresses in a text, with or without https://: the rules of twitter-text 3, read 2026-11.

A domain is found by its labels and the list of top-level domains; a name without https:// counts only in its ASCII
and Latin part, so that `日本語example.com日本語` holds one address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from string import ascii_letters, digits
from typing import NamedTuple

from adapters._names.domains import (
    LATIN,
    LONGEST_LABEL,
    NONCHARACTERS,
    compile_label,
    compile_run,
    encoded_length,
    find_domain,
    find_tld,
)

LONGEST_URL, LONGEST_SLUG = 4096, 40

# With the other cases of the Latin letters, which lie elsewhere.
_LATIN = LATIN + "ɠɩɵʀʃʈʊʌʒ\u0399\u03b9\u1fbeⱥⱦⱾⱿ\ua7dc"
_PATH_END = rf"a-zA-Z0-9\u0400-\u04ff\u1c80-\u1c87{_LATIN}+\-=_#/"
_PATH = rf"[{_PATH_END}!*';:,.$%\[\]\u2013~@|&]"
_PARENS = rf"(?:\((?:{_PATH}+|{_PATH}*\({_PATH}+\){_PATH}*)\))"
_QUERY = r"\?[a-zA-Z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-zA-Z0-9\-_&=#/]"

_RUN, _LABEL = compile_run(), compile_label()
_PROTOCOL = re.compile(r"https?://\Z", re.IGNORECASE | re.ASCII)
_AFTER_NAME = re.compile(rf"(?::[0-9]+)?(?P<path>/(?:(?:{_PATH}|{_PARENS})*[{_PATH_END}])?{_PARENS}*)?(?:{_QUERY})?")
_LATIN_LABELS = re.compile(rf"(?:[-a-zA-Z0-9{_LATIN}]+\.)+")
_SHORT_LINK = re.compile(rf"https?://t\.co/([a-zA-Z0-9]+)(?:{_QUERY})?", re.IGNORECASE | re.ASCII)
_LETTERS = frozenset(ascii_letters + digits)
_NOT_BEFORE = re.compile(rf"[A-Za-z0-9@＠$#＃{NONCHARACTERS}]")


class _Found(NamedTuple):
    """A domain with what follows it: `before` stands before it, `start` is where its protocol begins, or its `name`."""

    before: str
    start: int
    name: int
    name_end: int
    end: int
    has_path: bool


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """The span of every address X finds in `text`, in order, in code points."""
    done = 0
    for run in _RUN.finditer(text):
        if "." in run[0].strip("."):
            while done < run.end() and (found := _first(text, max(run.start(), done), run.end(), done)):
                done = found.end
                yield from _accepted(text, found)


def has_protocol(url: str) -> bool:
    """Whether an address found by `addresses` was written with http:// or https://."""
    return url[:8].lower().startswith(("http://", "https://"))


def _first(text: str, start: int, stop: int, done: int) -> _Found | None:
    hopeless = 0
    for name in _starts(text, start, stop):
        if (not name or name >= hopeless) and (beginning := _beginning(text, name, done)):
            name_end, hopeless = find_domain(text, name, _LABEL)
            after = _AFTER_NAME.match(text, name_end) if name_end else None
            if after:
                before, start = beginning
                path = after["path"] is not None
                return _Found(before=before, start=start, name=name, name_end=name_end, end=after.end(), has_path=path)
    return None


def _starts(text: str, start: int, stop: int) -> Iterator[int]:
    """Where a domain may begin: X takes the second character of a text before the first, when the first lets it."""
    if start == 0 and not _NOT_BEFORE.match(text):
        yield 1
    yield start
    for position in range(start + 1, stop):
        if text[position] > "\uffff" or text[position - 1] not in _LETTERS:
            yield position


def _beginning(text: str, name: int, done: int) -> tuple[str, int] | None:
    """What stands before the address whose domain begins at `name`, and where it begins; None where none may."""
    protocol = _PROTOCOL.search(text, max(done, name - 8), name)
    for begin in (protocol.start(), name) if protocol else (name,):
        before = text[begin - 1 : begin]
        if (begin > done or begin == 0) and not _NOT_BEFORE.match(before):
            return before, begin
    # X reads UTF-16: the first half of a character beyond it may stand before a domain that the other half begins.
    return ("", name) if text[name : name + 1] > "\uffff" and name >= done else None


def _accepted(text: str, found: _Found) -> Iterator[tuple[int, int]]:
    if not _is_possible(text, found):
        return
    if found.start < found.name:
        yield from _with_protocol(text[found.start : found.end], found.start)
    elif found.before not in {"-", "_", ".", "/"}:
        yield from _without_protocol(text, found)


def _with_protocol(url: str, start: int) -> Iterator[tuple[int, int]]:
    short = _SHORT_LINK.match(url)
    if short is None:
        yield start, start + len(url)
    elif len(short[1]) <= LONGEST_SLUG:
        yield start, start + short.end()


def _without_protocol(text: str, found: _Found) -> Iterator[tuple[int, int]]:
    spans = list(_latin_domains(text[found.name : found.name_end]))
    for position, (start, end) in enumerate(spans, start=1):
        last = position == len(spans) and found.has_path
        yield found.name + start, found.end if last else found.name + end


def _latin_domains(domain: str) -> Iterator[tuple[int, int]]:
    position = 0
    while labels := _LATIN_LABELS.search(domain, position):
        dots = [dot.end() for dot in re.finditer(r"\.", labels[0])]
        end = next((end for dot in reversed(dots) if (end := find_tld(domain, labels.start() + dot))), 0)
        if end:
            yield labels.start(), end
        position = end or labels.end()


def _is_possible(text: str, found: _Found) -> bool:
    """Whether the whole is short enough and each label, in punycode, could be registered."""
    domain = text[found.name : found.name_end]
    if domain.startswith("xn--") and not next(_latin_domains(domain), None):
        return False
    url = text[found.start : found.end]
    protocol = 0 if found.start < found.name else len("https://")
    units = protocol + len(url.encode("utf-16-le", "surrogatepass")) // 2
    return units <= LONGEST_URL and _has_possible_labels(domain)


@lru_cache(maxsize=256)
def _has_possible_labels(domain: str) -> bool:
    return all(0 < encoded_length(label) <= LONGEST_LABEL for label in domain.split("."))
