"""Secrets by name: from the environment, and said plainly when they are not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from publisher.adapter import Secret
from publisher.errors import ConfigError
from publisher.model import Channel


def missing(channel: Channel, secrets: Sequence[Secret], environ: Mapping[str, str]) -> tuple[Secret, ...]:
    """The secrets of a channel whose variables are unset or empty."""
    return tuple(secret for secret in secrets if not environ.get(channel.variable(secret.role)))


def gather(channel: Channel, secrets: Sequence[Secret], environ: Mapping[str, str]) -> Mapping[str, str]:
    """The channel's secrets by role. Raises ConfigError that names every variable not set and where to get it."""
    lacking = missing(channel, secrets, environ)
    if lacking:
        names = ", ".join(channel.variable(secret.role) for secret in lacking)
        ways = "; ".join(dict.fromkeys(f"{channel.variable(secret.role)}: {secret.how}" for secret in lacking))
        verb = "is" if len(lacking) == 1 else "are"
        raise ConfigError(f"{channel.name}: {names} {verb} not set", hint=ways)
    return {secret.role: environ[channel.variable(secret.role)].strip() for secret in secrets}
