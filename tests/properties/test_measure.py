"""Any text at all has a length on every network, and what a network links in it stands where it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters._names.domains import is_plain_address
from adapters.mastodon.addresses import addresses as mastodon_addresses
from adapters.x.addresses import addresses as x_addresses
from publisher.registry import adapter, networks
from tests.properties.drafts import own_words, tokens
from tests.properties.laws import entity_faults
from tests.properties.profiles import profile

texts = st.one_of(
    st.text(max_size=80),
    st.text(st.characters(), max_size=40),  # lone surrogates too
    st.lists(tokens | st.text(max_size=3), max_size=20).map("".join),
    own_words,
)
written = texts.filter(lambda text: not text or (bool(text.strip()) and not text.endswith("\r")))
"""Blanks alone are nothing on some networks, and count beside other words; a return and the feed after it are one."""


@pytest.mark.parametrize("network", networks())
@profile
@given(text=texts)
def test_any_text_has_a_length_and_entities_in_their_places(network: str, text: str) -> None:
    measured = adapter(network).measure(text)
    assert measured.length >= 0
    assert measured.limit > 0
    assert not measured.valid or 0 < measured.length <= measured.limit
    assert list(entity_faults(network, text)) == []


@pytest.mark.parametrize("network", networks())
@profile
@given(text=written)
def test_a_text_is_measured_the_same_every_time_and_no_text_is_empty(network: str, text: str) -> None:
    measure = adapter(network).measure
    assert measure(text) == measure(text)
    assert (measure(text).length == 0) == (text == "")


@pytest.mark.parametrize("network", networks())
@profile
@given(text=written, more=st.integers(1, 40))
def test_words_on_a_line_of_their_own_add_their_own_length(network: str, text: str, more: int) -> None:
    measure = adapter(network).measure
    longer = f"{text}\n\n{'word ' * more}end"
    assert measure(longer).length == measure(text).length + 2 + 5 * more + 3


hosts = st.lists(st.from_regex(r"[a-z0-9-]{1,9}", fullmatch=True) | st.sampled_from(("t", "xn--a", "www")), min_size=1)
links = st.builds(
    "{}://{}.{}{}".format,
    st.sampled_from(("http", "https")),
    hosts.map(".".join),
    st.sampled_from(("org", "fr", "co", "md", "unknown")),
    st.from_regex(r"(/[a-z0-9/-]{0,12})?", fullmatch=True),
)


@profile
@given(link=links, before=texts)
def test_a_plain_address_is_one_address_on_a_last_line_of_any_text(link: str, before: str) -> None:
    text = f"{before}\n{link}"
    found = list(x_addresses(text))
    assert not is_plain_address(link) or found[-1] == (len(before) + 1, len(text))
    assert not is_plain_address(link) or list(mastodon_addresses(link)) == [(0, len(link))]
