"""YAML without surprises: version 1.2 core scalars, no aliases, no tags, no doubled keys, and a place for everything.

`no` and `on` are words, `12:30` and `2026-12-01` stay text. Trees are built from parser events without recursion, so
neither nesting nor size can exhaust anything; whatever is wrong becomes a finding.
Source of the scalar rules: https://yaml.org/spec/1.2.2/#103-core-schema
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from typing import Any, TypeAlias

import yaml
from msgspec import Struct, field

from publisher.content.notes import Notes, Place
from publisher.content.source import find_forbidden
from publisher.words import Finding, Json, Severity

DEPTH = 32
NODES = 20_000

_Events: TypeAlias = Iterator[yaml.Event]
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INT = r"(?a)[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
_FLOAT = r"(?a)[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
_WORDS: Mapping[str, Json] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_COMMENT = r"[ \t]*#(?=[^\s#!])(\S+)"
_OURS = {f"tag:yaml.org,2002:{name}" for name in ("str", "map", "seq")} | {"!"}


class Loaded(Struct, frozen=True, kw_only=True):
    r"""A YAML text as plain values, and where each of them stands.

    Keys are dotted (`channels.x.text`, `media.0.alt`; a dot inside a key is written `\.`). `lines` says where a key
    begins, `values` where its value does, `written` how a number, a boolean or a null was typed.
    `broken` is true when the text could not be read to its end, and then `value` is None.
    """

    path: str
    value: Json = None
    lines: Mapping[str, Place] = field(default_factory=dict)
    values: Mapping[str, Place] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    broken: bool = False

    def key_at(self, key: str) -> Place:
        """Where that key is, or the nearest mapping around it."""
        return _nearest(self.lines, key)

    def value_at(self, key: str) -> Place:
        """Where the value of that key is, or the nearest mapping around it."""
        return _nearest(self.values, key)


def _nearest(places: Mapping[str, Place], key: str) -> Place:
    while key and key not in places:
        key = key.rpartition(".")[0]
    return places.get(key, (1, 1))


def join(key: str, part: str | int) -> str:
    """The dotted name of what lies under `key`."""
    escaped = str(part).replace("\\", "\\\\").replace(".", "\\.")
    return f"{key}.{escaped}" if key else escaped


def load(text: str, *, path: str, first_line: int = 1) -> Loaded:
    """The value of a YAML text, with the place of every key; all that is wrong is in its findings. Never raises."""
    return load_with(_PARSER, text, path=path, first_line=first_line)


def load_with(parser: Callable[[str], Any], text: str, *, path: str, first_line: int = 1) -> Loaded:
    """Like `load`, with the parser named: PyYAML's in C, or its slow twin where the C library is missing."""
    tree = _Tree(text, Notes(path), first_line)
    broken = True
    if not tree.find_forbidden():
        try:
            broken = not tree.grow(_events(parser, text))
        except yaml.YAMLError as error:
            tree.explain(error)
    return Loaded(
        path=path,
        value=None if broken else tree.root.get("", None),
        lines=tree.lines,
        values=tree.values,
        written=tree.written,
        findings=tree.notes.everything(),
        broken=broken,
    )


