"""`publisher preview`: the very parts that would be sent, per network, before anybody sends them."""

from __future__ import annotations

from pathlib import Path

import click

from publisher.cli import TO_FIX
from publisher.cli.options import AS_JSON, NeedsMending, in_project, print_json
from publisher.cli.workspace import Workspace
from publisher.model import Post, Rendition
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
    shown: list[tuple[Post, tuple[Proof, ...]]] = []
    broken = False
    for path in workspace.paths(paths):
        parsed = workspace.parse(path)
        if parsed.post is None:
            raise NeedsMending(parsed.findings)
        proofs = tuple(one for one in _prove(workspace, parsed.post) if not channels or one.channel.name in channels)
        broken = broken or not parsed.sound or not all(proof.is_clean for proof in proofs)
        shown.append((parsed.post, proofs))
    if as_json:
        print_json([as_json_object(post, proof) for post, proofs in shown for proof in proofs])
    else:
        _print(shown)
    return TO_FIX if broken else 0


def _prove(workspace: Workspace, post: Post) -> tuple[Proof, ...]:
    from publisher.registry import adapter

    return prove(post, workspace.project, adapter)


def _print(shown: list[tuple[Post, tuple[Proof, ...]]]) -> None:
    from publisher.cli.sheet import print_sheet

    for post, proofs in shown:
        print_sheet(post, proofs)


def as_json_object(post: Post, proof: Proof) -> dict[str, object]:
    """One channel's proof for a machine; `digest` is empty and `parts` too where the channel cannot say it."""
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
        "findings": proof.findings,
        "changes": rendition.changes,
        "omitted": rendition.omitted,
    }
