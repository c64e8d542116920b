from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from adapters.facebook import Facebook
from adapters.facebook.render import render
from publisher.errors import Unsupported
from publisher.model import Media, Passage, Variant

LINK = "https://example.org/guide"
PICTURE = Media(file="a.jpg", alt="A loop", digest="d" * 64, mime="image/jpeg", size=4, width=10, height=10)


def variant(**changed: object) -> Variant:
    plain = Variant(
        post="listen",
        title="Listen",
        channel="facebook",
        network="facebook",
        language="en",
        voice=Facebook().voice,
        angle="question",
        passages=(
            Passage(kind="question", text="What did your last post bring you?"),
            Passage(kind="hook", text="Sixty million pages, and nobody listens."),
            Passage(kind="call", text="Read the guide"),
        ),
        tags=("Listening",),
        link=LINK,
    )
    return structs.replace(plain, **changed)


def voiced(link: str) -> Variant:
    return variant(voice=replace(Facebook().voice, link=link))


def test_the_address_is_a_card_and_not_in_the_text() -> None:
    rendition = render(variant())
    assert rendition.parts[0].native == {"link": LINK}
    assert LINK not in rendition.parts[0].text
    assert [change.rule for change in rendition.changes] == ["link"]


def test_the_question_comes_first_and_the_tags_last() -> None:
    text = render(variant()).parts[0].text
    assert text.startswith("What did your last post bring you?\n\n")
    assert text.endswith("Read the guide\n\n#Listening")


def test_with_pictures_the_call_carries_the_address_since_there_is_no_card() -> None:
    rendition = render(variant(media=(PICTURE,)))
    assert "Read the guide: https://example.org/guide\n\n#Listening" in rendition.parts[0].text
    assert rendition.parts[0].native == {}
    assert "no card" in rendition.changes[0].detail


def test_french_puts_a_no_break_space_before_the_colon_that_leads_to_the_address() -> None:
    call = (Passage(kind="question", text="Et vous ?"), Passage(kind="call", text="Lire le guide"))
    rendition = render(variant(language="fr", passages=call, media=(PICTURE,)))
    assert f"Lire le guide\u00a0: {LINK}" in rendition.parts[0].text


def test_a_call_with_a_full_stop_keeps_the_address_apart() -> None:
    call = (Passage(kind="hook", text="Nobody listens."), Passage(kind="call", text="Tell us."))
    assert "Tell us.\n\nhttps://" in render(variant(passages=call, media=(PICTURE,))).parts[0].text


def test_a_voice_that_wants_it_there_has_the_address_in_a_first_comment() -> None:
    post, comment = render(voiced("comment")).parts
    assert (comment.kind, comment.text) == ("comment", LINK)
    assert LINK not in post.text
    assert post.native == {}


def test_a_voice_without_links_says_what_it_left_out() -> None:
    rendition = render(voiced("none"))
    assert len(rendition.parts) == 1
    assert LINK in rendition.changes[0].detail


def test_own_words_are_kept_and_only_a_missing_tag_is_added() -> None:
    rendition = render(variant(text="Own words. #listening", tags=("Listening", "Agile")))
    assert rendition.parts[0].text == "Own words. #listening\n\n#Agile"


def test_own_words_with_the_address_are_not_given_it_twice() -> None:
    rendition = render(variant(text=f"Own words: {LINK}", tags=(), media=(PICTURE,)))
    assert rendition.parts[0].text == f"Own words: {LINK}"
    assert rendition.changes == ()


def test_own_words_beyond_the_limit_are_refused_with_the_number_to_cut() -> None:
    with pytest.raises(Unsupported) as refusal:
        render(variant(text="a" * 63_207, tags=()))
    assert refusal.value.hint == "shorten it by 1"


def test_the_closing_call_survives_a_story_that_has_no_room() -> None:
    story = Passage(kind="story", text=" ".join(f"Sentence {n} is here." for n in range(4000)))
    passages = (variant().passages[0], story, variant().passages[2])
    rendition = render(variant(passages=passages))
    assert rendition.parts[0].length <= rendition.parts[0].limit
    assert "Read the guide" in rendition.parts[0].text
    assert [change.rule for change in rendition.omitted] == ["fit"]


def test_pictures_beyond_the_tenth_are_named_as_left_out() -> None:
    media = tuple(replace(PICTURE, file=f"{n}.jpg") for n in range(12))
    rendition = render(variant(media=media))
    assert len(rendition.parts[0].media) == 10
    assert [change.detail.split(":")[0] for change in rendition.omitted] == ["10.jpg", "11.jpg"]


def test_a_content_warning_that_cannot_be_shown_is_told() -> None:
    assert "figures" in render(variant(warning="figures")).omitted[0].detail


def test_the_card_is_part_of_what_was_reviewed() -> None:
    assert render(variant()).digest != render(variant(link="https://example.org/other")).digest
