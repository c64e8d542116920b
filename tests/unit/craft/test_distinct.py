from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.craft.distinct import copied, likeness
from publisher.model import Part, Rendition, Severity

LONG = "Sixty million company pages, and nobody is listening. We read a hundred of them last month."


def rendition(channel: str, *texts: str, post: str = "p") -> Rendition:
    parts = tuple(Part(kind="post", text=text, length=len(text), limit=500) for text in texts)
    return Rendition(post=post, channel=channel, network=channel, parts=parts)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Listen first.", "listen FIRST! https://a.b/c #Agile"),
        ("Listen first", "First: listen @acme"),
        ("It’s so 1/2", "it's so"),
        ("你好再见", "你好，再见。"),
    ],
)
def test_texts_with_the_same_words_are_wholly_alike(a: str, b: str) -> None:
    assert likeness(a, b) == 1.0


def test_texts_without_a_common_word_are_not_alike() -> None:
    assert likeness("Listen first.", "Speak later") == 0.0
    assert likeness("", "") == 0.0


def test_shared_phrases_weigh_more_than_shared_words() -> None:
    phrase = likeness("a b c d e f", "a b c d x y")
    scattered = likeness("a b c d e f", "d x a c y b")
    assert 0 < scattered < phrase < 1


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_goes_both_ways_and_stays_between_none_and_all(a: str, b: str) -> None:
    assert 0.0 <= likeness(a, b) <= 1.0
    assert likeness(a, b) == likeness(b, a)
    assert likeness(a, a) in {0.0, 1.0}


@pytest.mark.parametrize("severity", [None, Severity.WARNING, Severity.ERROR])
def test_the_same_words_on_two_channels_are_always_an_error(severity: Severity | None) -> None:
    (finding,) = copied([rendition("x", LONG), rendition("bluesky", LONG + " #Tag")], severity=severity)
    assert (finding.rule, finding.severity, finding.channel) == ("copied", Severity.ERROR, "bluesky")
    assert "x" in finding.message
    assert "bluesky" in finding.message
    assert "angle" in finding.hint


@pytest.mark.parametrize(("severity", "count"), [(None, 0), (Severity.WARNING, 1), (Severity.ERROR, 1)])
def test_almost_the_same_is_as_grave_as_the_project_says(severity: Severity | None, count: int) -> None:
    found = copied([rendition("x", LONG), rendition("mastodon", f"{LONG} Really")], severity=severity)
    assert [finding.severity for finding in found] == [severity] * count


def test_a_short_extract_of_a_long_text_is_no_copy() -> None:
    assert copied([rendition("x", LONG[:53]), rendition("linkedin", LONG)], severity=Severity.ERROR) == ()


def test_a_thread_is_compared_as_a_whole() -> None:
    assert copied([rendition("x", LONG[:53], LONG[54:]), rendition("linkedin", LONG)], severity=None)


def test_other_posts_and_pictures_without_words_are_not_compared() -> None:
    assert copied([rendition("x", LONG), rendition("y", LONG, post="q")], severity=Severity.ERROR) == ()
    assert copied([rendition("x", ""), rendition("y", "")], severity=Severity.ERROR) == ()
