"""Who is sending: a process on a machine, and how anybody can tell that it is gone.

The rules are pure; `here` and `birth` are the only functions that look at this machine, and rules take `birth` as an
argument.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import datetime

    from publisher.ledger.events import Event

Birth: TypeAlias = Callable[[int], str | None]

LEASE = timedelta(minutes=15)
JUMP = timedelta(days=1)

SENDING, EDITING = "being sent by another runner", "being edited by another runner"
"""What is said of a post that another runner has in hand."""


class Runner(Struct, frozen=True, kw_only=True):
    """One process: `host` names the machine since its last start, `started` tells two processes of one pid apart."""

    host: str
    pid: int
    started: str = ""


def is_elsewhere(reason: str) -> bool:
    """Whether that is what is said of a post that another runner has in hand."""
    return reason.startswith((SENDING, EDITING))


def alive(runner: Runner, here: Runner, birth: Birth) -> bool | None:
    """Whether that process still runs; None when it ran where `here` cannot look."""
    if runner.host != here.host:
        return None
    born = birth(runner.pid)
    if born is None:
        return False
    return not (born and runner.started) or born == runner.started


def is_abandoned(attempt: Event, now: datetime, here: Runner, birth: Birth, lease: timedelta = LEASE) -> bool:
    """Whether nobody is sending that attempt any more.

    A process of this machine is asked at once; any other is given its lease, counted from the claim, and so is this
    very process, which may be sending on another thread. A claim from far ahead was made by a clock that was wrong.
    """
    ask = attempt.runner is not None and attempt.runner != here
    living = alive(attempt.runner, here, birth) if ask and attempt.runner else None
    age = now - attempt.at
    return age >= lease or age <= -JUMP if living is None else not living


def here() -> Runner:
    """This process."""
    pid = os.getpid()
    return Runner(host=_host(), pid=pid, started=birth(pid) or "")


def birth(pid: int) -> str | None:
    """When that process of this machine started, in the system's words; empty if it will not say, None if it is gone.

    The mark comes from /proc where there is one (the 22nd field of `stat`, after a name that may hold spaces). One that
    was killed and that nobody has asked after yet (a zombie) is gone.
    """
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:  # noqa: PTH123 - pathlib is not free
            fields = stat.read().rpartition(")")[2].split()
        return None if fields[0] in {"Z", "X"} else fields[19]
    except (OSError, IndexError):
        return "" if _answers(pid) else None


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def _host() -> str:
    """A short name for this machine since its last start, and for this container on it.

    On Windows a process cannot be asked without disturbing it, so there each one is a machine of its own.
    """
    import hashlib
    import platform

    alone = str(os.getpid()) + os.urandom(8).hex() if os.name == "nt" else ""
    marks = (platform.node(), _line("/proc/sys/kernel/random/boot_id"), _link("/proc/self/ns/pid"), alone)
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()[:12]


def _line(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as lines:  # noqa: PTH123 - pathlib is not free
            return lines.readline().strip()
    except OSError:
        return ""


def _link(path: str) -> str:
    try:
        return os.readlink(path)  # noqa: PTH115 - likewise
    except OSError:
        return ""
