"""The ledger in git: an orphan branch that holds every story and a mirror of what is settled.

    README.md                     for the person who finds the branch
    project                       the folder of the project whose ledger it is, as the repository has it
    events/<d>/<d>/<d>/<id>.jsonl a post's story; three digits of its hash keep every folder small
    begun/<id>.txt                the id of a post that is in doubt or live in part: as long as it is, whatever became
                                  of its file
    settled/<path>                the very blob that was published, so the tree has the shape of the project; with a
                                  line more while the post is live on some of its channels only
    days/<yyyy>/<mm-dd>.jsonl     what went live on that day (UTC), whose gaps and daily maxima the plan must know

A write is one commit on top of the newest; losing the race means to look again and decide again. The work tree, the
index and the checked-out branch are never touched.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from publisher.errors import LedgerError
from publisher.ledger.branches import open_home
from publisher.ledger.claims import Entry, Publication, Seen, events_of
from publisher.ledger.events import Event, decode, encode
from publisher.ledger.memory import BEGUN, Ledger
from publisher.ledger.objects import Pack, Tree, folders, graft, parse_tree
from publisher.ledger.places import UNFINISHED, begun_path, day_path, lines_of, parse_day, read_begun, story_path
from publisher.ledger.plumbing import Git, parse_changes
from publisher.ledger.runner import LEASE
from publisher.ledger.story import Story

BRANCH = "publisher-ledger"

_SHORTEST, _LONGEST = 0.02, 10.0  # seconds
_REACHES = 4
_CROWDED, _CALMING = 4, 10.0  # races lost that count, and the seconds after which one less does
_WHOSE, _PERSON = "project", b"publisher <publisher@localhost>"
_README = b"""# The publisher's memory

