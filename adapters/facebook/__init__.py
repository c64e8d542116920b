"""Facebook Pages."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from adapters.facebook.limits import LIMITS
from publisher.adapter import Account, Client, Secret, house_voice
from publisher.model import Channel, Finding, Measure, Rendition, Variant, Voice

if TYPE_CHECKING:
    from publisher.delivery.wire import Session
    from publisher.sandbox.harness import StandIn
    from publisher.sandbox.world import World


class Facebook:
    """A Facebook Page. Channel settings: `page` (its id), `version` of the Graph API."""

    network = "facebook"
    limits = LIMITS
    secrets = (
        Secret(
            role="token",
            how="a Page access token with pages_manage_posts, pages_read_engagement, pages_manage_engagement and"
            " pages_show_list: at https://developers.facebook.com/tools/explorer choose your app, “Get Page Access"
            " Token”, and extend it in the Access Token Debugger",
        ),
    )

    @cached_property
    def voice(self) -> Voice:
        return house_voice(__name__)

    def measure(self, text: str) -> Measure:
        from adapters.facebook.measure import measure

        return measure(text)

    def render(self, variant: Variant) -> Rendition:
        from adapters.facebook.render import render

        return render(variant)

    def check(self, rendition: Rendition) -> Iterable[Finding]:
        from adapters.facebook.check import check

        return check(rendition)

    def connect(self, account: Account, session: Session) -> Client:
        from adapters.facebook.client import FacebookClient

        return FacebookClient(account, session)

    def identify(self, url: str) -> str:
        from adapters.facebook.identity import identify

        return identify(url)

    def visit(self, channel: Channel) -> str:
        page = channel.settings.get("page", "")
        return f"https://www.facebook.com/{page}" if page else ""

    def locate(self, channel: Channel) -> str:
        return f"@{channel.settings.get('page', '')}"

    def stand_in(self, world: World) -> StandIn:
        from adapters.facebook.sandbox import FacebookServer

        return FacebookServer(world)
