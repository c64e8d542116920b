"""What generated posts have brought to light, each as the smallest post that shows it."""

from __future__ import annotations

from typing import Any, cast

import pytest

from publisher.content.plain import split_sentences
from publisher.model import Finding, Rendition
from tests.properties.drafts import write
from tests.properties.laws import print_post


def rendition(channel: str, body: str, **header: Any) -> Rendition:
    found = next(one.rendition for one in print_post(write(header, body)).proofs if one.channel.name == channel)
    assert found
    return found


def findings(channel: str, body: str, **header: Any) -> list[Finding]:
    printed = print_post(write(header, body))
    return [
        *printed.parsed.findings,
        *(one for proof in printed.proofs for one in proof.findings if one.channel == channel),
    ]


@pytest.mark.parametrize("channel", ["linkedin", "facebook", "community-chat"])
def test_a_warning_that_is_not_shown_is_told(channel: str) -> None:
    one = rendition(
        channel, "Sixty pages, and nobody is listening.", channels={channel: {"warning": "Food, and hunger"}}
    )
    assert any("Food, and hunger" in change.detail for change in one.omitted)


def test_a_tag_that_gives_way_to_the_authors_own_is_told() -> None:
    own = {"linkedin": {"text": "We listen. #Listening"}}
    one = rendition("linkedin", "", keywords=["social media", "listening"], channels=own)
    assert [change.detail for change in one.omitted if change.rule == "tags"] == [
        "#SocialMedia: the text has hashtags of its own"
    ]


@pytest.mark.parametrize(("said", "linked"), [
    ("> Look at https://example.org/page", "https://example.org/page"),
    ("> Look at https://example.org/page.", "https://example.org/page"),
    ("> Look (at https://example.org/page)", "https://example.org/page"),
    ("> Look at https://example.org/a_(b)", "https://example.org/a_(b)"),
])  # fmt: skip
def test_a_quotation_mark_is_no_part_of_an_address(said: str, linked: str) -> None:
    one = rendition("bluesky", said, channels={"bluesky": {"angle": "quote", "link": "none"}})
    facets = cast("list[Any]", one.parts[0].native["facets"])
    assert [feature["uri"] for facet in facets for feature in facet["features"]] == [linked]


@pytest.mark.parametrize(("written", "known"), [("fr-CA", "fr"), ("pt-BR", "pt"), ("zh-TW", "zh-TW"), ("en", "en")])
def test_mastodon_is_told_a_language_that_it_knows(written: str, known: str) -> None:
    one = rendition("mastodon", "Sixty pages, and nobody is listening.", language=written)
    assert one.parts[0].native["language"] == known


def test_a_link_to_facebook_is_no_card_on_facebook() -> None:
    found = findings("facebook", "We meet on Monday.", title="Come", link="https://www.facebook.com/events/1")
    assert "own-link" in {one.rule for one in found}


@pytest.mark.parametrize("link", ["http://localhost:3000/", "https://[::1]/a", "https://intranet/a"])
def test_a_link_that_only_this_machine_can_open_is_a_finding(link: str) -> None:
    assert "bad-link" in {one.rule for one in findings("x", "We listen.", title="A", link=link)}


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("本当！！？ です。", ("本当！！？", "です。")),
        ("そう。。。 abc", ("そう。。。 abc",)),
        ("Well...?! No.", ("Well...?!", "No.")),
        ("By approx. 5 p. m. B. C. D said so. Yes.", ("By approx. 5 p. m. B. C. D said so.", "Yes.")),
    ],
)
def test_a_run_of_stops_ends_one_sentence_at_most(text: str, sentences: tuple[str, ...]) -> None:
    assert split_sentences(text) == sentences
