"""What can go wrong, sorted by what the reader must do next.

PublisherError                      .hint: the next command, or the line to edit
├─ ConfigError                      settings: a channel, a schedule, a secret that is missing
├─ ContentError                     a post the author can mend
│  └─ Unsupported                   this network cannot say that
├─ LedgerError                      the memory cannot be read or written
│  └─ Conflict                      somebody else wrote first: look again
├─ AdapterError                     a contract broken: a bug, with the distribution that owns it
└─ DeliveryError                    a network and one part
   ├─ Unauthorized                  not sent; renew the token
   ├─ Rejected                      not sent; unchanged it will be refused again
   ├─ Deferred                      not sent; safe to send again, at `until`
   └─ Uncertain                     may be live: look before anything else
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime


class PublisherError(Exception):
    """Something a person must know about; `hint` says what to type or edit."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class ConfigError(PublisherError):
    """The project's settings do not allow it."""


class ContentError(PublisherError):
    """A post cannot be used as written."""


class Unsupported(ContentError):
    """This network has no way to say that."""


class LedgerError(PublisherError):
    """The ledger cannot be read or written."""


class Conflict(LedgerError):
    """Some parts are not this runner's to send, and nothing was written; `refused` says why, by the part's key."""

    def __init__(self, message: str, *, refused: Mapping[str, str]) -> None:
        super().__init__(message)
        self.refused = refused


class AdapterError(PublisherError):
    """An adapter broke its contract."""


class DeliveryError(PublisherError):
    """A part did not get its receipt. `status` is the network's HTTP status, 0 where there was none."""

    def __init__(self, message: str, *, hint: str = "", status: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class Unauthorized(DeliveryError):
    """The network does not accept these credentials; nothing was posted."""


class Rejected(DeliveryError):
    """The network refused this part; unchanged, it will be refused again."""


class Deferred(DeliveryError):
    """The network could not take the part now; nothing was posted. `until` is when it may be sent, if known."""

    def __init__(self, message: str, *, until: datetime | None = None, hint: str = "", status: int = 0) -> None:
        super().__init__(message, hint=hint, status=status)
        self.until = until


class Uncertain(DeliveryError):
    """The part may be live; sending it again could post it twice."""
