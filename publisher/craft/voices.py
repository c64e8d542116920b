"""Voices: how a network speaks, and how a channel's own manner is laid over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from typing import cast

from publisher.errors import AdapterError, ConfigError
from publisher.model import Json, Voice

ANGLES = ("hook", "point", "quote", "figure", "question", "story", "call", "list")

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "angles": ANGLES,
    "register": ("formal", "neutral", "casual"),
    "person": ("we", "I"),
    "address": ("vous", "tu"),
    "tags_at": ("end", "block", "none"),
    "link": ("text", "card", "reply", "comment", "bio", "none"),
}
_FIELDS = tuple(field.name for field in fields(Voice))


def read_voice(source: str) -> Voice:
    """The voice written in an adapter's `voice.yml`, whose keys are the fields of `Voice`.

    Raises AdapterError for an unknown key or a value that no voice can have.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    written = yaml.load(source, Loader=loader)  # noqa: S506 - one of the two safe loaders
    try:
        return lay(Voice(), written or {})
    except ConfigError as error:
        raise AdapterError(str(error), hint=error.hint) from error


def lay(voice: Voice, overrides: Mapping[str, Json]) -> Voice:
    """`voice` with the given fields replaced; `prefer` alone is added to, word by word.

    Raises ConfigError for an unknown key or a value that no voice can have.
    """
    if not overrides:
        return voice
    if not isinstance(overrides, Mapping):
        raise ConfigError("a voice is written as `key: value` lines", hint=f"keys: {', '.join(_FIELDS)}")
    changed = {name: _convert(name, value) for name, value in overrides.items()}
    if "prefer" in changed:
        changed["prefer"] = {**voice.prefer, **cast("Mapping[str, str]", changed["prefer"])}
    return replace(voice, **changed)  # type: ignore[arg-type] # each value was converted to its field's type


def _convert(name: str, value: Json) -> object:
    import msgspec

    if name not in _FIELDS:
        raise ConfigError(f"a voice has no `{name}`", hint=_nearest(str(name), _FIELDS))
    try:
        converted: object = msgspec.convert(value, _types()[name])
    except msgspec.ValidationError as error:
        raise ConfigError(f"`{name}` of a voice: {error}", hint=f"write `{name}: {_example(name)}`") from error
    for word in converted if isinstance(converted, tuple) else (converted,):
        if name in _CHOICES and word not in _CHOICES[name]:
            raise ConfigError(f"`{name}` of a voice cannot be {word!r}", hint=_nearest(str(word), _CHOICES[name]))
    return converted


@cache
def _types() -> Mapping[str, object]:
    from typing import get_type_hints

    return get_type_hints(Voice)


def _example(name: str) -> str:
    value = getattr(Voice(), name)
    return str(list(value)) if isinstance(value, tuple) else str(value)


def _nearest(word: str, known: tuple[str, ...]) -> str:
    import difflib

    near = difflib.get_close_matches(word, known, 1)
    return f"did you mean `{near[0]}`?" if near else f"one of: {', '.join(known)}"
