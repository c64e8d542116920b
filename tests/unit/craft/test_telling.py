from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from msgspec import structs

from publisher.craft.compose import compose
from publisher.craft.distinct import likeness
from publisher.craft.layout import lay_out
from publisher.model import Channel, Material, Override, Post, Variant, Voice

POST = Post(id="p", path="p.md", digest="0", title="A title")
STORY = Voice(angles=("story",), reads_well=(800, 1500), calls=False)


def told(material: Material, more: Mapping[str, object] | None = None, **voices: Voice) -> Mapping[str, Variant]:
    post = structs.replace(POST, material=material, **(more or {}))  # type: ignore[arg-type] # free fields
    return compose(post, [(Channel(name=name, network=name), voice) for name, voice in voices.items()])


def kinds(variant: Variant) -> list[str]:
    return [passage.kind for passage in variant.passages]


def test_a_sentence_said_twice_is_told_once_and_the_other_is_listed() -> None:
    variant = told(Material(hook="We listen. Every day.", story=("We listen. Then we write.",)), x=STORY)["x"]
    assert lay_out(variant.passages) == "We listen. Then we write.\n\nEvery day."
    assert [(one.rule, one.detail) for one in variant.omitted] == [("repeated", "We listen.")]


def test_a_repeated_sentence_keeps_the_spaces_of_its_text() -> None:
    material = Material(hook="誰かの質問です。", story=("初めに聞く。誰かの質問です。次に書く。また聞く。",))
    variant = told(material, {"language": "ja"}, x=Voice(angles=("hook",), reads_well=(100, 400), calls=False))["x"]
    assert variant.passages[1].text == "初めに聞く。次に書く。また聞く。"


def test_the_hook_waits_for_a_paragraph_that_leans_on_the_one_before() -> None:
    material = Material(hook="Listening pays.", story=("A bakery asked us.", "It wanted followers.", "We said no."))
    texts = [passage.text for passage in told(material, x=STORY)["x"].passages]
    assert texts == ["A bakery asked us.", "It wanted followers.", "Listening pays.", "We said no."]


def test_a_thread_follows_the_file_after_its_lead_and_leaves_nothing_out() -> None:
    material = Material(hook="H is here.", points=("P one.", "P two."), story=("S one.", "S two."), question="Why?")
    lines = {"body": 1, "hook": 1, "story.0": 3, "points.0": 5, "points.1": 6, "story.1": 8, "question": 10}
    voice = Voice(angles=("question",), thread=True, calls=False)
    variants = told(material, {"lines": lines}, one=voice, two=replace(voice, angles=("hook",)))
    texts = [passage.text for passage in variants["one"].passages]
    assert texts == ["Why?", "H is here.", "S one.", "P one.", "P two.", "S two."]
    assert [kinds(variants["two"]), variants["two"].omitted] == [
        ["hook", "story", "point", "point", "story", "question"],
        (),
    ]


def test_an_essay_leaves_room_for_the_hook_the_points_and_the_question() -> None:
    essay = tuple(f"Paragraph {n} tells of the long road. " * 6 + f"It ends at {n}." for n in range(30))
    material = Material(hook="Roads are long.", points=("Walk.", "Rest."), question="Where to?", story=essay)
    variant = told(material, x=STORY)["x"]
    length = len(lay_out(variant.passages))
    assert 1300 < length <= 1500
    assert kinds(variant)[:2] == ["story", "hook"]
    assert kinds(variant)[-3:] == ["point", "point", "question"]


def test_one_endless_paragraph_is_told_by_its_first_sentences() -> None:
    essay = " ".join(f"Sentence {n} goes on about the road." for n in range(200))
    variant = told(Material(hook="Roads are long.", question="Where to?", story=(essay, "The end.")), x=STORY)["x"]
    assert kinds(variant) == ["story", "hook", "question"]
    assert essay.startswith(variant.passages[0].text)
    assert variant.passages[0].text.endswith("road.")
    assert 1300 < len(lay_out(variant.passages)) <= 1500
    assert variant.omitted[0].detail.endswith("Sentence 199 goes on about the road.")


def test_a_story_and_a_figure_out_of_it_are_not_told_as_the_same_text() -> None:
    story = "Last year we read the pages of many makers. Of 100 pages, 71 had no answer at all. Nobody had the time."
    material = Material(hook="Pages are silent.", story=(story,), figures=("Of 100 pages, 71 had no answer at all.",))
    voices = {
        "mastodon": Voice(angles=("figure",), reads_well=(200, 480), calls=False),
        "facebook": Voice(angles=("story",), reads_well=(80, 400), calls=False),
    }
    variants = told(material, **voices)
    assert likeness(lay_out(variants["mastodon"].passages), lay_out(variants["facebook"].passages)) < 0.7


def test_what_is_left_out_to_differ_makes_room_for_something_else() -> None:
    material = Material(
        hook="The shop opens on Friday at nine in the morning.",
        story=("We have painted the walls and hung up the lamps and swept the yard for it.",),
        points=("Bring a cup.", "Bring a friend."),
        quote="I have waited all year.",
    )
    voice = Voice(angles=("hook",), reads_well=(80, 320), calls=False)
    variants = told(material, a=replace(voice, reads_well=(80, 420)), b=voice)
    texts = [lay_out(variant.passages) for variant in variants.values()]
    assert likeness(*texts) < 0.7
    assert len(variants["b"].passages) > 1


def test_a_quotation_that_is_too_long_with_its_source_does_not_lead() -> None:
    material = Material(hook="Hear this.", quote="A" * 180 + ".", quote_source="the head of a very long department")
    voice = Voice(angles=("quote", "hook"), reads_well=(70, 200), calls=False)
    assert told(material, x=voice)["x"].angle == "hook"
    assert told(structs.replace(material, quote_source=""), x=voice)["x"].angle == "quote"


def test_a_bare_list_is_told_as_one_where_there_is_room() -> None:
    variants = told(Material(points=("Walk far.", "Rest well.")), x=Voice(), linkedin=replace(STORY, angles=("hook",)))
    assert (variants["x"].angle, variants["linkedin"].angle) == ("point", "list")
    assert lay_out(variants["linkedin"].passages).startswith("A title\n\n• Walk far.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vous lisez.", "Votre place est ici."),
        ("Relisez ceci.", "Votre place est ici."),
        ("Tu lis.", "Ta place est ici."),
        ("Nous lisons chez nous.", "Ta place est ici."),
        ("Vous lisez, tu lis.", "Ta place est ici."),
    ],
)
def test_a_french_call_addresses_readers_as_the_post_does(text: str, expected: str) -> None:
    voice = Voice(address="tu", reads_well=(800, 1500))
    muted = Override(text="…")
    names = dict.fromkeys(("a", "b", "c", "d"), voice)
    more = {"language": "fr", "objective": "community", "overrides": dict.fromkeys("abc", muted)}
    assert told(Material(hook=text), more, **names)["d"].passages[-1].text == expected


def test_a_beginning_too_short_to_say_anything_is_left_out() -> None:
    began = "Two springs ago a ferry company hoped to talk about comfort on board. " * 3
    after = "So the plan began there. Every morning a short note says which crossings are likely to be late, and why."
    material = Material(hook="The most useful question is not about goals.", story=(began.strip(), after))
    variant = told(material, a=Voice(angles=("story",), reads_well=(200, 310), calls=False))["a"]
    assert kinds(variant) == ["story", "hook"]
    assert any("So the plan began there." in change.detail for change in variant.omitted)
