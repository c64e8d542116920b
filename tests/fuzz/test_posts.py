"""The fuzz target itself: its corpus keeps every law, its hunts can be repeated, and it would notice a defect."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from tests.fuzz.posts import CORPUS, Hunt, breaches, corpus, main, shrink


def hunted(seed: int, tries: int) -> Hunt:
    hunt, steps = Hunt(seed, corpus()), count()
    hunt.go_on(lambda: next(steps) >= tries)
    return hunt


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.md")), ids=lambda path: path.stem)
def test_every_post_of_the_corpus_keeps_every_law(path: Path) -> None:
    assert list(breaches(path.read_bytes())) == []


def test_a_hunt_with_the_same_seed_meets_the_same_posts() -> None:
    one, other = hunted(7, 15), hunted(7, 15)
    assert one.posts == other.posts
    assert one.tried == 15


def test_what_behaves_in_a_new_way_joins_the_corpus_once() -> None:
    hunt = Hunt(1)
    for post in (*corpus(), *corpus()):
        hunt.attempt(post)
    assert sorted(hunt.posts) == sorted(corpus())


def test_a_failing_post_is_made_as_small_as_it_can_be() -> None:
    post = b"---\ntitle: Numbers\n---\nOne, two, 7 and 8.\n\nNo more.\n"
    assert shrink(post, lambda one: b"7" in one and b"8" in one) == b"78"


def test_a_short_run_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seconds", "0", "--seed", "3"]) == 0
    assert capsys.readouterr().out.startswith(f"{len(corpus())} posts, ")
