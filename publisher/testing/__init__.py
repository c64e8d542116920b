"""The contract every adapter passes, ours or a stranger's: real client code against the adapter's own stand-in.

A network joins by subclassing in a test module:

    class TestThreads(AdapterContract):
        network = "threads"
        settings = {"user": "1000"}
"""

from __future__ import annotations

from publisher.testing.changes import ChangeContract
from publisher.testing.delivery import DeliveryContract
from publisher.testing.rehearsal import (
    ALT,
    MATERIAL,
    NOW,
    Rehearsal,
    attempt_of,
    first,
    media,
    picture,
    post,
)
from publisher.testing.steps import Steps

__all__ = ["ALT", "MATERIAL", "NOW", "AdapterContract", "Rehearsal", "attempt_of", "first", "media", "picture", "post"]


class AdapterContract(DeliveryContract, ChangeContract):
    """What every adapter owes: subclass it, name the `network`, and give `settings` a channel cannot do without."""

    def test_is_tested_whole(self) -> None:
        contracts = (AdapterContract, DeliveryContract, ChangeContract, Steps)
        whole = {name: test for contract in contracts for name, test in vars(contract).items() if "test_" in name}
        assert all(getattr(type(self), name) is test for name, test in whole.items()), "a test is overridden"
