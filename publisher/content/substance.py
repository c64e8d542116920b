"""What a post has to say: its body and its pictures, laid under what its front matter gives by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from publisher.content.channels import add_blocks
from publisher.content.checks import Settings
from publisher.content.header import Header
from publisher.content.markdown import Body, parse_body
from publisher.content.notes import Notes, Place
from publisher.content.pictures import Files, judge_alt, place
from publisher.content.plain import tidy
from publisher.content.source import Source
from publisher.content.strict_yaml import Loaded
from publisher.model import Media
from publisher.words import Finding, Json, Material, Post, Severity


def add_body(
    post: Post, header: Header, halves: Source, loaded: Loaded, files: Files, settings: Settings, notes: Notes
) -> Post:
    """The post with everything its body and its pictures say; what the front matter gives by hand wins."""
    body = parse_body(halves.body, notes, first_line=halves.body_line, title=post.title, link=post.link)
    whole = replace(
        post,
        title=post.title or body.title,
        link=post.link or body.link,
        media=_gather_media(_name_pictures(header, body, loaded), post.path, files, notes),
        material=_merge(header, body.material),
        overrides=add_blocks(post.overrides, body.blocks, settings, notes),
        lines={**{key: line for key, (line, _) in body.places.items()}, "body": halves.body_line, **post.lines},
    )
    _check_says(whole, notes, halves.body_line)
    return whole


def _merge(header: Header, found: Material) -> Material:
    """The material given by hand, and what the body has where nothing is given."""
    given = {
        "hook": tidy(header.hook),
        "points": _lines(header.points),
        "quote": tidy(header.quote),
        "quote_source": tidy(header.quote_source),
        "figures": _lines(header.figures),
        "question": tidy(header.question),
        "call": tidy(header.call),
    }
    wins = {key: value for key, value in given.items() if value}
    if "quote" in wins:
        wins.setdefault("quote_source", "")
    return replace(found, **wins)


def _lines(texts: Iterable[str] | str) -> tuple[str, ...]:
    return tuple(filter(None, map(tidy, [texts] if isinstance(texts, str) else texts)))


@dataclass(frozen=True, slots=True)
class _Named:
    """A picture as the author names it, and where the two halves of that stand."""

    file: str
    alt: str
    file_at: Place
    alt_at: Place


def _name_pictures(header: Header, body: Body, loaded: Loaded) -> Iterator[_Named]:
    """The pictures of the front matter, then those of the body."""
    written = loaded.value.get("media") if isinstance(loaded.value, dict) else None
    usable = (index for index, item in enumerate(written if isinstance(written, list) else ()) if _names_file(item))
    for index, picture in zip(usable, header.media, strict=False):
        key = f"media.{index}"
        yield _Named(picture.file, picture.alt, loaded.value_at(f"{key}.file"), loaded.value_at(f"{key}.alt"))
    for shot in body.shots:
        yield _Named(shot.file, shot.alt, shot.at, shot.at)


def _names_file(item: Json) -> bool:
    return isinstance(item, dict) and item.get("file") is not None and not isinstance(item["file"], (dict, list))


def _gather_media(named: Iterable[_Named], path: str, files: Files, notes: Notes) -> tuple[Media, ...]:
    """Every picture measured once; one that is named twice keeps the words it had first."""
    media: dict[str, Media | None] = {}
    for picture in named:
        where = place(path, picture.file)
        if isinstance(where, Finding):
            _tell(where, picture.file_at, notes)
        elif where not in media:
            media[where] = _measure(picture, path, files, notes)
    return tuple(picture for picture in media.values() if picture is not None)


def _measure(picture: _Named, path: str, files: Files, notes: Notes) -> Media | None:
    fault = judge_alt(picture.file, picture.alt)
    if fault is not None:
        _tell(fault, picture.alt_at, notes)
    measured = files.measure(path, picture.file, tidy(picture.alt))
    if isinstance(measured, Finding):
        _tell(measured, picture.file_at, notes)
        return None
    return measured


def _tell(finding: Finding, at: Place, notes: Notes) -> None:
    """A finding about a file, put where the author names that file."""
    notes.extend(replace(finding, path=notes.path, line=at[0], column=at[1]))


def _check_says(post: Post, notes: Notes, line: int) -> None:
    spoken = post.material != Material() or post.media or any(own.text for own in post.overrides.values())
    if not spoken:
        severity = Severity.ERROR if post.publish else Severity.WARNING
        notes.add(
            "empty-post",
            "this post says nothing",
            (line, 1),
            severity=severity,
            hint="write something below the front matter",
        )
