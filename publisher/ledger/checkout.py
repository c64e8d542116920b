"""The posts of a commit, as git tells them from those of another: for a ledger that is not in git itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from publisher.errors import LedgerError
from publisher.ledger.objects import Pack
from publisher.ledger.plumbing import Git, parse_changes


class Checkout:
    """A project's folder in its clone; `env` is the environment git is run in."""

    def __init__(self, root: Path, env: Mapping[str, str] | None = None) -> None:
        self._git = Git(root, env)

    def tree(self, folder: str) -> str:
        """The tree of that folder, empty when there is none. Raises LedgerError where nothing is committed."""
        found = self._git.ask("rev-parse", "--quiet", "--verify", f"HEAD:./{folder}")
        if found.code and self._git.ask("rev-parse", "--quiet", "--verify", "HEAD^{tree}").code:
            raise LedgerError("what is pending cannot be told: nothing is committed", hint="commit the posts first")
        return "" if found.code else found.text

    def changes(self, old: str, new: str) -> dict[str, str] | None:
        """The blob of every post that is otherwise in the tree `new` than in `old`, by path; empty where it is gone.

        An empty `old` has no files. None when this clone does not have `old`.
        """
        before = old or Pack(len(new)).add("tree", b"")
        answer = self._git.ask("diff-tree", "-r", "-z", "--no-renames", before, new, "--", ":(top,glob)**/*.md")
        return None if answer.code else {path: new for path, _, new in parse_changes(answer.text)}

    def contents(self, blobs: Sequence[str]) -> Mapping[str, bytes]:
        """The contents of those of these blobs that this clone has, or can have."""
        return self._git.contents(blobs)
