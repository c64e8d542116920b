"""Posts as a timeline shows them: what is marked in the words, and how threads are told."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from publisher.model import Entity
from publisher.registry import adapter
from publisher.sandbox.timeline import mark, show, threads
from publisher.sandbox.world import Published

AT = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def answer(number: int) -> Published:
    """One post that answers the one before it."""
    before = str(number - 1)
    return Published(network="x", account="@a", id=str(number), url="", text="", created=AT, reply_to=before)


def test_what_the_network_links_is_marked() -> None:
    text = "Ask @ann about #Tides at example.org & more"
    entities = [
        Entity(kind="mention", text="@ann", start=4, end=8),
        Entity(kind="hashtag", text="#Tides", start=15, end=21),
        Entity(kind="url", text="example.org", start=25, end=36),
    ]
    assert mark(text, entities) == (
        'Ask <span class="mention">@ann</span> about <span class="hashtag">#Tides</span> at '
        '<a class="url" rel="nofollow noreferrer" href="https://example.org">example.org</a> &amp; more'
    )


def test_words_before_after_and_inside_a_mark_are_escaped() -> None:
    assert mark("<a> <b> <c>", [Entity(kind="hashtag", text="<b>", start=4, end=7)]) == (
        '&lt;a&gt; <span class="hashtag">&lt;b&gt;</span> &lt;c&gt;'
    )


def test_entities_that_overlap_or_come_unsorted_never_double_the_words() -> None:
    inner = Entity(kind="hashtag", text="#b", start=14, end=16)
    outer = Entity(kind="url", text="https://a.org/#b", start=0, end=16)
    first = Entity(kind="mention", text="@z", start=17, end=19)
    marked = mark("https://a.org/#b @z", [first, inner, outer])
    assert re.sub(r"<[^>]+>", "", marked) == "https://a.org/#b @z"


def test_the_fold_is_shown_between_words_and_never_inside_an_address() -> None:
    url = Entity(kind="url", text="https://example.org", start=4, end=23)
    assert mark("one two three", [], 9) == 'one two <span class="fold"></span>three'
    assert mark("see https://example.org now", [url], 12) == (
        'see <span class="fold"></span><a class="url" rel="nofollow noreferrer" href="https://example.org">'
        "https://example.org</a> now"
    )
    address, sign = mark(
        "https://example.org now", [Entity(kind="url", text="https://example.org", start=0, end=19)], 5
    ).split("</a>")
    assert (address.endswith(">https://example.org"), sign) == (True, '<span class="fold"></span> now')
    assert mark("onelongword", [], 4) == 'onel<span class="fold"></span>ongword'
    assert mark("short", [], 5) == "short"
    assert mark("one\n\nthree", [], 125, 2) == 'one\n\n<span class="fold"></span>three'
    assert mark("one\ntwo\n", [], 125, 2) == "one\ntwo\n"


def test_a_thread_of_thousands_is_no_deeper_than_one_of_two() -> None:
    posts = [answer(number) for number in range(5000)]
    assert [[post.id for post in thread] for thread in threads(posts)] == [[str(number) for number in range(5000)]]


@pytest.mark.parametrize(
    ("native", "edited"),
    [
        ({}, False),
        ({"history": []}, False),
        ({"history": ["Before"]}, True),
        ({"versions": ["1"]}, False),
        ({"versions": ["1", "2"]}, True),
    ],
)
def test_a_post_that_said_something_else_before_is_marked(native: dict[str, Any], edited: bool) -> None:
    (shown,) = show([replace(answer(0), reply_to="", native=native)], adapter("mastodon"))
    assert shown.edited is edited
