"""Composing and rendering a post for all its channels, against parsing its Markdown body with markdown-it-py alone.

Both are measured in turn, in processor time, on posts nobody has seen before: in every round each post has other
words, another title, link and keywords, so that nothing remembered of an earlier round helps. Medians are compared,
post by post and over all posts.
"""

from __future__ import annotations

import gc
import os
import re
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from publisher.content.posts import parse_post
from publisher.craft.compose import compose
from publisher.model import Post, Rendition
from publisher.project import Project, parse_project
from publisher.proofs import find_voices
from publisher.registry import adapter
from publisher.worktree import WorkTree

pytestmark = pytest.mark.benchmark
BOUND = 3.0
TREE = WorkTree(Path(__file__).parents[2])
ROUNDS = [consonant + vowel for consonant in "bdfgklmprt" for vowel in "aeo"]
# Long words only: the short ones decide what a language does with a sentence, and addresses must lead to their files.
WORD = re.compile(r"\]\([^)]*\)|https?://\S+|^:::.*$|@[\w.-]+|[^\W\d_]{6,}", re.MULTILINE)


def spell(text: str, letters: str) -> str:
    """The text with two letters of every long word replaced."""
    return WORD.sub(lambda word: f"{word[0][:2]}{letters}{word[0][4:]}" if word[0].isalpha() else word[0], text)


def examples(project: Project, letters: str) -> Iterator[tuple[str, str, Post]]:
    """Every example post with its path and its body, in words of its own."""
    for path in TREE.posts("content"):
        head, front, written = TREE.read(path).decode().split("---\n", 2)
        body = spell(written, letters)
        source = f"{head}---\n{front}---\n{body}".encode()
        post = parse_post(path, source, files=TREE, settings=project.settings()).post
        assert post
        own = {
            name: one.text and structs.replace(one, text=spell(one.text, letters))
            for name, one in post.overrides.items()
        }
        yield (
            path,
            body,
            structs.replace(
                post,
                title=spell(post.title, letters),
                link=post.link and f"{post.link}-{letters}",
                keywords=tuple(spell(keyword, letters) for keyword in post.keywords),
                media=tuple(replace(media, alt=spell(media.alt, letters)) for media in post.media),
                overrides={name: own[name] or override for name, override in post.overrides.items()},
            ),
        )


def processor_time(work: Callable[..., object], *given: object) -> int:
    began = time.process_time_ns()
    work(*given)
    return time.process_time_ns() - began


def render_all(post: Post, project: Project) -> list[Rendition]:
    voices = find_voices(post, project, adapter)
    variants = compose(post, voices, people=project.people)
    return [adapter(channel.network).render(variants[channel.name]) for channel, _ in voices]


@pytest.mark.skipif("COV_CORE_SOURCE" in os.environ, reason="coverage slows one side only")
def test_composing_and_rendering_costs_at_most_three_times_parsing() -> None:
    from markdown_it import MarkdownIt

    project, _ = parse_project(TREE.project_source(), networks=())
    assert project
    parser = MarkdownIt()
    ours: dict[str, list[int]] = {}
    floor: dict[str, list[int]] = {}
    for place, letters in enumerate(ROUNDS):
        posts = list(examples(project, letters))
        gc.collect()
        for path, body, post in posts:
            spent = processor_time(parser.parse, body), processor_time(render_all, post, project)
            if place:  # the first round compiles patterns and reads the language packs
                floor.setdefault(path, []).append(spent[0])
                ours.setdefault(path, []).append(spent[1])
    medians = {path: (statistics.median(ours[path]), statistics.median(floor[path])) for path in ours}
    ratios = [mine / parsing for mine, parsing in medians.values()]
    found = statistics.median(ratios)
    whole = sum(mine for mine, _ in medians.values()) / sum(parsing for _, parsing in medians.values())
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}, together {whole:.2f}"
    print(f"\ncompose and render: {found:.2f} times markdown-it-py ({spread})")
    assert found <= BOUND
    assert whole <= BOUND
