"""Recognising a text after its network has had its way with it: marks stripped, links rewritten, spaces changed."""

from __future__ import annotations

import html
import re
import unicodedata

_TAG = re.compile(r"<(?:br|/p)\s*/?>|<[^>]+>")
_URL = re.compile(r"https?://\S+")
_SIGNS = re.compile(r"[\W_]+")


def without_markup(text: str) -> str:
    """The words of an HTML fragment, paragraphs and line breaks as spaces."""
    return html.unescape(_TAG.sub(lambda tag: " " if tag[0][1] in "b/" and tag[0] != "</a>" else "", text))


def same_words(ours: str, theirs: str) -> bool:
    """Whether two texts say the same, links, spaces, signs and letter case aside.

    Texts without words (a link, a sign) must be alike but for spaces; empty ones are never the same.
    """
    mine = _words(ours)
    if mine:
        return mine == _words(theirs)
    signs = "".join(ours.split())
    return bool(signs) and signs == "".join(theirs.split())


def digest_words(text: str) -> str:
    """A short digest that two texts share where they say the same; empty for an empty text."""
    import hashlib

    told = _words(text) or "".join(text.split())
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16] if told else ""


def has_words(text: str) -> bool:
    """Whether a text has anything but links, spaces and signs; one that has not may be shown otherwise than it was."""
    return bool(_words(text))


def _words(text: str) -> str:
    return _SIGNS.sub("", _URL.sub("", unicodedata.normalize("NFKC", text))).casefold()
