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
    ],
    ids=["empty", "an address is 23", "emoji", "joined emoji", "a remote mention", "two addresses", "no scheme"],
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
    ],
)
def test_finds_what_mastodon_links(text: str, found: list[tuple[str, str]]) -> None:
    assert [(entity.kind, entity.text) for entity in measure(text).entities] == found
