from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.content.posts import LIMIT, Parsed, Settings
from publisher.model import Material, Override, Severity

Read = Callable[..., Parsed]

SOUND = """---
id: agile
title: Agile beats viral
objective: awareness
campaign: autumn
language: en
publish: 2026-12-01 09:30
expires: 2026-12-08
late: 12h
link: https://example.org/agile
keywords: ["#agile", social media, agile]
media:
  - {file: loop.png, alt: "A loop of three steps"}
channels:
  x: {thread: auto, tags: [one, "#two"]}
  founder:
    text: |
      My own words.

      And more.
    angle: quote
  facebook: false
---
Sixty million company pages, and nobody is listening.

- Listen before you speak.

> Being on a network is not a strategy.
> — Jane

What did your last post bring you?

::: mastodon
Only Mastodon says this.
:::
"""


def told(parsed: Parsed) -> list[tuple[str, int, int]]:
    return [(finding.rule, finding.line, finding.column) for finding in parsed.findings]


def write(header: str, body: str = "Words.") -> str:
    return f"---\n{header}\n---\n{body}\n"


def test_a_post_holds_all_that_its_file_says(read: Read) -> None:
    parsed = read(SOUND)
    post = parsed.post
    assert parsed.findings == ()
    assert parsed.sound
    assert post is not None
    assert (post.id, post.title, post.objective, post.campaign) == ("agile", "Agile beats viral", "awareness", "autumn")
    assert (post.publish, post.expires, post.late) == ("2026-12-01 09:30", "2026-12-08", "12h")
    assert post.keywords == ("agile", "social media")
    assert [(one.file, one.alt) for one in post.media] == [("content/2026/loop.png", "A loop of three steps")]
    assert post.overrides == {
        "x": Override(thread=True, tags=("one", "two"), line=15),
        "founder": Override(text="My own words.\n\nAnd more.", angle="quote", line=16),
        "mastodon": Override(text="Only Mastodon says this.", line=33),
    }
    assert post.muted == ("facebook",)
    assert post.material == Material(
        hook="Sixty million company pages, and nobody is listening.",
        points=("Listen before you speak.",),
        quote="Being on a network is not a strategy.",
        quote_source="Jane",
        question="What did your last post bring you?",
    )
    assert post.lines["publish"] == 7
    assert post.lines["channels.founder"] == 16
    assert (post.lines["body"], post.lines["hook"], post.lines["quote"], post.lines["question"]) == (24, 24, 28, 31)


