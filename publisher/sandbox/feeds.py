"""The sandbox for people: a page per network that shows its posts the way that network would.

Everything on a page is escaped, and no page runs a script or asks another host for anything.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from publisher.adapter import Adapter
from publisher.sandbox.harness import Response, answer
from publisher.sandbox.timeline import show, threads
from publisher.sandbox.world import World, listed

LONGEST = 200  # threads on one page; how many are older is told below them
POLICY = "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'"
GUARDS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeds:
    """The pages of a sandbox, by path."""

    world: World
    networks: Sequence[str]
    adapter: Callable[[str], Adapter]

    def page(self, path: str) -> Response:
        """The page at that path: `/`, `/<network>`, its style, a picture, or every post as JSON."""
        name, _, rest = path.strip("/").partition("/")
        if name == "media":
            return self._picture(rest)
        if path == "/posts.json":
            return answer(200, listed(self.world), GUARDS)  # type: ignore[arg-type]  # plain JSON, though its values are typed as objects
        if path == "/page.css":
            return _style(_beside("page.css"))
        if not name:
            return self._index()
        if name not in self.networks or rest not in ("", "page.css"):
            return self._missing(path)
        return _style(_look(self.adapter(name))) if rest else self._feed(name)

    def _index(self) -> Response:
        held = [(name, self.world.posts(name)) for name in self.networks]
        rows = [(name, len(posts), posts[-1] if posts else None) for name, posts in held]
        return _html("index.html", networks=self.networks, rows=rows, total=sum(count for _, count, _ in rows))

    def _feed(self, network: str) -> Response:
        adapter, found = self.adapter(network), threads(self.world.posts(network))
        shown, older = [show(thread, adapter) for thread in found[:LONGEST]], max(0, len(found) - LONGEST)
        return _html("feed.html", network=network, networks=self.networks, threads=shown, older=older)

    def _picture(self, digest: str) -> Response:
        found = self.world.picture(digest)
        if found is None or not found[1].startswith("image/"):
            return self._missing(f"/media/{digest}")
        return Response(status=200, body=found[0], headers={**GUARDS, "Content-Type": found[1]})

    def _missing(self, path: str) -> Response:
        return _html("missing.html", 404, networks=self.networks, path=path)


def _look(adapter: Adapter) -> str:
    """The style that lies beside an adapter's code, or none."""
    package = sys.modules[type(adapter).__module__].__package__
    sheet = files(package).joinpath("page.css") if package else None
    return sheet.read_text(encoding="utf-8") if sheet and sheet.is_file() else ""


def _beside(name: str) -> str:
    return (files("publisher.sandbox") / "pages" / name).read_text(encoding="utf-8")


def _html(template: str, status: int = 200, **values: object) -> Response:
    page = _templates().get_template(template).render(**values)
    return Response(status=status, body=page.encode(), headers={**GUARDS, "Content-Type": "text/html; charset=utf-8"})


def _style(css: str) -> Response:
    return Response(status=200, body=css.encode(), headers={**GUARDS, "Content-Type": "text/css; charset=utf-8"})


@cache
def _templates() -> Environment:
    loader = FunctionLoader(_beside)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
