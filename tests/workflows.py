"""Runs the `run:` steps of a workflow's job as a runner would, with git and the real command line, but without GitHub.

Expressions are not interpreted: whoever runs a job says what each is worth, and one that nobody foresaw is an error. So
a step that is skipped is skipped by a test's own word.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ACTION = "./.github/actions/publisher"
CHECKOUT = "actions/checkout@"
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)


class UnforeseenError(Exception):
    """An expression, an action or an option that the test gave no meaning."""


@dataclass
class Ran:
    """What a job left behind: its exit code, what it printed, its outputs and its summary."""

    code: int
    out: str
    outputs: dict[str, str]
    summary: str
    steps: list[str] = field(default_factory=list)


@dataclass
class Machine:
    """A new runner: an empty folder, and a checkout of `ref` of `remote` when the job asks for one.

    `says` gives the worth of expressions; those that read secrets are empty.
    """

    folder: Path
    remote: Path
    env: Mapping[str, str]
    says: Mapping[str, str]
    ref: str = "main"

    def run(self, workflow: Path, job: str) -> Ran:
        told = yaml.safe_load(workflow.read_text(encoding="utf-8"))
        wanted = told["jobs"][job]
        ran = Ran(0, "", {}, "")
        self.folder.mkdir(parents=True)
        (self.folder / "temp").mkdir()
        if "if" in wanted and not self._holds(wanted["if"]):
            ran.steps.append("skipped")
            return ran
        env = self._env(wanted.get("env", {}))
        kept: dict[str, dict[str, str]] = {}
        for step in wanted["steps"]:
            self._step(step, env, ran, kept)
        for name, value in wanted.get("outputs", {}).items():
            _, step, _, output = EXPRESSION.fullmatch(value).group(1).split(".")  # type: ignore[union-attr]  # a step's
            ran.outputs[name] = kept.get(step, {}).get(output, "")
        return ran

    @property
    def work(self) -> Path:
        return self.folder / "work"

    def _step(self, step: Mapping[str, Any], env: Mapping[str, str], ran: Ran, kept: dict[str, dict[str, str]]) -> None:
        name = step.get("name") or step.get("uses") or step["run"]
        condition = step.get("if", "success()")
        if not (condition == "success()" and ran.code == 0) and not (
            condition != "success()" and self._holds(condition)
        ):
            return
        ran.steps.append(name)
        if "uses" in step:
            self._use(step["uses"], step.get("with", {}))
            return
        files = {one: self.folder / one for one in ("output", "summary")}
        for file in files.values():
            file.write_text("")
        names = {"GITHUB_OUTPUT": files["output"], "GITHUB_STEP_SUMMARY": files["summary"]}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.work,
            env={**env, **self._env(step.get("env", {}), env), **{one: str(path) for one, path in names.items()}},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=100,
            check=False,
        )
        ran.out += done.stdout
        ran.code = ran.code or done.returncode
        ran.summary += files["summary"].read_text()
        kept[step.get("id", "")] = _outputs(files["output"].read_text())

    def _use(self, action: str, options: Mapping[str, Any]) -> None:
        if action.startswith(CHECKOUT):
            self._check_out(options)
        elif action != ACTION or options:
            raise UnforeseenError(action)

    def _check_out(self, options: Mapping[str, Any]) -> None:
        """What actions/checkout does, as far as these workflows ask: a new, shallow clone of one commit."""
        if unknown := set(options) - {"fetch-depth", "filter", "persist-credentials", "ref", "path"}:
            raise UnforeseenError(str(unknown))
        ref = EXPRESSION.sub(lambda found: self._value(found[1]), options.get("ref", self.ref))
        place = self.work / options.get("path", "")
        place.mkdir(parents=True, exist_ok=True)
        more = [f"--filter={options['filter']}"] if "filter" in options else []
        self._git(place, "init", "-q", "-b", "nothing")
        self._git(place, "remote", "add", "origin", f"file://{self.remote}")
        branch = "/" not in ref and not re.fullmatch(r"[0-9a-f]{40}", ref)
        spec = f"+refs/heads/{ref}:refs/remotes/origin/{ref}" if branch else ref
        self._git(place, "fetch", "-q", f"--depth={options.get('fetch-depth', 1)}", *more, "origin", spec)
        where = ["-B", ref, f"refs/remotes/origin/{ref}"] if branch else ["--detach", "FETCH_HEAD"]
        self._git(place, "checkout", "-q", *where)

    def _git(self, place: Path, *words: str) -> None:
        subprocess.run(["git", *words], cwd=place, env=dict(self.env), check=True)

    def _env(self, given: Mapping[str, Any], over: Mapping[str, str] | None = None) -> dict[str, str]:
        base = dict(over or {**self.env, "RUNNER_TEMP": str(self.folder / "temp"), "PATH": self._path()})
        return {
            **base,
            **{name: EXPRESSION.sub(lambda one: self._value(one[1]), str(value)) for name, value in given.items()},
        }

    def _path(self) -> str:
        """The machine's tools, with the command line under test among them."""
        tools = self.folder / "bin"
        tools.mkdir(exist_ok=True)
        for name, words in (("publisher", " -m publisher"), ("python", "")):
            tool = tools / name
            tool.write_text(f'#!/bin/sh\nexec "{sys.executable}"{words} "$@"\n')
            tool.chmod(0o755)
        return f"{tools}{os.pathsep}{self.env['PATH']}"

    def _holds(self, condition: str) -> bool:
        return self._value(EXPRESSION.sub(lambda found: found[1], condition).strip()) == "true"

    def _value(self, expression: str) -> str:
        if expression.startswith("secrets."):
            return ""
        short = " ".join(expression.split())
        if short not in self.says:
            raise UnforeseenError(short)
        return self.says[short]


def _outputs(text: str) -> dict[str, str]:
    """A step's outputs, by the rules of GITHUB_OUTPUT: `name=value`, or `name<<END`, lines, `END`."""
    found, lines = {}, iter(text.splitlines())
    for line in lines:
        name, heredoc, end = line.partition("<<")
        if heredoc:
            found[name] = "\n".join(iter(lambda end=end: next(lines), end))
        else:
            name, _, found[name] = line.partition("=")
    return found


def steps_of(workflow: Path) -> Sequence[Mapping[str, Any]]:
    """Every step of every job."""
    told = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    return [step for job in told["jobs"].values() for step in job["steps"]]
