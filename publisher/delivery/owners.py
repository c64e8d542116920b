"""Whose a part is that a network shows: two posts may say the same words, and a receipt proves only one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from publisher.adapter import Client
from publisher.delivery.uploads import ADOPTED
from publisher.errors import Rejected, Uncertain
from publisher.ledger.events import Event
from publisher.ledger.memory import Ledger
from publisher.ledger.story import Story
from publisher.model import Attempt, Part, Receipt

_BEFORE = timedelta(days=1)
"""How long before an attempt a network may show something that passes for it: more than any client looks back."""


class Owners:
    """The parts that are known to be live, by what their network calls them.

    `stories` are those of this run's posts. Of the others the ledger is asked when a network shows something: they are
    not this run's to claim, so reading them again hides nobody's claim.
    """

    def __init__(self, stories: Mapping[str, Story], ledger: Ledger) -> None:
        self._stories, self._ledger = stories, ledger
        self._proved: dict[tuple[str, str], tuple[str, int]] = {}
        for story in stories.values():
            self._learn(story)

    def note(self, post: str, proof: Event) -> None:
        """Remembers what this run has proved to be live."""
        if proof.proves:
            self._proved[proof.channel, proof.id] = (post, proof.position)

    def find(self, client: Client, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        """What the client finds. Raises Uncertain where that is another part, which only says the same words."""
        found = client.find(part, attempt, thread)
        if found:
            self.refuse_anothers(attempt, found)
        return found

    def refuse_anothers(self, attempt: Attempt, found: Receipt) -> None:
        """Raises Uncertain where what was found is another part."""
        if other := self._other(attempt, found):
            raise Uncertain(
                f"only {other} is seen with these words ({found.url or found.id}); this one may be live too"
            )

    def deliver(self, client: Client, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
        """What the client delivers. Raises Rejected where the network has those words already, as another part."""
        made = client.deliver(part, attempt, thread)
        if ADOPTED.items() <= made.native.items() and (other := self._other(attempt, made)):
            told = f"the network takes these words only once, and {other} says them: {made.url or made.id}"
            raise Rejected(told, hint=f"say it in other words: a new paragraph, or `text:` for {attempt.channel}")
        return made

    def whose(self, attempt: Attempt, found: Receipt) -> tuple[str, int]:
        """The post and the position of the part that was found: the attempt's, where nobody knows of another."""
        if (attempt.channel, found.id) not in self._proved:
            for story in self._others(attempt):
                self._learn(story)
        return self._proved.get((attempt.channel, found.id), (attempt.post, attempt.position))

    def _other(self, attempt: Attempt, found: Receipt) -> str:
        """Which other part that is, as far as anybody knows; empty where it is this one."""
        post, position = self.whose(attempt, found)
        if (post, position) == (attempt.post, attempt.position):
            return ""
        return f"part {position + 1} of {post}" if post == attempt.post else f"the post {post}"

    def _others(self, attempt: Attempt) -> Iterator[Story]:
        near = self._ledger.recent(attempt.at - _BEFORE)
        posts = {one.post for one in near if one.channel == attempt.channel} - self._stories.keys() - {attempt.post}
        yield from self._ledger.read(posts).values()

    def _learn(self, story: Story) -> None:
        for channel in {one.channel for one in story.events}:
            for proof in story.standing(channel).values():
                self.note(story.post, proof)
