from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from publisher.errors import ConfigError, ContentError
from publisher.media.card import Words
from publisher.media.colours import Colours
from publisher.media.darkroom import Darkroom
from publisher.media.wants import Wants, fits
from publisher.model import Media
from tests.unit.media.pictures import ALT, FACEBOOK, INSTAGRAM, Project, X, exif, halves, noise, png_notes, saved

RED, BLUE, WHITE = (192, 32, 32), (32, 32, 192), (255, 255, 255)


def near(one: object, other: tuple[int, ...], by: int = 14) -> bool:
    assert isinstance(one, tuple)
    return all(abs(mine - theirs) <= by for mine, theirs in zip(one[:3], other, strict=True))


# --- what will do is left alone


def test_a_picture_that_fits_is_sent_as_it_is(project: Project) -> None:
    media = project.add(saved(halves()))
    made = project.darkroom().develop(media, INSTAGRAM)
    assert made.media is media
    assert made.done == ""
    assert project.made() == []


def test_originals_are_never_touched(project: Project) -> None:
    media = project.add(saved(halves(2000, 400), "PNG"), "wide.png")
    path = project.root / "wide.png"
    os.utime(path, (1_000_000, 1_000_000))
    project.darkroom().develop(media, INSTAGRAM)
    assert path.stat().st_mtime == 1_000_000
    assert hashlib.sha256(path.read_bytes()).hexdigest() == media.digest
    assert sorted(one.name for one in project.root.iterdir()) == [".publisher", "wide.png"]


def test_a_gif_that_moves_is_left_alone_where_gifs_are_taken(project: Project) -> None:
    moving = saved(halves(), "GIF", save_all=True, append_images=[halves().rotate(90)])
    media = project.add(moving, "loop.gif")
    assert project.darkroom().develop(media, X).media is media
    assert project.darkroom().develop(media, replace(X, size=10)).media is media, "half a film is another picture"


# --- notes


def test_a_photograph_that_fits_loses_its_notes_and_nothing_else(project: Project) -> None:
    media = project.add(saved(halves(), exif=exif()))
    made = project.darkroom().develop(media, X)
    image = project.open(made.media)
    assert not image.getexif()
    assert image.tobytes() == project.open(media).tobytes()
    assert made.media.alt == ALT
    assert made.done == "loop.jpg: hidden notes taken out, 400×400, 4 kB"
    assert project.darkroom().develop(media, INSTAGRAM).media == made.media, "one copy for all networks"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", saved(halves(), "PNG", exif=exif(), pnginfo=png_notes())),
        ("a.webp", saved(halves(), "WEBP", exif=exif())),
        ("a.jpg", saved(halves(2000, 300), exif=exif())),
        ("b.png", saved(halves(2000, 300), "PNG", exif=exif(6), pnginfo=png_notes())),
    ],
)
def test_no_network_learns_where_a_picture_was_taken(project: Project, name: str, content: bytes) -> None:
    media = project.add(content, name)
    for wants in (X, FACEBOOK, INSTAGRAM):
        image = project.open(project.darkroom().develop(media, wants).media)
        assert not image.getexif()
        assert not {"exif", "xmp", "Author"} & image.info.keys()


# --- upright


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_photograph_stored_on_its_side_is_upright_for_everybody(project: Project, orientation: int) -> None:
    upright = Image.new("RGB", (300, 240), "#c02020")
    upright.paste("#2020c0", (150, 0, 300, 240))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation])
    media = project.add(saved(stored, exif=exif(orientation), quality=95))
    assert (media.width, media.height) == (300, 240)
    made = project.darkroom().develop(media, X)
    image = project.open(made.media)
    assert made.done.startswith("loop.jpg: turned upright, 300×240, ")
    assert image.size == (300, 240)
    assert near(image.getpixel((20, 120)), RED)
    assert near(image.getpixel((280, 120)), BLUE)
    assert not image.getexif()


# --- types and colours


def test_a_transparent_png_stands_on_white_where_only_jpeg_is_taken(project: Project) -> None:
    clear = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    clear.paste((192, 32, 32, 255), (100, 100, 300, 300))
    made = project.darkroom().develop(project.add(saved(clear, "PNG"), "logo.png"), INSTAGRAM)
    image = project.open(made.media)
    assert made.media.mime == "image/jpeg"
    assert near(image.getpixel((10, 10)), WHITE, 2)
    assert near(image.getpixel((200, 200)), RED)
    assert made.done.startswith("logo.png: converted to JPEG, 400×400, ")


def test_a_transparent_webp_stays_transparent_where_png_is_taken(project: Project) -> None:
    clear = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    made = project.darkroom().develop(project.add(saved(clear, "WEBP"), "logo.webp"), FACEBOOK)
    assert made.media.mime == "image/png"
    assert project.open(made.media).getpixel((10, 10)) == (0, 0, 0, 0)


