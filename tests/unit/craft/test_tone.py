from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.craft.tone import check, tune
from publisher.craft.typography import quote, typeset
from publisher.model import Passage, Severity, Variant, Voice

N = "\u00a0"


def said(text: str, language: str = "en", kind: str = "hook", **voice: object) -> str:
    passages, _ = tune([Passage(kind=kind, text=text)], Voice(**voice), language)  # type: ignore[arg-type] # free fields
    return passages[0].text


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "Vraiment? Oui; c'est dit: va!", f"Vraiment{N}? Oui{N}; c’est dit{N}: va{N}!"),
        ("fr", 'Il dit : «Oui» et "non".', f"Il dit{N}: «{N}Oui{N}» et «{N}non{N}»."),
        ("fr", "Déjà\u202f! Et «\u202flà\u202f»", "Déjà\u202f! Et «\u202flà\u202f»"),
        ("fr", "À 12:30, voir https://a.b/c?d=e; et a.b/c?d :)", "À 12:30, voir https://a.b/c?d=e; et a.b/c?d :)"),
        ("fr", "C'est @l'acme et #l'été", "C’est @l'acme et #l'été"),
        ("fr", "En 2025, 50 % de 1 234,50 € à 9 h 30, n° 5", f"En 2025, 50{N}% de 1{N}234,50{N}€ à 9{N}h{N}30, n°{N}5"),
        ("fr", "Soit 60 millions, 12 km, 3 hommes et 8 h", f"Soit 60{N}millions, 12{N}km, 3 hommes et 8{N}h"),
        ("fr", "En 2025 150 personnes", "En 2025 150 personnes"),
        ("fr", "Qu'en dire... rien", "Qu’en dire… rien"),
        ("fr", '«Écrivez "oui" ici»', f"«{N}Écrivez “oui” ici{N}»"),
        ("fr", "« Un « deux » trois", f"«{N}Un «{N}deux{N}» trois"),
        ("en", "Well... https://a.b/c...d and 50 %", "Well… https://a.b/c...d and 50 %"),
        ("xx", "So... it's", "So... it's"),
        ("en", 'It\'s "fine": don\'t ("ok")', "It’s “fine”: don’t (“ok”)"),
        ("en", "A 15\" screen, rock 'n' roll, 5'10", "A 15\" screen, rock 'n' roll, 5'10"),
        ("en", '"open 6" wide"', '"open 6" wide"'),
        ("xx", 'It\'s "fine"!', 'It\'s "fine"!'),
        ("../en", "It's", "It's"),
    ],
)
def test_each_language_has_its_signs_and_addresses_have_none(language: str, text: str, expected: str) -> None:
    assert typeset(text, language)[0] == expected


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_quotation_wears_the_marks_of_its_language_once(language: str) -> None:
    bare, dressed = quote("Oui", "", language), quote("“Oui”", "Ada", language)
    assert dressed == f"{bare} — Ada"
    assert bare == {"en": "“Oui”", "fr": f"«{N}Oui{N}»"}[language]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", 'Des "anglais" n\'ont rien à faire ici', f"«{N}Des “anglais” n’ont rien à faire ici{N}»"),
        ("fr", "«Oui» et «non»", f"«{N}“Oui” et “non”{N}»"),
        ("fr", "« Oui »", f"«{N}Oui{N}»"),
        ("en", "He said “yes”", "“He said ‘yes’”"),
        ("xx", "He said “yes”", "“He said “yes””"),
    ],
)
def test_a_quotation_in_a_quotation_wears_the_inner_marks(language: str, text: str, expected: str) -> None:
    assert quote(text, "", language) == expected


