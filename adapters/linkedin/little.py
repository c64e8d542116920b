"""LinkedIn's "little text": plain text with fifteen characters escaped, and elements for hashtags and mentions.

Source: https://learn.microsoft.com/linkedin/marketing/community-management/shares/little-text-format
"""

from __future__ import annotations

import re

RESERVED = "|{}@[]()<>#\\*_~"

URL = re.compile(r"(?<![\w/])(?i:https?)://[^\s<>\"“”«»]+[^\s<>\"“”«».,;:!?'’)\]}…]")
MENTION = re.compile(r"@\[(?P<name>[^\[\]()\n]+)\]\((?P<urn>urn:li:(?:person|organization):[\w-]+)\)")
TAG = re.compile(r"(?<![\w&/#])#(?P<tag>\w*[^\W\d_]\w*)")

_ELEMENT = re.compile(f"{URL.pattern}|{MENTION.pattern}|{TAG.pattern}")
_ESCAPES = str.maketrans({sign: "\\" + sign for sign in RESERVED})

_ESCAPED = r"(?:[^\\|{}@\[\]()<>#*_~]|\\.)"
_READ = re.compile(
    rf"\\(?P<sign>[{re.escape(RESERVED)}])|(?P<text>[^{re.escape(RESERVED)}]+)"
    rf"|\{{hashtag\|(?:\\)?[#＃]\|(?P<tag>{_ESCAPED}+)\}}|#(?P<bare>\w+)"
    rf"|@\[(?P<name>{_ESCAPED}+)\]\((?P<urn>urn:li:(?:person|organization):[\w-]+)\)",
    re.DOTALL,
)


def little(text: str) -> str:
    """The text as LinkedIn wants it: every reserved character escaped, hashtags and `@[Name](urn)` as its elements."""
    out, position = [], 0
    for match in _ELEMENT.finditer(text):
        out += [_escape(text[position : match.start()]), _element(match)]
        position = match.end()
    return "".join(out) + _escape(text[position:])


def plain(written: str) -> str:
    """What LinkedIn reads in little text, up to the first reserved character that is neither escaped nor an element's.

    LinkedIn is reported to answer 201 to such a text and to keep only what stands before that character.
    """
    out, position = [], 0
    while match := _READ.match(written, position):
        out.append(_spoken(match))
        position = match.end()
    return "".join(out)


def _escape(text: str) -> str:
    return text.translate(_ESCAPES)


def _element(match: re.Match[str]) -> str:
    if match["tag"]:
        return f"{{hashtag|\\#|{_escape(match['tag'])}}}"
    return f"@[{_escape(match['name'])}]({match['urn']})" if match["urn"] else _escape(match[0])


def _spoken(match: re.Match[str]) -> str:
    if match["urn"]:
        return f"@[{_unescape(match['name'])}]({match['urn']})"
    if match["tag"] or match["bare"]:
        return "#" + _unescape(match["tag"] or match["bare"])
    return match["sign"] or match["text"]


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
