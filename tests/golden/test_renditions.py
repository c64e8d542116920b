"""Golden files: what each post of content/ and each case of cases/ becomes on every channel, to be read in a diff.

`pytest tests/golden --update-golden` writes them. A new case is a new post, or a folder `cases/<name>/post.md`.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import combinations
from pathlib import Path
from textwrap import shorten
from typing import Any

import pytest

from publisher.content.posts import Parsed, parse_post
from publisher.craft.distinct import likeness
from publisher.craft.language import speak
from publisher.craft.sentences import sentences
from publisher.model import Change, Channel, Part, Post, Rendition
from publisher.project import Project, parse_project
from publisher.proofs import Proof, prove
from publisher.registry import adapter
from publisher.worktree import WorkTree

HERE = Path(__file__).parent
TREE = WorkTree(HERE.parents[1])
POSTS = tuple(TREE.posts("content"))
CASES = tuple(TREE.posts("tests/golden/cases"))

ADDRESS = re.compile(r"https?://\S+|(?<!\S)[\w-]+(?:\.[\w-]+)+/\S*")
NATIVE = re.compile(rf"{ADDRESS.pattern}|[@#][\w.@-]+|^\d+/\d+$", re.MULTILINE)
WEB = re.compile(r"(?i)https?://[^\s<>\"|]*[^\s<>\"|.,;:!?)\]}'”»]")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
WORD = re.compile(r"[^\W\d_]+")
# What the house may say of its own accord, beside its calls to action.
HOUSE = "link in bio lien en bio"


@cache
def project() -> Project:
    found, findings = parse_project(TREE.project_source(), networks=())
    assert found, findings
    return found


@cache
def parse(path: str) -> Parsed:
    return parse_post(path, TREE.read(path), files=TREE, settings=project().settings())


def post_at(path: str) -> Post:
    post = parse(path).post
    assert post, parse(path).findings
    return post


@cache
def proofs(path: str) -> tuple[Proof, ...]:
    return prove(post_at(path), project(), adapter)


def renditions(path: str) -> list[Rendition]:
    return [proof.rendition for proof in proofs(path) if proof.rendition]


def parts(path: str) -> Iterator[tuple[str, Part]]:
    return ((rendition.channel, part) for rendition in renditions(path) for part in rendition.parts)


def golden(path: str) -> Path:
    inside = Path(path)
    return TREE.root / inside.with_suffix(".json") if path in CASES else HERE / f"{inside.stem}.json"


# --- the golden files


def shown(path: str) -> str:
    """A post's renditions as indented JSON; a text is a list of its lines, so that a diff is of lines too."""
    found = [f"{one.line}: {one.severity} {one.rule}: {one.message}" for one in parse(path).findings]
    channels = {proof.channel.name: show_proof(proof) for proof in proofs(path)} if parse(path).post else {}
    return json.dumps({"findings": found, "channels": channels}, ensure_ascii=False, indent=1) + "\n"


def show_proof(proof: Proof) -> dict[str, Any]:
    rendition = proof.rendition
    return {
        "parts": [show_part(part) for part in rendition.parts] if rendition else None,
        "changes": [show_change(one) for one in rendition.changes] if rendition else [],
        "omitted": [show_change(one) for one in rendition.omitted] if rendition else [],
        "findings": [f"{one.severity} {one.rule}: {one.message}" for one in proof.findings],
    }


def show_change(change: Change) -> str:
    return f"{change.rule}: {shorten(change.detail, 72, placeholder=' …')}"


def show_part(part: Part) -> dict[str, Any]:
    return {
        "kind": part.kind,
        "text": part.text.split("\n"),
        "length": f"{part.length}/{part.limit}",
        "media": [{"file": media.file, "alt": media.alt} for media in part.media],
        "native": part.native,
    }


@pytest.mark.parametrize("path", [*POSTS, *CASES])
def test_says_what_its_golden_file_holds(path: str, pytestconfig: pytest.Config) -> None:
    here, now = golden(path), shown(path)
    if pytestconfig.getoption("--update-golden", default=False):
        here.write_text(now, encoding="utf-8")
    assert here.exists(), f"{path} has no golden file; look at its preview, then: pytest tests/golden --update-golden"
    before = here.read_text(encoding="utf-8")
    if before != now:
        lines = difflib.unified_diff(before.splitlines(), now.splitlines(), here.name, "now", lineterm="", n=2)
        pytest.fail("\n".join([f"{path} now reads differently", *lines]), pytrace=False)


def test_every_golden_file_has_its_post() -> None:
    wanted = {golden(path) for path in (*POSTS, *CASES)}
    assert set(HERE.rglob("*.json")) == wanted, "a golden file without its post, or a post without its golden file"
    assert len(wanted) == len((*POSTS, *CASES)), "two posts of the same name in different folders"


def test_every_case_is_a_post() -> None:
    assert sorted(f"tests/golden/cases/{folder.name}/post.md" for folder in (HERE / "cases").iterdir()) == list(CASES)


# --- what holds for every post, whatever its golden file says


@pytest.mark.parametrize("path", [*POSTS, *CASES])
def test_no_part_is_over_its_limit(path: str) -> None:
    assert [(channel, part.length) for channel, part in parts(path) if part.length > part.limit] == []


