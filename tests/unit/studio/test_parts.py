from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from publisher.model import Json, Part, Post, Rendition
from publisher.registry import adapter, networks
from publisher.studio.parts import count, find_card, find_fold, mark, show
from publisher.testing import media

INSTAGRAM, LINKEDIN, X = adapter("instagram"), adapter("linkedin"), adapter("x")
FOLD = INSTAGRAM.limits.fold
POST = Post(id="p", path="content/p.md", digest="", title="The title", language="fr")


def part(text: str = "Words", kind: str = "post", **more: object) -> Part:
    return Part(**{"kind": kind, "text": text, "length": len(text), "limit": 100, **more})  # type: ignore[arg-type]  # fields of Part


def rendition(*parts: Part) -> Rendition:
    return Rendition(post="p", channel="x", network="x", parts=parts)


# --- the fold


def test_a_text_that_is_seen_whole_has_no_fold() -> None:
    whole = mark("x" * FOLD, INSTAGRAM)
    assert (whole.seen, whole.rest, whole.head) == ("x" * FOLD, "", 0)


def test_a_network_that_folds_nothing_shows_all() -> None:
    assert X.limits.fold == 0
    assert mark("word " * 50, X).rest == ""


def test_the_fold_comes_before_the_first_word_that_does_not_fit() -> None:
    text = "word " * 40
    shown = mark(text, INSTAGRAM)
    assert shown.seen == "word " * 24 + "word"
    assert shown.head == 124 <= FOLD
    assert shown.gap == " "
    assert shown.rest == "word " * 15


def test_a_paragraph_that_fits_exactly_is_seen_and_the_blank_lines_lie_at_the_fold() -> None:
    shown = mark("x" * FOLD + "\n\nSecond.", INSTAGRAM)
    assert (shown.head, shown.gap, shown.rest) == (FOLD, "\n\n", "Second.")


def test_short_lines_are_folded_by_their_number() -> None:
    assert mark("One.\n\nThree.", INSTAGRAM).rest == "Three."
    assert mark("One.\nTwo.", INSTAGRAM).rest == ""
    shown = mark("One.\n\nThree.\n\nFive.", LINKEDIN)
    assert (shown.seen, shown.gap, shown.rest) == ("One.\n\nThree.", "\n\n", "Five.")


def test_blanks_alone_are_not_folded() -> None:
    assert mark("x" * FOLD + "\n\n", INSTAGRAM).rest == ""


def test_a_fold_is_counted_as_its_network_counts() -> None:
    escaped = "(brackets) " * 30
    end = find_fold(escaped, LINKEDIN, ())
    assert LINKEDIN.measure(escaped[:end]).length <= LINKEDIN.limits.fold < LINKEDIN.measure(escaped[: end + 11]).length
    assert end < LINKEDIN.limits.fold - 20


def test_a_fold_cuts_no_grapheme_and_no_mention() -> None:
    family = "👨‍👩‍👧‍👦"
    assert find_fold(family * 40, INSTAGRAM, ()) % len(family) == 0
    entities = INSTAGRAM.measure("@" + "a" * 29 + " b").entities
    assert [one.kind for one in entities] == ["mention"]
    cut = mark("x" * (FOLD - 10) + " @" + "a" * 25 + " more", INSTAGRAM)
    assert cut.seen == "x" * (FOLD - 10)
    assert '<span class="mention">' in cut.rest


@given(st.text(alphabet="ab <&\n#@🇫🇷é.", max_size=400))
@example("https://example.org/" + "a" * 300 + " b")
@example("#" + "a" * 300)
@settings(max_examples=60, deadline=None)
def test_nothing_is_lost_at_the_fold(text: str) -> None:
    shown = mark(text, INSTAGRAM)
    assert shown.seen.striptags().split() + shown.rest.striptags().split() == Markup.escape(text).striptags().split()
    assert (shown.seen + shown.gap + shown.rest).unescape().count("\n") == text.count("\n")
    assert bool(shown.rest) == bool(shown.head)


# --- the rest of a part


def test_a_comment_stands_inside_the_part_before_it() -> None:
    shown = show(
        rendition(part("One"), part("Two", "reply"), part("Aside", "comment"), part("Three", "reply")),
        POST,
        X,
        lambda _: "",
    )
    assert [str(one.text.seen) for one in shown if one.text] == ["One", "Two", "Three"]
    assert [[str(one.text.seen) for one in two.comments if one.text] for two in shown] == [[], ["Aside"], []]


def test_a_part_shows_its_pictures_its_warning_and_its_count() -> None:
    picture = media()
    (shown,) = show(
        rendition(part("", media=(picture,), native={"spoiler_text": "Careful"}, length=50)),
        POST,
        X,
        lambda one: f"data:{one.digest}",
    )
    assert shown.text is None
    assert (shown.pictures[0].alt, shown.pictures[0].address) == (picture.alt, f"data:{picture.digest}")
    assert shown.warning == "Careful"
    assert (shown.count.share, shown.count.unit, shown.count.is_over) == (50.0, X.limits.unit, False)


@pytest.mark.parametrize(
    ("length", "limit", "share", "over"),
    [(0, 10, 0, False), (10, 10, 100, False), (11, 10, 100, True), (1, 0, 0, True)],
)
def test_a_count_is_full_at_its_limit(length: int, limit: int, share: float, *, over: bool) -> None:
    counted = count(length, limit, "characters")
    assert (counted.share, counted.is_over) == (share, over)


@pytest.mark.parametrize(
    ("native", "title"),
    [
        ({"link": "https://a.example/b"}, "The title"),
        ({"card": {"url": "https://a.example/b", "title": "Card"}}, "Card"),
        ({"article": {"source": "https://a.example/b", "title": "Card"}}, "Card"),
        ({"embed": {"$type": "…", "external": {"uri": "https://a.example/b", "title": "Card"}}}, "Card"),
    ],
)
def test_a_card_is_found_wherever_its_network_keeps_it(native: Mapping[str, Json], title: str) -> None:
    card = find_card(native, "The title")
    assert card
    assert (card.href, card.host, card.title) == ("https://a.example/b", "a.example", title)


@pytest.mark.parametrize(
    "native",
    [
        {},
        {"link": ""},
        {"link": "javascript:alert(1)"},
        {"link": "data:text/html,x"},
        {"url": "http://[broken"},
        {"author": "urn:li:person:1"},
        {"facets": [{"features": [{"uri": "https://a.example"}]}]},
        {"embed": {"uri": "at://did:plc:a/b/c"}},
    ],
)
def test_what_is_no_address_of_the_web_has_no_card(native: Mapping[str, Json]) -> None:
    assert find_card(native, "") is None


@pytest.mark.parametrize("network", networks())
def test_every_network_marks_what_it_links(network: str) -> None:
    assert 'href="https://example.org/a"' in mark("Read https://example.org/a <now>", adapter(network)).seen
    assert "&lt;now&gt;" in mark("Read https://example.org/a <now>", adapter(network)).seen
