"""Extended grapheme clusters: what a reader calls one character (Unicode annex 29)."""

from __future__ import annotations

import re

# Every one of these is a cluster by itself whatever stands beside it (within the set), except CR LF.
_PLAIN = re.compile("[\x00-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u202f-\u205f\u20a0-\u20bf\u4e00-\u9fff]*")


def count(text: str) -> int:
    """How many grapheme clusters `text` has."""
    if text.isascii() or _PLAIN.fullmatch(text):
        return len(text) - text.count("\r\n") if "\r" in text else len(text)
    return len(clusters(text))


def clusters(text: str) -> list[str]:
    """The grapheme clusters of `text`, in order; joined they are `text` again."""
    import regex

    return regex.findall(r"\X", text)
