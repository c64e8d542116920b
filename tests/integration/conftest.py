"""A team with a real repository, a bare remote and the real command line in processes of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NOW = "2026-11-23T12:00:00+01:00"
PUBLISHER = (sys.executable, "-m", "publisher")

SETTINGS = """\
name: Tidewater
timezone: Europe/Paris
language: en
objectives: [community, awareness]
media_base: https://files.example.org/
channels:
  x: {handle: "@tidewater"}
  linkedin: {handle: Tidewater, settings: {author: "urn:li:organization:1234"}}
  facebook: {handle: Tidewater, settings: {page: "1000"}}
  instagram: {handle: "@tidewater", settings: {user: "17841400000000000"}}
  mastodon: {handle: "@tidewater@mastodon.example", settings: {instance: "https://mastodon.example"}}
  bluesky: {handle: "@tidewater.example", settings: {service: "https://bsky.social"}}
"""

POST = """\
---
title: {title}
objective: awareness
publish: {publish}
link: https://example.org/{slug}
keywords: [social media, listening]
media:
  - {{file: loop.jpg, alt: "A loop of three steps: listen, discuss, adapt"}}
---
{title}: sixty million company pages, and nobody is listening to {slug}.

In spring we posted about {slug} twice a day and heard nothing back. In summer we wrote half as often and answered.

- Listen to {slug} before you speak.
- Answer in the first hour, even with a question.
- Keep a tempo you can hold for a year.

> Being on a network is not a strategy for {slug}.
> — our community lead

We answered 84% of the comments on {slug} within an hour in October.

What did your last post about {slug} bring you?
"""


@dataclass
class Team:
    """A content repository and what its people type."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)

    def write(self, slug: str, publish: str = "2026-11-23 09:30", *, title: str = "", muted: Sequence[str] = ()) -> str:
        path = f"content/2026/{slug}.md"
        text = POST.format(title=title or slug.replace("-", " ").capitalize(), slug=slug, publish=publish)
        if muted:
            text = text.replace("media:", "channels: {" + ", ".join(f"{one}: false" for one in muted) + "}\nmedia:")
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")
        return path

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "-q", "-m", "Write")

    def git(self, *words: str) -> str:
        done = subprocess.run(["git", *words], cwd=self.root, env=self.env, capture_output=True, text=True, check=True)
        return done.stdout

    def start(self, *words: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*PUBLISHER, *words],
            cwd=self.root,
            env={**self.env, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def publisher(self, *words: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        process = self.start(*words, env=env)
        out, err = process.communicate(timeout=100)
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def json(self, *words: str, code: int | None = 0, env: Mapping[str, str] | None = None) -> Any:
        done = self.publisher(*words, "--json", env=env)
        assert code is None or done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert done.stdout, f"exit {done.returncode}: {done.stderr}"
        return json.loads(done.stdout)

    def run(
        self, *words: str, code: int | None = 0, env: Mapping[str, str] | None = None
    ) -> dict[tuple[str, str], Any]:
        rows = self.json("run", "--now", NOW, *words, code=code, env=env)
        return {(row["post"], row["channel"]): row for row in rows}

    def held(self, env: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        return list(self.json("sandbox", "posts", env=env))

    def clone(self, to: Path) -> Team:
        subprocess.run(
            ["git", "clone", "-q", self.git("remote", "get-url", "origin").strip(), to], env=self.env, check=True
        )
        return Team(to, self.env)


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """A team in a repository with a bare remote; its settings and one picture are committed and pushed."""
    return found(tmp_path)


def found(folder: Path) -> Team:
    """A new team in that folder."""
    home = folder / "home"
    home.mkdir(parents=True)
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "PUBLISHER_DEBUG": "", "NO_COLOR": "1"}
    env |= {f"GIT_{who}_{what}": "test" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    root, remote = folder / "team", folder / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", remote], env=env, check=True)
    subprocess.run(["git", "init", "-q", "-b", "main", root], env=env, check=True)
    team = Team(root, env)
    (root / "publisher.yml").write_text(SETTINGS, encoding="utf-8")
    (root / "content" / "2026").mkdir(parents=True)
    shutil.copy(Path(__file__).with_name("loop.jpg"), root / "content" / "2026" / "loop.jpg")
    team.git("remote", "add", "origin", str(remote))
    team.commit()
    team.git("push", "-q", "-u", "origin", "main")
    return team


@pytest.fixture
def served(tmp_path: Path, team: Team) -> Iterator[str]:
    """The address of a sandbox in another process."""
    process = team.start("sandbox", "serve", "--port", "0", "--state", str(tmp_path / "served.db"))
    assert process.stdout is not None
    line = process.stdout.readline()
    assert "http://" in line, line
    yield line.split()[4]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)


def lose_on_x(team: Team, *, skip: int = 0) -> None:
    """Has the answer of X lost, after so many that arrive, and lets nobody look there for what became of it."""
    team.publisher("sandbox", "fault", "x", "lost", "--skip", str(skip))
    team.publisher("sandbox", "fault", "x", "limited", "--on", "/2/users", "--times", "99")


def doubt_on_x(team: Team) -> None:
    """A post whose answer was lost on X, its only channel, while X does not let anybody look."""
    team.write("listening", muted=["linkedin", "facebook", "instagram", "mastodon", "bluesky"])
    team.commit()
    lose_on_x(team)
    row = team.run(code=4)["listening", "x"]
    assert (row["state"], row["receipts"]) == ("doubt", [])
