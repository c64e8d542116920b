"""Instagram's content publishing: containers that take their time, are published once, and end after a day."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from adapters._meta.server import Call, GraphServer, Refusal, chosen, instant, listed, missing
from adapters.instagram.check import fits_frame
from adapters.instagram.limits import LIMITS
from adapters.instagram.measure import count
from publisher.model import Json
from publisher.sandbox.harness import Request, hosted
from publisher.sandbox.world import Picture, Published, World

NETWORK = "instagram"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
MEDIA_FIELDS = ("id", "caption", "permalink", "timestamp", "media_type")
COMMENT_FIELDS = ("id", "text", "timestamp", "username")
SHOWN = frozenset({"limit"})
CONTAINER = frozenset({"image_url", "media_type", "caption", "alt_text", "is_carousel_item", "children"})
LOOKS_UNTIL_FINISHED = 2
DAY = timedelta(hours=LIMITS.more["container_hours"].value)


class InstagramServer(GraphServer):
    """The Graph API for one Instagram account; each channel's token is its account's."""

    def __init__(self, world: World) -> None:
        super().__init__(
            world,
            ("POST", "/{user}/media", CONTAINER, self._create),
            ("GET", "/{user}/media", SHOWN, self._media),
            ("POST", "/{user}/media_publish", frozenset({"creation_id"}), self._publish),
            ("GET", "/{user}/content_publishing_limit", frozenset(), self._quota),
            ("POST", "/{node}/comments", frozenset({"message"}), self._comment),
            ("GET", "/{node}/comments", SHOWN, self._comments),
            ("GET", "/{node}", frozenset(), self._node),
            ("DELETE", "/{node}", frozenset(), self._delete),
        )

    def creates(self, request: Request) -> bool:
        """Publishing a container and commenting make something public; making a container does not."""
        return request.method == "POST" and request.path.endswith(("/media_publish", "/comments"))

    def act(self, request: Request) -> str:
        """Containers, which hold the pictures, and deletions."""
        if request.method == "DELETE":
            return "withdraw"
        return "upload" if request.method == "POST" and request.path.endswith("/media") else ""

    # --- containers

    def _create(self, call: Call, user: str) -> Json:
        _account(user, "post")
        kind, caption = call.fields.get("media_type", "IMAGE"), call.fields.get("caption", "")
        _caption(caption)
        if kind == "CAROUSEL":
            pictures = self._children(call, user)
        elif kind == "IMAGE":
            pictures = [self._picture(call)]
        else:
            raise Refusal(100, "Invalid parameter", subcode=2207023, told=f"The media type {kind} is unknown.")
        self._spend("containers", user, LIMITS.more["containers_a_day"].value)
        container: dict[str, Json] = {
            "user": user,
            "kind": "ITEM" if call.flag("is_carousel_item", otherwise=False) else kind,
            "caption": caption,
            "pictures": pictures,
            "created": self._world.now.isoformat(),
            "looks": 0,
            "media": "",
        }
        identity = str(17_900_000_000_000_000 + self._world.count(NETWORK, "container"))
        self._world.note(NETWORK, f"container:{identity}", container)
        return {"id": identity}

    def _picture(self, call: Call) -> Json:
        """The picture at a call's address, fetched and looked at. Raises Refusal for what Instagram does not take."""
        url, alt = call.fields.get("image_url", ""), call.fields.get("alt_text", "")
        if not url:
            raise Refusal(100, "The parameter image_url is required")
        if len(alt) > LIMITS.alt.value:
            raise Refusal(100, f"(#100) Param alt_text must be at most {LIMITS.alt.value} characters long")
        digest = hosted(url)
        fetched = self._world.picture(digest)
        if fetched is None:
            told = "The media could not be fetched from this URI."
            raise Refusal(9004, "Only photo or video can be accepted as media type.", subcode=2207052, told=told)
        _look_at(fetched[0])
        return {"alt": alt, "digest": digest}

    def _children(self, call: Call, user: str) -> list[Json]:
        """The pictures of a carousel's items, in order. Raises Refusal unless there are 2 to 10, each used once."""
        names = _names(call.fields.get("children", ""))
        if not 2 <= len(names) <= LIMITS.images.value or len(set(names)) != len(names):
            told = "The carousel must have between 2 and 10 items."
            raise Refusal(100, "Invalid parameter", subcode=2207028, told=told)
        pictures: list[Json] = []
        for name in names:
            item = self._container(name, user)
            if item["kind"] != "ITEM":
                raise Refusal(100, f"(#100) Container {name} was not made with is_carousel_item")
            pictures += _pictures(item)
        return pictures

    def _container(self, identity: str, user: str = "") -> Mapping[str, Json]:
        found = self._world.recall(NETWORK, f"container:{identity}")
        if not isinstance(found, dict) or (user and found["user"] != user):
            told = f"The media builder with creation id = {identity} does not exist or has been expired."
            raise Refusal(24, "The requested resource does not exist", subcode=2207006, told=told)
        return found

    def _status(self, container: Mapping[str, Json]) -> str:
        if container["media"]:
            return "PUBLISHED"
        if datetime.fromisoformat(str(container["created"])) + DAY <= self._world.now:
            return "EXPIRED"
        return "FINISHED" if _looks(container) >= LOOKS_UNTIL_FINISHED else "IN_PROGRESS"

    def _look(self, call: Call, identity: str) -> Json:
        """A look at a container; the first finds it still in the works."""
        found = self._container(identity)
        seen: dict[str, Json] = {**found, "looks": _looks(found) + 1}
        self._world.note(NETWORK, f"container:{identity}", seen)
        status = self._status(seen)
        return chosen(call, {"id": identity, "status_code": status, "status": _STATUS[status]})

    # --- publication

    def _publish(self, call: Call, user: str) -> Json:
        _account(user, "post")
        identity = call.fields.get("creation_id", "")
        if not identity.isdigit():
            raise Refusal(100, "(#100) The parameter creation_id is required")
        container = self._container(identity, user)
        status = self._status(container)
        if status == "PUBLISHED":  # a second publication makes no second post (unverified)
            return {"id": container["media"]}
        if status == "EXPIRED":
            raise Refusal(-2, "The media you are trying to access has expired", subcode=2207020)
        if status != "FINISHED":
            told = "The media is not ready for publishing, please wait for a moment"
            raise Refusal(
                9007, "Media ID is not available", subcode=2207027, title="Media ID is not available", told=told
            )
        if container["kind"] == "ITEM":
            raise Refusal(100, "(#100) An item of a carousel cannot be published by itself")
        self._spend("posts", user, LIMITS.more["posts_a_day"].value)
        media = self._show(call, user, container)
        self._world.note(NETWORK, f"container:{identity}", {**container, "media": media})
        return {"id": media}

    def _show(self, call: Call, user: str, container: Mapping[str, Json]) -> str:
        number = 18_000_000_000_000_000 + self._world.count(NETWORK)
        pictures = [picture for picture in _pictures(container) if isinstance(picture, dict)]
        self._world.publish(
            Published(
                network=NETWORK,
                account=call.account,
                id=str(number),
                url=f"https://www.instagram.com/p/{_shortcode(number)}/",
                text=str(container["caption"]),
                created=self._world.now,
                media=tuple(Picture(alt=str(picture["alt"]), digest=str(picture["digest"])) for picture in pictures),
                native={"user": user, "kind": str(container["kind"]).lower()},
            )
        )
        return str(number)

    def _spend(self, counter: str, user: str, quota: int) -> None:
        """Counts one against a day's quota. Raises Refusal when there is none left."""
        spent = self._spent(counter, user)
        if len(spent) >= quota:
            told = "You reached maximum number of posts that is allowed to be published by Content Publishing API."
            raise Refusal(9, "Application request limit reached", subcode=2207042, told=told)
        self._world.note(NETWORK, f"{counter}:{user}", [*spent, self._world.now.isoformat()])

    def _spent(self, counter: str, user: str) -> list[Json]:
        found = self._world.recall(NETWORK, f"{counter}:{user}")
        times = found if isinstance(found, list) else []
        return [moment for moment in times if datetime.fromisoformat(str(moment)) + timedelta(days=1) > self._world.now]

    def _quota(self, call: Call, user: str) -> Json:
        _account(user, "get")
        config: Json = {"quota_total": LIMITS.more["posts_a_day"].value, "quota_duration": 86_400}
        usage: dict[str, Json] = {"config": config, "quota_usage": len(self._spent("posts", user))}
        asked = call.fields.get("fields", "quota_usage").split(",")
        return {"data": [{name: usage[name] for name in asked if name in usage}]}

    # --- what is there

    def _media(self, call: Call, user: str) -> Json:
        _account(user, "get")
        mine = [post for post in self._world.posts(NETWORK) if post.native.get("user") == user]
        return listed(call, [_node(post) for post in reversed(mine)], MEDIA_FIELDS)

    def _comment(self, call: Call, node: str) -> Json:
        message = call.fields.get("message", "")
        parent = self._found(node)
        if not message.strip():
            raise Refusal(100, "The parameter message is required")
        if len(message) > LIMITS.more["comment"].value:
            raise Refusal(100, f"(#100) Param message must be at most {LIMITS.more['comment'].value} characters long")
        identity = str(17_800_000_000_000_000 + self._world.count(NETWORK, "comment"))
        self._world.publish(
            Published(
                network=NETWORK,
                account=call.account,
                id=identity,
                url=f"{parent.url}c/{identity}/",
                text=message,
                created=self._world.now,
                reply_to=parent.id,
                native={"kind": "comment"},
            )
        )
        return {"id": identity}

    def _comments(self, call: Call, node: str) -> Json:
        parent = self._found(node)
        under = [_node(post) for post in self._world.posts(NETWORK) if post.reply_to == parent.id]
        return listed(call, under[::-1], COMMENT_FIELDS)

    def _node(self, call: Call, node: str) -> Json:
        if self._world.recall(NETWORK, f"container:{node}") is not None:
            return self._look(call, node)
        return chosen(call, _node(self._found(node)))

    def _delete(self, call: Call, node: str) -> Json:
        post = self._found(node)
        if post.account != call.account:
            raise Refusal(10, "(#10) Application does not have permission for this action")
        self._world.remove(NETWORK, post.id)
        return {"success": True}

    def _found(self, node: str) -> Published:
        post = self._world.post(NETWORK, node)
        if post is None:
            raise missing(node)
        return post


