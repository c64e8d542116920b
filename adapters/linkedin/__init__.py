"""LinkedIn: a member's profile, or an organization's page."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from adapters.linkedin.limits import LIMITS
from publisher.adapter import Account, Client, Secret, house_voice
from publisher.model import Channel, Finding, Measure, Rendition, Variant, Voice

if TYPE_CHECKING:
    from publisher.delivery.wire import Session
    from publisher.sandbox.harness import StandIn
    from publisher.sandbox.world import World


class LinkedIn:
    """A LinkedIn author.

    Channel settings: `author` (`urn:li:person:…` or `urn:li:organization:…`), `visibility` (PUBLIC, CONNECTIONS or
    LOGGED_IN) and `version`, the month of LinkedIn's API as YYYYMM.
    """

    network = "linkedin"
    limits = LIMITS
    secrets = (
        Secret(
            role="token",
            how="https://www.linkedin.com/developers/apps > your app > Auth > OAuth 2.0 tools: ask for w_member_social"
            " (a person) or w_organization_social and r_organization_social (an organization); a token lives 60 days",
        ),
    )

    @cached_property
    def voice(self) -> Voice:
        return house_voice(__name__)

    def measure(self, text: str) -> Measure:
        from adapters.linkedin.measure import measure

        return measure(text)

    def render(self, variant: Variant) -> Rendition:
        from adapters.linkedin.render import render

        return render(variant)

    def check(self, rendition: Rendition) -> Iterable[Finding]:
        from adapters.linkedin.check import check

        return check(rendition)

    def connect(self, account: Account, session: Session) -> Client:
        from adapters.linkedin.client import LinkedInClient

        return LinkedInClient(account, session)

    def identify(self, url: str) -> str:
        from adapters.linkedin.identity import identify

        return identify(url)

    def visit(self, channel: Channel) -> str:
        kind, _, id_ = channel.settings.get("author", "").removeprefix("urn:li:").partition(":")
        pages = {"organization": "https://www.linkedin.com/company/{}/posts/"}
        return (
            pages[kind].format(id_) if id_ and kind in pages else "https://www.linkedin.com/in/me/recent-activity/all/"
        )

    def locate(self, channel: Channel) -> str:
        return f"@{channel.settings.get('author', '')}"

    def stand_in(self, world: World) -> StandIn:
        from adapters.linkedin.sandbox import LinkedInServer

        return LinkedInServer(world)
