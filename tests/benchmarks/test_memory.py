"""Checking many posts takes no more memory than checking some: nothing is kept of a post but its name.

Each number of posts is checked by a process of its own, whose peak of resident memory is compared.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.benchmark
FEW, MANY, BOUND = 200, 2_000, 1.2
SETTINGS = """
timezone: Europe/Paris
channels: {x: {handle: "@a"}, mastodon: {settings: {instance: "https://mastodon.example"}}, bluesky: {}}
"""
POST = """---
title: Post number {n}
channels: {{x: {{text: "Post {n} is out!"}}}}
---
Of the {n} pages we read in May, most had no answer, and nobody had planned for one in week {n}.

A maker of {n} chairs asked us why. We read {n} comments with them, one by one, for a whole afternoon.

- Read {n} comments before you plan.
- Answer {n} of them, one a day.

What would you do with {n} comments?
"""
PEAK = """
import resource, sys
from publisher.cli.check import command

command.main(["-C", sys.argv[1]], standalone_mode=False)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak(folder: Path, count: int) -> int:
    """The most memory that checking so many posts took, in the system's units."""
    posts = folder / str(count) / "content"
    posts.mkdir(parents=True)
    (posts.parent / "publisher.yml").write_text(SETTINGS, encoding="utf-8")
    for number in range(count):
        (posts / f"post-{number}.md").write_text(POST.format(n=number + 10), encoding="utf-8")
    words = [sys.executable, "-c", PEAK, str(posts.parent)]
    *_, said, told = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    assert said == f"{count} hints", "each post has an exclamation mark that X does not want"
    return int(told)


@pytest.mark.skipif("COV_CORE_SOURCE" in os.environ, reason="coverage remembers every line")
@pytest.mark.skipif(sys.platform == "win32", reason="the peak is read from getrusage")
def test_checking_ten_times_the_posts_takes_no_more_memory(tmp_path: Path) -> None:
    few, many = peak(tmp_path, FEW), peak(tmp_path, MANY)
    print(f"\n{MANY} posts: {many / few:.2f} times the memory of {FEW}")
    assert many / few <= BOUND
