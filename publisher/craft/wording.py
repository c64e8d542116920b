"""Wording: contractions and preferred words, exchanged only where the sentence around them stays right."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from publisher.craft.language import Language, speak
from publisher.model import Change

_Allowed = Callable[[str, re.Match[str], str, Language], bool]

_SENTENCE_END = re.compile(r"[.!?…](?=\s|$)|\n|$")
_NEXT_WORD = re.compile(r"\s+(\w+)")
_LAST_WORD = re.compile(r"(\w+)[’\s]\s*$")
_STARTS = re.compile(r"(?:^|[.!?…:][”’)»\u00a0]*\s+|\n\s*)$")
_VOWELS = frozenset("aeioàâäéèêëîïôöùûüœæ")


@dataclass(frozen=True, slots=True)
class _Rule:
    """A table of exchanges, by what was written and in lower case, and when one is allowed.

    `common` is in each of its words: a quick look for it spares most texts the slow search.
    """

    name: str
    common: str
    pattern: re.Pattern[str]
    exact: Mapping[str, str]
    low: Mapping[str, str]
    allowed: _Allowed


def reword(text: str, register: str, prefer: tuple[tuple[str, str], ...], code: str) -> tuple[str, list[Change]]:
    """`text` in such a voice's words: contracted or spelt out by register, its preferred words put in."""
    changes: list[Change] = []
    low = text.lower()
    for rule in _rules(register, prefer, code):
        if rule.common in low and rule.pattern.search(text):
            text = rule.pattern.sub(_exchange(text, rule, speak(code), changes), text)
    return text, changes


@cache
def find_signs(register: str, prefer: tuple[tuple[str, str], ...], code: str) -> tuple[str, ...]:
    """What a text in small letters must have one of, to have anything to reword: most are spared the slow look."""
    return tuple(rule.common for rule in _rules(register, prefer, code))


@cache
def _rules(register: str, prefer: tuple[tuple[str, str], ...], code: str) -> tuple[_Rule, ...]:
    language = speak(code)
    tables: list[tuple[str, Mapping[str, str], _Allowed]] = [("prefer", dict(prefer), _is_plain)]
    if register == "casual":
        tables += [("contractions", language.contract, _goes_on)]
    elif register == "formal":
        tables += [("contractions", language.expand, _always), ("contractions", language.negated, _is_statement)]
    return tuple(_rule(name, table, allowed) for name, table, allowed in tables if table)


def _rule(name: str, table: Mapping[str, str], allowed: _Allowed) -> _Rule:
    longest_first = sorted(table, key=len, reverse=True)
    words = "|".join(map(re.escape, longest_first))
    pattern = re.compile(rf"(?<![\w-])(?:{words})(?![\w’'-])", re.IGNORECASE)
    by_low = {word.casefold(): new for word, new in table.items()}
    return _Rule(name, _common(longest_first[-1].lower(), longest_first), pattern, table, by_low, allowed)


def _common(shortest: str, words: Sequence[str]) -> str:
    """The longest part of the shortest word that every word has."""
    starts = range(len(shortest))
    parts = {shortest[start:end] for start in starts for end in range(start + 1, len(shortest) + 1)}
    return max((part for part in parts if all(part in word.lower() for word in words)), key=len, default="")


def _exchange(text: str, rule: _Rule, language: Language, changes: list[Change]) -> Callable[[re.Match[str]], str]:
    def put(match: re.Match[str]) -> str:
        old, as_written = match[0], match[0] in rule.exact
        new = rule.exact[old] if as_written else rule.low.get(old.casefold(), old)
        if not as_written and not old.islower() and (not old[1:].islower() or not _starts(text, match)):
            return old  # capitals inside a sentence are a name, and capitals throughout a shout
        if re.findall(r"\d", old) != re.findall(r"\d", new) or not rule.allowed(text, match, new, language):
            return old
        new = new[:1].upper() + new[1:] if not as_written and not old.islower() else new
        changes.append(Change(rule=rule.name, detail=f"{old} → {new}"))
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
    first, then = _sound(match[0]), _sound(new)
    return first == then != ""


def _sound(word: str) -> str:
    """Whether the word begins with a vowel or a consonant, or nothing where its spelling does not tell."""
    low = word.lower()
    if low.startswith(("h", "u", "y", "eu", "on")):
        return ""
    return "vowel" if low[:1] in _VOWELS else "consonant"
