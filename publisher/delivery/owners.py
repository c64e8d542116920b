"""Whose a part is that a network shows: two posts may say the same words, and a receipt proves only one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from publisher.adapter import Client
from publisher.delivery.uploads import ADOPTED
from publisher.errors import LedgerError, Rejected, Uncertain
from publisher.ledger.events import Event
from publisher.ledger.memory import Ledger
from publisher.ledger.story import Story
from publisher.model import Attempt, Part, Receipt

_BEFORE = timedelta(days=1)
"""How long before an attempt a network may show something that passes for it: more than any client looks back."""


class Owners:
    """The parts that are known to be live, by what their network calls them.

    `stories` are those of this run's posts as it read them. When a network shows something the ledger is asked again:
    whatever another runner sends was claimed there before the network could show it.
    """

    def __init__(self, stories: Mapping[str, Story], ledger: Ledger) -> None:
        self._ledger = ledger
        self._proved: dict[tuple[str, str], tuple[str, int]] = {}
        for story in stories.values():
            self._learn(story)

    def note(self, post: str, proof: Event) -> None:
        """Remembers what this run has proved to be live."""
        if proof.proves:
            self._proved[proof.channel, proof.id] = (post, proof.position)

    def find(self, client: Client, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        """What the client finds. Raises Uncertain where that is, or may be, another part, which says the same words."""
        found = client.find(part, attempt, thread)
        if found:
            self.refuse_anothers(attempt, found)
        return found

    def refuse_anothers(self, attempt: Attempt, found: Receipt) -> None:
        """Raises Uncertain where what was found is, or may be, another part."""
        other, rival = self._look(attempt, found)
        if other:
            raise Uncertain(
                f"only {other} is seen with these words ({found.url or found.id}); this one may be live too"
            )
        _refuse_rival(rival, found)

    def deliver(self, client: Client, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
        """What the client delivers.

        Where the network has those words already, raises Rejected if that is another part, and Uncertain if it may be.
        """
        made = client.deliver(part, attempt, thread)
        if ADOPTED.items() <= made.native.items():
            other, rival = self._look(attempt, made)
            if other:
                told = f"the network takes these words only once, and {other} says them: {made.url or made.id}"
                raise Rejected(told, hint=f"say it in other words: a new paragraph, or `text:` for {attempt.channel}")
            _refuse_rival(rival, made)
        return made

    def whose(self, attempt: Attempt, found: Receipt) -> str:
        """The post whose part it is that was found, as far as this run has learnt."""
        return self._proved.get((attempt.channel, found.id), (attempt.post, 0))[0]

    def _look(self, attempt: Attempt, found: Receipt) -> tuple[str, str]:
        """Which other part that is, and where nobody knows, which other post it may be; each empty for none."""
        name, own = (attempt.channel, found.id), (attempt.post, attempt.position)
        others = () if name in self._proved else self._others(attempt)
        for story in others:
            self._learn(story)
        if name not in self._proved:
            return "", next((story.post for story in others if _is_tried(story, attempt)), "")
        post, position = self._proved[name]
        if (post, position) == own:
            return "", ""
        return (f"part {position + 1} of {post}" if post == attempt.post else f"the post {post}"), ""

    def _others(self, attempt: Attempt) -> Sequence[Story]:
        """What the ledger holds by now of the other posts that are, or may be, live since about that attempt.

        Raises Uncertain where it cannot be read. This run's posts are only glanced at, or it would claim over others.
        """
        try:
            self._ledger.refresh()
            near = self._ledger.recent(attempt.at - _BEFORE)
            posts = {one.post for one in near if one.channel == attempt.channel} | {*self._ledger.unfinished()}
            return tuple(self._ledger.glance(posts - {attempt.post}).values())
        except LedgerError as error:
            raise Uncertain(f"whose it is that the network shows cannot be told: {error}", hint=error.hint) from error

    def _learn(self, story: Story) -> None:
        for channel in {one.channel for one in story.events}:
            for proof in story.standing(channel).values():
                self.note(story.post, proof)


def _refuse_rival(rival: str, found: Receipt) -> None:
    if rival:
        told = f"{found.url or found.id} may be the post {rival}, of which nobody knows either"
        raise Uncertain(f"{told} and which says the same words")


def _is_tried(story: Story, attempt: Attempt) -> bool:
    """Whether somebody has tried to send that post in words for which a network may show those of the attempt."""
    tried = (*story.open_attempts(attempt.channel), *story.in_doubt(attempt.channel))
    return any(one.act == "send" and _is_alike(one, attempt) for one in tried)


def _is_alike(one: Event, attempt: Attempt) -> bool:
    """Whether a network may show one where it is asked for the other; an older publisher wrote down less."""
    if one.words and attempt.words:
        return one.words == attempt.words
    return bool(one.wording) and one.wording == attempt.wording
