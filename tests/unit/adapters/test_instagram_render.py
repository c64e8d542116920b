from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from adapters.instagram import Instagram
from adapters.instagram.check import check
from adapters.instagram.render import render
from publisher.errors import Unsupported
from publisher.model import Finding, Media, Passage, Severity, Variant

LINK = "https://example.org/guide"
PICTURE = Media(file="a.jpg", alt="A loop", digest="d" * 64, mime="image/jpeg", size=4, width=1000, height=1000)
PASSAGES = (
    Passage(kind="quote", text="“Being on a network is not a strategy.”"),
    Passage(kind="story", text="In spring nobody answered."),
    Passage(kind="point", text="Listen before you speak."),
    Passage(kind="point", text="Keep a steady tempo."),
    Passage(kind="call", text="Read the guide"),
)


def variant(**changed: object) -> Variant:
    plain = Variant(
        post="listen",
        title="Listen",
        channel="instagram",
        network="instagram",
        language="en",
        voice=Instagram().voice,
        angle="quote",
        passages=PASSAGES,
        tags=("Listening", "SocialMedia"),
        link=LINK,
        media=(PICTURE,),
    )
    return structs.replace(plain, **changed)


def complaints(**changed: object) -> dict[str, Finding]:
    return {finding.rule: finding for finding in check(render(variant(**changed)))}


def test_the_caption_feels_then_lists_then_tells_then_leads_to_the_bio_with_its_tags_apart() -> None:
    assert render(variant()).parts[0].text == (
        "“Being on a network is not a strategy.”\n\n"
        "• Listen before you speak.\n• Keep a steady tempo.\n\n"
        "In spring nobody answered.\n\n"
        "Read the guide: link in bio.\n\n"
        "#Listening #SocialMedia"
    )


def test_a_point_that_leads_stands_before_the_list_and_not_in_it() -> None:
    assert (
        render(variant(passages=(PASSAGES[2], PASSAGES[1], PASSAGES[3], PASSAGES[3])))
        .parts[0]
        .text.startswith(
            "Listen before you speak.\n\n• Keep a steady tempo.\n• Keep a steady tempo.\n\nIn spring nobody answered."
        )
    )


def test_the_move_of_the_address_to_the_profile_is_told() -> None:
    (change,) = render(variant()).changes
    assert change.rule == "link"
    assert LINK in change.detail
    assert LINK not in render(variant()).parts[0].text


@pytest.mark.parametrize(
    ("language", "line"), [("en", "Link in bio."), ("fr", "Lien en bio."), ("fr-CA", "Lien en bio."), ("ja", "→ bio")]
)
def test_without_a_call_the_bio_has_a_line_of_its_own_in_the_posts_language(language: str, line: str) -> None:
    assert f"\n\n{line}\n\n#Listening" in render(variant(language=language, passages=PASSAGES[:4])).parts[0].text


def test_french_has_a_no_break_space_before_the_colon() -> None:
    passages = (*PASSAGES[:4], Passage(kind="call", text="Lire le guide"))
    assert "Lire le guide\u00a0: lien en bio." in render(variant(language="fr", passages=passages)).parts[0].text


def test_own_words_that_speak_of_the_bio_are_not_told_twice() -> None:
    rendition = render(variant(text="Ours. The LINK IN BIO has more.", tags=()))
    assert rendition.parts[0].text == "Ours. The LINK IN BIO has more."


def test_own_words_get_the_line_and_the_missing_tags() -> None:
    assert render(variant(text="Ours. #listening")).parts[0].text == "Ours. #listening\n\nLink in bio.\n\n#SocialMedia"


def test_own_words_beyond_the_limit_are_refused() -> None:
    with pytest.raises(Unsupported, match="2201 characters"):
        render(variant(text="a" * 2201, tags=(), link=""))


@pytest.mark.parametrize(("wish", "kinds"), [("comment", ["post", "comment"]), ("text", ["post"]), ("none", ["post"])])
def test_a_channel_may_put_the_address_elsewhere(wish: str, kinds: list[str]) -> None:
    rendition = render(variant(voice=replace(Instagram().voice, link=wish)))
    assert [part.kind for part in rendition.parts] == kinds
    assert (LINK in rendition.parts[0].text) == (wish == "text")
    assert "bio" not in rendition.parts[0].text


def test_a_long_story_gives_way_to_the_points_and_the_call() -> None:
    story = Passage(kind="story", text=" ".join(f"Sentence {n} is here." for n in range(400)))
    rendition = render(variant(passages=(PASSAGES[0], story, *PASSAGES[2:])))
    assert rendition.parts[0].length <= 2200
    assert "• Keep a steady tempo." in rendition.parts[0].text
    assert "link in bio" in rendition.parts[0].text
    assert rendition.omitted


def test_a_carousel_takes_ten_and_the_rest_is_named() -> None:
    rendition = render(variant(media=tuple(replace(PICTURE, file=f"{n}.jpg") for n in range(11))))
    assert len(rendition.parts[0].media) == 10
    assert "10.jpg" in rendition.omitted[0].detail


def test_a_plain_rendition_is_clean() -> None:
    assert complaints() == {}


def test_a_post_without_a_picture_is_told_both_ways_out() -> None:
    finding = complaints(media=())["needs-picture"]
    assert finding.severity is Severity.ERROR
    assert finding.hint == "add one under `media:`, or write `channels: {instagram: false}`"


def test_a_png_and_a_heavy_picture_are_findings() -> None:
    found = complaints(media=(replace(PICTURE, mime="image/png"), replace(PICTURE, size=8 * 1024 * 1024 + 1)))
    assert {"image-type", "image-size"} <= found.keys()


def test_a_picture_of_another_shape_is_told_with_its_size() -> None:
    finding = complaints(media=(replace(PICTURE, width=1080, height=1920),))["image-ratio"]
    assert "1080×1920" in finding.message


@pytest.mark.parametrize(("tags", "severity"), [(6, Severity.WARNING), (30, Severity.WARNING), (31, Severity.ERROR)])
def test_more_than_five_hashtags_are_a_warning_and_more_than_thirty_an_error(tags: int, severity: Severity) -> None:
    words = " ".join(f"#Tag{n}x" for n in range(tags))
    assert complaints(text=words, tags=())["too-many-tags"].severity is severity


def test_more_than_twenty_mentions_are_an_error() -> None:
    words = " ".join(f"@friend{n}" for n in range(21))
    assert complaints(text=words, tags=())["too-many-mentions"].severity is Severity.ERROR
