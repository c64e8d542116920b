from __future__ import annotations

import pytest

from publisher.cli.sheet import print_sheet
from publisher.model import Change, Channel, Finding, Part, Post, Rendition
from publisher.proofs import Proof
from publisher.testing import media

LONG = "A passage that is told in the post and needs no second reading under every channel that had no room for it."


def printed(
    capsys: pytest.CaptureFixture[str], *parts: Part, findings: tuple[Finding, ...] = (), **more: object
) -> str:
    rendition = Rendition(post="p", channel="x", network="x", parts=parts, **more)  # type: ignore[arg-type]  # tuples of Change
    proof = Proof(channel=Channel(name="x", network="x", handle="@us"), rendition=rendition, findings=findings)
    print_sheet(Post(id="p", path="content/p.md", digest="", title="A title"), (proof, proof))
    return " ".join(capsys.readouterr().out.replace("│", " ").split())


def part(**changed: object) -> Part:
    return Part(**{"kind": "post", "text": "Words.", "length": 6, "limit": 280, **changed})  # type: ignore[arg-type]  # fields of Part


def test_a_picture_is_described_once_and_named_on_every_channel(capsys: pytest.CaptureFixture[str]) -> None:
    picture = media()
    shown = printed(capsys, part(media=(picture,)))
    assert shown.count(picture.alt) == 1
    assert shown.count(f"▣ {picture.file.rpartition('/')[2]}") == 3


@pytest.mark.parametrize(
    ("native", "line"),
    [
        ({"link": "https://a.example"}, "▭ https://a.example"),
        ({"embed": {"external": {"uri": "https://a.example", "title": "A card"}}}, "▭ A card https://a.example"),
        ({"article": {"source": "https://a.example", "title": "A card"}}, "▭ A card https://a.example"),
    ],
)
def test_a_card_is_shown_wherever_its_network_keeps_it(
    capsys: pytest.CaptureFixture[str], native: dict[str, object], line: str
) -> None:
    assert line in printed(capsys, part(native=native))


def test_an_address_that_is_no_card_is_not_shown_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    facets = [{"features": [{"uri": "https://a.example"}]}]
    assert "▭" not in printed(capsys, part(native={"facets": facets, "language": "en"}))


def test_what_was_left_out_takes_a_line_each_and_what_was_changed_is_told_whole(
    capsys: pytest.CaptureFixture[str],
) -> None:
    left_out = printed(capsys, part(), omitted=(Change(rule="length", detail=LONG),) * 3)
    assert left_out.count("A passage that is told") == 2 * 3
    assert "every channel" not in left_out
    assert "…" in left_out
    assert LONG in printed(capsys, part(), changes=(Change(rule="link", detail=LONG),))


def test_short_details_of_one_rule_share_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    tags = tuple(Change(rule="tags", detail=f"#{tag}") for tag in ("One", "Two"))
    assert "left out tags #One, #Two" in printed(capsys, part(), omitted=tags)


def test_how_full_a_part_is_can_be_seen_without_colour(capsys: pytest.CaptureFixture[str]) -> None:
    assert "━" * 10 + "┈" * 10 + " 140 of 280" in printed(capsys, part(length=140))
    assert "━" * 20 + " 300 of 280" in printed(capsys, part(length=300))


def test_findings_come_last_with_what_to_type(capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(capsys, part(), findings=(Finding(rule="too-long", message="too long", hint="cut it"),))
    assert "error: too long → cut it [too-long]" in shown
