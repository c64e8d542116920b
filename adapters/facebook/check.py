"""What Facebook would complain about beyond lengths and pictures: a card that leads to Facebook itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from adapters.facebook.limits import LIMITS
from publisher.craft.complaints import complaints
from publisher.model import Finding, Rendition

OWN_HOST = re.compile(r"(^|\.)(facebook\.com|fb\.com)$")


def check(rendition: Rendition) -> Iterator[Finding]:
    """Every complaint Facebook would have about the rendition."""
    yield from complaints(rendition, LIMITS)
    for part in rendition.parts:
        link = str(part.native.get("link", ""))
        if link and OWN_HOST.search(urlsplit(link).hostname or ""):
            yield Finding(
                rule="own-link",
                message=f"Facebook makes no card of a link to itself: {link}",
                channel=rendition.channel,
                hint=f"give it another link, or none: channels: {{{rendition.channel}: {{link: none}}}}",
            )
