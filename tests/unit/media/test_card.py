from __future__ import annotations

import io

import pytest
from msgspec import structs
from PIL import Image, ImageChops

from publisher.errors import Unsupported
from publisher.media.card import LONGEST, SIZE, Words, make_card, words_for_card
from publisher.media.colours import Colours
from publisher.media.lettering import Pen, find_unwritable
from publisher.model import Material, Passage, Post, Variant
from publisher.registry import adapter

HOOK = "Sixty million company pages, and nobody is listening."
QUOTE = "Being on a network is not a strategy."
INK, PAPER = (20, 38, 61), (245, 240, 230)


def post(**material: str) -> Post:
    return Post(id="p", path="p.md", digest="0", title="Agile beats viral", material=Material(**material))  # type: ignore[arg-type]  # the cases name texts


def variant(*passages: Passage, text: str | None = None) -> Variant:
    voice = adapter("instagram").voice
    return Variant(
        post="p", title="", channel="i", network="instagram", language="en", voice=voice, angle="", passages=passages,
        text=text,
    )  # fmt: skip


def words(source: Post, meant: Variant) -> Words:
    found = words_for_card(source, meant, "Tidewater")
    assert found
    return found


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def drawn(text: str, size: int = 80) -> Image.Image:
    sheet = Image.new("L", (1000, 200))
    Pen(size).write(sheet, text, 20, 120)
    return sheet


def ink(sheet: Image.Image) -> int:
    return sum(sheet.histogram()[128:])


# --- which words


def test_a_card_says_the_hook_as_the_channel_tells_it() -> None:
    told = variant(Passage(kind="question", text="Who?"), Passage(kind="hook", text="We say it our way."))
    assert words(post(hook=HOOK), told) == Words(text="We say it our way.", name="Tidewater")


def test_a_quote_has_its_source_in_a_line_of_its_own() -> None:
    told = variant(Passage(kind="quote", text=f"“{QUOTE}” — our community lead"))
    found = words(post(quote=QUOTE, quote_source="our community lead"), told)
    assert found == Words(text=f"“{QUOTE}”", source="— our community lead", name="Tidewater")
    assert found.alt == f"“{QUOTE}”\n— our community lead\nTidewater"


def test_of_a_long_hook_whole_sentences_are_taken() -> None:
    long = " ".join(
        [HOOK, "We asked why, and the answer took a year.", *["And then some more was said." for _ in range(9)]]
    )
    found = words(post(hook=long), variant())
    assert found.text.startswith(f"{HOOK} We asked why, and the answer took a year.")
    assert found.text.endswith(".")
    assert len(found.text) <= 180


def test_what_is_too_long_gives_way_to_the_next_and_at_last_to_the_title() -> None:
    endless = "word " * 100 + "end."
    assert len(endless) > LONGEST
    assert words(post(hook=endless, quote=QUOTE), variant()).text == QUOTE
    assert words(post(hook=endless), variant()).text == "Agile beats viral"


def test_the_authors_own_words_are_used_when_there_are_no_others() -> None:
    bare = structs.replace(post(), title="")
    assert words(bare, variant(text="Only this. And that.")).text == "Only this. And that."
    assert words_for_card(bare, variant(), "Tidewater") is None


def test_pictographs_stay_in_the_caption() -> None:
    assert words(post(hook="Listen 👂🏽 first 🎉."), variant()).text == "Listen first ."


# --- how they are set


def test_a_card_is_a_jpeg_that_a_feed_shows_whole_in_the_teams_colours() -> None:
    card = opened(make_card(Words(text=HOOK, name="Tidewater"), Colours()))
    assert card.format == "JPEG"
    assert card.size == SIZE
    colours = sorted(card.getcolors(SIZE[0] * SIZE[1]) or [], reverse=True)
    for (_, seen), meant in zip(colours[:2], (PAPER, INK), strict=True):
        assert isinstance(seen, tuple)
        assert all(abs(one - other) < 3 for one, other in zip(seen, meant, strict=True))


@pytest.mark.parametrize(
    "text", ["Listen.", HOOK, f"“{QUOTE}”", "« Écoutez d’abord. »", "A" * 18, f"{HOOK} " * 5, "Donaudampfschifffahrt"]
)
@pytest.mark.parametrize("source", ["", "— a reader of our letter, in the third week of a long November"])
def test_nothing_is_cut_off_and_nothing_overlaps(text: str, source: str) -> None:
    paper = Colours(ink="#000000", paper="#ffffff")
    card = opened(make_card(Words(text=text.strip(), source=source, name="Tidewater"), paper)).convert("L")
    dark = card.point(lambda value: 255 if value < 100 else 0)
    left, top, right, bottom = dark.getbbox() or (0, 0, 0, 0)
    assert left >= 20
    assert top >= 112
    assert right <= SIZE[0] - 112 + 2
    assert bottom <= SIZE[1] - 90
    above_rule = dark.crop((0, SIZE[1] - 112 - 72 - 24, SIZE[0], SIZE[1] - 112 - 72 - 6))
    assert above_rule.getbbox() is None


def test_the_same_words_make_the_same_card() -> None:
    said = Words(text=HOOK, name="Tidewater")
    assert make_card(said, Colours()) == make_card(said, Colours())
    assert make_card(said, Colours()) != make_card(said, Colours(paper="#ffffff"))


@pytest.mark.parametrize(("text", "sign"), [("早く聞く。", "早"), ("Слушай.", "С"), ("Straße", "ß")])
def test_a_script_that_cannot_be_written_is_refused_rather_than_shown_as_boxes(text: str, sign: str) -> None:
    with pytest.raises(Unsupported, match=sign) as refused:
        make_card(Words(text=text), Colours())
    assert refused.value.hint == "add a picture under `media:`"


@pytest.mark.parametrize("words", [Words(text="W" * 60), Words(text="Listen.", source="— " + "long " * 40)])
def test_what_does_not_fit_whole_is_refused(words: Words) -> None:
    with pytest.raises(Unsupported, match="too long for a card"):
        make_card(words, Colours())


# --- letters


def test_every_french_letter_can_be_written() -> None:
    assert find_unwritable("ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆàâäçéèêëîïôöùûüÿœæ « 12\u202f€ » – — … ’ “ ” • ° ! ? ; : %") == ""


@pytest.mark.parametrize("letter", "éèêëàçñåžīœÉÇÏ—€•")
def test_a_letter_put_together_has_more_ink_than_its_base(letter: str) -> None:
    import unicodedata

    base = {"œ": "o", "—": "-", "€": "C", "•": ""}.get(letter) or unicodedata.normalize("NFD", letter)[0]
    assert ink(drawn(letter)) > ink(drawn(base if letter != "•" else " "))


def test_an_i_with_a_mark_loses_its_dot() -> None:
    plain, marked = drawn("i"), drawn("î")
    below = (0, 82, 1000, 200)
    assert ImageChops.difference(plain.crop(below), marked.crop(below)).getbbox() is None
    dot, roof = (sheet.crop((0, 0, 1000, 74)).getbbox() for sheet in (plain, marked))
    assert dot
    assert roof
    assert roof[2] - roof[0] > 2 * (dot[2] - dot[0])


def test_an_accent_does_not_move_the_letters_after_it() -> None:
    assert Pen(80).width("été") == Pen(80).width("ete")
    assert Pen(80).width("") == 0
    assert Pen(80).width("12\u202f€") < Pen(80).width("12 €")
