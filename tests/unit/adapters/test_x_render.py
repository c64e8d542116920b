from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from adapters.x import X
from adapters.x.measure import weigh
from adapters.x.render import render
from publisher.errors import Unsupported
from publisher.model import Media, Passage, Rendition, Severity, Variant, Voice

LINK = "https://example.org/guide"
PICTURE = Media(file="a.png", alt="A loop", digest="d" * 64, mime="image/png", size=4, width=10, height=10)
HOOK = "Sixty million company pages, and nobody is listening."
STORY = "In spring we posted twice a day and heard nothing back. In summer we posted twice a week and answered."


def variant(**changed: object) -> Variant:
    told = Variant(
        post="p",
        title="Agile beats viral",
        channel="x",
        network="x",
        language="en",
        voice=Voice(link="reply", bullets="→"),
        angle="hook",
        passages=(Passage(kind="hook", text=HOOK), Passage(kind="point", text="Listen before you speak.")),
        tags=("Agile",),
        link=LINK,
    )
    return structs.replace(told, **changed)


def texts(rendition: Rendition) -> list[str]:
    return [part.text for part in rendition.parts]


def complaints(**changed: object) -> list[str]:
    return [finding.rule for finding in X().check(render(variant(**changed)))]


def test_the_claim_leads_and_the_link_waits_in_a_reply() -> None:
    rendition = render(variant())
    assert texts(rendition) == [f"{HOOK}\n\nListen before you speak.\n\n#Agile", f"Agile beats viral\n{LINK}"]
    assert [part.kind for part in rendition.parts] == ["post", "reply"]
    assert [change.rule for change in rendition.changes] == ["link"]


def test_the_title_is_not_said_twice() -> None:
    assert texts(render(variant(title=HOOK)))[1] == LINK


def test_a_call_goes_with_the_link_it_speaks_of() -> None:
    told = (Passage(kind="hook", text=HOOK), Passage(kind="call", text="Read the guide"))
    assert texts(render(variant(passages=told))) == [f"{HOOK}\n\n#Agile", f"Read the guide\n{LINK}"]
    assert texts(render(variant(passages=told[1:], tags=())))[0] == "Read the guide"
    assert texts(render(variant(passages=told, voice=Voice(link="text"), tags=()))) == [
        f"{HOOK}\n\nRead the guide\n\n{LINK}"
    ]


def test_a_call_too_long_for_the_reply_is_never_lost_in_silence() -> None:
    call = "Read " + "very " * 55 + "on"
    rendition = render(variant(passages=(Passage(kind="hook", text=HOOK), Passage(kind="call", text=call))))
    assert call in [change.detail for change in rendition.omitted]


@pytest.mark.parametrize("place", ["text", "card"])
def test_the_link_stands_in_the_post_when_the_voice_says_so(place: str) -> None:
    rendition = render(variant(voice=Voice(link=place)))
    assert texts(rendition) == [f"{HOOK}\n\nListen before you speak.\n\n{LINK}\n\n#Agile"]


@pytest.mark.parametrize("place", ["bio", "none"])
def test_a_link_that_is_left_out_is_told(place: str) -> None:
    rendition = render(variant(voice=Voice(link=place)))
    assert LINK not in "".join(texts(rendition))
    assert [change.detail for change in rendition.changes] == [f"{LINK} is left out: `link: {place}`"]


def test_a_post_that_says_nothing_else_is_its_link() -> None:
    assert texts(render(variant(passages=(), tags=()))) == [LINK]


def test_the_authors_words_stay_as_they_are_and_keep_their_link() -> None:
    words = f"My  own words:\n{LINK} #agile"
    assert texts(render(variant(text=words))) == [words]


def test_the_authors_words_get_the_link_and_the_tag_they_lack() -> None:
    assert texts(render(variant(text="My own words."))) == ["My own words.\n\n#Agile", f"Agile beats viral\n{LINK}"]


def test_words_too_many_are_refused_with_the_number_to_cut() -> None:
    with pytest.raises(Unsupported, match="weighs 300 characters; X takes 280") as refusal:
        render(variant(text="a" * 300, tags=()))
    assert "shorten it by 20" in refusal.value.hint


