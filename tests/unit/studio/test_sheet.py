"""The page: what stands on it, what a hostile post cannot do to it, and that it asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from io import BytesIO

import pytest
from PIL import Image

from publisher.errors import ContentError
from publisher.model import Change, Channel, Finding, Media, Override, Part, Post, Rendition, Severity
from publisher.proofs import Proof
from publisher.registry import adapter, networks
from publisher.studio.sheet import Desk, Sheet, render, tell_when
from publisher.testing import media

EVIL = "</style></title><script>alert(1)</script>\"'><img src=x onerror=alert(1)> {{ 7*7 }} {% raw %}"
VOID = {"meta", "img", "rect"}


class Page(HTMLParser):
    """What a browser would make of a page: its elements in order, with the words in each, and the tags left open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elements: list[tuple[str, dict[str, str], list[str]]] = []
        self.open: list[tuple[str, list[str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        words: list[str] = []
        self.elements.append((tag, {name: value or "" for name, value in attrs}, words))
        if tag not in VOID:
            self.open.append((tag, words))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}, []))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for _, words in self.open:
            words.append(data)

    def all(self, tag: str, style: str = "") -> list[tuple[dict[str, str], str]]:
        return [
            (attributes, "".join(words))
            for name, attributes, words in self.elements
            if name == tag and (not style or style in attributes.get("class", "").split())
        ]

    def words(self, tag: str, style: str = "") -> list[str]:
        return [" ".join(said.split()) for _, said in self.all(tag, style)]


def red(_: Media) -> bytes:
    picture = BytesIO()
    Image.new("RGB", (10, 10), "red").save(picture, "PNG")
    return picture.getvalue()


def missing(media: Media) -> bytes:
    raise ContentError(f"there is no file {media.file}")


def desk(**changed: object) -> Desk:
    return Desk(**{"team": "Tidewater", "zone": "Europe/Paris", "adapter": adapter, "read": red, **changed})  # type: ignore[arg-type]  # fields of Desk


def post(**changed: object) -> Post:
    return Post(**{"id": "p", "path": "content/p.md", "digest": "", "title": "A title", "language": "fr", **changed})  # type: ignore[arg-type]  # fields of Post


def part(text: str = "Words.", **changed: object) -> Part:
    return Part(**{"kind": "post", "text": text, "length": len(text), "limit": 280, **changed})  # type: ignore[arg-type]  # fields of Part


def proof(
    *parts: Part,
    network: str = "x",
    name: str = "",
    handle: str = "@us",
    findings: tuple[Finding, ...] = (),
    **more: object,
) -> Proof:
    name = name or network
    said = Rendition(post="p", channel=name, network=network, parts=parts, **more) if parts else None  # type: ignore[arg-type]  # tuples of Change
    return Proof(channel=Channel(name=name, network=network, handle=handle), rendition=said, findings=findings)


def sheet(*proofs: Proof, findings: tuple[Finding, ...] = (), **changed: object) -> Sheet:
    shown = post(**changed)
    return Sheet(path=shown.path, post=shown, findings=findings, proofs=proofs)


def drawn(*sheets: Sheet, at: Desk | None = None) -> Page:
    page = Page("".join(render(sheets, at or desk())))
    assert page.open == []
    return page


# --- a page of its own


def test_a_page_asks_nobody_for_anything_and_runs_nothing() -> None:
    page = drawn(*(sheet(proof(part(media=(media(),)), network=name)) for name in networks()))
    assert page.all("script") == page.all("link") == page.all("iframe") == page.all("object") == []
    asked = [found.get("src", "") for found, _ in page.all("img")]
    assert len(asked) == len(networks())
    assert all(address.startswith("data:image/jpeg;base64,") for address in asked)
    assert not any(re.match(r"on|style$", name) for _, found, _ in page.elements for name in found)
    assert "url(" not in page.all("style")[0][1]
    assert "@import" not in page.html


