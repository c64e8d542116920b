from __future__ import annotations

from publisher.findings import as_github, as_lines, has_errors, in_order
from publisher.model import Finding, Severity

FINDINGS = (
    Finding(rule="late-word", message="last", path="b.md", line=1),
    Finding(
        rule="long",
        message="100% sure:\r\na, b",
        path="a,b:c%.md",
        line=3,
        column=7,
        severity=Severity.WARNING,
        hint="shorten",
    ),
    Finding(rule="soft", message="maybe", path="a.md", line=10, severity=Severity.HINT),
    Finding(rule="hard", message="no", path="a.md", line=10, channel="x"),
    Finding(rule="early", message="first", path="a.md", line=9, column=40),
)


def test_findings_stand_in_the_order_of_the_files_and_the_heavier_first() -> None:
    assert [one.rule for one in in_order(FINDINGS)] == ["long", "early", "hard", "soft", "late-word"]


def test_a_line_says_where_what_and_what_to_type() -> None:
    assert as_lines(FINDINGS) == (
        "a,b:c%.md:3:7: warning: 100% sure: a, b (shorten) [long]",
        "a.md:9:40: error: first [early]",
        "a.md:10:1: error: x: no [hard]",
        "a.md:10:1: hint: maybe [soft]",
        "b.md:1:1: error: last [late-word]",
    )
    assert as_lines([Finding(rule="all", message="everywhere")]) == ("error: everywhere [all]",)


def test_a_strangers_words_cannot_steer_a_terminal() -> None:
    (line,) = as_lines([Finding(rule="r", message="a\x1b[2Jb\u202ec\nd", path="p\x1b.md", hint="\x9b0m")])
    assert line == "p .md:1:1: error: a [2Jb c d ( 0m) [r]"


def test_annotations_are_escaped_as_github_wants_them() -> None:
    lines = as_github(FINDINGS)
    assert lines[1] == "::error file=a.md,line=9,col=40,title=early::first"
    assert lines[3] == "::notice file=a.md,line=10,col=1,title=soft::maybe"
    assert lines[0] == "::warning file=a%2Cb%3Ac%25.md,line=3,col=7,title=long::100%25 sure: a, b (shorten)"
    assert as_github([Finding(rule="all", message="x")]) == ("::error title=all::x",)


def test_a_line_break_cannot_smuggle_in_a_second_command() -> None:
    (line,) = as_github([Finding(rule="r", message="a\n::set-env name=x::y", path="p\n::error::z")])
    assert line == "::error file=p%0A%3A%3Aerror%3A%3Az,line=1,col=1,title=r::a ::set-env name=x::y"


def test_only_an_error_stops_publication() -> None:
    assert has_errors(FINDINGS)
    assert not has_errors(FINDINGS[1:3])
