"""The example team's channel for a network: what the tests of every installed network speak through."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from publisher.model import Channel
from publisher.project import Project, parse_project
from publisher.registry import networks

SETTINGS = Path(__file__).parents[1] / "publisher.yml"


def channel_of(network: str) -> Channel:
    """The first channel that publisher.yml has there."""
    found = next((one for one in _project().channels.values() if one.network == network), None)
    assert found, f"publisher.yml has no channel on {network}: add one, for its tests speak through it"
    return found


@cache
def _project() -> Project:
    project, findings = parse_project(SETTINGS.read_bytes(), networks=networks())
    assert project, f"publisher.yml of the example team does not parse: {findings}"
    return project
