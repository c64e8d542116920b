from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from publisher.craft.voices import lay
from publisher.errors import Unsupported
from publisher.model import Change, Passage, Rendition, Variant
from publisher.registry import adapter
from publisher.testing import media

LINK = "https://example.org/guide"
STORY = "In spring we posted twice a day and heard nothing back."


def render(*passages: str, voice: dict[str, Any] | None = None, **changed: Any) -> Rendition:
    variant = Variant(
        post="listen",
        title="Agile beats viral",
        channel="mastodon",
        network="mastodon",
        language="fr",
        voice=lay(adapter("mastodon").voice, voice or {}),
        angle="story",
        passages=tuple(Passage(kind="story", text=text) for text in passages or (STORY,)),
    )
    return adapter("mastodon").render(replace(variant, **changed))


def test_ends_with_the_whole_address_and_then_the_tags() -> None:
    (part,) = render(link=LINK, tags=("SocialMedia", "Agile")).parts
    assert part.text == f"{STORY}\n\n{LINK}\n\n#SocialMedia #Agile"
    assert part.native == {"language": "fr", "visibility": "public"}


def test_counts_the_content_warning_with_the_text() -> None:
    (part,) = render(warning="Marketing").parts
    assert part.native["spoiler_text"] == "Marketing"
    assert part.length == len(STORY) + len("Marketing")


def test_keeps_to_whole_sentences_and_lists_the_rest() -> None:
    rendition = render(*[f"{STORY} And again {number}." for number in range(12)], link=LINK)
    assert rendition.parts[0].length <= 500
    assert rendition.parts[0].text.endswith(LINK)
    assert rendition.omitted


def test_takes_the_instances_own_limit_and_visibility() -> None:
    settings = {"characters": "5000", "visibility": "unlisted"}
    rendition = render(*[STORY] * 20, settings=settings)
    assert rendition.omitted == ()
    assert rendition.parts[0].limit == 5000
    assert rendition.parts[0].native["visibility"] == "unlisted"


def test_keeps_the_authors_words_and_does_not_repeat_their_link() -> None:
    words = f"My own words: {LINK} and that is all."
    assert render(text=words, link=LINK).parts[0].text == words


def test_refuses_own_words_that_are_too_long_or_makes_a_thread_of_them() -> None:
    words = " ".join([STORY] * 20)
    with pytest.raises(Unsupported) as refusal:
        render(text=words)
    assert "thread: true" in refusal.value.hint
    rendition = render(text=words, thread=True, media=(media(),))
    assert [part.kind for part in rendition.parts] == ["post", "reply", "reply"]
    assert " ".join(part.text for part in rendition.parts) == words
    assert [len(part.media) for part in rendition.parts] == [1, 0, 0]


def test_adds_the_tags_that_the_authors_words_lack() -> None:
    assert render(text=f"{LINK} #agile", link=LINK, tags=("Agile", "Tempo")).parts[0].text == f"{LINK} #agile\n\n#Tempo"


def test_tells_everything_in_a_thread_when_asked() -> None:
    rendition = render(*[f"{STORY} And again {number}." for number in range(12)], thread=True, link=LINK)
    assert len(rendition.parts) > 1
    assert rendition.omitted == ()
    assert rendition.parts[-1].text.endswith(LINK)


def test_leaves_the_card_to_mastodon_which_makes_it_of_the_link() -> None:
    assert render(link=LINK, voice={"link": "card"}).parts[0].text.endswith(LINK)


def test_puts_the_link_in_a_reply_or_says_that_it_is_left_out() -> None:
    first, reply = render(link=LINK, voice={"link": "reply"}).parts
    assert (first.text, reply.kind, reply.text) == (STORY, "reply", LINK)
    left_out = render(link=LINK, voice={"link": "bio"})
    assert [(change.rule, change.detail) for change in left_out.omitted] == [("link", LINK)]


def test_leaves_no_picture_out_in_silence() -> None:
    rendition = render(media=(media(),) * 5)
    assert [finding.rule for finding in adapter("mastodon").check(rendition)] == ["too-many-images"]


def test_counts_an_address_in_a_warning_at_full_length() -> None:
    warning = "https://example.org/" + "a" * 80
    assert render(warning=warning).parts[0].length == len(STORY) + len(warning)


def test_puts_the_call_right_above_the_address_it_names() -> None:
    passages = (Passage(kind="story", text=STORY), Passage(kind="call", text="Read the guide:"))
    (part,) = render(passages=passages, link=LINK).parts
    assert part.text == f"{STORY}\n\nRead the guide:\n{LINK}"


def test_the_call_gives_way_before_a_sentence_does() -> None:
    call = Passage(kind="call", text="Read the guide that we have written:")
    lead, rest = "A. " * 70 + "B.", "C. " * 78 + "D."
    told = render(passages=(Passage(kind="story", text=lead), Passage(kind="quote", text=rest), call), link=LINK)
    assert told.parts[0].text.endswith(f"D.\n\n{LINK}")
    assert told.omitted == (Change(rule="fit", detail=call.text),)
