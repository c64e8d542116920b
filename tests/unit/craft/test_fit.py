from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.craft.fit import by_line, fit
from publisher.craft.layout import hashtags, lay_out
from publisher.craft.sentences import sentences
from publisher.errors import Unsupported
from publisher.model import Change, Passage


def passage(text: str, kind: str = "hook") -> Passage:
    return Passage(kind=kind, text=text)


def test_points_in_a_row_are_a_list_and_the_rest_are_paragraphs() -> None:
    passages = [passage("Lead."), passage("one", "point"), passage("two", "point"), passage("Why?", "question")]
    assert lay_out(passages, "–") == "Lead.\n\n– one\n– two\n\nWhy?"


def test_a_point_alone_is_a_paragraph() -> None:
    assert lay_out([passage("one", "point"), passage("Why?", "question")]) == "one\n\nWhy?"


def test_without_bullets_points_are_bare_lines() -> None:
    assert lay_out([passage("one", "point"), passage("two", "point")], "", opens=False) == "one\ntwo"


def test_a_point_that_leads_is_a_paragraph_before_the_list() -> None:
    points = [passage(text, "point") for text in ("one", "two", "three")]
    assert lay_out(points) == "one\n\n• two\n• three"
    assert lay_out(points, opens=False) == "• one\n• two\n• three"


@given(st.lists(st.text(max_size=20), max_size=5).map("\n".join))
def test_lines_measured_one_by_one_make_up_the_whole(text: str) -> None:
    assert by_line(len)(text) == len(text)


def test_hashtags_stand_on_one_line() -> None:
    assert hashtags(["SocialMedia", "Agile"]) == "#SocialMedia #Agile"


def test_what_fits_is_kept_as_it_is() -> None:
    passages = (passage("Lead."), passage("More.", "story"))
    assert fit(passages, 12, len).passages == passages
    assert fit(passages, 12, len).omitted == ()


def test_a_later_passage_is_shortened_by_whole_sentences_and_the_rest_is_told() -> None:
    fitted = fit([passage("Lead."), passage("One two. Three four.", "story")], 16, len)
    assert lay_out(fitted.passages) == "Lead.\n\nOne two."
    assert fitted.omitted == (Change(rule="fit", detail="Three four."),)


def test_a_long_lead_is_shortened_before_it_is_given_up() -> None:
    assert fit([passage("One two. Three four.")], 10, len).passages == (passage("One two."),)


def test_a_story_broken_off_is_not_taken_up_again_but_the_question_is_asked() -> None:
    story = [
        passage("Lead."),
        passage("A long one indeed.", "story"),
        passage("B.", "story"),
        passage("Why?", "question"),
    ]
    fitted = fit(story, 14, len)
    assert [kept.text for kept in fitted.passages] == ["Lead.", "Why?"]
    assert [change.detail for change in fitted.omitted] == ["A long one indeed.", "B."]


def test_a_quotation_is_never_shortened() -> None:
    with pytest.raises(Unsupported, match="quote"):
        fit([passage("“One. Two.”", "quote")], 6, len)


def test_a_lead_without_room_says_what_to_do() -> None:
    with pytest.raises(Unsupported, match="takes 10 where 5 is left") as refusal:
        fit([passage("Much more. Still.")], 5, len)
    assert "text:" in refusal.value.hint


def test_nothing_to_say_fits_anywhere() -> None:
    assert fit([], 0, len).passages == ()


_KINDS = st.sampled_from(["hook", "point", "quote", "figure", "question", "story", "call"])
_TEXTS = st.lists(st.sampled_from(["We go.", "Mr. X left!", "Why?", "Three of 4 did."]), min_size=1, max_size=4).map(
    " ".join
)
_PASSAGES = st.lists(st.builds(Passage, kind=_KINDS, text=_TEXTS), min_size=1, max_size=7)


@given(_PASSAGES, st.integers(0, 120))
@settings(max_examples=300)
def test_what_is_kept_fits_and_what_is_not_is_listed(passages: list[Passage], room: int) -> None:
    lead = passages[0]
    least = len(lead.text if lead.kind in {"quote", "question", "call"} else sentences(lead.text)[0])
    if room < least:
        with pytest.raises(Unsupported):
            fit(passages, room, len)
        return
    fitted = fit(passages, room, len)
    assert len(lay_out(fitted.passages)) <= room
    assert passages[0].text.startswith(fitted.passages[0].text)
    said = " ".join(kept.text for kept in fitted.passages) + " " + " ".join(left.detail for left in fitted.omitted)
    assert sorted(said.split()) == sorted(" ".join(one.text for one in passages).split())