@pytest.mark.parametrize(
    ("text", "allowed", "expected"),
    [
        ("We go ! ! !", 0, "We go."),
        ("Wow!!! Great! Yes!", 1, "Wow! Great. Yes."),
        ("What?! Really!", 0, "What? Really."),
        ("Yahoo! is here. We love Yahoo!", 0, "Yahoo! is here. We love Yahoo!"),
        ("He said “Stop!” and left!", 0, "He said “Stop!” and left."),
        ("See https://a.b/wow! Now!", 0, "See https://a.b/wow! Now."),
        ("Well…! Go", 0, "Well… Go"),
        ("!", 0, "!"),
        ("Oh! the joy", 0, "Oh! the joy"),
        ("See https://a.b/wow ! Now", 0, "See https://a.b/wow ! Now"),
    ],
)
def test_exclamation_marks_above_the_voice_s_number_are_full_stops(text: str, allowed: int, expected: str) -> None:
    assert said(text, exclamations=allowed) == expected


def test_the_allowance_is_for_the_whole_telling() -> None:
    passages, changes = tune(
        [Passage(kind="hook", text="A!"), Passage(kind="call", text="B!")], Voice(exclamations=1), "en"
    )
    assert [passage.text for passage in passages] == ["A!", "B."]
    assert [change.rule for change in changes] == ["exclamations"]


def test_french_exclamations_leave_no_space_behind() -> None:
    assert said("Bravo !", "fr") == "Bravo."


@pytest.mark.parametrize(
    ("text", "allowed", "expected"),
    [
        ("Done. 🎉", 0, "Done."),
        ("🎉 Done.", 0, "Done."),
        ("Done. 🎉 👏🏽", 1, "Done. 🎉 👏🏽"),
        ("I ❤️ NY", 0, "I ❤️ NY"),
        ("We love 🍕", 0, "We love 🍕"),
        ("Done. 🎉", 1, "Done. 🎉"),
        ("Ticks ✓ and © stay.", 0, "Ticks ✓ and © stay."),
        ("1️⃣ is a number.", 0, "1️⃣ is a number."),
        ("Read it aloud. 2️⃣", 0, "Read it aloud. 2️⃣"),
    ],
)
def test_an_emoji_that_stands_for_no_word_may_go(text: str, allowed: int, expected: str) -> None:
    assert said(text, emoji=allowed) == expected


def test_emoji_are_counted_through_the_whole_telling() -> None:
    passages, _ = tune([Passage(kind="hook", text=text) for text in ("A. 🎉", "B. 🎉")], Voice(emoji=1), "en")
    assert [passage.text for passage in passages] == ["A. 🎉", "B."]


@pytest.mark.parametrize(
    ("register", "text", "expected"),
    [
        ("casual", "We do not know. Do not ask.", "We don’t know. Don’t ask."),
        (
            "casual",
            "It does NOT. They said “do not go”. We will not",
            "It does NOT. They said “do not go”. We will not",
        ),
        ("neutral", "We do not, we don’t.", "We do not, we don’t."),
        ("formal", "We don’t know. It isn't far. Don't worry.", "We do not know. It is not far. Do not worry."),
        ("formal", "We’re here and they’ve left.", "We are here and they have left."),
        ("formal", "Isn’t it? Why don’t teams ask? Don’t you dare.", "Isn’t it? Why don’t teams ask? Don’t you dare."),
        ("formal", "It’s been long, he’d say.", "It’s been long, he’d say."),
    ],
)
def test_contractions_follow_the_register_where_that_is_certain(register: str, text: str, expected: str) -> None:
    assert said(text, register=register) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our users win. Users grow.", "Our people win. People grow."),
        ("Ask The Users Guild about end-users.", "Ask The Users Guild about end-users."),
        ("“users” said it, see users.example/users and @users", "“users” said it, see users.example/users and @users"),
        ("An idea and one idea.", "An idea and one thought."),
        ("A user and an item, two items.", "A user and an item, two hints."),
        ("On twitter, Twitter and TWITTER.", "On twitter, X and TWITTER."),
        ("A top 10 list", "A top 10 list"),
    ],
)
def test_a_preferred_word_is_put_in_only_where_the_sentence_stays_right(text: str, expected: str) -> None:
    prefer = {
        "users": "people",
        "idea": "thought",
        "user": "account",
        "item": "hour",
        "items": "hints",
        "Twitter": "X",
        "twitter": "twitter",
        "top 10": "top ten",
    }
    assert said(text, prefer=prefer) == expected


