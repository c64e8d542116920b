"""The posts of a commit, as git tells them from those of another: for a ledger that is not in git itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from publisher.errors import LedgerError
from publisher.ledger.objects import Pack
from publisher.ledger.plumbing import Git


class Checkout:
    """A project's folder in its clone; `env` is the environment git is run in."""

    def __init__(self, root: Path, env: Mapping[str, str] | None = None) -> None:
        self._git = Git(root, env)

    def tree(self, folder: str, revision: str) -> str:
        """The tree of that folder, empty when there is none. Raises LedgerError when there is no such revision."""
        found = self._git.ask("rev-parse", "--quiet", "--verify", f"{revision}:./{folder}")
        if found.code and self._git.ask("rev-parse", "--quiet", "--verify", f"{revision}^{{tree}}").code:
            raise LedgerError(
                f"what is pending cannot be told from {revision}: there is no such commit",
                hint="commit the posts first",
            )
        return "" if found.code else found.text

    def changes(self, old: str, new: str, suffix: str) -> dict[str, str] | None:
        """The blob of every file that is otherwise in the tree `new` than in `old`, by path; empty where it is gone.

        An empty `old` has no files. None when this clone does not have `old`.
        """
        before = old or Pack(len(new)).add("tree", b"")
        answer = self._git.ask("diff-tree", "-r", "-z", "--no-renames", before, new, "--", f":(top,glob)**/*{suffix}")
        if answer.code:
            return None
        fields = answer.text.split("\0")
        marks = ((path, mark.split(" ")) for mark, path in zip(fields[::2], fields[1::2], strict=False))
        return {path: "" if mark[4] == "D" else mark[3] for path, mark in marks}
