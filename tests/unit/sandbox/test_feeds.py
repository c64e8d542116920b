"""The sandbox's pages: what a person sees, and what a hostile post cannot do."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from publisher.adapter import Rehearsable
from publisher.model import Entity, Json
from publisher.registry import adapter, networks
from publisher.sandbox.feeds import LONGEST, Feeds
from publisher.sandbox.timeline import mark
from publisher.sandbox.world import Picture, Published, World

NETWORKS = tuple(name for name in networks() if isinstance(adapter(name), Rehearsable))
AT = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
PIXEL = b"\x89PNG\r\n\x1a\n"


def said(
    id: str,  # noqa: A002 - the field's own name
    *,
    network: str = "mastodon",
    account: str = "@tidewater",
    text: str = "Hello",
    url: str = "https://example.org/1",
    reply_to: str = "",
    media: tuple[Picture, ...] = (),
    native: Mapping[str, Json] | None = None,
) -> Published:
    return Published(
        network=network,
        account=account,
        id=id,
        url=url,
        text=text,
        created=AT,
        reply_to=reply_to,
        media=media,
        native=native or {},
    )


class Page(HTMLParser):
    """What a browser would make of a page: its elements in order, its words, and the tags left open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.words = ""
        self.depths: list[int] = []  # of each article: how many others it stands in
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "article":
            self.depths.append(self.open.count("article"))
        if tag not in {"meta", "link", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str, style: str = "") -> list[dict[str, str]]:
        return [
            found
            for name, found in self.elements
            if name == tag and (not style or style in found.get("class", "").split())
        ]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "sandbox.db")


@pytest.fixture
def feeds(world: World) -> Feeds:
    return Feeds(world=world, networks=NETWORKS, adapter=adapter)


def read(feeds: Feeds, path: str) -> Page:
    found = feeds.page(path)
    assert found.status == 200
    page = Page(found.body.decode())
    assert page.open == []
    return page


def ids(page: Page) -> list[str]:
    return [found["id"] for found in page.all("article")]


# --- every network


@pytest.mark.parametrize("network", NETWORKS)
def test_a_network_where_nothing_was_published_says_so(feeds: Feeds, network: str) -> None:
    page = read(feeds, f"/{network}")
    assert "Nothing has been published here yet." in page.words
    assert page.all("article") == []


@pytest.mark.parametrize("network", NETWORKS)
def test_a_network_shows_every_kind_of_thing_its_posts_may_carry(feeds: Feeds, world: World, network: str) -> None:
    digest = world.keep(PIXEL, "image/png")
    native: dict[str, Json] = {"warning": "Careful", "card": {"url": "https://example.org/a", "title": "A card"}}
    world.publish(said("1", network=network, media=(Picture(alt="A loop", digest=digest),), native=native))
    world.publish(said("2", network=network, reply_to="1", text="Again"))
    world.publish(said("3", network=network, reply_to="1", text="Beside", native={"kind": "comment"}))
    page = read(feeds, f"/{network}")
    assert page.all("img")[0] == {"src": f"/media/{digest}", "alt": "A loop"}
    assert page.all("a", "card")[0]["href"] == "https://example.org/a"
    assert [len(page.all("article", kind)) for kind in ("post", "comment")] == [2, 1]
    assert all(word in page.words for word in ("Careful", "A card", "A loop", "Hello", "Again", "Beside", "ALT"))