def test_a_browser_is_told_to_allow_this_style_and_no_other() -> None:
    page = drawn(sheet(proof(part())))
    ((_, style),) = page.all("style")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [found["content"] for found, _ in page.all("meta") if found.get("http-equiv")]
    assert policy.split("; ") == [
        "default-src 'none'",
        "img-src data:",
        f"style-src 'sha256-{digest}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_hostile_words_stay_words() -> None:
    finding = Finding(rule=EVIL, message=EVIL, hint=EVIL, path=EVIL)
    native = {"warning": EVIL, "card": {"url": f"https://a.example/{EVIL}", "title": EVIL, "description": EVIL}}
    one = part(EVIL, media=(media(alt=EVIL, file=EVIL),), native=native)
    said = proof(
        *(one, part(EVIL, kind="comment")),
        handle=EVIL,
        name=EVIL,
        findings=(finding,),
        changes=(Change(rule=EVIL, detail=EVIL),),
        omitted=(Change(rule=EVIL, detail=EVIL),),
    )
    evil = sheet(
        *(said, proof(part("Other"))),
        findings=(finding,),
        title=EVIL,
        path=EVIL,
        language=EVIL,
        objective=EVIL,
        campaign=EVIL,
        publish=EVIL,
    )
    unread = Sheet(path=EVIL, post=None, findings=(finding,))
    page = drawn(evil, unread, at=desk(team=EVIL, zone=EVIL))
    assert page.all("script") == []
    assert [found["src"][:5] for found, _ in page.all("img")] == ["data:"]
    assert not any(name.startswith("on") for _, found, _ in page.elements for name in found)
    assert len(page.all("style")) == len(page.all("title")) == 1
    assert "49" not in re.findall(r"\b49\b", page.words("main")[0])
    assert page.words("main")[0].count("<script>alert(1)</script>") > 15


@pytest.mark.parametrize("network", networks())
def test_no_link_leads_anywhere_but_to_the_web(network: str) -> None:
    text = "javascript:alert(1) data:text/html,x https://example.org/a vbscript:x"
    page = drawn(sheet(proof(part(text, native={"link": "javascript:alert(1)"}), network=network)))
    assert {found["href"] for found, _ in page.all("a") if not found["href"].startswith("#")} == {
        "https://example.org/a"
    }


# --- a post


def test_a_post_is_introduced() -> None:
    page = drawn(sheet(proof(part()), objective="awareness", campaign="autumn", publish="2026-11-24 08:45"))
    assert page.words("title") == ["A title · preview"]
    assert page.all("h2")[0][0]["lang"] == "fr"
    facts = dict(zip(page.words("dt"), page.words("dd"), strict=True))
    assert facts == {
        "Publish": "Tue 24 Nov 2026, 08:45 Europe/Paris",
        "Objective": "awareness",
        "Campaign": "autumn",
        "Language": "fr",
        "File": "content/p.md",
    }


def test_a_channel_with_a_time_of_its_own_shows_it() -> None:
    own = {"x": Override(publish="next"), "linkedin": Override(text="Words.")}
    shown = sheet(
        *(proof(part()), proof(part(), network="linkedin", name="founder")), publish="2026-11-24 08:45", overrides=own
    )
    assert drawn(shown).words("span", "when") == ["the next free slot", "24 Nov, 08:45"]


def test_a_channel_with_words_of_its_own_shows_the_time_of_its_network() -> None:
    own = {"linkedin": Override(publish="next"), "founder": Override(text="Words.")}
    shown = sheet(proof(part(), network="linkedin", name="founder"), publish="2026-11-24 08:45", overrides=own)
    assert drawn(shown).words("span", "when") == ["the next free slot"]


def test_a_withdrawn_post_shows_no_channels_own_time() -> None:
    own = {"x": Override(publish="next")}
    assert drawn(sheet(proof(part()), publish="withdrawn", overrides=own)).words("span", "when") == ["withdrawn"]


@pytest.mark.parametrize(
    ("publish", "words", "zone", "instant"),
    [
        ("2026-12-01 09:30", "Tue 1 Dec 2026, 09:30", "Europe/Paris", "2026-12-01T09:30:00"),
        ("2026-12-01T09:30+02:00", "Tue 1 Dec 2026, 09:30", "UTC+0200", "2026-12-01T09:30:00+02:00"),
        ("", "draft", "", ""),
        ("next", "the next free slot", "", ""),
        ("morning", "slot “morning”", "", ""),
        ("2026-13-01 09:30", "slot “2026-13-01 09:30”", "", ""),
    ],
)
def test_a_publish_time_is_told_as_it_was_written(publish: str, words: str, zone: str, instant: str) -> None:
    told = tell_when(publish, "Europe/Paris")
    assert (told.words, told.zone, told.instant) == (words, zone, instant)


def test_several_posts_have_a_table_of_contents_and_one_has_none() -> None:
    one, two = sheet(proof(part()), title="One"), sheet(proof(part()), title="Two")
    page = drawn(one, two)
    assert page.words("span", "title") == ["One", "Two"]
    assert page.words("title") == ["2 posts · preview"]
    anchors = {found.get("id") for _, found, _ in page.elements}
    assert {found["href"][1:] for found, _ in page.all("a") if found["href"].startswith("#")} <= anchors
    assert drawn(one).all("nav", "contents") == []


def test_every_id_is_given_once() -> None:
    page = drawn(*[sheet(proof(part()), proof(part("Other."), network="linkedin"))] * 3)
    ids = [found["id"] for _, found, _ in page.elements if "id" in found]
    assert len(ids) == len(set(ids))
    named = [name for _, found, _ in page.elements for name in found.get("aria-labelledby", "").split()]
    assert set(named) <= set(ids)


def test_a_post_that_cannot_be_read_says_why() -> None:
    why = Finding(rule="bad-yaml", message="this is no YAML", path="content/p.md", line=3, hint="quote it")
    page = drawn(Sheet(path="content/p.md", post=None, findings=(why,)))
    assert page.words("h2") == ["content/p.md"]
    assert page.words("li", "error") == ["error this is no YAML → quote it content/p.md:3 bad-yaml"]


def test_nothing_to_show_is_said() -> None:
    assert drawn().words("p", "nothing") == ["There is nothing to show."]
    assert drawn(sheet()).words("p", "nothing") == ["This post speaks to none of the channels shown."]


# --- a channel


@pytest.mark.parametrize("network", networks())
def test_a_network_shows_every_kind_of_thing_a_rendition_may_carry(network: str) -> None:
    native = {"warning": "Careful", "card": {"url": "https://example.org/a", "title": "A card"}}
    thread = (
        part("Hello & welcome", media=(media(alt="A loop"),), native=native),
        part("Again", kind="reply"),
        part("Aside", kind="comment"),
    )
    page = drawn(sheet(proof(*thread, network=network)))
    assert page.words("p", "text") == ["Hello & welcome", "Again", "Aside"]
    assert [found["lang"] for found, _ in page.all("p", "text")] == ["fr"] * 3
    assert page.all("img")[0][0]["alt"] == "A loop"
    assert page.words("figcaption") == ["A loop"]
    assert page.words("a", "card") == ["example.orgA card"]
    assert page.words("summary")[0] == "Careful"
    assert len(page.all("div", "post")) == 2
    assert len(page.all("div", "comment")) == 1
    assert f"network-{network}" in page.all("div", "network")[0][0]["class"]


def test_what_is_sent_is_on_the_page_to_the_letter() -> None:
    text = "  First\u00a0: <b>&amp;\n\n" + "word\u202f! " * 80 + "\n\n#Tag  "
    page = drawn(sheet(proof(part(text), network="linkedin")))
    ((_, said),) = page.all("p", "text")
    (crease,) = [words for _, words in page.all("span", "crease")]
    assert said.replace(crease, "") == text
    assert re.fullmatch(r"seen first: \d+ of \d+", crease)


def test_a_count_stands_beside_its_limit_in_the_networks_own_unit() -> None:
    page = drawn(sheet(proof(part("Fine", length=70), part("Long", length=1300), network="x")))
    assert page.words("p", "tally") == [
        "70 / 280 weighted characters",
        "1,300 / 280 weighted characters: 1,020 too many",
    ]
    assert [found["width"] for found, _ in page.all("rect", "fill")] == ["25.0", "100.0"]
    assert len(page.all("p", "over")) == 1


def test_a_picture_that_is_not_there_is_named_and_one_without_words_is_told() -> None:
    gone = media(file="content/gone.png", alt="")
    page = drawn(sheet(proof(part(media=(gone,)))), at=desk(read=missing))
    assert page.all("img") == []
    assert page.words("p", "lost") == ["content/gone.png cannot be shown."]
    assert page.words("figcaption") == ["No alternative text"]


def test_a_picture_is_read_once_however_many_channels_show_it() -> None:
    read: list[str] = []

    def counted(media: Media) -> bytes:
        read.append(media.file)
        return red(media)

    shown = [proof(part(name, media=(media(),)), network=name) for name in networks()]
    assert len(drawn(sheet(*shown), at=desk(read=counted)).all("img")) == len(networks())
    assert read == [media().file]


def test_what_was_done_to_the_words_is_folded_away_by_rule() -> None:
    left_out = tuple(Change(rule=rule, detail=rule.upper()) for rule in ("length", "tags", "length"))
    page = drawn(sheet(proof(part(), changes=(Change(rule="link", detail="moved"),), omitted=left_out)))
    assert page.words("summary") == ["Changed or moved 1", "Left out 3"]
    assert page.words("dl")[1:] == ["link moved", "length LENGTH LENGTH tags TAGS"]
    assert not any("open" in found for found, _ in page.all("details"))


@pytest.mark.parametrize(
    ("severities", "verdict", "look"),
    [
        ((), "ready", "clean"),
        ((Severity.HINT,), "1 hint", "warned"),
        ((Severity.WARNING, Severity.ERROR, Severity.WARNING), "1 error, 2 warnings", "broken"),
    ],
)
def test_a_channel_says_how_it_stands(severities: tuple[Severity, ...], verdict: str, look: str) -> None:
    findings = tuple(Finding(rule="r", message="m", severity=one) for one in severities)
    page = drawn(sheet(proof(part(), findings=findings)))
    assert page.words("span", look) == [verdict] * 2
    assert len(page.all("ul", "findings")) == bool(severities)


def test_a_channel_that_cannot_say_it_says_so() -> None:
    page = drawn(sheet(proof(findings=(Finding(rule="unsupported", message="no pictures, no post"),))))
    assert page.words("p", "nothing") == ["Nothing can be sent here."]
    assert page.words("li", "error") == ["error no pictures, no post unsupported"]


# --- likeness


def test_the_matrix_marks_what_is_copied() -> None:
    same = "One sentence that two channels share word for word."
    said = {"x": same, "linkedin": same, "mastodon": "Nothing alike."}
    page = drawn(sheet(*(proof(part(text), network=name) for name, text in said.items())))
    cells = {words: found["class"] for found, words in page.all("td") if words}
    assert cells == {"100! copied": "like-10 copied", "0": "like-0"}
    assert page.words("th") == ["x", "linkedin", "linkedin", "mastodon"]
    assert [found.get("scope") for found, _ in page.all("th")] == ["col", "col", "row", "row"]
    assert "Above 70 is a copy; the highest here is 100." in page.words("p", "scale")[0]


def test_a_channel_alone_is_like_no_other() -> None:
    assert drawn(sheet(proof(part()))).all("table") == []


def test_a_posts_count_comes_before_its_comments() -> None:
    page = drawn(sheet(proof(part("One", length=3), part("Aside", kind="comment", length=5), network="linkedin")))
    assert [words.split()[0] for words in page.words("p", "tally")] == ["3", "5"]
