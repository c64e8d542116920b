"""Where rehearsals are played: the sandbox another process serves, or the file of the one on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.errors import ConfigError

if TYPE_CHECKING:
    from publisher.sandbox.world import World

SANDBOX_VARIABLE = "PUBLISHER_SANDBOX"


def served_at(environ: Mapping[str, str]) -> str:
    """The address of the served sandbox, empty where none is named. Raises ConfigError for what is no address."""
    from urllib.parse import urlsplit

    url = environ.get(SANDBOX_VARIABLE, "").strip().rstrip("/")
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if url and not sound:
        raise ConfigError(f"{SANDBOX_VARIABLE} is {url!r}, which is no address", hint="http://127.0.0.1:8222")
    return url


def open_world(path: Path) -> World:
    """The sandbox kept in that file. Raises ConfigError where it cannot be opened, or is something else."""
    import sqlite3

    from publisher.sandbox.world import World

    try:
        return World(path)
    except (sqlite3.Error, OSError) as error:
        hint = "publisher sandbox forget, or name another file with --state"
        raise ConfigError(f"{path} cannot be used as the sandbox's memory: {error}", hint=hint) from error
