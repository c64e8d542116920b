"""Networks by name: entry points of the group `publisher.adapters`, loaded only when used."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from publisher.adapter import Adapter
from publisher.errors import AdapterError, ConfigError

GROUP = "publisher.adapters"


@cache
def _points() -> dict[str, EntryPoint]:
    found: dict[str, EntryPoint] = {}
    for point in sorted(entry_points(group=GROUP)):
        other = found.setdefault(point.name, point)
        if other.value != point.value:
            raise ConfigError(
                f"two installed packages offer the network {point.name!r}: {_owner(other)} and {_owner(point)}",
                hint=f"pip uninstall {_owner(point)}",
            )
    return found


def _owner(point: EntryPoint) -> str:
    return point.dist.name if point.dist else point.value


def networks() -> tuple[str, ...]:
    """The names of every installed network, sorted; imports none of them."""
    return tuple(sorted(_points()))


@cache
def adapter(network: str) -> Adapter:
    """The adapter of that network. Raises ConfigError for an unknown name, AdapterError if it cannot be loaded."""
    point = _points().get(network)
    if point is None:
        import difflib

        near = difflib.get_close_matches(network, networks(), 1)
        hint = f"did you mean {near[0]!r}?" if near else f"known networks: {', '.join(networks())}"
        raise ConfigError(f"no adapter for the network {network!r} is installed", hint=hint)
    try:
        return cast(Adapter, point.load()())
    except ImportError as error:
        raise AdapterError(f"the adapter {network!r} of {_owner(point)} cannot be imported: {error}") from error
