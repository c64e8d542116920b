"""A fuzz target: posts of the corpus, damaged at random, held to the laws of tests/properties.

    python -m tests.fuzz.posts --seconds 60 [--seed 7] [--keep folder]

What makes the pipeline behave in a new way joins the corpus for the rest of the run. A post that breaks a law, or that
takes longer than anybody would wait, is made as small as it can be, printed, and kept if a folder is named.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.properties.drafts import LONG, WORDS
from tests.properties.laws import LAWS, Printed, print_post

CORPUS = Path(__file__).parent / "corpus"
PATIENCE = 5.0
"""Seconds of the processor that one post may take."""

_MARKS = (
    "\n", "\n\n", "---\n", "- ", "1. ", "> ", "# ", "```\n", "~~", "**", "_", "`", "[", "](", ")", "![", "<", ">", "|",
    "    ", "::: x\n", "::: bluesky\n", "::: linkedin\n", ":::\n", "[^n]", "[^n]: ", "<!--", "-->", "\\", "&amp;", "\t",
    "  \n", "\u2028", "\ufeff", "\u00a0", "\u200d", "\u0301", "\U0001f3fd", "\u202e", "'", '"', "«", "»", "“", "”", "!",
    "?", "…", "。", "，", "@", "#", "$", "://", ".", ":", ";",
)  # fmt: skip
_KEYS = (
    "thread: true", "link: none", "angle: quote", "language: fr", "text: ", "tags: []", "warning: ", "quote: ",
    "points: ", "keywords: ", "channels: ", "{", "}", "[", "]", ", ", "link: https://example.org/", "link: '@x'",
    "call: ", "hook: ",
)  # fmt: skip
DICTIONARY = (*_MARKS, *_MARKS, *_KEYS, *LONG, *(word for words in WORDS.values() for word in words.split(" ")))


def breaches(source: bytes) -> Iterator[str]:
    """Every law the post breaks, by name, and what it raises or costs."""
    start = time.process_time()
    try:
        printed = print_post(source)
        if time.process_time() - start > PATIENCE:
            yield "patience: one post takes too long"
        if printed.parsed.post is not None:
            yield from (f"{law.__name__}: {breach}" for law in LAWS for breach in law(printed))
        elif not printed.parsed.findings:
            yield "silence: neither a post nor a finding"
    except Exception as error:  # noqa: BLE001 - whatever is raised is what is looked for
        place = error.__traceback__
        while place and place.tb_next:
            place = place.tb_next
        where = f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else ""
        yield f"{type(error).__name__} at {where}: {error}"


def manner(printed: Printed) -> frozenset[tuple[object, ...]]:
    """How the pipeline behaved: what it found, changed and left out where, and in how many parts it spoke."""
    seen: set[tuple[object, ...]] = {("post", finding.rule) for finding in printed.parsed.findings}
    for proof in printed.proofs:
        name, rendition = proof.channel.name, proof.rendition
        seen |= {(name, "finding", finding.rule) for finding in proof.findings}
        if rendition:
            seen |= {(name, "change", change.rule) for change in (*rendition.changes, *rendition.omitted)}
            fullest = max((10 * part.length // part.limit for part in rendition.parts), default=0)
            seen |= {(name, "parts", min(len(rendition.parts), 8)), (name, "tenths", fullest)}
    return frozenset(seen)


# --- damage

_Damage = Callable[[bytes, Sequence[bytes], random.Random], bytes]


def damage(post: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    """The post with a few things done to it that people, editors and merges do."""
    for _ in range(dice.choice((1, 1, 2, 3, 5, 8))):
        post = dice.choice(_DAMAGES)(post, others, dice)
    return post[:200_000]


def _span(post: bytes, dice: random.Random) -> tuple[int, int]:
    start = dice.randint(0, len(post))
    return start, min(len(post), start + dice.choice((1, 2, 5, 20, 100, 1000)))


def _cut(post: bytes, _others: Sequence[bytes], dice: random.Random) -> bytes:
    start, end = _span(post, dice)
    return post[:start] + post[end:]


def _repeat(post: bytes, _others: Sequence[bytes], dice: random.Random) -> bytes:
    start, end = _span(post, dice)
    return post[:end] + post[start:end] * dice.choice((1, 1, 3, 20, 200)) + post[end:]


def _insert(post: bytes, _others: Sequence[bytes], dice: random.Random) -> bytes:
    gaps = [match.start() for match in re.finditer(rb"[\s.,:\"]", post)] or [0]
    at = dice.choice(gaps)
    return post[:at] + dice.choice(("", " ")).encode() + dice.choice(DICTIONARY).encode() + post[at:]


def _splice(post: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    lines, more = post.split(b"\n"), dice.choice(others).split(b"\n")
    at, start = dice.randint(0, len(lines)), dice.randint(0, len(more))
    return b"\n".join([*lines[:at], *more[start : start + dice.randint(1, 12)], *lines[at:]])


def _swap(post: bytes, _others: Sequence[bytes], dice: random.Random) -> bytes:
    lines = post.split(b"\n")
    one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _noise(post: bytes, _others: Sequence[bytes], dice: random.Random) -> bytes:
    at = dice.randint(0, len(post))
    return post[:at] + dice.choice((dice.randbytes(1), chr(dice.randint(1, 0xD7FF)).encode())) + post[at + 1 :]


_DAMAGES: tuple[_Damage, ...] = (_cut, _repeat, _insert, _insert, _insert, _splice, _splice, _swap, _noise)


# --- the hunt


@dataclass(slots=True)
class Hunt:
    """One run: what was tried, what behaved in a new way, and the smallest post for each kind of breach."""

    seed: int
    posts: list[bytes] = field(default_factory=list)
    manners: set[tuple[object, ...]] = field(default_factory=set)
    found: dict[str, bytes] = field(default_factory=dict)
    tried: int = 0

    def go_on(self, until: Callable[[], bool]) -> None:
        """Try one damaged post after the other until told to stop."""
        dice = random.Random(self.seed)
        while not until():
            self.attempt(damage(dice.choice(self.posts), self.posts, dice))

    def attempt(self, post: bytes) -> None:
        """Hold one post to the laws, and keep it if it behaves like none before."""
        self.tried += 1
        kinds = {_kind(breach) for breach in breaches(post)}
        for kind in sorted(kinds - self.found.keys()):
            self.found[kind] = shrink(post, _breaks(kind))
        if not kinds and (new := manner(print_post(post)) - self.manners):
            self.manners |= new
            self.posts.append(post)


def _kind(breach: str) -> str:
    """The law and the channel, or the error and its place: one of each is enough."""
    law, _, told = breach.partition(": ")
    return law if " at " in law else f"{law} {told.split(' ')[0].rstrip(':')}"


def _breaks(kind: str) -> Callable[[bytes], bool]:
    return lambda post: any(_kind(breach) == kind for breach in breaches(post))


def shrink(post: bytes, fails: Callable[[bytes], bool], seconds: float = 20) -> bytes:
    """The post with everything taken away that it fails without, as far as there is time."""
    end = time.monotonic() + seconds
    for joint in (b"\n\n", b"\n", b" ", b""):
        pieces = post.split(joint) if joint else re.findall(rb"(?s).", post)
        size = max(len(pieces) // 2, 1)
        while size and time.monotonic() < end:
            start = 0
            while start < len(pieces) and time.monotonic() < end:
                fewer = [*pieces[:start], *pieces[start + size :]]
                pieces, start = (fewer, start) if fails(joint.join(fewer)) else (pieces, start + size)
            size //= 2
        post = joint.join(pieces)
    return post


def corpus() -> list[bytes]:
    """The posts to begin with."""
    return [path.read_bytes() for path in sorted(CORPUS.glob("*.md"))]


def main(arguments: Sequence[str] | None = None) -> int:
    """Hunt for as long as asked; 1 when a law was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.posts", description="Hold damaged posts to the laws.")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**6)
    parser.add_argument("--keep", type=Path, help="a folder for the posts that break a law")
    asked = parser.parse_args(arguments)
    hunt, end = Hunt(asked.seed), time.monotonic() + asked.seconds
    for post in corpus():
        hunt.attempt(post)
        hunt.posts.append(post)
    hunt.go_on(lambda: time.monotonic() > end)
    told = f"{hunt.tried} posts, {len(hunt.manners)} manners, {len(hunt.found)} kinds of breach (--seed {asked.seed})"
    sys.stdout.write(told + "\n")
    for kind, post in hunt.found.items():
        sys.stdout.write(f"\n{kind}\n  {post!r}\n")
        if asked.keep:
            asked.keep.mkdir(parents=True, exist_ok=True)
            (asked.keep / f"{hashlib.sha256(post).hexdigest()[:12]}.md").write_bytes(post)
    return 1 if hunt.found else 0


if __name__ == "__main__":
    sys.exit(main())