Written by `publisher`, not by hand: what was sent, where, and when. Without this branch posts would be sent again.
Ask it with `publisher status`; answer its doubts with `publisher resolve`.
"""

Files: TypeAlias = "Mapping[str, bytes]"
Edit: TypeAlias = "Callable[[Files], Files]"


class GitLedger(Ledger):
    """A `Ledger` on a branch; with a `remote`, every write is a push, and nothing counts until it is accepted.

    `repository` is the project's folder in its clone: paths are relative to it. `clock` gives the aware instant of a
    write, `env` the environment git is run in, `pause` waits between two tries, and `patience` is how long a write is
    tried while others are quicker. With a `root`, `repository` is a bare one and the project lies there instead.
    LedgerError is raised also where the ledger is that of another project of the repository.
    """

    def __init__(
        self,
        repository: Path,
        *,
        branch: str = BRANCH,
        remote: str | None = None,
        clock: Callable[[], datetime],
        env: Mapping[str, str] | None = None,
        pause: Callable[[float], None] = time.sleep,
        patience: timedelta = LEASE / 2,
        root: Path | None = None,
    ) -> None:
        self._git = Git(repository, env, bare=root is not None)
        self._root, self._branch = root or repository, branch
        self._home = open_home(self._git, branch, remote, pause)
        self._clock = clock
        self._pause, self._patience = pause, patience.total_seconds()
        self._seen = Seen()
        self._lock = threading.RLock()
        self._took, self._lost, self._lost_at = _SHORTEST, 0.0, 0.0
        self._sound = ""
        self._begun: tuple[str, Collection[str]] = ("", ())

    @property
    def calls(self) -> Sequence[Sequence[str]]:
        """Every git command so far, for whoever counts them."""
        return tuple(self._git.calls)

    def refresh(self) -> None:
        with self._lock:
            self._home.refresh()

    def forgo(self) -> None:
        """Accepts that the ledger's branch was deleted; the next write begins it anew."""
        with self._lock:
            self._home.forgo()

    def forget(self) -> None:
        """Deletes the ledger, and what would miss it: for rehearsals. Raises LedgerError."""
        with self._lock:
            self._home.forget()

    # --- reading ----------------------------------------------------------------------------------------------------

    def read(self, posts: Iterable[str]) -> Mapping[str, Story]:
        with self._lock:
            return self._seen.note(self.glance(posts))

    def glance(self, posts: Iterable[str]) -> Mapping[str, Story]:
        names = tuple(posts)
        with self._lock:
            files = self._files(self._home.look(), [story_path(post) for post in names])
        return {post: _story(post, files) for post in names}

    def recent(self, since: datetime) -> Sequence[Publication]:
        first, last = since.astimezone(UTC).date(), self._clock().astimezone(UTC).date()
        days = [day_path(first + timedelta(days=number)) for number in range((last - first).days + 2)]
        with self._lock:
            files = self._files(self._home.look(), days)
        found = [one for path in days if path in files for one in parse_day(files[path]) if one.at >= since]
        return sorted(found, key=lambda one: one.at)

    def settled(self, paths: Iterable[str] | None = None) -> Mapping[str, str]:
        """See `Ledger.settled`; the cost of asking for all grows with history, so a run asks `pending` where it can."""
        with self._lock:
            if not (tip := self._home.look()):
                return {}
            if paths is not None:
                return self._settled(tip, tuple(paths))
            out = self._git.tell("ls-tree", "-r", "-z", "--full-tree", tip, _WHOSE, f"{UNFINISHED}/", "settled/").text
            entries = (entry.partition("\t") for entry in out.split("\0") if entry)
            blobs = {path: mark.split(" ")[2] for mark, _, path in entries}
            self._refuse_anothers(blobs.pop(_WHOSE, ""))
            begun = [path for path in blobs if path.startswith(f"{UNFINISHED}/")]
            self._begun = (tip, [path.removeprefix(f"{UNFINISHED}/") for path in begun if blobs.pop(path)])
        return {path.removeprefix("settled/"): blob for path, blob in blobs.items()}

    def unfinished(self) -> Collection[str]:
        """See `Ledger.unfinished`; whatever was read at the newest commit has told it already."""
        with self._lock:
            tip = self._home.look()
            if tip != self._begun[0]:
                self._snapshot(tip, [], [""])
            return tuple(map(read_begun, self._begun[1]))

    def _settled(self, tip: str, paths: Sequence[str]) -> dict[str, str]:
        places = {path: f"settled/{path}" for path in paths}
        trees = self._snapshot(tip, [], folders(places.values()))[1] if paths else {}
        return {path: blob for path, place in places.items() if (blob := _blob_at(trees, place))}

    def _committed(self, paths: Sequence[str], width: int) -> dict[str, str]:
        """The ids of the committed files, told from the trees above them: their contents may be far away."""
        names = folders(paths) if paths else []
        found = self._git.objects([f"HEAD:./{name}" for name in names])
        trees = {name: parse_tree(one[2], width) for name, one in zip(names, found, strict=True) if one}
        return {path: blob for path in paths if (blob := _blob_at(trees, path))}

    def pending(self, folder: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """See `Mirror.pending`: one `git diff-tree`, whose cost grows with what differs."""
        with self._lock:
            tip = self._home.look()
            empty = Pack(len(tip) or self._width()).add("tree", b"")
            for settled in [f"{tip}:settled", empty] if tip else [empty]:
                words = ["-r", "-z", "--no-renames", "--diff-filter=AMTD", settled, "HEAD:./"]
                answer = self._git.ask("diff-tree", *words, "--", f":(top,glob){folder}/**/*.md")
                if not answer.code:
                    break
            else:
                raise LedgerError(
                    f"what is pending cannot be told: {answer.error.strip()}", hint="commit the posts first"
                )
        changes = parse_changes(answer.text)
        return {path: new for path, _, new in changes if new}, {path: old for path, old, new in changes if not new}

    def recall(self, blobs: Sequence[str]) -> Mapping[str, bytes]:
        with self._lock:
            return self._git.contents(blobs)

    # --- writing ----------------------------------------------------------------------------------------------------

    def write(self, entry: Entry) -> None:
        """See `Ledger.write`; a file whose published blob this repository does not have is not settled.

        That costs nothing but speed: its story still says that it is done.
        """
        days = lines_of(entry.events)
        nonce = os.urandom(6).hex()
        made: dict[str, Sequence[Event]] = {}

        def edit(files: Files) -> Files:
            stories = {post: _story(post, files) for post in entry.claimed}
            made.update(events_of(entry, stories, self._seen, self._clock(), nonce))
            grown = _appended(files, {**_lines(made), **days})
            return {**grown, **dict(_begun(made, files, grown))}

        with self._lock:
            blobs = self._published(entry.settled)
            posts = dict.fromkeys((*entry.events, *entry.claimed))
            paths = [*map(story_path, posts), *map(begun_path, posts), *days]
            kept = {f"settled/{path}": blob for path, blob in blobs.items()}
            self._commit(paths, edit, _message(entry), kept, is_claim=not (entry.events or entry.settled))
            for post, new in made.items():
                self._seen.add(post, new)

    def _published(self, paths: Mapping[str, str]) -> dict[str, str]:
        """The blobs that can be settled: those the checked-out commit holds, and those of files not committed yet."""
        if not paths:
            return {}
        width = len(next(iter(paths.values())))
        committed = {} if self._git.bare else self._committed(tuple(paths), width)
        pack = Pack(width)
        for path, blob in paths.items():
            if committed.get(path) != blob:
                with suppress(OSError):
                    words = (self._root / path).read_bytes()
                    if pack.add("blob", words) != blob:
                        pack.add("blob", words + BEGUN)
        ours = {path: blob for path, blob in paths.items() if blob == committed.get(path) or blob in pack.objects}
        if pack.objects:
            self._git.tell("unpack-objects", "-q", stdin=bytes(pack))
        return ours

    # --- commits ----------------------------------------------------------------------------------------------------

    def _commit(
        self,
        paths: Sequence[str],
        edit: Edit,
        message: str,
        kept: Mapping[str, str],
        *,
        is_claim: bool,
    ) -> None:
        """Write what `edit` makes of the files at `paths`, again and again until it lands on top of the newest.

        `kept` are files given by their blob. What happened is worth more than a mere claim: it is tried more often
        where the remote cannot be reached, and where there is a crowd, claims let it go first.
        """
        reaches, yields = (1, True) if is_claim else (_REACHES, False)
        tip, began = self._home.look(), time.monotonic()
        if self._crowd():
            self._give_way(yields=yields)
        while True:
            files, trees = self._snapshot(tip, paths, folders([*paths, *kept]))
            changed = edit(files)
            if not changed and all(_blob_at(trees, path) == blob for path, blob in kept.items()):
                return
            try:
                if self._offer(self._build(tip, trees, changed, kept, message), tip):
                    return
                if time.monotonic() - began >= self._patience:
                    break
                self._give_way(yields=yields)
                tip = self._home.refresh()
            except LedgerError:
                reaches -= 1
                if reaches <= 0:
                    raise
                self._give_way(yields=True)
        told = f"others were quicker for {self._patience / 60:.0f} minutes"
        raise LedgerError(f"the ledger could not be written: {told}", hint="run again")

    def _offer(self, commit: str, tip: str) -> bool:
        """Whether the commit became the newest; what that took, and how often it did not, tell how long to wait."""
        began = time.monotonic()
        won = self._home.offer(commit, tip)
        ended = time.monotonic()
        self._took = max(_SHORTEST, ended - began)
        if not won:
            self._lost, self._lost_at = min(_CROWDED, self._crowd() + 1), ended
        return won

    def _crowd(self) -> float:
        """How many races were lost of late.

        Time forgets them and winning does not: whoever wins has the newest commit at hand, and would win for ever.
        """
        return max(0.0, self._lost - (time.monotonic() - self._lost_at) / _CALMING)

    def _give_way(self, *, yields: bool) -> None:
        """Waits no longer than a write takes; one that yields waits the longer the more others write."""
        turns = 2 ** (1 + self._crowd()) if yields else 1
        self._pause(os.urandom(1)[0] / 255 * min(_LONGEST, self._took * turns))

    def _build(self, tip: str, trees: Mapping[str, Tree], files: Files, kept: Mapping[str, str], message: str) -> str:
        """The id of a new commit on top of `tip`, its objects stored in the repository."""
        pack = Pack(len(tip) or self._width())
        first = {} if tip else {"README.md": _README}
        texts = {**first, _WHOSE: self._mark(), **files}
        blobs = {path: pack.add("blob", text) if text else "" for path, text in texts.items()}
        root = graft(trees, {**kept, **blobs}, pack)
        parent = f"parent {tip}\n" if tip else ""
        person = f"{_PERSON.decode()} {int(self._clock().timestamp())} +0000"
        text = f"tree {root}\n{parent}author {person}\ncommitter {person}\n\n{message}\n"
        commit = pack.add("commit", text.encode("utf-8", "surrogateescape"))
        self._git.tell("unpack-objects", "-q", stdin=bytes(pack))
        return commit

    def _width(self) -> int:
        return 64 if self._git.tell("rev-parse", "--show-object-format").text == "sha256" else 40

    def _files(self, tip: str, paths: Sequence[str]) -> dict[str, bytes]:
        return self._snapshot(tip, paths, [])[0]

    def _snapshot(
        self, tip: str, paths: Sequence[str], above: Sequence[str]
    ) -> tuple[dict[str, bytes], dict[str, Tree]]:
        """The files and folders that exist at `tip`, read by one process, with its root and what is begun."""
        names = (*paths, *dict.fromkeys((*above, "", UNFINISHED))) if tip and (paths or above) else ()
        commit, *found = self._git.objects([tip, *(f"{tip}:{path}" for path in names)]) if names else (None,)
        self._refuse_loss(tip, commit[2] if commit else b"")
        there = {path: one for path, one in zip(names, found, strict=True) if one}
        files = {path: content for path, (_, kind, content) in there.items() if kind == "blob"}
        trees = {path: parse_tree(content, len(tip)) for path, (_, kind, content) in there.items() if kind == "tree"}
        self._refuse_anothers(_blob_at(trees, _WHOSE))
        if names or not tip:
            self._begun = (tip, trees.get(UNFINISHED, {}))
        return files, trees

    def _refuse_loss(self, tip: str, commit: bytes) -> None:
        """Raises LedgerError where a person's commit took back what had happened; a publisher's own never does."""
        if commit and _PERSON not in commit.partition(b"\n\n")[0] and tip != self._sound:
            from publisher.ledger.hands import refuse_loss

            refuse_loss(self._git, self._branch, tip)
            self._sound = tip

    def _refuse_anothers(self, blob: str) -> None:
        if blob and blob != Pack(len(blob)).add("blob", self._mark()):
            from publisher.ledger.owner import refuse_anothers

            refuse_anothers(self._git, self._branch, self._mark(), blob)

    def _mark(self) -> bytes:
        """What says whose the ledger is: where the project lies in its repository, `.` at the top."""
        here = self._root.resolve()
        tops = (one for one in (here, *here.parents) if (one / ".git").exists())
        return f"{here.relative_to(next(tops, here)).as_posix()}\n".encode("utf-8", "surrogateescape")


def open_bare(path: Path, env: Mapping[str, str] | None = None) -> Path:
    """The path of a bare repository, made when it is not there yet, for a project that is in none.

    Give it to GitLedger with the project's folder as `root`.
    """
    if not (path / "HEAD").is_file():
        path.mkdir(parents=True, exist_ok=True)
        Git(path, env).tell("init", "--quiet", "--bare", "--template=", ".")
    return path


def _story(post: str, files: Files) -> Story:
    path = story_path(post)
    events, complaints = decode(files.get(path, b"").decode("utf-8", "replace"), path)
    return Story(post=post, events=events, complaints=complaints)


def _message(entry: Entry) -> str:
    """What a commit says: `Record a, b; claim c; settle content/a.md`."""
    told = (("record", tuple(entry.events)), ("claim", entry.claimed), ("settle", tuple(entry.settled)))
    said = "; ".join(f"{verb} {_listed(names)}" for verb, names in told if names)
    return said[:1].upper() + said[1:]


def _lines(events: Mapping[str, Sequence[Event]]) -> dict[str, bytes]:
    return {story_path(post): encode(new).encode("utf-8", "backslashreplace") for post, new in events.items()}


def _appended(files: Files, lines: Files) -> dict[str, bytes]:
    """The files that grow, with those of the new lines that they do not hold yet."""
    grown: dict[str, bytes] = {}
    for path, text in lines.items():
        old = files.get(path, b"")
        known = set(old.split(b"\n"))
        if new := b"".join(line + b"\n" for line in text.split(b"\n") if line and line not in known):
            grown[path] = old + (b"" if not old or old.endswith(b"\n") else b"\n") + new
    return grown


def _begun(posts: Iterable[str], files: Files, grown: Files) -> Iterator[tuple[str, bytes]]:
    """What is to be written of posts that are unfinished now, or no more; empty for what is to be taken away."""
    now = {**files, **grown}
    for post in posts:
        path = begun_path(post)
        told = f"{post}\n".encode() if _story(post, now).is_unfinished else b""
        if told != files.get(path, b""):
            yield path, told


def _blob_at(trees: Mapping[str, Tree], path: str) -> str:
    folder, _, name = path.rpartition("/")
    return trees.get(folder, {}).get(name, ("", ""))[1]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]).replace("\n", " ") + more
