from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs
from PIL import Image

from publisher.media.darkroom import Darkroom
from publisher.media.fitting import fit_pictures
from publisher.media.wants import MADE
from publisher.model import Channel, Material, Media, Post, Severity
from publisher.project import Project as Team
from publisher.proofs import Proof, prove
from publisher.registry import adapter
from tests.unit.media.pictures import Project, halves, saved

TEAM = Team(
    name="Tidewater",
    channels={one: Channel(name=one, network=one) for one in ("x", "linkedin", "instagram", "bluesky")},
)
HOOK = "Sixty million company pages, and nobody is listening."


def post(*media: Media, hook: str = HOOK) -> Post:
    told = Material(hook=hook, points=("Listen first.", "Answer within the hour."), quote="Being there is no strategy.")
    return Post(id="p", path="p.md", digest="0", title="", media=media, material=told, lines={"media": 7})


def proofs(source: Post, darkroom: Darkroom | None, team: Team = TEAM) -> dict[str, Proof]:
    return {proof.channel.name: proof for proof in prove(source, team, adapter, darkroom)}


def sent(proof: Proof) -> tuple[Media, ...]:
    assert proof.rendition
    return tuple(media for part in proof.rendition.parts for media in part.media)


def changes(proof: Proof, rule: str) -> list[str]:
    assert proof.rendition
    return [change.detail for change in proof.rendition.changes if change.rule == rule]


def rules(proof: Proof) -> set[str]:
    return {finding.rule for finding in proof.findings}


def test_each_network_gets_the_picture_as_it_wants_it_and_its_reviewer_is_told(project: Project) -> None:
    media = project.add(saved(halves(2000, 500), "PNG"), "loop.png")
    found = proofs(post(media), project.darkroom())
    assert sent(found["x"]) == (media,)
    assert changes(found["x"], "media") == []
    (made,) = sent(found["instagram"])
    assert (made.mime, made.width, made.height) == ("image/jpeg", 1440, 754)
    assert made.alt == media.alt
    assert changes(found["instagram"], "media") == [
        f"loop.png: converted to JPEG, padded to the network's shape, 1440×754, {round(made.size / 1000)} kB"
    ]
    assert {"image-type", "image-ratio"} & rules(found["instagram"]) == set()
    assert found["instagram"].is_clean


def test_without_a_darkroom_nothing_is_done(project: Project) -> None:
    media = project.add(saved(halves(2000, 500), "PNG"), "loop.png")
    found = proofs(post(media), None)
    assert sent(found["instagram"]) == (media,)
    assert {"image-type", "image-ratio"} <= rules(found["instagram"])
    assert "needs-picture" in rules(proofs(post(), None)["instagram"])


def test_what_was_made_here_is_told_not_to_be_public(project: Project) -> None:
    media = project.add(saved(halves(), "PNG"), "loop.png")
    proof = proofs(post(media), project.darkroom())["instagram"]
    (finding,) = proof.findings
    assert finding.rule == "picture-not-public"
    assert finding.severity is Severity.WARNING
    assert MADE in finding.message


def test_a_post_without_a_picture_gets_a_card_only_where_one_is_needed(project: Project) -> None:
    found = proofs(post(), project.darkroom())
    assert [sent(found[name]) for name in ("x", "linkedin", "bluesky")] == [(), (), ()]
    (card,) = sent(found["instagram"])
    assert (card.mime, card.width, card.height) == ("image/jpeg", 1080, 1350)
    assert card.alt.endswith("\nTidewater")
    said = card.alt.removesuffix("\nTidewater")
    assert changes(found["instagram"], "card") == [f"the post has no picture, and this network needs one: {said}"]
    assert found["instagram"].is_clean
    project.open(card)


def test_a_card_has_the_teams_colours(project: Project) -> None:
    team = Team(name="Tidewater", channels=TEAM.channels, card={"paper": "#204060", "ink": "#ffffff"})
    (card,) = sent(proofs(post(), project.darkroom(), team)["instagram"])
    corner = project.open(card).getpixel((5, 5))
    assert isinstance(corner, tuple)
    assert all(abs(one - other) < 3 for one, other in zip(corner, (0x20, 0x40, 0x60), strict=True))


def test_a_card_that_cannot_be_made_says_why(project: Project) -> None:
    abroad = structs.replace(post(), material=Material(hook="早く聞く。"))
    proof = proofs(abroad, project.darkroom())["instagram"]
    assert rules(proof) >= {"no-card", "needs-picture"}
    assert not proof.is_clean


@pytest.mark.parametrize(
    ("content", "name"),
    [(saved(halves())[:1500], "a.jpg"), (saved(Image.new("1", (10_000, 10_000)), "PNG"), "bomb.png")],
)
def test_a_picture_that_cannot_be_used_stops_its_channel_with_a_finding(
    project: Project, content: bytes, name: str
) -> None:
    media = project.add(content, name)
    proof = proofs(post(media), project.darkroom())["instagram"]
    finding = next(one for one in proof.findings if one.rule == "picture-unfit")
    assert (finding.path, finding.line, finding.channel) == ("p.md", 7, "instagram")
    assert finding.message.startswith(name)
    assert finding.hint
    assert not proof.is_clean


def test_nowhere_to_keep_pictures_is_a_finding_for_those_that_need_it(project: Project) -> None:
    def read_only() -> Path:
        return project.root / "no" / "such"

    media = project.add(saved(halves(), "PNG"), "loop.png")
    found = proofs(post(media), Darkroom(project.read, read_only))
    assert found["x"].is_clean
    assert "picture-unfit" in rules(found["instagram"])


def test_only_the_pictures_that_are_sent_are_made(project: Project) -> None:
    media = project.add(saved(halves(2000, 500), "PNG"), "loop.png")
    limits = adapter("instagram").limits
    one = replace(limits, images=replace(limits.images, value=1))
    variant = _variant(post(media, replace(media, file="other.png")))
    fitted, _ = fit_pictures(post(), variant, one, TEAM, project.darkroom())
    assert [picture.mime for picture in fitted.media] == ["image/jpeg", "image/png"]


def _variant(source: Post):  # type: ignore[no-untyped-def]
    from publisher.craft.compose import compose

    channel = TEAM.channels["instagram"]
    return compose(source, [(channel, adapter("instagram").voice)])["instagram"]
