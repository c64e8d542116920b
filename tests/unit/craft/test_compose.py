from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from publisher.craft.compose import compose
from publisher.craft.distinct import copied
from publisher.craft.layout import lay_out
from publisher.craft.sentences import sentences
from publisher.craft.voices import ANGLES
from publisher.model import Channel, Material, Override, Part, Post, Rendition, Severity, Variant, Voice

MATERIAL = Material(
    hook="Sixty million company pages, and nobody is listening.",
    points=(
        "Listen before you speak.",
        "Discuss what you have heard, with the people who said it.",
        "Adapt your next post to what you have learned.",
    ),
    quote="Being on a network is not a strategy.",
    quote_source="Ada Lund",
    figures=("Of 100 pages we read, 71 had not answered one comment.",),
    question="What did your last post bring you?",
    story=(
        "Last spring a bakery asked us for more followers. Of 100 pages we read, 71 had not answered one comment.",
        "We did not write a campaign. We answered the forty comments that were waiting, one by one.",
    ),
)
POST = Post(
    id="agile",
    path="content/agile.md",
    digest="0",
    title="Agile beats viral",
    objective="awareness",
    keywords=("agile", "social media", "listening"),
    link="https://example.org/agile",
    material=MATERIAL,
)
VOICES = {
    "x": Voice(angles=("hook", "figure", "point"), reads_well=(70, 200), tags=1),
    "linkedin": Voice(angles=("story", "hook", "point"), reads_well=(800, 1500), tags=4),
    "facebook": Voice(angles=("question", "story", "hook"), reads_well=(80, 400), emoji=2, exclamations=1),
    "instagram": Voice(angles=("list", "quote", "hook"), reads_well=(140, 600), tags=5, tags_at="block"),
    "mastodon": Voice(angles=("figure", "story", "hook"), reads_well=(200, 480), calls=False),
    "bluesky": Voice(angles=("point", "quote", "figure"), reads_well=(80, 280), calls=False),
}
CHANNELS = [(Channel(name=name, network=name), voice) for name, voice in VOICES.items()]


def texts(variants: Mapping[str, Variant]) -> dict[str, str]:
    return {name: variant.text or lay_out(variant.passages) for name, variant in variants.items()}


def one(post: Post, voice: Voice, name: str = "x", **channel: object) -> Variant:
    return compose(post, [(Channel(name=name, network=name), voice)])[name]


def test_each_channel_leads_with_what_its_voice_prefers() -> None:
    assert {name: variant.angle for name, variant in compose(POST, CHANNELS).items()} == {
        "x": "hook",
        "linkedin": "story",
        "facebook": "question",
        "instagram": "list",
        "mastodon": "figure",
        "bluesky": "point",
    }


def test_no_two_channels_say_the_same() -> None:
    renditions = [
        Rendition(post="agile", channel=name, network=name, parts=(Part(kind="post", text=text, length=1, limit=9),))
        for name, text in texts(compose(POST, CHANNELS)).items()
    ]
    assert copied(renditions, severity=Severity.ERROR) == ()


def test_linkedin_opens_a_story_says_what_it_is_about_goes_on_and_asks() -> None:
    kinds = [passage.kind for passage in compose(POST, CHANNELS)["linkedin"].passages]
    assert kinds == ["story", "hook", "story", "point", "point", "point", "quote", "question"]


def test_a_remark_is_a_lead_and_at_most_one_thing_more() -> None:
    variants = compose(POST, CHANNELS)
    assert [len(variants[name].passages) for name in ("x", "bluesky")] == [2, 2]
    assert len(one(POST, replace(VOICES["x"], reads_well=(30, 200), calls=False)).passages) == 1


def test_a_list_opens_with_the_title() -> None:
    assert texts(compose(POST, CHANNELS))["instagram"].startswith("Agile beats viral\n\n• Listen before you speak.\n• ")


def test_a_figure_that_leads_is_not_told_twice() -> None:
    text = texts(compose(POST, CHANNELS))["mastodon"]
    assert text.count("71 had not answered") == 1
    assert text.startswith("Of 100 pages we read, 71 had not answered one comment.\n\nLast spring a bakery")


def test_a_sentence_that_leans_on_another_does_not_lead() -> None:
    material = structs.replace(MATERIAL, figures=("It rose by 40 percent.",), story=("But it went on.",))
    variant = one(structs.replace(POST, material=material), Voice(angles=("figure", "story", "quote")))
    assert variant.angle == "quote"


def test_missing_material_makes_room_for_the_next_angle() -> None:
    variant = one(structs.replace(POST, material=Material(hook="Only this.")), VOICES["facebook"])
    assert (variant.angle, variant.passages[0].text) == ("hook", "Only this.")


def test_a_post_of_pictures_alone_is_led_by_its_title_or_by_nothing() -> None:
    bare = structs.replace(POST, material=Material())
    assert [passage.text for passage in one(bare, Voice(calls=False)).passages] == ["Agile beats viral"]
    assert one(structs.replace(bare, title=""), Voice()).passages == ()


