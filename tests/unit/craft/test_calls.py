from __future__ import annotations

import pytest
from msgspec.structs import replace

from publisher.craft.calls import call_for
from publisher.craft.language import speak
from publisher.model import Material, Post, Voice

POST = Post(id="p", path="p.md", digest="0", objective="recruiting", material=Material(hook="The job is open."))
OBJECTIVES = ("community", "interaction", "awareness", "recruiting", "selling", "ideas")
FORMS = [(address, register) for address in ("vous", "tu") for register in ("formal", "neutral", "casual")]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_one_who_says_i_never_speaks_of_us(language: str, objective: str) -> None:
    post = replace(POST, objective=objective, language=language)
    for address, register in FORMS:
        for place in range(4):
            call = call_for(post, Voice(register=register, person="I", address=address), place, 280)
            assert call
            assert not {"we", "us", "our", "nous", "notre", "nos"} & set(call.casefold().replace("-", " ").split())
            assert "{" not in call


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_neighbouring_channels_ask_in_different_words(language: str, objective: str) -> None:
    post = replace(POST, objective=objective, language=language)
    for address, register in FORMS:
        voice = Voice(register=register, address=address)
        assert len({call_for(post, voice, place, 280) for place in range(4)}) == 4


def test_the_post_s_own_way_of_addressing_its_readers_wins() -> None:
    post = replace(POST, language="fr", material=Material(hook="Ton prochain poste est ici."))
    assert "Écris-nous" in call_for(post, Voice(register="neutral", address="vous"), 1, 280)


def test_no_call_is_cut_to_its_room() -> None:
    assert call_for(POST, Voice(), 0, 5) == ""


def test_an_objective_or_a_language_without_calls_has_none() -> None:
    assert call_for(replace(POST, objective="odd"), Voice(), 0, 280) == ""
    assert call_for(replace(POST, language="tlh"), Voice(), 0, 280) == ""


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_call_ends_as_a_sentence(language: str) -> None:
    calls = [call for forms in speak(language).calls.values() for told in forms.values() for call in told]
    assert [call for call in calls if not call.endswith((".", "?"))] == []
