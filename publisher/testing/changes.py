"""What a client owes that can edit or withdraw, and one that uploads before it posts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from publisher.adapter import Addressable, Editable, Withdrawable
from publisher.craft.compose import compose
from publisher.craft.voices import lay
from publisher.errors import Deferred, DeliveryError, Uncertain, Unsupported
from publisher.model import Attempt, Channel, Material, Part, Rendition
from publisher.testing.rehearsal import Rehearsal, attempt_of, first, media, post
from publisher.testing.steps import IT_WAS_DONE, NOTHING_WAS_DONE, Steps

MENDED = " Mended."
TWO = (media(), media(alt="The same again"))


class ChangeContract(Steps):
    """The contracts of `Editable`, `Withdrawable` and `Addressable`; a network without them is skipped, and why."""

    # --- edit

    def test_edits_each_part_and_twice_is_once(self, rehearsal: Rehearsal) -> None:
        client, rendition = self.editor(rehearsal), self.short()
        receipts = self.send(rehearsal, rendition)
        pictures = [shown.media for shown in rehearsal.world.posts()]
        for position, part in enumerate(rendition.parts):
            asked = (mended(part), editing(rendition, position), receipts[position], tuple(receipts[:position]))
            once, twice = client.edit(*asked), client.edit(*asked)
            assert (once.id, once.url) == (twice.id, twice.url)
            receipts[position] = client.edit(*asked[:2], twice, asked[3])
        after = rehearsal.world.posts()
        assert [shown.text for shown in after] == [mended(part).text for part in rendition.parts]
        assert [shown.media for shown in after] == pictures
        assert [shown.id for shown in after] == [receipt.id for receipt in receipts]
        assert [bool(shown.reply_to) for shown in after] == [part.kind != "post" for part in rendition.parts]

    @pytest.mark.parametrize("kind", NOTHING_WAS_DONE)
    def test_tells_that_nothing_was_edited(self, rehearsal: Rehearsal, kind: str) -> None:
        client, rendition = self.editor(rehearsal), self.short()
        receipt = self.send(rehearsal, rendition)[0]
        rehearsal.world.dial(self.network, kind, target="edit")
        with self.told(rehearsal) as error:
            client.edit(mended(rendition.parts[0]), editing(rendition), receipt, ())
        assert type(error[0]) is NOTHING_WAS_DONE[kind]
        assert rehearsal.texts()[0] == rendition.parts[0].text

    @pytest.mark.parametrize("kind", IT_WAS_DONE)
    def test_edits_again_when_the_answer_is_lost(self, rehearsal: Rehearsal, kind: str) -> None:
        client, rendition = self.editor(rehearsal), self.short()
        receipt = self.send(rehearsal, rendition)[0]
        rehearsal.world.dial(self.network, kind, target="edit")
        with _perhaps_lost(kind):
            client.edit(mended(rendition.parts[0]), editing(rendition), receipt, ())
        again = client.edit(mended(rendition.parts[0]), editing(rendition), receipt, ())
        assert rehearsal.texts() == [mended(rendition.parts[0]).text, *(part.text for part in rendition.parts[1:])]
        assert rehearsal.world.posts()[0].id == again.id

    def test_says_that_what_is_gone_cannot_be_edited(self, rehearsal: Rehearsal) -> None:
        client, rendition = self.editor(rehearsal), self.short()
        receipt = self.send(rehearsal, rendition)[0]
        rehearsal.world.remove(self.network, receipt.id)
        rehearsal.world.note(self.network, f"record:{receipt.id}", None)
        with self.told(rehearsal):
            client.edit(mended(rendition.parts[0]), editing(rendition), receipt, ())

    def test_edits_nothing_unless_the_channel_says_that_it_may(self, rehearsal: Rehearsal) -> None:
        client, rendition = rehearsal.connect(), self.short()
        if not self.edits_with:
            pytest.skip(f"{self.network} needs no setting to edit")
        assert isinstance(client, Editable)
        receipt = self.send(rehearsal, rendition)[0]
        with pytest.raises(Unsupported) as told:
            client.edit(mended(rendition.parts[0]), editing(rendition), receipt, ())
        assert all(name in told.value.hint for name in self.edits_with)
        assert rehearsal.texts() == [part.text for part in rendition.parts]

    # --- withdraw

    def test_withdraws_each_part_and_nothing_else_and_twice_is_once(self, rehearsal: Rehearsal) -> None:
        client, rendition = self.withdrawer(rehearsal), self.short()
        something = self.own("Something else stays.")
        (other,) = self.send(rehearsal, structs.replace(something, post="other", parts=something.parts[:1]))
        left = rehearsal.texts()
        receipts = self.send(rehearsal, rendition)
        for position in reversed(range(len(receipts))):
            for _ in range(2):
                client.withdraw(receipts[position], tuple(receipts[:position]))
            assert rehearsal.texts() == [*left, *(part.text for part in rendition.parts[:position])]
        assert rehearsal.world.post(self.network, other.id)

    @pytest.mark.parametrize("kind", NOTHING_WAS_DONE)
    def test_tells_that_nothing_was_withdrawn(self, rehearsal: Rehearsal, kind: str) -> None:
        client, rendition = self.withdrawer(rehearsal), self.short()
        receipts = self.send(rehearsal, rendition)
        rehearsal.world.dial(self.network, kind, target="withdraw")
        with self.told(rehearsal) as error:
            client.withdraw(receipts[-1], tuple(receipts[:-1]))
        assert type(error[0]) is NOTHING_WAS_DONE[kind]
        assert len(rehearsal.texts()) == len(receipts)

    @pytest.mark.parametrize("kind", IT_WAS_DONE)
    def test_withdraws_again_when_the_answer_is_lost(self, rehearsal: Rehearsal, kind: str) -> None:
        client, rendition = self.withdrawer(rehearsal), self.short()
        receipts = self.send(rehearsal, rendition)
        rehearsal.world.dial(self.network, kind, target="withdraw")
        with _perhaps_lost(kind):
            client.withdraw(receipts[-1], tuple(receipts[:-1]))
        client.withdraw(receipts[-1], tuple(receipts[:-1]))
        assert len(rehearsal.texts()) == len(receipts) - 1

    def test_touches_nothing_of_others(self, rehearsal: Rehearsal, tmp_path: Path) -> None:
        rendition = self.short()
        receipt = self.send(rehearsal, rendition)[0]
        settings = {**self.settings, **self.edits_with}
        stranger = Rehearsal(self.network, settings, tmp_path, channel="stranger", handle="@stranger@elsewhere.example")
        client = stranger.connect()
        if isinstance(client, Withdrawable):
            with pytest.raises(DeliveryError):
                client.withdraw(receipt, ())
        if isinstance(client, Editable):
            with pytest.raises((DeliveryError, Unsupported)):
                client.edit(mended(rendition.parts[0]), editing(rendition), receipt, ())
        assert rehearsal.texts() == [part.text for part in rendition.parts]
        stranger.world.close()

    # --- uploads

    def test_uploads_nothing_twice(self, rehearsal: Rehearsal) -> None:
        part, attempt, uploaded = self.interrupted(rehearsal)
        rehearsal.connect().deliver(part, rehearsal.again(attempt), ())
        assert rehearsal.world.tally(self.network, "upload") == uploaded
        self.shows_once(rehearsal, part)

    def test_uploads_anew_what_the_network_has_forgotten(self, rehearsal: Rehearsal) -> None:
        part, attempt, uploaded = self.interrupted(rehearsal)
        rehearsal.world.forget()
        rehearsal.connect().deliver(part, rehearsal.again(attempt), ())
        assert rehearsal.world.tally(self.network, "upload") >= uploaded
        self.shows_once(rehearsal, part)

    def test_remembers_what_was_uploaded_before_a_failure(self, rehearsal: Rehearsal) -> None:
        part, attempt = first(self.render(media=TWO))
        rehearsal.world.dial(self.network, "lost", target="upload", skip=1)
        try:
            rehearsal.connect().deliver(part, attempt, ())
        except Deferred:
            assert len(rehearsal.remembered[attempt.key]) == 1
            rehearsal.connect().deliver(part, rehearsal.again(attempt), ())
            lost = 1
            assert rehearsal.world.tally(self.network, "upload") == len(rehearsal.remembered[attempt.key]) + lost
        self.shows_once(rehearsal, part)

    # --- addresses

    def test_knows_its_own_addresses_and_no_other(self, rehearsal: Rehearsal) -> None:
        found = self.adapter
        if not isinstance(found, Addressable):
            pytest.skip(f"{self.network} shows no addresses")
        for receipt in self.send(rehearsal, self.short()):
            name = found.identify(receipt.url)
            assert name in {"", receipt.id} or f"/{name}" in receipt.url
            assert found.identify(receipt.id) in {"", receipt.id}
        for url in ("", "https://example.org/", "https://[", "not an address", "https://example.org/a/b/c?d=e#f"):
            assert found.identify(url) == ""

    # --- what they share

    def short(self) -> Rendition:
        """A few words with a picture, and the link in an answer or a comment of its own where there are such."""
        channel = Channel(name=self.network, network=self.network, settings=self.settings)
        told = post(material=Material(hook="Nobody is listening yet."))
        voice = lay(self.adapter.voice, {"link": "comment"})
        return self.adapter.render(compose(told, [(channel, voice)])[self.network])

    def editor(self, rehearsal: Rehearsal) -> Editable:
        """A client that edits; skips the test where there is none."""
        rehearsal.account = replace(rehearsal.account, settings={**self.settings, **self.edits_with})
        client = rehearsal.connect()
        if not isinstance(client, Editable):
            pytest.skip(f"{self.network} lets no program edit what is live")
        return client

    def withdrawer(self, rehearsal: Rehearsal) -> Withdrawable:
        """A client that withdraws; skips the test where there is none."""
        client = rehearsal.connect()
        if not isinstance(client, Withdrawable):
            pytest.skip(f"{self.network} lets no program delete what is live")
        return client

    def interrupted(self, rehearsal: Rehearsal) -> tuple[Part, Attempt, int]:
        """A part whose pictures are uploaded and which is not posted, and the number of its uploads."""
        part, attempt = first(self.render(media=TWO))
        rehearsal.world.dial(self.network, "limited")
        with pytest.raises(Deferred):
            rehearsal.connect().deliver(part, attempt, ())
        uploaded = rehearsal.world.tally(self.network, "upload")
        if not uploaded:
            pytest.skip(f"{self.network} takes pictures with the post itself")
        return part, attempt, uploaded

    def shows_once(self, rehearsal: Rehearsal, part: Part) -> None:
        """Fails unless the part is live once, with its pictures."""
        (shown,) = rehearsal.world.posts()
        assert shown.text == part.text
        assert [picture.alt for picture in shown.media] == [picture.alt for picture in part.media]


@contextmanager
def _perhaps_lost(kind: str) -> Iterator[None]:
    """Takes the Uncertain of a lost answer; only one that says nothing anyway may be lost without it."""
    try:
        yield
    except Uncertain:
        return
    assert kind in {"cut", "no-id"}


def mended(part: Part) -> Part:
    """The part with a word more."""
    return structs.replace(part, text=part.text + MENDED, length=part.length + len(MENDED))


def editing(rendition: Rendition, position: int = 0) -> Attempt:
    """The attempt to edit a part."""
    attempt = attempt_of(rendition, position)
    return replace(attempt, key=attempt.key[::-1], act="edit")
