"""Whose ledger a branch is: that of the project in one folder of its repository, which a file at its root names."""

from __future__ import annotations

from publisher.errors import LedgerError
from publisher.ledger.plumbing import Git


class Anothers(LedgerError):
    """The ledger is that of another project of the repository."""


def refuse_anothers(git: Git, branch: str, mine: bytes, blob: str) -> None:
    """Raises Anothers where that blob names the folder of another project of the checked-out commit than `mine`.

    One that is not there any more was moved here.
    """
    found = git.objects([blob])[0]
    other, here = (_folder(mark) for mark in (found[2] if found else b"?", mine))
    settings = "publisher.yml" if other == "." else f"{other}/publisher.yml"
    if found and git.ask("cat-file", "-e", f"HEAD:{settings}").code:
        return
    raise Anothers(
        f"the ledger on the branch {branch} is that of the project in the folder {_shown(other)}, and this project is "
        f"in {_shown(here)}; each would take the other's posts for its own",
        hint="give this project a repository of its own, or a database (`ledger:` in publisher.yml); "
        "if it was moved here, commit that first",
    )


def _folder(mark: bytes) -> str:
    return mark.decode("utf-8", "surrogateescape").rstrip("\n")


def _shown(folder: str) -> str:
    return repr(folder.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"))
