"""Findings about one file, as they are collected."""

from __future__ import annotations

from typing import TypeAlias

from publisher.findings import in_order
from publisher.words import Finding, Severity

Place: TypeAlias = tuple[int, int]
"""A line and a column, both from 1."""

MOST = 100


class Notes:
    """What is to be said about one file; `add` takes a place and words, `found` gives them in order."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._found: list[Finding] = []

    def add(
        self,
        rule: str,
        message: str,
        at: Place = (1, 1),
        *,
        severity: Severity = Severity.ERROR,
        hint: str = "",
        channel: str = "",
    ) -> None:
        """Note one more finding."""
        line, column = at
        self.extend(
            Finding(
                rule=rule,
                message=message,
                severity=severity,
                path=self.path,
                line=line,
                column=column,
                channel=channel,
                hint=hint,
            )
        )

    def extend(self, *findings: Finding) -> None:
        """Note findings that somebody else has worded."""
        self._found.extend(findings)

    def everything(self) -> tuple[Finding, ...]:
        """All that was noted, however much; for somebody who will add to it."""
        return in_order(self._found)

    def found(self) -> tuple[Finding, ...]:
        """Everything noted, from the top of the file down; of a long list the first, and how many more there are."""
        ordered = self.everything()
        if len(ordered) <= MOST:
            return ordered
        worst = tuple(finding for finding in ordered if finding.severity is Severity.ERROR)
        kept = (worst or ordered)[:MOST]
        last = kept[-1]
        more = Finding(
            rule="more-findings",
            message=f"{len(ordered) - len(kept)} more findings are not shown; mend these first",
            severity=Severity.ERROR if worst else Severity.WARNING,
            path=self.path,
            line=last.line,
            column=last.column,
        )
        return (*kept, more)


def quote(text: str, most: int = 60) -> str:
    """A few of the author's words, to recognise a passage by."""
    words = " ".join(text.split())
    return f"“{words}”" if len(words) <= most else f"“{words[:most].rstrip()}…”"
