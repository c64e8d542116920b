"""No bytes make the parser raise, and none keep it busy for long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content.posts import Parsed, parse_post
from tests.properties.drafts import drafts
from tests.properties.laws import Album, project
from tests.properties.profiles import profile

HEAD = "---\ntitle: a\n---\n"
TEXT, LINES, FILE = 99_000, 9_900, 890_000
"""Nearly the longest text, the most lines and the largest file that are read."""


def parse(source: bytes, *, body: bool = True) -> Parsed:
    return parse_post("content/draft.md", source, files=Album(), settings=project().settings(), body=body)


def damaged(source: str, cuts: list[tuple[int, int, bytes]]) -> bytes:
    """The source with spans of it exchanged for other bytes."""
    written = source.encode()
    for start, length, new in cuts:
        at = start % (len(written) + 1)
        written = written[:at] + new + written[at + length :]
    return written


damage = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 30), st.binary(max_size=4)), max_size=8)


@profile
@given(source=st.builds(damaged, drafts, damage) | st.binary(max_size=200))
def test_any_bytes_give_a_post_or_say_why_not(source: bytes) -> None:
    parsed = parse(source)
    lines = len(source.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"))
    assert parsed.post is not None or parsed.findings
    assert all(1 <= finding.line <= lines and finding.column >= 1 and finding.message for finding in parsed.findings)


@profile
@given(source=st.builds(damaged, drafts, damage))
def test_a_plan_that_reads_no_body_knows_all_that_a_post_has_for_a_channel(source: bytes) -> None:
    whole, light = parse(source).post, parse(source, body=False).post
    assert (whole and whole.overrides) == (light and light.overrides)


BODIES = {
    "brackets": "[", "links that never end": "[a](b", "pictures that never end": "![", "stars": "*a **b",
    "struck": "~~a", "tags": "<a>", "tags that never end": "<a ", "comments that never end": "<!--", "backticks": "`a",
    "ampersands": "&", "initials": "A. ", "stops": ".", "wide stops": "。", "abbreviations": "approx. ",
    "shouts": "!? ", "closings": "”) ", "quotations in quotations": "> ", "lists in lists": "- ", "points": "- a\n",
    "headings": "#\n", "cells": "|a", "paragraphs": "a b.\n\n", "lone addresses": "https://a.b/c\n\n",
    "addresses": "https://a.b ", "schemes": "https://", "blocks": "::: x\n", "questions": "a? ", "marks": "\u0301",
    "one word": "w", "blanks": " ", "backslashes": "\\", "offers": "[a](https://b.c/d)\n\n", "shots": "![a](b.png) ",
    "notes": "[^a]: b\n", "calls of notes": "[^a]",
}  # fmt: skip
HEADERS = {
    "lists": ("", "["), "mappings": ("", "{a: "), "dashes": ("", "- "), "questions": ("", "? a\n"),
    "anchors": ("", "&a "), "aliases": ("title: ", "*a "), "tags": ("title: ", "!a "), "comments": ("", "# a\n"),
    "one quotation": ('title: "', "a "), "escapes": ('title: "', "\\x41"), "a block": ("title: |\n  ", "a"),
    "keys": ("", "a: b\n"), "emoji": ("title: ", "🎉"), "a date": ("publish: ", "1-"), "a span": ('late: "', "1h "),
    "a link": ("link: https://", "a."), "an id": ("id: ", "a/"), "a language": ("language: ", "en-"),
    "keywords": ("keywords: [", "a, "), "channels": ("channels: [", "x, "),
}  # fmt: skip


@pytest.fixture(scope="module")
def patience() -> float:
    """What a long, honest post costs this machine now, thirty times over: some two seconds or three."""
    sentences = " ".join(f"In chapter {number} nobody reads **long** essays, they say. " for number in range(8))
    honest = (HEAD + f"{sentences}\n\n" * (TEXT // len(sentences))).encode()
    return 30 * max(cost(honest) for _ in range(3))


def cost(source: bytes) -> float:
    """Seconds of the processor."""
    start = time.process_time()
    parse(source)
    return time.process_time() - start


@pytest.mark.parametrize("unit", BODIES.values(), ids=BODIES)
def test_no_text_keeps_the_parser_busy(unit: str, patience: float) -> None:
    lines = (unit * TEXT)[:TEXT].split("\n")[:LINES]
    assert cost((HEAD + "\n".join(lines) + "\nx").encode()) < patience


@pytest.mark.parametrize(("before", "unit"), HEADERS.values(), ids=HEADERS)
def test_no_front_matter_keeps_the_parser_busy(before: str, unit: str, patience: float) -> None:
    header = before + unit * (FILE // len(unit.encode()))
    assert cost(f"---\n{header}\n---\nhi\n".encode()) < patience


@pytest.mark.parametrize(("text", "limit"), [("word " * 50_000, "100,000"), ("- a\n" * 10_001, "10,000")])
def test_more_than_can_be_read_is_told_with_its_limit(text: str, limit: str) -> None:
    (told,) = parse((HEAD + text).encode()).findings
    assert told.rule == "too-big"
    assert limit in told.message


def test_a_book_is_refused_before_it_is_read(patience: float) -> None:
    parsed = parse((HEAD + "word " * 50_000).encode())
    assert [finding.rule for finding in parsed.findings] == ["too-big"]
    assert cost((HEAD + "[" * FILE).encode()) < patience / 10
