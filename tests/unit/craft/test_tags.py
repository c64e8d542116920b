from __future__ import annotations

import pytest

from publisher.craft.tags import camel_case, name, tag

PEOPLE = {"acme": {"name": "Acme", "x": "@acme_hq", "mastodon": "@acme@mastodon.example", "x-fr": "@acme_fr"}}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("social media", "SocialMedia"),
        ("été 2026", "Été2026"),
        ("machine-learning", "MachineLearning"),
        ("GitHub", "GitHub"),
        ("#agile", "Agile"),
        ("c’est l’été", "CEstLÉté"),
        ("R&D", "RD"),
        ("2026", ""),
        ("C++", ""),
        ("C#", ""),
        ("  ", ""),
        ("数据", "数据"),
        ("التواصل الاجتماعي", "التواصل_الاجتماعي"),
        ("機械 学習", "機械_学習"),
        ("AI 時代", "AI時代"),
        ("week 12", "Week12"),
    ],
)
def test_a_tag_is_readable_aloud_or_is_none(words: str, expected: str) -> None:
    assert camel_case(words) == expected


def test_a_tag_stands_once_in_the_author_s_order_and_casing() -> None:
    assert tag(["Social Media", "agile", "SOCIAL media", "C++"]) == ("SocialMedia", "Agile")


@pytest.mark.parametrize(
    ("channel", "network", "expected"),
    [
        ("x", "x", "Hello @acme_hq."),
        ("x-fr", "x", "Hello @acme_fr."),
        ("mastodon", "mastodon", "Hello @acme@mastodon.example."),
        ("linkedin", "linkedin", "Hello Acme."),
    ],
)
def test_a_person_is_called_as_each_network_calls_them(channel: str, network: str, expected: str) -> None:
    text, changes = name("Hello @acme.", PEOPLE, channel, network)
    assert text == expected
    assert [change.rule for change in changes] == ["people"]


@pytest.mark.parametrize(
    "text",
    ["@acme@mastodon.example", "@acme.example", "mail@acme", "@acme-two", "@other", "https://a.b/@acme"],
)
def test_what_only_looks_like_a_person_of_the_project_stays(text: str) -> None:
    assert name(text, PEOPLE, "x", "x") == (text, [])
