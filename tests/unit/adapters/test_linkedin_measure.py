from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.linkedin.little import RESERVED, little, plain
from adapters.linkedin.measure import measure

TEXTS = st.text(alphabet=st.one_of(st.sampled_from(RESERVED + "ab:/ #\n"), st.characters(codec="utf-8")))


@given(TEXTS)
@settings(max_examples=150)
@example("{hashtag|\\#|tag}")
@example("@[Ac(me](urn:li:organization:1)")
@example("@[Acme [x]](urn:li:organization:1) #é_1 \\")
@example("see https://example.org/a_b#c(d) #End")
def test_little_text_reads_back_as_what_was_said(text: str) -> None:
    assert plain(little(text)) == text


@pytest.mark.parametrize("sign", RESERVED)
def test_every_reserved_character_is_escaped(sign: str) -> None:
    assert little(f"a {sign} b") == f"a \\{sign} b"
    assert plain(f"a {sign} b") == "a "


def test_hashtags_become_elements_and_numbers_do_not() -> None:
    assert little("#SocialMedia, #1 and #Été2026") == "{hashtag|\\#|SocialMedia}, \\#1 and {hashtag|\\#|Été2026}"


def test_a_mention_stays_a_mention_and_its_name_is_escaped() -> None:
    written = little("Thanks @[Acme *Co*](urn:li:organization:12)!")
    assert written == "Thanks @[Acme \\*Co\\*](urn:li:organization:12)!"
    assert plain(written) == "Thanks @[Acme *Co*](urn:li:organization:12)!"


def test_an_address_with_a_fragment_holds_no_hashtag() -> None:
    assert little("https://example.org/#top") == "https://example.org/\\#top"


def test_the_count_includes_escapes_and_counts_utf16_units() -> None:
    assert measure("abc").length == 3
    assert measure("(a)").length == 5
    assert measure("👩‍💻").length == 5
    assert measure("#ab").length == len("{hashtag|\\#|ab}")


def test_a_text_is_valid_up_to_3000() -> None:
    assert measure("a" * 3000).valid
    assert not measure("a" * 3001).valid
    assert not measure("_" * 1501).valid
    assert not measure("").valid


def test_entities_stand_in_order_and_do_not_overlap() -> None:
    text = "@[Acme](urn:li:organization:1) wrote https://example.org/a#b today. #Listening"
    found = [(entity.kind, entity.text) for entity in measure(text).entities]
    assert found == [
        ("mention", "@[Acme](urn:li:organization:1)"),
        ("url", "https://example.org/a#b"),
        ("hashtag", "#Listening"),
    ]
    assert all(text[entity.start : entity.end] == entity.text for entity in measure(text).entities)
