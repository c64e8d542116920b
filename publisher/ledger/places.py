"""Where the ledger in git keeps what, and what the days hold: what went live, for gaps and daily maxima. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime

from publisher.ledger.claims import Publication, publications
from publisher.ledger.events import Event, parse_instant

UNFINISHED = "begun"


def story_path(post: str) -> str:
    """Where a post's story is kept: its id, spelled in letters that are safe in any file name."""
    import hashlib

    digits = hashlib.sha256(post.encode()).hexdigest()
    return f"events/{'/'.join(digits[:3])}/{_spelled(post)}.jsonl"


def begun_path(post: str) -> str:
    """Where it is kept that a post is unfinished."""
    return f"{UNFINISHED}/{_spelled(post)}.txt"


def _spelled(post: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]|^\.", lambda sign: "".join(f"%{byte:02X}" for byte in sign[0].encode()), post)


def read_begun(name: str) -> str:
    """The id of the post that a file of that name is about."""
    from urllib.parse import unquote

    return unquote(name.removesuffix(".txt"))


def day_path(day: datetime | date) -> str:
    """Where that day is kept."""
    return f"days/{day:%Y/%m-%d}.jsonl"


def lines_of(events: Mapping[str, Sequence[Event]]) -> dict[str, bytes]:
    """The lines that days gain by these events, by path."""
    lines: dict[str, bytes] = {}
    for post, new in events.items():
        for one in publications(post, new):
            path = day_path(one.at.astimezone(UTC))
            lines[path] = lines.get(path, b"") + _line(one)
    return lines


def _line(one: Publication) -> bytes:
    import json

    return json.dumps([one.at.astimezone(UTC).isoformat(), one.channel, one.post]).encode() + b"\n"


def parse_day(lines: bytes) -> Iterable[Publication]:
    """What went live on a day, as far as its lines can be read."""
    import json

    for line in filter(None, lines.split(b"\n")):
        with suppress(ValueError, TypeError, OverflowError, RecursionError):
            at, channel, post = json.loads(line)
            if isinstance(channel, str) and isinstance(post, str):
                yield Publication(post=post, channel=channel, at=parse_instant(at))
