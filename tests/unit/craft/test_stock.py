from __future__ import annotations

import pytest

from publisher.craft.language import speak
from publisher.craft.stock import is_figure, leans, stock
from publisher.model import Material, Post


def post(material: Material, language: str = "en", **more: object) -> Post:
    return Post(id="p", path="p.md", digest="0", language=language, material=material, **more)  # type: ignore[arg-type] # free fields


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "£36,000 to £40,000.", False),
        ("en", "Apply before 18 December.", False),
        ("en", "We open the doors again on 3 May 2026 at 9 a.m.", False),
        ("en", "In 2025 we learned a great deal.", False),
        ("en", "71 had not answered.", True),
        ("en", "A community editor with us earns £36,000 to £40,000.", True),
        ("fr", "Depuis septembre, 29 idées sont arrivées.", True),
        ("fr", "Rendez-vous le 1er décembre à 9 h 30 dans la cour.", False),
        ("ja", "1週間に31回尋ねられました。", True),
        ("ja", "12月18日に始まります。", False),
        ("xx", "Tri 3.", False),
    ],
)
def test_a_figure_says_how_much_of_something_in_a_sentence(language: str, text: str, *, expected: bool) -> None:
    assert is_figure(text, language) is expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "En octobre, nous avons lu.", False),
        ("fr", "En voici trois.", True),
        ("fr", "Triez-les par thème.", True),
        ("fr", "Rendez-vous le 12.", False),
        ("fr", "L’autre jour, on nous a écrit.", False),
        ("fr", "C’est dit.", True),
        ("en", "Another week went by.", True),
        ("en", "Here is what we did.", True),
        ("en", "The same goes for hours.", True),
        ("en", "These were the good ones.", True),
        ("en", "Sort them by theme.", True),
        ("en", "Sort the comments by theme.", False),
        ("en", "It’s over.", True),
        ("en", "…", False),
        ("xx", "But here they go.", False),
    ],
)
def test_some_words_need_a_sentence_before_them(language: str, text: str, *, expected: bool) -> None:
    assert leans(text, speak(language)) is expected


def test_a_figure_is_the_whole_sentences_it_stands_in() -> None:
    material = Material(
        hook="We read.",
        story=("We read J.-C. Low. Of 100 pages, 71 had no answer. The rest had one.",),
        figures=(
            "Of 100 pages, 71 had no answer.",
            "100 pages, 71 had no answer. The rest",
            "12 of 13 said yes to us.",
        ),
    )
    figures = [(unit.text, len(unit.said)) for unit in stock(post(material)).units["figure"]]
    assert figures == [
        ("Of 100 pages, 71 had no answer.", 1),
        ("Of 100 pages, 71 had no answer. The rest had one.", 2),
        ("12 of 13 said yes to us.", 1),
    ]


def test_units_stand_in_the_order_of_the_file_where_that_is_known() -> None:
    material = Material(hook="H.", points=("P one.", "P two."), story=("S.",), quote="Q.", question="Why?")
    lines = {"body": 3, "hook": 3, "points.0": 5, "points.1": 6, "quote": 8, "story.0": 10, "question": 12}
    kinds = [unit.kind for unit in stock(post(material, lines=lines)).in_order]
    assert kinds == ["hook", "point", "point", "quote", "story", "question"]
    given = stock(post(material, lines={**lines, "points.0": 1, "points.1": 2})).in_order
    assert [unit.kind for unit in given] == ["hook", "story", "point", "point", "quote", "question"]


def test_a_list_needs_something_to_open_it() -> None:
    points = Material(points=("One.", "Two."))
    assert [unit.text for unit in stock(post(points, title="T")).leads["list"][0].units] == ["T", "One.", "Two."]
    assert stock(post(points)).leads["list"] == ()
    assert stock(post(points, title="T")).is_list


def test_what_leans_leads_only_where_there_is_nothing_else() -> None:
    alone = stock(post(Material(points=("But we tried.",))))
    assert [lead.opening for lead in alone.leads["hook"]] == ["But we tried."]
    assert alone.leads["point"] == ()


def test_a_quotation_is_as_long_as_it_is_shown() -> None:
    (unit,) = stock(post(Material(quote="Yes.", quote_source="Ada"))).units["quote"]
    assert unit.size == len("“Yes.” — Ada")


def test_a_word_or_two_lead_only_where_there_is_nothing_else() -> None:
    material = Material(
        hook="We counted.", story=("Run this, all of it:",), points=("Count first.", "Read the page aloud to us.")
    )
    leads = stock(post(material)).leads
    assert leads["story"] == ()
    assert [lead.opening for lead in leads["point"]] == ["Read the page aloud to us."]
    assert [lead.opening for lead in stock(post(Material(points=("Rest.", "Walk.")))).leads["point"]] == [
        "Rest.",
        "Walk.",
    ]
    assert stock(post(Material(hook="聞く。", points=("先月のコメントを読む。",)), "ja")).leads["point"]
