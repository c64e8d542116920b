"""From nothing to a first publication: `init`, `new`, and every command from there."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from publisher.content.header import Header, Picture, Speech
from publisher.content.settings import CardKeys, ChannelKeys, Keys, VoiceKeys
from tests.integration.conftest import NOW, Team
from tests.integration.console import Console, states

SIX = {"x", "linkedin", "facebook", "instagram", "mastodon", "bluesky"}


@pytest.fixture
def console(tmp_path: Path, team: Team) -> Console:
    """A terminal in a folder that is not there yet."""
    env = {**team.env, "PUBLISHER_SANDBOX": None, "PUBLISHER_NOW": None, "GIT_CEILING_DIRECTORIES": str(tmp_path)}
    return Console(tmp_path / "new-team", env)


def git(console: Console, *words: str) -> str:
    env = {name: value for name, value in console.env.items() if value is not None}
    return subprocess.run(
        ["git", *words], cwd=console.root, env=env, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_a_newcomer_publishes_to_the_sandbox_at_once(console: Console) -> None:
    made = console("init", str(console.root))
    assert made.code == 0
    assert f"cd {console.root} && publisher run" in made.out
    assert "and a git repository" in made.out
    assert git(console, "status", "--porcelain") == ""
    assert console.inside("check").all == "Everything is fine.\n"

    plan = console.inside("plan", "--json", "--now", NOW).json
    assert {row["state"] for row in plan} == {"due", "held"}
    would = console.inside("run", "--dry-run", "--now", NOW)
    assert would.out.count("would publish ") == 6
    assert console.inside("sandbox posts", "--json").json == []

    ran = console.inside("run", "--json", "--now", NOW)
    assert ran.code == 0
    assert states(ran.json)["x"] in {"published", "held"}
    assert {row["network"] for row in ran.json if row["state"] == "published"} == SIX
    assert {post["network"] for post in console.inside("sandbox posts", "--json").json} == SIX
    assert "Nothing is due" in console.inside("run", "--now", NOW).out
    status = console.inside("status", "--json", "--now", NOW).json
    assert {row["channel"] for row in status if row["state"] == "published"} == SIX
    assert git(console, "status", "--porcelain") == ""


def test_init_needs_no_name_of_an_author(console: Console) -> None:
    """A fresh machine has no user.name; the first commit is made all the same, and nothing is configured."""
    env = {name: None for name in console.env if name.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))}
    assert console("init", str(console.root), env=env).code == 0
    assert git(console, "log", "--format=%an <%ae>") == "Publisher <publisher@localhost>"
    assert git(console, "config", "--list", "--local").count("user.") == 0


def test_init_leaves_what_is_there_alone_and_commits_only_its_own(console: Console) -> None:
    console.root.mkdir()
    (console.root / "README.md").write_text("mine")
    (console.root / ".env").write_text("X_ACCESS_TOKEN=secret")
    (console.root / "notes").mkdir()
    (console.root / "notes" / "list.txt").write_text("mine too")
    assert console("init", str(console.root)).code == 0
    assert (console.root / "README.md").read_text() == "mine"
    committed = git(console, "ls-tree", "-r", "--name-only", "HEAD").split()
    assert "publisher.yml" in committed
    assert not {".env", "README.md", "notes/list.txt"} & set(committed)


def test_init_in_a_repository_writes_files_and_commits_nothing(team: Team) -> None:
    console = Console(team.root, team.env)
    (team.root / "publisher.yml").unlink()
    before = team.git("rev-parse", "HEAD")
    made = console("init", str(team.root))
    assert made.code == 0
    assert "git repository" not in made.out
    assert team.git("rev-parse", "HEAD") == before
    assert console.inside("check").code == 0
    assert console.inside("run", "--now", NOW).code == 0


def test_init_twice_says_that_it_was_done(console: Console) -> None:
    assert console("init", str(console.root)).code == 0
    again = console("init", str(console.root))
    assert (again.code, again.out) == (1, "")
    assert "holds a content repository already" in again.err


def test_init_mends_a_repository_that_lost_a_file(console: Console) -> None:
    console("init", str(console.root))
    (console.root / "schedules" / "week.yml").unlink()
    made = console("init", str(console.root))
    assert made.code == 0
    assert "schedules/week.yml" in made.out
    assert "Made 1 file" in made.out


def test_init_where_a_file_is_in_the_way_says_so(console: Console) -> None:
    console.root.write_text("a file")
    assert console("init", str(console.root)).code == 2
    console.root.unlink()
    console.root.mkdir()
    (console.root / "content").write_text("a file")
    said = console("init", str(console.root))
    assert said.code == 1
    assert "cannot be written" in said.err


def test_init_without_git_makes_the_files(console: Console, tmp_path: Path) -> None:
    made = console("init", str(console.root), env={"PATH": str(tmp_path)})
    assert made.code == 0
    assert (console.root / "publisher.yml").is_file()
    assert "git repository" not in made.out


# --- new


@pytest.mark.parametrize(
    ("title", "file"),
    [
        ("Agile beats viral", "agile-beats-viral"),
        ('Say "no": 100% #1 — & more…', "say-no-100-1-more"),
        ("Où est l’été ? Déjà fini !", "ou-est-lete-deja-fini"),
        ("日本語のタイトル", "日本語のタイトル"),
        ("🎉🎉🎉", "post"),
        ("../../etc/passwd", "etc-passwd"),
        ("[x] {a: b} | > 'quoted' \\n \\", "x-a-b-quoted-n"),
        ("null", "null"),
        ("2026-12-01", "2026-12-01"),
        ("CON", "con"),
        ("word " * 60, ""),
        ("– – –", "post"),
        ("Pourquoi\u202f?", "pourquoi"),
        ("émoji 👩‍👩‍👧‍👦 🇫🇷", "emoji"),
    ],
)
@pytest.mark.parametrize("language", ["en", "fr", "pt-BR"])
def test_a_new_post_is_sound_whatever_its_title(team: Team, title: str, file: str, language: str) -> None:
    console = Console(team.root, team.env)
    made = console.inside("new", title, "--language", language, "--now", NOW)
    assert made.code == 0
    path = made.out.splitlines()[0].removeprefix("Made ")
    assert path.startswith("content/2026/")
    assert len(Path(path).name) <= 63
    assert Path(path).stem == file or not file
    assert (team.root / path).resolve().is_relative_to(team.root / "content" / "2026")
    said = console.inside("check", str(team.root / path))
    assert said.code == 0, said.out
    assert {row["state"] for row in console.inside("status", path, "--json").json} == {"held"}
    assert f"title: {json.dumps(title, ensure_ascii=False)}" in (team.root / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("title", ["", "   ", "two\nlines", "bell\a", "half \udcff"])
def test_what_is_no_title_is_refused(team: Team, title: str) -> None:
    said = Console(team.root, team.env).inside("new", title)
    assert said.code == 2
    assert "is not a title" in said.err


def test_a_new_post_never_replaces_one(team: Team) -> None:
    console = Console(team.root, team.env)
    console.inside("new", "Twice", "--now", NOW)
    (team.root / "content/2026/twice.md").write_text("mine")
    again = console.inside("new", "Twice", "--now", NOW)
    assert again.code == 1
    assert "exists already" in again.err
    assert (team.root / "content/2026/twice.md").read_text() == "mine"


def test_a_new_post_asks_for_an_objective_of_the_team(team: Team) -> None:
    said = Console(team.root, team.env).inside("new", "Title", "--objective", "fame")
    assert said.code == 1
    assert "choose one of: community, awareness" in said.err


def test_a_new_post_in_another_language_speaks_it(team: Team) -> None:
    Console(team.root, team.env).inside("new", "Bonjour", "-l", "fr", "--now", NOW)
    text = (team.root / "content/2026/bonjour.md").read_text(encoding="utf-8")
    assert "Que demanderiez-vous" in text


@pytest.mark.parametrize("keys", [Header, Speech, Picture, Keys, ChannelKeys, VoiceKeys, CardKeys])
def test_every_key_that_may_be_written_is_explained_to_its_writers(keys: type[msgspec.Struct]) -> None:
    readme = (files("publisher.cli") / "templates" / "README.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`\n]+`", readme))))
    assert set(keys.__struct_fields__) - explained == set()


def test_init_inside_another_project_says_where_instead(console: Console) -> None:
    """Its runs would be refused: a repository's branch is the ledger of one project."""
    assert console("init", str(console.root)).code == 0
    inner = console.root / "our-posts"
    said = console("init", str(inner))
    assert (said.code, said.out) == (1, "")
    assert f"{inner} is inside the project {console.root}" in said.err
    assert "publisher init" in said.err
    assert not inner.exists()


def test_init_inside_another_project_takes_a_repository_of_its_own(console: Console) -> None:
    assert console("init", str(console.root)).code == 0
    inner = console.root / "our-posts"
    git(console, "init", "-q", str(inner))
    assert console("init", str(inner)).code == 0
    assert Console(inner, console.env).inside("run", "--now", NOW).code == 0
