"""Calls to action: what a post asks of its readers, by its objective, in the words of the voice that asks."""

from __future__ import annotations

import re

from publisher.craft.language import Language, speak
from publisher.model import Material, Post, Voice

_WORDS = re.compile(r"[^\W\d_]+")


def call_for(post: Post, voice: Voice, place: int, room: float) -> str:
    """The call of the post's objective, one of several by the channel's `place`; nothing where it has no room."""
    spoken = speak(post.language)
    forms = spoken.calls.get(post.objective, {})
    address = addressed(post.material, spoken) or voice.address
    wanted = (f"{address}-{voice.register}", address, voice.register, "any")
    calls = next((forms[form] for form in wanted if form in forms), ())
    if not calls:
        return ""
    call = calls[place % len(calls)].replace("{us}", spoken.persons.get(voice.person, ""))
    return call if len(call) <= room else ""


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