def test_the_digest_is_the_name_git_gives_the_file(read: Read, tmp_path: Path) -> None:
    source = SOUND.replace("\n", "\r\n").encode("utf-8-sig")
    (tmp_path / "post").write_bytes(source)
    named = subprocess.run(
        ["git", "hash-object", "--no-filters", "post"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    post = read(source).post
    assert post is not None
    assert (
        post.digest
        == named.stdout.strip()
        == hashlib.sha1(b"blob %d\0" % len(source) + source, usedforsecurity=False).hexdigest()
    )


def test_a_mark_at_the_start_and_windows_line_ends_change_nothing(read: Read) -> None:
    plain, other = read(SOUND).post, read(SOUND.replace("\n", "\r\n").encode("utf-8-sig"))
    assert plain is not None
    assert other.post is not None
    assert other.findings == ()
    assert (other.post.material, other.post.overrides, other.post.lines) == (
        plain.material,
        plain.overrides,
        plain.lines,
    )


@pytest.mark.parametrize(
    ("source", "finding"),
    [
        (b"", ("empty-file", 1, 1)),
        (b" \n\t\n", ("empty-file", 1, 1)),
        (b"Just words\n", ("no-front-matter", 1, 1)),
        (b"\n---\na: b\n---\n", ("no-front-matter", 1, 1)),
        (b"---\ntitle: a\n\nWords\n", ("unclosed-front-matter", 1, 1)),
        (b"---", ("unclosed-front-matter", 1, 1)),
        (b"---\n- a\n---\n", ("not-a-mapping", 2, 1)),
        (b"---\njust words\n---\n", ("not-a-mapping", 2, 1)),
        (b"---\ntitle: a: b\n---\n", ("bad-yaml", 2, 9)),
        (b"---\ntitle: \xe9t\xe9\n---\n", ("not-utf8", 2, 8)),
        (b"\xef\xbb\xbf---\r\ntitle: \xc3\xa9\xff\r\n---\r\n", ("not-utf8", 2, 9)),
        (b"\xff\xfe-\x00-\x00-\x00", ("not-utf8", 1, 1)),
        (b"---\ntitle: a\n---\nb\n c\x00d\n", ("bad-character", 5, 3)),
        (b"---\ntitle: a\x1b[31m\n---\n", ("bad-character", 2, 9)),
        (b"---\n" + b"#" * LIMIT + b"\n---\n", ("too-big", 1, 1)),
    ],
)
def test_a_file_that_is_no_post_is_one_finding_in_its_place(
    read: Read, source: bytes, finding: tuple[str, int, int]
) -> None:
    parsed = read(source)
    assert parsed.post is None
    assert not parsed.sound
    assert told(parsed) == [finding]


def test_a_byte_that_is_no_text_is_named_with_its_offset(read: Read) -> None:
    assert "0xE9 at offset 11" in read(b"---\ntitle: \xe9t\xe9\n---\n").findings[0].message


@pytest.mark.parametrize(
    ("line", "rule", "column", "hint"),
    [
        ("titel: a", "unknown-key", 1, "did you mean `title`?"),
        ("publsh: now", "unknown-key", 1, "did you mean `publish`?"),
        ("id: a b", "bad-id", 5, "id: a-b"),
        ("id: -a", "bad-id", 5, "id: a"),
        ("id: a/b", "bad-id", 5, "id: a-b"),
        (f"id: {'a' * 101}", "bad-id", 5, f"id: {'a' * 100}"),
        ("objective: awarness", "unknown-objective", 12, "did you mean `awareness`?"),
        ("objective: fun", "unknown-objective", 12, "known: awareness, recruiting"),
        ("language: French", "bad-language", 11, "did you mean `fr`?"),
        ("language: fr_FR", "bad-language", 11, "did you mean `fr-FR`?"),
        ("language: EN", "bad-language", 11, "did you mean `en`?"),
        ("publish: 2026-12-1 9:30", "bad-date", 10, "did you mean `2026-12-01 09:30`?"),
        ("publish: 2026/12/01", "bad-date", 10, "did you mean `2026-12-01 09:00`?"),
        ("publish: 2026-12-01", "bad-date", 10, "did you mean `2026-12-01 09:00`?"),
        ("publish: 2026-02-30 09:00", "bad-date", 10, "publish: 2026-12-01 09:30"),
        ("publish: 1 December", "bad-date", 10, "publish: 2026-12-01 09:30"),
        ("publish: Now", "bad-date", 10, "did you mean `now`?"),
        ("publish: nxt", "bad-date", 10, "did you mean `next`?"),
        ("publish: false", "bad-date", 10, "leave `publish` out for a draft"),
        ("expires: soon", "bad-date", 10, "expires: 2026-12-08"),
        ("late: a while", "bad-duration", 7, "late: 24h, or one of publish, skip, next, or both"),
        ("publish: '@mastodn'", "unknown-channel", 10, "did you mean `@mastodon`?"),
        ("link: www.example.org/a", "bad-link", 7, "link: https://www.example.org/a"),
        ("link: ftp://example.org", "bad-link", 7, "link: https://…"),
        ("link: 'https://exa mple.org'", "bad-link", 7, "write %20 for a space"),
        ("link: 'https://[::1'", "bad-link", 7, "link: https://…"),
        ("link: '@mastodn'", "unknown-channel", 7, "did you mean `@mastodon`?"),
        ("channels: x", "wrong-type", 11, "write {mastodon: false} to leave one out, or [x, bluesky] for only those"),
        ("channels: [x, mastodn]", "unknown-channel", 15, "did you mean `mastodon`?"),
        ("channels: []", "no-channel", 11, "remove `channels` to speak to all"),
        ("channels: {mastodn: false}", "unknown-channel", 12, "did you mean `mastodon`?"),
        ("channels: {x: {angle: points}}", "unknown-value", 23, "did you mean `point`?"),
        ("channels: {x: {publish: tomorrow at 9}}", "bad-date", 25, "publish: 2026-12-01 09:30"),
        ("channels: {x: {link: reply}}", "bad-link", 22, "link: https://…"),
        ("channels: {x: {text: ''}}", "empty-text", 22, "write them, or `channels: {x: false}` to leave it out"),
        ("channels: {x: {texte: a}}", "unknown-key", 16, "did you mean `text`?"),
        ("media: [loop.png]", "wrong-type", 9, 'write {file: loop.png, alt: "what it shows"}'),
        ("media: [{alt: a loop}]", "missing-key", 9, "add `file: …`"),
        ("media: [{file: loop.png}]", "missing-alt", 9, 'alt: "what matters in the picture"'),
        ("media: [{file: loop.png, alt: ' '}]", "missing-alt", 31, 'alt: "what matters in the picture"'),
        ("media: [{file: loop.png, alt: loop.png}]", "bad-alt", 31, "say what matters in the picture"),
        ("media: [{file: loop.png, alt: IMG_1234}]", "bad-alt", 31, "say what matters in the picture"),
        ("media: [{file: missing.png, alt: a loop}]", "missing-file", 16, ""),
        ("media: [{file: /etc/passwd, alt: a loop}]", "media-outside", 16, "put the picture beside the post"),
        ("media: [{file: ../../loop.png, alt: a loop}]", "media-outside", 16, "put the picture beside the post"),
        ("media: [{file: 'a\\b.png', alt: a loop}]", "media-outside", 16, "file: a/b.png"),
        ("media: [{file: https://e.org/a.png, alt: a loop}]", "media-url", 16, "download it and name the file"),
    ],
)
def test_each_fault_of_the_front_matter_is_told_in_its_place(
    read: Read, line: str, rule: str, column: int, hint: str
) -> None:
    parsed = read(write(f"title: a\n{line}"))
    assert [(one.rule, one.line, one.column, one.hint) for one in parsed.findings] == [(rule, 3, column, hint)]
    assert parsed.findings[0].severity is Severity.ERROR
    assert parsed.findings[0].path == "content/2026/agile.md"
    assert not parsed.sound


@pytest.mark.parametrize(
    "line",
    [
        "publish: next", "publish: withdrawn", "publish: morning", "publish: 2026-12-01T09:30:00+01:00",
        "publish: 2026-12-01 09:30Z",
        "expires: 2026-12-08 18:00", "late: 1h 30m", "late: 2d", "late: next", "late: 2h next",
        "publish: '@founder'", "link: '@founder'",
        "link: http://example.org/a?b=c#d",
        "language: pt-BR", "language: zh-Hant", "id: été-2026_1.b", "id: हिन्दी", "id: 2026", "title: 2026",
        "keywords: a, b",
        "channels: {x: }", "channels: {linkedin: true}", "channels: [linkedin]", "channels: {x: {link: none}}",
        "channels: {facebook: false}",
    ],
)  # fmt: skip
def test_what_is_allowed_is_not_complained_of(read: Read, line: str) -> None:
    assert read(write(line)).findings == ()


def test_it_cannot_expire_before_it_is_published(read: Read) -> None:
    early = read(write("publish: 2026-12-01 09:30\nexpires: 2026-11-30"))
    assert told(early) == [("expires-early", 3, 10)]
    assert told(read(write("publish: 2026-12-01 09:30\nexpires: 2026-12-01 09:30"))) == [("expires-early", 3, 10)]
    assert told(read(write("publish: 2026-12-01 09:30\nexpires: 2026-12-01"))) == []
    assert told(read(write("publish: 2026-12-01 09:30\nexpires: 2026-12-01 09:00+02:00"))) == []


def test_every_problem_is_told_at_once(read: Read) -> None:
    parsed = read(write("titel: a\npublish: soonish, maybe\nmedia: [{file: a.png}]\nlanguage: english"))
    assert told(parsed) == [("unknown-key", 2, 1), ("bad-date", 3, 10), ("missing-alt", 4, 9), ("bad-language", 5, 11)]


def test_the_id_is_the_files_name_where_none_is_given(read: Read) -> None:
    named = read(write("title: a"), path="content/2026/agile-beats-viral.md").post
    assert named is not None
    assert named.id == "agile-beats-viral"
    odd = read(write("title: a"), path="content/my post.md")
    assert told(odd) == [("bad-id", 1, 1)]
    assert odd.findings[0].hint == "id: my-post"


def test_an_id_is_the_same_however_its_accents_are_stored(read: Read) -> None:
    post = read(write("id: e\u0301te\u0301")).post
    assert post is not None
    assert post.id == "été"


def test_an_unknown_slot_is_found_when_the_slots_are_known(read: Read) -> None:
    known = Settings(channels={"x": "x"}, slots=("morning", "evening"))
    parsed = read(write("publish: mornin"), settings=known)
    assert [(one.rule, one.line, one.column, one.hint) for one in parsed.findings] == [
        ("unknown-slot", 2, 10, "did you mean `morning`?")
    ]
    assert read(write("publish: evening"), settings=known).findings == ()


def test_a_channel_that_only_exists_as_a_network_is_a_warning(read: Read) -> None:
    parsed = read(write("channels: [x, facebook]"))
    assert [(one.rule, one.severity, one.column) for one in parsed.findings] == [("no-channel", Severity.WARNING, 15)]
    assert parsed.post is not None
    assert parsed.post.only == ("x", "facebook")


def test_leaving_out_every_channel_is_a_warning(read: Read) -> None:
    parsed = read(write("channels: {x: false, mastodon: false, linkedin: false}"))
    assert [(one.rule, one.severity, one.line) for one in parsed.findings] == [("no-channel", Severity.WARNING, 2)]


def test_a_network_can_be_muted_but_for_one_channel(read: Read) -> None:
    post = read(write("channels: {linkedin: false, founder: true}")).post
    assert post is not None
    assert post.speaks_to("founder", "linkedin")
    assert not post.speaks_to("company", "linkedin")


def test_words_for_a_channel_may_be_given_only_once(read: Read) -> None:
    parsed = read(
        write("channels:\n  x: {text: Mine.}", "::: x\nAlso mine.\n:::\n\n::: mastodon\nA\n:::\n::: mastodon\nB\n:::")
    )
    assert told(parsed) == [("two-texts", 5, 5), ("two-texts", 12, 5)]
    assert parsed.post is not None
    assert parsed.post.overrides["x"].text == "Mine."


def test_a_block_for_nobody_is_an_error_with_the_nearest_name(read: Read) -> None:
    parsed = read(write("title: a", "Words.\n\n::: mastodom\nA\n:::"))
    assert told(parsed) == [("unknown-channel", 6, 5)]
    assert parsed.findings[0].hint == "did you mean `mastodon`?"


def test_an_empty_block_is_an_error(read: Read) -> None:
    assert told(read(write("title: a", "Words.\n\n::: x\n\n:::"))) == [("empty-text", 6, 5)]


def test_markdown_in_words_that_are_sent_as_they_stand_is_a_warning(read: Read) -> None:
    parsed = read(write("title: a", "Words.\n\n::: x\n**Loud** words\n:::"))
    assert [(one.rule, one.severity) for one in parsed.findings] == [("marks-in-text", Severity.WARNING)]


def test_material_given_by_hand_wins_over_the_bodys(read: Read) -> None:
    header = "hook: |\n  By\n  hand\npoints: only one\nquote: Said\nquestion: Why?\ncall: Go\nfigures: [5 cats]"
    post = read(write(header, "Body.\n\n- a\n- b\n\n> Other\n> — Jane\n\nStory.\n\nWhen?")).post
    assert post is not None
    assert post.material == Material(
        hook="By hand",
        points=("only one",),
        quote="Said",
        question="Why?",
        call="Go",
        figures=("5 cats",),
        story=("Story.",),
    )


def test_a_picture_named_twice_is_sent_once_with_the_words_it_had_first(read: Read) -> None:
    post = read(
        write("media: [{file: loop.png, alt: A loop}]", "Words.\n\n![](loop.png)\n\n![Two cats](cats.png)")
    ).post
    assert post is not None
    assert [(one.file, one.alt) for one in post.media] == [
        ("content/2026/loop.png", "A loop"),
        ("content/2026/cats.png", "Two cats"),
    ]


def test_a_picture_in_the_body_obeys_the_same_rules(read: Read) -> None:
    parsed = read(write("title: a", "Words ![](loop.png) and\n  ![A cat](../cat.png)\n\n> ![Cat](https://e.org/c.png)"))
    assert told(parsed) == [("missing-alt", 4, 7), ("media-outside", 5, 3), ("media-url", 7, 3)]


def test_each_picture_of_a_list_with_faults_keeps_its_own_place(read: Read) -> None:
    parsed = read(write("media:\n  - nothing\n  - {alt: x}\n  - {file: a.png}\n  - {file: missing.png, alt: A cat}"))
    assert told(parsed) == [("wrong-type", 3, 5), ("missing-key", 4, 5), ("missing-alt", 5, 5), ("missing-file", 6, 12)]


def test_a_post_that_says_nothing_is_only_forgiven_in_a_draft(read: Read) -> None:
    assert [(one.rule, one.severity, one.line) for one in read("---\ntitle: a\n---\n").findings] == [
        ("empty-post", Severity.WARNING, 4)
    ]
    due = read("---\ntitle: a\npublish: next\n---\n\n")
    assert [(one.rule, one.severity, one.line) for one in due.findings] == [("empty-post", Severity.ERROR, 5)]


def test_a_body_as_long_as_a_book_is_not_read(read: Read) -> None:
    assert told(read(write("title: a", "word " * 30_000))) == [("too-big", 4, 1)]


def test_a_link_of_the_body_fills_in_for_a_missing_one(read: Read) -> None:
    post = read(write("title: a", "See [this](https://e.org/a).")).post
    assert post is not None
    assert (post.link, post.material.hook, post.lines["link"]) == ("https://e.org/a", "See this.", 4)


def test_a_title_may_be_the_bodys_first_heading(read: Read) -> None:
    post = read("---\nlanguage: en\n---\n# Agile *beats* viral\n\nWords.\n").post
    assert post is not None
    assert (post.title, post.material.hook) == ("Agile beats viral", "Words.")


def test_planning_reads_the_front_matter_and_imports_nothing_heavy(read: Read) -> None:
    light = read(SOUND, body=False)
    full = read(SOUND)
    assert light.post is not None
    assert full.post is not None
    assert (light.post.media, light.post.material) == ((), Material())
    assert (light.post.id, light.post.publish, light.post.digest) == (full.post.id, full.post.publish, full.post.digest)
    script = (
        "import sys; from publisher.content.posts import parse_post, Settings\n"
        "import publisher.project, publisher.worktree\n"
        f"parse_post('a.md', {SOUND.encode()!r}, files=None, settings=Settings(), body=False)\n"
        "heavy = {'regex', 'markdown_it', 'PIL', 'requests', 'rich', 'jinja2'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_a_flood_of_findings_is_cut_short_and_says_so(read: Read) -> None:
    parsed = read(write("\n".join(f"key{n}: 1" for n in range(300))))
    assert len(parsed.findings) == 101
    assert parsed.findings[-1].rule == "more-findings"
    assert "200" in parsed.findings[-1].message