_STATUS = {
    "IN_PROGRESS": "In Progress: Media is still being processed.",
    "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
    "PUBLISHED": "Published: Media has been published.",
    "EXPIRED": "Expired: Media has not been published within 24 hours.",
}


def _account(user: str, method: str) -> None:
    if not user.isdigit():
        raise missing(user, method)


def _caption(caption: str) -> None:
    tags, mentions = count(caption, "hashtag"), count(caption, "mention")
    most = LIMITS.more
    if len(caption) > LIMITS.text.value or tags > most["tags"].value or mentions > most["mentions"].value:
        told = "The caption was too long: at most 2,200 characters, 30 hashtags and 20 @ tags."
        raise Refusal(100, "Invalid parameter", subcode=2207010, title="Caption too long", told=told)


def _look_at(content: bytes) -> None:
    """Raises Refusal for a picture that is too large, no JPEG, or of a shape that Instagram does not show."""
    from PIL import Image

    if len(content) > LIMITS.image_bytes.value:
        told = "The image is too large to download. It should be less than 8 MiB."
        title = "Image size too large"
        raise Refusal(36000, "The image size is too large.", subcode=2207004, title=title, told=told)
    try:
        with Image.open(io.BytesIO(content)) as picture:
            kind, (width, height) = picture.format, picture.size
    except (OSError, Image.DecompressionBombError):
        kind, width, height = None, 0, 0
    if kind != "JPEG":
        told = "The image format is not supported. Please use JPEG."
        raise Refusal(36001, "The image format is not supported", subcode=2207005, told=told)
    if not fits_frame(width, height):
        told = f"The submitted image with aspect ratio {width}/{height} cannot be published: 4:5 to 1.91:1."
        raise Refusal(36003, "The aspect ratio is not supported.", subcode=2207009, told=told)


def _names(children: str) -> Sequence[str]:
    """The ids in a list written as JSON or with commas."""
    try:
        return [str(name) for name in json.loads(children)] if children.startswith("[") else children.split(",")
    except ValueError:
        raise Refusal(100, "(#100) param children must be an array") from None


def _pictures(container: Mapping[str, Json]) -> list[Json]:
    found = container["pictures"]
    return found if isinstance(found, list) else []


def _looks(container: Mapping[str, Json]) -> int:
    found = container["looks"]
    return found if isinstance(found, int) else 0


def _shortcode(number: int) -> str:
    code = ""
    while number:
        number, digit = divmod(number, 64)
        code = ALPHABET[digit] + code
    return code


def _node(post: Published) -> Mapping[str, Json]:
    written = instant(post.created)
    if post.reply_to:
        said: tuple[Json, ...] = (post.id, post.text, written, post.account.lstrip("@"))
        return dict(zip(COMMENT_FIELDS, said, strict=True))
    kind = "CAROUSEL_ALBUM" if post.native.get("kind") == "carousel" else "IMAGE"
    shown: tuple[Json, ...] = (post.id, post.text, post.url, written, kind)
    return dict(zip(MEDIA_FIELDS, shown, strict=True))
