from __future__ import annotations

from inspect import signature

from publisher.craft.distinct import copied, likeness
from publisher.model import Channel, Part, Rendition
from publisher.proofs import Proof
from publisher.studio.pairs import COPIED, compare


def said(channel: str, *texts: str) -> Proof:
    parts = tuple(Part(kind="post", text=text, length=len(text), limit=100) for text in texts)
    return Proof(
        channel=Channel(name=channel, network="x"),
        rendition=Rendition(post="p", channel=channel, network="x", parts=parts),
    )


def test_every_two_channels_are_compared_once() -> None:
    pairs = compare([said("a", "one two three"), said("b", "one two three"), said("c", "one", "four")])
    assert pairs.channels == ("a", "b", "c")
    assert pairs.rows == ((1.0,), (likeness("one two three", "one four"),) * 2)
    assert 0 < pairs.rows[1][0] < 1
    assert pairs.highest == 1.0


def test_a_channel_that_says_nothing_is_compared_with_nobody() -> None:
    mute = Proof(channel=Channel(name="mute", network="x"), rendition=None)
    assert compare([said("a", "one"), mute]).rows == ()
    assert compare([]).highest == 0.0


def test_the_threshold_shown_is_the_one_that_is_held_to() -> None:
    assert signature(copied).parameters["threshold"].default == COPIED