def test_a_premium_account_may_say_more() -> None:
    rendition = render(variant(text="a" * 300, tags=(), settings={"characters": "25000"}))
    assert (rendition.parts[0].length, rendition.parts[0].limit) == (300, 25_000)
    assert complaints(text="a" * 300, settings={"characters": "25000"}) == []


def test_what_does_not_fit_one_post_is_left_out_and_told() -> None:
    rendition = render(variant(passages=(Passage(kind="hook", text=HOOK), Passage(kind="story", text=STORY * 3))))
    assert rendition.parts[0].length <= 280
    assert rendition.omitted
    assert rendition.parts[0].text.startswith(HOOK)


def test_a_thread_opens_with_the_lead_alone_and_numbers_its_parts() -> None:
    told = (Passage(kind="hook", text=HOOK), *(Passage(kind="story", text=f"{n}. {STORY}") for n in range(6)))
    rendition = render(variant(passages=told, thread=True))
    count = len(rendition.parts) - 1
    assert texts(rendition)[0] == f"{HOOK}\n\n#Agile\n\n1/{count}"
    assert [text.rpartition("\n")[2] for text in texts(rendition)[:-1]] == [f"{n}/{count}" for n in range(1, count + 1)]
    assert texts(rendition)[-1] == f"Agile beats viral\n{LINK}"
    assert all(part.length == weigh(part.text) <= 280 for part in rendition.parts)
    assert all(f"{n}. {STORY}" in "\n\n".join(texts(rendition)) for n in range(6))
    assert rendition.omitted == ()


def test_a_thread_that_fits_one_post_is_one_post() -> None:
    assert texts(render(variant(thread=True)))[0] == f"{HOOK}\n\nListen before you speak.\n\n#Agile"


def test_the_authors_long_words_become_a_thread_when_asked() -> None:
    rendition = render(variant(text=" ".join([STORY] * 5), thread=True, link=""))
    assert len(rendition.parts) > 1
    assert all(part.length <= 280 for part in rendition.parts)
    assert [part.kind for part in rendition.parts[1:]] == ["reply"] * (len(rendition.parts) - 1)


def test_pictures_go_with_the_first_part_and_a_fifth_is_told() -> None:
    rendition = render(variant(media=(PICTURE,) * 5))
    assert [len(part.media) for part in rendition.parts] == [4, 0]
    assert [change.rule for change in rendition.omitted] == ["images"]


def test_a_content_warning_becomes_the_first_line() -> None:
    rendition = render(variant(warning="Spoiler"))
    assert rendition.parts[0].text.startswith("Spoiler\n\n")
    assert "warning" in [change.rule for change in rendition.changes]


def test_who_may_answer_goes_with_the_first_part_alone() -> None:
    rendition = render(variant(settings={"reply_settings": "following"}))
    assert [part.native for part in rendition.parts] == [{"reply_settings": "following"}, {}]


def test_a_clean_post_has_no_complaints() -> None:
    assert complaints() == []


def test_a_file_name_that_x_would_link_is_a_warning_that_says_how_to_write_it() -> None:
    (finding,) = X().check(render(variant(text="Read readme.md first.", tags=(), link="")))
    assert (finding.rule, finding.severity) == ("looks-like-url", Severity.WARNING)
    assert "“readme.md”" in finding.message
    assert "https://readme.md" in finding.hint


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("$ACME and $OTHER", "cashtags"),
        ("@acme is hiring", "opens-with-mention"),
        ("A mark\ufeff in it", "invalid-character"),
    ],
)
def test_what_x_would_refuse_or_hide_is_found(text: str, rule: str) -> None:
    assert complaints(text=text) == [rule]


def test_a_gif_stands_alone() -> None:
    gif = replace(PICTURE, file="b.gif", mime="image/gif")
    assert complaints(media=(gif,)) == []
    assert complaints(media=(PICTURE, gif)) == ["gif-alone"]


def test_an_unknown_reply_setting_is_found_with_the_known_ones() -> None:
    (finding,) = X().check(render(variant(settings={"reply_settings": "nobody"})))
    assert finding.rule == "reply-settings"
    assert "mentionedUsers" in finding.hint
