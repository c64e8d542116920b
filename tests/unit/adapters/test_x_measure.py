from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.x.addresses import addresses
from adapters.x.measure import find_invalid, measure, weigh

FAMILY = "👩‍👩‍👧‍👦"


def urls(text: str) -> list[str]:
    return [text[start:end] for start, end in addresses(text)]


def entities(text: str, kind: str) -> list[str]:
    return [entity.text for entity in measure(text).entities if entity.kind == kind]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Listen first.", 13),
        ("Écoutez d’abord…", 17),
        ("日本語", 6),
        ("한국어", 6),
        ("Привет", 6),
        ("a\nb", 3),
        ("e\u0301", 1),
        ("“quoted” — so", 13),
        ("™", 2),
        ("©", 1),
        ("©\ufe0f", 2),
    ],
)
def test_latin_letters_weigh_one_and_most_others_two(text: str, length: int) -> None:
    assert weigh(text) == length


@pytest.mark.parametrize("emoji", ["😀", "👍🏽", FAMILY, "🇫🇷", "1️⃣", "❤️", "☺", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🕵🏾‍♀️", "👩🏿‍🚀", "🫠"])
def test_an_emoji_weighs_two_however_many_code_points_it_has(emoji: str) -> None:
    assert weigh(f"a {emoji} b") == 6


@pytest.mark.parametrize(("emoji", "length"), [("🐈‍⬛", 5), ("🧑‍💻", 5), ("🏳️‍⚧️", 7), ("🦻🏽", 4), ("🇽🇽", 4)])
def test_an_emoji_newer_than_the_library_weighs_what_its_parts_weigh(emoji: str, length: int) -> None:
    assert weigh(emoji) == length


def test_two_flags_are_two_emoji() -> None:
    assert weigh("🇫🇷🇩🇪") == 4


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "http://example.org/" + "a" * 300,
        "HTTPS://Example.ORG/path?q=1#top",
        "example.com",
        "t.co",
        "foo.co.uk/path",
        "https://✪df.ws/ejp",
        "http://xn--ls8h.la/",
        "http://foobar.みんな/",
        "https://example.org:8080/a_(b)",
    ],
)
def test_an_address_weighs_23_with_or_without_a_protocol(url: str) -> None:
    assert urls(f"see {url} now") == [url]
    assert weigh(f"see {url} now") == 4 + 23 + 4


@pytest.mark.parametrize("name", ["readme.md", "file.py", "asp.net", "backup.zip", "socket.io", "foo.app"])
def test_a_file_name_that_ends_like_a_domain_is_an_address(name: str) -> None:
    assert urls(f"Read {name}.") == [name]


@pytest.mark.parametrize(
    "text",
    [
        "end.Then another",
        "archive.tar.bz2",
        "version 1.2.3",
        "e.g. this",
        "me@example.com",
        "@example.com",
        "#example.com",
        "$example.com",
        "http://no-tld",
        "http://-dash.example.com",
        "http://dash-.example.com",
        "http://under_score.com",
        "http://t.co/" + "a" * 41,
        "foo.comm",
        "http://" + "a" * 64 + ".com",
        "http://" + "あ" * 60 + ".com",
        "https://example.com/" + "a" * 4096,
    ],
)
def test_what_only_looks_like_an_address_is_none(text: str) -> None:
    assert urls(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(https://example.org)", ["https://example.org"]),
        ("https://example.org.", ["https://example.org"]),
        ("https://example.org/a, then", ["https://example.org/a"]),
        ("https://example.org/path.........", ["https://example.org/path"]),
        ("http://t.co/pbY2NfTZ's site", ["http://t.co/pbY2NfTZ"]),
        ("http://domain.com-that-you-meant", []),
        ("これは日本語です。example.com中国語", ["example.com"]),
        ("rat.vermögensberatung", ["rat.vermögensberatung"]),
        ("http://rat.vermögensberatung", ["http://rat.vermögensberatung"]),
        ("twitter.com한국https://example.org/한국", ["twitter.com", "https://example.org/"]),
        ("http://sub_domain-x.example.com", ["http://sub_domain-x.example.com"]),
        ("https://a.example https://b.example.org", ["https://b.example.org"]),
        ("http://example.com/Русские_слова", ["http://example.com/Русские_слова"]),
        ("http:// example.com/path", ["example.com/path"]),
        ("word.http://example.com", ["http://example.com"]),
        ("-example.com _example.com /example.com", []),
        ("@a\x06b.com", ["b.com"]),
        ("http://a.com/bʃ", ["http://a.com/bʃ"]),
    ],
)
def test_addresses_begin_and_end_where_x_says(text: str, found: list[str]) -> None:
    assert urls(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@acme and (@b_2)", ["@acme", "@b_2"]),
        ("RT@acme rt:@b", ["@acme", "@b"]),
        ("の@acmeに", ["@acme"]),
        ("@acme/team-a is a list", ["@acme/team-a"]),
        ("a@acme f!@kn", []),
        ("@user@example.com", []),
        ("@aliceìn", []),
        ("@http://example.com", []),
    ],
)
def test_mentions_are_those_x_links(text: str, found: list[str]) -> None:
    assert entities(text, "mention") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#SocialMedia, #été2026 #1st", ["#SocialMedia", "#été2026", "#1st"]),
        ("#16 #_ &#tag a#b", []),
        ("＃日本語 #ผู้เริ่ม", ["＃日本語", "#ผู้เริ่ม"]),
        ("#http://example.com #a#b", []),
        ("https://example.com/#top", []),
    ],
)
def test_hashtags_are_those_x_links(text: str, found: list[str]) -> None:
    assert entities(text, "hashtag") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("$ACME and $B.A", ["$ACME", "$B.A"]), ("$10 a$ACME $TOOLONGNAME", []), ("($ACME) $ACME\x1c", [])],
)
def test_cashtags_are_those_x_links(text: str, found: list[str]) -> None:
    assert entities(text, "cashtag") == found


def test_a_text_is_valid_up_to_280_and_without_forbidden_characters() -> None:
    assert measure("a" * 280).valid
    assert not measure("a" * 281).valid
    assert not measure("").valid
    assert not measure("a\ufeff").valid
    assert measure("a" * 900, limit=25_000).valid
    assert find_invalid("a\ufeffb\uffff\ufeff") == (0xFEFF, 0xFFFF)


@pytest.mark.parametrize(
    "text", ["a" * 25_000 + ".", "a." * 12_500, "_a" * 9_000 + ".x", "https://a.com/" + "(a" * 9_000, "x.中" * 8_000]
)
def test_a_hostile_text_is_counted_in_the_end(text: str) -> None:
    assert weigh(text) > 0


SNIPPETS = ["Word", " ", "\n", "é", "日本", "😀", FAMILY, "https://e.org/a", "e.org", "@a", "#B", ".", "("]


@given(st.lists(st.sampled_from(SNIPPETS)).map("".join))
@example("日本 https://e.org/a😀")
@settings(max_examples=60)
def test_entities_are_in_order_apart_and_where_they_say(text: str) -> None:
    found = measure(text).entities
    assert all(text[entity.start : entity.end] == entity.text for entity in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=60)
def test_texts_set_apart_by_a_blank_line_weigh_the_sum_of_both(one: str, other: str) -> None:
    assert weigh(f"{one} \n\n {other}") == weigh(f"{one} ") + 2 + weigh(f" {other}")
