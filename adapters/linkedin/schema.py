"""What LinkedIn accepts as the body of a post: its fields, one kind of content, images in their numbers."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.linkedin.limits import LIMITS
from adapters.linkedin.render import AUTHOR, VISIBILITIES
from publisher.model import Json

_REQUIRED = frozenset({"author", "commentary", "visibility", "distribution", "lifecycleState"})
_KNOWN = _REQUIRED | {"content", "isReshareDisabledByAuthor", "contentLandingPage", "contentCallToActionLabel"}
_DISTRIBUTION = frozenset({"feedDistribution", "targetEntities", "thirdPartyDistributionChannels"})
_CONTENT: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "media": (frozenset({"id"}), frozenset({"id", "altText", "title"})),
    "multiImage": (frozenset({"images"}), frozenset({"images", "altText"})),
    "article": (frozenset({"source", "title"}), frozenset({"source", "title", "description", "thumbnail"})),
}


def complaint(body: Mapping[str, Json]) -> str:
    """The first thing LinkedIn would not accept in a post's body, in its words; empty when there is none."""
    for name in sorted(_REQUIRED - body.keys()):
        return f"ERROR :: /{name} :: field is required but not found and has no default value"
    for name in sorted(body.keys() - _KNOWN):
        return f"ERROR :: /{name} :: unrecognized field found but not allowed"
    return (
        _values(body) or _distribution(body["distribution"]) or ("content" in body and _content(body["content"])) or ""
    )


def _values(body: Mapping[str, Json]) -> str:
    sound = {
        "author": bool(AUTHOR.fullmatch(str(body["author"]))),
        "commentary": isinstance(body["commentary"], str),
        "visibility": body["visibility"] in VISIBILITIES,
        "lifecycleState": body["lifecycleState"] == "PUBLISHED",
    }
    wrong = next((name for name, fits in sound.items() if not fits), "")
    return f"ERROR :: /{wrong} :: {body[wrong]!r} cannot be coerced" if wrong else ""


def _distribution(value: Json) -> str:
    if not isinstance(value, dict) or not value.keys() <= _DISTRIBUTION:
        return "ERROR :: /distribution :: unrecognized field found but not allowed"
    if value.get("feedDistribution") not in {"MAIN_FEED", "NONE"}:
        return "ERROR :: /distribution/feedDistribution :: is not an enum symbol"
    return ""


def _content(value: Json) -> str:
    if not isinstance(value, dict) or len(value) != 1 or not value.keys() <= _CONTENT.keys():
        return "ERROR :: /content :: union must have exactly one known member"
    kind, inner = next(iter(value.items()))
    required, known = _CONTENT[kind]
    if not isinstance(inner, dict) or not required <= inner.keys() <= known:
        return f"ERROR :: /content/{kind} :: a field is missing or not allowed"
    return _images(inner["images"]) if kind == "multiImage" else ""


def _images(value: Json) -> str:
    if not isinstance(value, list) or not 2 <= len(value) <= LIMITS.images.value:
        return f"ERROR :: /content/multiImage/images :: size must be between 2 and {LIMITS.images.value}"
    if not all(isinstance(item, dict) and {"id"} <= item.keys() <= {"id", "altText"} for item in value):
        return "ERROR :: /content/multiImage/images :: a field is missing or not allowed"
    return ""
