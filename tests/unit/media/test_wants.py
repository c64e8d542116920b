from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.media.wants import Frame, Wants, choose_type, fits, frame_for, tell, wants_of
from publisher.model import Media
from publisher.registry import adapter

INSTAGRAM = Wants(types=("image/jpeg",), size=8_000_000, ratio_least=800, ratio_most=1910, width_most=1440)
ANYTHING = Wants(types=("image/jpeg", "image/png", "image/gif"), size=5_000_000)
LOOP = Media(file="content/loop.jpg", alt="A loop", digest="0", mime="image/jpeg", size=9000, width=1080, height=1350)

sides = st.integers(1, 12_000)
wants = st.builds(
    Wants,
    types=st.just(("image/jpeg",)),
    size=st.just(1000),
    ratio_least=st.sampled_from([0, 500, 800]),
    ratio_most=st.sampled_from([0, 1000, 1910]),
    width_most=st.sampled_from([0, 320, 1440]),
    pixels=st.sampled_from([0, 500_000, 36_152_320]),
)


@given(sides, sides, wants)
@settings(max_examples=150)
def test_a_frame_is_what_the_network_wants_and_holds_the_whole_picture(width: int, height: int, wanted: Wants) -> None:
    frame = frame_for(width, height, wanted)
    assert frame.inner_width <= frame.width
    assert frame.inner_height <= frame.height
    assert not wanted.width_most or frame.width <= wanted.width_most
    assert not wanted.pixels or frame.width * frame.height < wanted.pixels
    assert wanted.ratio_least * frame.height <= 1000 * frame.width
    assert not wanted.ratio_most or 1000 * frame.width <= wanted.ratio_most * frame.height


@given(sides, sides, wants)
@settings(max_examples=100)
def test_a_frame_keeps_the_pictures_shape_and_never_makes_it_larger(width: int, height: int, wanted: Wants) -> None:
    frame = frame_for(width, height, wanted)
    assert frame.inner_width <= width
    assert frame.inner_height <= height
    drift = abs(frame.inner_width * height - frame.inner_height * width)
    assert drift <= max(width, height)


@given(sides, sides, wants)
@settings(max_examples=100)
def test_what_was_framed_once_needs_no_frame_again(width: int, height: int, wanted: Wants) -> None:
    frame = frame_for(width, height, wanted)
    again = frame_for(frame.width, frame.height, wanted)
    assert (again.width, again.height) == (frame.width, frame.height)


def test_a_picture_that_is_too_wide_is_padded_above_and_below() -> None:
    assert frame_for(1400, 500, INSTAGRAM) == Frame(width=1400, height=733, inner_width=1400, inner_height=500)


def test_a_picture_that_is_too_tall_is_padded_at_its_sides() -> None:
    assert frame_for(1080, 1920, INSTAGRAM) == Frame(width=1440, height=1800, inner_width=1012, inner_height=1800)


def test_what_fits_is_left_as_it_is() -> None:
    assert fits(LOOP, INSTAGRAM)
    assert not frame_for(LOOP.width, LOOP.height, INSTAGRAM).is_padded


@pytest.mark.parametrize(
    "changed", [{"mime": "image/png"}, {"size": 8_000_001}, {"width": 1441}, {"height": 1400}, {"width": 4000}]
)
def test_what_differs_in_one_thing_does_not_fit(changed: dict[str, object]) -> None:
    assert not fits(replace(LOOP, **changed), INSTAGRAM)  # type: ignore[arg-type]  # the cases name fields of Media


@pytest.mark.parametrize(
    ("mime", "transparent", "types", "chosen"),
    [
        ("image/png", True, ANYTHING.types, "image/png"),
        ("image/png", True, ("image/jpeg",), "image/jpeg"),
        ("image/webp", True, ANYTHING.types, "image/png"),
        ("image/webp", False, ANYTHING.types, "image/jpeg"),
        ("image/gif", False, ("image/jpeg", "image/png"), "image/jpeg"),
        ("image/jpeg", False, ("image/png",), "image/png"),
    ],
)
def test_the_type_is_kept_where_it_is_taken(mime: str, transparent: bool, types: tuple[str, ...], chosen: str) -> None:
    assert choose_type(mime, replace(ANYTHING, types=types), transparent=transparent) == chosen


def test_every_network_says_what_it_wants() -> None:
    assert wants_of(adapter("instagram").limits) == replace(INSTAGRAM, size=8 * 1024 * 1024)
    assert wants_of(adapter("mastodon").limits).pixels == 33_177_600
    assert wants_of(adapter("linkedin").limits).ratio_least == 0


@pytest.mark.parametrize(
    ("before", "after", "first", "told"),
    [
        ({"mime": "image/png"}, {}, (), "loop.jpg: converted to JPEG, 1080×1350, 214 kB"),
        (
            {"mime": "image/gif"},
            {},
            ("only its first frame",),
            "loop.jpg: only its first frame, converted to JPEG, 1080×1350, 214 kB",
        ),
        ({"width": 4320, "height": 5400}, {}, (), "loop.jpg: scaled down, 1080×1350, 214 kB"),
        ({"width": 1080, "height": 1920}, {}, (), "loop.jpg: padded to the network's shape, 1080×1350, 214 kB"),
        ({"size": 12_000_000}, {"size": 4_900_000}, (), "loop.jpg: compressed, 1080×1350, 4.9 MB"),
        ({"size": 900_000}, {}, ("hidden notes taken out",), "loop.jpg: hidden notes taken out, 1080×1350, 214 kB"),
    ],
)
def test_a_reviewer_is_told_what_was_done(
    before: dict[str, object], after: dict[str, object], first: tuple[str, ...], told: str
) -> None:
    made = replace(LOOP, size=214_000)
    assert tell(replace(LOOP, **before), replace(made, **after), *first) == told  # type: ignore[arg-type]  # likewise
