"""The real command line in this process: its arguments in; its exit code, output and complaints out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from publisher.cli import leave_code


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def all(self) -> str:
        return self.out + self.err


@dataclass(frozen=True)
class Console:
    """A terminal in a project; `env` is set over the process's own, None unsets."""

    root: Path
    env: Mapping[str, str | None]

    def __call__(self, *words: str, stdin: str | bytes = "", env: Mapping[str, str | None] | None = None) -> Said:
        runner = CliRunner(env={**self.env, **(env or {})})
        with runner.isolation(input=stdin) as (out, err, _):
            code = leave_code([str(word) for word in words])
        said = Said(code, out.getvalue().decode(), err.getvalue().decode())
        assert "Traceback" not in said.all, said.all
        assert "a mistake of ours" not in said.all, said.all
        return said

    def inside(self, command: str, *words: str, **more: Any) -> Said:
        """A command of the project, wherever this process happens to be."""
        return self(*command.split(), *words, "-C", str(self.root), **more)


def states(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The state of each channel."""
    return {row["channel"]: row["state"] for row in rows}
