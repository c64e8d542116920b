"""`publisher preview`: the very parts that would be sent, per network, before anybody sends them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

import click

from publisher.cli import TO_FIX
from publisher.cli.options import AS_JSON, in_project, print_findings, print_json
from publisher.cli.workspace import Workspace, say
from publisher.content.posts import Parsed
from publisher.errors import ConfigError
from publisher.findings import as_lines
from publisher.model import Finding, Post, Rendition
from publisher.proofs import Proof

Shown: TypeAlias = "list[tuple[str, Parsed, tuple[Proof, ...]]]"


def _refuse_other_endings(context: click.Context, option: click.Parameter, page: Path | None) -> Path | None:
    """The page's path; a name that is no page's may be a post, and a post is never written over."""
    if page and page.suffix.lower() not in {".html", ".htm"}:
        raise click.BadParameter(f"{str(page)!r} is not the name of a page; write it like preview.html")
    return page


@click.command()
@click.argument("paths", nargs=-1, required=True)
@AS_JSON
@click.option("--channel", "-c", "channels", multiple=True, help="Only this channel; may be given again.")
@click.option(
    "--html",
    "page",
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    callback=_refuse_other_endings,
    help="Write it as one page that looks like each network, to open in a browser or attach to a review.",
)
@in_project
def command(
    paths: tuple[str, ...], as_json: bool, channels: tuple[str, ...], page: Path | None, start: Path, now: object
) -> int:
    """Show what each post in PATHS (files, folders or ids) becomes on each of its channels.

    Nothing is sent. What is shown here is what a run sends, byte for byte.
    """
    workspace = Workspace(start)
    workspace.refuse_unknown(channels)
    shown: Shown = []
    broken = False
    for path in workspace.paths(paths):
        parsed = workspace.parse(path)
        proofs = tuple(one for one in _prove(workspace, parsed.post) if not channels or one.channel.name in channels)
        broken = broken or not parsed.sound or not all(proof.is_clean for proof in proofs)
        shown.append((path, parsed, proofs))
    _say_unreadable(shown)
    if page:
        _write(page, shown, workspace)
    if as_json:
        print_json([row for _, parsed, proofs in shown for row in _rows(parsed, proofs)])
    elif page is None:
        _print(shown)
    return TO_FIX if broken else 0


def _write(page: Path, shown: Shown, workspace: Workspace) -> None:
    from publisher.registry import adapter
    from publisher.studio.sheet import Desk, Sheet, render
    from publisher.worktree import PICTURE_LIMIT

    project = workspace.project
    desk = Desk(
        team=project.name,
        zone=project.timezone,
        adapter=adapter,
        read=lambda media: workspace.tree.read(media.file, PICTURE_LIMIT),
    )
    sheets = [
        Sheet(path=path, post=parsed.post, findings=parsed.findings, proofs=proofs) for path, parsed, proofs in shown
    ]
    try:
        write_whole(page, render(sheets, desk))
    except OSError as error:
        raise ConfigError(f"{page} cannot be written: {error.strerror}", hint="name another file") from error
    say(f"Written to {page}: open it in a browser.", quietly=True)


def write_whole(page: Path, pieces: Iterable[str]) -> None:
    """Puts the pieces in the file's place once all of them are there; until then the file is what it was.

    Raises OSError, and whatever `pieces` raises.
    """
    place = page.resolve()
    part = place.with_name(f".{place.name}.part")
    try:
        with part.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.writelines(pieces)
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)


def _say_unreadable(shown: Shown) -> None:
    """Names what cannot be shown; the posts beside it are shown all the same."""
    for line in as_lines(finding for _, parsed, _ in shown if parsed.post is None for finding in parsed.findings):
        click.echo(line, err=True)


def _rows(parsed: Parsed, proofs: tuple[Proof, ...]) -> list[dict[str, object]]:
    return [as_json_object(parsed.post, proof, parsed.findings) for proof in proofs] if parsed.post else []


def _prove(workspace: Workspace, post: Post | None) -> tuple[Proof, ...]:
    return workspace.prove(post) if post else ()


def _print(shown: Shown) -> None:
    from publisher.cli.matrix import print_matrix
    from publisher.cli.sheet import print_sheet

    if not shown:
        click.echo("There is nothing to show.")
    for _, parsed, proofs in shown:
        if parsed.post:
            print_sheet(parsed.post, proofs)
            print_matrix(proofs)
            print_findings(parsed.findings, "text")


def as_json_object(post: Post, proof: Proof, findings: tuple[Finding, ...] = ()) -> dict[str, object]:
    """One channel's proof for a machine; `digest` is empty and `parts` too where the channel cannot say it.

    `findings` are those of the post itself, which every channel shares.
    """
    rendition = proof.rendition or Rendition(
        post=post.id, channel=proof.channel.name, network=proof.channel.network, parts=()
    )
    return {
        "post": post.id,
        "path": post.path,
        "channel": rendition.channel,
        "network": rendition.network,
        "digest": rendition.digest if proof.rendition else "",
        "parts": rendition.parts,
        "media": [media for part in rendition.parts for media in part.media],
        "findings": (*findings, *proof.findings),
        "changes": rendition.changes,
        "omitted": rendition.omitted,
    }
