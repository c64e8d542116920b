"""A Facebook Page's side of the Graph API: photos before posts, duplicates refused, comments, lists, deletion."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from adapters._meta.server import Call, GraphServer, Refusal, chosen, instant, listed, missing
from adapters.facebook.check import OWN_HOST
from adapters.facebook.limits import LIMITS
from publisher.model import Json
from publisher.sandbox.harness import BadBody, Request, hosted
from publisher.sandbox.world import Picture, Published, World

NETWORK = "facebook"
FIELDS = ("id", "message", "created_time", "permalink_url", "is_published")


class FacebookServer(GraphServer):
    """The Graph API for Pages; each channel's token is its Page's."""

    def __init__(self, world: World) -> None:
        super().__init__(
            world,
            ("POST", "/{page}/feed", frozenset({"message", "link", "attached_media", "published"}), self._feed),
            (
                "POST",
                "/{page}/photos",
                frozenset({"source", "url", "message", "caption", "published", "alt_text_custom"}),
                self._photos,
            ),
            ("GET", "/{page}/published_posts", frozenset({"limit"}), self._published_posts),
            ("POST", "/{node}/comments", frozenset({"message"}), self._comment),
            ("GET", "/{node}/comments", frozenset({"limit", "order", "filter"}), self._comments),
            ("GET", "/{node}", frozenset(), self._node),
            ("POST", "/{node}", frozenset({"message"}), self._edit),
            ("DELETE", "/{node}", frozenset(), self._delete),
        )

    def creates(self, request: Request) -> bool:
        """A post, a comment, and a photo that is not kept back become public."""
        edge = request.path.rpartition("/")[2]
        if request.method != "POST" or edge not in {"feed", "photos", "comments"}:
            return False
        try:
            return request.fields().get("published", "true").lower() not in {"false", "0"}
        except BadBody:
            return False

    def act(self, request: Request) -> str:
        """Photos that are kept back, changes of a node itself, and deletions."""
        _, *places = request.path.strip("/").split("/")
        if request.method == "DELETE":
            return "withdraw"
        if request.method == "POST" and len(places) == 1:
            return "edit"
        return "upload" if request.method == "POST" and places[1:] == ["photos"] else ""

    def _feed(self, call: Call, page: str) -> Json:
        message, link = call.fields.get("message", ""), call.fields.get("link", "")
        _page(page)
        _text(message)
        photos = self._attached(call, page)
        if not (message.strip() or link or photos):
            raise Refusal(100, "(#100) One of message, link or attached_media is required")
        if not call.flag("published", otherwise=True):
            raise Refusal(100, "(#100) Unpublished posts need a scheduled_publish_time, which this Page does not take")
        card = _card(link)
        if card and photos:
            raise Refusal(100, "(#100) A post cannot have both link and attached_media")
        pictures = tuple(Picture(alt=str(photo["alt"]), digest=str(photo["digest"])) for photo in photos.values())
        self._refuse_twice(page, message, card, pictures)
        for identity, photo in photos.items():
            self._world.note(NETWORK, f"photo:{identity}", {**photo, "used": True})
        return {"id": self._publish(call, page, message, pictures, card)}

    def _attached(self, call: Call, page: str) -> dict[str, Mapping[str, Json]]:
        photos: dict[str, Mapping[str, Json]] = {}
        for identity in _media_ids(call):
            photo = self._world.recall(NETWORK, f"photo:{identity}")
            if not isinstance(photo, dict) or photo["page"] != page:
                raise Refusal(100, f"(#100) Invalid media_fbid: {identity}")
            if photo["used"] or identity in photos:
                raise Refusal(
                    100, "(#100) Invalid parameter", subcode=1366051, told="These photos were already posted."
                )
            photos[identity] = photo
        if len(photos) > LIMITS.images.value:
            raise Refusal(100, f"(#100) Too many attached_media, at most {LIMITS.images.value}")
        return photos

    def _refuse_twice(self, page: str, message: str, card: Mapping[str, Json], pictures: Sequence[Picture]) -> None:
        """Raises Refusal when the Page's newest post says and shows the very same."""
        newest = self._posts(page)[:1]
        digests = [picture.digest for picture in pictures]
        for post in newest:
            same = post.text == message and (post.native.get("card") or {}) == card
            if same and [picture.digest for picture in post.media] == digests:
                if pictures:
                    told = "These photos were already posted."
                    raise Refusal(506, "(#506) Duplicate status message", subcode=1366051, told=told)
                raise Refusal(506, "(#506) Duplicate status message")

    def _publish(
        self, call: Call, page: str, message: str, pictures: tuple[Picture, ...], card: Mapping[str, Json]
    ) -> str:
        number = 122_100_000_000_000_000 + self._world.count(NETWORK)
        self._world.publish(
            Published(
                network=NETWORK,
                account=call.account,
                id=f"{page}_{number}",
                url=f"https://www.facebook.com/{page}/posts/{number}",
                text=message,
                created=self._world.now,
                media=pictures,
                native={"card": dict(card)} if card else {},
            )
        )
        return f"{page}_{number}"

    def _photos(self, call: Call, page: str) -> Json:
        message = call.fields.get("message", "") or call.fields.get("caption", "")
        _page(page)
        _text(message)
        content, mime = self._picture(call)
        alt = call.fields.get("alt_text_custom", "")
        if len(alt) > LIMITS.alt.value:
            raise Refusal(100, f"(#100) Param alt_text_custom must be at most {LIMITS.alt.value} characters long")
        published = call.flag("published", otherwise=True)
        picture = Picture(alt=alt, digest=self._world.keep(content, mime))
        if published:
            self._refuse_twice(page, message, {}, [picture])
        identity = str(122_200_000_000_000_000 + self._world.count(NETWORK, "photo"))
        photo: dict[str, Json] = {"digest": picture.digest, "alt": alt, "page": page, "used": published}
        self._world.note(NETWORK, f"photo:{identity}", photo)
        if not published:
            return {"id": identity}
        return {"id": identity, "post_id": self._publish(call, page, message, (picture,), {})}

    def _picture(self, call: Call) -> tuple[bytes, str]:
        """The picture of a call, sent or to be fetched. Raises Refusal for what is none, or too large."""
        sent, url = call.files.get("source"), call.fields.get("url", "")
        if bool(sent) == bool(url):
            raise Refusal(324, "(#324) Requires upload file")
        fetched = self._world.picture(hosted(url)) if url else None
        content = sent.value if sent else fetched[0] if fetched else b""
        kind = _kind(content)
        if kind not in LIMITS.image_types:
            raise Refusal(324, "(#324) Missing or invalid image file")
        if len(content) > LIMITS.image_bytes.value:
            told = "Photos should be smaller than 4 MB and saved as JPG or PNG files."
            raise Refusal(1, "Invalid parameter", subcode=1366046, title="Your photos couldn't be uploaded", told=told)
        return content, kind

    def _comment(self, call: Call, node: str) -> Json:
        message = call.fields.get("message", "")
        parent = self._found(node)
        if not message.strip():
            raise Refusal(100, "(#100) A comment needs a message or an attachment")
        if len(message) > LIMITS.more["comment"].value:
            raise Refusal(100, f"(#100) Param message must be at most {LIMITS.more['comment'].value} characters long")
        number = 900_000_000_000_000 + self._world.count(NETWORK, "comment")
        identity = f"{node.rpartition('_')[2]}_{number}"
        self._world.publish(
            Published(
                network=NETWORK,
                account=call.account,
                id=identity,
                url=f"{parent.url}?comment_id={number}",
                text=message,
                created=self._world.now,
                reply_to=parent.id,
                native={"kind": "comment"},
            )
        )
        return {"id": identity}

    def _published_posts(self, call: Call, page: str) -> Json:
        _page(page)
        return listed(call, [_node(post) for post in self._posts(page)], FIELDS, "id,message,created_time")

    def _comments(self, call: Call, node: str) -> Json:
        parent = self._found(node)
        _one_of(call, "filter", ("toplevel", "stream"))
        order = _one_of(call, "order", ("chronological", "reverse_chronological"))
        under = [_node(post) for post in self._world.posts(NETWORK) if post.reply_to == parent.id]
        return listed(call, under[::-1] if order.startswith("reverse") else under, FIELDS, "id,message,created_time")

    def _node(self, call: Call, node: str) -> Json:
        return chosen(call, _node(self._found(node)), "id,message,created_time")

    def _edit(self, call: Call, node: str) -> Json:
        post, message = self._own(call, node), call.fields.get("message", "")
        if "message" not in call.fields:
            raise Refusal(100, "(#100) There is nothing to change")
        most = (LIMITS.more["comment"] if post.reply_to else LIMITS.text).value
        if len(message) > most:
            raise Refusal(100, f"(#100) Param message must be at most {most} characters long")
        if not (message.strip() or post.media or post.native.get("card")):
            raise Refusal(100, "(#100) A post needs a message, a link or a photo")
        if message != post.text:
            before = post.native.get("history")
            history: list[Json] = [*(before if isinstance(before, list) else []), post.text]
            self._world.revise(replace(post, text=message, native={**post.native, "history": history}))
        return {"success": True}

    def _delete(self, call: Call, node: str) -> Json:
        self._world.remove(NETWORK, self._own(call, node).id)
        return {"success": True}

    def _found(self, node: str) -> Published:
        post = self._world.post(NETWORK, node)
        if post is None:
            raise missing(node)
        return post

    def _own(self, call: Call, node: str) -> Published:
        """The node, if it is the caller's. Raises Refusal."""
        post = self._found(node)
        if post.account != call.account:
            raise Refusal(200, "(#200) Permissions error")
        return post

    def _posts(self, page: str) -> list[Published]:
        """The Page's own posts, the newest first."""
        mine = [post for post in self._world.posts(NETWORK) if post.id.startswith(f"{page}_") and not post.reply_to]
        return mine[::-1]


