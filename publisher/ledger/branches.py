"""Where the ledger's commits live: a branch of this repository, or the same branch of a remote.

Both give the newest commit and take a new one only on top of what they gave: that refusal is the ledger's lock. A mark
moves with every write, so that a branch which was deleted, set back or written anew is missed by whoever looks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from publisher.errors import LedgerError
from publisher.ledger.plumbing import Answer, Git, trouble

# Somebody else was quicker: the words of git's client, of its server, and of the lock both take on a ref.
_RACE = (
    r"fetch first|non-fast-forward|stale info|cannot lock ref|failed to update ref|failed to lock|unable to lock"
    r"|incorrect old value|already exists|updated since|File exists|atomic transaction failed"
)
REHEARSED = "-sandbox"
"""How the name of a branch of rehearsals ends: to forget them is no loss, and to bring them back nobody's wish."""
_OVERTAKEN = 8
_ALL = 2**31 - 1
"""The depth that means all of a history."""
_LOCKED = r"cannot lock ref|unable to update local ref|File exists|shallow file has changed"


class Branch(Protocol):
    """The ledger's line of commits."""

    def look(self) -> str:
        """The newest commit known without effort, empty when there is none."""
        ...

    def refresh(self) -> str:
        """The newest commit there is, empty when there is none."""
        ...

    def offer(self, commit: str, old: str) -> bool:
        """Make `commit` the newest if `old` still is; False when somebody else was quicker."""
        ...

    def forgo(self) -> None:
        """Accept that the branch is lost, so that the next write begins it anew."""
        ...

    def forget(self) -> None:
        """Delete the branch, and what would miss it. Raises LedgerError."""
        ...


def open_home(git: Git, branch: str, remote: str | None, pause: Callable[[float], None]) -> Branch:
    """The branch at the remote, or that of this repository where none is named."""
    return RemoteBranch(git, branch, remote, pause) if remote else LocalBranch(git, branch)


def mark_of(branch: str) -> str:
    """The ref that says how far the ledger was written: at its newest commit, or behind it."""
    return f"refs/publisher/began/{branch}"


class LocalBranch:
    """A branch of this repository, changed by compare-and-swap."""

    def __init__(self, git: Git, branch: str) -> None:
        self._git = git
        self._branch = branch
        self._ref = f"refs/heads/{branch}"
        self._known: str | None = None

    def look(self) -> str:
        return self.refresh() if self._known is None else self._known

    def refresh(self) -> str:
        tip, mark = self._read()
        if mark and not follows(self._git, tip, mark) and (tip, mark) == self._read():  # not between two refs
            back, accept = f"git update-ref {self._ref} {mark}", f"git update-ref -d {mark_of(self._branch)}"
            if not tip:
                raise _deleted(self._branch, "this repository", back)
            raise _set_back(self._branch, "this repository", mark, back, accept)
        self._known = tip
        return tip

    def _read(self) -> tuple[str, str]:
        mark = mark_of(self._branch)
        refs = read_refs(self._git, self._ref, mark)
        return refs.get(self._ref, ""), refs.get(mark, "")

    def forgo(self) -> None:
        """Accepts that the branch is lost: the next write begins it anew."""
        self._git.tell("update-ref", "-d", mark_of(self._branch))
        self._known = None

    def forget(self) -> None:
        """Deletes the branch, and what would miss it."""
        self._git.tell("update-ref", "-d", self._ref)
        self.forgo()

    def offer(self, commit: str, old: str) -> bool:
        moves = f"update {self._ref} {commit} {old or '0' * len(commit)}\nupdate {mark_of(self._branch)} {commit}\n"
        answer = self._git.ask("update-ref", "-m", "publisher", "--stdin", stdin=moves.encode())
        if answer.code and not _is_race(answer.error):
            raise trouble("update-ref", answer.error)
        if not answer.code:
            self._known = commit
        return not answer.code


def _deleted(branch: str, where: str, put_back: str) -> LedgerError:
    first = "publisher sandbox forget" if branch.endswith(REHEARSED) else put_back
    return LedgerError(
        f"the branch {branch} was deleted from {where}; without it posts would be sent again",
        hint=f"{first}; or ask the networks what is live: publisher status --rebuild",
    )


def _set_back(branch: str, where: str, mark: str, put_back: str, accept: str) -> LedgerError:
    told = f"the branch {branch} of {where} was set back or rewritten: what was written up to {mark[:10]} is missing"
    return _lost(branch, told, put_back, accept)


def _lost(branch: str, told: str, put_back: str, accept: str) -> LedgerError:
    hint = f"put its old commits back: {put_back} (or accept it as it is: {accept})"
    if branch.endswith(REHEARSED):
        hint = f"accept it as it is, if others began to rehearse anew: {accept}"
    return LedgerError(told, hint=hint)


