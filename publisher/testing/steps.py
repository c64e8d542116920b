"""What the tests of a contract do: render, send, and hear what a client says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import pytest

from publisher.adapter import Adapter
from publisher.craft.compose import compose
from publisher.errors import Deferred, DeliveryError, Unauthorized, Uncertain
from publisher.model import Channel, Override, Receipt, Rendition
from publisher.registry import adapter
from publisher.testing.rehearsal import Rehearsal, attempt_of, post

NOTHING_WAS_DONE = {"refused": Deferred, "expired": Unauthorized, "limited": Deferred, "status:503": Uncertain}
IT_WAS_DONE = ("lost", "timeout", "after:500", "html", "cut", "no-id")


class Steps:
    """An adapter under test; `edits_with` are settings without which its client edits nothing."""

    network: ClassVar[str] = ""
    settings: ClassVar[Mapping[str, str]] = {}
    edits_with: ClassVar[Mapping[str, str]] = {}

    @pytest.fixture
    def rehearsal(self, tmp_path: Path) -> Iterator[Rehearsal]:
        rehearsal = Rehearsal(self.network, self.settings, tmp_path)
        yield rehearsal
        rehearsal.world.close()

    @property
    def adapter(self) -> Adapter:
        return adapter(self.network)

    def render(self, **changed: object) -> Rendition:
        channel = Channel(name=self.network, network=self.network, settings=self.settings)
        source = post(**changed)
        return self.adapter.render(compose(source, [(channel, self.adapter.voice)])[self.network])

    def own(self, text: str, **changed: object) -> Rendition:
        override = Override(text=text, **changed)  # type: ignore[arg-type]  # the caller names fields of Override
        return self.render(overrides={self.network: override})

    def send(self, rehearsal: Rehearsal, rendition: Rendition) -> list[Receipt]:
        client = rehearsal.connect()
        receipts: list[Receipt] = []
        for position, part in enumerate(rendition.parts):
            receipts.append(client.deliver(part, attempt_of(rendition, position), tuple(receipts)))
        return receipts

    @contextmanager
    def told(self, rehearsal: Rehearsal) -> Iterator[list[DeliveryError]]:
        """Collects the one DeliveryError that must be raised, and checks that it tells no secret."""
        errors: list[DeliveryError] = []
        with pytest.raises(DeliveryError) as caught:
            yield errors
        errors.append(caught.value)
        text = f"{caught.value} {caught.value.hint}"
        assert not any(secret in text for secret in rehearsal.secrets.values())
