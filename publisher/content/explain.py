"""Plain values against a msgspec Struct: every problem at once, each with its place and the nearest valid spelling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from publisher.content.notes import Notes, quote
from publisher.content.spelling import suggest
from publisher.content.strict_yaml import Loaded, join
from publisher.words import Finding, Json

if TYPE_CHECKING:
    from msgspec import inspect

T = TypeVar("T", bound=msgspec.Struct)

_NOTHING: Any = object()


def explain(loaded: Loaded, shape: type[T]) -> tuple[T | None, tuple[Finding, ...]]:
    """The text as `shape`, and all that is wrong with it; what cannot be used is left at its default.

    A number or a boolean where text is meant is taken as typed (`title: 2026`). None only when the text is no mapping,
    or a required key is missing at the first level. `Meta(extra={"write": …})` words the hint for a wrong type.
    """
    if loaded.broken:
        return None, loaded.findings
    try:
        return msgspec.convert(loaded.value, shape), loaded.findings
    except msgspec.ValidationError:
        return _Reading(loaded).read(shape)


class _Reading:
    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._notes = Notes(loaded.path)
        self._notes.extend(*loaded.findings)

    def read(self, shape: type[T]) -> tuple[T | None, tuple[Finding, ...]]:
        from msgspec import inspect

        value = {} if self._loaded.value is None else self._loaded.value
        usable = self._struct(value, inspect.type_info(shape), "") if isinstance(value, dict) else _NOTHING
        if not isinstance(value, dict):
            self._notes.add(
                "not-a-mapping",
                f"{_given(value)} is given where keys and values belong",
                self._loaded.value_at(""),
                hint="write `key: value`",
            )
        return (None if usable is _NOTHING else self._convert(usable, shape)), self._notes.everything()

    def _convert(self, usable: Any, shape: type[T]) -> T | None:
        """The last word is msgspec's: a bound in a type (a minimum, a pattern) is told in its own words."""
        try:
            return msgspec.convert(usable, shape)
        except msgspec.ValidationError as error:
            message, _, where = str(error).partition(" - at `$.")
            key = where.rstrip("`").replace("[", ".").replace("]", "").replace("...", "")
            self._notes.add("bad-value", message, self._loaded.value_at(key))
            return None

    def _fit(self, value: Json, kind: Any, key: str, write: str = "") -> Any:
        """The value as that type, or `_NOTHING` with a finding."""
        from msgspec import inspect

        while isinstance(kind, inspect.Metadata):
            write = (kind.extra or {}).get("write", write)
            kind = kind.type
        if isinstance(kind, inspect.UnionType):
            return self._choose(value, kind, key, write)
        if value is None and not isinstance(kind, (inspect.NoneType, inspect.AnyType)):
            return _NOTHING
        readers: Mapping[type, Any] = {
            inspect.StructType: self._struct,
            inspect.DictType: self._mapping,
            inspect.ListType: self._list,
            inspect.VarTupleType: self._list,
            inspect.TupleType: self._tuple,
            inspect.LiteralType: self._literal,
            inspect.StrType: self._text,
        }
        if _admits(kind, value) and type(kind) in readers:
            return readers[type(kind)](value, kind, key)
        if isinstance(kind, inspect.IntType) and _exact(kind, value):
            return self._bound(value, kind, key)
        return value if _admits(kind, value) else self._refuse(value, [kind], key, write)

    def _bound(self, value: Any, kind: inspect.IntType, key: str) -> Any:
        least, most = kind.ge, kind.le
        if (least is None or value >= least) and (most is None or value <= most):
            return value
        wanted = " and ".join(
            f"{word} {bound}" for word, bound in (("at least", least), ("at most", most)) if bound is not None
        )
        self._notes.add("bad-value", f"`{_last(key)}` is {wanted}", self._loaded.value_at(key))
        return _NOTHING

    def _refuse(self, value: Json, kinds: list[Any], key: str, write: str) -> Any:
        meant = " or ".join(dict.fromkeys(map(_words, kinds)))
        name = "this" if _last(key).isdigit() else f"`{_last(key)}`"
        self._notes.add(
            "wrong-type",
            f"{name} is {meant}, and {_given(value)} is given",
            self._loaded.value_at(key),
            hint=f"write {write}" if write else "",
        )
        return _NOTHING

    def _choose(self, value: Json, union: inspect.UnionType, key: str, write: str) -> Any:
        from msgspec import inspect

        kinds = [_bare(kind) for kind in union.types if not isinstance(kind, inspect.NoneType)]
        if value is None:
            return None if len(kinds) < len(union.types) else _NOTHING
        fitting = sorted((kind for kind in kinds if _admits(kind, value)), key=lambda kind: not _exact(kind, value))
        if not fitting:
            return self._refuse(value, kinds, key, write)
        if isinstance(fitting[0], inspect.LiteralType) and any(isinstance(kind, inspect.BoolType) for kind in kinds):
            return self._literal(value, fitting[0], key, ("true", "false"))
        return self._fit(value, fitting[0], key, write)

    def _struct(self, value: dict[str, Json], kind: Any, key: str) -> Any:
        fields = {field.encode_name: field for field in kind.fields}
        for name in value:
            if name not in fields:
                at = self._loaded.key_at(join(key, name))
                self._notes.add("unknown-key", f"unknown key `{quote(name)[1:-1]}`", at, hint=suggest(name, fields))
        missing = [name for name, field in fields.items() if field.required and value.get(name) is None]
        for name in missing:
            self._notes.add("missing-key", f"`{name}` is missing", self._loaded.value_at(key), hint=f"add `{name}: …`")
        named = {
            name: self._fit(part, fields[name].type, join(key, name)) for name, part in value.items() if name in fields
        }
        if missing or any(part is _NOTHING and fields[name].required for name, part in named.items()):
            return _NOTHING
        return {name: part for name, part in named.items() if part is not _NOTHING}

    def _mapping(self, value: dict[str, Json], kind: inspect.DictType, key: str) -> Any:
        named = {name: self._fit(part, kind.value_type, join(key, name)) for name, part in value.items()}
        return {name: part for name, part in named.items() if part is not _NOTHING}

    def _list(self, value: list[Json], kind: Any, key: str) -> Any:
        for place, part in enumerate(value):
            if part is None:
                self._notes.add(
                    "empty-item",
                    "an item of this list is empty",
                    self._loaded.value_at(join(key, place)),
                    hint="fill it in, or remove it",
                )
        fitted = [self._fit(part, kind.item_type, join(key, place)) for place, part in enumerate(value)]
        return [part for part in fitted if part is not _NOTHING]

    def _tuple(self, value: list[Json], kind: inspect.TupleType, key: str) -> Any:
        if len(value) != len(kind.item_types):
            self._notes.add(
                "wrong-type",
                f"{len(kind.item_types)} values are meant, and {len(value)} are given",
                self._loaded.value_at(key),
            )
            return _NOTHING
        fitted = [
            self._fit(part, of, join(key, place))
            for place, (part, of) in enumerate(zip(value, kind.item_types, strict=True))
        ]
        return _NOTHING if any(part is _NOTHING for part in fitted) else fitted

    def _literal(self, value: Json, kind: inspect.LiteralType, key: str, also: tuple[str, ...] = ()) -> Any:
        if value in kind.values:
            return value
        known = [*also, *map(str, kind.values)]
        self._notes.add(
            "unknown-value",
            f"`{self._typed(value, key)[:60]}` is not one of {', '.join(known)}",
            self._loaded.value_at(key),
            hint=suggest(self._typed(value, key), known),
        )
        return _NOTHING

    def _text(self, value: Json, _: Any, key: str) -> str:
        return value if isinstance(value, str) else self._typed(value, key)

    def _typed(self, value: Json, key: str) -> str:
        return self._loaded.written.get(key, str(value))


