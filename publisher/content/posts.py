"""One Markdown file to one Post; whatever is wrong with it is told with its line and column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from publisher.content.channels import add_blocks, read_audience, split_words
from publisher.content.checks import (
    Settings,
    check_expires,
    check_id,
    check_language,
    check_late,
    check_link,
    check_objective,
    check_publish,
)
from publisher.content.explain import explain
from publisher.content.header import Header
from publisher.content.notes import Notes, Place
from publisher.content.pictures import Files, judge_alt, place
from publisher.content.plain import tidy
from publisher.content.source import BODY_LIMIT, LIMIT, Source, blob_id, split_source
from publisher.content.strict_yaml import Loaded, load
from publisher.findings import has_errors
from publisher.model import Finding, Json, Material, Media, Post, Severity

if TYPE_CHECKING:
    from publisher.content.markdown import Body

__all__ = ["LIMIT", "Files", "Parsed", "Settings", "parse_post"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A post as far as it could be read, and everything there is to say about it."""

    post: Post | None
    findings: tuple[Finding, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether the post may be published as far as its file goes: it is there, and nothing in it is an error."""
        return self.post is not None and not has_errors(self.findings)


def parse_post(path: str, source: bytes, *, files: Files, settings: Settings, body: bool = True) -> Parsed:
    """The post in a file's bytes. Never raises: what cannot be read is a finding.

    With `body=False` only the front matter is read: pictures are not measured and material stays empty, which is what
    planning needs. `Parsed.sound` says whether there is an error among the findings; a post that has one is still
    given where its front matter could be read, so that it can be shown.
    """
    notes = Notes(path)
    halves = split_source(source, notes)
    if halves is None:
        return Parsed(post=None, findings=notes.found())
    loaded = load(halves.header, path=path, first_line=halves.header_line)
    header, findings = explain(loaded, Header)
    notes.extend(*findings)
    if header is None:
        return Parsed(post=None, findings=notes.found())
    post = _Reading(path, header, loaded, settings, notes).read(blob_id(source))
    if body and len(halves.body) > BODY_LIMIT:
        message = f"the text has {len(halves.body):,} characters, and at most {BODY_LIMIT:,} are read"
        notes.add("too-big", message, (halves.body_line, 1), hint="put it on a page of its own, and link to that")
    elif body:
        post = _with_body(post, header, halves, loaded, files, settings, notes)
    return Parsed(post=post, findings=notes.found())


class _Reading:
    """The front matter's own checks."""

    def __init__(self, path: str, header: Header, loaded: Loaded, settings: Settings, notes: Notes) -> None:
        self._path, self._header, self._loaded, self._settings, self._notes = path, header, loaded, settings, notes

    def read(self, digest: str) -> Post:
        header, audience = self._header, read_audience(self._header, self._loaded, self._settings, self._notes)
        self._check()
        stem = PurePosixPath(self._path).name.removesuffix(".md")
        return Post(
            id=check_id(header.id or stem, self._notes, self._loaded.value_at("id") if header.id else (1, 1)) or stem,
            path=self._path,
            digest=digest,
            title=tidy(header.title),
            language=header.language or self._settings.language,
            objective=header.objective,
            campaign=tidy(header.campaign),
            keywords=split_words(header.keywords),
            publish=header.publish,
            expires=header.expires,
            late=header.late,
            link=header.link,
            overrides=audience.overrides,
            only=audience.only,
            muted=audience.muted,
            lines={key: line for key, (line, _) in self._loaded.lines.items() if key},
        )

    def _at(self, key: str) -> Place:
        return self._loaded.value_at(key)

    def _check(self) -> None:
        header, settings, notes = self._header, self._settings, self._notes
        if header.language:
            check_language(header.language, notes, self._at("language"))
        if header.objective:
            check_objective(header.objective, settings, notes, self._at("objective"))
        if header.publish:
            check_publish(header.publish, settings, notes, self._at("publish"))
        if header.expires:
            check_expires(header, notes, self._at("expires"))
        if header.late:
            check_late(header.late, notes, self._at("late"))
        if header.link:
            check_link(header.link, settings, notes, self._at("link"))


def _with_body(
    post: Post, header: Header, halves: Source, loaded: Loaded, files: Files, settings: Settings, notes: Notes
) -> Post:
    from publisher.content.markdown import parse_body

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
    return replace(found, **wins)  # type: ignore[arg-type]  # texts and tuples of texts, each under its own name


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
