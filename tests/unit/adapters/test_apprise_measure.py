from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.apprise.limits import LIMITS
from adapters.apprise.measure import measure
from adapters.apprise.names import described, name, spoken
from publisher.testing import media


def test_every_character_counts_as_one() -> None:
    assert measure("héllo 👋").length == 7
    assert measure("a" * 2000).valid
    assert not measure("a" * 2001).valid
    assert not measure("").valid


def test_addresses_are_found_without_their_punctuation() -> None:
    text = "Read https://example.org/a, then (https://example.org/b)."
    assert [text[entity.start : entity.end] for entity in measure(text).entities] == [
        "https://example.org/a",
        "https://example.org/b",
    ]


@pytest.mark.parametrize(("mime", "ending"), [("image/jpeg", ".jpg"), ("image/png", ".png"), ("image/webp", ".webp")])
def test_a_picture_is_called_what_it_shows(mime: str, ending: str) -> None:
    assert name(media(alt="A loop: listen/discuss\nadapt", mime=mime)) == f"A loop: listen discuss adapt{ending}"


@given(st.text(max_size=300))
@settings(max_examples=100)
def test_a_name_is_one_line_without_slashes_and_not_too_long(alt: str) -> None:
    called = name(replace(media(), alt=alt))
    assert not set("/\\\n\r\t\0") & set(called)
    assert len(described(media(alt=alt))) <= LIMITS.more["name"].value
    assert spoken(called) == described(media(alt=alt))
