"""`publisher withdraw`: one post, off its networks, now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from msgspec import structs

from publisher.cli.edition import open_edition
from publisher.cli.options import AS_JSON, NeedsMending, destination, in_project
from publisher.cli.run import go, until_stopped
from publisher.cli.workspace import Workspace, say


@click.command()
@click.argument("post")
@AS_JSON
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and delete nothing.")
@destination
@in_project
def command(post: str, as_json: bool, dry_run: bool, choice: str | None, start: Path, now: datetime | None) -> int:
    """Delete POST (its file or its id) on every channel that allows it, and say where a person has to.

    The post never comes back by itself. Write `publish: withdrawn` into it too, so that its readers in git know.
    """
    with until_stopped() as stop:
        workspace = Workspace(start, now=now)
        to = workspace.destination(choice)
        say(to.sentence, quietly=as_json)
        edition = open_edition(workspace, to, [post], whole=True, hand=True)
        if not edition.posts:
            raise NeedsMending(edition.findings)
        posts = {path: replace(one, publish="withdrawn") for path, one in edition.posts.items()}
        return go(structs.replace(edition, posts=posts, settled={}), stop, as_json=as_json, dry_run=dry_run)
