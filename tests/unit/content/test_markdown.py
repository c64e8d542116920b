from __future__ import annotations

import textwrap

import pytest

from publisher.content.markdown import Body, parse_body
from publisher.content.notes import Notes
from publisher.content.plain import has_number, split_sentences, tidy
from publisher.model import Finding, Material, Severity


def read(text: str, *, title: str = "", link: str = "") -> tuple[Body, tuple[Finding, ...]]:
    notes = Notes("p")
    body = parse_body(textwrap.dedent(text).removeprefix("\n"), notes, first_line=1, title=title, link=link)
    return body, notes.found()


def material(text: str) -> Material:
    return read(text)[0].material


def told(text: str, **given: str) -> list[tuple[str, int, int]]:
    return [(one.rule, one.line, one.column) for one in read(text, **given)[1]]


def test_a_body_is_sorted_by_what_it_is_good_for() -> None:
    body, findings = read("""
        Sixty million company pages, and **nobody** is *listening*.

        The rest of us `talk` at
        each other. It costs 3.5% of our time.

        1. Listen before you speak.
        2. Discuss.

        > Being on a network
        > is not a strategy.
        > — Jane Doe

        What did your last post bring you?

        [Read the guide](https://example.org/guide)
        """)
    assert findings == ()
    assert body.link == "https://example.org/guide"
    assert body.material == Material(
        hook="Sixty million company pages, and nobody is listening.",
        points=("Listen before you speak.", "Discuss."),
        quote="Being on a network is not a strategy.",
        quote_source="Jane Doe",
        figures=("It costs 3.5% of our time.",),
        question="What did your last post bring you?",
        story=("The rest of us talk at each other. It costs 3.5% of our time.",),
        call="Read the guide",
    )
    assert body.places == {
        "hook": (1, 1), "story": (3, 1), "story.0": (3, 1), "figures": (3, 1), "figures.0": (3, 1), "points": (6, 4),
        "points.0": (6, 4), "points.1": (7, 4), "quote": (9, 3), "quote_source": (11, 3), "question": (13, 1),
        "call": (15, 1), "link": (15, 1),
    }  # fmt: skip


def test_letters_of_every_script_and_no_break_spaces_are_kept() -> None:
    assert (
        material("Déjà\u00a0vu\u202f? 👩‍👩‍👧 naïve &amp; « ça »\\!").hook
        == "Déjà\u00a0vu\u202f? 👩‍👩‍👧 naïve & « ça »!"
    )


def test_lines_of_a_script_without_spaces_are_joined_without_one() -> None:
    assert material("日本語の\n文章です。\nand more").hook == "日本語の文章です。 and more"


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("- a\n- b\n", ("a", "b")),
        ("- a\n  - b\n    - c\n- d\n", ("a", "b", "c", "d")),
        ("- Listen:\n  - to customers,\n  - to staff.\n- Act.\n", ("Listen: to customers; to staff", "Act.")),
        ("- [ ] open\n- [x] done\n", ("open", "done")),
        ("- one\n  line\n\n  and another paragraph\n", ("one line and another paragraph",)),
        ("* a\n\n+ b\n\n1) c\n", ("a", "b", "c")),
        ("-\n- a\n", ("a",)),
    ],
)
def test_lists_become_points(text: str, points: tuple[str, ...]) -> None:
    assert material(text).points == points


@pytest.mark.parametrize(
    ("text", "quote", "source"),
    [
        ("> Said.\n", "Said.", ""),
        ("> Said.\n> — Jane", "Said.", "Jane"),
        ("> Said.\n> - Jane", "Said.", "Jane"),
        ("> Said.\n> -- Jane", "Said.", "Jane"),
        ("> Said.\n>\n> — *Jane*, [Acme](https://acme.example)", "Said.", "Jane, Acme"),
        ("> — Jane", "— Jane", ""),
        ("> One\n> - a\n> - b", "One a b", ""),
        ("> > Deep\n> > words", "Deep words", ""),
    ],
)
def test_a_quotation_knows_who_said_it(text: str, quote: str, source: str) -> None:
    found = material(text)
    assert (found.quote, found.quote_source) == (quote, source)


@pytest.mark.parametrize(
    ("text", "question", "story"),
    [
        ("Hook.\n\nAnd you?", "And you?", ()),
        ("Hook.\n\nWe try. And you?", "And you?", ("We try.",)),
        ("Hook.\n\nEt vous\u00a0?", "Et vous\u00a0?", ()),
        ("Hook.\n\nWhy? Because.\n\nThe end.", "", ("Why? Because.", "The end.")),
        ("Hook.\n\nAnd you?\n\nThe end.", "And you?", ("The end.",)),
        ("Hook.\n\nIt is so. Is it?\n\nThe end.", "", ("It is so. Is it?", "The end.")),
        ("Who are you?", "", ()),
    ],
)
def test_the_question_ends_the_post_or_stands_alone(text: str, question: str, story: tuple[str, ...]) -> None:
    found = material(text)
    assert (found.question, found.story) == (question, story)


