"""`publisher preview`: the very parts that would be sent, per network, before anybody sends them."""

from __future__ import annotations

from pathlib import Path

import click

from publisher.cli import TO_FIX
from publisher.cli.options import AS_JSON, in_project, print_findings, print_json
from publisher.cli.workspace import Workspace
from publisher.content.posts import Parsed
from publisher.findings import as_lines
from publisher.model import Finding, Post, Rendition
from publisher.proofs import Proof, prove


@click.command()
@click.argument("paths", nargs=-1, required=True)
@AS_JSON
@click.option("--channel", "-c", "channels", multiple=True, help="Only this channel; may be given again.")
@in_project
def command(paths: tuple[str, ...], as_json: bool, channels: tuple[str, ...], start: Path, now: object) -> int:
    """Show what each post in PATHS (files or folders) becomes on each of its channels.

    Nothing is sent. What is shown here is what a run sends, byte for byte.
    """
    workspace = Workspace(start)
    workspace.refuse_unknown(channels)
    shown: list[tuple[Parsed, tuple[Proof, ...]]] = []
    broken = False
    for path in workspace.paths(paths):
        parsed = workspace.parse(path)
        proofs = tuple(one for one in _prove(workspace, parsed.post) if not channels or one.channel.name in channels)
        broken = broken or not parsed.sound or not all(proof.is_clean for proof in proofs)
        shown.append((parsed, proofs))
    _say_unreadable(shown)
    if as_json:
        print_json([row for parsed, proofs in shown for row in _rows(parsed, proofs)])
    else:
        _print(shown)
    return TO_FIX if broken else 0


def _say_unreadable(shown: list[tuple[Parsed, tuple[Proof, ...]]]) -> None:
    """Names what cannot be shown; the posts beside it are shown all the same."""
    for line in as_lines(finding for parsed, _ in shown if parsed.post is None for finding in parsed.findings):
        click.echo(line, err=True)


def _rows(parsed: Parsed, proofs: tuple[Proof, ...]) -> list[dict[str, object]]:
    return [as_json_object(parsed.post, proof, parsed.findings) for proof in proofs] if parsed.post else []


def _prove(workspace: Workspace, post: Post | None) -> tuple[Proof, ...]:
    from publisher.registry import adapter

    return prove(post, workspace.project, adapter) if post else ()


def _print(shown: list[tuple[Parsed, tuple[Proof, ...]]]) -> None:
    from publisher.cli.sheet import print_sheet

    if not shown:
        click.echo("There is nothing to show.")
    for parsed, proofs in shown:
        if parsed.post:
            print_sheet(parsed.post, proofs)
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
