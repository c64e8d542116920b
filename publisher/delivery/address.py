"""The address of the server that a channel speaks to, where its network has many."""

from __future__ import annotations

from urllib.parse import urlsplit

from publisher.adapter import Account
from publisher.errors import ConfigError

_THIS_MACHINE = frozenset({"localhost", "127.0.0.1"})


def server(account: Account, setting: str, default: str = "") -> str:
    """The https address in the channel's setting, without a final slash; http is allowed to this machine alone.

    Raises ConfigError where it is missing or not such an address.
    """
    address = (account.settings.get(setting) or default).rstrip("/")
    parts = urlsplit(address)
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)):
        return address
    raise ConfigError(
        f"{account.channel}: the setting `{setting}` is missing or not an https address",
        hint=f"in publisher.yml: channels: {{{account.channel}: {{settings: {{{setting}: https://…}}}}}}",
    )
