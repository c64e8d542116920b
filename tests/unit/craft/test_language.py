from __future__ import annotations

from dataclasses import fields

import pytest

from publisher.craft.calls import addressed
from publisher.craft.language import Language, speak
from publisher.model import Material

OBJECTIVES = {"community", "interaction", "awareness", "recruiting", "selling", "ideas"}


@pytest.mark.parametrize("code", ["en", "fr"])
def test_a_pack_has_calls_for_every_objective_and_form_of_address(code: str) -> None:
    spoken = speak(code)
    assert set(spoken.calls) == OBJECTIVES
    forms = {tuple(sorted(by_address)) for by_address in spoken.calls.values()}
    assert len(forms) == 1
    assert all(len(set(calls)) >= 4 for by_address in spoken.calls.values() for calls in by_address.values())
    assert set(spoken.persons) == {"we", "I"}


def test_french_says_the_same_to_one_as_to_many() -> None:
    forms = {"vous-formal", "vous", "vous-casual", "tu", "tu-casual"}
    assert all(set(by_form) == forms for by_form in speak("fr").calls.values())


def test_english_asks_in_every_register() -> None:
    assert all(set(by_form) == {"formal", "neutral", "casual"} for by_form in speak("en").calls.values())


def test_formal_calls_have_no_contractions_and_none_shouts() -> None:
    for spoken in (speak("en"), speak("fr")):
        assert not any("!" in call for forms in spoken.calls.values() for calls in forms.values() for call in calls)
    assert not any("’" in call for forms in speak("en").calls.values() for call in forms["formal"])


def test_french_calls_address_readers_as_they_say_they_do() -> None:
    for forms in speak("fr").calls.values():
        for form, calls in forms.items():
            for call in calls:
                assert addressed(Material(hook=call), speak("fr")) in {"", form.partition("-")[0]}, call


def test_english_spells_out_what_it_contracts() -> None:
    spoken = speak("en")
    assert {short: long for long, short in spoken.contract.items()} == spoken.negated
    assert spoken.orders <= set(spoken.negated)


@pytest.mark.parametrize("code", ["en", "fr"])
def test_abbreviations_are_written_without_their_last_stop_in_lower_case(code: str) -> None:
    spoken = speak(code)
    for word in (
        *spoken.titles,
        *spoken.numbered,
        *spoken.closing,
        *spoken.leaning,
        *spoken.subjects,
        *spoken.articles,
    ):
        assert word == word.casefold().rstrip(".")


def test_a_region_speaks_its_language() -> None:
    assert speak("fr-CA") is not speak("xx")
    assert speak("fr-CA") == speak("fr_BE") == speak("fr")


@pytest.mark.parametrize("code", ["", "xx", "tlh", "../en", "e n"])
def test_an_unknown_language_has_an_empty_pack(code: str) -> None:
    assert all(getattr(speak(code), field.name) == getattr(Language(), field.name) for field in fields(Language))
