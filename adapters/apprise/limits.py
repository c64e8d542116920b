"""What a chat accepts. Every service behind Apprise has its own limits; these suit most of them."""

from __future__ import annotations

from publisher.model import Fact, Limits

_SERVICES = "https://appriseit.com/services/"

LIMITS = Limits(
    unit="characters",
    # Discord's, the smallest of the large chats: Telegram takes 4,096 and Slack more.
    text=Fact(value=2000, source=_SERVICES + "discord/", seen="2026-11-22"),
    images=Fact(value=10, source=_SERVICES + "discord/", seen="2026-11-22", trust="unverified"),
    alt=Fact(value=1500, source=_SERVICES, seen="2026-11-22", trust="unverified"),
    image_bytes=Fact(value=8 * 1024 * 1024, source=_SERVICES, seen="2026-11-22", trust="unverified"),
    image_types=("image/jpeg", "image/png", "image/gif", "image/webp"),
    more={
        # Apprise has no alt texts: what a picture shows goes in its file's name, and names have an end.
        "name": Fact(value=120, source=_SERVICES, seen="2026-11-22", trust="unverified"),
    },
)
