"""Whatever lies in the folder: a finding or a sentence, an exit code, and never a traceback."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.cli.workspace import LARGE
from tests.integration.conftest import NOW, SETTINGS, Team
from tests.integration.console import Console

COMMANDS = ["check", "plan", "status", "run", "doctor", "new Title", "preview content", "push content/2026/a.md"]
NINE = {one: ", ".join([f"*{one}"] * 9) for one in "abcdefg"}
BOMB = "".join(f"{one}: &{one} [{NINE[before]}]\n" for before, one in zip("abcdefg", "bcdefgh", strict=True))
NO_FILE: dict[str, Callable[[Path], None]] = {
    "out": lambda path: path.symlink_to("/etc/passwd"),
    "dangling": lambda path: path.symlink_to("nowhere.md"),
    "looping": lambda path: path.symlink_to(path.name),
    "pipe": os.mkfifo,
    "device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "team"
    root.mkdir()
    return root


@pytest.fixture
def console(folder: Path, tmp_path: Path) -> Console:
    """A terminal in a folder that is no repository yet."""
    return Console(folder, {"NO_COLOR": "1", "PUBLISHER_SANDBOX": None, "GIT_CEILING_DIRECTORIES": str(tmp_path)})


def write(folder: Path, source: str | bytes, path: str = "publisher.yml") -> Path:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(source.encode() if isinstance(source, str) else source)
    return file


# --- settings


@pytest.mark.parametrize(
    "command", [*COMMANDS, "sandbox posts", "sandbox fault", "sandbox serve --port 0", "sandbox forget --yes"]
)
def test_without_publisher_yml_every_command_says_where_to_begin(console: Console, folder: Path, command: str) -> None:
    said = console.inside(command)
    assert (said.code, said.out) == (1, "")
    assert "there is no publisher.yml" in said.err
    assert "→ publisher init" in said.err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("source", "place", "rule"),
    [
        (": [", "1:1", "bad-yaml"),
        ("[]", "1:1", "not-a-mapping"),
        ("just words", "1:1", "not-a-mapping"),
        ("name: [unclosed\n", "", "bad-yaml"),
        ("name: a\nname: b\n", "2:1", "duplicate-key"),
        ("name: x\ntimezone: Mars/Olympus\n", "2:11", "unknown-timezone"),
        ("name: x\nchanels: {}\n", "2:1", "unknown-key"),
        ("name: x\nchannels: [x]\n", "2:11", ""),
        ("name: x\nchannels: {tiktak: {}}\n", "2:", "unknown-network"),
        ("name: x\nnever_copied: maybe\n", "2:15", ""),
        ("name: x\nlate: soon\n", "2:7", ""),
        (b"name: \xff\xfe\n", "1:7", "not-utf8"),
        ("name: x\0y\n", "1:8", "bad-character"),
        ("a: &a [x, x]\n" + BOMB, "1:4", "yaml-alias"),
        ("name: " + "[" * 5000, "1:", "too-deep"),
        ("name: " + "x" * 5_000_000, "1:1", "too-big"),
        ("name: !!python/object/apply:os.system ['true']\n", "1:7", ""),
    ],
)
def test_settings_that_cannot_be_used_are_a_finding_with_a_place(
    console: Console, folder: Path, source: str | bytes, place: str, rule: str
) -> None:
    write(folder, source)
    said = console.inside("check")
    assert said.code == 1
    errors = [line for line in said.out.splitlines() if ": error: " in line]
    assert any(line.startswith(f"publisher.yml:{place}") and rule in line.rpartition(" ")[2] for line in errors), errors
    assert max(map(len, errors)) < 400
    for command in ("run", "plan", "status", "new Title"):
        told = console.inside(command)
        assert told.code == 1 or rule == "unknown-network"


@pytest.mark.parametrize("command", COMMANDS)
def test_settings_that_are_a_folder_are_no_settings(console: Console, folder: Path, command: str) -> None:
    (folder / "publisher.yml").mkdir()
    assert "there is no publisher.yml" in console.inside(command).err


def test_empty_settings_are_told_what_they_lack(console: Console, folder: Path) -> None:
    write(folder, "")
    said = console.inside("check")
    assert said.code == 0
    assert "no-channel" in said.out
    assert "no-timezone" in said.out


@pytest.mark.parametrize("source", ["slots: [", "[]", "slots: {morning: {days: [someday], at: '25:00'}}", "\xff"])
def test_a_broken_schedule_stops_plan_and_run_with_its_place(console: Console, folder: Path, source: str) -> None:
    write(folder, SETTINGS)
    write(folder, source.encode("latin-1"), "schedules/week.yml")
    for command in ("check", "plan", "run", "status"):
        said = console.inside(command)
        assert said.code == 1
        assert re.search(r"schedules/week\.yml:\d+:\d+: error: ", said.all)


# --- posts

FRONT = "---\ntitle: Odd\npublish: 2026-11-23 09:30\n---\n"

SHOWN = "---\ntitle: Odd\nmedia: [{{file: {}, alt: a}}]\npublish: 2026-11-23 09:30\n---\nhello\n"

ODD: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "empty-file"),
    "blank": ("\n\n \n", "empty-file"),
    "plain": ("Only words, no front matter.\n", "no-front-matter"),
    "unclosed": ("---\ntitle: x\n", ""),
    "latin": (FRONT.encode() + "déjà vu\n".encode("latin-1"), "not-utf8"),
    "utf16": (FRONT.encode("utf-16"), ""),
    "binary": (bytes(range(256)) * 400, "not-utf8"),
    "nul": (FRONT + "hello\0world\n", "bad-character"),
    "five-megabytes": (FRONT + "Some words that go on. " * 230_000, "too-big"),
    "bomb": ("---\na: &a [x, x]\n" + BOMB + "title: *h\n---\nhello\n", "yaml-alias"),
    "duplicate": ("---\ntitle: a\ntitle: b\n---\nhello\n", "duplicate-key"),
    "deep-yaml": ("---\ntitle: " + "[" * 5000 + "\n---\nhello\n", "too-deep"),
    "deep-quote": (FRONT + ">" * 3000 + " hello\n", "too-deep"),
    "climbing": (SHOWN.format("../../../../etc/passwd"), "media-outside"),
    "absolute": (SHOWN.format("/etc/passwd"), "media-outside"),
    "no-picture": (SHOWN.format("odd.md"), "not-a-picture"),
    "bad-date": ("---\ntitle: a\npublish: 31/12/2026\n---\nhello\n", ""),
    "no-such-key": ("---\ntitel: a\n---\nhello\n", "unknown-key"),
    "no-such-channel": ("---\ntitle: a\nchannels: {mastodn: false}\n---\nhello\n", ""),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_post_is_a_finding_for_check_run_and_preview(console: Console, folder: Path, name: str) -> None:
    source, rule = ODD[name]
    write(folder, SETTINGS)
    write(folder, source, "content/2026/odd.md")
    said = console.inside("check")
    assert said.code == 1
    found = [line for line in said.out.splitlines() if re.match(r"content/2026/odd\.md:\d+:\d+: error: ", line)]
    assert found
    assert any(line.endswith(f"[{rule}]") for line in found) or not rule
    shown = console.inside("preview", str(folder / "content/2026/odd.md"))
    assert shown.code == 1
    assert "content/2026/odd.md:" in shown.all
    ran = console.inside("run", "--now", NOW)
    assert ran.code == 1
    assert "content/2026/odd.md:" in ran.all
    assert console.inside("sandbox posts", "--json").json == []


@pytest.mark.parametrize("name", ["table", "words", "lists", "links", "emphasis"])
def test_a_huge_but_honest_post_is_read_in_good_time(console: Console, folder: Path, name: str) -> None:
    bodies = {
        "table": "|" + "a|" * 60 + "\n|" + "-|" * 60 + "\n" + ("|" + "b|" * 60 + "\n") * 1500,
        "words": "word " * 40_000,
        "lists": "".join(f"- point {number} of many\n" for number in range(8000)),
        "links": "[a](https://example.org/) " * 8000,
        "emphasis": "*a **b " * 8000,
    }
    write(folder, SETTINGS)
    write(folder, FRONT + bodies[name], "content/2026/huge.md")
    assert console.inside("check").code in {0, 1}


@pytest.mark.parametrize("kind", NO_FILE)
def test_what_is_no_file_of_the_project_is_never_read(console: Console, folder: Path, kind: str) -> None:
    write(folder, SETTINGS)
    write(folder, "", "content/2026/.keep")
    NO_FILE[kind](folder / "content/2026/odd.md")
    for command in ("check", "run", "plan", "status", f"preview {folder}/content/2026/odd.md"):
        said = console.inside(command)
        assert "root:" not in said.all
        assert said.code == 1 or command in {"plan", "status"}
        assert "odd.md" in said.all


@pytest.mark.parametrize("size", ["small", "large"])
@pytest.mark.parametrize("name", [b"content/2026/caf\xe9.md", b"content/caf\xe9/odd.md"], ids=["file", "folder"])
def test_a_name_that_is_no_text_is_a_finding_and_the_other_posts_go_out(team: Team, name: bytes, size: str) -> None:
    path = team.write("listening")
    odd = team.root / os.fsdecode(name)
    try:
        odd.parent.mkdir(exist_ok=True)
        odd.write_bytes((team.root / path).read_bytes().replace(b"istening", b"earning"))
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    for number in range(LARGE + 1 if size == "large" else 0):
        (team.root / f"note-{number}.txt").touch()
    team.commit()
    console = Console(team.root, {**team.env, "PUBLISHER_SANDBOX": None, "PUBLISHER_NOW": None})
    shown = name.decode(errors="backslashreplace")
    told = f"{shown}:1:1: error: {shown} cannot be read: its name is not UTF-8"
    for command in ("run", "check", "plan", "status", "run --dry-run", "preview content"):
        said = console.inside(command, "--now", NOW)
        assert told in said.all, command
        assert command != "run" or "6 of 6 published" in said.out
    for command in ("check", "plan", "status", "run", "preview content"):
        assert isinstance(console.inside(command, "--json", "--now", NOW).json, list)
    assert shown in console.inside("review", "--base", "HEAD~1").out
    assert len({post["network"] for post in console.inside("sandbox posts", "--json").json}) == 6
    assert console.inside("preview", "listening").code == 0
    assert told in console.inside("preview", os.fsdecode(name)).all
    assert "there is no post 'nothing'" in console.inside("preview", "nothing").err


def test_a_link_to_a_folder_outside_is_named_and_not_followed(console: Console, folder: Path) -> None:
    write(folder, SETTINGS)
    write(folder, "", "content/2026/.keep")
    (folder / "content" / "etc").symlink_to("/etc")
    for command in ("check", "run", "plan", "status"):
        said = console.inside(command)
        assert said.code == 1
        assert "content/etc leads out of the project" in said.all


def test_a_folder_named_like_a_post_is_a_folder(console: Console, folder: Path) -> None:
    write(folder, SETTINGS)
    write(folder, FRONT + "Hello there.\n", "content/2026/odd.md/inside.md")
    said = console.inside("preview", "content/2026/odd.md", "--json")
    assert {row["path"] for row in said.json} == {"content/2026/odd.md/inside.md"}


def test_a_file_without_permission_is_a_finding(console: Console, folder: Path) -> None:
    write(folder, SETTINGS)
    closed = write(folder, FRONT + "hello\n", "content/2026/closed.md")
    closed.chmod(0)
    if os.access(closed, os.R_OK):
        pytest.skip("this user may read everything")
    for command in ("check", "run"):
        said = console.inside(command)
        assert said.code == 1
        assert "content/2026/closed.md cannot be read: Permission denied" in said.all


def test_a_folder_that_cannot_be_written_says_so(console: Console, folder: Path) -> None:
    write(folder, SETTINGS)
    write(folder, FRONT + "hello\n", "content/2026/post.md")
    closed = [folder / "content" / "2026", folder / "content", folder]
    for one in closed:
        one.chmod(0o555)
    if os.access(folder, os.W_OK):
        pytest.skip("this user may write everywhere")
    try:
        assert console.inside("check").code in {0, 1}
        assert console.inside("preview content").code in {0, 1}
        for command in ("run", "plan", "status", "sandbox posts", "new Title"):
            said = console.inside(command)
            assert said.code == 1
            assert "cannot be written" in said.err
        assert "cannot be written" in console("init", str(folder / "inner")).err
    finally:
        for one in closed:
            one.chmod(0o755)


def test_two_posts_of_one_id_are_both_named_and_the_first_goes_out(team: Team) -> None:
    path = Path(team.write("twin", muted=["x", "linkedin", "facebook", "instagram", "bluesky"]))
    other = team.root / "content/2027" / path.name
    other.parent.mkdir()
    other.write_text((team.root / path).read_text().partition("media:")[0] + "---\nThe same id in another year.\n")
    console = Console(team.root, team.env)
    said = console.inside("check")
    assert "[duplicate-id]" in said.out
    ran = console.inside("run", "--now", NOW)
    assert ran.code == 1
    assert "duplicate-id" in ran.all
    assert len(console.inside("sandbox posts", "--json").json) == 1


def test_paths_that_are_not_there_or_not_ours_are_refused(console: Console, folder: Path) -> None:
    write(folder, SETTINGS)
    for given in ("nowhere.md", "/etc/passwd", "../other.md", "a\0b", "x" * 5000):
        for command in ("check", "preview", "status", "push"):
            said = console.inside(command, given)
            assert said.code == 1, (command, given)
            assert said.out == "" or command == "push"
            assert "there is no" in said.err or "outside the project" in said.err
