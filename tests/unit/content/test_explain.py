from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from publisher.content.explain import explain
from publisher.content.strict_yaml import load


class Slot(Struct, forbid_unknown_fields=True, kw_only=True):
    start: str = field(name="from")
    count: Annotated[int, Meta(ge=1, le=9)] = 1
    mode: bool | Literal["auto"] | None = None
    days: Annotated[list[str] | str, Meta(extra={"write": "[mon, tue]"})] = field(default_factory=list)
    span: tuple[int, int] = (1, 2)
    ratio: float = 1.0


class Table(Struct, forbid_unknown_fields=True, kw_only=True):
    name: str = ""
    slots: dict[str, Slot] = field(default_factory=dict)
    quiet: list[Slot] = field(default_factory=list)


def told(text: str) -> tuple[Table | None, list[str]]:
    table, findings = explain(load(text, path="p"), Table)
    return table, [
        f"{one.line}:{one.column} {one.rule} {one.message} | {one.hint}".removesuffix(" | ") for one in findings
    ]


def test_a_sound_text_is_taken_as_it_is() -> None:
    table, findings = told(
        "name: a\nslots:\n  m: {from: '09:00', count: 2, mode: auto, days: [mon], span: [3, 4], ratio: 2}\n"
    )
    assert findings == []
    assert table == Table(
        name="a", slots={"m": Slot(start="09:00", count=2, mode="auto", days=["mon"], span=(3, 4), ratio=2.0)}
    )


def test_every_problem_is_told_at_once_in_its_place() -> None:
    table, findings = told(
        "nam: a\n"
        "slots:\n"
        "  m: {from: [1], count: 12, mode: yes, span: [1], days: {a: b}, ratio: much}\n"
        "  n: {form: x}\n"
        "  o: 9 o'clock\n"
        "quiet:\n"
        "  -\n"
        "  - {from: x, count: many}\n"
    )
    assert findings == [
        "1:1 unknown-key unknown key `nam` | did you mean `name`?",
        "3:13 wrong-type `from` is text, and a list is given",
        "3:25 bad-value `count` is at least 1 and at most 9",
        "3:35 unknown-value `yes` is not one of true, false, auto | known: true, false, auto",
        "3:46 wrong-type 2 values are meant, and 1 are given",
        "3:57 wrong-type `days` is a list or text, and a mapping is given | write [mon, tue]",
        "3:72 wrong-type `ratio` is a number, and text is given",
        "4:6 missing-key `from` is missing | add `from: …`",
        "4:7 unknown-key unknown key `form` | did you mean `from`?",
        "5:6 wrong-type `o` is a mapping, and text is given",
        "7:4 empty-item an item of this list is empty | fill it in, or remove it",
        "8:22 wrong-type `count` is a whole number, and text is given",
    ]
    assert table == Table(quiet=[Slot(start="x")])


def test_a_number_where_text_is_meant_is_taken_as_typed() -> None:
    table, findings = told("name: 0012\nslots: {a: {from: 1.10}, b: {from: true}}")
    assert findings == []
    assert table == Table(name="0012", slots={"a": Slot(start="1.10"), "b": Slot(start="true")})


def test_an_empty_value_is_an_absent_one() -> None:
    assert told("name:\nslots:\nquiet: ~\n") == (Table(), [])


def test_an_empty_text_is_all_defaults() -> None:
    assert told("") == (Table(), [])


def test_what_is_no_mapping_cannot_be_used() -> None:
    assert told("- a\n") == (
        None,
        ["1:1 not-a-mapping a list is given where keys and values belong | write `key: value`"],
    )
    assert told("just words")[0] is None


def test_what_cannot_be_read_is_told_once() -> None:
    table, findings = told("name: [")
    assert table is None
    assert len(findings) == 1
