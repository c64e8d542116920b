from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from publisher.errors import ConfigError, ContentError
from publisher.model import Finding, Media
from publisher.worktree import WorkTree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    (project / "content/2026").mkdir(parents=True)
    (project / "publisher.yml").write_text("name: a\n")
    return project


def test_the_project_is_found_from_any_folder_inside_it(root: Path) -> None:
    assert WorkTree.find(root / "content/2026") == root.resolve()
    assert WorkTree(root).project_source() == b"name: a\n"


def test_outside_a_project_the_next_command_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no publisher\.yml") as raised:
        WorkTree.find(tmp_path)
    assert raised.value.hint == "publisher init"
    with pytest.raises(ConfigError):
        WorkTree(tmp_path).project_source()


def test_posts_come_in_gits_order_without_what_is_hidden(root: Path) -> None:
    for name in ("b.md", "a/z.md", "a-b.md", "a.md", "a/é.md", ".hidden/c.md", ".d.md", "notes.txt", "2026/x.md"):
        (root / "content" / name).parent.mkdir(exist_ok=True)
        (root / "content" / name).touch()
    found = list(WorkTree(root).posts("content"))
    assert found == [
        "content/2026/x.md",
        "content/a-b.md",
        "content/a.md",
        "content/a/z.md",
        "content/a/é.md",
        "content/b.md",
    ]
    assert found == sorted(found)
    assert list(WorkTree(root).posts("content/a/")) == ["content/a/z.md", "content/a/é.md"]
    assert "content/b.md" in list(WorkTree(root).posts("."))


def test_posts_are_listed_one_at_a_time(root: Path) -> None:
    (root / "content/a.md").touch()
    (root / "content/z").symlink_to("/")
    posts = WorkTree(root).posts("content")
    with pytest.raises(ContentError):
        list(posts)
    (root / "content/z").unlink()
    assert next(WorkTree(root).posts("content")) == "content/a.md"


def test_a_folder_that_is_not_there_holds_nothing(root: Path) -> None:
    assert list(WorkTree(root).posts("nowhere")) == []
    with pytest.raises(ContentError, match="cannot be read"):
        list(WorkTree(root).posts("publisher.yml"))


def test_a_link_to_a_folder_outside_is_refused_and_one_inside_is_passed_over(root: Path) -> None:
    (root / "content/2026/a.md").touch()
    (root / "content/latest").symlink_to("2026")
    (root / "content/2026/loop").symlink_to("..")
    assert list(WorkTree(root).posts("content")) == ["content/2026/a.md"]
    (root / "content/out").symlink_to(root.parent)
    with pytest.raises(ContentError, match="content/out leads out of the project"):
        list(WorkTree(root).posts("content"))
    with pytest.raises(ContentError, match="leads out"):
        list(WorkTree(root).posts("content/../.."))


def test_a_name_that_is_no_text_is_spelled_out_and_refused_when_it_is_read(root: Path) -> None:
    try:
        (root / os.fsdecode(b"content/caf\xe9.md")).touch()
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    (root / "content/tea.md").touch()
    assert list(WorkTree(root).posts("content")) == ["content/caf\\xe9.md", "content/tea.md"]
    with pytest.raises(ContentError, match="name is not UTF-8") as caught:
        WorkTree(root).read("content/caf\\xe9.md")
    assert caught.value.hint == "rename it"
    with pytest.raises(ContentError, match="there is no file"):
        WorkTree(root).read("content/caf\\xe8.md")


def test_schedules_are_yaml(root: Path) -> None:
    (root / "schedules").mkdir()
    for name in ("b.yaml", "a.yml", "c.md"):
        (root / "schedules" / name).touch()
    assert list(WorkTree(root).schedules("schedules")) == ["schedules/a.yml", "schedules/b.yaml"]


def test_only_files_of_the_project_are_read(root: Path) -> None:
    tree = WorkTree(root)
    (root / "content/a.md").write_bytes(b"12345")
    (root.parent / "secret").write_text("hunter2")
    (root / "content/s.md").symlink_to(root.parent / "secret")
    (root / "content/gone.md").symlink_to("nowhere")
    os.mkfifo(root / "content/pipe.md")
    assert tree.read("content/a.md", limit=5) == b"12345"
    for path, words in {
        "content/a.md/b": "no file",
        "content/none.md": "no file",
        "content/gone.md": "no file",
        "content/s.md": "leads out",
        "../secret": "leads out",
        str(root.parent / "secret"): "leads out",
        "content": "cannot be read|not a file",
        "content/pipe.md": "not a file",
        "a\0b": "no file",
    }.items():
        with pytest.raises(ContentError, match=words) as raised:
            tree.read(path)
        assert "hunter2" not in str(raised.value)
    with pytest.raises(ContentError, match="5 bytes, and at most 4"):
        tree.read("content/a.md", limit=4)


