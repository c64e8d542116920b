"""`publisher push`: one post, now, whatever its `publish:` says."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from publisher.cli.edition import open_edition
from publisher.cli.options import AS_JSON, NeedsMending, destination, in_project
from publisher.cli.run import go, until_stopped
from publisher.cli.workspace import Workspace, announce


@click.command()
@click.argument("post")
@AS_JSON
@click.option("--channel", "-c", "channels", multiple=True, help="Only this channel; may be given again.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")
@destination
@in_project
def command(
    post: str,
    as_json: bool,
    channels: tuple[str, ...],
    dry_run: bool,
    choice: str | None,
    start: Path,
    now: datetime | None,
) -> int:
    """Publish POST (its file or its id) now, on every channel it speaks to or on those named.

    What is published already is not sent again, and `publisher run` will not send it a second time.
    """
    with until_stopped() as stop:
        workspace = Workspace(start, now=now)
        workspace.refuse_unknown(channels)
        to = workspace.destination(choice)
        announce(workspace, to, quietly=as_json)
        edition = open_edition(workspace, to, [post], whole=True, hand=True)
        if not edition.posts:
            raise NeedsMending(edition.findings)
        return go(edition, stop, as_json=as_json, dry_run=dry_run, channels=channels)
