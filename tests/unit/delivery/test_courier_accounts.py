"""The courier: a channel was given another account while something of a post is, or may be, live on the old one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from publisher.adapter import Locatable
from publisher.delivery.courier import Courier, Job, Outcome
from publisher.errors import Rejected, Uncertain
from publisher.ledger.events import decode, encode
from publisher.model import Attempt, Channel, Part, Receipt
from publisher.registry import adapter
from tests.unit.delivery.test_courier_changes import Desk, Full

OLD, NEW, NAMED = "tidewater@social.example", "tidewater@other.example", "tidewatr@social.example"


@dataclass
class Office(Desk):
    """A desk whose channel has an account."""

    account: str = OLD

    def carry(self, courier: Courier, job: Job) -> Outcome:
        return super().carry(courier, replace(job, account=self.account))


class Blind(Full):
    """A client that cannot look."""

    def find(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        raise Rejected("no looking")


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.mark.parametrize("account", [NEW, NAMED])
def test_half_a_thread_does_not_go_on_in_another_account(office: Office, account: str) -> None:
    office.board.mishaps = [None, (Rejected("no"), False)]
    office.run("one", "two", "three")
    office.account = account
    told = office.run("one", "two", "three")
    assert (told.state, told.error, office.texts) == ("held", "ConfigError", ["one"])
    assert f"part of it is live on {OLD}, and publisher.yml names {account} now" in told.reason
    office.account = OLD
    assert (office.run("one", "two", "three").state, office.texts) == ("published", ["one", "two", "three"])


def test_a_doubt_about_one_account_is_neither_looked_for_nor_sent_on_another(office: Office) -> None:
    office.board.mishaps = [(Uncertain("silence"), True)]
    office.client = Blind
    office.run("one")
    office.client, office.account = Full, NEW
    calls = list(office.board.calls)
    told = office.run("one")
    assert (told.state, told.error, office.board.calls) == ("doubt", "Uncertain", calls)
    assert f"it may be live on {OLD}, and publisher.yml names {NEW} now" in told.reason
    assert "publisher resolve listen x" in told.hint
    assert (office.run().state, office.board.calls) == ("doubt", calls)
    office.account = OLD
    assert (office.run("one").state, office.texts) == ("published", ["one"])


def test_a_post_that_is_whole_on_the_old_account_stays_done(office: Office) -> None:
    office.run("one", "two")
    office.account = NEW
    told = office.run("one", "two")
    assert (told.state, told.act, office.board.calls) == ("published", "keep", ["send", "send"])


def test_what_is_live_on_the_old_account_is_neither_edited_nor_withdrawn_on_the_new_one(office: Office) -> None:
    office.run("one")
    office.account = NEW
    for texts in (("eins",), ()):
        told = office.run(*texts)
        assert (told.state, told.error, office.board.calls) == ("held", "ConfigError", ["send"])
        assert f"it is live on {OLD}, and publisher.yml names {NEW} now" in told.reason


def test_a_name_that_was_corrected_does_not_stop_an_edit(office: Office) -> None:
    office.run("one")
    office.account = NAMED
    assert (office.run("eins").state, office.texts) == ("published", ["eins"])


def test_a_story_without_accounts_goes_on_with_any(office: Office) -> None:
    office.account = ""
    office.board.mishaps = [None, (Rejected("no"), False)]
    office.run("one", "two")
    office.account = NEW
    assert (office.run("one", "two").state, office.texts) == ("published", ["one", "two"])


def test_the_account_stays_in_the_story(office: Office) -> None:
    office.run("one")
    events, _ = decode(encode(office.story.events))
    assert {one.account for one in events if one.key} == {OLD}


ACCOUNTS = {
    "x": ({"handle": "@Tidewater"}, "tidewater@"),
    "facebook": ({"handle": "Tide", "settings": {"page": "1000"}}, "@1000"),
    "instagram": ({"handle": "@tide", "settings": {"user": "17841"}}, "@17841"),
    "bluesky": (
        {"handle": "@Tidewater.example", "settings": {"service": "https://bsky.social/"}},
        "tidewater.example@bsky.social",
    ),
    "mastodon": (
        {"handle": "@Tidewater@social.example", "settings": {"instance": "https://Social.example/"}},
        "tidewater@social.example",
    ),
    "linkedin": ({"handle": "Tide", "settings": {"author": "urn:li:person:aBc"}}, "@urn:li:person:aBc"),
}


@pytest.mark.parametrize("network", ACCOUNTS)
def test_every_network_says_which_account_a_channel_is(network: str) -> None:
    known, (written, account) = adapter(network), ACCOUNTS[network]
    assert isinstance(known, Locatable)
    assert known.locate(Channel(name="here", network=network, **written)) == account  # type: ignore[arg-type]  # as written
