"""The calendar as rows, in the columns content teams keep."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from publisher.studio.calendar.entries import Calendar, Entry

COLUMNS = (
    "date",
    "time",
    "channel",
    "network",
    "objective",
    "campaign",
    "title",
    "text",
    "visual",
    "alt",
    "call to action",
    "keywords",
    "link",
    "status",
    "url",
)

_FORMULAS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def tabulate(entry: Entry) -> Mapping[str, str]:
    """The entry's cells by column, as plain words."""
    item, post = entry.item, entry.post
    return {
        "date": f"{entry.at:%Y-%m-%d}" if entry.at else "",
        "time": f"{entry.at:%H:%M}" if entry.at else "",
        "channel": item.channel,
        "network": item.network,
        "objective": entry.objective,
        "campaign": entry.campaign,
        "title": entry.title,
        "text": entry.text,
        "visual": "\n".join(entry.pictures),
        "alt": "\n".join(one.alt for one in post.media) if post else "",
        "call to action": post.material.call if post else "",
        "keywords": ", ".join(post.keywords) if post else "",
        "link": entry.link,
        "status": f"{entry.word}: {item.reason}" if item.reason else entry.word,
        "url": entry.url,
    }


def write_csv(calendar: Calendar) -> bytes:
    """The rows as CSV in UTF-8, with the mark by which Excel knows it, and no cell that a program would compute."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines)
    writer.writerow(COLUMNS)
    for entry in calendar.all:
        cells = tabulate(entry)
        writer.writerow([defuse(cells[column]) for column in COLUMNS])
    return lines.getvalue().encode("utf-8-sig", errors="replace")


def defuse(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would take it for a formula.

    The signs are those of https://owasp.org/www-community/attacks/CSV_Injection, behind blanks too.
    """
    return f"'{cell}" if cell.startswith(("\t", "\r")) or cell.lstrip().startswith(_FORMULAS) else cell