def test_a_line_that_is_only_a_link_is_the_call() -> None:
    body, findings = read("We wrote it down.\n[**Read** it](https://e.org/a)")
    assert findings == ()
    assert (body.material.hook, body.material.call, body.link) == ("We wrote it down.", "Read it", "https://e.org/a")


@pytest.mark.parametrize(
    "text", ["https://e.org/a_b_c", "<https://e.org/a_b_c>", "[https://e.org/a_b_c](https://e.org/a_b_c)"]
)
def test_a_line_that_is_only_an_address_is_the_link(text: str) -> None:
    body, findings = read(f"Words.\n\n{text}")
    assert findings == ()
    assert (body.link, body.material.call, body.material.story) == ("https://e.org/a_b_c", "", ())


def test_links_keep_their_words_and_only_one_of_them_is_sent() -> None:
    body, findings = read("See [this](https://e.org/a) and [that](https://e.org/b).\nAlso [this](https://e.org/a).")
    assert body.material.hook == "See this and that. Also this."
    assert body.link == "https://e.org/a"
    assert [(one.rule, one.line, one.column, one.severity) for one in findings] == [
        ("further-link", 1, 33, Severity.HINT)
    ]


def test_the_link_of_the_front_matter_wins() -> None:
    body, findings = read("[Go](https://e.org/b)", link="https://e.org/a")
    assert (body.link, body.material.call) == ("https://e.org/a", "Go")
    assert [one.rule for one in findings] == ["further-link"]


def test_the_calls_link_goes_before_an_earlier_one_in_the_text() -> None:
    assert read("See [this](https://e.org/a).\n\n[Go](https://e.org/b)")[0].link == "https://e.org/b"


@pytest.mark.parametrize(
    "address",
    [
        "https://münchen.example.org/straße?q=ü#ä",
        "http://例え.jp/パス",
        "https://example.org/a[1]?b={c}|d",
        "https://example.org/a_(b)",
        "https://example.org/%C3%A9%20",
        "HTTPS://Example.ORG/A",
    ],
)
def test_an_address_is_sent_as_its_author_wrote_it(address: str) -> None:
    for text in (f"a\n\n[Read it]({address})", f"a\n\n[Read it][1]\n\n[1]: {address}", f"a\n\n<{address}>"):
        assert read(text)[0].link == address


def test_links_by_reference_and_titles() -> None:
    text = "See [this][r] and [that][r].\n\n[r]: https://e.org/r 'A title'\n[unused]: https://e.org/u\n"
    body, _ = read(text)
    assert (body.material.hook, body.link) == ("See this and that.", "https://e.org/r")
    assert told(text) == [("title-not-shown", 1, 5), ("title-not-shown", 1, 19), ("unused-reference", 4, 1)]


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("a\n\n```py\nb\n```\n", [("code-not-shown", 3, 1)]),
        ("a\n\n    b\n", [("code-not-shown", 3, 5)]),
        ("a\n\n|b|c|\n|-|-|\n|d|e|\n", [("table-not-shown", 3, 1)]),
        ("a\n\n<div>b</div>\n", [("html-not-shown", 3, 1)]),
        ("a\n\n<script>b</script>\n", [("html-not-shown", 3, 1)]),
        ("a\n\n<!-- a note to myself -->\n", []),
        ("a <!-- note --> b", []),
        ("a <b>c</b> d<br>e", [("html-not-shown", 1, 3)]),
        ("a ~~b~~ c", [("struck-text", 1, 3)]),
        ("a[^1]\n\n[^1]: b\n  c\n", [("footnote-not-shown", 3, 1)]),
        ("a\n\n## b\n", [("heading-not-shown", 3, 4)]),
        ("a\n\nb\n===\n\n# c\n", [("heading-not-shown", 6, 3)]),
        ("> a\n\nb\n\n> c\n", [("second-quote", 5, 3)]),
        ("a [b](../c.md)", [("relative-link", 1, 3)]),
        ("a [b](mailto:c@e.org) <d@e.org>", [("mail-link", 1, 3)]),
        ("a https://e.org/b. c", [("bare-link", 1, 3)]),
        ("- x\n- a <https://e.org/b>", [("bare-link", 2, 5)]),
        ("> q\n> r [b](c)", [("relative-link", 2, 5)]),
        ("a :tada: b :+1: c", [("emoji-code", 1, 3), ("emoji-code", 1, 12)]),
        ("a `:tada:` b a:b:c 10:30:45 ::d::", []),
        ("a [b][c] d", [("lost-reference", 1, 3)]),
        ("a\nb [^c] [d] [ ] e", [("lost-reference", 2, 3)]),
        ("1. x [b](c)\n\n   y\n   z [b](c)", [("relative-link", 1, 6), ("relative-link", 4, 6)]),
        ("a [b](https://u:secret@e.org)", [("bad-link", 1, 3)]),
        ("[a](https://e.org)\n\n[b](https://e.org)", [("further-call", 3, 1)]),
        (">" * 30 + " a", [("too-deep", 1, 1)]),
        ("***\n\na\n\n---\n", []),
    ],
)
def test_what_no_network_shows_is_told_in_its_place(text: str, findings: list[tuple[str, int, int]]) -> None:
    assert told(text) == findings


