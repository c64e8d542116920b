"""Tone: passages in a channel's voice, by rules that are safe or not applied at all.

Figures, names, addresses and other people's words stay as they are; whatever else changes is recorded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from publisher.craft.language import speak
from publisher.craft.sentences import sentences
from publisher.craft.typography import ADDRESSES, SHIELD, shielded, typeset
from publisher.craft.wording import find_signs, reword
from publisher.model import Change, Finding, Passage, Severity, Variant, Voice

_SIGN = (
    "(?:[\U0001f300-\U0001faff\U0001f004\U0001f0cf\U0001f18e\U0001f191-\U0001f19a\u231a\u231b\u23e9-\u23ec\u23f0\u23f3"
    "\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa"
    "\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u2b1b\u2b1c\u2b50\u2b55]"
    "|[\u203c-\u3299]\ufe0f|[\U0001f1e6-\U0001f1ff]{2}|[0-9#*]\ufe0f?\u20e3)[\ufe0f\U0001f3fb-\U0001f3ff]*"
)
_EMOJI = re.compile(rf"{_SIGN}(?:\u200d{_SIGN})*")
# After a stop at a line's end, or before a line's first word, an emoji stands for no word; a keycap is a number.
_LONE = rf"(?![0-9#*]\ufe0f?\u20e3){_EMOJI.pattern}"
_IDLE = re.compile(rf"(?<=[.!?…])[ \u00a0]*{_LONE}[ \u00a0]*(?=$|\n)|^{_LONE}[ \u00a0]+(?=\w)", re.M)
_EXCLAIMED = re.compile(r"([ \u00a0\u202f]?)([!?]*![!?]*)(?=$|\s)")
# What a voice has a number of: exclamation marks, and what may be an emoji.
_COUNTED = re.compile("[!\u20e3\u231a-\u2bff\ufe0f\U0001f000-\U0001faff]")
# Without one of these there is nothing to protect: a quick look before the slow one.
_TO_KEEP = re.compile(r'[@#$“«„"‘!\ue000./](?:(?<![./])|(?=[\w/]))')
_IN_QUOTES = r"“[^”]*”|«[^»]*»|„[^“]*“|\"[^\"]*\"|‘[^’]*’"


@dataclass(slots=True, kw_only=True)
class _Telling:
    """What one telling has used up of its voice's allowance, and what it changed."""

    voice: Voice
    language: str
    changes: list[Change] = field(default_factory=list)
    exclamations: int = 0
    emoji: int = 0


def tune(passages: Sequence[Passage], voice: Voice, language: str) -> tuple[tuple[Passage, ...], tuple[Change, ...]]:
    """The passages as this voice says them in that language, and each kind of change made.

    Quotes get typography only. An unknown language has no typography and no contractions.
    """
    telling = _Telling(voice=voice, language=language)
    prefer = tuple(voice.prefer.items()) if voice.prefer else ()
    signs = find_signs(voice.register, prefer, language)
    tuned = []
    for passage in passages:
        said, changes, low = _set(passage, language)
        telling.changes += changes
        if low is None:
            said = Passage(kind=said.kind, text=_count(said.text, telling))
        elif low and signs and any(map(low.__contains__, signs)):
            said, changes = _reword(said, voice.register, prefer, language)
            telling.changes += changes
        tuned.append(said)
    return tuple(tuned), tuple(dict.fromkeys(telling.changes)) if telling.changes else ()


@lru_cache(maxsize=1024)
def _set(passage: Passage, language: str) -> tuple[Passage, tuple[Change, ...], str | None]:
    """The passage typeset, what was changed, and its words in small letters; None where it has signs to count.

    This is the same for every voice. A quotation has no words to change.
    """
    text, changes = typeset(passage.text, language)
    said = Passage(kind=passage.kind, text=text) if changes else passage
    if passage.kind == "quote":
        return said, changes, ""
    counted = "!" in text or (not text.isascii() and _COUNTED.search(text))
    return said, changes, None if counted else text.lower()


@lru_cache(maxsize=512)
def _reword(
    passage: Passage, register: str, prefer: tuple[tuple[str, str], ...], language: str
) -> tuple[Passage, tuple[Change, ...]]:
    """The passage in the register's words, where nothing in it is counted, and what was changed."""
    text, made = passage.text, list[Change]()

    def rewrite(shown: str) -> str:
        new, found = reword(shown, register, prefer, language)
        made.extend(found)
        return new

    new = shielded(text, rewrite, _untouched(speak(language).keep)) if _TO_KEEP.search(text) else rewrite(text)
    return Passage(kind=passage.kind, text=new) if made else passage, tuple(made)


