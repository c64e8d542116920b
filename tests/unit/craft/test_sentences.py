from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.craft.sentences import ends, sentences


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ["Mr. Smith paid 3.14 to Dr. J. R. Doe.", "He left."]),
        ("en", ["See e.g. the U.S. Senate, etc. and so on.", "Then go."]),
        ("en", ["It costs $9.99.", "No. 5 is out."]),
        ("en", ["It was I.", "Then we spoke."]),
        ("en", ["We open at 9 a.m.", "Come early."]),
        ("en", ["Open https://example.org/a.b?c=d!e today.", "https://example.org/two is new."]),
        ("en", ["Really?!", "Yes…", "(No.)", "“Never.”", "Ok"]),
        ("en", ["Yahoo! is a name.", "So is e.l.f. here."]),
        ("en", ["1. First we listen.", "2. Then we speak."]),
        ("fr", ["M. Dupont et Mme. Petit arrivent.", "Il est 9 h."]),
        ("fr", ["Il crie : « Bravo\u00a0!\u00a0»", "Puis il part."]),
        ("fr", ["J.-C. Martin arrive à 20 h.", "Enfin."]),
        ("fr", ["Cf. art. 3, p. 12 et av. J.-C. pour voir.", "Fin."]),
        ("xx", ["Even here.", "It works."]),
        ("en", ["one…", "Two... three", "four"]),
    ],
)
def test_a_sentence_ends_where_a_reader_would_end_it(language: str, parts: list[str]) -> None:
    text = " ".join(parts)
    if "four" in parts:
        text = text.replace(" four", "\nfour")
    assert sentences(text, language) == tuple(parts)


def test_chinese_and_japanese_sentences_need_no_space() -> None:
    assert sentences("你好。再见！好", "zh") == ("你好。", "再见！", "好")


def test_a_sentence_goes_on_after_what_it_quotes() -> None:
    asked = "「部品はどこで買えますか？」と尋ねられました。"
    assert sentences(asked + "答えはありました。", "ja") == (asked, "答えはありました。")
    assert sentences("「はい。」そして帰った。", "ja") == ("「はい。」", "そして帰った。")


_WORDS = st.lists(
    st.sampled_from(
        ["We", "go.", "Mr.", "e.g.", "“No!”", "3.5", "so…", "M.", "end?", "https://a.b/c.", "🎉", "I.", "x", "!"]
    ),
    max_size=15,
)


@given(_WORDS, st.sampled_from(["en", "fr", "de"]))
@settings(max_examples=200)
def test_joined_by_spaces_the_sentences_are_the_text(words: list[str], language: str) -> None:
    text = " ".join(words)
    assert " ".join(sentences(text, language)) == text


@given(st.text(max_size=60))
@settings(max_examples=200)
def test_the_ends_rise_to_the_length_of_the_text(text: str) -> None:
    found = ends(text)
    assert list(found) == sorted(set(found))
    assert not text or found[-1] == len(text)
