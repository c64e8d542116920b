"""Runs the real command line in processes that die at a boundary of one's choosing.

Started once (`python -m tests.crash.dying`), it runs a first command itself, so that everything is imported, and then
answers requests, one JSON line each, by forking. The child counts the boundaries it comes to: before a request to a
network and after its answer, when the stand-in has handled it and not answered yet, before and after every write and
push of the ledger, or every commit where it is in a database. At the one asked for it sends itself the signal asked
for. It is watched through the interpreter's profiler: nothing is patched.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, TextIO

from sqlalchemy.engine.default import DefaultDialect

from publisher.cli import leave_code
from publisher.delivery.wire import Session
from publisher.ledger.plumbing import Git
from publisher.sandbox.harness import Harness

WRITES = {"update-ref": "write", "push": "push"}


class Watch:
    """Counts boundaries, and sends the signal at number `last`."""

    def __init__(self, last: int, number: int) -> None:
        self.seen: list[str] = []
        self._last, self._signal = last, number
        self._lock = threading.Lock()
        self._names: dict[CodeType, str] = {
            Session.send.__code__: "request",
            Harness.answer.__code__: "handling",
            Git.ask.__code__: "git",
            DefaultDialect.do_commit.__code__: "commit",
        }

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        name = self._names.get(frame.f_code)
        if name is None or event not in ("call", "return"):
            return
        if name == "git":
            words = frame.f_locals["words"]
            if words[0] not in WRITES:
                return
            name = WRITES[words[0]]
        if name == "handling" and event == "call":
            return
        self._come_to(f"{'before' if event == 'call' else 'after'} {name}")

    def _come_to(self, boundary: str) -> None:
        with self._lock:
            self.seen.append(boundary)
            number = len(self.seen)
        if number == self._last:
            os.kill(os.getpid(), self._signal)


def die(asked: dict[str, Any]) -> None:
    """Becomes the process that was asked for, and ends with it; what it said and saw lies in its files."""
    enter(asked)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    watch = Watch(asked["last"], asked["signal"])
    if asked["watched"]:
        threading.setprofile(watch)
        sys.setprofile(watch)
    code = leave_code(asked["words"])
    sys.setprofile(None)
    sys.stdout.flush()
    Path(asked["seen"]).write_text(json.dumps(watch.seen), encoding="utf-8")
    os._exit(code)


def enter(asked: dict[str, Any]) -> None:
    """Goes to the project, with its environment, and writes to the file that was named."""
    os.chdir(asked["root"])
    os.environ.clear()
    os.environ.update(asked["env"])
    out = os.open(asked["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.close(out)


def warm_up(asked: dict[str, Any], answers: TextIO) -> None:
    """Runs the first command in this process, so that nobody who is forked has to import what it needs."""
    enter(asked)
    code = leave_code(asked["words"])
    sys.stdout.flush()
    print(code, file=answers, flush=True)


def main() -> None:
    """One fork for every line but the first; the answer is the exit code, negative for a signal."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    warm_up(json.loads(sys.stdin.readline()), answers)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                die(json.loads(line))
            finally:
                os._exit(99)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


if __name__ == "__main__":
    main()
