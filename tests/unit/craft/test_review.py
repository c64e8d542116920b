from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from adapters.x.measure import measure as measure_x
from publisher.craft.compose import compose
from publisher.craft.review import find_folded, find_half_linked, find_thin
from publisher.model import Channel, Fact, Finding, Limits, Material, Override, Part, Post, Rendition, Severity, Voice
from publisher.testing import media

SHORT = Voice(angles=("hook",), reads_well=(10, 280))
POST = Post(id="p", path="p.md", digest="0", material=Material(hook="We opened a shop in May."))


def thin(post: Post, **voices: Voice) -> list[Finding]:
    variants = compose(post, [(Channel(name=name, network=name), voice) for name, voice in voices.items()])
    return list(find_thin(post.material, list(variants.values())))


def test_two_channels_that_begin_alike_are_told_what_to_add() -> None:
    (finding,) = thin(POST, x=SHORT, y=replace(SHORT, angles=("hook", "quote")))
    assert (finding.rule, finding.channel, finding.severity) == ("thin-material", "y", Severity.WARNING)
    assert "x" in finding.message
    assert "We opened a shop" in finding.message
    assert "quotation" in finding.hint


def test_so_are_an_author_s_own_words_that_begin_like_another_channel() -> None:
    post = structs.replace(POST, overrides={"x": Override(text="We opened a shop in May! Come.")})
    assert [finding.channel for finding in thin(post, x=Voice(), y=Voice(angles=("hook",)))] == ["y"]


def test_a_voice_that_finds_nothing_of_its_own_says_what_is_missing() -> None:
    (finding,) = thin(POST, x=Voice(angles=("question", "figure")))
    assert (finding.severity, finding.channel) == (Severity.HINT, "x")
    assert "question" in finding.hint
    assert "figure" in finding.hint


def test_enough_material_is_not_remarked_on() -> None:
    post = structs.replace(POST, material=structs.replace(POST.material, quote="It was raining."))
    assert thin(post, x=SHORT, y=replace(SHORT, angles=("hook", "quote"))) == []


def test_a_lone_sentence_is_told_what_would_make_it_worth_reading() -> None:
    (finding,) = thin(POST, x=Voice(angles=("hook", "figure"), reads_well=(70, 200)))
    assert (finding.rule, finding.channel, finding.severity) == ("thin-material", "x", Severity.HINT)
    assert finding.message == "x has 24 characters to say, where 70 or more read well"
    assert "a sentence with a figure in it" in finding.hint


def test_a_short_text_beside_a_picture_is_enough() -> None:
    assert thin(structs.replace(POST, media=(media(),)), x=Voice(angles=("hook",), reads_well=(70, 200))) == []


def test_where_every_kind_is_there_one_more_is_asked_for() -> None:
    material = Material(
        hook="One is here.",
        points=("A a.", "B b."),
        quote="Q q.",
        figures=("Of 9, 7 said yes.",),
        question="Why?",
        story=("S s.",),
    )
    voices = {f"c{n}": Voice(angles=("hook",), register="neutral") for n in range(9)}
    found = thin(structs.replace(POST, material=material), **voices)
    assert found
    assert all("one more point" in finding.hint for finding in found)


def test_a_first_sentence_longer_than_the_fold_is_hinted_at() -> None:
    fact = Fact(value=500, source="s", seen="2026-01-01")
    limits = Limits(unit="characters", text=fact, images=fact, alt=fact, image_bytes=fact, image_types=(), fold=24)
    (variant,) = compose(POST, [(Channel(name="x", network="x"), Voice())]).values()

    def folded(text: str, limits: Limits) -> list[str]:
        part = Part(kind="post", text=text, length=len(text), limit=500)
        found = find_folded(Rendition(post="p", channel="x", network="x", parts=(part,)), variant, limits)
        return [finding.rule for finding in found]

    assert folded("We opened a shop in May. And so on and on.", limits) == []
    assert folded("We opened a shop in March. And so on.", limits) == ["fold"]
    assert folded("We opened a shop in March. And so on.", replace(limits, fold=0)) == []
    assert not list(find_folded(Rendition(post="p", channel="x", network="x", parts=()), variant, limits))


@pytest.mark.parametrize(
    ("link", "linked", "better"),
    [
        ("http://例え.jp/パス", "http://例え.jp/", "http://xn--r8jz45g.jp/%E3%83%91%E3%82%B9"),
        ("https://example.org/a[1]?b={c}", "https://example.org/a[1", "https://example.org/a%5B1%5D?b=%7Bc%7D"),
        ("https://example.org/end.", "https://example.org/end", "a letter or a digit"),
    ],
)
def test_an_address_that_a_network_links_only_in_part_is_an_error(link: str, linked: str, better: str) -> None:
    (finding,) = find_half_linked(saying(f"Read it.\n\n{link}"), link, measure_x)
    assert (finding.rule, finding.severity, finding.channel) == ("half-link", Severity.ERROR, "x")
    assert f"“{linked}” of {link}" in finding.message
    assert better in finding.hint


@pytest.mark.parametrize("link", ["https://example.org/été", "https://example.org/a_(b)", "https://example.org/?a=1#b"])
def test_an_address_that_is_linked_whole_is_not_remarked_on(link: str) -> None:
    assert list(find_half_linked(saying(f"Read it.\n\n{link}"), link, measure_x)) == []


@pytest.mark.parametrize("link", ["@mastodon", "@mastodon-fr"])
def test_the_name_of_a_channel_that_stands_for_an_address_is_none_yet(link: str) -> None:
    assert list(find_half_linked(saying(f"Read it.\n\n{link}"), link, measure_x)) == []


def test_an_address_that_only_a_rehearsal_gives_is_not_remarked_on() -> None:
    link = "https://mastodon.example/@tidewater/111"
    assert list(find_half_linked(saying(f"Read it.\n\n{link}"), link, measure_x)) == []


def test_an_address_that_is_no_link_and_names_somebody_is_an_error() -> None:
    link = "https://mastodon.intranet/@tidewater/111"
    (finding,) = find_half_linked(saying(f"Read it.\n\n{link}"), link, measure_x)
    assert (finding.rule, finding.severity) == ("half-link", Severity.ERROR)
    assert finding.message == f"x would not link {link}, and would take “@tidewater” in it for a mention"
    assert finding.hint == "give an address that everybody can open"


def saying(text: str) -> Rendition:
    return Rendition(post="p", channel="x", network="x", parts=(Part(kind="post", text=text, length=1, limit=280),))
