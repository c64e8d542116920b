from __future__ import annotations

import pytest

from adapters.mastodon.measure import measure


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("a" * 476 + " https://example.org/" + "b" * 300, 500),
        ("✨" * 500, 500),
        ("🏳️‍⚧️" * 500, 500),
        ("@alice@mastodon.example hello", len("@alice hello")),
        ("https://example.org/a, https://example.org/b.", 23 + 2 + 23 + 1),
        ("example.org is no address here", 30),
        ("a" * 476 + "https://example.org", 476 + 19),
        ("http://example.com/valid?" + "#foo?" * 1000, 5025),
        ("a" * 475 + " @alice@" + "b" * 30 + ".com", 482),
        ("@alice@" + "b" * 500 + ".com", 511),
        ("https://example.notadomain", 26),
        ("gemini://example.org/page dat://a.com", 23 + 1 + 23),
        (" \n\u3000", 0),
    ],
    ids=[
        "empty",
        "an address is 23",
        "emoji",
        "joined emoji",
        "a remote mention",
        "two addresses",
        "no scheme",
        "an address without a space before it",
        "an address too long",
        "a long remote mention",
        "a domain too long",
        "an unknown top-level domain",
        "other schemes",
        "nothing but white space",
    ],
)
def test_counts_as_mastodon_does(text: str, length: int) -> None:
    measured = measure(text)
    assert measured.length == length
    assert measured.valid is (0 < length <= 500)


def test_takes_an_instances_own_limit() -> None:
    assert measure("a" * 501, 1000).valid
    assert not measure("a" * 501).valid


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See https://example.org/a_(b)?c=d#e.", [("url", "https://example.org/a_(b)?c=d#e")]),
        ("@alice, @bob@mastodon.example!", [("mention", "@alice"), ("mention", "@bob@mastodon.example")]),
        ("a@b.example", []),
        (
            "#SocialMedia #2026 #été2026 #a_b",
            [("hashtag", "#SocialMedia"), ("hashtag", "#été2026"), ("hashtag", "#a_b")],
        ),
        ("https://example.org/#not-a-tag/@nobody", [("url", "https://example.org/#not-a-tag/@nobody")]),
        (
            "(https://example.org/a_(b)). “https://a.com”",
            [("url", "https://example.org/a_(b)"), ("url", "https://a.com")],
        ),
        ("https://ja.example.jp/東京/?q=日本。", [("url", "https://ja.example.jp/東京/?q=日本。")]),
        ("日本語https://例え.jp/日本 a.com/http://b.com", [("url", "https://例え.jp/日本")]),
        ("http://a_b.com http://-a.com http://xn--は.com", []),
        ("https://t.co/abc-d https://t.co/" + "a" * 41, [("url", "https://t.co/abc")]),
        ("@a.b- @a@b.c. @aliceì @b@ x=@no /@no @http://a.com", [("mention", "@a.b"), ("mention", "@a@b.c")]),
        ("@bob@bücher.example", [("mention", "@bob@bücher.example")]),
        ("(#a) b#c #1_2 #il·lusió #· ＃全角", [("hashtag", "#1_2"), ("hashtag", "#il·lusió"), ("hashtag", "＃全角")]),
        ("#taghttps://a.com #http://b.com", [("hashtag", "#tag"), ("hashtag", "#http")]),
    ],
)
def test_finds_what_mastodon_links(text: str, found: list[tuple[str, str]]) -> None:
    assert [(entity.kind, entity.text) for entity in measure(text).entities] == found
