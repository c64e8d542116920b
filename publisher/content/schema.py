"""JSON Schemas for editors, made of the very structures that read the files."""

from __future__ import annotations

from typing import Any

import msgspec

from publisher.content.header import Header
from publisher.content.settings import Keys

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def post_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a post's front matter."""
    return schema_of(Header, "Front matter of a post")


def project_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of publisher.yml."""
    return schema_of(Keys, "publisher.yml")


def schema_of(shape: type[msgspec.Struct], title: str) -> dict[str, Any]:
    """The JSON Schema of what that structure reads."""
    made = msgspec.json.schema(shape)
    name = made.pop("$ref").rpartition("/")[2]
    components: dict[str, Any] = made["$defs"]
    top = _tidy(components.pop(name))
    return {"$schema": _DRAFT, **top, "title": title, "$defs": {key: _tidy(one) for key, one in components.items()}}


def _tidy(one: Any) -> Any:
    """What an editor shows without the empty defaults; a number will do for an account's id."""
    if isinstance(one, list):
        return [_tidy(part) for part in one]
    if not isinstance(one, dict):
        return one
    if one.get("x-any-scalar"):
        return {"type": ["string", "number", "boolean"]}
    return {key: _tidy(part) for key, part in one.items() if not (key == "default" and part in ("", None, [], {}))}
