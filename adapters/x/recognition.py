"""Knowing one's own post in what X shows: links rewritten, three signs escaped, versions with ids of their own."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.x.addresses import addresses
from adapters.x.limits import LIMITS
from publisher.delivery.evidence import same_words
from publisher.errors import Uncertain, Unsupported
from publisher.model import Part, Receipt

VERSIONS = "versions"
# The first instant of X's ids, which are made of milliseconds since then.
EPOCH = 1_288_834_974_657

ShownPost = Mapping[str, Any]


def versions(receipt: Receipt) -> Sequence[str]:
    """The ids of all versions of a post, the first one first."""
    return receipt.native.get(VERSIONS, receipt.id).split() or [receipt.id]


def history(post: ShownPost) -> list[str]:
    """The ids of a shown post's versions, by the name of X's guides or by that of its API description."""
    ids = post.get("edit_history_tweet_ids") or post.get("edit_history_post_ids") or [post["id"]]
    return [str(one) for one in ids]


def made_at(identity: str) -> datetime | None:
    """When the post of that id was made; None for what is no id of X."""
    if not identity.isascii() or not identity.isdigit():
        return None
    return datetime.fromtimestamp(((int(identity) >> 22) + EPOCH) / 1000, UTC)


def refuse_late(made: datetime | None, asked: datetime) -> None:
    """Raises Unsupported when nothing of that age can be edited any more."""
    window = timedelta(seconds=LIMITS.more["edit_seconds"].value)
    if made and asked > made + window:
        minutes = int(window.total_seconds()) // 60
        raise Unsupported(f"X lets nobody edit a post after {minutes} minutes", hint="withdraw it and write a new one")


def refuse_closed(controls: Mapping[str, Any], now: datetime) -> None:
    """Raises Unsupported where X says of a post that it cannot be edited, or not any more."""
    until = controls.get("editable_until")
    late = bool(until) and datetime.fromisoformat(str(until)) <= now
    if late or controls.get("is_edit_eligible") is False or controls.get("edits_remaining") == 0:
        why = "any more" if late else "at all" if controls.get("is_edit_eligible") is False else "again"
        raise Unsupported(f"X does not let this post be edited {why}", hint="withdraw it and write a new one")


def parent(post: ShownPost) -> str:
    """The id of the post it answers; empty where there is none, or X did not say."""
    others = post.get("referenced_tweets") or post.get("referenced_posts") or ()
    return str(next((other["id"] for other in others if other["type"] == "replied_to"), ""))


def says(post: ShownPost, part: Part) -> bool:
    """Whether a post shown by the API is the part. Raises Uncertain where neither has words and links do not decide."""
    long = post.get("note_tweet") or post.get("note_post") or {}
    theirs = html.unescape(str(long.get("text") or post["text"]))
    our_words, their_words = _without_links(part.text), _without_links(theirs)
    if our_words.strip():
        return same_words(our_words, their_words) or our_words.split() == their_words.split()
    if their_words.strip():
        return False
    links = {_bare(part.text[start:end]) for start, end in addresses(part.text)}
    shown = set(_shown_links({**post, **long}))
    if links and shown:
        return links == shown
    raise Uncertain(f"post {post['id']} has no words either; X cannot tell whether it is this one")


def _without_links(text: str) -> str:
    kept, position = [], 0
    for start, end in addresses(text):
        kept.append(text[position:start])
        position = end
    return " ".join([*kept, text[position:]])


def _shown_links(post: ShownPost) -> Iterator[str]:
    for url in post.get("entities", {}).get("urls", ()):
        if "media_key" not in url:
            yield _bare(str(url["expanded_url"]))


def _bare(url: str) -> str:
    return url.partition("://")[2].rstrip("/").casefold() if "://" in url else url.rstrip("/").casefold()
