from __future__ import annotations

import subprocess
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.ledger.objects import FILE, FOLDER, Pack, folders, graft, parse_tree, render_tree

names = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=6)
oids = st.binary(min_size=20, max_size=20).map(bytes.hex)


def git(folder: Path, *words: str, stdin: bytes = b"") -> str:
    done = subprocess.run(["git", *words], cwd=folder, input=stdin, capture_output=True, check=True)
    return done.stdout.decode().strip()


@settings(max_examples=60)
@given(st.dictionaries(names, st.tuples(st.sampled_from([FILE, FOLDER, "100755"]), oids), max_size=5))
def test_a_tree_is_read_back_as_it_was_written(tree: dict[str, tuple[str, str]]) -> None:
    assert parse_tree(render_tree(tree)) == tree


def test_a_folder_sorts_as_if_it_ended_with_a_slash() -> None:
    tree = {"a": (FOLDER, "0" * 40), "a.b": (FILE, "0" * 40), "a0": (FILE, "0" * 40)}
    assert list(parse_tree(render_tree(tree))) == ["a.b", "a", "a0"]


def test_ids_are_those_of_git() -> None:
    assert Pack().add("blob", b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert Pack().add("tree", b"") == "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    assert Pack(64).add("blob", b"") == "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"


def test_folders_stand_the_deepest_first_and_the_root_last() -> None:
    assert folders(["a/b/c.md", "a/d.md", "e.md"]) == ["a/b", "a", ""]
    assert folders([]) == [""]


def test_git_unpacks_what_is_grafted_and_finds_it_sound(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", ".")
    pack = Pack()
    sizes = [0, 1, 15, 16, 17, 2047, 2048, 70_000]
    blobs = {f"a/b{size}/f.md": pack.add("blob", bytes(size)) for size in sizes}
    root = graft({}, {**blobs, "top.md": pack.add("blob", b"top")}, pack)
    git(tmp_path, "unpack-objects", "-q", "--strict", stdin=bytes(pack))
    listed = git(tmp_path, "ls-tree", "-r", root).splitlines()
    assert {line.partition("\t")[2]: line.split()[2] for line in listed} == {
        **blobs,
        "top.md": pack.add("blob", b"top"),
    }
    git(tmp_path, "fsck", "--strict", root)


def test_a_graft_keeps_everything_it_does_not_touch() -> None:
    pack = Pack()
    old = graft({}, {"a/one.md": "1" * 40, "a/two.md": "2" * 40, "b/three.md": "3" * 40}, pack)
    trees = {"": parse_tree(pack.objects[old][1])}
    trees["a"] = parse_tree(pack.objects[trees[""]["a"][1]][1])
    new = graft(trees, {"a/two.md": "9" * 40}, more := Pack())
    root = parse_tree(more.objects[new][1])
    assert root["b"] == trees[""]["b"]
    assert parse_tree(more.objects[root["a"][1]][1]) == {"one.md": (FILE, "1" * 40), "two.md": (FILE, "9" * 40)}
    assert len(more.objects) == 2
