"""Bluesky, and any other server of personal data that speaks its protocol."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from adapters.bluesky.limits import LIMITS
from publisher.adapter import Account, Client, Secret, house_voice
from publisher.model import Channel, Finding, Measure, Rendition, Variant, Voice

if TYPE_CHECKING:
    from publisher.delivery.wire import Session
    from publisher.sandbox.harness import StandIn
    from publisher.sandbox.world import World


class Bluesky:
    """A Bluesky account. Channel settings: `service` (an https address), `identifier` (where it is not the handle).

    `edits: true` rewrites what is live, though the app may not show it.
    A setting named like a handle (`"@acme.example": "did:plc:…"`) says who that is, so that mentions of it are links.
    """

    network = "bluesky"
    limits = LIMITS
    secrets = (
        Secret(
            role="app_password",
            how="in the Bluesky app, Settings > Privacy and security > App passwords, or at"
            " https://bsky.app/settings/app-passwords; never the account's own password",
        ),
    )

    @cached_property
    def voice(self) -> Voice:
        return house_voice(__name__)

    def measure(self, text: str) -> Measure:
        from adapters.bluesky.measure import measure

        return measure(text)

    def render(self, variant: Variant) -> Rendition:
        from adapters.bluesky.render import render

        return render(variant)

    def check(self, rendition: Rendition) -> Iterable[Finding]:
        from adapters.bluesky.check import check

        return check(rendition)

    def connect(self, account: Account, session: Session) -> Client:
        from adapters.bluesky.client import BlueskyClient

        return BlueskyClient(account, session)

    def identify(self, url: str) -> str:
        from adapters.bluesky.identity import identify

        return identify(url)

    def visit(self, channel: Channel) -> str:
        name = channel.handle.lstrip("@")
        return f"https://bsky.app/profile/{name}" if name else ""

    def locate(self, channel: Channel) -> str:
        name = channel.settings.get("identifier") or channel.handle
        return f"{name.lstrip('@')}@{channel.settings.get('service', '').rstrip('/').rpartition('/')[2]}".lower()

    def stand_in(self, world: World) -> StandIn:
        from adapters.bluesky.sandbox import PersonalDataServer

        return PersonalDataServer(world)
