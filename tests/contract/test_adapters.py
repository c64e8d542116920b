"""Every installed network passes the contract; adding an entry point adds its tests."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from publisher.registry import networks
from publisher.testing import AdapterContract
from tests.exemplars import channel_of

ROOT = Path(__file__).parents[2]

# Who may edit is a matter of the account on X, and of what the app shows on Bluesky.
EDITS_WITH = {"x": {"premium": "true"}, "bluesky": {"edits": "true"}}

for _network in networks():
    _name = f"Test{_network.title()}"
    _more = {"settings": channel_of(_network).settings, "edits_with": EDITS_WITH.get(_network, {})}
    globals()[_name] = type(_name, (AdapterContract,), {"network": _network, **_more})


class TestLinkedinPerson(AdapterContract):
    """A person's posts can be sent, edited and withdrawn, and never looked at."""

    network = "linkedin"
    settings: ClassVar = {"author": "urn:li:person:abc"}


def test_every_room_of_adapters_is_registered() -> None:
    rooms = {folder.name for folder in (ROOT / "adapters").iterdir() if (folder / "voice.yml").is_file()}
    assert rooms == set(networks())
