"""Sign-off: who has to approve what, and whether an approval is of the words as they are. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from publisher.words import Post

BEGIN = "# publisher: begin (written by `publisher github owners --write`; change `approval:` in publisher.yml instead)"
END = "# publisher: end"


class Review(Struct, frozen=True, kw_only=True):
    """What somebody said of a pull request, and of which commit; `state` is GitHub's word."""

    author: str
    state: str
    commit: str


class Rule(Struct, frozen=True, kw_only=True):
    """Posts of one kind (objective, campaign or channel) by name, and the people of whom one has to approve them."""

    kind: str
    name: str
    owners: tuple[str, ...]

    def covers(self, post: Post, channels: Mapping[str, str]) -> bool:
        """Whether the post is of that kind; `channels` gives each channel's network."""
        if self.kind == "channels":
            return self.name in channels and post.speaks_to(self.name, channels[self.name])
        return self.name == (post.objective if self.kind == "objectives" else post.campaign)

    @property
    def sentence(self) -> str:
        """The rule, for the people it asks."""
        return f"{self.kind.removesuffix('s')} {self.name}: {' or '.join(self.owners)}"


class Want(Struct, frozen=True, kw_only=True):
    """What one rule asks for: an approval of all of these files, by path with the blob, as they are now."""

    rule: Rule
    files: Mapping[str, str]
    cause: str


def read_rules(approval: Mapping[str, Mapping[str, Sequence[str]]]) -> tuple[Rule, ...]:
    """The rules in publisher.yml's `approval:`."""
    return tuple(
        Rule(kind=kind, name=name, owners=tuple(owners))
        for kind, named in approval.items()
        for name, owners in named.items()
    )


def find_missing(
    wants: Iterable[Want], reviews: Sequence[Review], trees: Mapping[str, Mapping[str, str] | None]
) -> tuple[Want, ...]:
    """The wants that no approval meets. `trees` gives the blobs of each commit that was reviewed."""
    approvals = tuple(_standing(reviews))
    return tuple(want for want in wants if not any(_meets(one, want, trees) for one in approvals))


def _standing(reviews: Sequence[Review]) -> Iterator[Review]:
    """The approvals of everybody who has not asked for changes since; comments and dismissed reviews do not count."""
    last = {one.author.casefold(): one.state for one in reviews if one.state in {"APPROVED", "CHANGES_REQUESTED"}}
    for one in reviews:
        if one.state == "APPROVED" and last[one.author.casefold()] == "APPROVED":
            yield one


def _meets(approval: Review, want: Want, trees: Mapping[str, Mapping[str, str] | None]) -> bool:
    owners = {owner.removeprefix("@").casefold() for owner in want.rule.owners}
    seen = trees.get(approval.commit)
    if approval.author.casefold() not in owners or seen is None:
        return False
    return all(seen.get(path, "") == blob for path, blob in want.files.items())


def write_owners(there: str, lines: Sequence[str]) -> str:
    """The text of CODEOWNERS with our lines in it; everybody else's stay as they are."""
    before, begin, rest = there.partition(BEGIN)
    _, _, after = rest.partition(f"{END}\n") if begin else ("", "", "")
    own = "".join(f"{line}\n" for line in (BEGIN, *lines, END)) if lines else ""
    return f"{before}{own}{after}"


def own_lines(rules: Sequence[Rule], posts: Iterable[Post], channels: Mapping[str, str], prefix: str = "") -> list[str]:
    """Lines for the settings and the workflows, which all owners share, and for each post that some have to approve."""
    everybody = _join(owner for rule in rules for owner in rule.owners)
    lines = [f"/.github/ {everybody}", f"/{_escape(prefix)}publisher.yml {everybody}"] if rules else []
    for post in posts:
        owners = _join(owner for rule in rules if rule.covers(post, channels) for owner in rule.owners)
        if owners:
            lines.append(f"/{_escape(prefix + post.path)} {owners}")
    return lines


def _join(owners: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(owners))


def _escape(path: str) -> str:
    r"""The path as CODEOWNERS wants it: blanks and signs of patterns with a backslash before them."""
    return "".join(f"\\{sign}" if sign in " \\*?[]#!" else sign for sign in path)
