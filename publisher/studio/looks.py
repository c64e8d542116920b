"""The looks of several networks on one page, each kept to its own part of it."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from importlib.resources import files

from publisher.adapter import Adapter
from publisher.media.colours import parse_colour

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PRELUDE = re.compile(r"[^{};]+(?=\{)")
_PAGE = re.compile(r"(?<![\w.#-])(?::root|html|body)(?![\w-])")
_FACE = re.compile(r"--avatar:\s*(?:light-dark\(\s*)?(#(?:[0-9a-f]{6}|[0-9a-f]{3}))\b", re.IGNORECASE)
_MAIN = re.compile(r"(?<![\w.#-])main(?![\w-])")


def name_class(network: str) -> str:
    """The class of everything that is drawn as that network draws it."""
    return "network-" + re.sub(r"[^a-z0-9]+", "-", network.casefold())


def collect_style(adapters: Sequence[Adapter]) -> str:
    """The page's own style, and in it the look of each network: the sandbox's feed, and over it the network's own."""
    feed = scope((files("publisher.sandbox") / "pages" / "page.css").read_text(encoding="utf-8"), ".network")
    looks = [scope(_read_look(one), f".{name_class(one.network)}") for one in adapters]
    own = (files("publisher.studio") / "pages" / "page.css").read_text(encoding="utf-8")
    return "\n".join([feed, *looks, own]).replace("\r", "").replace("</", "<\\/")


def find_colour(adapter: Adapter) -> str:
    """The colour of faces in the network's look as `#rrggbb`, empty where it has none."""
    found = _FACE.search(_COMMENT.sub("", _read_look(adapter)))
    return parse_colour(found[1]) or "" if found else ""


def scope(css: str, selector: str) -> str:
    """A page's style sheet for one part of another page: what it rules for the page holds for `selector`.

    What it rules for `main` holds for the `.feed` in it. The rules are nested, so what only stands at the top of a
    sheet (`@import`, `@font-face`) has no effect.
    """
    rules = _PRELUDE.sub(lambda found: _MAIN.sub(".feed", _PAGE.sub("&", found[0])), _COMMENT.sub("", css))
    return f"{selector} {{\n{rules.strip()}\n}}"


def _read_look(adapter: Adapter) -> str:
    package = sys.modules[type(adapter).__module__].__package__
    look = files(package).joinpath("page.css") if package else None
    return look.read_text(encoding="utf-8") if look and look.is_file() else ""
