"""The posts of a commit, as git tells them from those of another: for a ledger that is not in git itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from publisher.errors import LedgerError
from publisher.ledger.branches import mark_of
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

    def remember(self, ledger: str) -> None:
        """Note in this clone, where nobody cleans up, that the ledger of that name has begun; outside git, nowhere.

        Other clones do not learn of it.
        """
        with suppress(LedgerError):
            if not self.remembers(ledger):
                nothing = self._git.tell("hash-object", "-w", "--stdin").text
                self._git.tell("update-ref", self._mark(ledger), nothing)

    def remembers(self, ledger: str) -> bool:
        """Whether the ledger of that name has begun, as far as this clone knows."""
        try:
            return not self._git.ask("rev-parse", "--quiet", "--verify", self._mark(ledger)).code
        except LedgerError:
            return False

    def forget(self, ledger: str) -> None:
        """Forget that the ledger of that name has begun."""
        with suppress(LedgerError):
            self._git.ask("update-ref", "-d", self._mark(ledger))

    def _mark(self, ledger: str) -> str:
        """The ref that says so, of a project for itself where the repository holds several."""
        folder = self._git.ask("rev-parse", "--show-prefix").out
        return mark_of(f"{ledger}-{hashlib.sha256(folder).hexdigest()[:12]}" if folder.strip() else ledger)