@pytest.mark.parametrize(
    ("kind", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif"), ("WEBP", "image/webp")]
)
def test_a_picture_is_measured_by_what_it_is_and_not_by_its_name(root: Path, kind: str, mime: str) -> None:
    Image.new("RGB", (7, 5), "red").save(root / "content/2026/loop.dat", format=kind)
    source = (root / "content/2026/loop.dat").read_bytes()
    media = WorkTree(root).measure("content/2026/a.md", "loop.dat", "A loop")
    assert isinstance(media, Media)
    assert (media.file, media.alt, media.mime, media.width, media.height) == (
        "content/2026/loop.dat",
        "A loop",
        mime,
        7,
        5,
    )
    assert media.size == len(source)
    assert len(media.digest) == 64


def test_a_photograph_stored_on_its_side_is_measured_upright(root: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 30)).save(root / "content/a.jpg", exif=exif)
    media = WorkTree(root).measure("content/a.md", "a.jpg", "A")
    assert isinstance(media, Media)
    assert (media.width, media.height) == (30, 40)


def png(width: int, height: int) -> bytes:
    import struct
    import zlib

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("name", "source", "rule"),
    [
        ("a.png", b"", "not-a-picture"),
        ("a.png", b"not a picture", "not-a-picture"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 30, "not-a-picture"),
        ("a.jpg", b"\xff\xd8\xff\xe0" + b"\xff" * 40, "not-a-picture"),
        ("a.gif", b"GIF89a", "not-a-picture"),
        ("a.webp", b"RIFF\x08\0\0\0WEBPVP8 ", "not-a-picture"),
        ("a.avif", b"\0\0\0\x1cftypavif" + b"\0" * 20, "not-a-picture"),
        ("a.svg", b"<svg onload='alert(1)'/>", "not-a-picture"),
        ("a.png", png(12_000, 11_000), "picture-too-big"),
        ("a.png", png(100_000, 100_000), "picture-too-big"),
    ],
)
def test_what_is_no_picture_or_a_bomb_is_a_finding(root: Path, name: str, source: bytes, rule: str) -> None:
    (root / "content" / name).write_bytes(source)
    finding = WorkTree(root).measure("content/a.md", name, "A")
    assert isinstance(finding, Finding)
    assert (finding.rule, finding.path) == (rule, "content/a.md")


def test_a_large_picture_is_measured_without_being_unpacked(root: Path) -> None:
    (root / "content/a.png").write_bytes(png(10_000, 9_000))
    media = WorkTree(root).measure("content/a.md", "a.png", "A")
    assert isinstance(media, Media)
    assert (media.width, media.height) == (10_000, 9_000)


def test_a_picture_that_cannot_be_had_is_a_finding_with_the_nearest_name(root: Path) -> None:
    tree = WorkTree(root)
    Image.new("RGB", (1, 1)).save(root / "content/loop.png")
    Image.new("RGB", (1, 1)).save(root.parent / "secret.png")
    (root / "content/out.png").symlink_to(root.parent / "secret.png")
    (root / "content/in.png").symlink_to("loop.png")
    cases = {
        "lop.png": ("missing-file", "did you mean `loop.png`?"),
        "nothing/like-it.png": ("missing-file", "put the picture beside the post"),
        "out.png": ("media-outside", "copy the file into the project"),
        "../secret.png": ("media-outside", "put the picture beside the post"),
        str(root.parent / "secret.png"): ("media-outside", "put the picture beside the post"),
        "2026": ("missing-file", "did you mean `2026`?"),
    }
    for file, expected in cases.items():
        finding = tree.measure("content/a.md", file, "A")
        assert isinstance(finding, Finding)
        assert (finding.rule, finding.hint) == expected
    assert isinstance(tree.measure("content/a.md", "in.png", "A"), Media)
