"""Instagram, for professional accounts, through content publishing."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from adapters.instagram.limits import LIMITS
from publisher.adapter import Account, Client, Secret, house_voice
from publisher.model import Channel, Finding, Measure, Rendition, Variant, Voice

if TYPE_CHECKING:
    from publisher.delivery.wire import Session
    from publisher.sandbox.harness import StandIn
    from publisher.sandbox.world import World


class Instagram:
    """An Instagram professional account. Channel settings: `user` (its IG user id), `version` of the Graph API."""

    network = "instagram"
    limits = LIMITS
    secrets = (
        Secret(
            role="token",
            how="an access token with instagram_basic, instagram_content_publish, instagram_manage_comments,"
            " pages_read_engagement and pages_show_list, of a person who manages the Page linked to the account: make"
            " it at https://developers.facebook.com/tools/explorer and extend it in the Access Token Debugger",
        ),
    )

    @cached_property
    def voice(self) -> Voice:
        return house_voice(__name__)

    def measure(self, text: str) -> Measure:
        from adapters.instagram.measure import measure

        return measure(text)

    def render(self, variant: Variant) -> Rendition:
        from adapters.instagram.render import render

        return render(variant)

    def check(self, rendition: Rendition) -> Iterable[Finding]:
        from adapters.instagram.check import check

        return check(rendition)

    def connect(self, account: Account, session: Session) -> Client:
        from adapters.instagram.client import InstagramClient

        return InstagramClient(account, session)

    def identify(self, url: str) -> str:
        from adapters.instagram.identity import identify

        return identify(url)

    def visit(self, channel: Channel) -> str:
        name = channel.handle.lstrip("@")
        return f"https://www.instagram.com/{name}/" if name else ""

    def locate(self, channel: Channel) -> str:
        return f"@{channel.settings.get('user', '')}"

    def stand_in(self, world: World) -> StandIn:
        from adapters.instagram.sandbox import InstagramServer

        return InstagramServer(world)
