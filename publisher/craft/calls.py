"""Calls to action: what a post asks of its readers, by its objective, in the words of the voice that asks."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from publisher.craft.language import Language, speak
from publisher.model import Material, Post, Voice

_WORDS = re.compile(r"[^\W\d_]+")


def call_for(post: Post, voice: Voice, place: int, room: float) -> str:
    """The call of the post's objective, one of several by the channel's `place`; nothing where it has no room."""
    address = voice.address
    if speak(post.language).addressed:
        address = _addressed(post.material, post.language) or address
    calls = _calls(post.language, post.objective, address, voice.register, voice.person)
    call = calls[place % len(calls)] if calls else ""
    return call if len(call) <= room else ""


@cache
def _calls(code: str, objective: str, address: str, register: str, person: str) -> tuple[str, ...]:
    """The calls of such a voice; one who says I says none that speaks of us, as long as there is another."""
    spoken = speak(code)
    forms = spoken.calls.get(objective, {})
    wanted = (f"{address}-{register}", address, register, "any")
    told = next((forms[form] for form in wanted if form in forms), ())
    calls = tuple(call.replace("{us}", spoken.persons.get(person, "")) for call in told)
    others = {word for other, us in spoken.persons.items() if other != person for word in (other.casefold(), us)}
    return tuple(call for call in calls if others.isdisjoint(_WORDS.findall(call.casefold()))) or calls


@lru_cache(maxsize=16)
def _addressed(material: Material, code: str) -> str:
    return addressed(material, speak(code))


def addressed(material: Material, language: Language) -> str:
    """How the post itself addresses its readers, where it does so in one way only; a quotation is somebody else's."""
    if not language.addressed:
        return ""
    texts = (material.hook, *material.story, *material.points, material.question, material.call)
    words = {word.casefold() for text in texts for word in _WORDS.findall(text)} - language.unaddressed
    found = [address for address, signs in language.addressed.items() if _shows(words, signs)]
    return found[0] if len(found) == 1 else ""


def _shows(words: set[str], signs: frozenset[str]) -> bool:
    endings = tuple(sign[1:] for sign in signs if sign.startswith("-"))
    return not words.isdisjoint(signs) or (bool(endings) and any(word.endswith(endings) for word in words))
