"""What renders measure quickly, line by line, is what their networks' own counts say of the whole text."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adapters.linkedin import render as linkedin
from adapters.linkedin.measure import measure as measure_on_linkedin
from adapters.mastodon import render as mastodon
from adapters.mastodon.measure import measure as measure_on_mastodon
from adapters.x import render as x
from adapters.x.measure import weigh

_PIECES = st.sampled_from(
    [
        *"a1é漢 .,:/\n(*_#@",
        "é",
        "\u0301",
        "👩\u200d👩",
        "https://a.example/b",
        "a.example",
        "@me",
        "@me@a.example",
        "#tag",
        "1.5",
    ]
)
_TEXTS = st.lists(_PIECES, max_size=20).map("".join)


@given(_TEXTS)
@settings(max_examples=150)
def test_linkedin_counts_no_line_by_its_neighbours(text: str) -> None:
    assert linkedin._length(text) == measure_on_linkedin(text).length


@given(_TEXTS)
@settings(max_examples=150)
def test_mastodon_counts_no_line_by_its_neighbours(text: str) -> None:
    assume(text.strip())  # nothing but blanks counts as nothing, and is never sent
    assert mastodon._length(text) == measure_on_mastodon(text).length


@given(_TEXTS)
@settings(max_examples=150)
def test_on_x_a_text_without_addresses_weighs_the_same_with_commas(text: str) -> None:
    assert x.weigh(text) == weigh(text)
