"""Wording: contractions and preferred words, exchanged only where the sentence around them stays right."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from publisher.craft.language import Language
from publisher.model import Change, Voice

_Allowed = Callable[[str, re.Match[str], str, Language], bool]

_SENTENCE_END = re.compile(r"[.!?…](?=\s|$)|\n|$")
_NEXT_WORD = re.compile(r"\s+(\w+)")
_LAST_WORD = re.compile(r"(\w+)[’\s]\s*$")
_STARTS = re.compile(r"(?:^|[.!?…:][”’)»\u00a0]*\s+|\n\s*)$")
_VOWELS = frozenset("aeiouyhàâäéèêëîïôöùûüœæ")


def reword(text: str, voice: Voice, language: Language) -> tuple[str, list[Change]]:
    """`text` in the words of this voice: contracted or spelt out by register, its preferred words put in."""
    changes: list[Change] = []
    for rule, table, allowed in _rules(voice, language):
        if pattern := _any_of(tuple(table)):
            text = pattern.sub(_exchange(text, rule, table, allowed, language, changes), text)
    return text, changes


def _rules(voice: Voice, language: Language) -> list[tuple[str, Mapping[str, str], _Allowed]]:
    if voice.register == "casual":
        by_register: list[tuple[str, Mapping[str, str], _Allowed]] = [("contractions", language.contract, _goes_on)]
    elif voice.register == "formal":
        by_register = [("contractions", language.expand, _always), ("contractions", language.negated, _is_statement)]
    else:
        by_register = []
    return [*by_register, ("prefer", voice.prefer, _is_plain)]


def _exchange(
    text: str, rule: str, table: Mapping[str, str], allowed: _Allowed, language: Language, changes: list[Change]
) -> Callable[[re.Match[str]], str]:
    low = {word.casefold(): new for word, new in table.items()}

    def put(match: re.Match[str]) -> str:
        old, new = match[0], table.get(match[0]) or low[match[0].casefold()]
        if old not in table and not (old.islower() or old == old[:1] + old[1:].lower() and _starts(text, match)):
            return old  # capitals inside a sentence are a name, and capitals throughout a shout
        if re.findall(r"\d", old) != re.findall(r"\d", new) or not allowed(text, match, new, language):
            return old
        new = new[:1].upper() + new[1:] if old not in table and not old.islower() else new
        changes.append(Change(rule=rule, detail=f"{old} → {new}"))
        return new

    return put


def _starts(text: str, match: re.Match[str]) -> bool:
    return bool(_STARTS.search(text[: match.start()]))


def _always(_text: str, _match: re.Match[str], _new: str, _language: Language) -> bool:
    return True


def _goes_on(text: str, match: re.Match[str], _new: str, _language: Language) -> bool:
    """Whether a word follows: no contraction ends a sentence."""
    return bool(re.match(" [a-z]", text[match.end() : match.end() + 2]))


def _is_statement(text: str, match: re.Match[str], _new: str, language: Language) -> bool:
    """Whether `not` may stand apart: not where verb and subject are turned round (isn’t it, don’t you)."""
    end, follows = _SENTENCE_END.search(text, match.end()), _NEXT_WORD.match(text, match.end())
    if (end and end[0] == "?") or (follows and follows[1].casefold() in language.subjects):
        return False
    return match[0].casefold() in language.orders or not _starts(text, match)


def _is_plain(text: str, match: re.Match[str], new: str, language: Language) -> bool:
    """Whether the word before may stay: a or an, le or l’ depend on the first sound of what follows."""
    before = _LAST_WORD.search(text[: match.start()])
    if not before or before[1].casefold() not in language.articles:
        return True
    first, then = match[0][0].lower(), new[:1].lower()
    return "h" not in {first, then} and (first in _VOWELS) == (then in _VOWELS)


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str] | None:
    if not words:
        return None
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w’'-])", re.IGNORECASE)
