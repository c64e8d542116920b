"""Where a person looks when something is in doubt."""

from __future__ import annotations

import pytest

from publisher.adapter import Visitable
from publisher.model import Channel
from publisher.registry import adapter

PAGES = {
    "x": ({"handle": "@tidewater"}, "https://x.com/tidewater"),
    "facebook": ({"settings": {"page": "1000"}}, "https://www.facebook.com/1000"),
    "instagram": ({"handle": "@tidewater"}, "https://www.instagram.com/tidewater/"),
    "bluesky": ({"handle": "@tidewater.example"}, "https://bsky.app/profile/tidewater.example"),
    "mastodon": (
        {"handle": "@tidewater@social.example", "settings": {"instance": "https://social.example/"}},
        "https://social.example/@tidewater",
    ),
    "linkedin": (
        {"settings": {"author": "urn:li:organization:1234"}},
        "https://www.linkedin.com/company/1234/posts/",
    ),
}


@pytest.mark.parametrize("network", PAGES)
def test_every_network_says_where_its_posts_are_seen(network: str) -> None:
    known, (written, page) = adapter(network), PAGES[network]
    assert isinstance(known, Visitable)
    assert known.visit(Channel(name="here", network=network, **written)) == page  # type: ignore[arg-type]  # as written


def test_a_persons_own_page_on_linkedin_needs_no_name() -> None:
    known = adapter("linkedin")
    assert isinstance(known, Visitable)
    person = Channel(name="founder", network="linkedin", settings={"author": "urn:li:person:abc"})
    assert known.visit(person) == "https://www.linkedin.com/in/me/recent-activity/all/"
