"""Where a project's ledger lives: on a branch of its repository, or in a database.

Rehearsals have a home of their own, so that none ever passes for the real thing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.errors import ConfigError, LedgerError

if TYPE_CHECKING:
    from publisher.cli.workspace import Destination, Workspace
    from publisher.ledger.git import GitLedger
    from publisher.ledger.sql import SqlLedger

FILE, REHEARSED_FILE = "ledger.db", "ledger-sandbox.db"
DATABASE, REHEARSED_DATABASE = "database", "database-sandbox"
"""The names under which a clone remembers that it has published by a database, or has rehearsed by a file."""


def open_branch(workspace: Workspace, to: Destination) -> GitLedger:
    """The ledger in git. A rehearsal on this machine is nobody else's business and not pushed.

    Outside git it lies in the state folder.
    """
    from publisher.cli.workspace import REHEARSED
    from publisher.ledger.git import BRANCH, GitLedger, open_bare

    if not to.live and not to.url and not workspace.is_repository:
        return GitLedger(open_bare(workspace.state() / "ledger.git"), clock=workspace.clock, root=workspace.root)
    remote = workspace.remote if to.live or to.url else None
    branch = BRANCH if to.live else REHEARSED
    return GitLedger(workspace.root, branch=branch, remote=remote, clock=workspace.clock)


def open_database(workspace: Workspace, to: Destination, *, anew: bool = False) -> SqlLedger:
    """The ledger in a database. Raises ConfigError, also for a new one where it is known that posts were published.

    So a file that was deleted is missed by its clone, and a database on a server that was made anew by the clones that
    have written there, but by no other, such as that of a workflow: whoever runs the server keeps copies.
    """
    from publisher.ledger.git import BRANCH

    ledger = _open(workspace, to)
    if anew or not ledger.is_new():
        return ledger
    if ledger.is_missed():
        first, last = ("put a copy of it back", " --live") if to.live else ("publisher sandbox forget", "")
        asks = f"{first}; or ask the networks what is live: publisher status --rebuild{last}"
        told = f"the ledger in {ledger.place} is empty, and posts were published from this clone"
        raise ConfigError(f"{told}; they would be sent again", hint=asks)
    if to.live and workspace.has_branch(BRANCH) and _is_ours(open_branch(workspace, to)):
        raise ConfigError(
            f"the ledger in {ledger.place} is empty, and the branch {BRANCH} remembers what was published; "
            "posts would be sent again",
            hint="`ledger: git` in publisher.yml, or ask the networks what is live: publisher status --rebuild --live",
        )
    return ledger


def _is_ours(branch: GitLedger) -> bool:
    """Whether it is not another project's of this repository; one that cannot be read may be ours."""
    from publisher.ledger.owner import Anothers

    try:
        branch.settled()
    except Anothers:
        return False
    except LedgerError:
        return True
    return True


def _open(workspace: Workspace, to: Destination) -> SqlLedger:
    try:
        from publisher.ledger.checkout import Checkout
        from publisher.ledger.sql import open_address, open_file
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"the ledger is in a database, and {error.name} is not installed",
            hint="pip install 'publisher-pipeline[sql]'",
        ) from error
    name, checkout = workspace.project.ledger, Checkout(workspace.root)
    if not to.live and (not to.url or name == "sqlite"):
        path = workspace.state() / REHEARSED_FILE
        return open_file(path, checkout, clock=workspace.clock, name=REHEARSED_DATABASE)
    if name == "sqlite":
        _refuse_to_forget(workspace)
        return open_file(workspace.state() / FILE, checkout, clock=workspace.clock, name=DATABASE)
    address = workspace.environ.get(name, "").strip()
    if not address:
        hint = f"{name}=postgresql://user:password@host/name, or sqlite:/absolute/path/ledger.db"
        raise ConfigError(f"{name} is not set; it holds the address of the ledger", hint=hint)
    name = DATABASE if to.live else ""
    return open_address(address, checkout, rehearsed=not to.live, clock=workspace.clock, name=name)


def forget_file(workspace: Workspace) -> None:
    """Deletes the file of rehearsals, and what would miss it."""
    from publisher.ledger.checkout import Checkout

    for left in workspace.state().glob(f"{REHEARSED_FILE}*"):
        left.unlink()
    if workspace.is_repository:
        Checkout(workspace.root).forget(REHEARSED_DATABASE)


def _refuse_to_forget(workspace: Workspace) -> None:
    """Raises ConfigError on a machine that is thrown away after the run, and with it the ledger's file."""
    if workspace.environ.get("CI"):
        told = "`ledger: sqlite` is a file on one machine, and this one may be gone after the run"
        raise ConfigError(told, hint="ledger: git, or the name of a variable with the address of a shared database")
