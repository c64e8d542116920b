"""Our Bluesky client against Bluesky's own server."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from adapters.bluesky.facets import facets
from adapters.bluesky.measure import measure
from publisher.craft.voices import lay
from publisher.errors import Rejected, Unauthorized, Uncertain
from publisher.model import Passage, Rendition, Variant
from publisher.registry import adapter

from .conftest import attempt, grey, lose, picture, words

if TYPE_CHECKING:
    from .conftest import PersonalDataServer, RealAccount

pytestmark = pytest.mark.servers

STORY = "We listened for a year before we said a word, and wrote down what people asked us most often. "


def rendition(text: str = "", **changed: Any) -> Rendition:
    plain: dict[str, Any] = {
        "post": "listen",
        "title": "Agile beats viral",
        "channel": "bluesky",
        "network": "bluesky",
        "language": "en",
        "voice": lay(adapter("bluesky").voice, changed.pop("voice", {})),
        "angle": "point",
        "passages": (Passage(kind="point", text=text or "Écoutez d’abord 🎧: listening is cheaper than shouting."),),
    }
    return adapter("bluesky").render(Variant(**{**plain, **changed}))


def editing(account: RealAccount) -> RealAccount:
    return replace(account, settings={**account.settings, "edits": "true"})


def linked(record: Any) -> list[tuple[str, str]]:
    text = record["value"]["text"].encode()
    found = []
    for facet in record["value"].get("facets", []):
        (feature,) = facet["features"]
        shown = text[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode()
        found.append((shown, feature.get("uri") or feature.get("tag") or feature.get("did")))
    return found


def test_a_post_arrives_with_its_links_tags_and_language(pds: PersonalDataServer) -> None:
    account = pds.join()
    link = "https://my-site.example/a/guide?utm_source=bluesky"
    (part,) = rendition(link=link, tags=("SocialMedia",), voice={"link": "text"}).parts
    receipt = account.connect().deliver(part, attempt(), ())
    (record,) = pds.records(account)
    assert (record["uri"], record["cid"]) == (receipt.id, receipt.native["cid"])
    assert record["value"]["text"] == part.text
    assert record["value"]["langs"] == ["en"]
    assert linked(record) == [("my-site.example/a/guide", link), ("#SocialMedia", "SocialMedia")]
    assert receipt.url == f"https://bsky.app/profile/{account.handle[1:]}/post/{receipt.id.rpartition('/')[2]}"


def test_a_link_arrives_as_a_card(pds: PersonalDataServer) -> None:
    account = pds.join()
    account.connect().deliver(rendition(link="https://example.org/guide").parts[0], attempt(), ())
    (record,) = pds.records(account)
    assert record["value"]["embed"]["external"] == {
        "uri": "https://example.org/guide",
        "title": "Agile beats viral",
        "description": "example.org/guide",
    }


def test_pictures_arrive_with_their_alt_texts_in_order(pds: PersonalDataServer) -> None:
    account = pds.join()
    pictures = tuple(grey(shade, f"Grey number {shade}") for shade in (10, 90, 170, 250))
    account.connect().deliver(rendition(media=pictures).parts[0], attempt(), ())
    (record,) = pds.records(account)
    images = record["value"]["embed"]["images"]
    assert [image["alt"] for image in images] == [picture.alt for picture in pictures]
    assert [image["image"]["size"] for image in images] == [picture.size for picture in pictures]
    assert images[0]["aspectRatio"] == {"width": 8, "height": 8}


def test_a_thread_of_three_hangs_together(pds: PersonalDataServer) -> None:
    account = pds.join()
    parts = rendition(text=STORY * 7, thread=True).parts
    assert len(parts) == 3
    receipts = []
    for position, part in enumerate(parts):
        client = account.connect()  # a new run for each part, as after a crash
        receipts.append(client.deliver(part, attempt(position, "thread"), tuple(receipts)))
    first, *replies = pds.records(account)
    assert "reply" not in first["value"]
    for reply, parent in zip(replies, receipts, strict=False):
        assert reply["value"]["reply"]["root"] == {"uri": receipts[0].id, "cid": receipts[0].native["cid"]}
        assert reply["value"]["reply"]["parent"] == {"uri": parent.id, "cid": parent.native["cid"]}


def test_a_receipt_without_its_cid_still_takes_a_reply(pds: PersonalDataServer) -> None:
    account = pds.join()
    client = account.connect()
    parent = client.deliver(words("One."), attempt(0, "resolved"), ())
    client.deliver(words("Two.", "reply"), attempt(1, "resolved"), (replace(parent, native={}),))
    assert pds.records(account)[1]["value"]["reply"]["parent"]["cid"] == parent.native["cid"]


def test_a_parent_known_by_its_handle_alone_is_answered_by_its_did(pds: PersonalDataServer) -> None:
    account = pds.join()
    client = account.connect()
    parent = client.deliver(words("One."), attempt(0, "named"), ())
    told = replace(parent, id=parent.id.replace(parent.id.split("/")[2], account.handle[1:]), native={})
    client.deliver(words("Two.", "reply"), attempt(1, "named"), (told,))
    assert pds.records(account)[1]["value"]["reply"]["parent"] == {"uri": parent.id, "cid": parent.native["cid"]}


def test_an_edit_is_one_commit_under_the_same_key_with_the_same_date(pds: PersonalDataServer) -> None:
    account = editing(pds.join())
    client = cast(Any, account.connect())
    live = client.deliver(words("Before.", "post", grey(33, "A grey square")), attempt(), ())
    (before,) = pds.records(account)
    part = words("After.", "post", grey(33, "A grey square, better told"))
    first, second = (client.edit(part, attempt(), live, ()) for _ in range(2))
    (after,) = pds.records(account)
    assert first.native["cid"] == second.native["cid"] == after["cid"] != before["cid"]
    assert (after["uri"], after["value"]["createdAt"]) == (live.id, before["value"]["createdAt"])
    assert after["value"]["text"] == "After."
    assert after["value"]["embed"]["images"][0]["alt"] == "A grey square, better told"


def test_an_answer_survives_the_edit_of_what_it_answers(pds: PersonalDataServer) -> None:
    account = editing(pds.join())
    client = cast(Any, account.connect())
    root = client.deliver(words("One."), attempt(0, "edited"), ())
    reply = client.deliver(words("Two.", "reply"), attempt(1, "edited"), (root,))
    edited = client.edit(words("One, mended."), attempt(), root, ())
    client.edit(words("Two, mended.", "reply"), attempt(), reply, (edited,))
    client.deliver(words("Three.", "reply"), attempt(2, "edited"), (edited, reply))
    first, second, third = pds.records(account)
    assert second["value"]["reply"]["root"]["cid"] == root.native["cid"]
    assert third["value"]["reply"]["root"]["cid"] == first["cid"]


def test_a_withdrawn_post_is_gone_and_stays_gone_and_others_stay(pds: PersonalDataServer) -> None:
    account = pds.join()
    client = cast(Any, account.connect())
    live, other = (client.deliver(words(text), attempt(), ()) for text in ("One.", "Two."))
    for _ in range(2):
        client.withdraw(live, ())
    assert [record["uri"] for record in pds.records(account)] == [other.id]
    with pytest.raises(Rejected, match="no post of"):
        cast(Any, pds.join().connect()).withdraw(other, ())


def test_an_upload_is_used_by_the_next_try_and_a_forgotten_one_made_anew(pds: PersonalDataServer) -> None:
    account, once, kept = pds.join(), attempt(), dict[str, str]()
    client = account.connect(kept=kept)
    part = words("With a picture.", "post", grey(44, "A grey square"))
    client.deliver(part, once, ())
    (name, blob) = next(iter(kept.items()))
    used = account.connect(content=b"never read again")
    used.deliver(part, replace(attempt(), uploads={name: blob}), ())
    lost = {name: blob.replace(json.loads(blob)["ref"]["$link"], "bafkreih" + "a" * 51)}
    client.deliver(part, replace(attempt(), uploads=lost), ())
    sizes = [record["value"]["embed"]["images"][0]["image"]["size"] for record in pds.records(account)]
    assert sizes == [grey(44, "").size] * 3


def test_the_same_attempt_twice_is_one_post(pds: PersonalDataServer) -> None:
    account, once = pds.join(), attempt()
    part = rendition(media=(grey(33, "A grey square"),)).parts[0]
    first = account.connect().deliver(part, once, ())
    second = account.connect().deliver(part, once, ())
    assert (first.id, first.native) == (second.id, second.native)
    assert len(pds.records(account)) == 1


def test_an_attempt_whose_post_was_touched_since_is_adopted_not_overwritten(pds: PersonalDataServer) -> None:
    account, once = pds.join(), attempt()
    client = account.connect()
    first = client.deliver(words("The same words.", langs=["en"]), once, ())
    again = client.deliver(words("The same words.", langs=["fr"]), once, ())
    assert again.id == first.id
    assert [record["value"]["langs"] for record in pds.records(account)] == [["en"]]


def test_other_words_under_the_attempts_key_are_left_to_a_person(pds: PersonalDataServer) -> None:
    account, once = pds.join(), attempt()
    account.connect().deliver(words("These words."), once, ())
    with pytest.raises(Uncertain, match="These words"):
        account.connect().deliver(words("Quite different ones."), once, ())
    assert len(pds.records(account)) == 1


def test_a_lost_answer_is_uncertain_then_found_and_never_doubled(pds: PersonalDataServer) -> None:
    account, once = pds.join(), attempt()
    part = rendition().parts[0]
    lose(account, "putRecord", part, once)
    found = account.connect().find(part, once, ())
    assert found is not None
    assert account.connect().deliver(part, once, ()).id == found.id
    assert [record["uri"] for record in pds.records(account)] == [found.id]


def test_nothing_is_found_before_anything_was_sent(pds: PersonalDataServer) -> None:
    assert pds.join().connect().find(rendition().parts[0], attempt(), ()) is None


def test_an_attempt_of_last_week_keeps_its_date(pds: PersonalDataServer) -> None:
    account, early = pds.join(), attempt()
    week = replace(early, at=early.at - timedelta(days=7))
    account.connect().deliver(words("Late, and dated."), week, ())
    created = pds.records(account)[0]["value"]["createdAt"]
    assert created == week.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_a_wrong_password_is_told_with_where_to_get_a_new_one(pds: PersonalDataServer) -> None:
    account = pds.join()
    with pytest.raises(Unauthorized) as told:
        account.connect(app_password="wrong-wrong-wrong").deliver(words("Never."), attempt(), ())
    assert "app password" in told.value.hint
    assert "wrong-wrong" not in f"{told.value} {told.value.hint}"
    assert pds.records(account) == []


@pytest.mark.parametrize("text", ["a" * 301, "👨‍👩‍👧‍👧" * 121], ids=["301 graphemes", "3025 bytes"])
def test_a_text_over_either_limit_is_refused_there_and_invalid_here(pds: PersonalDataServer, text: str) -> None:
    account = pds.join()
    assert not measure(text).valid
    with pytest.raises(Rejected):
        account.connect().deliver(words(text), attempt(), ())


@pytest.mark.parametrize("text", ["a" * 300, "👨‍👩‍👧‍👧" * 120], ids=["300 graphemes", "3000 bytes"])
def test_a_text_at_either_limit_is_taken_there_and_valid_here(pds: PersonalDataServer, text: str) -> None:
    assert measure(text).valid
    assert pds.join().connect().deliver(words(text), attempt(), ()).id


def test_a_picture_over_two_megabytes_is_refused_when_the_post_is_written(pds: PersonalDataServer) -> None:
    account, big = pds.join(), picture(7) + b"\0" * 2_000_000
    with pytest.raises(Rejected, match="blob too big"):
        account.connect(content=big).deliver(words("Big.", "post", grey(7, "big")), attempt(), ())
    assert pds.records(account) == []


# Not here, on purpose: README.md and its like, which the client links and we do not; HTTP:// in capitals, which it does
# not link; names without a scheme that begin with http, whose scheme it forgets.
TEXTS = [
    "start https://middle.com/foo/bar?baz=bux#hash end, (https://foo.com) and https://foo.com/thing_(cool).",
    "middle.com/foo and start.org; e.g. something-cool.jpg, website.com.jpg/foo, a..url ..here my-site.com",
    "Example.COM example.COM Example.com xhttps://not.com (paren.org) \u00a0nbsp.fr\u00a0; Https x.y.com:80/a",
    "@handle.com, not@right (@full123-chars.test)! @handle.com_x @nobody @a.invalidtld @émile.fr @b.com\n@c.com",
    "👨‍👩‍👧‍👧 #été #a #1 #a1 #_b #b_ #a-b #-b # ## #double#rainbow ##hash #🦋 #butter🦋fly #\ufe0f #👍🏻 #x\u200by",
    "#punctuation, #like. #this! #turtles!!! #日本語。 #" + "a" * 64 + " #" + "a" * 65 + " ＃wide",
    "$aapl $GOOG, ($msft) $TOOLONG $1 a$b $a. $b! $c-d $é $x’s",
    "«https://a.fr» “https://b.fr” https://c.fr/… https://d.fr/?! https://e.fr/)) (see https://f.fr/).",
]


def test_links_mentions_and_tags_are_those_of_the_official_client(pds: PersonalDataServer) -> None:
    script = (
        "const { RichText } = await import('@atproto/api');"
        "const texts = JSON.parse((await import('node:fs')).readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(texts.map((text) => { const rich = new RichText({ text });"
        " rich.detectFacetsWithoutResolution();"
        " return (rich.facets ?? []).map(({ index, features }) =>"
        " [index.byteStart, index.byteEnd, Object.values(features[0])[1]]) })))"
    )
    done = subprocess.run(
        ["node", "--no-warnings", "--input-type=module", "-e", script],
        input=json.dumps(TEXTS),
        cwd=pds.modules,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    for text, theirs in zip(TEXTS, json.loads(done.stdout), strict=True):
        mentions = {entity.text: entity.text[1:] for entity in measure(text).entities if entity.kind == "mention"}
        ours = [
            [facet["index"]["byteStart"], facet["index"]["byteEnd"], list(facet["features"][0].values())[1]]
            for facet in facets(text, shown={}, people=mentions)
        ]
        assert ours == sorted(theirs), text
