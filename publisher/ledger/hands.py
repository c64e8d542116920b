"""Commits that a person made on the ledger's branch: one made from an old work tree takes back what happened since."""

from __future__ import annotations

from collections.abc import Iterator

from publisher.errors import LedgerError
from publisher.ledger.events import Kind, decode
from publisher.ledger.plumbing import Git, parse_changes

_OURS = "--committer=publisher <publisher@localhost>"


def refuse_loss(git: Git, branch: str, tip: str) -> None:
    """Raises LedgerError where a story's line that the newest publisher's commit has is not in `tip` any more.

    What could not be read may have been mended. A shallow clone has no other commit, and cannot tell.
    """
    last = git.tell("rev-list", "-1", "--fixed-strings", _OURS, tip).text
    lost = sum(1 for _ in _lost(git, last, tip)) if last else 0
    if lost:
        raise LedgerError(
            f"a commit made by hand on the branch {branch} ({tip[:12]}) took {lost} lines out of its stories; "
            "receipts may be missing",
            hint=f"in a work tree of that branch: git revert --no-edit {last[:12]}..{tip[:12]}; "
            "push it too where the ledger is shared",
        )


def _lost(git: Git, last: str, tip: str) -> Iterator[bytes]:
    """The lines of stories that can be read and that are gone."""
    changes = git.tell("diff-tree", "-r", "-z", "--no-renames", "--diff-filter=DMT", last, tip, "--", "events/").text
    for _, old, new in parse_changes(changes):
        before, after = git.objects([old, new or old])
        left = set(after[2].split(b"\n")) if after and new else set()
        for line in before[2].split(b"\n") if before else ():
            events, _ = decode(line.decode("utf-8", "replace"))
            if line not in left and any(one.kind is not Kind.UNREADABLE for one in events):
                yield line