def test_what_is_left_out_is_quoted_and_never_a_secret() -> None:
    assert "“b”" in read("a\n\n```\nb\n```\n")[1][0].message
    assert "“gone”" in read("a ~~gone~~")[1][0].message
    assert "secret" not in read("a [b](https://u:secret@e.org)")[1][0].message


def test_struck_words_are_not_said_and_plain_tags_leave_their_words() -> None:
    assert material("a ~~b~~ c").hook == "a c"
    assert material("a <b>c</b> d<br>e").hook == "a c d e"
    assert material("a[^1] b\n\n[^1]: c").hook == "a b"


def test_a_heading_that_repeats_the_title_is_no_loss() -> None:
    assert told("# Agile beats *viral*\n\na", title="Agile beats viral") == []
    assert told("# Another\n\na", title="Agile beats viral") == [("heading-not-shown", 1, 3)]


def test_pictures_are_taken_wherever_they_stand() -> None:
    body, findings = read(
        '![A *loop*](my%20loop.png)\n\nWords ![Cat](<two cats.png> "T").\n\n- ![Dog](dog.png)\n\n[![Owl](owl.png)](https://e.org)\n'
    )
    assert [(one.file, one.alt, one.at) for one in body.shots] == [
        ("my loop.png", "A loop", (1, 1)),
        ("two cats.png", "Cat", (3, 7)),
        ("dog.png", "Dog", (5, 3)),
        ("owl.png", "Owl", (7, 2)),
    ]
    assert body.material == Material(hook="Words .")
    assert [one.rule for one in findings] == ["title-not-shown"]


def test_blocks_are_exact_to_the_letter() -> None:
    body, findings = read(
        "a\n\n::: mastodon\n\n  Two  spaces,\n\n*stars* & [links](x)\n```\nnot code\n\n:::\n\nb\n\n:::x\nc\n:::\n"
    )
    assert findings == ()
    assert [(one.name, one.text, one.at) for one in body.blocks] == [
        ("mastodon", "  Two  spaces,\n\n*stars* & [links](x)\n```\nnot code", (3, 5)),
        ("x", "c", (15, 4)),
    ]
    assert body.material == Material(hook="a", story=("b",))


def test_a_block_in_code_is_code() -> None:
    body, _ = read("a\n\n~~~\n::: x\nb\n:::\n~~~\n")
    assert body.blocks == ()


@pytest.mark.parametrize(
    ("text", "findings", "names"),
    [
        ("a\n\n::: x\nb\n", [("unclosed-block", 3, 1)], ["x"]),
        ("::: x\nb\n::: y\nc\n:::\n", [("unclosed-block", 1, 1)], ["x", "y"]),
        ("a\n:::\nb", [("stray-block-end", 2, 4)], []),
    ],
)
def test_blocks_that_do_not_match_are_told(text: str, findings: list[tuple[str, int, int]], names: list[str]) -> None:
    body, _ = read(text)
    assert told(text) == findings
    assert [one.name for one in body.blocks] == names


def test_an_empty_body_says_nothing() -> None:
    body, findings = read("\n \n")
    assert (body.material, body.link, findings) == (Material(), "", ())


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four…", ["One.", "Two!", "Three?", "Four…"]),
        ("Dr. Who came at 9.30 a.m. on v2.0. Then left.", ["Dr. Who came at 9.30 a.m. on v2.0.", "Then left."]),
        ("He said “Go.” She went.", ["He said “Go.”", "She went."]),
        ("Vraiment\u00a0? Oui\u00a0! « Bon. » Fin.", ["Vraiment\u00a0?", "Oui\u00a0!", "« Bon. »", "Fin."]),
        ("一つ。二つ？三つ", ["一つ。", "二つ？", "三つ"]),
        ("No end", ["No end"]),
        ("", []),
    ],
)
def test_sentences_are_told_apart(text: str, sentences: list[str]) -> None:
    assert list(split_sentences(text)) == sentences


def test_a_number_counts_only_where_it_says_something() -> None:
    assert all(map(has_number, ("3 cats", "up 40%", "$5 a day", "in 2026", "1,5 million")))
    assert not any(map(has_number, ("no cats", "B2B", "v2", "#1", "@user3", "https://e.org/2026")))


def test_tidying_keeps_no_break_spaces() -> None:
    assert tidy("  a \n\t b\u00a0c\u2028d ") == "a b\u00a0c d"
