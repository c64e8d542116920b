"""Composing and rendering a post for all its channels, against parsing the same file with markdown-it-py alone.

Both are measured in turn, in processor time, on posts nobody has seen before: in every round each post's words are
spelt with other letters, so that nothing remembered of an earlier round helps. Medians are compared.
"""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from publisher.content.posts import parse_post
from publisher.craft.compose import compose
from publisher.craft.voices import lay
from publisher.model import Post, Rendition
from publisher.project import Project, parse_project
from publisher.registry import adapter
from publisher.worktree import WorkTree

pytestmark = pytest.mark.benchmark
BOUND = 3.0
TREE = WorkTree(Path(__file__).parents[2])
LETTERS = "sbcdfghjklmn"


def sources(letter: str) -> Iterator[tuple[str, str]]:
    """Every example post with its path, its body's `s` spelt with another letter."""
    for path in TREE.posts("content"):
        head, front, body = TREE.read(path).decode().split("---\n", 2)
        yield path, f"{head}---\n{front}---\n{body.replace('s', letter)}"


def processor_time(work: Callable[..., object], *given: object) -> int:
    began = time.process_time_ns()
    work(*given)
    return time.process_time_ns() - began


def render_all(post: Post, project: Project) -> list[Rendition]:
    channels = [one for one in project.channels.values() if post.speaks_to(one.name, one.network)]
    voices = [(channel, lay(adapter(channel.network).voice, channel.voice)) for channel in channels]
    variants = compose(post, voices, people=project.people)
    return [adapter(channel.network).render(variants[channel.name]) for channel in channels]


@pytest.mark.skipif("COV_CORE_SOURCE" in os.environ, reason="coverage slows one side only")
def test_composing_and_rendering_costs_at_most_three_times_parsing() -> None:
    from markdown_it import MarkdownIt

    project, _ = parse_project(TREE.project_source(), networks=())
    assert project
    parser = MarkdownIt()
    ours: dict[str, list[int]] = {}
    floor: dict[str, list[int]] = {}
    for place, letter in enumerate(LETTERS):
        gc.collect()
        for path, source in sources(letter):
            post = parse_post(path, source.encode(), files=TREE, settings=project.settings()).post
            assert post
            times = floor.setdefault(path, []), ours.setdefault(path, [])
            spent = processor_time(parser.parse, source), processor_time(render_all, post, project)
            if place:  # the first round compiles patterns and reads the language packs
                for told, one in zip(times, spent, strict=True):
                    told.append(one)
    ratios = [statistics.median(ours[path]) / statistics.median(floor[path]) for path in ours]
    found = statistics.median(ratios)
    print(f"\ncompose and render: {found:.2f} times markdown-it-py ({min(ratios):.2f} to {max(ratios):.2f})")
    assert found <= BOUND
