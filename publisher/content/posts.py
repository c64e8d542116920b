"""One Markdown file to one Post; whatever is wrong with it is told with its line and column."""

from __future__ import annotations

from msgspec import Struct

from publisher.content.channels import check_heard, name_blocks, read_audience, split_words
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
from publisher.content.pictures import Files
from publisher.content.plain import tidy
from publisher.content.source import BODY_LIMIT, LIMIT, LINES_LIMIT, blob_id, split_source
from publisher.content.strict_yaml import Loaded, load
from publisher.findings import has_errors
from publisher.words import Finding, Post

__all__ = ["LIMIT", "Files", "Parsed", "Settings", "parse_post"]


class Parsed(Struct, frozen=True, kw_only=True):
    """A post as far as it could be read, and everything there is to say about it."""

    post: Post | None
    findings: tuple[Finding, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether the post may be published as far as its file goes: it is there, and nothing in it is an error."""
        return self.post is not None and not has_errors(self.findings)


def parse_post(path: str, source: bytes, *, files: Files, settings: Settings, body: bool = True) -> Parsed:
    """The post in a file's bytes. Never raises: what cannot be read is a finding.

    With `body=False` only the front matter and the blocks are read: pictures are not measured and material stays empty,
    which is what planning needs. `Parsed.sound` says whether there is an error among the findings; a post that has one
    is still given where its front matter could be read, so that it can be shown.
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
    too_big = _too_big(halves.body) if body else ""
    if too_big:
        message = f"the text has {too_big} are read"
        notes.add("too-big", message, (halves.body_line, 1), hint="put it on a page of its own, and link to that")
    elif body:
        from publisher.content.substance import add_body

        post = add_body(post, header, halves, loaded, files, settings, notes)
    elif ":::" in halves.body and not _too_big(halves.body):
        post = name_blocks(post, halves.body, halves.body_line, settings)
    check_heard(post, settings, notes)
    return Parsed(post=post, findings=notes.found())


def _too_big(text: str) -> str:
    length, lines = len(text), text.count("\n")
    if length > BODY_LIMIT:
        return f"{length:,} characters, and at most {BODY_LIMIT:,}"
    return f"{lines:,} lines, and at most {LINES_LIMIT:,}" if lines > LINES_LIMIT else ""


class _Reading:
    """The front matter's own checks."""

    def __init__(self, path: str, header: Header, loaded: Loaded, settings: Settings, notes: Notes) -> None:
        self._path, self._header, self._loaded, self._settings, self._notes = path, header, loaded, settings, notes

    def read(self, digest: str) -> Post:
        header, audience = self._header, read_audience(self._header, self._loaded, self._settings, self._notes)
        self._check()
        stem = self._path.rpartition("/")[2].removesuffix(".md")
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
