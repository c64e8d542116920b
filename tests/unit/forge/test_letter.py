"""The letter to a reviewer: strangers' words to the letter, nothing of theirs obeyed, and never too long."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec import structs

from publisher.forge.differences import Cause, compare
from publisher.forge.letter import COMMENT_BYTES, MARK, SUMMARY_BYTES, compose
from publisher.forge.markdown import fence, span, tag
from publisher.forge.snapshot import Entry, Piece, Saying, Snapshot, decode, encode
from publisher.words import Finding, Severity

HOSTILE = (
    "```\n@everyone <img src=x onerror=alert(1)>\n````\n</details>\n#1 [a](javascript:b) <!-- \u202egnp.exe",
    "~~~\n</code></summary><script>",
    "| a | b |\n- [ ] @team/legal\n\n# Title",
    "`", "``` `` `", "\x1b[31m", "",
)  # fmt: skip


def entry(
    text: str, *, post: str = "one", digest: str = "", blob: str = "b", findings: tuple[Finding, ...] = ()
) -> Entry:
    piece = Piece(kind="post", text=text, length=len(text), limit=300, seen=len(text), beside=(text,))
    saying = Saying(channel="x", network="x", digest=digest or text, pieces=(piece,), findings=findings)
    return Entry(post=post, path=f"content/{post}.md", blob=blob, publish="next", sayings=(saying,))


def snapshot(*entries: Entry) -> Snapshot:
    return Snapshot(tool="1", entries=entries)


def live_text(markdown: str) -> str:
    """What GitHub would look for mentions and references in: the text that is no code, and every tag that has power."""
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(markdown)
    kept = []
    for token in tokens:
        if token.type == "html_block":
            kept.append(re.sub(r"<code>.*?</code>", "", token.content))
        kept += [child.content for child in token.children or () if child.type in {"text", "html_inline"}]
    return "\n".join(kept)


@pytest.mark.parametrize("text", HOSTILE)
def test_words_of_strangers_stay_in_code(text: str) -> None:
    finding = Finding(rule="r", message=text, hint=text, path=text)
    before = snapshot(entry("quiet", blob="a"))
    after = snapshot(entry(text, digest="new", findings=(finding,)), entry(text, post="two\n@boss`<b>"))
    written = live_text(compose(compare(before, after)))
    assert "@" not in written
    assert "#1" not in written
    assert not re.findall(r"<(?!/?(?:details|summary|sub|code|!-- publisher)\b)[^ ]", written.replace(MARK, ""))
    assert written.count("<details") == written.count("</details>")


@given(st.text(st.sampled_from("`~@#<>/ \n\tab!-[]()|\u202e\r"), max_size=60))
@settings(max_examples=150, deadline=None)
def test_no_text_leaves_its_code(text: str) -> None:
    assert "@" not in live_text(f"a {span(text)} b") + live_text(
        f"<details><summary>{tag(text)}</summary>\n\nb</details>"
    )
    blocks = [one for one in MarkdownIt().parse(f"{fence(text)}\n\nafter\n") if one.type in {"fence", "inline"}]
    assert [one.type for one in blocks] == ["fence", "inline"]


def test_a_fence_shows_a_text_to_the_letter_but_for_lines_too_long_for_a_telephone() -> None:
    shown = fence("Short.\n\n" + "a word " * 20)
    lines = shown.split("\n")[1:-1]
    assert lines[:2] == ["Short.", ""]
    assert max(map(len, lines)) <= 64
    assert all(line.startswith("  ") for line in lines[3:])
    assert " ".join(" ".join(lines[2:]).split()) == ("a word " * 20).strip()


def test_what_changed_is_told_by_its_cause() -> None:
    before = snapshot(entry("a"), entry("b", post="two"), entry("c", post="three"), entry("d", post="four"))
    after = snapshot(entry("a"), entry("B", post="two"), entry("C", post="three", blob="new"), entry("e", post="five"))
    found = {one.entry.post: one.cause for one in compare(before, after)}
    assert found == {"two": Cause.AROUND, "three": Cause.WORDS, "four": Cause.GONE, "five": Cause.NEW}
    letter = compose(compare(before, after))
    assert "Posts: 1 new, 2 changed, 1 gone. Nothing has to be mended." in letter
    assert "-b\n+B" in letter


def test_a_finding_that_is_new_is_told_although_no_word_changed() -> None:
    warned = entry("a", findings=(Finding(rule="fold", message="folded", severity=Severity.WARNING),))
    (one,) = compare(snapshot(entry("a")), snapshot(warned))
    assert (one.turns, one.same) == ((), ("x",))
    assert compare(snapshot(warned), snapshot(warned)) == ()
    assert "**1 warning**" in compose([one])


def test_a_channels_own_time_is_told_and_as_it_was_before() -> None:
    plain = entry("a")
    (saying,) = plain.sayings
    own = structs.replace(plain, sayings=(structs.replace(saying, publish="office"),))
    (one,) = compare(snapshot(own), snapshot(plain))
    assert one.turns == ()
    assert "Goes out: `next`. Before: `next`; on `x`: `office`." in compose([one])
    assert compare(snapshot(own), snapshot(own)) == ()


def test_a_draft_that_one_channel_has_a_time_for_goes_out_there() -> None:
    draft = structs.replace(entry("a"), publish="")
    (saying,) = draft.sayings
    own = structs.replace(draft, sayings=(structs.replace(saying, publish="office"),))
    assert "Goes out: on `x`: `office`. Before: `a draft`." in compose(compare(snapshot(draft), snapshot(own)))
    assert "A draft: it does not go out. Before: on `x`: `office`." in compose(compare(snapshot(own), snapshot(draft)))


def test_errors_come_first_and_are_open() -> None:
    broken = entry("b", post="zz", findings=(Finding(rule="too-long", message="too long"),))
    letter = compose(compare(snapshot(), snapshot(entry("a", post="aa"), broken)))
    assert letter.index("zz.md") < letter.index("aa.md")
    assert letter.count("<details open>") == 1


@pytest.mark.parametrize("sign", ["a", "é", "🎉", "`", "<"])
@pytest.mark.parametrize("count", [1, 400, 5_000])
def test_a_letter_fits_a_comment_and_names_what_it_leaves_out(sign: str, count: int) -> None:
    length = 100_000 if count == 1 else 400
    entries = [entry(sign * length, post=f"post-{number:05}-{sign * 200}") for number in range(count)]
    letter = compose(compare(snapshot(), snapshot(*entries)))
    assert len(letter.encode()) <= COMMENT_BYTES
    assert len(letter) < len(compose(compare(snapshot(), snapshot(*entries)), most=SUMMARY_BYTES)) <= SUMMARY_BYTES
    shown = len(re.findall(r"<details><summary><code>content/", letter))
    (left,) = re.findall(r"room here: ([\d]+) posts?\.\*\*", letter)
    assert shown + int(left) == count


def test_a_change_of_the_tool_is_said() -> None:
    assert "Publisher itself changes from `1.0` to `1.1`" in compose((), before="1.0", after="1.1")
    assert "changes nothing that anybody reads" in compose(())


def test_a_snapshot_comes_back_from_its_file() -> None:
    taken = snapshot(entry(HOSTILE[0], findings=(Finding(rule="r", message="m", severity=Severity.HINT),)))
    assert decode(encode(taken)) == taken
