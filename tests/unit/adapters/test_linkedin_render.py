from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from adapters.linkedin import LinkedIn
from adapters.linkedin.render import render
from publisher.errors import Unsupported
from publisher.model import Media, Passage, Variant, Voice

LINK = "https://example.org/guide"
PICTURE = Media(file="a.png", alt="A loop", digest="d" * 64, mime="image/png", size=4, width=10, height=10)


def variant(**changed: object) -> Variant:
    told = Variant(
        post="p",
        title="Agile beats viral",
        channel="linkedin",
        network="linkedin",
        language="en",
        voice=Voice(link="text"),
        angle="story",
        passages=(
            Passage(kind="story", text="We posted twice a day. Nobody answered. Then we listened."),
            Passage(kind="question", text="What about you?"),
            Passage(kind="point", text="Listen first."),
            Passage(kind="point", text="Answer fast."),
            Passage(kind="call", text="Read the guide:"),
        ),
        tags=("SocialMedia", "Agile", "Listening"),
        link=LINK,
        settings={"author": "urn:li:organization:1234"},
    )
    return structs.replace(told, **changed)


def voiced(link: str, **changed: object) -> Variant:
    return variant(voice=Voice(link=link), **changed)


def test_a_post_opens_with_one_line_and_ends_with_its_question_and_hashtags() -> None:
    assert render(variant()).parts[0].text == (
        "We posted twice a day.\n\nNobody answered. Then we listened.\n\n• Listen first.\n• Answer fast.\n\n"
        f"Read the guide:\n{LINK}\n\nWhat about you?\n\n#SocialMedia #Agile #Listening"
    )


def test_a_question_that_leads_stays_first() -> None:
    passages = (Passage(kind="question", text="Who listens?"), Passage(kind="hook", text="Few do."))
    assert render(variant(passages=passages, link="", tags=())).parts[0].text == "Who listens?\n\nFew do."


def test_long_paragraphs_become_short_ones_with_every_sentence_kept() -> None:
    story = " ".join(f"Sentence number {n} has something to say about tempo." for n in range(20))
    text = render(variant(passages=(Passage(kind="story", text=story),), link="", tags=())).parts[0].text
    assert text.replace("\n\n", " ") == story
    assert all(len(paragraph) <= 240 for paragraph in text.split("\n\n"))


def test_a_link_can_be_a_card_with_the_posts_title() -> None:
    rendition = render(voiced("card"))
    assert rendition.parts[0].native["article"] == {"source": LINK, "title": "Agile beats viral"}
    assert LINK not in rendition.parts[0].text
    assert rendition.changes[0].rule == "link"


def test_beside_a_picture_a_card_becomes_a_link_in_the_text_and_says_so() -> None:
    rendition = render(voiced("card", media=(PICTURE,)))
    assert "article" not in rendition.parts[0].native
    assert LINK in rendition.parts[0].text
    assert "picture" in rendition.changes[0].detail


@pytest.mark.parametrize("place", ["comment", "reply"])
def test_a_link_can_go_in_the_first_comment(place: str) -> None:
    post, comment = render(voiced(place)).parts
    assert LINK not in post.text
    assert (comment.kind, comment.text) == ("comment", f"Agile beats viral\n{LINK}")
    assert comment.length == len(comment.text)


def test_a_link_with_no_place_is_listed_as_left_out() -> None:
    rendition = render(voiced("none"))
    assert [change.detail for change in rendition.omitted] == [LINK]


def test_own_words_are_kept_and_only_what_they_lack_is_added() -> None:
    own = f"My words, {LINK} and all. #Mine"
    assert render(variant(text=own)).parts[0].text == own
    assert render(variant(text="My words.")).parts[0].text == f"My words.\n\n{LINK}\n\n#SocialMedia #Agile #Listening"


def test_own_words_that_do_not_fit_are_refused() -> None:
    with pytest.raises(Unsupported, match="no threads"):
        render(variant(text="(x) " * 800))


def test_what_does_not_fit_is_left_out_by_whole_sentences_and_listed() -> None:
    story = tuple(Passage(kind="story", text=f"Paragraph {n} is about listening (and tempo).") for n in range(200))
    rendition = render(variant(passages=story))
    assert rendition.parts[0].length <= 3000
    assert rendition.parts[0].text.endswith("#SocialMedia #Agile #Listening")
    assert LINK in rendition.parts[0].text
    told = sum(f"Paragraph {n} is" in rendition.parts[0].text for n in range(200))
    assert told + len(rendition.omitted) == 200


def test_pictures_beyond_twenty_are_listed_as_left_out() -> None:
    rendition = render(variant(media=tuple(replace(PICTURE, file=f"{n}.png") for n in range(22))))
    assert len(rendition.parts[0].media) == 20
    assert [change.detail for change in rendition.omitted] == ["20.png", "21.png"]


def test_a_missing_author_and_an_unknown_visibility_are_complaints_with_what_to_type() -> None:
    rendition = render(variant(settings={"visibility": "EVERYBODY"}))
    found = {finding.rule: finding for finding in LinkedIn().check(rendition)}
    assert set(found) == {"linkedin-author", "linkedin-visibility"}
    assert "channels: {linkedin: {settings: {author:" in found["linkedin-author"].hint


def test_a_picture_with_too_many_pixels_is_a_complaint() -> None:
    rendition = render(variant(media=(replace(PICTURE, width=6100, height=6000),)))
    assert [finding.rule for finding in LinkedIn().check(rendition)] == ["image-pixels"]
