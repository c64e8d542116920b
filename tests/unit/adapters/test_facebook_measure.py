from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.facebook.limits import LIMITS
from adapters.facebook.measure import measure


def test_an_address_counts_in_full() -> None:
    assert measure("https://example.org/guide").length == 25


def test_the_limit_is_the_last_length_that_is_valid() -> None:
    assert measure("a" * LIMITS.text.value).valid
    assert not measure("a" * (LIMITS.text.value + 1)).valid
    assert not measure("").valid


def test_a_hashtag_inside_an_address_is_part_of_the_address() -> None:
    found = measure("See https://example.org/#top, @tidewater. and #Été2026!").entities
    assert [(entity.kind, entity.text) for entity in found] == [
        ("url", "https://example.org/#top"),
        ("mention", "@tidewater"),
        ("hashtag", "#Été2026"),
    ]


def test_an_e_mail_address_mentions_nobody() -> None:
    assert measure("write to us@example.org").entities == ()


@settings(max_examples=60)
@given(st.text(max_size=80))
def test_entities_stand_where_they_say(text: str) -> None:
    measured = measure(text)
    assert measured.length == len(text)
    assert all(text[entity.start : entity.end] == entity.text for entity in measured.entities)
