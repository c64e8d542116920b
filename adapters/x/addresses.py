"""Where X sees addresses in a text, with or without https://: the rules of twitter-text 3, read 2026-11.

A domain is found by its labels and the list of top-level domains; a name without https:// counts only in its ASCII
and Latin part, so that `日本語example.com日本語` holds one address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LONGEST_URL, LONGEST_LABEL, LONGEST_SLUG = 4096, 63, 40

_DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_NONCHARACTERS = "\ufffe\ufeff\uffff"
_SPACES = "\t-\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_NOT_IN_LABELS = r"!'#%&()*+,\\./:;<=>?@\[\]^{|}~$" + _SPACES + _NONCHARACTERS + _DIRECTIONS
LATIN = (
    "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b"
    "\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_PATH_END = rf"a-zA-Z0-9\u0400-\u04ff{LATIN}+\-=_#/"
_PATH = rf"[{_PATH_END}!*';:,.$%\[\]\u2013~@|&]"
_PARENS = rf"(?:\((?:{_PATH}+|{_PATH}*\({_PATH}+\){_PATH}*)\))"
_QUERY = r"\?[a-zA-Z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-zA-Z0-9\-_&=#/]"

# A run of labels and dots; only one with a dot inside is worth a look.
_RUN = re.compile(rf"[^{_NOT_IN_LABELS.replace('.', '')}]+")
_LABEL = re.compile(rf"[^-_{_NOT_IN_LABELS}](?:[^{_NOT_IN_LABELS}]*[^-_{_NOT_IN_LABELS}])?\.")
_NAME_END = r"(?![A-Za-z0-9@+-])"
_ASCII_TLD = re.compile(rf"[A-Za-z0-9]+{_NAME_END}")
_PUNYCODE_TLD = re.compile(r"[xX][nN]--[-0-9A-Za-z]+")
_CLOSED = re.compile(_NAME_END)
_PROTOCOL = re.compile(r"https?://\Z", re.IGNORECASE | re.ASCII)
_AFTER_NAME = re.compile(rf"(?::[0-9]+)?(?P<path>/(?:(?:{_PATH}|{_PARENS})*[{_PATH_END}])?{_PARENS}*)?(?:{_QUERY})?")
_LATIN_LABELS = re.compile(rf"(?:[-a-zA-Z0-9{LATIN}]+\.)+")
_SHORT_LINK = re.compile(rf"https?://t\.co/([a-zA-Z0-9]+)(?:{_QUERY})?", re.IGNORECASE | re.ASCII)
_NOT_BEFORE = re.compile(rf"[A-Za-z0-9@＠$#＃{_NONCHARACTERS}]")
_DOTS = re.compile("[。．｡]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
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
            while found := _first(text, max(run.start(), done), run.end(), done):
                done = found.end
                yield from _accepted(text, found)


def has_protocol(url: str) -> bool:
    """Whether an address found by `addresses` was written with http:// or https://."""
    return url[:8].lower().startswith(("http://", "https://"))


def _first(text: str, start: int, stop: int, done: int) -> _Found | None:
    hopeless = 0
    for name in _starts(text, start, stop):
        if (not name or name >= hopeless) and (beginning := _beginning(text, name, done)):
            name_end, hopeless = _domain(text, name)
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
        if text[position] > "\uffff" or not text[position - 1].isascii() or text[position - 1] in '-_."`\x7f':
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


def _domain(text: str, start: int) -> tuple[int, int]:
    """Where the longest domain that begins at `start` ends, or 0; and before where no other can begin."""
    dots, position = [], start
    while label := _LABEL.match(text, position):
        # The last label before the top-level domain has no underscore; those before it may.
        dots.append((label.end(), "_" not in label[0]))
        position = label.end()
    ends = [(end, fits) for dot, fits in reversed(dots) if (end := _tld_end(text, dot))]
    return next((end for end, fits in ends if fits), 0), 0 if ends else position


def _tld_end(text: str, start: int) -> int:
    known, longest = _top_level_domains()
    short = _ASCII_TLD.match(text, start)
    if short and short[0].lower() in known:
        return short.end()
    if not text[start : start + longest].isascii():
        for end in range(min(start + longest, len(text)), start, -1):
            if text[start:end].lower() in known and _CLOSED.match(text, end):
                return end
    encoded = _PUNYCODE_TLD.match(text, start)
    return encoded.end() if encoded else 0


@cache
def _top_level_domains() -> tuple[frozenset[str], int]:
    lines = files(__package__ or "adapters.x").joinpath("tlds.txt").read_text(encoding="utf-8").splitlines()
    known = frozenset(line for line in lines if not line.startswith("#"))
    return known, max(len(name) for name in known if not name.isascii())


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
        end = next((end for dot in reversed(dots) if (end := _tld_end(domain, labels.start() + dot))), 0)
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
    return units <= LONGEST_URL and all(0 < _encoded_length(label) <= LONGEST_LABEL for label in domain.split("."))


def _encoded_length(label: str) -> int:
    pieces = _DOTS.split(label)
    return (
        len(pieces)
        - 1
        + sum(len(piece) if piece.isascii() else len("xn--") + len(piece.encode("punycode")) for piece in pieces)
    )
