from __future__ import annotations

import pytest

from publisher.media.colours import READABLE, Colours, contrast, mix, parse_colour


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("#14263d", "#14263d"),
        ("#FFF", "#ffffff"),
        ("#aB3", "#aabb33"),
        ("14263d", None),
        ("navy", None),
        ("#١٢٣", None),
    ],
)
def test_a_colour_is_read_as_it_is_written_on_the_web(written: str, read: str | None) -> None:
    assert parse_colour(written) == read


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")
    assert contrast("#123456", "#123456") == 1


def test_the_colours_of_a_card_can_be_read() -> None:
    assert contrast(Colours().ink, Colours().paper) > 2 * READABLE


def test_colours_mix() -> None:
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
    assert mix("#102030", "#ffffff", 1) == "#102030"
