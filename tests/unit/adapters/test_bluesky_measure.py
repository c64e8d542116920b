from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.bluesky.facets import facets
from adapters.bluesky.measure import measure, weight

FAMILY = "👨‍👩‍👧‍👧"


def entities(text: str) -> list[tuple[str, str]]:
    return [(entity.kind, entity.text) for entity in measure(text).entities]


@pytest.mark.parametrize(
    ("text", "length", "valid"),
    [
        ("", 0, False),
        ("a" * 300, 300, True),
        ("a" * 301, 301, False),
        (FAMILY * 120, 120, True),
        (FAMILY * 121, 121, False),
        ("é" * 300, 300, True),
        ("https://example.org/" + "a" * 280, 300, True),
    ],
    ids=["empty", "300", "301", "3000 bytes", "3025 bytes", "accents", "an address counts whole"],
)
def test_counts_graphemes_and_holds_both_limits(text: str, length: int, valid: bool) -> None:
    measured = measure(text)
    assert (measured.length, measured.limit, measured.valid) == (length, 300, valid)


@settings(max_examples=60)
@given(st.text(max_size=400))
def test_weighs_at_most_300_exactly_where_both_limits_hold(text: str) -> None:
    measured = measure(text)
    fits = measured.length <= 300 and len(text.encode("utf-8", "surrogatepass")) <= 3000
    assert (weight(text) <= 300) is fits


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("start https://middle.com/foo?a=b#c end", ["https://middle.com/foo?a=b#c"]),
        ("start middle.com/foo/bar end", ["middle.com/foo/bar"]),
        (
            "https://foo.com, https://bar.com/x; https://baz.com.",
            ["https://foo.com", "https://bar.com/x", "https://baz.com"],
        ),
        ("(https://foo.com) and https://foo.com/thing_(cool)", ["https://foo.com", "https://foo.com/thing_(cool)"]),
        ("e.g. something-cool.jpg, website.com.jpg/foo and a..url ..here", []),
        ("a example.com/index.php and bsky.app: colon", ["example.com/index.php", "bsky.app"]),
        ("(see (a.museum), b.com))", ["a.museum", "b.com)"]),
        ("Https://a.com HTTP://B.com", []),
        ("httpbin.org http.notadomain", ["httpbin.org", "http.notadomain"]),
        ("a.COM b.com\ufeffc.com\x1fd.com", ["b.com", "c.com\x1fd.com"]),
    ],
)
def test_finds_links_as_the_client_does(text: str, found: list[str]) -> None:
    assert entities(text) == [("url", link) for link in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@handle.com!@#$chars", ["@handle.com"]),
        ("(@handle.com) @full123-chars.test", ["@handle.com", "@full123-chars.test"]),
        ("not@right @nobody @a.notadomain @handle.com_x @handle.com._x", []),
        ("@handle.com.- @handle.com…", ["@handle.com", "@handle.com"]),
    ],
)
def test_finds_mentions_as_the_client_does(text: str, found: list[str]) -> None:
    assert entities(text) == [("mention", handle) for handle in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#a1 #1 #_b #b_ #-b # ##", ["#a1", "#_b", "#b", "#-b"]),
        ("#punctuation, #this!!! #été. #日本語。", ["#punctuation", "#this", "#été", "#日本語"]),
        ("#double#rainbow mid#dle #butter🦋fly", ["#double#rainbow", "#butter🦋fly"]),
        ("#" + "a" * 64 + " #" + "a" * 65, ["#" + "a" * 64]),
        ("#" + "🦋" * 32 + " #" + "🦋" * 33, ["#" + "🦋" * 32]),
        ("#️⃣tag ##️⃣tag ＃tag", ["##️⃣tag", "＃tag"]),
        ("#a\u200bb #\u200bc #d\u00ade #f\ufeffg", ["#a", "#d", "#f"]),
        ("##hash #multi_trailing___... #n0n3s@n5e! #1?", ["##hash", "#multi_trailing", "#n0n3s@n5e"]),
    ],
)
def test_finds_tags_as_the_client_does(text: str, found: list[str]) -> None:
    assert entities(text) == [("hashtag", tag) for tag in found]


def test_finds_cashtags_of_up_to_five_letters() -> None:
    assert entities("$aapl, ($GOOG) $TOOLONG $1 a$b") == [("cashtag", "$aapl"), ("cashtag", "$GOOG")]


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(["é", "🎧 ", "#tag ", "https://a.org/é ", "b.fr ", "(", ")", "$abc ", "@a.com ", "\n", "."])
    )
)
def test_places_every_facet_on_whole_characters_in_order(pieces: list[str]) -> None:
    text = "".join(pieces)
    end = 0
    for facet in facets(text, shown={}, people={"@a.com": "did:plc:a"}):
        start, stop = facet["index"]["byteStart"], facet["index"]["byteEnd"]  # type: ignore[index, call-overload]  # JSON
        assert end <= start < stop <= len(text.encode())
        assert text.encode()[start:stop].decode() in text
        end = stop


def test_leads_to_the_whole_address_from_a_shortened_link_under_any_domain() -> None:
    whole = "https://my-site.example/guide?utm=1"
    (facet,) = facets("Read my-site.example/guide.", shown={"my-site.example/guide": whole}, people={})
    assert facet == {
        "index": {"byteStart": 5, "byteEnd": 26},
        "features": [{"$type": "app.bsky.richtext.facet#link", "uri": whole}],
    }


def test_links_a_mention_only_where_its_did_is_known() -> None:
    people = {"@acme.example": "did:plc:acme"}
    (facet,) = facets("With @acme.example and @other.com.", shown={}, people=people)
    assert facet["features"] == [{"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:acme"}]  # type: ignore[index, call-overload]  # JSON


def test_sends_nobody_from_a_files_name_to_a_stranger() -> None:
    assert facets("See README.md and setup.py, or run http.server.", shown={}, people={}) == []


def test_links_a_bare_name_that_begins_with_http() -> None:
    (facet,) = facets("Try httpbin.org, now", shown={}, people={})
    assert facet["features"] == [{"$type": "app.bsky.richtext.facet#link", "uri": "https://httpbin.org"}]  # type: ignore[index, call-overload]  # JSON


def test_leaves_no_facet_within_another() -> None:
    (facet,) = facets("#a(b.com", shown={}, people={})
    assert facet["index"] == {"byteStart": 0, "byteEnd": 8}  # type: ignore[index, call-overload]  # JSON


def test_writes_a_cashtag_in_capitals_with_its_sign() -> None:
    (facet,) = facets("Buy $aapl", shown={}, people={})
    assert facet["features"] == [{"$type": "app.bsky.richtext.facet#tag", "tag": "$AAPL"}]  # type: ignore[index, call-overload]  # JSON
