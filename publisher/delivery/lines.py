"""How each channel reaches its network: for real, or in the sandbox, in this process or another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from mimetypes import guess_extension
from typing import Protocol

from requests.adapters import BaseAdapter

from publisher.adapter import Account, Adapter, Client, Rehearsable, Remember, Secret
from publisher.delivery.secrets import gather
from publisher.delivery.wire import Session, open_transport
from publisher.errors import AdapterError, ConfigError
from publisher.media.wants import MADE
from publisher.model import Channel, Media
from publisher.sandbox.harness import MEDIA_HOST, Harness, StandIn, token
from publisher.sandbox.transport import InProcess, Served, Speaker
from publisher.sandbox.world import World

Clock = Callable[[], datetime]


class Place(Protocol):
    """Where the networks are."""

    def secrets(self, channel: Channel, secrets: tuple[Secret, ...]) -> Mapping[str, str]:
        """The channel's secrets by role. Raises ConfigError for one that is missing."""
        ...

    def transport(self, channel: Channel) -> BaseAdapter:
        """The way there."""
        ...

    def host(self, session: Session, media: Media, content: bytes) -> str:
        """The public address of a picture. Raises ConfigError when there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWorld:
    """The real networks; secrets come from the environment, pictures from where the repository is public."""

    environ: Mapping[str, str]
    media_base: str

    def secrets(self, channel: Channel, secrets: tuple[Secret, ...]) -> Mapping[str, str]:
        return gather(channel, secrets, self.environ)

    def transport(self, channel: Channel) -> BaseAdapter:
        return open_transport()

    def host(self, session: Session, media: Media, content: bytes) -> str:
        if media.file.startswith(MADE):
            raise ConfigError(
                f"this network fetches pictures from a public address, and {media.file}, made here, is not in git",
                hint=f"copy {media.file} beside the post, name it under `media:`, commit and push it",
            )
        if not self.media_base:
            raise ConfigError(
                "this network fetches pictures from a public address, and publisher.yml names none",
                hint="set `media_base: https://…` to where the repository's files can be read",
            )
        from urllib.parse import quote

        return f"{self.media_base.rstrip('/')}/{quote(media.file)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """The sandbox; `way` leads a speaker to it."""

    way: Callable[[Speaker], BaseAdapter]

    def secrets(self, channel: Channel, secrets: tuple[Secret, ...]) -> Mapping[str, str]:
        return {secret.role: token(channel.name, secret.role) for secret in secrets}

    def transport(self, channel: Channel) -> BaseAdapter:
        return self.way(Speaker(network=channel.network, channel=channel.name, handle=channel.handle or channel.name))

    def host(self, session: Session, media: Media, content: bytes) -> str:
        return host_in_sandbox(session, media, content)


def host_in_sandbox(session: Session, media: Media, content: bytes) -> str:
    """The address of a picture on the sandbox's media host, where it is put first."""
    url = f"https://{MEDIA_HOST}/{media.digest}{guess_extension(media.mime) or ''}"
    with session.harmless():
        session.put(url, data=content, headers={"Content-Type": media.mime})
    return url


def rehearse_here(world: World, adapter: Callable[[str], Adapter], clock: Clock) -> Rehearsal:
    """A rehearsal in this process, remembered in `world`."""

    def stand_in(network: str, world: World) -> StandIn:
        found = adapter(network)
        if not isinstance(found, Rehearsable):
            raise AdapterError(f"the network {network!r} has no stand-in and cannot be rehearsed")
        return found.stand_in(world)

    harness = Harness(world, stand_in)
    return Rehearsal(way=lambda speaker: InProcess(harness, speaker, clock))


def rehearse_at(url: str, clock: Clock) -> Rehearsal:
    """A rehearsal in the sandbox that another process serves at `url`."""
    return Rehearsal(way=lambda speaker: Served(url, speaker, clock))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Connects channels to their networks in one place, until closed. `read` gives a picture's bytes."""

    place: Place
    adapter: Callable[[str], Adapter]
    read: Callable[[Media], bytes]
    clock: Clock
    _open: list[Session] = field(default_factory=list)

    def close(self) -> None:
        """Hangs up every line."""
        for session in self._open:
            session.close()

    def connect(self, channel: Channel, remember: Remember) -> Client:
        """A client of the channel's account. Raises ConfigError for a missing secret or setting, or a wrong clock."""
        adapter = self.adapter(channel.network)
        secrets = self.place.secrets(channel, tuple(adapter.secrets))
        session = Session(self.place.transport(channel), clock=self.clock, secrets=secrets.values())
        self._open.append(session)
        account = Account(
            channel=channel.name,
            handle=channel.handle,
            settings=channel.settings,
            secrets=secrets,
            read=self.read,
            host=lambda media: self.place.host(session, media, self.read(media)),
            remember=remember,
        )
        client = adapter.connect(account, session)
        session.check_clock()
        return client
