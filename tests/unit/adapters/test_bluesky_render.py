from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from publisher.craft.voices import lay
from publisher.errors import Unsupported
from publisher.model import Passage, Rendition, Severity, Variant
from publisher.registry import adapter
from publisher.testing import media

LINK = "https://www.my-site.example/guide/?utm_source=bluesky"
POINT = "Listening is cheaper than shouting, and it is the only way to hear what people would rather talk about."


def render(*passages: str, voice: dict[str, Any] | None = None, **changed: Any) -> Rendition:
    variant = Variant(
        post="listen",
        title="Agile beats viral",
        channel="bluesky",
        network="bluesky",
        language="en",
        voice=lay(adapter("bluesky").voice, voice or {}),
        angle="point",
        passages=tuple(Passage(kind="story", text=text) for text in passages or (POINT,)),
    )
    return adapter("bluesky").render(replace(variant, **changed))


def rules(changes: Any) -> list[tuple[str, str]]:
    return [(change.rule, change.detail) for change in changes]


def test_says_one_sharp_point_and_lists_what_it_left_out() -> None:
    rendition = render(POINT, "A second thought.", "A third.")
    assert [part.text for part in rendition.parts] == [POINT]
    assert rules(rendition.omitted) == [("one-point", "A second thought."), ("one-point", "A third.")]


def test_adds_a_thought_to_a_point_too_short_to_stand_alone() -> None:
    assert render("Listen first.", POINT, "More.").parts[0].text == f"Listen first.\n\n{POINT}"


def test_puts_the_link_in_a_card_and_not_in_the_text() -> None:
    rendition = render(link=LINK)
    assert rendition.parts[0].text == POINT
    assert rendition.parts[0].native["embed"] == {
        "$type": "app.bsky.embed.external",
        "external": {"uri": LINK, "title": "Agile beats viral", "description": "my-site.example/guide"},
    }
    assert rules(rendition.changes) == [("link", f"{LINK} as a card")]


def test_a_card_without_a_title_is_named_by_its_host() -> None:
    embed = render(link=LINK, title="").parts[0].native["embed"]
    assert embed["external"]["title"] == "my-site.example"  # type: ignore[index, call-overload]  # JSON


@pytest.mark.parametrize("changed", [{"voice": {"link": "text"}}, {"media": (media(),)}], ids=["asked", "pictures"])
def test_shows_the_link_short_in_the_text_where_there_is_no_card(changed: dict[str, Any]) -> None:
    rendition = render(link=LINK, **changed)
    assert rendition.parts[0].text == f"{POINT}\n\nmy-site.example/guide"
    assert "embed" not in rendition.parts[0].native
    (facet,) = rendition.parts[0].native["facets"]  # type: ignore[misc, union-attr]  # JSON
    assert facet["features"][0]["uri"] == LINK  # type: ignore[index, call-overload]  # JSON
    assert rules(rendition.changes) == [("link", f"{LINK} shown as my-site.example/guide")]


def test_a_call_names_the_address_under_it_and_is_left_to_the_title_of_a_card() -> None:
    told = (Passage(kind="story", text=POINT), Passage(kind="call", text="Take the sheet"))
    assert (
        render(passages=told, link=LINK, media=(media(),))
        .parts[0]
        .text.endswith("\n\nTake the sheet\nmy-site.example/guide")
    )
    card = render(passages=told, link=LINK)
    assert card.parts[0].text == POINT
    assert rules(card.omitted) == [("one-point", "Take the sheet")]


def test_a_call_gives_way_to_a_lead_that_fills_the_post() -> None:
    told = (Passage(kind="quote", text="a" * 270), Passage(kind="call", text="Take the sheet"))
    rendition = render(passages=told, link=LINK, media=(media(),))
    assert rendition.parts[0].text.endswith("a\n\nmy-site.example/guide")
    assert rules(rendition.omitted) == [("one-point", "Take the sheet")]


def test_keeps_pictures_and_card_in_a_thread_by_giving_the_card_to_the_last_post() -> None:
    rendition = render(*[POINT] * 5, link=LINK, thread=True, media=(media(),))
    assert len(rendition.parts) > 1
    assert [bool(part.media) for part in rendition.parts] == [True] + [False] * (len(rendition.parts) - 1)
    assert ["embed" in part.native for part in rendition.parts] == [False] * (len(rendition.parts) - 1) + [True]


def test_puts_the_link_in_a_reply_when_the_voice_says_so() -> None:
    first, reply = render(link=LINK, voice={"link": "reply"}).parts
    assert (first.kind, first.text, reply.kind, reply.text) == ("post", POINT, "reply", "Agile beats viral")
    assert "embed" in reply.native


@pytest.mark.parametrize("place", ["bio", "none"])
def test_says_that_the_link_is_left_out(place: str) -> None:
    rendition = render(link=LINK, voice={"link": place})
    assert "my-site" not in str(rendition.parts)
    assert rules(rendition.omitted) == [("link", LINK)]


def test_tells_everything_in_a_thread_when_asked() -> None:
    rendition = render(*[f"{POINT} {number}." for number in range(6)], thread=True, tags=("Listening",))
    assert [part.kind for part in rendition.parts] == ["post", *["reply"] * (len(rendition.parts) - 1)]
    assert all(part.length <= 300 for part in rendition.parts)
    assert rendition.parts[-1].text.endswith("#Listening")
    assert rendition.omitted == ()
    assert " ".join(" ".join(part.text for part in rendition.parts).split()).count(POINT) == 6


def test_keeps_the_authors_words_and_adds_only_what_they_lack() -> None:
    words = "My words with #listening inside."
    assert render(text=words, tags=("Listening", "Agile")).parts[0].text == f"{words}\n\n#Agile"
    written = f"{words} {LINK}"
    assert render(text=written, link=LINK, voice={"link": "text"}).parts[0].text == written


@pytest.mark.parametrize("text", ["a " * 151, "👨‍👩‍👧‍👧" * 121], ids=["graphemes", "bytes"])
def test_refuses_the_authors_words_over_either_limit(text: str) -> None:
    with pytest.raises(Unsupported) as refusal:
        render(text=text.strip())
    assert "thread: true" in refusal.value.hint


def test_hides_tags_in_the_record_when_the_voice_wants_none_in_the_text() -> None:
    rendition = render(tags=("Agile",), voice={"tags_at": "none"})
    assert rendition.parts[0].text == POINT
    assert rendition.parts[0].native["tags"] == ["Agile"]
    assert [change.rule for change in rendition.changes] == ["tags"]


def test_says_a_content_warning_first_since_nothing_folds() -> None:
    rendition = render(warning="Marketing")
    assert rendition.parts[0].text == f"Marketing\n\n{POINT}"
    assert [change.rule for change in rendition.changes] == ["warning"]


def test_hints_at_mentions_that_will_not_be_links() -> None:
    plain = render("Thanks to @friend.com for this one.")
    (finding,) = adapter("bluesky").check(plain)
    assert (finding.rule, finding.severity) == ("plain-mention", Severity.HINT)
    assert '"@friend.com": "did:plc:…"' in finding.hint
    known = render("Thanks to @friend.com for this one.", settings={"@friend.com": "did:plc:friend"})
    assert list(adapter("bluesky").check(known)) == []


def test_complains_of_too_many_bytes_under_few_graphemes() -> None:
    rendition = render()
    heavy = replace(rendition.parts[0], text="👨‍👩‍👧‍👧" * 121, length=121)
    found = adapter("bluesky").check(replace(rendition, parts=(heavy,)))
    assert [finding.rule for finding in found] == ["too-many-bytes"]