def test_a_palette_picture_with_a_clear_colour_stands_on_white(project: Project) -> None:
    palette = halves().quantize(2)
    clear = palette.getpixel((10, 10))
    media = project.add(saved(palette, "PNG", transparency=clear), "logo.png")
    image = project.open(project.darkroom().develop(media, INSTAGRAM).media)
    assert near(image.getpixel((10, 200)), WHITE, 2)
    assert near(image.getpixel((390, 200)), BLUE)


def test_of_a_gif_the_first_frame_goes_where_no_gif_is_taken(project: Project) -> None:
    moving = saved(halves(), "GIF", save_all=True, append_images=[halves().rotate(180)])
    made = project.darkroom().develop(project.add(moving, "loop.gif"), FACEBOOK)
    image = project.open(made.media)
    assert near(image.getpixel((20, 200)), RED)
    assert made.done.startswith("loop.gif: only its first frame, converted to JPEG, 400×400, ")


def test_a_cmyk_photograph_becomes_rgb(project: Project) -> None:
    media = project.add(saved(halves(2000, 400, mode="CMYK"), quality=95))
    image = project.open(project.darkroom().develop(media, INSTAGRAM).media)
    assert image.mode == "RGB"
    assert near(image.getpixel((100, image.height // 2)), RED, 40)


def test_sixteen_bits_of_grey_keep_their_tones(project: Project) -> None:
    row = (32768).to_bytes(2, "little") * 200 + (65535).to_bytes(2, "little") * 200
    grey = Image.frombytes("I;16", (400, 400), row * 400)
    image = project.open(project.darkroom().develop(project.add(saved(grey, "PNG"), "scan.png"), INSTAGRAM).media)
    assert near(image.getpixel((100, 200)), (128, 128, 128), 2)
    assert near(image.getpixel((300, 200)), WHITE, 2)


def test_a_wide_gamut_is_brought_to_what_every_screen_shows(project: Project) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    media = project.add(saved(halves(2000, 400), icc_profile=lab))
    image = project.open(project.darkroom().develop(media, INSTAGRAM).media)
    assert "icc_profile" not in image.info


# --- shape and bytes


def test_what_is_too_wide_is_padded_in_the_colour_of_its_edge(project: Project) -> None:
    wide = Image.new("RGB", (1400, 300), "#206040")
    wide.paste("#ffffff", (200, 100, 1200, 200))
    made = project.darkroom().develop(project.add(saved(wide)), INSTAGRAM)
    image = project.open(made.media)
    assert fits(made.media, INSTAGRAM)
    assert image.size == (1400, 733)
    assert near(image.getpixel((700, 5)), (32, 96, 64))
    assert near(image.getpixel((700, 366)), WHITE), "the whole picture is in the middle"
    assert made.done.startswith("loop.jpg: padded to the network's shape, 1400×733, ")


def test_what_is_too_tall_and_of_many_colours_is_padded_with_white(project: Project) -> None:
    made = project.darkroom().develop(project.add(saved(noise(300, 900))), INSTAGRAM)
    image = project.open(made.media)
    assert image.size == (720, 900)
    assert near(image.getpixel((4, 450)), WHITE, 3)


def test_what_is_too_large_is_scaled_down(project: Project) -> None:
    made = project.darkroom().develop(project.add(saved(halves(3000, 3000))), INSTAGRAM)
    assert (made.media.width, made.media.height) == (1440, 1440)
    image = project.open(made.media)
    assert near(image.getpixel((10, 700)), RED)


def test_a_photograph_of_twelve_megabytes_gets_below_five(project: Project) -> None:
    content = saved(noise(4000, 3000), quality=95, subsampling=0)
    assert len(content) > 12_000_000
    made = project.darkroom().develop(project.add(content), X)
    assert made.media.size <= X.size
    assert made.media.mime == "image/jpeg"
    assert made.media.width * 3 == made.media.height * 4
    project.open(made.media)


def test_a_screenshot_that_is_too_heavy_as_png_becomes_a_jpeg_where_that_is_taken(project: Project) -> None:
    media = project.add(saved(noise(600, 600), "PNG"), "noise.png")
    made = project.darkroom().develop(media, replace(FACEBOOK, size=300_000))
    assert made.media.mime == "image/jpeg"
    assert (made.media.width, made.media.height) == (600, 600)
    small = project.darkroom().develop(media, Wants(types=("image/png",), size=100_000))
    assert small.media.mime == "image/png"
    assert small.media.size <= 100_000
    assert small.media.width < 600


def test_what_can_never_be_small_enough_is_told(project: Project) -> None:
    media = project.add(saved(noise(300, 300)))
    with pytest.raises(ContentError, match=r"loop.jpg cannot be made to fit in 20 bytes"):
        project.darkroom().develop(media, replace(X, size=20))


# --- what cannot be read


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png")])
@pytest.mark.parametrize("wants", [X, INSTAGRAM])
def test_a_picture_that_is_cut_off_is_told_even_where_it_fits(
    project: Project, kind: str, name: str, wants: Wants
) -> None:
    whole = saved(noise(200, 200), kind)
    media = project.add(whole[: len(whole) // 2], name)
    with pytest.raises(ContentError, match=f"{name}.*cut off") as refused:
        project.darkroom().develop(media, wants)
    assert refused.value.hint


def test_a_bomb_is_never_unpacked(project: Project) -> None:
    bomb = saved(Image.new("1", (10_000, 10_000)), "PNG")
    assert len(bomb) < 20_000
    with pytest.raises(ContentError, match="100 million pixels") as refused:
        project.darkroom().develop(project.add(bomb, "bomb.png"), INSTAGRAM)
    assert refused.value.hint


def test_a_picture_that_changed_since_it_was_measured_is_not_used(project: Project) -> None:
    media = project.add(saved(halves(), "PNG"), "loop.png")
    (project.root / "loop.png").write_bytes(saved(halves().rotate(90), "PNG"))
    with pytest.raises(ContentError, match="changed"):
        project.darkroom().develop(media, INSTAGRAM)
    assert project.made() == []


# --- what is kept


def test_what_was_made_once_is_not_made_again(project: Project) -> None:
    media = project.add(saved(halves(), "PNG"), "loop.png")
    first = project.darkroom().develop(media, INSTAGRAM)
    path = project.root / first.media.file
    os.utime(path, (1_000_000, 1_000_000))
    assert project.darkroom().develop(media, INSTAGRAM) == first
    assert path.stat().st_mtime == 1_000_000
    assert project.made() == [path.name]
    assert path.name.startswith("loop-")


def test_a_kept_picture_that_is_broken_is_made_again(project: Project) -> None:
    media = project.add(saved(halves(), "PNG"), "loop.png")
    first = project.darkroom().develop(media, INSTAGRAM)
    (project.root / first.media.file).write_bytes(b"\xff\xd8\xff")
    assert project.darkroom().develop(media, INSTAGRAM) == first


def test_other_wants_make_another_picture(project: Project) -> None:
    media = project.add(saved(halves(1600, 1600), "PNG"), "loop.png")
    room = project.darkroom()
    small = room.develop(media, replace(INSTAGRAM, width_most=1080))
    assert room.develop(media, INSTAGRAM).media.width == 1440
    assert small.media.width == 1080


def test_many_at_once_leave_one_whole_picture(project: Project) -> None:
    media = project.add(saved(halves(1500, 1500), "PNG"), "loop.png")
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda room: room.develop(media, INSTAGRAM).media, [project.darkroom() for _ in range(4)]))
    assert len(made) == 1
    assert project.made() == [Path(made.pop().file).name]


def test_another_process_makes_the_same_bytes(project: Project) -> None:
    media = project.add(saved(halves(2000, 500), "PNG"), "loop.png")
    ours = project.darkroom().develop(media, INSTAGRAM).media
    card = project.darkroom().card(Words(text="Écoutez d’abord.", name="Tidewater"), Colours())
    for path in project.cellar.iterdir():
        path.unlink()
    script = f"""
from pathlib import Path
from publisher.media.card import Words
from publisher.media.colours import Colours
from tests.unit.media.pictures import INSTAGRAM, Project
project = Project(Path({str(project.root)!r}))
made = project.darkroom().develop(project.tree.measure("post.md", "loop.png", "alt"), INSTAGRAM).media
card = project.darkroom().card(Words(text="Écoutez d’abord.", name="Tidewater"), Colours())
print(made.digest, card.digest)
"""
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout.split() == [ours.digest, card.digest]


def test_nowhere_to_keep_it_is_told(project: Project) -> None:
    media = project.add(saved(halves(), "PNG"), "loop.png")
    nowhere = project.root / "no" / "such"
    with pytest.raises(ConfigError, match="cannot be written"):
        Darkroom(project.read, lambda: nowhere).develop(media, INSTAGRAM)


def test_a_name_is_only_ever_a_name(project: Project) -> None:
    media = project.add(saved(halves(), "PNG"), "été …à %2F.png")
    made: Media = project.darkroom().develop(media, INSTAGRAM).media
    assert made.file.startswith(".publisher/media/t-2F-")
    assert made.file.isascii()
