"""Where pictures are made to fit. Originals are only read; what is made is kept under a name that tells from what.

The same original, wants and recipe give the same file, and on one machine the same bytes: a preview and the run after
it send the same picture.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath
from threading import get_ident

from publisher.errors import ConfigError, ContentError
from publisher.media.card import Words, make_card
from publisher.media.colours import Colours
from publisher.media.notes import take_notes_out
from publisher.media.wants import JPEG, MADE, Wants, fits, tell
from publisher.model import Finding, Media
from publisher.worktree import look_at

RECIPE = "1"
"""Changes whenever the same picture would come out otherwise, so that nothing made by an older recipe is used."""
_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """A picture ready for a network; `done` says what was done to the original, empty where it is sent as it is."""

    media: Media
    done: str = ""


@dataclass(frozen=True, slots=True)
class _Look:
    """What a file says beside its pixels: whether it holds notes, lies on its side, or moves."""

    noted: bool
    turned: bool
    moving: bool


class Darkroom:
    """Makes pictures fit. `read` gives a picture's bytes; `cellar` gives the folder where what is made is kept.

    Several threads and processes may make the same picture at once: the last leaves the same bytes as the first.
    """

    def __init__(self, read: Callable[[Media], bytes], cellar: Callable[[], Path]) -> None:
        self._read, self._cellar = read, cellar
        self._look = lru_cache(maxsize=64)(self._look_at)

    def develop(self, media: Media, wants: Wants) -> Print:
        """The picture as a network wants it, without its hidden notes; the original itself where it will do.

        A picture that moves is not made to fit where its type is taken: one frame of it would be another picture.
        Raises ContentError for a picture that cannot be read whole or is too large to be, ConfigError when there is
        nowhere to keep what is made.
        """
        look = self._look(media)
        moves_there = look.moving and media.mime in wants.types
        if (look.turned or not fits(media, wants)) and not moves_there:
            return self._fitted(media, wants, look)
        if not look.noted:
            return Print(media=media)
        name = self._name(media, "notes")
        made = self._kept(name, media.mime) or self._keep(name, take_notes_out(self._source(media), media.mime))
        return _print(media, made, "hidden notes taken out")

    def card(self, words: Words, colours: Colours) -> Media:
        """A card with these words, which are its alt text too. Raises Unsupported, ConfigError."""
        key = hashlib.sha256("\n".join((RECIPE, repr(words), repr(colours))).encode()).hexdigest()[:20]
        made = self._kept(f"card-{key}", JPEG) or self._keep(f"card-{key}", make_card(words, colours))
        return replace(made, alt=words.alt)

    def _fitted(self, media: Media, wants: Wants, look: _Look) -> Print:
        from publisher.media.enlarger import fit

        name = self._name(media, repr(wants))
        kept = (self._kept(name, mime) for mime in _ENDINGS if mime in wants.types)
        made = next(filter(None, kept), None) or self._keep(name, fit(self._source(media), media, wants))
        told = {"only its first frame": look.moving, "turned upright": look.turned}
        return _print(media, made, *(step for step, was_done in told.items() if was_done))

    def _look_at(self, media: Media) -> _Look:
        from publisher.media.enlarger import read_header

        source = self._source(media)
        try:
            noted = take_notes_out(source, media.mime) != source
        except ContentError as error:
            raise ContentError(f"{media.file}: {error}", hint=error.hint) from error
        return _Look(noted, *read_header(source, media))

    def _source(self, media: Media) -> bytes:
        """The original's bytes. Raises ContentError when they are not those that were measured."""
        source = self._read(media)
        if hashlib.sha256(source).hexdigest() != media.digest:
            raise ContentError(f"{media.file} changed while it was looked at", hint="run the command again")
        return source

    # --- the cellar

    def _name(self, media: Media, made_for: str) -> str:
        key = hashlib.sha256("\n".join((RECIPE, media.digest, made_for)).encode()).hexdigest()[:20]
        stem = re.sub(r"[^\w-]+", "-", PurePosixPath(media.file).stem, flags=re.ASCII).strip("-")[:40]
        return f"{stem or 'picture'}-{key}"

    def _kept(self, name: str, mime: str) -> Media | None:
        """What was made before under that name; None for nothing, or for what is no such picture."""
        try:
            content = (self._cellar() / (name + _ENDINGS[mime])).read_bytes()
        except (OSError, KeyError):
            return None
        found = look_at(content, name)
        return None if isinstance(found, Finding) or found[0] != mime else _measure(name, content)

    def _keep(self, name: str, content: bytes) -> Media:
        """Writes what was made at one stroke, so that nobody ever reads half of it."""
        made, folder = _measure(name, content), self._cellar()
        unfinished = folder / f".{name}.{os.getpid()}.{get_ident()}"
        try:
            unfinished.write_bytes(content)
            unfinished.replace(folder / PurePosixPath(made.file).name)
        except OSError as error:
            told = f"{folder} cannot be written: {error.strerror}"
            raise ConfigError(told, hint="let this user write there") from error
        return made


def _measure(name: str, content: bytes) -> Media:
    found = look_at(content, name)
    if isinstance(found, Finding):
        raise ContentError(found.message, hint=found.hint)
    mime, width, height = found
    digest = hashlib.sha256(content).hexdigest()
    file = MADE + name + _ENDINGS[mime]
    return Media(file=file, alt="", digest=digest, mime=mime, size=len(content), width=width, height=height)


def _print(media: Media, made: Media, *first: str) -> Print:
    return Print(media=replace(made, alt=media.alt), done=tell(media, made, *first))
