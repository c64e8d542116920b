"""What is left of posts whose files are gone: every file is read once, however many posts are looked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from publisher.cli.gone import find_gone, is_told
from publisher.cli.workspace import Workspace
from publisher.ledger.in_memory import InMemoryLedger
from publisher.ledger.runner import Runner
from publisher.model import Attempt, part_key
from publisher.worktree import WorkTree

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
SETTINGS = 'name: Tidewater\ntimezone: Europe/Paris\nlanguage: en\nchannels: {x: {handle: "@tidewater"}}\n'


class CountedTree(WorkTree, frozen=True):
    """A project on disk that remembers what was read of it."""

    reads: Counter[str]

    def read(self, path: str, *limit: int) -> bytes:
        self.reads[path] += 1
        return WorkTree.read(self, path, *limit)


class Counting(Workspace):
    """A workspace that counts what is read of each post."""

    def __init__(self, start: Path, **more: Any) -> None:
        super().__init__(start, **more)
        self.reads = Counter[str]()
        self.tree = CountedTree(self.root, self.reads)

    @property
    def read_posts(self) -> dict[str, int]:
        return {path: count for path, count in self.reads.items() if path.endswith(".md")}


def project(root: Path, posts: Mapping[str, str]) -> Counting:
    (root / "content").mkdir()
    (root / "publisher.yml").write_text(SETTINGS, encoding="utf-8")
    for name, text in posts.items():
        (root / f"content/{name}.md").write_text(text, encoding="utf-8")
    return Counting(root, environ={})


def post(header: str = "title: a", body: str = "Words.") -> str:
    return f"---\n{header}\n---\n{body}\n"


def lost(workspace: Workspace, *names: str) -> list[str]:
    """What is told of posts that were begun on X and not ended."""
    ledger = InMemoryLedger(clock=lambda: NOW)
    attempts = [
        Attempt(key=part_key(name, "x", 1, 0), post=name, channel="x", position=0, digest="d", at=NOW) for name in names
    ]
    ledger.claim(attempts, Runner(host="away", pid=1))
    return [one.message.partition(" ")[0] for one in find_gone(workspace, ledger, names, lambda _: True)]


def test_every_file_is_read_once_for_all_posts_that_are_looked_for(tmp_path: Path) -> None:
    posts = {f"post-{number}": post(f"title: {number}") for number in range(5)}
    workspace = project(tmp_path, {**posts, "moved": post("id: old"), "says": post(body="About gone-1 and gone-2.")})
    assert lost(workspace, "gone-1", "gone-2", "old", "post-3") == ["gone-1", "gone-2"]
    assert set(workspace.read_posts.values()) == {1}


def test_no_file_is_read_once_every_post_was_found(tmp_path: Path) -> None:
    workspace = project(tmp_path, {"a": post(), "b": post(), "c": post()})
    assert lost(workspace, "a", "b") == []
    assert workspace.read_posts == {"content/a.md": 1, "content/b.md": 1}
    assert lost(workspace) == []
    assert sum(workspace.read_posts.values()) == 2


def test_a_turn_of_a_post_that_is_there_is_not_gone(tmp_path: Path) -> None:
    assert lost(project(tmp_path, {"classic": post()}), "classic~2", "other~3") == ["other~3"]


def test_any_post_may_be_in_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    workspace = project(tmp_path, {"a": post()})
    (tmp_path / "content/broken.md").symlink_to(tmp_path / "nowhere")
    assert lost(workspace, "gone", "other") == []


def test_a_file_whose_front_matter_is_broken_may_be_the_post_of_its_name_or_one_it_names(tmp_path: Path) -> None:
    workspace = project(tmp_path, {"a": "---\ntitle: [\nid: old\n---\n"})
    assert lost(workspace, "a", "old", "gone") == ["gone"]


def test_a_file_of_that_name_with_another_id_is_another_post(tmp_path: Path) -> None:
    workspace = project(tmp_path, {"a": post("id: b")})
    assert [is_told(workspace, name) for name in ("a", "b", "c")] == [False, True, False]
