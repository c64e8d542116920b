from __future__ import annotations

import pytest
from msgspec.structs import replace

from publisher.craft.compose import compose
from publisher.craft.tracking import tag_link
from publisher.model import Channel, Material, Override, Post, Variant, Voice

POST = Post(id="agile", path="a.md", digest="0", link="https://a.example/b", material=Material(hook="One."))


def variant(post: Post, voice: Voice, *, utm: bool = True) -> Variant:
    return compose(post, [(Channel(name="main", network="x"), voice)], utm=utm)["main"]


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://a.example/b", "https://a.example/b?utm_source=x&utm_medium=social&utm_campaign=au+tumn"),
        ("https://a.example/b?c=d#e", "https://a.example/b?c=d&utm_source=x&utm_medium=social&utm_campaign=au+tumn#e"),
        (
            "https://a.example/?utm_source=me&UTM_Medium=",
            "https://a.example/?utm_source=me&UTM_Medium=&utm_campaign=au+tumn",
        ),
        ("https://a.example/?", "https://a.example/?utm_source=x&utm_medium=social&utm_campaign=au+tumn"),
    ],
)
def test_a_link_says_where_it_was_clicked_and_keeps_what_it_said_already(link: str, expected: str) -> None:
    assert tag_link(link, source="x", campaign="au tumn") == expected
    assert tag_link(expected, source="y", campaign="z") == expected


def test_the_campaign_is_the_post_s_or_else_the_post() -> None:
    assert variant(POST, Voice()).link.endswith("utm_campaign=agile")
    tagged = variant(replace(POST, campaign="autumn"), Voice())
    assert tagged.link.endswith("utm_campaign=autumn")
    assert [(one.rule, one.detail) for one in tagged.changes] == [("utm", f"{POST.link} → {tagged.link}")]


@pytest.mark.parametrize(
    ("post", "voice", "utm"),
    [
        (POST, Voice(), False),
        (POST, Voice(trackers=False), True),
        (replace(POST, link="@blog"), Voice(), True),
        (replace(POST, link=""), Voice(), True),
        (replace(POST, overrides={"x": Override(text="See https://a.example/b")}), Voice(), True),
    ],
)
def test_no_tracker_is_put_where_none_is_wanted(post: Post, voice: Voice, *, utm: bool) -> None:
    told = variant(post, voice, utm=utm)
    assert told.link == post.link
    assert "utm" not in [change.rule for change in told.changes]
