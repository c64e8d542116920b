from __future__ import annotations

import pytest

from adapters.instagram.check import fits_frame
from adapters.instagram.limits import LIMITS
from adapters.instagram.measure import count, measure


def test_a_caption_may_have_2200_characters() -> None:
    assert measure("a" * 2200).valid
    assert not measure("a" * 2201).valid


def test_a_caption_may_have_30_hashtags_and_20_mentions() -> None:
    assert measure(" ".join([*["#a"] * 30, *["@b"] * 20])).valid
    assert not measure("#a " * 31).valid
    assert not measure("@b " * 21).valid


def test_hashtags_and_mentions_are_counted_apart() -> None:
    caption = "With @saltmarsh.example and @lumen #One #Two #Two https://example.org/#three"
    assert (count(caption, "hashtag"), count(caption, "mention")) == (3, 2)


def test_a_mention_ends_before_the_full_stop() -> None:
    assert [entity.text for entity in measure("Ask @saltmarsh.example.").entities] == ["@saltmarsh.example"]


def test_a_number_alone_is_no_hashtag() -> None:
    assert count("We are #1", "hashtag") == 0


@pytest.mark.parametrize(("width", "height"), [(800, 1000), (1000, 1000), (1910, 1000), (1080, 1350), (1200, 630)])
def test_what_instagram_shows_whole_fits_its_frame(width: int, height: int) -> None:
    assert fits_frame(width, height)


@pytest.mark.parametrize(("width", "height"), [(799, 1000), (1911, 1000), (1080, 1920), (2000, 500)])
def test_taller_than_4_5_or_wider_than_1_91_does_not(width: int, height: int) -> None:
    assert not fits_frame(width, height)


def test_a_caption_is_folded_after_about_two_lines() -> None:
    assert LIMITS.fold == 125
