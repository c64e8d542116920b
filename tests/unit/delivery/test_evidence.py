"""Words as a network is asked for them: two texts are the same for a look exactly where their digests are."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.delivery.evidence import digest_words, same_words

pieces = st.sampled_from(
    ["Read", "read", " this", "\n", "…", "!", " https://example.org/a", " https://example.org/b", "é"]
)
texts = st.lists(pieces, max_size=4).map("".join)


@settings(max_examples=200)
@given(texts, texts)
def test_two_texts_have_one_digest_where_they_say_the_same(one: str, other: str) -> None:
    alike = bool(digest_words(one)) and digest_words(one) == digest_words(other)
    assert alike == same_words(one, other)
