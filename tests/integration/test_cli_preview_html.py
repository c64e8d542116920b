"""`publisher preview --html`: one file to look at, and nothing else touched."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.cli.preview import write_whole
from publisher.studio.press import show_code
from tests.integration.conftest import POST, ROOT, SETTINGS
from tests.integration.console import Console


@pytest.fixture
def console(tmp_path: Path) -> Console:
    root = tmp_path / "team"
    (root / "content").mkdir(parents=True)
    (root / "publisher.yml").write_text(SETTINGS, encoding="utf-8")
    shutil.copy(Path(__file__).with_name("loop.jpg"), root / "content" / "loop.jpg")
    for slug in ("gardens", "kettles"):
        text = POST.format(title=slug.capitalize(), slug=slug, publish="2026-11-23 09:30")
        (root / "content" / f"{slug}.md").write_text(text, encoding="utf-8")
    return Console(root, {"NO_COLOR": "1", "PUBLISHER_SANDBOX": None, "PUBLISHER_NOW": None})


def test_a_folder_becomes_one_page(console: Console, tmp_path: Path) -> None:
    page = tmp_path / "out.html"
    said = console.inside("preview", "content", "--html", str(page))
    assert (said.code, said.out) == (0, "")
    assert said.err == f"Written to {page}: open it in a browser.\n"
    html = page.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert html.count('<section class="sheet-of-post"') == 2
    assert html.count('<article class="plate"') == 2 * 6
    assert html.count("data:image/jpeg;base64,") == 2 * 6
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["out.html"]


def test_the_page_shows_the_very_words_that_would_be_sent(console: Console, tmp_path: Path) -> None:
    from markupsafe import escape

    page = tmp_path / "out.html"
    rows = console.inside("preview", "content/kettles.md", "--json", "--html", str(page)).json
    html = re.sub(r'<span class="crease".*?</span></span>|<[^>]+>', "", page.read_text(encoding="utf-8"))
    texts = [part["text"] for row in rows for part in row["parts"]]
    assert len(texts) >= 6
    assert [text for text in texts if str(escape(text)) not in html] == []


def test_a_page_is_the_same_however_often_it_is_written(console: Console, tmp_path: Path) -> None:
    pages = [tmp_path / "one.html", tmp_path / "two.html"]
    for page in pages:
        console.inside("preview", "content", "--html", str(page))
    assert pages[0].read_bytes() == pages[1].read_bytes()


def test_one_channel_may_be_asked_for(console: Console, tmp_path: Path) -> None:
    page = tmp_path / "out.html"
    console.inside("preview", "content/kettles.md", "-c", "mastodon", "--html", str(page))
    html = page.read_text(encoding="utf-8")
    assert html.count('<article class="plate"') == 1
    assert "<table>" not in html


def test_a_broken_post_is_on_the_page_and_in_the_exit_code(console: Console, tmp_path: Path) -> None:
    page = tmp_path / "out.html"
    (console.root / "content" / "broken.md").write_text("---\ntitle: [\n---\n", encoding="utf-8")
    said = console.inside("preview", "content", "--html", str(page))
    assert said.code == 1
    assert "content/broken.md:2" in said.err
    assert page.read_text(encoding="utf-8").count('<section class="sheet-of-post"') == 3


@pytest.mark.parametrize("name", ["content/kettles.md", "publisher.yml", "page", ""])
def test_a_post_is_never_written_over(console: Console, name: str) -> None:
    file = console.root / name if name else Path()
    before = file.read_bytes() if file.is_file() else b""
    said = console.inside("preview", "content/kettles.md", "--html", str(file))
    assert said.code == 2
    assert not name or "write it like preview.html" in " ".join(said.err.split())
    assert (file.read_bytes() if file.is_file() else b"") == before


def test_a_page_that_cannot_be_written_is_a_sentence(console: Console, tmp_path: Path) -> None:
    said = console.inside("preview", "content", "--html", str(tmp_path / "nowhere" / "out.html"))
    assert said.code == 1
    assert "cannot be written: No such file or directory" in said.err


def test_a_page_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    page, link = tmp_path / "out.html", tmp_path / "link.html"
    link.symlink_to(page)
    write_whole(link, ["the page ", "as it was"])

    def break_off() -> Iterator[str]:
        yield "half a page"
        raise RuntimeError("the picture is gone")

    with pytest.raises(RuntimeError):
        write_whole(page, break_off())
    assert page.read_text(encoding="utf-8") == link.read_text(encoding="utf-8") == "the page as it was"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link.html", "out.html"]


def test_a_title_is_set_as_its_language_wants_it(console: Console, tmp_path: Path) -> None:
    page, post = tmp_path / "out.html", console.root / "content" / "kettles.md"
    text = post.read_text(encoding="utf-8").replace("title: Kettles", 'title: "L\'été : où ?"\nlanguage: fr', 1)
    post.write_text(text, encoding="utf-8")
    console.inside("preview", "content/kettles.md", "--html", str(page))
    html = page.read_text(encoding="utf-8")
    assert html.count("L’été\u00a0: où\u00a0?") >= 3
    assert "L&#39;été" not in html


def test_what_to_type_is_shown_as_code_and_escaped() -> None:
    assert show_code("write `> a` & `b`, or ``") == "write <code>&gt; a</code> &amp; <code>b</code>, or ``"


def test_every_example_post_has_a_page(tmp_path: Path) -> None:
    console = Console(ROOT, {"PUBLISHER_SANDBOX": None, "PUBLISHER_NOW": None})
    page = tmp_path / "out.html"
    assert console.inside("preview", str(ROOT / "content"), "--html", str(page)).code == 0
    html = page.read_text(encoding="utf-8")
    assert html.count('<section class="sheet-of-post"') == len(list((ROOT / "content").rglob("*.md")))
    assert "cannot be shown" not in html
    assert '<td class="like-10' not in html


def test_the_terminal_shows_how_alike_the_channels_are(console: Console) -> None:
    said = console.inside("preview", "content/kettles.md").out
    assert "How alike the channels are, in percent; above 70% is a copy" in said
    rows = re.findall(r"^(\d) (\S+)((?: +\d+!?)*) *$", said, re.MULTILINE)
    assert [(name, len(shares.split())) for _, name, shares in rows] == [
        ("x", 0),
        ("linkedin", 1),
        ("facebook", 2),
        ("instagram", 3),
        ("mastodon", 4),
        ("bluesky", 5),
    ]


def test_two_channels_that_say_the_same_are_marked_in_the_terminal(console: Console) -> None:
    path = console.root / "content" / "kettles.md"
    same = "We say this very sentence on both of these channels, word for word, and then again."
    front = f"channels:\n  x: {{text: {same!r}}}\n  bluesky: {{text: {same!r}}}\nmedia:"
    path.write_text(path.read_text(encoding="utf-8").replace("media:", front), encoding="utf-8")
    said = console.inside("preview", "content/kettles.md", "-c", "x", "-c", "bluesky")
    assert said.code == 1
    assert re.search(r"^2 bluesky +\d\d!$", said.out, re.MULTILINE)


def test_one_channel_alone_has_no_matrix(console: Console) -> None:
    assert "How alike" not in console.inside("preview", "content/kettles.md", "-c", "x").out
