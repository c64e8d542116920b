"""Takes a post down as it is on each of its channels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from publisher.forge.snapshot import Entry, Piece, Saying
from publisher.words import Finding, Json, Post

if TYPE_CHECKING:
    from publisher.adapter import Adapter
    from publisher.model import Part
    from publisher.proofs import Proof


def take(post: Post, findings: Sequence[Finding], proofs: Sequence[Proof], adapter: Callable[[str], Adapter]) -> Entry:
    """The entry of a post and its proofs."""
    from publisher.studio.pairs import compare

    pairs = compare(proofs)
    found = [
        (share, (pairs.channels[row + 1], pairs.channels[column]))
        for row, shares in enumerate(pairs.rows)
        for column, share in enumerate(shares)
    ]
    alike, pair = max(found, default=(0.0, ()))
    return Entry(
        post=post.id,
        path=post.path,
        blob=post.digest,
        title=post.title,
        publish=post.publish,
        sayings=tuple(_saying(post, proof, adapter(proof.channel.network)) for proof in proofs),
        findings=tuple(findings),
        alike=round(alike, 2),
        pair=pair,
    )


def unreadable(path: str, blob: str, findings: Sequence[Finding]) -> Entry:
    """The entry of a file that is no post as it stands."""
    return Entry(post=PurePosixPath(path).stem, path=path, blob=blob, findings=tuple(findings))


def _saying(post: Post, proof: Proof, adapter: Adapter) -> Saying:
    rendition, publish = proof.rendition, post.publish_on(proof.channel)
    return Saying(
        channel=proof.channel.name,
        network=proof.channel.network,
        digest=rendition.digest if rendition else "",
        publish="" if publish == post.publish else publish,
        pieces=tuple(_piece(part, adapter) for part in rendition.parts) if rendition else (),
        findings=proof.findings,
    )


def _piece(part: Part, adapter: Adapter) -> Piece:
    from publisher.studio.parts import find_fold

    seen = find_fold(part.text, adapter, adapter.measure(part.text).entities)
    pictures = [f"picture: {media.file} “{media.alt}”" for media in part.media]
    native = [f"{name}: {value}" for name, value in part.native.items() if isinstance(value, str | int) and value != ""]
    return Piece(
        kind=part.kind,
        text=part.text,
        length=part.length,
        limit=part.limit,
        seen=seen,
        beside=(*pictures, *native, *(f"card: {card}" for card in _cards(part.native))),
    )


def _cards(native: Json | Mapping[str, Json]) -> Iterator[str]:
    """The link cards in a part's native fields, which lie one level down and deeper: title and address."""
    for inner in native.values() if isinstance(native, Mapping) else ():
        if isinstance(inner, Mapping):
            address = next(
                (inner[key] for key in ("uri", "url", "source", "link") if isinstance(inner.get(key), str)), ""
            )
            if address:
                yield f"{inner.get('title', '')}  {address}".strip()
            yield from _cards(inner)