@pytest.mark.parametrize("network", NETWORKS)
def test_a_network_has_a_look_of_its_own(feeds: Feeds, network: str) -> None:
    found = feeds.page(f"/{network}/page.css")
    assert (found.status, found.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert "--accent" in found.body.decode()
    assert {"rel": "stylesheet", "href": f"/{network}/page.css"} in read(feeds, f"/{network}").all("link")


def test_no_style_fetches_anything_from_anywhere(feeds: Feeds) -> None:
    for path in ("/page.css", *(f"/{network}/page.css" for network in NETWORKS)):
        assert not re.search(r"url\(|@import|image-set", feeds.page(path).body.decode())


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    full = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    parts = [int(full[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("network", ["", *NETWORKS])
def test_words_stand_out_from_what_is_behind_them(feeds: Feeds, network: str, scheme: int) -> None:
    css = feeds.page(f"/{network}/page.css".replace("//", "/")).body.decode()
    pairs = re.findall(r"--(\w+): light-dark\((#\w+), (#\w+)\)", css)
    colours = {name: (light, dark)[scheme] for name, light, dark in pairs}
    for words in ("ink", "quiet", "accent"):
        for behind in ("paper", "ground"):
            assert contrast(colours[words], colours[behind]) >= 4.5, (words, behind)
    avatar = re.search(r"--avatar: (#\w+)", css)
    assert avatar
    assert contrast(avatar[1], "#fff") >= 4.5


# --- hostile words


@pytest.mark.parametrize("network", NETWORKS)
def test_hostile_words_stay_words(feeds: Feeds, world: World, network: str) -> None:
    card: dict[str, Json] = {"url": f"https://example.org/{EVIL}", "title": EVIL, "description": EVIL}
    native: dict[str, Json] = {"card": card, "warning": EVIL, "language": EVIL}
    pictures = (Picture(alt=EVIL, digest=EVIL), Picture(alt=EVIL))
    world.publish(said(EVIL, network=network, account=EVIL, text=EVIL, url=EVIL, media=pictures, native=native))
    comment = said(
        f"c{EVIL}", network=network, account=f"@{EVIL}", text=EVIL, reply_to=EVIL, native={"kind": "comment"}
    )
    world.publish(comment)
    for path in (f"/{network}", "/"):
        page = read(feeds, path)
        assert page.all("script") == []
        assert all(found.get("src", "").startswith("/media/") for found in page.all("img"))
        assert not [name for _, found in page.elements for name in found if name.startswith("on")]
        assert page.words.count("<script>") >= 1


def test_a_path_that_is_hostile_stays_a_path(feeds: Feeds) -> None:
    found = feeds.page(f"/{EVIL}")
    assert found.status == 404
    assert Page(found.body.decode()).all("script") == []


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,x",
        "ftp://example.org/a",
        "http://[",
        "",
    ],
)
def test_an_address_that_is_not_of_the_web_is_never_a_link(feeds: Feeds, world: World, url: str) -> None:
    world.publish(said("1", native={"card": {"url": url, "title": "Look"}}))
    hrefs = [found.get("href", "") for found in read(feeds, "/mastodon").all("a")]
    assert all(href.startswith(("/", "#")) for href in hrefs if href)
    assert 'href="j' not in mark(url, [Entity(kind="url", text=url, start=0, end=len(url))])


@pytest.mark.parametrize(
    "native", [{"card": "no card"}, {"card": None}, {"card": {}}, {"langs": []}, {"langs": "fr"}, {"kind": 7}]
)
def test_a_note_of_an_unknown_shape_does_no_harm(feeds: Feeds, world: World, native: Mapping[str, Json]) -> None:
    world.publish(said("1", native=native))
    assert ids(read(feeds, "/mastodon")) == ["1"]


# --- the words and their marks


@pytest.mark.parametrize(
    ("account", "name"), [("@tidewater@mastodon.example", "Tidewater"), ("Dr. Ann, Tidewater", "Dr. Ann, Tidewater")]
)
def test_a_handle_has_a_name_above_it_and_a_name_stands_alone(
    feeds: Feeds, world: World, account: str, name: str
) -> None:
    world.publish(said("1", account=account))
    page = read(feeds, "/mastodon")
    assert name in page.words
    assert len(page.all("span", "handle")) == (account != name)


@pytest.mark.parametrize("native", [{"language": "fr"}, {"langs": ["fr", "en"]}])
def test_words_carry_their_language(feeds: Feeds, world: World, native: Mapping[str, Json]) -> None:
    world.publish(said("1", native=native))
    assert read(feeds, "/mastodon").all("p", "text")[0]["lang"] == "fr"


def test_a_card_without_a_title_of_its_own_shows_where_it_leads(feeds: Feeds, world: World) -> None:
    world.publish(said("1", native={"card": {"url": "https://example.org/a/b/", "title": "example.org"}}))
    assert "example.org/a/b" in read(feeds, "/mastodon").words


def test_a_picture_without_words_is_pointed_out(feeds: Feeds, world: World) -> None:
    world.publish(said("1", media=(Picture(alt="", digest=world.keep(PIXEL, "image/png")), Picture(alt="lost"))))
    page = read(feeds, "/mastodon")
    assert "NO ALT" in page.words
    assert "not kept in the sandbox" in page.words
    assert len(page.all("img")) == 1


# --- threads


def test_the_newest_thread_is_first_and_a_thread_is_read_downwards(feeds: Feeds, world: World) -> None:
    for one in (said("1"), said("2"), said("3", reply_to="1"), said("4", reply_to="3"), said("5", reply_to="1")):
        world.publish(one)
    page = read(feeds, "/mastodon")
    assert ids(page) == ["2", "1", "3", "4", "5"]
    assert [found.get("aria-label") for found in page.all("section")] == [None, "Thread of 4"]


def test_a_comment_stands_inside_the_post_it_answers(feeds: Feeds, world: World) -> None:
    for one in (said("1"), said("2", reply_to="1", native={"kind": "comment"}), said("3", reply_to="1")):
        world.publish(one)
    page = read(feeds, "/mastodon")
    assert list(zip(ids(page), page.depths, strict=True)) == [("1", 0), ("2", 1), ("3", 0)]


def test_an_answer_to_what_was_withdrawn_begins_a_thread(feeds: Feeds, world: World) -> None:
    world.publish(said("2", reply_to="gone"))
    world.publish(said("3", reply_to="gone", native={"kind": "comment"}))
    assert ids(read(feeds, "/mastodon")) == ["3", "2"]


def test_circles_of_answers_end_and_show_every_post_once(feeds: Feeds, world: World) -> None:
    for one in (
        said("a", reply_to="b"),
        said("b", reply_to="a"),
        said("self", reply_to="self"),
        said("c", reply_to="b"),
    ):
        world.publish(one)
    assert ids(read(feeds, "/mastodon")) == ["self", "a", "b", "c"]


def test_a_long_history_shows_its_newest_and_tells_how_many_are_older(feeds: Feeds, world: World) -> None:
    for number in range(LONGEST + 2):
        world.publish(said(str(number)))
    page = read(feeds, "/mastodon")
    assert ids(page)[0] == str(LONGEST + 1)
    assert len(ids(page)) == LONGEST
    assert "2 older threads are in posts.json" in page.words


# --- paths


@pytest.mark.parametrize(
    "path", ["/nowhere", "/x/nowhere", "/x/page.css/..", "/../page.css", "/page.css/x", "/media/none", "/media/"]
)
def test_a_path_that_leads_nowhere_says_so(feeds: Feeds, path: str) -> None:
    found = feeds.page(path)
    assert found.status == 404
    assert "Not here" in Page(found.body.decode()).words


def test_the_index_counts_each_network_and_shows_its_last_words(feeds: Feeds, world: World) -> None:
    world.publish(said("1", text="First"))
    world.publish(said("2", text="Last words"))
    page = read(feeds, "/")
    assert {"href": "/mastodon"} in page.all("a")
    assert "2 posts" in page.words
    assert "no posts" in page.words
    assert "Last words" in page.words


def test_a_picture_comes_with_its_type_and_nothing_but_pictures_comes(feeds: Feeds, world: World) -> None:
    found = feeds.page(f"/media/{world.keep(PIXEL, 'image/png')}")
    assert (found.status, found.body, found.headers["Content-Type"]) == (200, PIXEL, "image/png")
    page = world.keep(b"<script>alert(1)</script>", "text/html")
    assert feeds.page(f"/media/{page}").status == 404


def test_everything_that_was_published_is_there_for_machines(feeds: Feeds, world: World) -> None:
    world.publish(said("1", media=(Picture(alt="A loop", digest="d"),)))
    world.publish(said("2", network="x", reply_to="1"))
    found = feeds.page("/posts.json")
    assert found.headers["Content-Type"].startswith("application/json")
    assert json.loads(found.body) == [
        {
            "network": network,
            "account": "@tidewater",
            "id": identity,
            "url": "https://example.org/1",
            "text": "Hello",
            "created": "2026-12-01T09:30:00+00:00",
            "reply_to": answered,
            "media": media,
        }
        for network, identity, answered, media in (("mastodon", "1", None, [{"alt": "A loop"}]), ("x", "2", "1", []))
    ]


def test_every_answer_forbids_what_no_page_needs(feeds: Feeds, world: World) -> None:
    digest = world.keep(b"<svg/>", "image/svg+xml")
    paths = ["/", "/nowhere", "/posts.json", "/page.css", f"/media/{digest}", "/media/none"]
    for path in (*paths, *(f"/{name}" for name in NETWORKS), *(f"/{name}/page.css" for name in NETWORKS)):
        headers = feeds.page(path).headers
        rules = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
        assert rules == {
            "default-src": "'none'",
            "img-src": "'self'",
            "style-src": "'self'",
            "base-uri": "'none'",
            "form-action": "'none'",
        }
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_an_adapter_without_a_look_of_its_own_is_shown_in_the_neutral_one(world: World) -> None:
    class Plain:
        """A stranger's adapter, written where no page.css lies."""

    feeds = Feeds(world=world, networks=("plain",), adapter=lambda _: Plain())  # type: ignore[arg-type,return-value]  # only its place is asked
    assert feeds.page("/plain/page.css").body == b""
