"""Tracking: links that tell the team's own statistics on which channel they were clicked."""

from __future__ import annotations

from publisher.model import Change, Channel, Override, Post, Voice


def track(post: Post, channel: Channel, voice: Voice, own: Override) -> tuple[str, tuple[Change, ...]]:
    """The channel's link with campaign parameters, and the change; parameters it has already stay as they are.

    A voice without trackers, an address that is no web page, and a link the author wrote into the text are left alone.
    """
    link = post.link if own.link is None else own.link
    if not voice.trackers or not link.lower().startswith(("http://", "https://")) or link in (own.text or ""):
        return link, ()
    tagged = tag_link(link, source=channel.network, campaign=post.campaign or post.id)
    return tagged, (Change(rule="utm", detail=f"{link} → {tagged}"),) if tagged != link else ()


def tag_link(link: str, *, source: str, campaign: str) -> str:
    """`link` with `utm_source`, `utm_medium` and `utm_campaign` before its fragment, each unless it is there."""
    from urllib.parse import parse_qsl, urlencode, urlsplit

    parts = urlsplit(link)
    given = {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    wanted = {"utm_source": source, "utm_medium": "social", "utm_campaign": campaign}
    added = urlencode({name: value for name, value in wanted.items() if name not in given})
    page, mark, fragment = link.partition("#")
    if not added:
        return link
    joint = "" if page.endswith(("?", "&")) else "&" if "?" in page else "?"
    return f"{page}{joint}{added}{mark}{fragment}"
