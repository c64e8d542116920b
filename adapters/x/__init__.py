"""X, spoken through its API v2."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from adapters.x.limits import LIMITS
from publisher.adapter import Account, Client, Secret, house_voice
from publisher.model import Channel, Finding, Measure, Rendition, Variant, Voice

if TYPE_CHECKING:
    from publisher.delivery.wire import Session
    from publisher.sandbox.harness import StandIn
    from publisher.sandbox.world import World

_KEYS = "https://console.x.com > your app > Keys and tokens"


class X:
    """An X account.

    Channel settings: `characters` (beyond 280 for X Premium), `reply_settings` (who may answer) and `premium: true`,
    without which nothing is edited.
    """

    network = "x"
    limits = LIMITS
    secrets = (
        Secret(role="consumer_key", how=f"{_KEYS} > Consumer keys > API key"),
        Secret(role="consumer_secret", how=f"{_KEYS} > Consumer keys > API key secret"),
        Secret(
            role="access_token",
            how=f"first give the app Read and write permission, then {_KEYS} > Access token and secret > Generate",
        ),
        Secret(role="access_token_secret", how=f"{_KEYS} > Access token and secret, shown beside the access token"),
    )

    @cached_property
    def voice(self) -> Voice:
        return house_voice(__name__)

    def measure(self, text: str) -> Measure:
        from adapters.x.measure import measure

        return measure(text)

    def render(self, variant: Variant) -> Rendition:
        from adapters.x.render import render

        return render(variant)

    def check(self, rendition: Rendition) -> Iterable[Finding]:
        from adapters.x.check import check

        return check(rendition)

    def connect(self, account: Account, session: Session) -> Client:
        from adapters.x.client import XClient

        return XClient(account, session)

    def identify(self, url: str) -> str:
        from adapters.x.identity import identify

        return identify(url)

    def visit(self, channel: Channel) -> str:
        name = channel.handle.lstrip("@")
        return f"https://x.com/{name}" if name else ""

    def locate(self, channel: Channel) -> str:
        return f"{channel.handle.lstrip('@').lower()}@"

    def stand_in(self, world: World) -> StandIn:
        from adapters.x.sandbox import XServer

        return XServer(world)
