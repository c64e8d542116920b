from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.content.strict_yaml import DEPTH, NODES, Loaded, load, load_with

BOTH = pytest.mark.parametrize("parser", [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)])


def told(loaded: Loaded) -> list[tuple[str, int, int]]:
    return [(finding.rule, finding.line, finding.column) for finding in loaded.findings]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"), ("on", "on"), ("Yes", "Yes"), ("y", "y"),
        ("12:30", "12:30"), ("1:20:30", "1:20:30"), ("2026-12-01", "2026-12-01"), ("2026-12-01 09:30",
        "2026-12-01 09:30"),
        ("012", 12), ("0o14", 12), ("0x1F", 31), ("-3", -3), ("+4", 4), ("1_000", "1_000"), ("0b1", "0b1"),
        ("1.50", 1.5), ("-.5", -0.5), ("1e3", 1000.0), (".inf", math.inf), ("-.Inf", -math.inf),
        ("true", True), ("FALSE", False), ("tRue", "tRue"), ("null", None), ("~", None), ("", None), ("none", "none"),
        ("'5'", "5"), ('"true"', "true"), ("!!str 5", "5"), ("9" * 50, "9" * 50), ("=", "="), ("a # b", "a"),
        ("a#b", "a#b"),
    ],
)  # fmt: skip
def test_a_scalar_means_what_yaml_1_2_says(written: str, value: object) -> None:
    loaded = load(f"key: {written}\n", path="p")
    assert loaded.value == {"key": value}
    assert loaded.findings == ()


def test_not_a_number_is_a_number() -> None:
    value = load("a: .nan", path="p").value
    assert isinstance(value, dict)
    assert math.isnan(value["a"])  # type: ignore[arg-type]  # a float, as the next failure would say


def test_every_key_and_every_value_has_its_place() -> None:
    loaded = load("a: 1\nb:\n  - {c: x}\n  -   y\n'd.e': z\n", path="p", first_line=2)
    assert loaded.lines == {
        "": (2, 1),
        "a": (2, 1),
        "b": (3, 1),
        "b.0": (4, 5),
        "b.0.c": (4, 6),
        "b.1": (5, 7),
        "d\\.e": (6, 1),
    }
    assert loaded.values == {
        "": (2, 1),
        "a": (2, 4),
        "b": (4, 3),
        "b.0": (4, 5),
        "b.0.c": (4, 9),
        "b.1": (5, 7),
        "d\\.e": (6, 8),
    }
    assert loaded.key_at("b.0.c.nothing") == (4, 6)
    assert loaded.value_at("absent") == (2, 1)


def test_lines_are_counted_as_editors_count_them() -> None:
    loaded = load('a: "x\u2028y"\nb: é😀 z\nc: [1, @]\n', path="p")
    assert told(loaded) == [("bad-yaml", 3, 8)]


def test_a_number_keeps_what_was_typed() -> None:
    assert load("a: 0012\nb: [1.10]\nc: true\nd: x\n", path="p").written == {"a": "0012", "b.0": "1.10", "c": "true"}


@BOTH
@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("a: b: c", [("bad-yaml", 1, 5)]),
        ("a: @b", [("bad-yaml", 1, 4)]),
        ("a: `b`", [("bad-yaml", 1, 4)]),
        ("a: 'b", [("bad-yaml", 1, 4)]),
        ("a: 'it's'", [("bad-yaml", 1, 8)]),
        ("a: [b, c", [("bad-yaml", 1, 9)]),
        ("k: [#a, b]\nz: 1", [("bad-yaml", 1, 5)]),
        ("a: b\n c: d", [("bad-yaml", 2, 3)]),
        ("a: b\n...\nc: d", [("bad-yaml", 3, 1)]),
        ("a: \x07", [("bad-character", 1, 4)]),
        ("a: 1\na: 2", [("duplicate-key", 2, 1)]),
        ("a: {b: 1, b: 2}", [("duplicate-key", 1, 11)]),
        ("a: &x 1\nb: *x", [("yaml-alias", 1, 4), ("yaml-alias", 2, 4)]),
        ("a: *nobody", [("yaml-alias", 1, 4)]),
        ("*a : 1", [("yaml-alias", 1, 1)]),
        ("a: !!python/object:os.system ls", [("yaml-tag", 1, 4)]),
        ("a: !mine {b: 1}", [("yaml-tag", 1, 4)]),
        ("1: a", [("bad-key", 1, 1)]),
        ("true: a", [("bad-key", 1, 1)]),
        ("? [a]\n: b", [("bad-key", 1, 3)]),
        ("{a: 1}: b", [("bad-key", 1, 1)]),
        ("a: we are #1 today", [("comment-in-text", 1, 11)]),
        ("- #tag", [("comment-in-text", 1, 3)]),
        ("a: b # said aside", []),
    ],
)
def test_both_parsers_find_the_same_faults_in_the_same_place(
    parser: Callable[[str], Any], text: str, findings: list[tuple[str, int, int]]
) -> None:
    assert told(load_with(parser, text, path="p")) == findings


def test_of_two_equal_keys_the_first_counts() -> None:
    assert load("a: 1\na: {b: 2}\nc: 3", path="p").value == {"a": 1, "c": 3}


def test_a_text_that_cannot_be_read_has_no_value() -> None:
    loaded = load("a: 1\nb: [", path="p")
    assert loaded.broken
    assert loaded.value is None


def test_nothing_is_not_broken() -> None:
    assert not load("", path="p").broken
    assert load("# only a comment", path="p").value is None


@BOTH
def test_deep_nesting_stops_at_a_bound(parser: Callable[[str], Any]) -> None:
    loaded = load_with(parser, "[" * 5000, path="p")
    assert told(loaded) == [("too-deep", 1, DEPTH + 1)]


def test_a_billion_laughs_are_never_laughed() -> None:
    text = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    loaded = load(text, path="p")
    assert {rule for rule, _, _ in told(loaded)} == {"yaml-alias"}
    assert loaded.value == {"a": ["x", "x"], **{key: [None, None] for key in "bcdefghi"}}


def test_a_very_long_list_stops_at_a_bound() -> None:
    loaded = load("- 1\n" * (NODES + 5), path="p")
    assert told(loaded) == [("too-big", NODES, 3)]


def test_an_everyday_slip_is_told_in_everyday_words() -> None:
    slips = {
        "title: Foo: bar": "second `: `",
        "tags: [#a]": "begins a comment",
        "x: @me": "cannot begin",
        "a: b\n\tc": "tab",
    }
    for text, words in slips.items():
        finding = load(text, path="p").findings[0]
        assert words in finding.message + finding.hint
        assert finding.hint


@settings(max_examples=150)
@given(st.text(alphabet=st.sampled_from("ab:{}[]-?!&*#|>'\"%@`,.~ \n\t\\0159é\u2028\x00\ufeff"), max_size=60))
def test_no_text_raises_and_both_parsers_agree_on_what_is_sound(text: str) -> None:
    here, there = load(text, path="p"), load_with(yaml.SafeLoader, text, path="p")
    assert here.findings or not here.broken
    if not here.broken and not there.broken:
        assert repr(here.value) == repr(there.value)
    assert all(finding.line >= 1 and finding.column >= 1 for finding in here.findings)
