"""The courier: posts that change after they were published, and posts that are taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event as Flag

import pytest

from publisher.adapter import Remember
from publisher.delivery.courier import Courier, Job, Outcome
from publisher.delivery.scribe import Scribe
from publisher.errors import Deferred, DeliveryError, Rejected, Uncertain, Unsupported
from publisher.ledger.claims import Entry
from publisher.ledger.events import Kind
from publisher.ledger.in_memory import InMemoryLedger
from publisher.ledger.runner import SENDING, Runner
from publisher.ledger.story import Story
from publisher.model import Attempt, Channel, Part, Receipt, Rendition

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HERE = Runner(host="here", pid=1, started="1")
X = Channel(name="x", network="x")


@dataclass
class Board:
    """A network that shows parts by id; `mishaps` end the calls to come, before or after they are done."""

    shown: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    mishaps: list[tuple[DeliveryError | Unsupported, bool] | None] = field(default_factory=list)

    def act(self, name: str, change: Mapping[str, str | None]) -> None:
        self.calls.append(name)
        mishap = self.mishaps.pop(0) if self.mishaps else None
        if mishap is None or mishap[1]:
            self.shown = {key: text for key, text in {**self.shown, **change}.items() if text is not None}
        if mishap:
            raise mishap[0]


@dataclass
class Plain:
    """A client that can only send."""

    board: Board
    remember: Remember

    def deliver(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
        if part.media and "picture" not in attempt.uploads:
            self.board.calls.append("upload")
            self.remember(attempt, {"picture": "u1"})
        self.board.act("send", {attempt.key: part.text})
        return Receipt(id=attempt.key, url=f"https://x.example/{part.text}", at=NOON)

    def find(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        if attempt.key not in self.board.shown:
            return None
        return Receipt(id=attempt.key, url="https://x.example/found", at=NOON)


class Full(Plain):
    """A client that can edit and withdraw too."""

    def edit(self, part: Part, attempt: Attempt, live: Receipt, thread: Sequence[Receipt]) -> Receipt:
        self.board.act(f"edit under {len(thread)}", {live.id: part.text})
        return live

    def withdraw(self, live: Receipt, thread: Sequence[Receipt]) -> None:
        self.board.act(f"withdraw under {len(thread)}", {live.id: None})


@dataclass
class Desk:
    """One channel with its memory; `run` carries one job as one run would."""

    client: type[Plain] = Full
    board: Board = field(default_factory=Board)
    ledger: InMemoryLedger = field(default_factory=lambda: InMemoryLedger(clock=lambda: NOON))
    now: datetime = NOON

    @property
    def story(self) -> Story:
        return self.ledger.read(["listen"])["listen"]

    def run(self, *texts: str, pictures: bool = False) -> Outcome:
        parts = tuple(
            Part(kind="reply" if n else "post", text=text, length=1, limit=9, media=("p",) if pictures else ())  # type: ignore[arg-type]  # only that there is one matters
            for n, text in enumerate(texts)
        )
        job = Job(
            channel=X,
            rendition=Rendition(post="listen", channel="x", network="x", parts=parts),
            blob=f"blob {texts}",
            path="content/listen.md",
        )
        courier = Courier(
            scribe=Scribe(self.ledger, HERE),
            connect=lambda _, remember: self.client(self.board, remember),
            clock=lambda: self.now,
            deliver=lambda call: call(),
            stop=Flag(),
        )
        return self.carry(courier, job)

    def carry(self, courier: Courier, job: Job) -> Outcome:
        return courier.carry([job], {"listen": self.story})[0]

    @property
    def texts(self) -> list[str]:
        return list(self.board.shown.values())


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_only_the_part_that_changed_is_edited(desk: Desk) -> None:
    desk.run("one", "two", "three")
    told = desk.run("one", "zwei", "three")
    assert (told.state, told.act, desk.texts) == ("published", "edit", ["one", "zwei", "three"])
    assert desk.board.calls == ["send"] * 3 + ["edit under 1"]


def test_an_edit_is_made_once_and_then_nothing_is_left_to_do(desk: Desk) -> None:
    desk.run("one")
    desk.run("eins")
    told = desk.run("eins")
    assert (told.act, desk.board.calls) == ("keep", ["send", "edit under 0"])


def test_a_second_edit_is_another_one(desk: Desk) -> None:
    for text in ("one", "eins", "un", "one"):
        desk.run(text)
    assert (desk.texts, len(desk.board.calls)) == (["one"], 4)


def test_a_thread_grows_and_shrinks_with_its_post(desk: Desk) -> None:
    desk.run("one", "two")
    desk.run("one", "two", "three")
    assert desk.texts == ["one", "two", "three"]
    told = desk.run("one")
    assert (told.state, desk.texts) == ("published", ["one"])
    assert desk.board.calls[-2:] == ["withdraw under 2", "withdraw under 1"]
    desk.run("one", "again")
    assert desk.texts == ["one", "again"]


def test_a_withdrawn_post_is_taken_off_from_its_end(desk: Desk) -> None:
    desk.run("one", "two")
    told = desk.run()
    assert (told.state, told.act, told.receipts, desk.texts) == ("withdrawn", "withdraw", (), [])
    done = desk.story.done("x")
    assert done is not None
    assert done.act == "withdraw"


def test_an_edited_post_keeps_the_instant_at_which_it_went_out(desk: Desk) -> None:
    desk.run("one")
    desk.now = NOON + timedelta(days=2)
    desk.run("eins")
    assert [one.at for one in desk.story.receipts("x")] == [NOON]
    assert [one.at for one in desk.ledger.recent(NOON)] == [NOON]


@pytest.mark.parametrize("handled", [True, False])
def test_an_edit_whose_answer_was_lost_is_made_again(desk: Desk, handled: bool) -> None:
    desk.run("one")
    desk.board.mishaps = [(Uncertain("the answer was lost"), handled)]
    lost = desk.run("eins")
    assert (lost.state, lost.reason) == (
        "due",
        "the answer was lost; the next run does it again, which does no harm",
    )
    assert desk.run("eins").state == "published"
    assert desk.texts == ["eins"]


def test_words_that_came_back_after_a_lost_edit_are_written_again(desk: Desk) -> None:
    desk.run("one")
    desk.board.mishaps = [(Uncertain("the answer was lost"), True)]
    desk.run("eins")
    assert desk.run("one").act == "edit"
    assert desk.texts == ["one"]


@pytest.mark.parametrize("handled", [True, False])
def test_a_withdrawal_whose_answer_was_lost_is_made_again(desk: Desk, handled: bool) -> None:
    desk.run("one")
    desk.board.mishaps = [(Uncertain("the answer was lost"), handled)]
    assert desk.run().state == "due"
    assert desk.run().state == "withdrawn"
    assert desk.texts == []


def test_a_network_that_cannot_edit_keeps_what_is_live_and_is_not_asked_again(desk: Desk) -> None:
    desk.client = Plain
    desk.run("one")
    told = desk.run("eins")
    assert (told.state, told.error) == ("published", "Unsupported")
    assert told.reason == "changed since it was published, but x lets nobody edit what is live"
    done = desk.story.done("x")
    assert done is not None
    assert (done.blob, done.message) == ("blob ('eins',)", told.reason)
    assert desk.texts == ["one"]


def test_an_edit_that_the_network_cannot_make_is_not_asked_for_again(desk: Desk) -> None:
    desk.run("one")
    desk.board.mishaps = [(Unsupported("x edits no pictures"), False)]
    assert desk.run("eins").error == "Unsupported"
    assert desk.story.open_attempts("x") == ()


def test_a_network_that_cannot_delete_says_where_a_person_can(desk: Desk) -> None:
    desk.client = Plain
    desk.run("one")
    told = desk.run()
    assert (told.state, told.hint) == ("published", "delete it by hand: https://x.example/one")
    assert desk.texts == ["one"]


def test_a_refused_edit_is_written_down_with_the_post_it_was_of(desk: Desk) -> None:
    desk.run("one")
    desk.board.mishaps = [(Rejected("too late"), False)]
    told = desk.run("eins")
    assert (told.state, told.reason) == ("failed", "refused: too late")
    refusal = desk.story.refusal("x")
    assert refusal is not None
    assert (refusal.act, refusal.blob) == ("edit", "blob ('eins',)")


def test_what_was_uploaded_is_not_uploaded_again_by_the_next_run(desk: Desk) -> None:
    desk.board.mishaps = [(Deferred("busy"), False)]
    desk.run("one", pictures=True)
    desk.run("one", pictures=True)
    assert desk.board.calls == ["upload", "send", "send"]
    assert [one.kind for one in desk.story.events].count(Kind.UPLOADED) == 1


def test_an_upload_of_yesterday_is_made_again(desk: Desk) -> None:
    desk.board.mishaps = [(Deferred("busy"), False)]
    desk.run("one", pictures=True)
    desk.now = NOON + timedelta(hours=21)
    desk.run("one", pictures=True)
    assert desk.board.calls == ["upload", "send", "upload", "send"]


def test_a_runner_that_slept_too_long_after_its_claim_sends_nothing(desk: Desk) -> None:
    """Nor does it write anything, for that would end the claim of whoever took the part over."""

    class Sleepy(InMemoryLedger):
        def write(self, entry: Entry) -> None:
            super().write(entry)
            desk.now = NOON + timedelta(minutes=11)

    desk.ledger = Sleepy(clock=lambda: NOON)
    told = desk.run("one")
    assert (told.state, told.error, desk.board.calls) == ("held", "", [])
    assert told.reason.startswith(SENDING)
    assert "another may have taken the part over" in told.reason
    assert [one.kind for one in desk.story.events] == [Kind.ATTEMPT]


def test_a_runner_whose_uploads_took_too_long_creates_nothing(desk: Desk) -> None:
    class Slow(Full):
        def deliver(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
            desk.now += timedelta(minutes=11)
            return super().deliver(part, attempt, thread)

    desk.client = Slow
    told = desk.run("one", pictures=True)
    assert (told.state, told.error, desk.board.calls) == ("held", "", ["upload"])
    assert [one.kind for one in desk.story.events] == [Kind.ATTEMPT, Kind.UPLOADED]
