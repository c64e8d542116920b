"""Chats and channels without an adapter of their own: Telegram, Discord, Slack, Matrix … through Apprise."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from adapters.apprise.limits import LIMITS
from publisher.adapter import Account, Client, Secret, house_voice
from publisher.model import Finding, Measure, Rendition, Variant, Voice

if TYPE_CHECKING:
    from publisher.delivery.wire import Session
    from publisher.sandbox.harness import StandIn
    from publisher.sandbox.world import World


class Apprise:
    """A chat room or channel that Apprise can reach.

    Channel settings: `characters` (what the service takes in one message) and `pictures: "no"` where it takes none.
    """

    network = "apprise"
    limits = LIMITS
    secrets = (
        Secret(
            role="url",
            how="build the Apprise URL of your room as https://appriseit.com/services/ shows for its service,"
            " such as discord://… or tgram://…; whoever has it can write there",
        ),
    )

    @cached_property
    def voice(self) -> Voice:
        return house_voice(__name__)

    def measure(self, text: str) -> Measure:
        from adapters.apprise.measure import measure

        return measure(text)

    def render(self, variant: Variant) -> Rendition:
        from adapters.apprise.render import render

        return render(variant)

    def check(self, rendition: Rendition) -> Iterable[Finding]:
        from publisher.craft.complaints import complaints

        return complaints(rendition, self.limits)

    def connect(self, account: Account, session: Session) -> Client:
        from adapters.apprise.client import AppriseClient

        return AppriseClient(account, session)

    def stand_in(self, world: World) -> StandIn:
        from adapters.apprise.sandbox import ChatServer

        return ChatServer(world)
