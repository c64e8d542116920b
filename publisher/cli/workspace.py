"""The composition root: a content repository with its clock, its networks and its memory put together."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
from msgspec import Struct

from publisher.cli.naming import find_paths
from publisher.cli.options import NeedsMending
from publisher.cli.stages import SANDBOX_VARIABLE, open_world, served_at
from publisher.content.posts import Parsed, Settings, parse_post
from publisher.errors import ConfigError, ContentError
from publisher.findings import has_errors
from publisher.project import Project, parse_project
from publisher.words import Finding, Post
from publisher.worktree import WorkTree, readable

if TYPE_CHECKING:
    from publisher.delivery.lines import Lines, Place
    from publisher.ledger.git import GitLedger
    from publisher.ledger.sql import SqlLedger
    from publisher.media.darkroom import Darkroom
    from publisher.proofs import Proof
    from publisher.sandbox.world import World
    from publisher.schedule.timetable import Timetable

STATE = ".publisher"
REHEARSED = "publisher-ledger-sandbox"
LARGE = 2_000
"""Files in git; up to here every run reads the work tree as it lies, beyond it only what differs in git."""


class Destination(Struct, frozen=True, kw_only=True):
    """Where a run goes: live, or a sandbox, here (no `url`) or served by another process."""

    live: bool
    url: str = ""

    @property
    def sentence(self) -> str:
        """What the first line of a run says."""
        if self.live:
            return "Publishing for real."
        if self.url:
            return f"Rehearsal: publishing to the sandbox at {self.url}; nothing reaches a network."
        return "Rehearsal: publishing to the sandbox on this machine; nothing reaches a network."


class Workspace:
    """A content repository on this machine. `now` fixes the clock; `environ` holds the secrets.

    `absence` says why a page is not there, empty when it is; by default the page is asked.
    """

    def __init__(
        self,
        start: Path,
        *,
        now: datetime | None = None,
        environ: Mapping[str, str] | None = None,
        absence: Callable[[str], str] | None = None,
    ) -> None:
        self.environ = os.environ if environ is None else environ
        self._absence = absence
        self.tree = WorkTree(WorkTree.find(start))
        self._now = now

    @property
    def root(self) -> Path:
        """The folder of publisher.yml."""
        return self.tree.root

    @cached_property
    def project(self) -> Project:
        """The settings. Raises NeedsMending."""
        project, findings = self.read_project(networks=())
        if project is None or has_errors(findings):
            raise NeedsMending(findings)
        return project

    def read_project(self, networks: Sequence[str]) -> tuple[Project | None, tuple[Finding, ...]]:
        """The settings and what is to be said of them; without `networks`, their names are taken on trust."""
        return parse_project(self.tree.project_source(), networks=networks)

    def refuse_unknown(self, channels: Sequence[str]) -> None:
        """Raises ConfigError for a name that is no channel of the project."""
        for name in channels:
            if name not in self.project.channels:
                raise ConfigError(f"no channel {name!r}", hint=f"channels: {', '.join(self.project.channels)}")

    def clock(self) -> datetime:
        """The instant it is, in UTC."""
        return (self.fixed_now or datetime.now(UTC)).astimezone(UTC)

    @cached_property
    def fixed_now(self) -> datetime | None:
        """The instant given on the command line, with the project's zone where it had none."""
        if self._now is None or self._now.tzinfo:
            return self._now
        return self._now.replace(tzinfo=self.zone)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The project's time zone."""
        return ZoneInfo(self.project.timezone)

    # --- words

    def paths(self, given: Sequence[str] = ()) -> Iterator[str]:
        """The posts given by file, folder or id, as paths relative to the project; all of them by default."""
        if not given:
            yield from self.tree.posts(self.project.content)
        for one in given:
            yield from find_paths(self, one)

    def parse(self, path: str, *, body: bool = True) -> Parsed:
        """The post at that path and what is to be said of it; without `body`, only its front matter is read."""
        path = readable(path)
        try:
            source = self.tree.read(path)
        except ContentError as error:
            return Parsed(
                post=None, findings=(Finding(rule="unreadable", message=str(error), path=path, hint=error.hint),)
            )
        return parse_post(path, source, files=self.tree, settings=self._settings, body=body)

    def parse_as(self, path: str, source: bytes) -> Post | None:
        """The post that these bytes were, or would be, at that path, as far as its front matter goes."""
        return parse_post(path, source, files=self.tree, settings=self._settings, body=False).post

    def blob(self, path: str) -> str:
        """The git blob id of the file as it lies there, empty when it cannot be read."""
        from publisher.content.source import blob_id

        try:
            return blob_id(self.tree.read(path))
        except ContentError:
            return ""

    def mark(self, path: str) -> str:
        """The mark of the file as it lies there, for a post that is live on some channels only; empty if unreadable."""
        from publisher.content.source import blob_id
        from publisher.ledger.memory import BEGUN

        try:
            return blob_id(self.tree.read(path) + BEGUN)
        except ContentError:
            return ""

    def uncommitted(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Those of these files and folders' files that are not, or not like that, in the checked-out commit."""
        words = [
            "git",
            "-C",
            str(self.root),
            "--literal-pathspecs",
            "status",
            "--porcelain",
            "-z",
            "-uall",
            "--",
            *paths,
        ]
        listed = _output(words).split("\0")
        top = _output(["git", "-C", str(self.root), "rev-parse", "--show-prefix"]).strip()
        return tuple(entry[3:].removeprefix(top) for entry in listed if entry)

    def has_branch(self, name: str) -> bool:
        """Whether git knows a branch of that name, here or at the remote."""
        root = ["git", "-C", str(self.root)]
        here = _output([*root, "for-each-ref", f"refs/heads/{name}", f"refs/remotes/*/{name}"])
        return bool(here or (self.remote and _output([*root, "ls-remote", self.remote, f"refs/heads/{name}"])))

    def committed(self, paths: Sequence[str]) -> Mapping[str, str]:
        """The blob of each of these files in the checked-out commit; empty outside git or before the first commit."""
        words = ["git", "-C", str(self.root), "--literal-pathspecs", "ls-tree", "-z", "HEAD", "--", *paths]
        listed = _output(words).split("\0") if paths else []
        return {path: mark.split(" ")[2] for mark, _, path in (entry.partition("\t") for entry in listed) if path}

    @cached_property
    def is_large(self) -> bool:
        """Whether git tracks so many files here that reading them all would be felt at every run."""
        try:
            with (self.root / ".git" / "index").open("rb") as index:
                return int.from_bytes(index.read(12)[8:], "big") > LARGE
        except OSError:
            return False

    @cached_property
    def _settings(self) -> Settings:
        project = self.project
        return project.settings()

    def prove(self, post: Post) -> tuple[Proof, ...]:
        """What the post becomes on each of its channels, pictures included: the same for a preview and for a run."""
        from publisher.proofs import prove
        from publisher.registry import adapter

        return prove(post, self.project, adapter, self.darkroom)

    @cached_property
    def darkroom(self) -> Darkroom:
        """Where pictures are made to fit."""
        from publisher.media.darkroom import Darkroom
        from publisher.worktree import PICTURE_LIMIT

        return Darkroom(lambda media: self.tree.read(media.file, PICTURE_LIMIT), self._cellar)

    def _cellar(self) -> Path:
        """The folder of the pictures made here. Raises ConfigError, also where it leads out of the project."""
        folder = self.state() / "media"
        try:
            folder.mkdir(exist_ok=True)
            inside = folder.resolve() == self.root.resolve() / STATE / "media"
        except OSError as error:
            told = f"{folder} cannot be written: {error.strerror}"
            raise ConfigError(told, hint="let this user write there") from error
        if not inside:
            raise ConfigError(f"{folder} leads elsewhere", hint=f"delete it: rm {folder}")
        return folder

    # --- times

    @cached_property
    def timetable(self) -> Timetable:
        """The schedules. Raises NeedsMending."""
        timetable, findings = self.read_timetable()
        if has_errors(findings):
            raise NeedsMending(findings)
        return timetable

    def read_timetable(self) -> tuple[Timetable, tuple[Finding, ...]]:
        """The schedules and what is to be said of them."""
        from publisher.schedule.timetable import parse_timetable

        sources = {path: self.tree.read(path) for path in self.tree.schedules(self.project.schedules)}
        return parse_timetable(sources, zone=self.zone, channels=tuple(self.project.channels))

    @cached_property
    def absence(self) -> Callable[[str], str]:
        """Why a page is not there, empty when it is; each page is asked once."""
        from functools import cache

        if self._absence is None:
            from publisher.delivery.pages import find_absence

            return cache(find_absence)
        return cache(self._absence)

    # --- where to

    def destination(self, choice: str | None) -> Destination:
        """Where a run goes: as told, else to a served sandbox, else for real if there is any credential."""
        url = served_at(self.environ)
        if choice == "live":
            if url:
                raise ConfigError(f"--live, but {SANDBOX_VARIABLE} is set", hint=f"unset {SANDBOX_VARIABLE}")
            return self._live()
        if url:
            return Destination(live=False, url=url)
        return self._live() if choice != "sandbox" and self.has_credentials() else Destination(live=False)

    def _live(self) -> Destination:
        """For real; a clock that was set by a variable and forgotten would publish at the wrong time."""
        if self.environ.get("PUBLISHER_NOW"):
            raise ConfigError("PUBLISHER_NOW is set, and this would publish for real", hint="unset PUBLISHER_NOW")
        return Destination(live=True)

    def has_credentials(self) -> bool:
        """Whether any secret of any channel is set; adapters are asked only where a variable's name suggests it."""
        for channel in self.project.channels.values():
            if not any(self.environ.get(name) for name in self._suspects(channel.variable(""), channel.secrets)):
                continue
            from publisher.registry import adapter

            if any(self.environ.get(channel.variable(one.role)) for one in adapter(channel.network).secrets):
                return True
        return False

    def _suspects(self, prefix: str, named: Mapping[str, str]) -> Iterable[str]:
        yield from named.values()
        yield from (name for name in self.environ if name.startswith(prefix))

    @cached_property
    def world(self) -> World:
        """The memory of the sandbox on this machine."""
        return open_world(self.state() / "sandbox.db")

    def state(self) -> Path:
        """The folder for what this machine keeps, which git is told to leave alone. Raises ConfigError."""
        folder = self.root / STATE
        ignore = folder / ".gitignore"
        try:
            folder.mkdir(exist_ok=True)
            if not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")
        except OSError as error:
            hint = f"let this user write there, or publish to a served sandbox ({SANDBOX_VARIABLE}=http://…)"
            raise ConfigError(f"{folder} cannot be written: {error.strerror}", hint=hint) from error
        return folder

    def forget_rehearsals(self) -> None:
        """Forgets what was rehearsed, on this machine and at the served sandbox; the real ledger is another branch.

        Raises LedgerError where the branch that others share cannot be deleted.
        """
        import shutil

        from publisher.cli.homes import forget_file, open_branch

        shutil.rmtree(self.state() / "ledger.git", ignore_errors=True)
        forget_file(self)
        if self.is_repository:
            open_branch(self, Destination(live=False)).forget()
        if url := served_at(self.environ):
            self.ledger(Destination(live=False, url=url)).forget()

    def place(self, to: Destination) -> Place:
        """The networks of that destination."""
        from publisher.delivery.lines import OpenWorld, rehearse_at, rehearse_here
        from publisher.registry import adapter

        if to.live:
            return OpenWorld(environ=self.environ, media_base=self.project.media_base)
        return rehearse_at(to.url, self.clock) if to.url else rehearse_here(self.world, adapter, self.clock)

    def lines(self, to: Destination) -> Lines:
        """The way of every channel to its network."""
        from publisher.delivery.lines import Lines
        from publisher.registry import adapter

        return Lines(
            place=self.place(to), adapter=adapter, read=lambda media: self.tree.read(media.file), clock=self.clock
        )

    def ledger(self, to: Destination, *, anew: bool = False) -> GitLedger | SqlLedger:
        """The memory of that destination. Raises ConfigError, also where it has forgotten what git remembers.

        With `anew`, a memory that has forgotten is what is wanted: it is about to be written again.
        """
        from publisher.cli.homes import open_branch, open_database

        if self.project.ledger == "git":
            return open_branch(self, to)
        return open_database(self, to, anew=anew)

    @cached_property
    def is_repository(self) -> bool:
        """Whether the project lies in a git repository."""
        return any((folder / ".git").exists() for folder in (self.root.resolve(), *self.root.resolve().parents))

    @cached_property
    def remote(self) -> str | None:
        """The remote the ledger is shared through: `origin`, or the only one there is."""
        names = _output(["git", "-C", str(self.root), "remote"]).split()
        if len(names) > 1 and "origin" not in names:
            raise ConfigError(
                f"there are several remotes ({', '.join(names)}), and none is called origin",
                hint=f"git remote rename {names[0]} origin: the ledger is shared through it",
            )
        return "origin" if "origin" in names else next(iter(names), None)


def _output(words: Sequence[str]) -> str:
    """What a command prints, empty when it fails or is not there."""
    import subprocess

    try:
        return subprocess.run(words, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return ""


def announce(workspace: Workspace, to: Destination, *, quietly: bool) -> None:
    """Says where a run goes, and that nobody else will know of it where that is so."""
    say(to.sentence, quietly=quietly)
    if to.live and workspace.project.ledger == "git" and workspace.is_repository and workspace.remote is None:
        from publisher.ledger.git import BRANCH

        told = f"What goes out is remembered in this clone only. Once there is a remote: git push REMOTE {BRANCH}"
        say(f"{told}, or whoever publishes from it sends it again.", quietly=quietly)


def say(sentence: str, *, quietly: bool) -> None:
    """A sentence for a person; on standard error when standard output belongs to a machine."""
    click.echo(sentence, err=quietly)
