"""README shows what is really printed: its post is written to a folder, and each command is run there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
BLOCK = re.compile(r"```console\n\$ publisher (?P<words>[^\n]*)\n(?P<shown>.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example team's folder with README's post as its only one."""
    folder = tmp_path_factory.mktemp("example")
    shutil.copy(ROOT / "publisher.yml", folder)
    shutil.copytree(ROOT / "schedules", folder / "schedules")
    post = folder / "content" / "2026" / "first-hour.md"
    post.parent.mkdir(parents=True)
    found = re.search(r"```markdown\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    post.write_text(found[1], encoding="utf-8")
    return folder


def printed(words: str, folder: Path) -> str:
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "NO_COLOR": "1", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-m", "publisher", *shlex.split(words)],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines()) + "\n"


@pytest.mark.parametrize("words", [found["words"] for found in BLOCK.finditer(README.read_text(encoding="utf-8"))])
def test_readme_shows_what_is_printed(words: str, folder: Path, request: pytest.FixtureRequest) -> None:
    text = README.read_text(encoding="utf-8")
    block = next(found for found in BLOCK.finditer(text) if found["words"] == words)
    real = printed(words, folder)
    if request.config.getoption("--update-golden", default=False):
        README.write_text(text[: block.start("shown")] + real + text[block.end("shown") :], encoding="utf-8")
    else:
        assert block["shown"] == real, "run `pytest tests/golden --update-golden`"


def test_readme_is_short_enough_to_be_read() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 150


def test_readme_names_every_command() -> None:
    from publisher.cli import COMMANDS

    table = README.read_text(encoding="utf-8").partition("## Commands")[2].partition("\n## ")[0]
    assert {name for name in COMMANDS if f"`{name}`" in table} == set(COMMANDS)
