"""What X makes of a text on its way out: addresses become t.co links, and its API escapes three characters."""

from __future__ import annotations

import hashlib

from adapters.x.addresses import addresses, has_protocol
from publisher.model import Json
from publisher.sandbox.world import Published

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def shorten(post: Published) -> tuple[str, list[Json]]:
    """The text as the API gives it, and its `entities.urls`, whose offsets count its code points."""
    text, position = "", 0
    urls: list[Json] = []
    for start, end in addresses(post.text):
        text += _escaped(post.text[position:start])
        text = _add(text, urls, _expanded(post.text[start:end]))
        position = end
    text += _escaped(post.text[position:])
    if post.media:
        keys: dict[str, Json] = {"media_key": f"3_{post.id}"}
        text = _add(text + " " if text else "", urls, f"{post.url}/photo/1", keys)
    return text, urls


def short_link(url: str) -> str:
    """The t.co link that stands for an address: always the same, ten letters long."""
    number = int.from_bytes(hashlib.sha256(url.encode()).digest()[:8])
    return "https://t.co/" + "".join(_LETTERS[number // 62**place % 62] for place in range(10))


def _add(text: str, urls: list[Json], expanded: str, more: dict[str, Json] | None = None) -> str:
    short = short_link(expanded)
    entity: dict[str, Json] = {
        "start": len(text),
        "end": len(text) + len(short),
        "url": short,
        "expanded_url": expanded,
        "display_url": expanded.partition("://")[2],
    }
    urls.append({**entity, **(more or {})})
    return text + short


def _expanded(url: str) -> str:
    return url if has_protocol(url) else f"http://{url}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
