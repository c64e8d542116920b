"""Git's own objects, as bytes: trees read and written, new objects packed for one `git unpack-objects`. Pure.

Building them here means that a commit touching three files of a hundred thousand reads and writes a handful of small
trees, and neither an index nor a work tree is ever needed. Formats: git's documentation, `gitformat-pack`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from msgspec import Struct, field

FILE = "100644"
FOLDER = "40000"

Tree: TypeAlias = "dict[str, tuple[str, str]]"  # name -> (mode, object id)

_KINDS = {"commit": 1, "tree": 2, "blob": 3}
_ALGORITHM = {40: "sha1", 64: "sha256"}


class Pack(Struct, frozen=True):
    """New objects on their way into a repository whose object ids have `width` hexadecimal digits."""

    width: int = 40
    objects: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def add(self, kind: str, content: bytes) -> str:
        """Add an object and give its id."""
        name = hashlib.new(_ALGORITHM[self.width], f"{kind} {len(content)}\0".encode() + content).hexdigest()
        self.objects[name] = (kind, content)
        return name

    def __bytes__(self) -> bytes:
        import struct
        import zlib

        body = b"PACK" + struct.pack(">II", 2, len(self.objects))
        body += b"".join(
            _header(kind, len(content)) + zlib.compress(content) for kind, content in self.objects.values()
        )
        return body + hashlib.new(_ALGORITHM[self.width], body).digest()


def _header(kind: str, size: int) -> bytes:
    first, size = (_KINDS[kind] << 4) | (size & 15), size >> 4
    header = bytearray()
    while size:
        header.append(first | 0x80)
        first, size = size & 0x7F, size >> 7
    return bytes([*header, first])


def parse_tree(content: bytes, width: int = 40) -> Tree:
    """The entries of a tree object, by name."""
    entries: Tree = {}
    at = 0
    while at < len(content):
        end = content.index(b"\0", at)
        mode, _, name = content[at:end].partition(b" ")
        at = end + 1 + width // 2
        entries[name.decode("utf-8", "surrogateescape")] = (mode.decode(), content[end + 1 : at].hex())
    return entries


def render_tree(entries: Mapping[str, tuple[str, str]]) -> bytes:
    """The tree object of these entries, in git's order: a folder sorts as if its name ended with a slash."""
    lines = [(mode.encode(), name.encode("utf-8", "surrogateescape"), oid) for name, (mode, oid) in entries.items()]
    lines.sort(key=lambda line: line[1] + b"/" if line[0] == FOLDER.encode() else line[1])
    return b"".join(b"%s %s\0%s" % (mode, name, bytes.fromhex(oid)) for mode, name, oid in lines)


def folders(paths: Iterable[str]) -> list[str]:
    """Every folder above these paths, the root (the empty name) among them, the deepest first."""
    found = {""}
    for path in paths:
        while path := path.rpartition("/")[0]:
            found.add(path)
    return sorted(found, key=lambda path: (-path.count("/") - bool(path), path))


def graft(trees: Mapping[str, Tree], files: Mapping[str, str], pack: Pack) -> str:
    """The id of the root tree once these files (path -> blob id) are laid over it; new trees go into `pack`.

    A file without a blob is taken away, and so is a folder that is empty then. `trees` holds every folder of
    `folders(files)` that exists already.
    """
    changed: dict[str, Tree] = {folder: dict(trees.get(folder, {})) for folder in folders(files)}
    for path, blob in files.items():
        folder, _, name = path.rpartition("/")
        if blob:
            changed[folder][name] = (FILE, blob)
        else:
            changed[folder].pop(name, None)
    for folder in (ordered := folders(files)):
        if folder:
            above, _, name = folder.rpartition("/")
            if changed[folder]:
                changed[above][name] = (FOLDER, pack.add("tree", render_tree(changed[folder])))
            else:
                changed[above].pop(name, None)
    return pack.add("tree", render_tree(changed[ordered[-1]]))
