"""The contract between the house and a network: everything an adapter owes, on one screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

from publisher.model import Attempt, Channel, Finding, Limits, Measure, Media, Part, Receipt, Rendition, Variant, Voice

if TYPE_CHECKING:
    from publisher.delivery.wire import Session
    from publisher.sandbox.harness import StandIn
    from publisher.sandbox.world import World


Remember: TypeAlias = "Callable[[Attempt, Mapping[str, str]], None]"
"""Keeps what was uploaded for an attempt, by the client's own names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """One credential an adapter needs: its role (`token`), and how a person gets it, in a sentence with an address."""

    role: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A channel with its secrets in hand, and the two things its client may ask of the house.

    `read` gives a picture's bytes; `host` makes a picture public and gives its address, for networks that fetch it.
    `remember` keeps what was uploaded for an attempt, by its name there, so that another try finds it in
    `Attempt.uploads` and uploads nothing twice; a client calls it once, before it creates the post.
    """

    channel: str
    handle: str
    settings: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    read: Callable[[Media], bytes] = field(repr=False)
    host: Callable[[Media], str] = field(repr=False)
    remember: Remember = field(repr=False, default=lambda _attempt, _uploads: None)


class Client(Protocol):
    """One account, connected. Both methods raise a DeliveryError and nothing else."""

    def deliver(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
        """The receipt of `part`, now live; `thread` holds the receipts of the parts before it, the first one first."""
        ...

    def find(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        """The receipt of `part` if an earlier attempt went through, None if it surely did not.

        Raises Uncertain when this network cannot tell.
        """
        ...


@runtime_checkable
class Editable(Protocol):
    """A client whose network lets what is live be changed."""

    def edit(self, part: Part, attempt: Attempt, live: Receipt, thread: Sequence[Receipt]) -> Receipt:
        """The receipt of the live part, which now says what `part` says; done twice, it is as if done once.

        Raises a DeliveryError, or Unsupported when this change is none that the network can make.
        """
        ...


@runtime_checkable
class Searchable(Protocol):
    """A client whose `find` knows a part by its key; this knows it by its words, for a ledger that lost the keys."""

    def search(self, part: Part, since: datetime, thread: Sequence[Receipt]) -> Receipt | None:
        """The receipt of a part that reads like this one and is not older than `since`, None if none is shown.

        Raises a DeliveryError.
        """
        ...


@runtime_checkable
class Withdrawable(Protocol):
    """A client whose network lets what is live be deleted."""

    def withdraw(self, live: Receipt, thread: Sequence[Receipt]) -> None:
        """Takes the live part off its network; one that is gone already is no error. `thread` as for `deliver`.

        Raises a DeliveryError.
        """
        ...


class Adapter(Protocol):
    """One network, spoken natively. Only `connect` leads to the outside world."""

    network: str
    limits: Limits
    secrets: Sequence[Secret]

    @property
    def voice(self) -> Voice:
        """The network's own voice; a channel's is laid over it."""
        ...

    def measure(self, text: str) -> Measure:
        """The text's length in this network's own units, and what the network will link in it."""
        ...

    def render(self, variant: Variant) -> Rendition:
        """The variant in native form. Pure; raises Unsupported, and never truncates."""
        ...

    def check(self, rendition: Rendition) -> Iterable[Finding]:
        """Every complaint this network would have about the rendition, not only the first."""
        ...

    def connect(self, account: Account, session: Session) -> Client:
        """A client for the account that speaks only through `session`; sends nothing yet."""
        ...


def house_voice(package: str) -> Voice:
    """The voice in the `voice.yml` that lies beside an adapter's package. Raises AdapterError."""
    from importlib.resources import files

    from publisher.craft.voices import read_voice

    return read_voice(files(package).joinpath("voice.yml").read_text(encoding="utf-8"))


@runtime_checkable
class Addressable(Protocol):
    """An adapter that knows its network's addresses."""

    def identify(self, url: str) -> str:
        """The network's id of the part that a person sees at `url`, empty when it is no address of a part."""
        ...


@runtime_checkable
class Visitable(Protocol):
    """An adapter that knows where a person sees what a channel published."""

    def visit(self, channel: Channel) -> str:
        """The address of the channel's own page, empty when its settings do not tell it."""
        ...


@runtime_checkable
class Locatable(Protocol):
    """An adapter that can tell one account from another by a channel's settings."""

    def locate(self, channel: Channel) -> str:
        """The channel's account as `name@place`.

        The place is the server or the id that decides where posts go; the name is what people call the account, where
        it is not its id. Each may be empty. Two spellings of one account are the same.
        """
        ...


@runtime_checkable
class Rehearsable(Protocol):
    """An adapter with a stand-in for its network's server side."""

    def stand_in(self, world: World) -> StandIn:
        """This network's server, as strict as its documentation, holding its state in `world`."""
        ...
