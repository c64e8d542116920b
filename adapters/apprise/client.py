"""Delivers to a chat through Apprise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from publisher.adapter import Account
from publisher.delivery.notify import REFUSED, SENT, UNREACHED, Told, open_service, tell
from publisher.delivery.wire import Session
from publisher.errors import Deferred, DeliveryError, Rejected, Unauthorized, Uncertain
from publisher.model import Attempt, Media, Part, Receipt

if TYPE_CHECKING:
    from apprise import AttachBase, NotifyBase

    from adapters.apprise.room import Room

_GONE = {401, 403, 404, 410}


class AppriseClient:
    """One chat room, connected.

    Apprise tells no message's id and no address, so the receipt of a real room has an id made of the attempt's key and
    an empty URL. It makes its own requests, held to the wire's rules by `delivery.notify`; in the sandbox they go over
    the session.
    """

    def __init__(self, account: Account, session: Session) -> None:
        self._account, self._session = account, session

    def deliver(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
        """The receipt of the message, sent once."""
        room = self._room(attempt)
        service = room or self._service()
        self._refuse_what_would_be_lost(service, part)
        told = tell(service, part.text, attach=[self._attached(media) for media in part.media])
        if room:
            return room.receipt()
        if told.state != SENT:
            raise self._verdict(told, attempt)
        return Receipt(id=f"apprise:{attempt.key[:12]}", url="", at=self._session.now())

    def find(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        """The message, in the sandbox, whose room can be asked. Raises Uncertain elsewhere: Apprise cannot read."""
        room = self._room(attempt)
        if room:
            return room.find()
        raise Uncertain(
            f"a message cannot be looked up through Apprise: only a person can see whether it is in {self._name}",
            hint=f"look there; then `publisher resolve {attempt.post} {attempt.channel}`",
        )

    @property
    def _name(self) -> str:
        return self._account.handle or self._account.channel

    def _room(self, attempt: Attempt) -> Room | None:
        """The sandbox's room, if the secret is the sandbox's."""
        from adapters.apprise.room import Room

        secret = self._account.secrets["url"]
        if not secret.startswith("sandbox."):
            return None
        return Room(session=self._session, channel=self._account.channel, secret=secret, key=attempt.key)

    def _service(self) -> NotifyBase:
        service = open_service(self._account.secrets["url"])
        if service is None:
            raise Unauthorized(
                f"the secret `url` of {self._account.channel} is not an address that Apprise knows",
                hint="build it as https://appriseit.com/services/ shows for its service, such as discord://… or tgram://…",
            )
        return service

    def _refuse_what_would_be_lost(self, service: NotifyBase, part: Part) -> None:
        """Nothing, unless Apprise would leave something out without a word."""
        if part.media and not service.attachment_support:
            raise Rejected(
                f"{service.service_name} takes no pictures through Apprise",
                hint=f'in publisher.yml: channels: {{{self._account.channel}: {{settings: {{pictures: "no"}}}}}}',
            )
        if len(part.text) > service.body_maxlen:
            raise Rejected(
                f"{service.service_name} takes {service.body_maxlen} characters, the message has {len(part.text)}",
                hint=f"in publisher.yml: channels: {{{self._account.channel}: {{settings: {{characters:"
                f' "{service.body_maxlen}"}}}}}}',
            )

    def _attached(self, media: Media) -> AttachBase:
        from apprise.attachment.memory import AttachMemory

        from adapters.apprise.names import name

        content = self._account.read(media)
        return AttachMemory(content, name=name(media), mimetype=media.mime)  # type: ignore[no-untyped-call]  # Apprise is typed in part

    def _verdict(self, told: Told, attempt: Attempt) -> DeliveryError:
        said = f"{told.service} answered HTTP {told.status}"
        if told.state == UNREACHED:
            return Deferred(f"{told.service} could not be reached; nothing was sent")
        if told.state == REFUSED and told.status in _GONE:
            hint = f"make a new address for {self._name} and put it in the secret `url` of {self._account.channel}"
            return Unauthorized(f"{said}: it does not know this address any more, or not its rights", hint=hint)
        if told.state == REFUSED and told.status == 429:
            return Deferred(f"{said}: too many messages", status=429)
        if told.state == REFUSED:
            return Rejected(f"{said} and refused the message", status=told.status)
        return Uncertain(
            f"Apprise cannot say whether {told.service} took the message{f' ({said})' if told.status else ''}",
            hint=f"look at {self._name}; then `publisher resolve {attempt.post} {attempt.channel}`",
            status=told.status,
        )
