"""Findings as people and machines read them: one order, plain lines, annotations on GitHub."""

from __future__ import annotations

import re
from collections.abc import Iterable

from publisher.words import Finding, Severity

_WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.HINT: 2}
_COMMAND = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "notice"}
_UNSEEN = r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+"


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings from the top of each file to its end, the heavier first where two stand at one place."""
    return tuple(sorted(findings, key=_place))


def _place(finding: Finding) -> tuple[str, int, int, int, str, str, str]:
    weight = _WEIGHT[finding.severity]
    return finding.path, finding.line, finding.column, weight, finding.rule, finding.channel, finding.message


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any of them stops publication."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def as_lines(findings: Iterable[Finding]) -> tuple[str, ...]:
    """One line for each finding: `path:line:column: error: message (hint) [rule]`."""
    return tuple(f"{_where(finding)}{_said(finding)} [{finding.rule}]" for finding in in_order(findings))


def _where(finding: Finding) -> str:
    place = f"{_seen(finding.path)}:{finding.line}:{finding.column}: " if finding.path else ""
    return f"{place}{finding.severity.value}: "


def _said(finding: Finding) -> str:
    speaker = f"{finding.channel}: " if finding.channel else ""
    advice = f" ({finding.hint})" if finding.hint else ""
    return _seen(f"{speaker}{finding.message}{advice}")


def _seen(text: str) -> str:
    """Words from a stranger's file cannot move a terminal's cursor or turn its text around."""
    return re.sub(_UNSEEN, " ", text)


def as_github(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Workflow commands that GitHub shows beside the lines of a pull request.

    Escaping follows https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
    """
    return tuple(map(_annotation, in_order(findings)))


def _annotation(finding: Finding) -> str:
    place = {"file": finding.path, "line": finding.line, "col": finding.column} if finding.path else {}
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in {**place, "title": finding.rule}.items())
    return f"::{_COMMAND[finding.severity]} {properties}::{_escape(_said(finding))}"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
