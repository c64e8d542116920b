from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.craft.graphemes import clusters, count
from publisher.craft.split import split
from publisher.errors import Unsupported


def numbered(i: int, n: int) -> str:
    return f" {i}/{n}"


def test_a_text_that_fits_is_one_message_without_a_number() -> None:
    assert split("Short. Text.", 20, len, number=numbered) == ("Short. Text.",)


def test_paragraphs_stay_whole_where_they_can() -> None:
    assert split("One. Two.\n\nThree. Four. Five.", 20, len) == ("One. Two.", "Three. Four. Five.")


def test_a_long_paragraph_is_cut_at_sentence_ends() -> None:
    assert split("Mr. Smith is here. He waits. We go.", 20, len) == ("Mr. Smith is here.", "He waits. We go.")


def test_a_long_sentence_is_cut_at_a_comma_then_at_a_space() -> None:
    assert split("one two three, four five six", 20, len) == ("one two three,", "four five six")
    assert split("one two three four", 9, len) == ("one two", "three", "four")


def test_lines_of_a_list_stay_whole() -> None:
    assert split("• one two\n• three four\n• five", 20, len) == ("• one two", "• three four\n• five")


def test_the_number_is_counted() -> None:
    parts = split("Aaa bbb. Ccc ddd. Eee fff. Ggg hhh.", 14, len, number=numbered)
    assert parts == ("Aaa bbb. 1/4", "Ccc ddd. 2/4", "Eee fff. 3/4", "Ggg hhh. 4/4")


def test_ten_parts_and_more_make_room_for_two_digits() -> None:
    parts = split(" ".join(["word."] * 30), 11, len, number=numbered)
    assert all(len(part) <= 11 for part in parts)
    assert parts[-1].endswith(f" {len(parts)}/{len(parts)}")


@pytest.mark.parametrize(
    "token", ["https://example.org/a-very-long-address", "#AVeryLongHashtagIndeed", "👩‍👩‍👧‍👦" * 12]
)
def test_what_cannot_be_cut_is_refused_by_name(token: str) -> None:
    with pytest.raises(Unsupported, match=re.escape(token)) as refusal:
        split(f"See {token} now", 10, count)
    assert "text:" in refusal.value.hint


def test_a_no_break_space_is_never_cut() -> None:
    assert split("Quoi\u00a0? Bien sûr\u00a0!", 8, len, language="fr") == ("Quoi\u00a0?", "Bien", "sûr\u00a0!")


def test_an_accent_on_a_space_stays_on_it() -> None:
    with pytest.raises(Unsupported):
        split("abc \u0301de fg", 4, count)


def test_chinese_is_cut_at_its_own_stops() -> None:
    assert split("你好吗，朋友。再见。", 7, len, language="zh") == ("你好吗，朋友。", "再见。")


_TOKENS = st.sampled_from(
    [
        "We",
        "listen.",
        "Mr.",
        "@acme",
        "#Tag",
        "https://a.b/c,d",
        "no,",
        "3.5",
        "👩‍👩‍👧",
        "e\u0301t\u0301",
        "Oui\u00a0!",
        "so;",
        "•",
    ]
)
_JOINTS = st.sampled_from([" ", " ", " ", "\n", "\n\n"])
_TEXTS = st.lists(st.tuples(_TOKENS, _JOINTS), min_size=1, max_size=40).map(
    lambda pairs: "".join(token + joint for token, joint in pairs).strip()
)


@given(_TEXTS, st.integers(24, 60), st.booleans(), st.sampled_from([len, count]))
@settings(max_examples=300)
def test_a_thread_loses_no_word_and_cuts_none(text: str, limit: int, with_numbers: bool, length: object) -> None:
    measure = len if length is len else count
    parts = split(text, limit, measure, number=numbered if with_numbers else None)
    assert all(measure(part) <= limit for part in parts)
    said = [re.sub(r" \d+/\d+$", "", part) for part in parts] if with_numbers and len(parts) > 1 else list(parts)
    assert [word for part in said for word in re.split("[ \n]+", part)] == re.split("[ \n]+", text)


@given(st.text(st.characters(exclude_categories=["Cs", "Cf"]), max_size=120), st.integers(1, 40))
@settings(max_examples=300)
def test_any_text_is_split_between_graphemes_or_refused(text: str, limit: int) -> None:
    try:
        parts = split(text, limit, count)
    except Unsupported:
        return
    assert all(count(part) <= limit for part in parts)
    left = re.sub(r"[ \t\r\n\u3000]", "", text.strip())
    assert re.sub(r"[ \t\r\n\u3000]", "", "".join(parts)) == left
    spaced = [cluster for part in parts for cluster in clusters(part) if not cluster.isspace()]
    assert "".join(spaced) == "".join(cluster for cluster in clusters(text) if not cluster.isspace())