class RemoteBranch:
    """A branch of a remote, changed by a push without force; `refs/publisher/…` remembers how far it was seen.

    The mark is pushed with it, in one act where the host can; one that takes no such ref leaves only clones with a
    history to miss what was set back.
    """

    def __init__(self, git: Git, branch: str, remote: str, pause: Callable[[float], None]) -> None:
        self._git = git
        self._branch = branch
        self._remote = remote
        self._pause = pause
        self._room = f"refs/publisher/{_ref_name(remote)}"
        self._ref = f"{self._room}/{branch}"
        self._mark = f"{self._room}/began/{branch}"
        self._marks = True
        self._tip: str | None = None

    def look(self) -> str:
        return self.refresh() if self._tip is None else self._tip

    def refresh(self) -> str:
        tip, mark = self._see()
        for _ in range(_OVERTAKEN):
            if mark in ("", tip):
                break
            before, (tip, mark) = (tip, mark), self._see()  # the remote may have been written to between the two
            if before == (tip, mark):
                self._refuse_loss(tip, mark)
                break
        self._tip = tip
        return tip

    def _see(self) -> tuple[str, str]:
        """The newest commit of the remote and the mark, each empty where there is none. Raises LedgerError."""
        answer = self._fetch()
        known = self._remembered() if _missing(answer) else ""
        if known:
            answer = self._fetch()  # the branch may have been born, and remembered, while the remote was asked
        if not answer.code:
            refs = read_refs(self._git, self._ref, self._mark)
            return refs.get(self._ref, ""), refs.get(self._mark, "")
        if _missing(answer):
            return self._unborn(known), ""
        raise self._rewritten() if _goes_back(answer) else trouble("fetch", answer.error)

    def _refuse_loss(self, tip: str, mark: str) -> None:
        """Raises LedgerError where the branch does not hold what was written up to the mark."""
        if follows(self._git, tip, mark):
            return
        if self._shallow():
            refs = (f"refs/heads/{self._branch}", mark_of(self._branch))
            self._git.ask("fetch", "--no-tags", "--no-write-fetch-head", f"--depth={_ALL}", self._remote, *refs)
            if follows(self._git, tip, mark):
                return
        back = f"git push {self._remote} +{mark}:refs/heads/{self._branch}"
        raise _set_back(self._branch, self._remote, mark, back, f"git push {self._remote} :{mark_of(self._branch)}")

    def _rewritten(self) -> LedgerError:
        accept = f"git update-ref -d {self._ref}"
        put_back = f"git push {self._remote} +{self._ref}:refs/heads/{self._branch}"
        told = f"the branch {self._branch} of {self._remote} was rewritten; receipts may be missing from it"
        return _lost(self._branch, told, put_back, accept)

    def _fetch(self) -> Answer:
        """The answer to a fetch; another is made where what it brought is older than what this clone has written since.

        The ref only ever holds what the remote had. So where it stands still during a fetch and the remote is behind
        it, that was set back.
        """
        answer = self._fetch_once()
        for _ in range(_OVERTAKEN):
            if not _goes_back(answer):
                break
            before = resolve(self._git, self._ref)
            answer = self._fetch_once()
            if resolve(self._git, self._ref) == before:
                break
        return answer

    def _fetch_once(self) -> Answer:
        """In a shallow clone only the newest commit, so that the cost does not grow with history."""
        shallow = self._shallow()
        spec = f"{'+' if shallow else ''}refs/heads/{self._branch}:{self._ref}"
        marks = f"+refs/publisher/*/{self._branch}:{self._room}/*/{self._branch}"  # there need not be one
        words = ["fetch", "--prune", "--no-tags", "--no-write-fetch-head", *["--depth=1"][:shallow]]
        words += [self._remote, spec, marks]
        for turn in range(8):
            answer = self._git.ask(*words)
            if not (answer.code and re.search(_LOCKED, answer.error)):
                break
            self._pause(0.02 * 2**turn)
        return answer

    def _shallow(self) -> bool:
        if (folder := self._git.repository / ".git").is_dir():
            return (folder / "shallow").exists()
        return self._git.tell("rev-parse", "--is-shallow-repository").text == "true"

    def _unborn(self, known: str) -> str:
        """A local branch of that name when the remote never had one: the memory so far. Raises LedgerError."""
        if known:
            push = f"git push {self._remote} {known}:refs/heads/{self._branch}"
            raise _deleted(self._branch, f"{self._remote}, but this clone remembers it", push)
        if local := resolve(self._git, f"refs/heads/{self._branch}"):
            return local
        if self._is_marked() and _missing(self._fetch()):
            raise _deleted(self._branch, self._remote, "put it back from a clone that has it")
        return resolve(self._git, self._ref)

    def _is_marked(self) -> bool:
        """Whether the remote says that this ledger has begun; it is marked after its birth, so look again then."""
        return bool(self._git.tell("ls-remote", self._remote, mark_of(self._branch)).text)

    def forgo(self) -> None:
        """Accepts that the branch is lost: the next write begins it anew."""
        for ref in (self._ref, self._mark, f"refs/remotes/{self._remote}/{self._branch}"):
            self._git.tell("update-ref", "-d", ref)
        self._git.ask("push", "--no-verify", self._remote, f":{mark_of(self._branch)}")
        self._tip = None

    def forget(self) -> None:
        """Deletes the branch here and at the remote, and what would miss it. Raises LedgerError."""
        self._git.tell("update-ref", "-d", f"refs/heads/{self._branch}")
        answer = self._git.ask("push", "--no-verify", self._remote, f":refs/heads/{self._branch}")
        if answer.code and "remote ref does not exist" not in answer.error:
            raise trouble("push", answer.error)
        self.forgo()

    def _remembered(self) -> str:
        """The ref that says the remote had this branch once, empty when none does."""
        refs = (self._ref, f"refs/remotes/{self._remote}/{self._branch}")
        found = read_refs(self._git, *refs)
        return next((ref for ref in refs if ref in found), "")

    def offer(self, commit: str, old: str) -> bool:
        answer = self._push(commit)
        if answer.code and _is_race(answer.text + answer.error):
            return False
        if answer.code and not self._arrived(commit):
            refusals = [line for line in answer.text.splitlines() if line.startswith("!")]
            raise trouble("push", "\n".join([*refusals, answer.error]))
        self._remember(commit, old)
        self._tip = commit
        return True

    def _push(self, commit: str) -> Answer:
        """The remote's answer to the commit, offered with the mark in one act until it says that it cannot."""
        words = ("push", "--porcelain", "--no-verify")
        branch, mark = f"{commit}:refs/heads/{self._branch}", f"+{commit}:{mark_of(self._branch)}"
        if self._marks:
            answer = self._git.ask(*words, "--atomic", self._remote, branch, mark)
            said = answer.text + answer.error
            if not answer.code or _is_race(said) or not re.search(rf"--atomic|{re.escape(mark[1:])}\t", said):
                return answer
            self._marks = False
        answer = self._git.ask(*words, self._remote, branch)
        if not answer.code:
            self._git.ask(*words, self._remote, mark)
        return answer

    def _remember(self, commit: str, old: str) -> None:
        """Notes that the remote has the commit, so that its loss is noticed before the next fetch.

        Where the ref is neither at `old` nor unborn, another run of this clone has noted a newer one.
        """
        unborn = "0" * len(commit)
        if self._git.ask("update-ref", self._ref, commit, old or unborn).code and old:
            self._git.ask("update-ref", self._ref, commit, unborn)

    def _arrived(self, commit: str) -> bool:
        """Whether the push went through although its answer was lost."""
        try:
            return self.refresh() == commit
        except LedgerError:
            return False