def _count(text: str, telling: _Telling) -> str:
    if _TO_KEEP.search(text):
        return shielded(text, lambda shown: _say(shown, telling), _untouched(speak(telling.language).keep))
    return _say(text, telling)


@cache
def _untouched(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join([_IN_QUOTES, ADDRESSES.pattern, *(rf"(?<!\w){re.escape(name)}" for name in names)]))


def _say(text: str, telling: _Telling) -> str:
    if "!" in text:
        text = _calm(text, telling)
    if not text.isascii():
        text = _thin(text, telling)
    voice = telling.voice
    text, changes = reword(text, voice.register, tuple(voice.prefer.items()), telling.language)
    telling.changes += changes
    return text


def _calm(text: str, telling: _Telling) -> str:
    """`text` with no more exclamation marks than the voice has left; the others become full stops."""

    def put(match: re.Match[str]) -> str:
        before, after = text[: match.start()].rstrip(), text[match.end() :].lstrip()
        if not before or after[:1].islower() or (match[1] and before.endswith(SHIELD)):
            return match[0]  # part of a name, of a sentence that goes on, or an address a stop would stick to
        new = _quieter(match, before, telling)
        if new != match[0]:
            telling.changes.append(Change(rule="exclamations", detail=f"{match[0].strip()} → {new.strip() or 'none'}"))
        return new

    return _EXCLAIMED.sub(put, text)


def _quieter(match: re.Match[str], before: str, telling: _Telling) -> str:
    if telling.exclamations < telling.voice.exclamations:
        telling.exclamations += 1
        return match[1] + re.sub("!+", "!", match[2])
    if "?" in match[2]:
        return f"{match[1]}?"
    return "" if before.endswith((".", "…", "!", "?")) else "."


def _thin(text: str, telling: _Telling) -> str:
    """`text` without the emoji above the voice's number, where they stand for no word."""
    over = telling.emoji + len(_EMOJI.findall(text)) - telling.voice.emoji
    while over > 0 and (idle := [*_IDLE.finditer(text)]):
        last = idle[-1]
        text = text[: last.start()] + text[last.end() :]
        telling.changes.append(Change(rule="emoji", detail=f"{last[0].strip()} → none"))
        over -= 1
    telling.emoji += len(_EMOJI.findall(text))
    return text


def check(variant: Variant) -> tuple[Finding, ...]:
    """What is not in this voice and could not be changed safely: words, signs; also in the author's own text."""
    texts = [variant.text] if variant.text is not None else [passage.text for passage in variant.passages]
    whole, voice = ADDRESSES.sub("", "\n\n".join(texts)), variant.voice
    found = [*_unwanted(whole, voice), *_careless(texts, voice, variant.language)]
    marks, emoji = whole.count("!"), 0 if whole.isascii() else len(_EMOJI.findall(whole))
    if marks > voice.exclamations:
        message = (
            f"{marks} exclamation mark{'s' if marks > 1 else ''} where this voice has at most {voice.exclamations}"
        )
        found.append(("exclamations", message, Severity.HINT))
    if emoji > voice.emoji:
        found.append(("emoji", f"{emoji} emoji where this voice has at most {voice.emoji}", Severity.HINT))
    return tuple(
        Finding(rule=rule, message=message, severity=severity, channel=variant.channel, hint="say it in other words")
        for rule, message, severity in found
    )


def _careless(texts: Sequence[str], voice: Voice, language: str) -> Iterable[tuple[str, str, Severity]]:
    """Words no careful writer of the language uses in this register, and sentences that run too long for it."""
    spoken = speak(language)
    whole = "\n".join(texts).replace("'", "’")
    for word in (*spoken.avoid.get("any", ()), *spoken.avoid.get(voice.register, ())):
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", whole, re.IGNORECASE):
            yield "wording", f"“{word}” is worn or out of this voice’s register", Severity.HINT
    most = spoken.longest.get(voice.register, 0)
    longest = max((len(one.split()) for text in texts for one in sentences(text, language)), default=0)
    if most and longest > most:
        yield "long-sentence", f"a sentence of {longest} words where {most} read well", Severity.HINT


def _unwanted(text: str, voice: Voice) -> Iterable[tuple[str, str, Severity]]:
    for word in (*voice.avoid, *voice.prefer):
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE):
            wanted = f"; it says “{voice.prefer[word]}”" if word in voice.prefer else ""
            severity = Severity.HINT if wanted else Severity.WARNING
            yield "wording", f"this voice does not say “{word}”{wanted}", severity
