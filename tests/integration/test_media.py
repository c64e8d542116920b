"""Pictures from the folder to the network: what a preview shows is what a run sends, byte for byte."""

from __future__ import annotations

import hashlib
import io
from contextlib import closing
from pathlib import Path
from typing import Any

from PIL import Image

from publisher.sandbox.world import World
from tests.integration.conftest import NOW, Team

PICTURE = '  - {file: loop.jpg, alt: "A loop of three steps: listen, discuss, adapt"}\n'


def write(team: Team, *, picture: str = "") -> str:
    """A post that is due, with another picture or with none."""
    path = team.write("listening")
    source = (team.root / path).read_text(encoding="utf-8")
    kept = PICTURE.replace("loop.jpg", picture) if picture else ""
    source = source.replace(PICTURE, kept) if picture else source.replace("media:\n" + PICTURE, "")
    (team.root / path).write_text(source, encoding="utf-8")
    return path


def photograph(team: Team) -> None:
    """A wide photograph as a phone stores it: on its side, with the place it was taken at."""
    notes = Image.Exif()
    notes[0x0112] = 6
    notes.get_ifd(0x8825).update({1: "N", 2: (48.0, 23.0, 24.0)})
    Image.new("RGB", (600, 1800), "#206040").save(team.root / "content/2026/walk.jpg", exif=notes)


def by_channel(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["channel"]: row for row in rows}


def shown(team: Team, path: str) -> dict[str, str]:
    """What the preview says each network's picture is, by network."""
    rows = team.json("preview", path)
    return {row["network"]: media["digest"] for row in rows for media in row["media"]}


def live(team: Team) -> dict[str, str]:
    """The digest of what arrived at each network, by network."""
    with closing(World(team.root / ".publisher/sandbox.db")) as world:
        return {post.network: picture.digest for post in world.posts() for picture in post.media}


def test_the_picture_that_was_previewed_is_the_one_that_is_sent(team: Team) -> None:
    photograph(team)
    path = write(team, picture="walk.jpg")
    team.commit()
    before = shown(team, path)
    assert {row["state"] for row in team.run().values()} == {"published"}
    assert live(team) == before
    assert len(set(before.values())) == 2, "Instagram has a shape of its own"
    for digest, (width, height) in {before["x"]: (1800, 600), before["instagram"]: (1440, 754)}.items():
        kept = next(one for one in (team.root / ".publisher/media").iterdir() if _digest(one) == digest)
        with Image.open(io.BytesIO(kept.read_bytes())) as image:
            assert image.size == (width, height)
            assert not image.getexif()
    assert team.git("status", "--porcelain") == ""


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_run_on_another_machine_sends_what_was_previewed_here(team: Team, tmp_path: Path) -> None:
    photograph(team)
    path = write(team, picture="walk.jpg")
    team.commit()
    team.git("push", "-q")
    before = shown(team, path)
    other = team.clone(tmp_path / "other")
    other.run()
    assert live(other) == before


def test_a_post_without_a_picture_reaches_instagram_on_a_card(team: Team) -> None:
    path = write(team)
    team.commit()
    checked = team.publisher("check")
    assert checked.returncode == 0, checked.stdout
    assert "picture-not-public" in checked.stdout
    rows = by_channel(team.json("preview", path))
    assert rows["x"]["media"] == []
    (card,) = rows["instagram"]["media"]
    assert card["alt"].endswith("\nTidewater")
    assert [one["rule"] for one in rows["instagram"]["changes"]].count("card") == 1
    assert {row["state"] for row in team.run().values()} == {"published"}
    assert live(team) == {"instagram": card["digest"]}


def test_a_push_sends_the_card_too(team: Team) -> None:
    path = write(team)
    before = shown(team, path)
    pushed = by_channel(team.json("push", path, "--channel", "instagram", "--now", NOW))
    assert pushed["instagram"]["state"] == "published"
    assert live(team) == before


def test_for_real_a_picture_that_is_not_in_git_is_held_with_what_to_do(team: Team) -> None:
    path = write(team)
    team.commit()
    env = {"INSTAGRAM_TOKEN": "IGQV-not-a-token", "PUBLISHER_SANDBOX": ""}
    rows = team.run("--live", env=env, code=None)
    held = rows["listening", "instagram"]
    assert held["state"] == "held"
    assert held["error"] == "ConfigError"
    (card,) = by_channel(team.json("preview", path))["instagram"]["media"]
    assert card["file"] in held["reason"]
    assert held["hint"] == f"copy {card['file']} beside the post, name it under `media:`, commit and push it"


def test_a_folder_that_leads_out_of_the_project_is_not_written_to(team: Team, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (team.root / ".publisher").mkdir()
    (team.root / ".publisher/media").symlink_to(outside)
    path = write(team)
    rows = by_channel(team.json("preview", path, code=1))
    assert "no-card" in {one["rule"] for one in rows["instagram"]["findings"]}
    assert list(outside.iterdir()) == []
