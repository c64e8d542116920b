from __future__ import annotations

import pytest

from publisher.project import parse_project

SMALL = "timezone: UTC\nchannels: {x: }\n"


def test_the_colours_of_cards_are_optional_and_read_in_any_form() -> None:
    plain, _ = parse_project(SMALL.encode(), networks=())
    project, findings = parse_project((SMALL + 'card: {ink: "#FFF", paper: "#204060"}').encode(), networks=())
    assert plain
    assert plain.card == {}
    assert findings == ()
    assert project
    assert project.card == {"ink": "#ffffff", "paper": "#204060"}


@pytest.mark.parametrize(
    ("line", "rule", "column", "hint"),
    [
        ("card: {ink: navy}", "bad-colour", 13, 'ink: "#14263d"'),
        ('card: {paper: "#12345"}', "bad-colour", 15, 'paper: "#14263d"'),
        ('card: {ink: "#999", paper: "#fff"}', "low-contrast", 7, "at least 4.5: a darker ink or a lighter paper"),
        ('card: {paper: "#14263e"}', "low-contrast", 7, "at least 4.5: a darker ink or a lighter paper"),
        ("card: {inc: '#000'}", "unknown-key", 8, "did you mean `ink`?"),
    ],
)
def test_colours_that_cannot_be_used_are_told_in_their_place(line: str, rule: str, column: int, hint: str) -> None:
    project, findings = parse_project((SMALL + line).encode(), networks=())
    assert project is None
    assert [(one.rule, one.line, one.column, one.hint) for one in findings] == [(rule, 3, column, hint)]