def _events(parser: Callable[[str], Any], text: str) -> _Events:
    loader = parser(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


class _Branch(Struct):
    """A mapping or a list that is being filled; `name` is the key whose value comes next, if it is not `unnamed`."""

    at: str
    holds: dict[str, Json] | list[Json]
    name: str = ""
    unnamed: bool = True
    dropped: bool = False


class _Tree:
    """The values and their places, grown from parser events."""

    def __init__(self, text: str, notes: Notes, first_line: int) -> None:
        self.text, self.notes, self.first_line = text, notes, first_line
        self.root: dict[str, Json] = {}
        self.lines: dict[str, Place] = {"": (first_line, 1)}
        self.values: dict[str, Place] = {}
        self.written: dict[str, str] = {}
        self._starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))][:-1]
        self._open: list[_Branch] = [_Branch("", self.root, unnamed=False)]
        self._nodes = 0

    def place(self, index: int) -> Place:
        """The line and column of a character; lines end where editors end them, which is not everywhere YAML does."""
        if index >= len(self.text):
            index = len(self.text.rstrip("\n"))
        line = bisect_right(self._starts, index)
        return self.first_line + line - 1, index - self._starts[line - 1] + 1

    def find_forbidden(self) -> bool:
        """Whether the text holds a character that YAML does not allow, with a finding for the first one."""
        found = find_forbidden(self.text)
        if found:
            sign = f"U+{ord(found.group()):04X}"
            self.notes.add(
                "bad-character",
                f"the invisible character {sign} cannot stand here",
                self.place(found.start()),
                hint="delete it",
            )
        return found is not None

    def grow(self, events: _Events) -> bool:
        """Build the tree; false when it had to be given up."""
        return all(self._take(event) for event in events)

    def _take(self, event: yaml.Event) -> bool:
        if isinstance(event, yaml.ScalarEvent):
            at = self.place(_index(event.start_mark))
            return self._admit(event, at) and self._scalar(event, at)
        if isinstance(event, yaml.CollectionStartEvent):
            at = self.place(_index(event.start_mark))
            return self._admit(event, at) and self._start(event, at)
        if isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
        elif isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        return True

    def _admit(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, at: Place) -> bool:
        """Count the node and look at its anchor and its tag."""
        self._nodes += 1
        if event.anchor is not None:
            self._refuse_name("&", event.anchor, at)
        if event.tag is not None and event.tag not in _OURS:
            self.notes.add(
                "yaml-tag", "a tag beginning with `!` has no meaning here", at, hint='put the value in quotes: "…"'
            )
        if self._nodes > NODES:
            self.notes.add("too-big", f"there are more than {NODES} values in this file", at)
        return self._nodes <= NODES

    def _refuse_name(self, sign: str, name: str, at: Place) -> None:
        self.notes.add(
            "yaml-alias",
            f"`{sign}{name[:40]}` is a YAML reference, which is not used here",
            at,
            hint=f'put the value in quotes: "{sign}…"',
        )

    def _alias(self, event: yaml.AliasEvent) -> bool:
        at = self.place(_index(event.start_mark))
        self._refuse_name("*", str(event.anchor), at)
        if self._awaits_key():
            return False
        self._put(None, at)
        return True

    def _awaits_key(self) -> bool:
        branch = self._open[-1]
        return branch.unnamed and isinstance(branch.holds, dict)

    def _scalar(self, event: yaml.ScalarEvent, at: Place) -> bool:
        plain = bool(event.implicit[0]) and not event.style and event.tag is None
        value = resolve(event.value) if plain else event.value
        if self._awaits_key():
            self._name(event.value, value, at)
            return True
        key = self._put(value, at)
        if not isinstance(value, str):
            self.written[key] = event.value
        if plain:
            self._warn_of_comment(event)
        return True

    def _warn_of_comment(self, event: yaml.ScalarEvent) -> None:
        end = _index(event.end_mark)
        lost = re.compile(_COMMENT).match(self.text, end) if "#" in self.text else None
        if lost:
            self.notes.add(
                "comment-in-text",
                f"everything from `#{lost.group(1)[:40]}` on is a comment, and is not read",
                self.place(lost.start(1) - 1),
                severity=Severity.WARNING,
                hint="put the value in quotes, or a space after `#` if a comment is meant",
            )

    def _name(self, written: str, value: Json, at: Place) -> None:
        branch = self._open[-1]
        key = join(branch.at, written)
        branch.name, branch.unnamed = written, False
        if not isinstance(value, str):
            self.notes.add(
                "bad-key",
                f"`{written[:40]}` is read as {_kind(value)}, and a key is a word",
                at,
                hint=f'"{written[:40]}":',
            )
        branch.dropped = isinstance(branch.holds, dict) and written in branch.holds
        if branch.dropped:
            first = self.lines[key][0]
            self.notes.add(
                "duplicate-key", f"`{written[:40]}` is already given in line {first}", at, hint="keep one of the two"
            )
        else:
            self.lines[key] = at

    def _start(self, event: yaml.CollectionStartEvent, at: Place) -> bool:
        if self._awaits_key():
            self.notes.add(
                "bad-key",
                "a list or a mapping cannot be a key",
                at,
                hint='a value that begins with { or [ needs quotes: "…"',
            )
            return False
        if len(self._open) > DEPTH:
            self.notes.add("too-deep", f"values are nested more than {DEPTH} levels deep", at)
            return False
        holds: dict[str, Json] | list[Json] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._open.append(_Branch(self._put(holds, at), holds))
        return True

    def _put(self, value: Json, at: Place) -> str:
        """Hang a value where it belongs and give its dotted name."""
        branch = self._open[-1]
        if isinstance(branch.holds, list):
            key = join(branch.at, len(branch.holds))
            branch.holds.append(value)
            self.lines.setdefault(key, at)
        else:
            key = join(branch.at, branch.name)
            if branch.dropped:
                key = join(key, "(again)")
            else:
                branch.holds[branch.name] = value
            branch.unnamed = True
        self.values.setdefault(key, at)
        return key

    def explain(self, error: yaml.YAMLError) -> None:
        """Say in plain words what the parser could not read, and where."""
        from publisher.content.yaml_faults import find_fault

        fault = find_fault(error, self.text)
        self.notes.add("bad-yaml", fault.meaning, self.place(fault.index), hint=fault.hint)


def _index(mark: Any) -> int:
    return int(mark.index) if mark else 0


def _kind(value: Json) -> str:
    if value is None:
        return "nothing"
    return "true or false" if isinstance(value, bool) else "a number"


def resolve(text: str) -> Json:
    """What an unquoted YAML 1.2 scalar means; a number too long to be one stays text."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > 40 or text[0] not in "+-.0123456789" or ":" in text:  # a time is no number, and headers have many
        return text
    if re.fullmatch(_INT, text):
        return int(text, 0) if text[1:2] in ("o", "x") else int(text)
    return float(re.sub(r"\.(?=[inIN])", "", text)) if re.fullmatch(_FLOAT, text) else text
