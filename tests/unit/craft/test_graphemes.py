from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.craft.graphemes import clusters, count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("abc", 3),
        ("a\r\nb", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("👩‍👩‍👧‍👦", 1),
        ("🇫🇷🇩🇪", 2),
        ("👍🏽", 1),
        ("각", 1),
    ],
)
def test_a_reader_s_character_counts_as_one(text: str, expected: int) -> None:
    assert count(text) == expected


@given(st.text())
@settings(max_examples=200)
def test_the_count_is_that_of_the_clusters_and_the_clusters_are_the_text(text: str) -> None:
    assert count(text) == len(clusters(text))
    assert "".join(clusters(text)) == text


@given(st.text(alphabet="aé–’…€\u00a0\r\n\u2060中文\u0301\u200d🎉я", max_size=20))
@settings(max_examples=200)
def test_the_quick_count_agrees_with_the_exact_one(text: str) -> None:
    assert count(text) == len(clusters(text))
