"""What a post says for one channel, of what stands under its name and under its network's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.words import Channel, Override, Post

FOUNDER = Channel(name="founder", network="linkedin")
SAID = {
    "text": "Mine.", "angle": "quote", "thread": False, "link": "", "tags": (), "warning": "", "publish": "withdrawn",
}  # fmt: skip
words = st.text("ab", max_size=2)
own = st.builds(
    Override,
    text=st.none() | words,
    angle=st.none() | words,
    thread=st.none() | st.booleans(),
    link=st.none() | words,
    tags=st.none() | st.lists(words, max_size=2).map(tuple),
    warning=st.none() | words,
    publish=st.none() | words,
    line=st.integers(1, 9),
)


def post(**overrides: Override) -> Post:
    return Post(id="a", path="a.md", digest="b", publish="next", link="https://example.org/a", overrides=overrides)


@pytest.mark.parametrize("key", SAID)
def test_each_key_under_a_networks_name_is_for_a_channel_that_is_silent_about_it(key: str) -> None:
    theirs = Override(**{key: SAID[key]})  # type: ignore[arg-type]  # one key of each kind
    other = Override(text="Theirs.") if key != "text" else Override(angle="hook")
    assert getattr(post(linkedin=theirs, founder=other).own(FOUNDER), key) == SAID[key]


@pytest.mark.parametrize("key", SAID)
def test_each_key_under_a_channels_name_wins_even_where_it_says_none(key: str) -> None:
    ours = Override(**{key: SAID[key]})  # type: ignore[arg-type]  # one key of each kind
    theirs = Override(text="T", angle="hook", thread=True, link="x", tags=("t",), warning="W", publish="now")
    assert getattr(post(linkedin=theirs, founder=ours).own(FOUNDER), key) == SAID[key]


@given(own)
def test_what_stands_under_one_name_only_is_taken_as_it_is(said: Override) -> None:
    assert post(founder=said).own(FOUNDER) is said
    assert post(linkedin=said).own(FOUNDER) is said
    assert post(founder=said, linkedin=Override()).own(FOUNDER) == said
    assert post(founder=Override(line=said.line), linkedin=said).own(FOUNDER) == said
    assert post(mastodon=said).own(FOUNDER) == Override()


@given(own, own)
def test_time_and_link_are_the_channels_own_then_its_networks_then_the_posts(ours: Override, theirs: Override) -> None:
    one = post(founder=ours, linkedin=theirs)
    times = (ours.publish, theirs.publish, "next")
    links = (ours.link, theirs.link, "https://example.org/a")
    assert one.publish_on(FOUNDER) == next(said for said in times if said is not None)
    assert one.link_on(FOUNDER) == next(said for said in links if said is not None)


def test_a_withdrawn_post_is_withdrawn_whatever_a_channel_says() -> None:
    one = Post(id="a", path="a.md", digest="b", publish="withdrawn", overrides={"founder": Override(publish="now")})
    assert one.publish_on(FOUNDER) == "withdrawn"
