"""Our Mastodon client against servers of its API that somebody else wrote: snac, and a mock that honours its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from publisher.errors import Rejected, Unauthorized

from .conftest import again, attempt, grey, look, lose, publish, statuses, words

if TYPE_CHECKING:
    from .conftest import RealAccount

pytestmark = pytest.mark.servers

STATUSES = "/api/v1/statuses"
SERVERS = ("snac", "mastodon_mock")
TEXT = "Écoutez d’abord 🎧 & répondez <b>ensuite</b>:\n\nhttps://example.org/guide?a=1&b=2\n\n#SocialMedia"


@pytest.fixture(params=SERVERS)
def account(request: pytest.FixtureRequest) -> RealAccount:
    found: RealAccount = request.getfixturevalue(request.param)
    return found


def test_a_status_arrives_in_its_language(account: RealAccount) -> None:
    once = attempt()
    receipt = publish(account.connect(), words(f"{once.post} en français", language="fr"), once)
    (status,) = [status for status in statuses(account) if once.post in status["content"]]
    assert status["id"] == receipt.id
    assert receipt.url.startswith("http")
    assert status["visibility"] == "public"


def test_pictures_arrive_with_their_alt_texts_in_order(account: RealAccount) -> None:
    once = attempt()
    pictures = (grey(20, "A dark square"), grey(220, "A light square"))
    publish(account.connect(), words(once.post, "post", *pictures), once)
    (status,) = [status for status in statuses(account) if once.post in status["content"]]
    assert [shown["description"] for shown in status["media_attachments"]] == ["A dark square", "A light square"]


def test_a_thread_hangs_together(account: RealAccount) -> None:
    receipts = []
    for position in range(3):
        once = attempt(position, "a-thread")
        part = words(f"Part {position} of {once.key}", "reply" if position else "post")
        receipts.append(publish(account.connect(), part, once, tuple(receipts)))
    parents = {status["id"]: status["in_reply_to_id"] for status in statuses(account)}
    assert [parents[receipt.id] for receipt in receipts] == [None, receipts[0].id, receipts[1].id]


def test_a_lost_answer_is_uncertain_then_found_and_never_doubled(account: RealAccount) -> None:
    once = attempt()
    part = words(f"{TEXT} {once.post}", "post", grey(99, "A grey square"))
    before = len(statuses(account))
    lose(account, STATUSES, part, once)
    found = look(account.connect(), part, once)
    assert found is not None
    assert [status["id"] for status in statuses(account)[before:]] == [found.id]


def test_a_lost_answer_in_a_thread_is_not_mistaken_for_its_twin(account: RealAccount) -> None:
    name = attempt().post
    part = words(f"The very same words, {name}")
    first = publish(account.connect(), part, attempt(0, name))
    second = attempt(1, name)
    assert look(account.connect(), part, second, (first,)) is None
    lose(account, STATUSES, part, second, (first,))
    found = look(account.connect(), part, second, (first,))
    assert found is not None
    assert found.id != first.id


def test_nothing_is_found_before_anything_was_sent(account: RealAccount) -> None:
    once = attempt()
    assert look(account.connect(), words(f"{TEXT} {once.post}"), once) is None


def test_a_wrong_token_is_told_and_nothing_is_posted(account: RealAccount) -> None:
    before = len(statuses(account))
    with pytest.raises(Unauthorized) as told:
        publish(account.connect(token="not-a-token-of-anybody"), words("Never."), attempt())
    assert "not-a-token" not in f"{told.value} {told.value.hint}"
    assert len(statuses(account)) == before


def test_a_status_that_is_too_long_is_refused(mastodon_mock: RealAccount) -> None:
    with pytest.raises(Rejected, match="500"):
        mastodon_mock.connect().deliver(words("a" * 501), attempt(), ())


def test_a_key_makes_two_deliveries_one_status_where_the_server_honours_it(mastodon_mock: RealAccount) -> None:
    once = attempt()
    ids = {publish(mastodon_mock.connect(), words(once.post), once).id for _ in range(2)}
    assert len(ids) == 1


def test_a_key_alone_is_no_safety_where_the_server_ignores_it(snac: RealAccount) -> None:
    once = attempt()
    ids = {publish(snac.connect(), words(once.post), once).id for _ in range(2)}
    assert len(ids) == 2, "snac honours Idempotency-Key now: say so in adapters/mastodon/limits.py"


def shown(account: RealAccount, identity: str) -> Any:
    (status,) = [status for status in statuses(account) if status["id"] == identity]
    return status


def test_an_edit_changes_the_words_and_keeps_the_pictures_however_often(account: RealAccount) -> None:
    once, client = attempt(), cast(Any, account.connect())
    pictures = (grey(20, "A dark square"), grey(220, "A light square"))
    live = publish(client, words(f"Before, {once.post}", "post", *pictures), once)
    before = shown(account, live.id)["media_attachments"]
    changed = words(f"After, {once.post}", "post", *pictures)
    for _ in range(2):
        edited = again(lambda: client.edit(changed, attempt(), live, ()))
    after = shown(account, live.id)
    assert edited.id == live.id
    assert "After" in after["content"]
    assert [one["description"] for one in after["media_attachments"]] == ["A dark square", "A light square"]
    assert [one["url"] for one in after["media_attachments"]] == [one["url"] for one in before]


def test_a_withdrawn_status_is_gone_and_stays_gone(mastodon_mock: RealAccount) -> None:
    once, client = attempt(), cast(Any, mastodon_mock.connect())
    live = publish(client, words(once.post), once)
    for _ in range(2):
        client.withdraw(live, ())
    assert not [status for status in statuses(mastodon_mock) if status["id"] == live.id]


def test_a_server_that_deletes_nothing_is_told_so_with_the_address(snac: RealAccount) -> None:
    once, client = attempt(), cast(Any, snac.connect())
    live = publish(client, words(once.post), once)
    with pytest.raises(Rejected) as told:
        again(lambda: client.withdraw(live, ()))
    assert live.url in told.value.hint
