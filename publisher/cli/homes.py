"""Where a project's ledger lives: on a branch of its repository, or in a database.

Rehearsals have a home of their own, so that none ever passes for the real thing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.errors import ConfigError

if TYPE_CHECKING:
    from publisher.cli.workspace import Destination, Workspace
    from publisher.ledger.git import GitLedger
    from publisher.ledger.sql import SqlLedger

FILE, REHEARSED_FILE = "ledger.db", "ledger-sandbox.db"


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
    """The ledger in a database. Raises ConfigError, also for an empty one where git remembers what was published."""
    from publisher.ledger.git import BRANCH

    ledger = _open(workspace, to)
    if to.live and not anew and ledger.is_new() and workspace.has_branch(BRANCH):
        raise ConfigError(
            f"the ledger in {ledger.place} is empty, and the branch {BRANCH} remembers what was published; "
            "posts would be sent again",
            hint="`ledger: git` in publisher.yml, or ask the networks what is live: publisher status --rebuild --live",
        )
    return ledger


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
        return open_file(workspace.state() / REHEARSED_FILE, checkout, clock=workspace.clock)
    if name == "sqlite":
        _refuse_to_forget(workspace)
        return open_file(workspace.state() / FILE, checkout, clock=workspace.clock)
    address = workspace.environ.get(name, "").strip()
    if not address:
        hint = f"{name}=postgresql://user:password@host/name, or sqlite:/absolute/path/ledger.db"
        raise ConfigError(f"{name} is not set; it holds the address of the ledger", hint=hint)
    return open_address(address, checkout, rehearsed=not to.live, clock=workspace.clock)


def _refuse_to_forget(workspace: Workspace) -> None:
    """Raises ConfigError on a machine that is thrown away after the run, and with it the ledger's file."""
    if workspace.environ.get("CI"):
        told = "`ledger: sqlite` is a file on one machine, and this one may be gone after the run"
        raise ConfigError(told, hint="ledger: git, or the name of a variable with the address of a shared database")