@pytest.mark.parametrize("path", POSTS)
def test_no_two_networks_say_the_same(path: str) -> None:
    told = [(one.channel, "\n".join(part.text for part in one.parts)) for one in renditions(path)]
    assert [(a[0], b[0]) for a, b in combinations(told, 2) if likeness(a[1], b[1]) > 0.7] == []


@pytest.mark.parametrize("path", POSTS)
def test_no_channel_of_an_example_needs_mending(path: str) -> None:
    assert parse(path).findings == ()
    assert [proof.channel.name for proof in proofs(path) if not proof.is_clean] == []


@pytest.mark.parametrize("path", [*POSTS, *CASES])
def test_every_number_is_one_the_author_wrote(path: str) -> None:
    written = set(NUMBER.findall(TREE.read(path).decode()))
    said = [(channel, number) for channel, part in parts(path) for number in NUMBER.findall(NATIVE.sub("", part.text))]
    assert [one for one in said if one[1] not in written] == []


@pytest.mark.parametrize("path", [*POSTS, *CASES])
def test_a_link_is_sent_or_its_absence_is_told(path: str) -> None:
    post = post_at(path)
    for rendition in renditions(path):
        link = post.link_on(Channel(name=rendition.channel, network=rendition.network))
        sent = [f"{part.text}\n{json.dumps(part.native)}" for part in rendition.parts]
        told = [change.detail for change in (*rendition.changes, *rendition.omitted)]
        assert any(link in one for one in (*sent, *told)), rendition.channel


@pytest.mark.parametrize("path", [*POSTS, *CASES])
def test_every_address_of_a_post_is_sent_or_named(path: str) -> None:
    written = set(WEB.findall(TREE.read(path).decode()))
    findings = [*parse(path).findings, *(finding for proof in proofs(path) for finding in proof.findings)]
    told = [finding.message for finding in findings]
    for rendition in renditions(path):
        told += [f"{part.text}\n{json.dumps(part.native, ensure_ascii=False)}" for part in rendition.parts]
        told += [change.detail for change in (*rendition.changes, *rendition.omitted)]
    assert [one for one in written if not any(one[:80] in said for said in told)] == []


@pytest.mark.parametrize("path", [*POSTS, *CASES])
def test_no_word_is_cut_or_made_up(path: str) -> None:
    known = vocabulary(path)
    for rendition in renditions(path):
        own = known | words(change.detail for change in rendition.changes)
        said = words(NATIVE.sub(" ", part.text) for part in rendition.parts)
        assert said <= own, (rendition.channel, said - own)


@pytest.mark.parametrize("path", [*POSTS, *CASES])
def test_every_sentence_is_said_or_told_to_be_left_out(path: str) -> None:
    post, material = post_at(path), post_at(path).material
    texts = (material.hook, *material.story, *material.points, material.quote, material.question, material.call)
    wanted = [sentence for text in texts for sentence in sentences(text, post.language)]
    for rendition in renditions(path):
        if post.own(Channel(name=rendition.channel, network=rendition.network)).text is None:
            told = bare(*(part.text for part in rendition.parts), *(change.detail for change in rendition.omitted))
            lost = [one for one in wanted if bare(one) not in told and bare(changed(one, rendition)) not in told]
            assert lost == [], rendition.channel


def bare(*texts: str) -> str:
    """The texts' words and nothing else: no signs, no spaces, no number of a thread."""
    return "".join(re.findall(r"[^\W_]+", re.sub(r"^\d+/\d+$", "", "\n".join(texts), flags=re.MULTILINE))).casefold()


def changed(text: str, rendition: Rendition) -> str:
    for change in rendition.changes:
        old, _, new = change.detail.partition(" → ")
        text = text.replace(old, new.removesuffix("none")) if new else text
    return text


def vocabulary(path: str) -> set[str]:
    spoken = speak(post_at(path).language)
    calls = [call for forms in spoken.calls.values() for told in forms.values() for call in told]
    people = [name for person in project().people.values() for name in person.values()]
    return words([TREE.read(path).decode(), HOUSE, *calls, *spoken.persons.values(), *people])


def words(texts: Iterable[str]) -> set[str]:
    return {word.casefold() for text in texts for word in WORD.findall(text)}


@pytest.mark.parametrize("path", POSTS)
def test_no_mark_of_markdown_and_no_doubled_sign_is_left(path: str) -> None:
    marks = re.compile(r"\*\*|__|\]\(|`|^#+ |^> |\.\.(?!\.)|[?!]\.|[,;:]\.|::|  ", re.MULTILINE)
    assert [(channel, found[0]) for channel, part in parts(path) if (found := marks.search(part.text))] == []


@pytest.mark.parametrize("path", POSTS)
def test_only_where_there_is_a_bio_is_one_spoken_of(path: str) -> None:
    bio = re.compile(r"\b(?:link|lien) (?:in|en) bio\b", re.IGNORECASE)
    told = {one.network for one in renditions(path) for part in one.parts if bio.search(part.text)}
    assert told <= {"instagram"}


@pytest.mark.parametrize("path", [path for path in POSTS if post_at(path).language == "fr"])
def test_french_keeps_its_spaces_and_apostrophes(path: str) -> None:
    wrong = re.compile(r"[^\s\u00a0\u202f?!][?!;]|\w:(?=\s)| [?!;:»]|« |'|\"")
    texts = [(channel, ADDRESS.sub("", part.text)) for channel, part in parts(path)]
    assert [(channel, found[0]) for channel, text in texts if (found := wrong.search(text))] == []