def test_other_people_s_words_keep_every_letter() -> None:
    text = "Don't! We do not buy! 🎉"
    assert said(text, kind="quote", register="formal", prefer={"buy": "sell"}) == "Don’t! We do not buy! 🎉"


def test_an_unknown_language_keeps_its_wording() -> None:
    assert said('It\'s "so": do not', "xx", register="casual") == 'It\'s "so": do not'


def _variant(text: str, voice: Voice) -> Variant:
    return Variant(post="p", title="", channel="x", network="x", language="en", voice=voice, angle="hook", text=text)


def test_what_cannot_be_changed_safely_is_reported() -> None:
    voice = Voice(avoid=("synergy",), prefer={"users": "people"})
    found = check(_variant("Synergy! For users, I ❤️ it. https://a.b/synergy", voice))
    assert [(finding.rule, finding.severity) for finding in found] == [
        ("wording", Severity.WARNING),
        ("wording", Severity.HINT),
        ("exclamations", Severity.HINT),
        ("emoji", Severity.HINT),
    ]
    assert all(finding.channel == "x" and finding.hint for finding in found)


def test_worn_words_and_endless_sentences_are_hinted_at() -> None:
    found = check(_variant("A game-changer, gonna be. " + "word " * 41, Voice(register="formal")))
    assert [(one.rule, one.severity) for one in found] == [
        ("wording", Severity.HINT),
        ("wording", Severity.HINT),
        ("long-sentence", Severity.HINT),
    ]
    assert check(_variant("It is gonna be.", Voice(register="casual"))) == ()


def test_a_voice_that_is_kept_is_not_reported() -> None:
    assert check(_variant("All is well. https://a.b/wow!", Voice(avoid=("synergy",)))) == ()


_WORDS = [
    "We",
    "do not",
    "don't",
    "It's",
    "users",
    "Users",
    "12:30",
    "3,5",
    "60",
    "word!",
    '"so"',
    "«oui»",
    "end.",
    "5!",
]
_ADDRESSES = ["https://a.b/c'd?e=f!g", "@acme'", "#été", "me@a.example", "ab.example/c;d", "“do not!”", "l'idée"]
_PIECES = st.sampled_from([*_WORDS, *_ADDRESSES, "!", "!!", "?!", ":", "?", "🎉"])
_SENTENCES = st.lists(_PIECES, min_size=1, max_size=14).map(" ".join)
_VOICES = st.builds(
    Voice,
    register=st.sampled_from(["formal", "neutral", "casual"]),
    emoji=st.integers(0, 2),
    exclamations=st.integers(0, 2),
    prefer=st.sampled_from([{}, {"users": "people", "60": "sixty"}]),
)


@given(_SENTENCES, _VOICES, st.sampled_from(["en", "fr", "de"]))
@settings(max_examples=300)
def test_figures_addresses_and_quotations_are_never_altered(text: str, voice: Voice, language: str) -> None:
    kept = re.compile(r"\d+(?:[:,.]\d+)*|https?://\S+|[@#]\w+|\S+@\S+|ab\.example/\S+|“do not(?= ?!?”)")
    passages, changes = tune([Passage(kind="hook", text=text)], voice, language)
    assert kept.findall(passages[0].text.replace(N, " ")) == kept.findall(text)
    assert bool(changes) == (passages[0].text != text)


@given(_SENTENCES, _VOICES, st.sampled_from(["en", "fr"]))
@settings(max_examples=200)
def test_what_is_in_tone_stays_as_it_is(text: str, voice: Voice, language: str) -> None:
    once, _ = tune([Passage(kind="hook", text=text)], voice, language)
    assert tune(once, voice, language) == (once, ())