def _node(post: Published) -> Mapping[str, Json]:
    values: tuple[Json, ...] = (post.id, post.text, instant(post.created), post.url, True)
    return dict(zip(FIELDS, values, strict=True))


def _page(page: str) -> None:
    if not page.isdigit():
        raise missing(page, "post")


def _one_of(call: Call, name: str, values: tuple[str, ...]) -> str:
    written = call.fields.get(name, values[0])
    if written not in values:
        raise Refusal(100, f"(#100) Param {name} must be one of {{{', '.join(values).upper()}}}")
    return written


def _text(message: str) -> None:
    if len(message) > LIMITS.text.value:
        raise Refusal(100, f"(#100) Param message must be at most {LIMITS.text.value} characters long")


def _card(link: str) -> Mapping[str, Json]:
    if not link:
        return {}
    host = urlsplit(link).hostname or ""
    if not re.match(r"https?://[^\s/]+\.[^\s/]+", link, re.IGNORECASE):
        raise Refusal(100, "(#100) The link URL is not properly formatted")
    if OWN_HOST.search(host):
        raise Refusal(100, "(#100) Invalid parameter", subcode=1609008, told="You can't share this link to Facebook.")
    return {"url": link, "title": host, "description": ""}


def _media_ids(call: Call) -> Sequence[str]:
    """The photos a call attaches, in the order of their numbers. Raises Refusal for what is not written so."""
    written = {name: value for name, value in call.fields.items() if name.startswith("attached_media")}
    try:
        if "attached_media" in written:
            return [str(item["media_fbid"]) for item in json.loads(written["attached_media"])]
        return [str(json.loads(written[f"attached_media[{n}]"])["media_fbid"]) for n in range(len(written))]
    except (ValueError, KeyError, TypeError):
        raise Refusal(100, "(#100) param attached_media must be an array") from None


def _kind(content: bytes) -> str:
    """The media type of a picture by its own bytes, or empty."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content)) as picture:
            return Image.MIME.get(picture.format or "", "")
    except (OSError, Image.DecompressionBombError):
        return ""
