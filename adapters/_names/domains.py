"""Domains: labels and dots before a known top-level domain, by the rules of twitter-text 3.1.0, read 2026-11."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

LATIN = (
    "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b"
    "\u02bb\u0300-\u036f\u1e00-\u1eff"
)
DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
NONCHARACTERS = "\ufffe\ufeff\uffff"
SPACES = "\t-\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
NOT_IN_LABELS = r"!'#%&()*+,\\./:;<=>?@\[\]^{|}~$" + SPACES + NONCHARACTERS + DIRECTIONS
LONGEST_LABEL = 63

_NAME_END = r"(?![A-Za-z0-9@+-])"
_ASCII_TLD = re.compile(rf"[A-Za-z0-9]+{_NAME_END}")
_PUNYCODE_TLD = re.compile(r"[xX][nN]--[-0-9A-Za-z]+")
_CLOSED = re.compile(_NAME_END)
_DOTS = re.compile("[。．｡]")
_PLAIN = re.compile(
    r"https?://(?!t\.co/)(?:(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,9}(?P<ending>[a-z]+)(?:/[a-z0-9/-]{0,999})?"
)


def compile_label(but: str = "") -> re.Pattern[str]:
    """A label and the dot behind it: any character but those and `but`, and neither - nor _ at its ends."""
    inside = NOT_IN_LABELS + but
    return re.compile(rf"[^-_{inside}](?:[^{inside}]*[^-_{inside}])?\.")


def compile_run(but: str = "") -> re.Pattern[str]:
    """A run of labels and dots; only one with a dot inside is worth a look."""
    return re.compile(rf"[^{NOT_IN_LABELS.replace('.', '')}{but}]+")


def is_plain_address(line: str) -> bool:
    """Whether a line is a web address of which no network says anything special: a quick look that spares most links.

    Where the line stands alone or after others, all of it is one address.
    """
    plain = _PLAIN.fullmatch(line)
    return plain is not None and plain["ending"] in _top_level_domains()[0]


def find_domain(text: str, start: int, label: re.Pattern[str]) -> tuple[int, int]:
    """Where the longest domain that begins at `start` ends, or 0; and before where no other can begin."""
    dots, position = [], start
    while match := label.match(text, position):
        # The last label before the top-level domain has no underscore; those before it may.
        dots.append((match.end(), "_" not in match[0]))
        position = match.end()
    found = False
    for dot, fits in reversed(dots):
        end = find_tld(text, dot)
        found = found or end > 0
        if end and fits:
            return end, 0
    return 0, 0 if found else position


def find_tld(text: str, start: int) -> int:
    """Where the top-level domain that begins at `start` ends; 0 where none begins."""
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


def encoded_length(label: str) -> int:
    """How long a label is in punycode, as it is registered."""
    pieces = _DOTS.split(label)
    encoded = (piece if piece.isascii() else "xn--" + piece.encode("punycode").decode() for piece in pieces)
    return len(pieces) - 1 + sum(map(len, encoded))


@cache
def _top_level_domains() -> tuple[frozenset[str], int]:
    lines = files(__package__ or "adapters._names").joinpath("tlds.txt").read_text(encoding="utf-8").splitlines()
    known = frozenset(line for line in lines if not line.startswith("#"))
    return known, max(len(name) for name in known if not name.isascii())
