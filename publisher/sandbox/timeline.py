"""Posts as a timeline shows them: in threads, marked up, with their comments inside.

Of what a stand-in keeps in `Published.native`, a timeline shows a `card` (url, title, description), a `warning`, a
`language` (or the first of `langs`), that it was edited (it has a `history` or several `versions`), and the `kind`
"comment", which stands inside the post before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from publisher.adapter import Adapter
from publisher.craft.layout import end_of_lines
from publisher.model import Entity, Json
from publisher.sandbox.world import Published


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The preview of a link under a post; `href` is empty for an address that no browser should follow."""

    href: str
    title: str
    description: str
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A post on a page: its text marked up, who says it, and what else the network shows with it."""

    post: Published
    name: str
    text: Markup
    language: str
    warning: str
    card: Card | None
    edited: bool = False
    comments: tuple[Shown, ...] = ()


def threads(posts: Sequence[Published]) -> Sequence[Sequence[Published]]:
    """Every post exactly once, in threads that begin with their first post, the newest thread first.

    An answer to nothing that is here begins a thread; so does the oldest post of a circle of answers.
    """
    under: dict[str, list[Published]] = defaultdict(list)
    for post in posts:
        under[post.reply_to].append(post)
    place = {post.id: number for number, post in enumerate(posts)}
    seen: set[str] = set()
    firsts = [post for post in posts if post.reply_to not in place]
    found = [_thread(post, under, seen) for post in [*firsts, *posts] if post.id not in seen]
    return sorted(found, key=lambda thread: place[thread[0].id], reverse=True)


def _thread(first: Published, under: Mapping[str, Sequence[Published]], seen: set[str]) -> Sequence[Published]:
    found, waiting = [], [first]
    while waiting:
        post = waiting.pop()
        if post.id not in seen:
            seen.add(post.id)
            found.append(post)
            waiting.extend(reversed(under.get(post.id, ())))
    return found


def show(thread: Sequence[Published], adapter: Adapter) -> Sequence[Shown]:
    """The thread's posts as a page shows them, each with its comments inside."""
    groups: list[list[Published]] = []
    for post in thread:
        if groups and post.native.get("kind") == "comment":
            groups[-1].append(post)
        else:
            groups.append([post])
    return [_shown(post, adapter, tuple(_shown(one, adapter) for one in comments)) for post, *comments in groups]


def _shown(post: Published, adapter: Adapter, comments: tuple[Shown, ...] = ()) -> Shown:
    return Shown(
        post=post,
        name=_name(post.account),
        text=mark(post.text, adapter.measure(post.text).entities, adapter.limits.fold, adapter.limits.fold_lines),
        language=_language(post.native),
        warning=str(post.native.get("warning") or ""),
        card=_card(post.native.get("card")),
        edited=_is_edited(post.native),
        comments=comments,
    )


def _is_edited(native: Mapping[str, Json]) -> bool:
    """Whether the post said something else before: it has a `history`, or several `versions`."""
    versions = native.get("versions")
    return bool(native.get("history")) or (isinstance(versions, list) and len(versions) > 1)


def _name(account: str) -> str:
    """What stands above a handle; an account that is no handle is its own name."""
    return account.lstrip("@").split("@")[0].split(".")[0].capitalize() if account.startswith("@") else account


def _language(native: Mapping[str, Json]) -> str:
    several = native.get("langs")
    return str(native.get("language") or (several[0] if isinstance(several, list) and several else ""))


def _card(link: Json) -> Card | None:
    if not isinstance(link, dict) or not link.get("url"):
        return None
    url, title = str(link["url"]), str(link.get("title") or "")
    bare = url.partition("://")[2] or url
    host = bare.partition("/")[0]
    named = title if title not in ("", host) else bare.rstrip("/")
    return Card(href=_href(url), title=named, description=str(link.get("description") or ""), host=host)


def mark(text: str, entities: Sequence[Entity], fold: int = 0, lines: int = 0) -> Markup:
    """The text escaped, with each entity in a span of its kind, an address as a link, and a sign where it is folded."""
    marks = [*entities, *_fold(text, entities, fold, lines)]
    pieces, position = [], 0
    for entity in sorted(marks, key=lambda entity: (entity.start, entity.end)):
        if entity.start >= position:
            pieces += [escape(text[position : entity.start]), _marked(entity)]
            position = entity.end
    return Markup("").join([*pieces, escape(text[position:])])


def _fold(text: str, entities: Sequence[Entity], fold: int, lines: int) -> Sequence[Entity]:
    """The sign before the first word that does not fit above the fold, never inside an entity."""
    end = end_of_lines(text, lines)
    if not 0 < fold < end:
        rest = text[end:].lstrip()
        return (Entity(kind="fold", text="", start=len(text) - len(rest), end=len(text) - len(rest)),) if rest else ()
    gap = max(text.rfind(blank, 0, fold) for blank in " \n") + 1 or fold
    at = next((entity.end for entity in entities if entity.start < gap < entity.end), gap)
    return (Entity(kind="fold", text="", start=at, end=at),)


def _marked(entity: Entity) -> Markup:
    href = _href(entity.text) if entity.kind == "url" else ""
    if href:
        return Markup('<a class="url" rel="nofollow noreferrer" href="{}">{}</a>').format(href, entity.text)
    return Markup('<span class="{}">{}</span>').format(entity.kind, entity.text)


def _href(address: str) -> str:
    """The address to follow, or empty for one of another kind than the web's."""
    bare = address if "://" in address else f"https://{address}"
    try:
        parts = urlsplit(bare)
        return bare if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0 else ""
    except ValueError:  # no host, or a port that is no number: `javascript:…` is such a one
        return ""
