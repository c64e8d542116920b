"""Mastodon, and servers that speak its API."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from adapters.mastodon.limits import LIMITS
from publisher.adapter import Account, Client, Secret, house_voice
from publisher.model import Channel, Finding, Measure, Rendition, Variant, Voice

if TYPE_CHECKING:
    from publisher.delivery.wire import Session
    from publisher.sandbox.harness import StandIn
    from publisher.sandbox.world import World


class Mastodon:
    """A Mastodon account. Channel settings: `instance` (an https address), `visibility`, `characters`."""

    network = "mastodon"
    limits = LIMITS
    secrets = (
        Secret(
            role="token",
            how="on your instance, Preferences > Development > New application with the scopes write:statuses,"
            " write:media, read:statuses and read:accounts, then copy “Your access token”",
        ),
    )

    @cached_property
    def voice(self) -> Voice:
        return house_voice(__name__)

    def measure(self, text: str) -> Measure:
        from adapters.mastodon.measure import measure

        return measure(text)

    def render(self, variant: Variant) -> Rendition:
        from adapters.mastodon.render import render

        return render(variant)

    def check(self, rendition: Rendition) -> Iterable[Finding]:
        from publisher.craft.complaints import complaints

        return complaints(rendition, self.limits)

    def connect(self, account: Account, session: Session) -> Client:
        from adapters.mastodon.client import MastodonClient

        return MastodonClient(account, session)

    def identify(self, url: str) -> str:
        from adapters.mastodon.identity import identify

        return identify(url)

    def visit(self, channel: Channel) -> str:
        instance, name = channel.settings.get("instance", "").rstrip("/"), channel.handle.lstrip("@").partition("@")[0]
        return f"{instance}/@{name}" if instance and name else ""

    def locate(self, channel: Channel) -> str:
        name, server = channel.handle.lstrip("@").partition("@")[0], channel.settings.get("instance", "")
        return f"{name}@{server.rstrip('/').rpartition('/')[2]}".lower()

    def stand_in(self, world: World) -> StandIn:
        from adapters.mastodon.sandbox import MastodonServer

        return MastodonServer(world)
