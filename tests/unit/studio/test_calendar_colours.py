from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.adapter import Adapter
from publisher.media.colours import READABLE, contrast
from publisher.registry import adapter, networks
from publisher.studio.calendar.colours import paint_channels, paint_objectives
from publisher.studio.looks import find_colour

COLOUR = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}") | st.just("")
CHANNELS = st.lists(st.tuples(st.text(min_size=1, max_size=8), COLOUR), max_size=12, unique_by=lambda one: one[0])


@settings(max_examples=60, deadline=None)
@given(CHANNELS)
def test_every_channel_can_be_read_and_none_looks_like_another(channels: list[tuple[str, str]]) -> None:
    paints = paint_channels(channels)
    assert list(paints) == [name for name, _ in channels]
    assert all(contrast(one.fill, one.ink) >= READABLE for one in paints.values())
    assert len({one.fill for one in paints.values()}) == len(channels)
    assert paint_channels(channels) == paints


def test_a_network_keeps_its_own_colour_and_its_second_channel_stays_near() -> None:
    paints = paint_channels([("company", "#0a66c2"), ("founder", "#0a66c2"), ("other", "#b3141f")])
    assert paints["company"].fill == "#0a66c2"
    assert paints["other"].fill == "#b3141f"
    red, green, blue = bytes.fromhex(paints["founder"].fill[1:])
    assert blue > green > red


def test_forty_channels_of_one_network_all_differ() -> None:
    paints = paint_channels([(f"channel-{number}", "#0064d1") for number in range(40)])
    assert len({one.fill for one in paints.values()}) == 40


@pytest.mark.parametrize("count", [0, 1, 6, 25])
def test_objectives_can_be_read_and_differ(count: int) -> None:
    paints = paint_objectives([str(number) for number in range(count)])
    assert all(contrast(one.fill, one.ink) >= READABLE for one in paints.values())
    assert len({one.fill for one in paints.values()}) == count


def test_the_networks_that_are_installed_have_a_colour_of_their_own() -> None:
    colours = {name: find_colour(adapter(name)) for name in networks()}
    assert all(colours.values())
    fills = [bytes.fromhex(one.fill[1:]) for one in paint_channels(list(colours.items())).values()]
    assert min(math.dist(*pair) for pair in combinations(fills, 2)) > 30


def test_a_network_without_a_look_has_no_colour() -> None:
    class Plain:
        pass

    assert find_colour(cast_adapter(Plain())) == ""


def cast_adapter(one: object) -> Adapter:
    return one  # type: ignore[return-value]  # only its module matters here
