"""Where Mastodon sees addresses in a text: with a scheme only, under a top-level domain it knows.

Source: twitter-text 3.1.0 with the changes of mastodon/mastodon config/initializers/twitter_regex.rb, read 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from adapters._names.domains import (
    LATIN,
    LONGEST_LABEL,
    NONCHARACTERS,
    compile_label,
    compile_run,
    encoded_length,
    find_domain,
)

LONGEST_URL, LONGEST_SLUG = 4096, 40

_SPACE = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_PATH = rf"[^{_SPACE}<>()?]"
_PARENS = rf"\((?:{_PATH}+|{_PATH}*\({_PATH}+\){_PATH}*)\)"
# What is in brackets at the very end of a path is read by the older, narrower rule.
_LAST = rf"[a-zA-Z0-9\u0400-\u052f!*';:=+,.$/%#\[\]\-\u2010-\u2015_~&|@{LATIN}]"
_LAST_PARENS = rf"\((?:{_LAST}+|{_LAST}*\({_LAST}+\){_LAST}*)\)"
_PATH_END = rf"(?:[^{_SPACE}()?!*\"'「」<>;:=,.$%\[\]~&|@]|{_LAST_PARENS})"
_ABROAD = r"\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\uffef\U00010000-\U000dfffd\U000e1000-\U0010fffd"
_QUERY = rf"\?[a-zA-Z0-9!?*'();:&=+$/%#\[\]\-_.,~|@^{_ABROAD}]*[a-zA-Z0-9_&=#/\-{_ABROAD}]"
_SHORT_QUERY = r"\?[a-zA-Z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-zA-Z0-9\-_&=#/]"

_BLANKS = " \t\n\v\f\r"
_CHUNK = re.compile(r"[^\t-\r ]+")
_RUN, _LABEL = compile_run(r"\"`\x00-\x1f\x7f"), compile_label(r"\"`\x00-\x1f\x7f")
_SCHEME = re.compile(r"(?:https?|dat|dweb|ipfs|ipns|ssb|gopher|gemini)://\Z", re.IGNORECASE | re.ASCII)
_AFTER_NAME = re.compile(rf"(?::[0-9]+)?(?:/(?:{_PATH}*(?:{_PARENS}{_PATH}*)*{_PATH_END}|{_PATH}+/)*)?(?:{_QUERY})?")
_SHORT_LINK = re.compile(rf"https?://t\.co/([a-zA-Z0-9]+)(?:{_SHORT_QUERY})?", re.IGNORECASE | re.ASCII)
_NOT_BEFORE = re.compile(rf"[A-Za-z0-9\u017f\u212a@＠$#＃{NONCHARACTERS}]")


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """The span of every address Mastodon finds in `text`, in order, in code points."""
    for chunk in _CHUNK.finditer(text):
        if "://" in chunk[0]:
            yield from _within(text, chunk.start(), chunk.end())


def _within(text: str, done: int, stop: int) -> Iterator[tuple[int, int]]:
    for run in _RUN.finditer(text, done, stop):
        if "." in run[0].strip("."):
            while found := _first(text, max(run.start(), done), run.end(), done):
                start, name, name_end = found
                after = _AFTER_NAME.match(text, name_end)
                done = after.end() if after else name_end
                if start < name:
                    yield from _accepted(text[start:done], start, text[name:name_end])


def _first(text: str, start: int, stop: int, done: int) -> tuple[int, int, int] | None:
    """Where an address begins, and its domain from and to; one without a scheme counts, as it hides what follows."""
    hopeless = 0
    for name in range(start, stop):
        if name >= hopeless and (begin := _beginning(text, name, done)) is not None:
            name_end, hopeless = find_domain(text, name, _LABEL)
            if name_end:
                return begin, name, name_end
    return None


def _beginning(text: str, name: int, done: int) -> int | None:
    scheme = _SCHEME.search(text, max(done, name - len("gopher://")), name)
    for begin in (scheme.start(), name) if scheme else (name,):
        if (begin > done or begin == 0 or text[begin - 1] in _BLANKS) and not _NOT_BEFORE.match(text, begin - 1, begin):
            return begin
    return None


def _accepted(url: str, start: int, domain: str) -> Iterator[tuple[int, int]]:
    short = _SHORT_LINK.match(url)
    if short:
        url = short[0]
    possible, growth = _judge(domain)
    if possible and len(url) + growth <= LONGEST_URL and not (short and len(short[1]) > LONGEST_SLUG):
        yield start, start + len(url)


@lru_cache(maxsize=256)
def _judge(domain: str) -> tuple[bool, int]:
    """Whether each label of a domain could be registered, and by how much the whole grows in punycode."""
    labels = domain.split(".")
    return all(map(_is_possible, labels)), sum(encoded_length(label) - len(label) for label in labels)


def _is_possible(label: str) -> bool:
    """Whether a label could be registered; xn-- begins an encoded one only."""
    return 0 < encoded_length(label) <= LONGEST_LABEL and (label.isascii() or not label.lower().startswith("xn--"))