def _last(key: str) -> str:
    return key.rpartition(".")[2][:60]


def _bare(kind: Any) -> Any:
    from msgspec import inspect

    while isinstance(kind, inspect.Metadata):
        kind = kind.type
    return kind


def _admits(kind: Any, value: Json) -> bool:
    """Whether a value of this sort may be meant by that type, whatever its content."""
    from msgspec import inspect

    if isinstance(kind, inspect.AnyType):
        return True
    if isinstance(value, dict):
        return isinstance(kind, (inspect.StructType, inspect.DictType))
    if isinstance(value, list):
        return isinstance(kind, (inspect.ListType, inspect.VarTupleType, inspect.TupleType))
    if isinstance(kind, (inspect.StrType, inspect.LiteralType)):
        return True
    return _exact(kind, value)


def _exact(kind: Any, value: Json) -> bool:
    """Whether the value is of that type as it stands."""
    from msgspec import inspect

    if isinstance(kind, inspect.LiteralType):
        return value in kind.values
    if isinstance(value, bool):
        return isinstance(kind, inspect.BoolType)
    if isinstance(value, int) and isinstance(kind, inspect.IntType):
        return True
    if isinstance(value, (int, float)):
        return isinstance(kind, inspect.FloatType)
    if isinstance(value, str):
        return isinstance(kind, inspect.StrType)
    return isinstance(value, (dict, list)) and _admits(kind, value)


def _words(kind: Any) -> str:
    name = type(_bare(kind)).__name__.removesuffix("Type")
    if name == "Literal":
        return " or ".join(f"`{value}`" for value in _bare(kind).values)
    return {
        "Str": "text",
        "Bool": "true or false",
        "Int": "a whole number",
        "Float": "a number",
        "Dict": "a mapping",
        "Struct": "a mapping",
    }.get(name, "a list")


def _given(value: Json) -> str:
    if isinstance(value, bool):
        return "true or false"
    names: Mapping[type, str] = {dict: "a mapping", list: "a list", str: "text", int: "a number", float: "a number"}
    return names.get(type(value), "nothing")
