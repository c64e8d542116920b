"""Which channels a post speaks to, whether its front matter says so or a block of its body."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from publisher.content.posts import Parsed, Settings
from publisher.words import Severity

Read = Callable[..., Parsed]
ACME = Settings(
    channels={"x": "x", "company": "linkedin", "founder": "linkedin"}, networks=("linkedin", "mastodon", "x")
)
BLOCK = "::: founder\nMy own words.\n:::"


def write(header: str, body: str = "Words.") -> str:
    return f"---\n{header}\n---\n{body}\n"


def spoken(parsed: Parsed) -> list[str]:
    assert parsed.post is not None
    return [name for name, network in ACME.channels.items() if parsed.post.speaks_to(name, network)]


def told(parsed: Parsed) -> list[tuple[str, int, str]]:
    assert all(one.severity is Severity.WARNING for one in parsed.findings)
    return [(one.rule, one.line, one.hint) for one in parsed.findings]


@pytest.mark.parametrize("body", [True, False])
def test_a_block_names_its_channel_whether_the_whole_post_is_read_or_its_front_matter(read: Read, body: bool) -> None:
    text = write("channels: {linkedin: false}", f"Words.\n\n{BLOCK}")
    parsed = read(text, settings=ACME, body=body)
    assert (spoken(parsed), parsed.findings) == (["x", "founder"], ())
    assert spoken(read(write("channels: {linkedin: false}"), settings=ACME, body=body)) == ["x"]


def test_what_a_block_says_is_told_once_and_only_where_the_body_is_read(read: Read) -> None:
    text = write("title: a", "Words.\n\n::: founder\n**Loud** words\n:::\n\n:::")
    assert [one.rule for one in read(text, settings=ACME).findings] == ["marks-in-text", "stray-block-end"]
    assert read(text, settings=ACME, body=False).findings == ()


def test_colons_in_code_are_no_block(read: Read) -> None:
    text = write("channels: {linkedin: false}", f"Words.\n\n```\n{BLOCK}\n```")
    assert spoken(read(text, settings=ACME, body=False)) == ["x"]


@pytest.mark.parametrize(
    ("channels", "hint"),
    [
        ("{founder: false}", "delete this, or `founder: false` under `channels:`"),
        ("{company: false, linkedin: false, founder: false}", "delete this, or `founder: false` under `channels:`"),
        ("[x]", "delete this, or name founder under `channels:`"),
    ],
)
def test_words_for_a_channel_that_is_left_out_are_a_warning(read: Read, channels: str, hint: str) -> None:
    for body in (True, False):
        parsed = read(write(f"channels: {channels}", BLOCK), settings=ACME, body=body)
        assert told(parsed) == [("left-out", 4, hint)]


def test_words_for_a_network_that_is_left_out_are_a_warning(read: Read) -> None:
    parsed = read(write("channels: {linkedin: false}", "::: linkedin\nTheir own words.\n:::"), settings=ACME)
    assert told(parsed) == [("left-out", 4, "delete this, or `linkedin: false` under `channels:`")]


def test_words_for_a_network_of_which_every_channel_is_left_out_are_a_warning(read: Read) -> None:
    header = "channels:\n  linkedin: {angle: quote}\n  company: false\n  founder: false"
    parsed = read(write(header), settings=ACME)
    assert told(parsed) == [("left-out", 3, "delete this, or `company: false` under `channels:`")]
    assert read(write(header.replace("founder: false", "x: false")), settings=ACME).findings == ()


def test_somebody_reads_a_post_that_a_block_gives_to_one_channel_of_those_left_out(read: Read) -> None:
    header = "channels: {x: false, linkedin: false}"
    assert told(read(write(header), settings=ACME)) == [("no-channel", 2, "")]
    assert read(write(header, BLOCK), settings=ACME).findings == ()
