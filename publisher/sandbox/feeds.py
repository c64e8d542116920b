"""The sandbox for people: a page per network that shows its posts the way that network would.

Everything on a page is escaped, and no page runs a script or asks another host for anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from publisher.adapter import Adapter
from publisher.model import Entity
from publisher.sandbox.harness import Response, answer
from publisher.sandbox.world import Published, World, listed

POLICY = "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'"
HTML = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A post on a page, its text marked up, with everything said under it."""

    post: Published
    text: Markup
    answers: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeds:
    """The pages of a sandbox, by path."""

    world: World
    networks: Sequence[str]
    adapter: Callable[[str], Adapter]

    def page(self, path: str) -> Response:
        """The page at that path: `/`, `/<network>`, its style, or a picture."""
        name, _, rest = path.strip("/").partition("/")
        if name == "media":
            return self._picture(rest)
        if name == "posts.json":
            return answer(200, listed(self.world))  # type: ignore[arg-type]  # plain JSON, though its values are typed as objects
        if name == "page.css":
            return _style((files("publisher.sandbox") / "pages" / "page.css").read_text(encoding="utf-8"))
        if not name:
            return self._index()
        if name not in self.networks:
            return _html("missing.html", 404, path=path)
        return _style(self._look(name)) if rest == "page.css" else self._feed(name)

    def _index(self) -> Response:
        counts = [(name, len(self.world.posts(name))) for name in self.networks]
        return _html("index.html", networks=counts, total=sum(count for _, count in counts))

    def _feed(self, network: str) -> Response:
        posts = self.world.posts(network)
        known = {post.id for post in posts}
        roots = [post for post in reversed(posts) if post.reply_to not in known]
        shown = [self._shown(post, posts) for post in roots]
        return _html("feed.html", network=network, networks=self.networks, posts=shown)

    def _shown(self, post: Published, posts: Sequence[Published]) -> Shown:
        answers = tuple(self._shown(one, posts) for one in posts if one.reply_to == post.id)
        entities = self.adapter(post.network).measure(post.text).entities
        return Shown(post=post, text=marked(post.text, entities), answers=answers)

    def _look(self, network: str) -> str:
        beside = files(type(self.adapter(network)).__module__).joinpath("page.css")
        return beside.read_text(encoding="utf-8") if beside.is_file() else ""

    def _picture(self, digest: str) -> Response:
        found = self.world.picture(digest)
        if found is None or not found[1].startswith("image/"):
            return _html("missing.html", 404, path=f"/media/{digest}")
        headers = {"Content-Type": found[1], "X-Content-Type-Options": "nosniff", "Content-Security-Policy": POLICY}
        return Response(status=200, body=found[0], headers=headers)


def marked(text: str, entities: Sequence[Entity]) -> Markup:
    """The text escaped, with each entity in a span of its kind; an address becomes a link."""
    pieces, position = [], 0
    for entity in entities:
        pieces.append(escape(text[position : entity.start]))
        pieces.append(_entity(entity))
        position = entity.end
    return Markup("").join([*pieces, escape(text[position:])])


def _entity(entity: Entity) -> Markup:
    if entity.kind == "url":
        href = entity.text if "://" in entity.text else f"https://{entity.text}"
        return Markup('<a class="url" rel="nofollow noreferrer" href="{}">{}</a>').format(href, entity.text)
    return Markup('<span class="{}">{}</span>').format(entity.kind, entity.text)


def _html(template: str, status: int = 200, **values: object) -> Response:
    page = _templates().get_template(template).render(**values)
    return Response(status=status, body=page.encode(), headers=HTML)


def _style(css: str) -> Response:
    return Response(status=200, body=css.encode(), headers={**HTML, "Content-Type": "text/css; charset=utf-8"})


@cache
def _templates() -> Environment:
    def load(name: str) -> str:
        return (files("publisher.sandbox") / "pages" / name).read_text(encoding="utf-8")

    return Environment(loader=FunctionLoader(load), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
