"""Where the output goes: a pipe that closes, a disk that is full, a terminal with few signs, a finger on Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.conftest import NOW, PUBLISHER, Team

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pipes and signals as POSIX has them")


@pytest.fixture
def written(team: Team) -> Team:
    team.write("listening")
    team.commit()
    return team


def run(team: Team, *words: str, out: int, **env: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*PUBLISHER, *words],
        cwd=team.root,
        env={**team.env, **env},
        stdout=out,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.mark.parametrize("words", [["schema"], ["check"], ["preview", "content", "--json"], ["run", "--now", NOW]])
def test_a_pipe_that_nobody_reads_is_no_complaint(written: Team, words: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = run(written, *words, out=write)
    finally:
        os.close(write)
    assert done.returncode in {0, 1}
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_not_called_a_mistake_of_ours(written: Team) -> None:
    with Path("/dev/full").open("w") as full:
        done = run(written, "schema", out=full.fileno())
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "mistake of ours" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
@pytest.mark.parametrize("words", [["doctor"], ["preview", "content"], ["run", "--now", NOW], ["plan"], ["--help"]])
def test_a_terminal_that_lacks_a_sign_shows_another(written: Team, encoding: str, words: list[str]) -> None:
    done = run(written, *words, out=subprocess.DEVNULL, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert "mistake of ours" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_says_so_and_leaves_with_130(written: Team, served: str, number: signal.Signals) -> None:
    """Its first line is out before anything is sent; the signal finds it at work."""
    for post in range(3):
        written.write(f"post-{post}")
    written.commit()
    written.git("push", "-q")
    env = {"PUBLISHER_SANDBOX": served}
    process = written.start("run", "--now", NOW, env=env)
    assert process.stdout is not None
    assert "Rehearsal" in process.stdout.readline()
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    rows = written.run(env=env)
    assert {row["state"] for row in rows.values()} <= {"published", "later"}
    held = written.held(env=env)
    assert len({(post["network"], post["text"]) for post in held}) == len(held)


def test_the_module_and_the_command_are_one(written: Team) -> None:
    command = Path(sys.executable).with_name("publisher")
    if not command.exists():
        pytest.skip("the command is not installed beside this Python")
    words = ["run", "--dry-run", "--now", NOW]
    told = subprocess.run([command, *words], cwd=written.root, env=written.env, capture_output=True, check=True)
    assert (
        told.stdout
        == subprocess.run(
            [*PUBLISHER, *words], cwd=written.root, env=written.env, capture_output=True, check=True
        ).stdout
    )


def test_a_shell_completes_commands_and_options(written: Team) -> None:
    wishes = {"publisher che": "check", "publisher run --dr": "--dry-run", "publisher sandbox f": "fault"}
    for typed, wanted in wishes.items():
        words = typed.split()
        env = {"_PUBLISHER_COMPLETE": "bash_complete", "COMP_WORDS": typed, "COMP_CWORD": str(len(words) - 1)}
        told = written.publisher(env=env)
        assert wanted in told.stdout
