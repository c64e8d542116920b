"""The `git` program, run quietly: no prompt, no hook, no signature, nobody's identity, nobody's work tree."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from publisher.errors import LedgerError

_TIMEOUT = 180

# What a git that started us (a hook, an alias) may have pointed at its own repository.
_OTHERS = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_GRAFT_FILE",
    "GIT_SHALLOW_FILE",
    "GIT_TRACE",
)

_QUIET = {
    "GIT_TERMINAL_PROMPT": "0",
    "GCM_INTERACTIVE": "never",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
    "LANGUAGE": "C",
    "GIT_AUTHOR_NAME": "publisher",
    "GIT_AUTHOR_EMAIL": "publisher@localhost",
    "GIT_COMMITTER_NAME": "publisher",
    "GIT_COMMITTER_EMAIL": "publisher@localhost",
}

_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.quotePath=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "push.gpgSign=false",
    "push.followTags=false",
    "push.recurseSubmodules=no",
    "fetch.recurseSubmodules=no",
    "fetch.prune=false",
    "advice.detachedHead=false",
)

_START = ("git", *(word for setting in _SETTINGS for word in ("-c", setting)))

_FETCH = ("fetch", "--no-tags", "--no-write-fetch-head", "--filter=blob:none")
# A remote that is told what a shallow clone has may leave out blobs that are asked for by name.
_UNTOLD = ("-c", "fetch.negotiationAlgorithm=noop")


class Answer(Struct, frozen=True, kw_only=True):
    """What git said."""

    code: int
    out: bytes
    error: str

    @property
    def text(self) -> str:
        """Its standard output as text, without the last newline."""
        return self.out.decode("utf-8", "surrogateescape").rstrip("\n")


class Git(Struct, frozen=True):
    """Git in one repository; `env` is the environment to start from, by default the process's.

    `bare` says that `repository` is a bare one, which git may be set not to discover by itself.
    """

    repository: Path
    env: Mapping[str, str] | None = None
    bare: bool = False
    calls: list[Sequence[str]] = field(default_factory=list)

    def ask(self, *words: str, stdin: bytes = b"", settings: Sequence[str] = ()) -> Answer:
        """What git answers, whether it succeeded or not. Raises LedgerError when it cannot even be run."""
        self.calls.append(words)
        try:
            done = subprocess.run(
                [*_START, *settings, *["--git-dir=."][: self.bare], *words],
                cwd=self.repository,
                env=self._environment(),
                input=stdin,
                capture_output=True,
                check=False,
                timeout=_TIMEOUT,
            )
        except (FileNotFoundError, NotADirectoryError) as error:
            raise self._unable() from error
        except subprocess.TimeoutExpired as error:
            raise LedgerError(
                f"git {words[0]} did not answer within {_TIMEOUT} seconds", hint="is the remote up?"
            ) from error
        return Answer(code=done.returncode, out=done.stdout, error=_clean(done.stderr.decode("utf-8", "replace")))

    def tell(self, *words: str, stdin: bytes = b"") -> Answer:
        """What git answers when it succeeds. Raises LedgerError with its own words otherwise."""
        answer = self.ask(*words, stdin=stdin)
        if answer.code:
            raise trouble(words[0], answer.error)
        return answer

    def objects(self, names: Iterable[str]) -> list[tuple[str, str, bytes] | None]:
        """The id, kind and content of each object, in order, None where there is none: one process for all."""
        asked = [name.encode("utf-8", "surrogateescape") for name in names]
        if any(b"\n" in name for name in asked):
            raise LedgerError("the ledger cannot hold a path with a line break in it", hint="rename the file")
        out = self.tell("cat-file", "--batch", stdin=b"".join(name + b"\n" for name in asked)).out if asked else b""
        found: list[tuple[str, str, bytes] | None] = []
        at = 0
        for name in asked:
            end = out.index(b"\n", at)
            header, at = out[at:end], end + 1
            if header in (name + b" missing", name + b" ambiguous"):
                found.append(None)
                continue
            oid, kind, size = header.decode().split(" ")
            found.append((oid, kind, out[at : at + int(size)]))
            at += int(size) + 1
        return found

    def contents(self, blobs: Sequence[str]) -> dict[str, bytes]:
        """The contents of those of these blobs that can be had; what a clone has left out is fetched at one go."""
        if not blobs:
            return {}
        left_out = self.ask("config", "--get-regexp", r"^remote\..*\.promisor$").text.split(" ")[0]
        try:
            if remote := left_out.removeprefix("remote.").removesuffix(".promisor"):
                self.ask(*_FETCH, remote, *dict.fromkeys(blobs), settings=_UNTOLD)
            found = self.objects(blobs)
        except LedgerError:  # the remote cannot be reached, or has them no more
            return {}
        return {blob: one[2] for blob, one in zip(blobs, found, strict=True) if one}

    def _environment(self) -> dict[str, str]:
        env = os.environ if self.env is None else self.env
        return {name: value for name, value in env.items() if name not in _OTHERS} | _QUIET

    def _unable(self) -> LedgerError:
        if not self.repository.is_dir():
            return LedgerError(f"there is no folder {self.repository}", hint="check the path of the project")
        return LedgerError("git is not installed, or not on PATH", hint="install git 2.31 or newer")


def parse_changes(out: str) -> list[tuple[str, str, str]]:
    """Every file's path, and its blob before and after, empty where there is none, as `git diff-tree -r -z` says it."""
    fields = out.split("\0")
    marks = ((path, mark.split(" ")) for mark, path in zip(fields[::2], fields[1::2], strict=False))
    return [
        (path, "" if change == "A" else old, "" if change == "D" else new) for path, (_, _, old, new, change) in marks
    ]


def trouble(command: str, error: str) -> LedgerError:
    """The error a person can act on, made of git's own words."""
    lines = [line.strip() for line in error.splitlines() if line.strip()]
    said = next((line for line in lines if line.startswith(("fatal:", "error:", "remote:", "!"))), "".join(lines[:1]))
    for pattern, hint in _ADVICE:
        if re.search(pattern, error, re.IGNORECASE):
            return LedgerError(f"the ledger: git {command} failed: {said}", hint=hint)
    return LedgerError(f"the ledger: git {command} failed: {said or 'it said nothing'}")


_ADVICE = (
    (r"no space left", "make room on the disk"),
    (r"not a git repository", "run this inside the project's git repository, or `git init` there"),
    (r"dubious ownership", "git config --global --add safe.directory <this folder>"),
    (
        r"permission|denied|\b403\b|protected branch|declined|not allowed|read.only",
        "allow writing to the ledger's branch (in a workflow: `permissions: {contents: write}`)",
    ),
    (r"authentication|could not read username|\b401\b", "check the credentials git uses for this remote"),
    (
        r"resolve host|unable to access|could not read from remote|not appear to be a git|connect|timed out",
        "the remote cannot be reached; nothing is sent without it",
    ),
)


def _clean(text: str) -> str:
    """Git's words without the credentials that an address may hold."""
    return re.sub(r"(\w+://)[^/@\s]+@", r"\1", text) if "://" in text else text