def read_refs(git: Git, *refs: str) -> dict[str, str]:
    """The commits that those of the refs point at which there are, all read at once. Raises LedgerError."""
    answer = git.ask("for-each-ref", "--format=%(refname) %(objectname)", *refs)
    if answer.code:
        raise trouble("for-each-ref", answer.error)
    return dict(line.split(" ", 1) for line in answer.text.splitlines())


def follows(git: Git, tip: str, mark: str) -> bool:
    """Whether a commit has the other one in its history, as far as that is here."""
    return bool(tip) and (tip == mark or not git.ask("merge-base", "--is-ancestor", mark, tip).code)


def resolve(git: Git, ref: str) -> str:
    """The commit a ref points at, empty when there is no such ref."""
    answer = git.ask("rev-parse", "--quiet", "--verify", f"{ref}^{{commit}}")
    if answer.code and answer.error:
        raise trouble("rev-parse", answer.error)
    return answer.text


def _is_race(said: str) -> bool:
    """Whether somebody else was quicker; a full disk takes no lock either, and never will."""
    return bool(re.search(_RACE, said)) and not re.search("no space left", said, re.IGNORECASE)


def _goes_back(answer: Answer) -> bool:
    """Whether the remote's newest commit does not follow the one that was known."""
    return bool(answer.code) and ("[rejected]" in answer.error or "non-fast-forward" in answer.error)


def _missing(answer: Answer) -> bool:
    return bool(answer.code) and "couldn't find remote ref" in answer.error


def _ref_name(remote: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9_-]+", remote):
        return remote
    import hashlib

    return hashlib.sha256(remote.encode()).hexdigest()[:12]
