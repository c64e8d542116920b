"""An account in a sandbox of its own, and a post to send there."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from msgspec import structs

from publisher.adapter import Account, Client, Rehearsable
from publisher.delivery.lines import host_in_sandbox
from publisher.model import Attempt, Material, Media, Part, Post, Rendition, part_key
from publisher.registry import adapter
from publisher.sandbox.harness import Harness, token
from publisher.sandbox.world import World

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
ALT = "A loop of three steps: listen, discuss, adapt"

MATERIAL = Material(
    hook="Sixty million company pages, and nobody is listening.",
    points=("Listen before you speak.", "Answer in the first hour.", "Keep a steady tempo."),
    quote="Being on a network is not a strategy.",
    quote_source="our community lead",
    figures=("We answered 84% of comments within an hour in October.",),
    question="What did your last post bring you?",
    story=("In spring we posted twice a day and heard nothing back. In summer we posted twice a week and answered.",),
    call="Read the guide",
)


HANDLE = "@tidewater@mastodon.example"


class Rehearsal:
    """One account of a network in a sandbox, whose file others may share; the channel is called like the network."""

    def __init__(
        self, network: str, settings: Mapping[str, str], folder: Path, *, channel: str = "", handle: str = HANDLE
    ) -> None:
        from publisher.delivery.wire import Session
        from publisher.sandbox.transport import InProcess, Speaker

        self.adapter = adapter(network)
        self.world = World(folder / "sandbox.db")
        self.secrets = {secret.role: token(channel or network, secret.role) for secret in self.adapter.secrets}
        self.remembered: dict[str, dict[str, str]] = {}
        harness = Harness(self.world, _stand_in)
        speaker = Speaker(network=network, channel=channel or network, handle=handle)
        self.session = Session(
            InProcess(harness, speaker, lambda: NOW), clock=lambda: NOW, secrets=self.secrets.values()
        )
        self.account = Account(
            channel=speaker.channel,
            handle=speaker.handle,
            settings=settings,
            secrets=self.secrets,
            read=lambda _media: picture(),
            host=self._host,
            remember=self._remember,
        )

    def _remember(self, attempt: Attempt, uploads: Mapping[str, str]) -> None:
        self.remembered.setdefault(attempt.key, {}).update(uploads)

    def again(self, attempt: Attempt) -> Attempt:
        """The attempt with what its earlier tries uploaded."""
        return replace(attempt, uploads=self.remembered.get(attempt.key, {}))

    def _host(self, media: Media) -> str:
        return host_in_sandbox(self.session, media, picture())

    def connect(self) -> Client:
        """A client of the account."""
        return self.adapter.connect(self.account, self.session)

    def texts(self) -> list[str]:
        """What the network shows, the oldest first."""
        return [post.text for post in self.world.posts(self.adapter.network)]


def _stand_in(network: str, world: World):  # type: ignore[no-untyped-def]
    found = adapter(network)
    assert isinstance(found, Rehearsable), f"{network} has no stand-in: add sandbox.py"
    return found.stand_in(world)


def picture() -> bytes:
    """A square JPEG of 320 pixels."""
    from PIL import Image

    held = io.BytesIO()
    Image.new("RGB", (320, 320), "#3a6ea5").save(held, "JPEG")
    return held.getvalue()


def media(**changed: object) -> Media:
    """That picture, with its alt text."""
    import hashlib

    content = picture()
    digest = hashlib.sha256(content).hexdigest()
    plain = Media(file="loop.jpg", alt=ALT, digest=digest, mime="image/jpeg", size=len(content), width=320, height=320)
    return replace(plain, **changed)  # type: ignore[arg-type]  # the caller names fields of Media


def post(**changed: object) -> Post:
    """A post with a little of everything."""
    full = Post(
        id="listen",
        path="content/listen.md",
        digest="0" * 40,
        title="Agile beats viral",
        objective="awareness",
        keywords=("social media", "listening"),
        link="https://example.org/guide",
        media=(media(),),
        material=MATERIAL,
    )
    return structs.replace(full, **changed)


def attempt_of(rendition: Rendition, position: int = 0) -> Attempt:
    """The attempt to send one part of a rendition."""
    return Attempt(
        key=part_key(rendition.post, rendition.channel, 1, position),
        post=rendition.post,
        channel=rendition.channel,
        position=position,
        digest=rendition.digest,
        at=NOW,
    )


def first(rendition: Rendition) -> tuple[Part, Attempt]:
    """The first part of a rendition and the attempt to send it."""
    return rendition.parts[0], attempt_of(rendition)