def test_a_channel_that_cannot_differ_says_as_little_twice_as_it_can() -> None:
    material = Material(hook="The shop opens on Friday at nine.", points=("Bring a cup.",))
    voices = {name: Voice(angles=("hook",), reads_well=(80, 400), calls=False) for name in ("one", "two", "three")}
    variants = compose(
        structs.replace(POST, material=material), [(Channel(name=n, network=n), v) for n, v in voices.items()]
    )
    assert {name: text.count("\n\n") + 1 for name, text in texts(variants).items()} == {"one": 2, "two": 1, "three": 1}
    assert [change.rule for change in variants["three"].omitted if change.rule != "tags"] == ["distinct"]


def test_nothing_is_left_out_that_would_make_a_channel_like_more_others() -> None:
    material = Material(hook="The shop opens on Friday.", points=("Bring a cup with you now.",))
    own = Override(text=material.hook)
    post = structs.replace(POST, material=material, overrides={"b": own, "c": own, "d": Override(angle="hook")})
    voice = Voice(angles=("hook",), reads_well=(80, 400), calls=False)
    variants = compose(post, [(Channel(name=name, network=name), voice) for name in "abcd"])
    assert [passage.kind for passage in variants["d"].passages] == ["hook", "point"]


def test_those_with_the_most_room_tell_the_most_in_whatever_order_they_stand() -> None:
    variant = compose(POST, CHANNELS[::-1])["linkedin"]
    assert [change for change in variant.omitted if change.rule != "tags"] == []


def test_a_remark_after_a_point_is_of_another_kind() -> None:
    variant = one(POST, Voice(angles=("point",), calls=False))
    assert [passage.kind for passage in variant.passages] == ["point", "hook"]


def test_a_post_with_nothing_but_a_call_makes_it() -> None:
    variant = one(structs.replace(POST, title="", material=Material(call="Come.")), VOICES["x"])
    assert [passage.text for passage in variant.passages] == ["Come."]


def test_the_angle_an_author_asks_for_is_kept_and_others_give_way() -> None:
    post = structs.replace(POST, overrides={"bluesky": Override(angle="hook")})
    variants = compose(post, CHANNELS)
    assert (variants["bluesky"].angle, variants["x"].angle) == ("hook", "figure")


def test_an_angle_without_material_is_told() -> None:
    post = structs.replace(POST, material=structs.replace(MATERIAL, quote=""), overrides={"x": Override(angle="quote")})
    (change,) = [change for change in one(post, VOICES["x"]).changes if change.rule == "angle"]
    assert "quote" in change.detail


def test_the_author_s_own_words_win_and_no_channel_begins_like_them() -> None:
    post = structs.replace(POST, overrides={"linkedin": Override(text=MATERIAL.hook + " Don't change “this”!!")})
    variants = compose(post, CHANNELS)
    assert variants["linkedin"].text == MATERIAL.hook + " Don't change “this”!!"
    assert variants["linkedin"].passages == ()
    assert not texts(variants)["x"].startswith(MATERIAL.hook)


def test_what_is_said_for_a_channel_stands_over_what_is_said_for_its_network() -> None:
    overrides = {
        "linkedin": Override(link="https://example.org/network", warning="Network", thread=True),
        "founder": Override(link="https://example.org/founder"),
    }
    channel = Channel(name="founder", network="linkedin", settings={"author": "me"})
    variant = compose(structs.replace(POST, overrides=overrides), [(channel, Voice())])["founder"]
    assert (variant.link, variant.warning, variant.thread) == ("https://example.org/founder", "Network", True)
    assert variant.settings == {"author": "me"}
    assert (variant.post, variant.network, variant.title, variant.language) == ("agile", "linkedin", POST.title, "en")


def test_channels_left_out_have_no_variant() -> None:
    assert list(compose(structs.replace(POST, muted=("x",)), CHANNELS)) == list(VOICES)[1:]
    assert list(compose(structs.replace(POST, only=("x", "bluesky")), CHANNELS)) == ["x", "bluesky"]


def test_a_thread_tells_everything() -> None:
    variant = one(structs.replace(POST, overrides={"x": Override(thread=True)}), VOICES["x"])
    assert [change for change in variant.omitted if change.rule != "tags"] == []
    assert variant.passages[0].kind == "hook"


def test_keywords_become_tags_as_many_as_the_voice_has() -> None:
    variant = one(POST, Voice(tags=2))
    assert variant.tags == ("Agile", "SocialMedia")
    assert [change.detail for change in variant.omitted if change.rule == "tags"] == ["#Listening"]
    assert one(POST, Voice(tags=2, tags_at="none")).tags == ()


def test_tags_the_author_gives_a_channel_are_all_kept() -> None:
    post = structs.replace(POST, overrides={"x": Override(tags=("one", "#two words", "three"))})
    assert one(post, Voice(tags=1)).tags == ("One", "TwoWords", "Three")


