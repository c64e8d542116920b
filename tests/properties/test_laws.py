"""Every law notices the defect it is there for: a sound post is printed, spoilt in one way, and judged again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import cast

import pytest
from msgspec import structs

from publisher.model import Json, Part, Rendition
from tests.properties import laws
from tests.properties.drafts import write
from tests.properties.laws import LAWS, Printed, print_post

BODY = """\
Sixty-one pages opened in October, and 84% of them were read by @saltmarsh twice. Nobody said why 👩‍👩‍👧‍👦.

In spring we wrote twice a day, at https://example.org/spring (and heard nothing back).

- Listen before you speak.
- Answer within 90 minutes, every day.

> Being on a network is no strategy.
> — our lead

What did your last post bring you?
"""
HEADER = {
    "title": "A page",
    "objective": "awareness",
    "link": "https://example.org/guide",
    "keywords": ["social media", "listening"],
    "media": [{"file": "a.jpg", "alt": "A page on a wall"}],
    "channels": {"facebook": {"text": "Our own words, 5 of them. #Listening", "warning": "Words"}},
}


def spoil(printed: Printed, change: Callable[[Rendition], Rendition]) -> Printed:
    """The post with each of its renditions changed."""
    proofs = [replace(one, rendition=change(one.rendition) if one.rendition else None) for one in printed.proofs]
    return replace(printed, proofs=tuple(proofs))


def each_part(change: Callable[[Part], Part]) -> Callable[[Rendition], Rendition]:
    return lambda rendition: structs.replace(rendition, parts=tuple(map(change, rendition.parts)))


def says(change: Callable[[str], str]) -> Callable[[Rendition], Rendition]:
    return each_part(lambda part: structs.replace(part, text=change(part.text)))


def moved_facets(part: Part) -> Part:
    facets = cast("list[dict[str, Json]]", part.native.get("facets", []))
    moved: list[Json] = [{**facet, "index": {"byteStart": 0, "byteEnd": 10**6}} for facet in facets]
    return structs.replace(part, native={**part.native, "facets": moved} if moved else part.native)


DEFECTS: tuple[tuple[Callable[..., Iterator[str]], Callable[[Rendition], Rendition]], ...] = (
    (laws.every_channel_speaks_or_says_why, each_part(lambda part: structs.replace(part, text="", media=()))),
    (laws.every_part_fits, each_part(lambda part: structs.replace(part, length=part.limit + 1))),
    (laws.every_part_fits, each_part(lambda part: structs.replace(part, length=part.length - 1))),
    (laws.no_word_is_cut_or_made_up, says(lambda text: text[:5])),
    (laws.no_word_is_cut_or_made_up, says(lambda text: text + " invented")),
    (laws.no_grapheme_is_cut, says(lambda text: text.replace("\u200d👩", "") + "👩‍👩")),
    (laws.no_address_mention_or_tag_is_cut, says(lambda text: text + " https://example.org/spr")),
    (laws.no_address_mention_or_tag_is_cut, says(lambda text: text + " @saltm")),
    (laws.no_address_mention_or_tag_is_cut, says(lambda text: text + " #SocialMed")),
    (laws.every_number_is_the_authors, says(lambda text: text.replace("84", "85") + " 9,090")),
    (laws.every_link_is_kept_or_told, lambda one: Rendition(post="a", channel="x", network="x", parts=())),
    (laws.everything_left_out_is_told, lambda one: Rendition(post="a", channel="x", network="x", parts=())),
    (laws.every_sentence_is_said_or_told, lambda one: structs.replace(one, omitted=())),
    (laws.own_words_are_kept, says(lambda text: text.replace("own", "other"))),
    (laws.entities_are_in_range_and_apart, each_part(moved_facets)),
    (laws.no_two_networks_say_the_same, says(lambda _: "The very same words for everybody.")),
    (laws.rendering_is_steady, says(lambda text: text + " ")),
)


def test_a_sound_post_breaks_no_law() -> None:
    printed = print_post(write(HEADER, BODY))
    assert [breach for law in LAWS for breach in law(printed)] == []


@pytest.mark.parametrize(("law", "defect"), DEFECTS, ids=lambda one: one.__name__.strip("<>"))
def test_a_law_notices_the_defect_it_is_there_for(
    law: Callable[[Printed], Iterator[str]], defect: Callable[[Rendition], Rendition]
) -> None:
    assert list(law(spoil(print_post(write(HEADER, BODY)), defect)))


def test_every_law_is_tried() -> None:
    assert {law for law, _ in DEFECTS} == set(LAWS)
