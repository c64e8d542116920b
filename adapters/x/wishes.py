"""What a request to X asks for, read as strictly as X's schema: unknown fields are refused, numbers have bounds."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from adapters.x.limits import LIMITS
from adapters.x.problems import NOT_PERMITTED, Problem, invalid
from publisher.model import Json
from publisher.sandbox.harness import BadBody, Request

REPLY_SETTINGS = {"following", "mentionedUsers", "subscribers", "verified"}
POST_FIELDS = {"text", "media", "reply", "reply_settings", "edit_options"}
# Accepted by X's schema, and not given to the accounts of the sandbox.
OTHER_POST_FIELDS = {
    "card_uri",
    "community_id",
    "direct_message_deep_link",
    "for_super_followers_only",
    "geo",
    "made_with_ai",
    "nullcast",
    "paid_partnership",
    "poll",
    "quote_tweet_id",
    "share_with_followers",
}
TIMELINE_FIELDS = {"max_results", "pagination_token", "start_time", "end_time", "since_id", "until_id", "exclude"}
TWEET_FIELDS = {
    "id",
    "text",
    "created_at",
    "entities",
    "note_tweet",
    "referenced_tweets",
    "edit_controls",
    "edit_history_tweet_ids",
}
SIGNATURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"GIF8": "image/gif", b"RIFF": "image/webp"}

_IDENTITY = re.compile(r"[0-9]{1,19}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A post asked for; `before` is the version it is to replace."""

    text: str
    media: tuple[str, ...]
    reply_to: str
    reply_settings: str
    before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A stretch of a timeline asked for."""

    size: int
    start: datetime | None
    before: str
    fields: frozenset[str]


def read_post(request: Request) -> Wish:
    """The post a body asks for. Raises Problem."""
    body = _json(request)
    _only(body, POST_FIELDS | OTHER_POST_FIELDS)
    if body.keys() - POST_FIELDS:
        raise Problem(403, NOT_PERMITTED)
    text = body.get("text", "")
    if not isinstance(text, str):
        raise invalid("$.text: must be a string", {"text": [str(text)]})
    settings = body.get("reply_settings", "")
    if settings and settings not in REPLY_SETTINGS:
        raise invalid(f"$.reply_settings: {settings!r} is not one of {sorted(REPLY_SETTINGS)}")
    media = _media(_object(body, "media", {"media_ids", "tagged_user_ids"})) if "media" in body else ()
    reply = _object(body, "reply", {"in_reply_to_tweet_id", "exclude_reply_user_ids", "auto_populate_reply_metadata"})
    parent = _identity(reply.get("in_reply_to_tweet_id"), "reply.in_reply_to_tweet_id") if "reply" in body else ""
    if not text.strip() and not media:
        raise invalid("$.text: must not be empty unless media is attached")
    options = _object(body, "edit_options", {"previous_post_id"})
    before = _identity(options.get("previous_post_id"), "edit_options.previous_post_id") if options else ""
    return Wish(text=text, media=media, reply_to=parent, reply_settings=str(settings), before=before)


def is_edit(request: Request) -> bool:
    """Whether a request to post replaces what is there."""
    try:
        return "edit_options" in request.json()
    except BadBody:
        return False


def _media(media: Mapping[str, Json]) -> tuple[str, ...]:
    ids = media.get("media_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= LIMITS.images.value:
        raise invalid(f"$.media.media_ids: must have 1 to {LIMITS.images.value} items")
    found = tuple(_identity(identity, "media.media_ids") for identity in ids)
    if len(set(found)) < len(found):
        raise invalid("$.media.media_ids: must be unique", {"media.media_ids": list(found)})
    return found


def read_upload(request: Request) -> tuple[bytes, str]:
    """The picture a request brings, and its type. Raises Problem."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        parts = {part.name: part for part in request.form()}
        fields: dict[str, Json] = {name: part.text for name, part in parts.items() if name != "media"}
        content = parts["media"].value if "media" in parts else None
    else:
        fields = _json(request)
        content = _decoded(fields.pop("media", None))
    _only(fields, {"media_category", "additional_owners"})
    if content is None or "media_category" not in fields:
        raise invalid("$.media and $.media_category are required")
    if fields["media_category"] != "tweet_image":
        raise invalid("only pictures can be uploaded in one request", {"media_category": [fields["media_category"]]})
    mime = next((mime for sign, mime in SIGNATURES.items() if content.startswith(sign)), "")
    if not mime:
        raise invalid("media type unrecognized")
    if len(content) > LIMITS.image_bytes.value:
        raise invalid(f"media is larger than {LIMITS.image_bytes.value} bytes")
    return content, mime


def _decoded(value: Json) -> bytes | None:
    if value is None:
        return None
    try:
        return base64.b64decode(str(value), validate=True)
    except binascii.Error as error:
        raise invalid("$.media: is not base64") from error


def read_alt(request: Request) -> tuple[str, str]:
    """The picture a body describes, and its alt text. Raises Problem."""
    body = _json(request)
    _only(body, {"id", "metadata"})
    metadata = _object(body, "metadata", {"alt_text"})
    text = _object(metadata, "alt_text", {"text"}).get("text", "")
    if not isinstance(text, str) or len(text) > LIMITS.alt.value:
        raise invalid(f"$.metadata.alt_text.text: must be at most {LIMITS.alt.value} characters long")
    return _identity(body.get("id"), "id"), text


def read_page(query: Mapping[str, str]) -> Page:
    """The stretch of a timeline a query asks for. Raises Problem."""
    _only(query, TIMELINE_FIELDS | {"tweet.fields", "post.fields"})
    size = query.get("max_results", "10")
    if not size.isdigit() or not 5 <= int(size) <= 100:
        raise invalid(f"The `max_results` query parameter value [{size}] is not between 5 and 100")
    fields = _fields(query)
    start = _instant(query["start_time"]) if "start_time" in query else None
    return Page(size=int(size), start=start, before=query.get("pagination_token", ""), fields=fields)


def read_fields(query: Mapping[str, str]) -> frozenset[str]:
    """What a query wants to see of one post. Raises Problem."""
    _only(query, {"tweet.fields", "post.fields"})
    return _fields(query)


def _fields(query: Mapping[str, str]) -> frozenset[str]:
    fields = frozenset(filter(None, f"{query.get('tweet.fields', '')},{query.get('post.fields', '')}".split(",")))
    if fields - TWEET_FIELDS:
        raise invalid(f"The `tweet.fields` query parameter value {sorted(fields - TWEET_FIELDS)} is not known")
    return fields


def _instant(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise invalid(f"Invalid 'start_time':'{text}'. 'start_time' must be a RFC3339 date-time") from error


def _json(request: Request) -> dict[str, Json]:
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise invalid("the request must have Content-Type: application/json")
    return request.json()


def _only(found: Mapping[str, object], known: set[str]) -> None:
    for name in found.keys() - known:
        raise invalid(f"$.{name}: is not defined in the schema and the schema does not allow additional properties")


def _object(body: Mapping[str, Json], name: str, known: set[str]) -> Mapping[str, Json]:
    value = body.get(name, {})
    if not isinstance(value, dict):
        raise invalid(f"$.{name}: must be an object")
    _only(value, known)
    return value


def _identity(value: Json, name: str) -> str:
    if not isinstance(value, str) or not _IDENTITY.fullmatch(value):
        raise invalid(f"$.{name}: does not match ^[0-9]{{1,19}}$", {name: [value]})
    return value