@pytest.mark.parametrize(
    ("language", "voice", "expected"),
    [
        ("en", Voice(person="I"), "Write to me, and see it at work."),
        ("fr", Voice(), "Écrivez-nous pour le voir à l’œuvre."),
        ("fr-CA", Voice(person="I", address="tu"), "Écris-moi pour le voir à l’œuvre."),
    ],
)
def test_a_call_to_action_follows_objective_person_and_address(language: str, voice: Voice, expected: str) -> None:
    post = structs.replace(POST, language=language, objective="selling", material=Material(hook="Voilà."))
    assert (one(post, voice).passages[-1].kind, one(post, voice).passages[-1].text) == ("call", expected)


@pytest.mark.parametrize(
    ("post", "voice"),
    [
        (POST, Voice(angles=("question",))),
        (POST, Voice(calls=False)),
        (structs.replace(POST, objective="unknown"), Voice()),
        (structs.replace(POST, language="xx", objective="selling"), Voice()),
    ],
)
def test_no_call_is_made_where_something_is_asked_or_nobody_calls(post: Post, voice: Voice) -> None:
    assert "call" not in [passage.kind for passage in one(post, voice).passages]


def test_the_post_s_own_call_is_made_everywhere() -> None:
    post = structs.replace(POST, material=structs.replace(MATERIAL, call="Come on Friday."))
    for variant in compose(post, CHANNELS).values():
        assert [passage.text for passage in variant.passages if passage.kind == "call"] == ["Come on Friday."]


def test_people_are_called_as_each_network_calls_them() -> None:
    people = {"acme": {"name": "Acme", "x": "@acme_hq"}}
    post = structs.replace(
        POST, material=Material(hook="With @acme."), overrides={"bluesky": Override(text="And @acme too.")}
    )
    variants = compose(post, CHANNELS, people=people)
    assert variants["x"].passages[0].text == "With @acme_hq."
    assert variants["mastodon"].passages[0].text == "With Acme."
    assert variants["bluesky"].text == "And Acme too."
    assert all("people" in [change.rule for change in variants[name].changes] for name in ("x", "mastodon", "bluesky"))


def test_a_quotation_wears_its_language_s_marks_and_its_source() -> None:
    variant = one(structs.replace(POST, language="fr"), Voice(angles=("quote",)))
    assert variant.passages[0].text == "«\u00a0Being on a network is not a strategy.\u00a0» — Ada Lund"


_COUNT = st.integers(0, 4)


@st.composite
def _materials(draw: st.DrawFn) -> Material:
    def some(kind: str, least: int = 0) -> tuple[str, ...]:
        return tuple(f"{kind.title()} {n} says {kind * (n + 1)}. And {kind}{n} goes on." for n in range(draw(_COUNT)))

    return Material(
        hook=" ".join(some("hook")[:1]),
        points=some("point"),
        quote=" ".join(some("quote")[:1]),
        question=" ".join(some("question")[:1]),
        story=some("story"),
        call=" ".join(some("call")[:1]),
    )


_VOICES = st.builds(
    Voice,
    angles=st.lists(st.sampled_from(ANGLES), max_size=4, unique=True).map(tuple),
    reads_well=st.sampled_from([(70, 200), (80, 400), (800, 1500)]),
    thread=st.booleans(),
    calls=st.booleans(),
)
_CHANNELS = st.lists(_VOICES, min_size=1, max_size=6).map(
    lambda voices: [(Channel(name=f"c{i}", network=f"n{i}"), voice) for i, voice in enumerate(voices)]
)


@given(_materials(), _CHANNELS)
@settings(max_examples=150)
def test_no_two_channels_begin_alike_while_there_is_material(
    material: Material, channels: list[tuple[Channel, Voice]]
) -> None:
    leads = [material.hook, *material.points, material.quote, material.question, *material.story[:1]]
    variants = compose(structs.replace(POST, title="", language="xx", material=material), channels)
    begun = [sentences(variant.passages[0].text)[0] for variant in variants.values() if variant.passages]
    assert len(set(begun)) >= min(len(channels), len([lead for lead in leads if lead]))


@given(_materials(), _CHANNELS)
@settings(max_examples=150)
def test_all_material_is_told_or_listed_once_and_composing_is_repeatable(
    material: Material, channels: list[tuple[Channel, Voice]]
) -> None:
    post = structs.replace(POST, title="", language="xx", objective="", keywords=(), material=material)
    whole = (material.hook, *material.points, material.quote, material.question, *material.story, material.call)
    variants = compose(post, channels)
    assert compose(post, channels) == variants
    for variant in variants.values():
        told = [passage.text.strip("“”") for passage in variant.passages]
        left = [change.detail for change in variant.omitted]
        assert sorted(" ".join([*told, *left]).split()) == sorted(" ".join(whole).split())
