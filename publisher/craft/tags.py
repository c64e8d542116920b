"""Hashtags and people: the words that lead somewhere on a network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from publisher.model import Change

_JOINT = re.compile(r"[\s\-‐‑–_'’./&+]+")
_PERSON = re.compile(r"(?<![\w@/.])@(\w[\w-]*)(?![\w@]|[.-]\w)")


def camel_case(words: str) -> str:
    """The words as one tag a screen reader can read: `social media` is `SocialMedia`; empty where no tag can say it.

    Scripts without capitals have `_` between their words. A tag of figures alone links nowhere, and one that loses a
    sign (C++, C#) means something else.
    """
    parts = [part for part in _JOINT.split(words.strip().lstrip("#")) if part]
    tag = parts[0][:1].upper() + parts[0][1:] if parts else ""
    for part in parts[1:]:
        joint = "_" if _has_no_case(part[0]) and _has_no_case(tag[-1]) else ""
        tag += joint + part[:1].upper() + part[1:]
    letters = tag.replace("_", "")
    return tag if letters.isalnum() and not letters.isdigit() and not words.rstrip().endswith("+") else ""


def _has_no_case(sign: str) -> bool:
    return sign.isalpha() and sign.upper() == sign.lower()


def tag(keywords: Iterable[str]) -> tuple[str, ...]:
    """The keywords as tags without the sign, each once whatever its case."""
    found: dict[str, str] = {}
    for made in filter(None, map(camel_case, keywords)):
        found.setdefault(made.casefold(), made)
    return tuple(found.values())


def name(text: str, people: Mapping[str, Mapping[str, str]], channel: str, network: str) -> tuple[str, list[Change]]:
    """`text` with each `@person` of the project as that network writes them, or by name where it knows no handle."""
    changes: list[Change] = []

    def put(match: re.Match[str]) -> str:
        person = people.get(match[1])
        if person is None:
            return match[0]
        called = person.get(channel) or person.get(network) or person.get("name") or match[1]
        if called != match[0]:
            changes.append(Change(rule="people", detail=f"{match[0]} → {called}"))
        return called

    return (_PERSON.sub(put, text), changes) if people and "@" in text else (text, changes)
