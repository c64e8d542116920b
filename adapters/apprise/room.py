"""The sandbox's chat room as an Apprise service: a rehearsal goes through Apprise, over the house's session."""

from __future__ import annotations

from typing import Any

from apprise import AppriseAsset, NotifyBase, NotifyFormat

from publisher.delivery.wire import Session
from publisher.errors import DeliveryError, Uncertain
from publisher.model import Json, Receipt

HOST = "apprise.sandbox.test"


class Room(NotifyBase):  # type: ignore[no-untyped-call]  # Apprise is typed in part
    """One room, for one message. `receipt` tells what became of it, as Apprise itself cannot."""

    service_name = "Sandbox chat room"  # type: ignore[assignment]  # declared as None, meant to be set
    secure_protocol = "sandbox"  # type: ignore[assignment]  # likewise
    attachment_support = True
    notify_format = NotifyFormat.TEXT
    request_rate_per_sec = 0
    body_maxlen = 100_000

    def __init__(self, *, session: Session, channel: str, secret: str, key: str) -> None:
        # Without a time limit Apprise sends in this thread.
        super().__init__(asset=AppriseAsset(service_timeout=0))  # type: ignore[no-untyped-call]  # Apprise is typed in part
        self._session, self._secret, self._key = session, secret, key
        self._address = f"https://{HOST}/rooms/{channel}/messages"
        self._posted: Json = None
        self._failure: DeliveryError | None = None

    def url(self, *_args: Any, **_kwargs: Any) -> str:
        """The room's address; it holds no secret."""
        return self._address

    def send(self, body: str, title: str = "", notify_type: Any = None, attach: Any = None, **_: Any) -> bool:
        """Whether the room took the message."""
        pictures: list[Json] = [
            {"name": picture.name, "mime": picture.mimetype, "content": picture.base64()} for picture in attach or ()
        ]
        try:
            with self._session.answered():
                self._posted = self._ask("POST", {"key": self._key, "body": body, "attachments": pictures})
                self.receipt()
        except DeliveryError as error:
            self._failure = error
        return self._failure is None

    def receipt(self) -> Receipt:
        """The receipt of the message. Raises the DeliveryError that says why there is none."""
        if self._failure:
            raise self._failure
        if not isinstance(self._posted, dict):
            raise Uncertain("Apprise did not say what became of the message")
        return Receipt(id=str(self._posted["id"]), url=str(self._posted["url"]), at=self._session.now())

    def find(self) -> Receipt | None:
        """The receipt of the message with that key, if the room has it. Raises DeliveryError."""
        with self._session.harmless(), self._session.answered():
            found = self._ask("GET", None)
            if not isinstance(found, list):
                raise ValueError("no list of messages")
            self._posted = found[0] if found else None
            return self.receipt() if self._posted else None

    def _ask(self, method: str, body: Json) -> Json:
        params = {"key": self._key} if method == "GET" else None
        headers = {"Authorization": f"Bearer {self._secret}"}
        response = self._session.request(method, self._address, json=body, params=params, headers=headers)
        response.raise_for_status()
        answered: Json = response.json()
        return answered
