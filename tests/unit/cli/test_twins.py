"""How alike two posts are: by their words, and not by what every post of a team has beside them."""

from __future__ import annotations

import pytest

from publisher.cli.twins import ALIKE, likeness
from publisher.ledger.memory import BEGUN

HEADER = """\
---
id: {name}
title: {title}
objective: awareness
language: en
publish: 2026-12-0{day} 09:30
# expires: 2026-12-08
channels:
  # x: {{}}
  # mastodon: {{}}
  {{}}
---
"""
ONE = """\
# Listening

In spring we posted twice a day and heard nothing back. In summer we wrote half as often and answered.

Keep a tempo you can hold for a year.
"""


def post(title: str, body: str, day: int = 1) -> bytes:
    return (HEADER.format(name=title.lower(), title=title, day=day) + body).encode()


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        (post("Listening", ONE, day=5), 1.0),
        (post("Listening", ONE).replace(b"\n", b"\r\n"), 1.0),
        (post("Listening", ONE) + BEGUN, 1.0),
        (post("Hearing", ONE.replace("twice", "thrice")), 0.8),
        (post("Listening", ONE.replace(" In summer we wrote half as often and answered.", "")), ALIKE),
        (post("Listening", ONE + "\nWe answered 84% of the comments within an hour in October.\n"), ALIKE),
    ],
)
def test_a_post_that_was_edited_reads_like_it_did(other: bytes, alike: float) -> None:
    assert likeness(post("Listening", ONE), other) >= alike


@pytest.mark.parametrize(
    "body",
    ["", "Tomorrow the harbour opens.\n", "# Tides\n\nHigh water is at nine, and the boats leave when we say so.\n"],
)
def test_two_posts_of_one_template_are_not_alike(body: str) -> None:
    assert likeness(post("Listening", ONE), post("Harbour", body, day=2)) < 0.2


def test_headings_are_words_too() -> None:
    heads = "\n".join(f"# {word}" for word in ("Boats", "Tides", "Ropes", "Knots"))
    assert likeness(post("One", heads), post("One", "# Sails\n# Winds\n# Ports\n# Maps\n")) < ALIKE
    assert likeness(post("One", heads), post("One", heads)) == 1.0
