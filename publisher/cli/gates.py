"""What holds back a post that is due for a reason outside of it: what git has otherwise, a page that is not there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from publisher.cli.rows import outcome
from publisher.schedule.items import Item, State
from publisher.schedule.times import show
from publisher.worktree import PROJECT

if TYPE_CHECKING:
    from publisher.cli.edition import Edition
    from publisher.delivery.courier import Outcome


def find_uncommitted(edition: Edition, paths: Sequence[str]) -> dict[str, str]:
    """Why nothing may be sent of each of these files, empty when it may: what is published for real is in git."""
    if not edition.to.live:
        return dict.fromkeys(paths, "")
    workspace = edition.workspace
    shared = workspace.uncommitted([PROJECT, workspace.project.schedules])
    committed = workspace.committed(paths)
    own = {path: () if committed.get(path, "") == edition.posts[path].digest else (path,) for path in paths}
    return {path: tell_uncommitted((*shared, *own[path])) for path in paths}


def tell_uncommitted(paths: Sequence[str]) -> str:
    """What is to be done about these files, empty where there are none."""
    return f"not committed: {', '.join(paths)}; commit it, push it and run again" if paths else ""


def hold_stale(edition: Edition, items: Sequence[Item]) -> tuple[Outcome, ...]:
    """The outcomes of these items where newer words were merged than this folder has; none where it has the newest.

    A workflow is run for those too, so that there is nothing to mend in one that came too early. Doubts stay doubts.
    """
    if not (edition.to.live and items):
        return ()
    from publisher.cli.upstream import find_newer

    newer = find_newer(edition.workspace)
    if newer is None:
        return ()
    told = f"{newer.remote} has newer commits on {newer.name}, and nothing is sent in older words"
    doubted = {"error": "Uncertain"}
    held = {"state": "held", "reason": told, "error": "ContentError", "hint": f"{newer.advice}, and run again"}
    if edition.workspace.environ.get("GITHUB_ACTIONS"):
        held = {"state": "later", "reason": f"{told}: the run that follows them sends it"}
    return tuple(outcome(item, **(doubted if item.state is State.DOUBT else held)) for item in items)


def wait_for_page(edition: Edition, item: Item) -> Outcome | None:
    """The outcome of a post whose page is not there yet, where the project asks for that and the run is for real."""
    workspace = edition.workspace
    limit = workspace.project.await_link
    if limit is None or not edition.to.live or item.act != "send" or item.receipts or item.uncertain:
        return None
    link = edition.posts[item.path].link_on(workspace.project.channels[item.channel])
    if link.startswith("@") or not link or not (why := workspace.absence(link)):
        return None
    last = item.at + limit if item.at else None
    if last is None or workspace.clock() < last:
        until = f" until {show(last, workspace.zone)}" if last else ""
        return outcome(item, state="later", reason=f"waiting{until} for {link}: {why}")
    hint = "publish the page, or take the link out of the post"
    return outcome(item, state="held", reason=f"{link} is not there: {why}", error="ContentError", hint=hint)
