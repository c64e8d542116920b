"""The ids in Facebook's addresses."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

_HOST = re.compile(r"(?:(?:www|m|web|mobile)\.)?facebook\.com")
_POST = re.compile(r"/(?P<page>[^/]+)/posts/(?:[^/]+/)?(?P<post>\d+)/?")
_NODE = re.compile(r"/(\d+_\d+)/?")


def identify(url: str) -> str:
    """The id of the post or comment at that address, empty when it is no address of one.

    It begins with the Page's id where the address names that; an address that begins `pfbid` tells no id at all.
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    if not _HOST.fullmatch(parts.netloc.lower()):
        return ""
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    post = _post(parts.path, asked)
    comment = asked.get("comment_id", "")
    return f"{post.rpartition('_')[2]}_{comment}" if post and comment.isdigit() else post


def _post(path: str, asked: dict[str, str]) -> str:
    node, found = _NODE.fullmatch(path), _POST.fullmatch(path)
    if node:
        return node[1]
    if found:
        return _under(found["page"], found["post"])
    if path in {"/permalink.php", "/story.php"} and asked.get("story_fbid", "").isdigit():
        return _under(asked.get("id", ""), asked["story_fbid"])
    return ""


def _under(page: str, post: str) -> str:
    return f"{page}_{post}" if page.isdigit() else post
