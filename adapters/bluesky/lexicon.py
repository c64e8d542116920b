"""The parts of Bluesky's lexicons that a post must obey, checked as its servers check them.

Source: app.bsky.feed.post, app.bsky.richtext.facet, app.bsky.embed.{images,external}, 2026-11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from adapters.bluesky.limits import LIMITS
from publisher.craft.graphemes import count
from publisher.model import Json

POST = "app.bsky.feed.post"
FEATURES = {"link": "uri", "tag": "tag", "mention": "did"}
Kept = Callable[[str], "Mapping[str, Json] | None"]


def faults(record: Mapping[str, Json], kept: Kept) -> Iterator[tuple[str, str]]:
    """What is wrong with a post's record, as (error name, message); `kept` gives an uploaded blob by its CID."""
    if record.get("$type") != POST:
        yield "InvalidRequest", f"Invalid $type: expected {POST}, got {record.get('$type')}"
        return
    text = record.get("text")
    if not isinstance(text, str):
        yield _bad('must have the property "text"')
        return
    yield from _text(text)
    yield from _created(record.get("createdAt"))
    yield from _strings(record, "langs", LIMITS.more["languages"].value)
    yield from _strings(record, "tags", LIMITS.more["hidden_tags"].value)
    yield from _facets(_listed(record.get("facets")), text.encode())
    yield from _embed(_object(record.get("embed")), kept)
    if "reply" in record and not all(_is_reference(_object(record["reply"]).get(end)) for end in ("root", "parent")):
        yield _bad('reply must have the properties "root" and "parent", each with "uri" and "cid"')


def _bad(what: str) -> tuple[str, str]:
    return "InvalidRequest", f"Invalid {POST} record: Record {what}"


def _text(text: str) -> Iterator[tuple[str, str]]:
    if len(text.encode()) > LIMITS.more["bytes"].value:
        yield _bad(f"text must not be longer than {LIMITS.more['bytes'].value} characters")
    elif count(text) > LIMITS.text.value:
        yield _bad(f"text must not be longer than {LIMITS.text.value} graphemes")


def _created(created: Json) -> Iterator[tuple[str, str]]:
    if created is None:
        yield _bad('must have the property "createdAt"')
        return
    try:
        zoned = datetime.fromisoformat(str(created)).tzinfo is not None
    except ValueError:
        zoned = False
    if not zoned:
        yield _bad("createdAt must be an valid atproto datetime (both RFC-3339 and ISO-8601)")


def _strings(record: Mapping[str, Json], name: str, most: int) -> Iterator[tuple[str, str]]:
    values = record.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        yield _bad(f"{name} must be an array of strings")
    elif len(values) > most:
        yield _bad(f"{name} must not have more than {most} elements")


def _facets(facets: list[Json], text: bytes) -> Iterator[tuple[str, str]]:
    """The lexicon's rules, and two that servers leave to the client: whole signs, and no overlap."""
    end = 0
    for facet in facets:
        index = _object(_object(facet).get("index"))
        start, stop = index.get("byteStart"), index.get("byteEnd")
        if not isinstance(start, int) or not isinstance(stop, int) or not 0 <= start < stop <= len(text):
            yield _bad("facets/index must be a range of bytes inside the text")
        elif start < end:
            yield _bad("facets must not overlap")
        elif not _is_whole(text[start:stop]):
            yield _bad("facets/index must not cut a character")
        else:
            end = stop
            yield from _features(_listed(_object(facet).get("features")))


def _features(features: list[Json]) -> Iterator[tuple[str, str]]:
    if not features:
        yield _bad('facets must have the property "features"')
    for feature in map(_object, features):
        kind = str(feature.get("$type", "")).partition("app.bsky.richtext.facet#")[2]
        value = feature.get(FEATURES.get(kind, ""), "")
        if not isinstance(value, str) or not value:
            yield _bad(f"facets/features must be one of {', '.join(FEATURES)}, with its value")
        elif kind == "tag" and (count(value) > LIMITS.more["tag"].value or value.startswith("#")):
            yield _bad(f"tag must not be longer than {LIMITS.more['tag'].value} graphemes, nor have its sign")
        elif kind == "link" and ":" not in value:
            yield _bad("uri must be a uri")
        elif kind == "mention" and not value.startswith("did:"):
            yield _bad("did must be a valid did")


def _embed(embed: Mapping[str, Json], kept: Kept) -> Iterator[tuple[str, str]]:
    if embed.get("$type") == "app.bsky.embed.images":
        images = _listed(embed.get("images"))
        if len(images) > LIMITS.images.value:
            yield _bad(f"embed/images must not have more than {LIMITS.images.value} elements")
        for image in map(_object, images):
            if not isinstance(image.get("alt"), str):
                yield _bad('embed/images must have the property "alt"')
            yield from _blob(_object(image.get("image")), kept)
    elif embed.get("$type") == "app.bsky.embed.external":
        card = _object(embed.get("external"))
        for name in ("uri", "title", "description"):
            if not isinstance(card.get(name), str):
                yield _bad(f'embed/external must have the property "{name}"')
    elif embed:
        yield _bad("embed must have a $type that a post can hold")


def _blob(blob: Mapping[str, Json], kept: Kept) -> Iterator[tuple[str, str]]:
    cid = str(_object(blob.get("ref")).get("$link", ""))
    found = kept(cid)
    most = LIMITS.image_bytes.value
    if blob.get("$type") != "blob" or not cid:
        yield _bad("embed/images/image should be a blob ref")
    elif found is None:
        yield "BlobNotFound", f"Could not find blob: {cid}"
    elif (found["mime"], found["size"]) != (blob.get("mimeType"), blob.get("size")):
        yield "InvalidMimeType", "Referenced Mimetype or size does not match stored blob"
    elif not str(found["mime"]).startswith("image/"):
        yield "InvalidMimeType", f"Wrong type of file. It is {found['mime']} but it must match image/*."
    elif int(str(found["size"])) > most:
        yield _bad(f"blob too big (maximum {most}, got {found['size']}) at $.record.embed.images[0].image")


def _is_reference(value: Json) -> bool:
    held = _object(value)
    return str(held.get("uri", "")).startswith("at://") and bool(held.get("cid"))


def _is_whole(piece: bytes) -> bool:
    try:
        piece.decode()
    except UnicodeDecodeError:
        return False
    return True


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
