"""Installs the real servers of these tests in a folder of their own: `python tests/servers/install.py`.

The folder is `PUBLISHER_SERVERS`, by default `~/.cache/publisher-servers`. What is there already is left alone, so a
second time takes no time. A server that cannot be installed here leaves its reason beside, and its tests skip with it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
READY, REASON = "ready", "reason"
INSTALL_SECONDS = 600
# Node 24.19 and newer abort under the SQLite binding that this PDS uses (seen 2026-11).
NODES = range(18, 24)
MASTODON_MOCK = "mastodon-mock==0.6.1"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


class CannotInstall(Exception):
    """This machine cannot have that server; the message says why."""


def servers() -> Path:
    """The folder that holds every installed server."""
    return Path(os.environ.get("PUBLISHER_SERVERS") or Path.home() / ".cache" / "publisher-servers")


def missing(name: str) -> str:
    """Why the server of that name cannot be used, or empty when it can."""
    folder = servers() / name
    if (folder / READY).exists():
        return ""
    reason = folder / REASON
    said = reason.read_text(encoding="utf-8") if reason.exists() else "it is not installed"
    return f"no {name} in {servers()}: {said} (python tests/servers/install.py)"


def install_pds(folder: Path) -> None:
    """A Bluesky PDS and a directory of identities, from npm; its SQLite binding is compiled here."""
    node = Path(_which("node", "npm", "make", "gcc"))
    version = _run("node", "--version").strip()
    if int(version.removeprefix("v").split(".")[0]) not in NODES:
        raise CannotInstall(f"Node {version} cannot run it; it takes {NODES.start} to {NODES.stop - 1}")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / "pds" / name, folder / name)
    _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", cwd=folder)
    headers = node.resolve().parent.parent
    local = {"npm_config_nodedir": str(headers)} if (headers / "include" / "node" / "node.h").exists() else {}
    _run("npm", "run", "build-release", cwd=folder / "node_modules" / "better-sqlite3", env=local)
    _run("node", "-e", "new (require('better-sqlite3'))(':memory:').prepare('select 1').get()", cwd=folder)


def install_snac(folder: Path) -> None:
    """Snac from Debian, unpacked beside the system: the machine's own packages and sources stay as they are."""
    _which("apt-get", "dpkg-deb")
    if not KEYRING.exists():
        raise CannotInstall(f"{KEYRING} is not there; only Debian has it")
    mirrors = {line.strip() for line in _run("apt-get", "indextargets", "--format", "$(REPO_URI)").splitlines()}
    mirror = next((url for url in sorted(mirrors) if url and "security" not in url), "")
    codename = _codename()
    apt = _private_apt(folder, [f"deb [signed-by={KEYRING}] {mirror} {suite} main" for suite in _suites(codename)])
    _run("apt-get", *apt, "update", "-qq")
    _run("apt-get", *apt, "download", "-qq", "-t", f"{codename}-backports", "snac2", cwd=folder)
    _run("dpkg-deb", "-x", str(next(folder.glob("snac2_*.deb"))), str(folder))
    if not (folder / "usr" / "bin" / "snac").exists():
        raise CannotInstall("the package snac2 has no usr/bin/snac")
    _run("ldd", str(folder / "usr" / "bin" / "snac"))


def _codename() -> str:
    for line in Path("/etc/os-release").read_text(encoding="utf-8").splitlines():
        if line.startswith("VERSION_CODENAME="):
            return line.partition("=")[2].strip('"')
    raise CannotInstall("this system has no code name")


def _suites(codename: str) -> tuple[str, ...]:
    return codename, f"{codename}-backports"


def _private_apt(folder: Path, sources: list[str]) -> list[str]:
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    listed = folder / "sources.list"
    listed.write_text("\n".join(sources) + "\n", encoding="utf-8")
    options = {
        "Dir::Etc::sourcelist": listed,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "",
    }
    return [part for name, value in options.items() for part in ("-o", f"{name}={value}")]


def install_mastodon_mock(folder: Path) -> None:
    """A third party's stateful mock of Mastodon, from the Python index, in a virtual environment of its own."""
    _run(sys.executable, "-m", "venv", "--clear", str(folder / "venv"))
    python = str(folder / "venv" / "bin" / "python")
    _run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", MASTODON_MOCK)
    _run(python, "-c", "import mastodon_mock")


INSTALLERS: dict[str, Callable[[Path], None]] = {
    "pds": install_pds,
    "snac": install_snac,
    "mastodon-mock": install_mastodon_mock,
}

# What each was made of: an installed server is taken as it is while this stays the same.
WANTED: dict[str, Callable[[], str]] = {
    "pds": lambda: hashlib.sha256((HERE / "pds" / "package-lock.json").read_bytes()).hexdigest(),
    "snac": lambda: "snac2",
    "mastodon-mock": lambda: MASTODON_MOCK,
}


def install(name: str) -> str:
    """Installs the server of that name where it is not; why it could not, or empty."""
    folder = servers() / name
    wanted = WANTED[name]()
    ready = folder / READY
    if ready.exists() and ready.read_text(encoding="utf-8") == wanted:
        return ""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        INSTALLERS[name](folder)
    except (CannotInstall, OSError) as error:
        (folder / REASON).write_text(str(error), encoding="utf-8")
        return str(error)
    ready.write_text(wanted, encoding="utf-8")
    return ""


def _which(*commands: str) -> str:
    for command in commands:
        if not shutil.which(command):
            raise CannotInstall(f"{command} is not on PATH")
    return shutil.which(commands[0]) or ""


def _run(*command: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CannotInstall(f"{command[0]} took more than {INSTALL_SECONDS} seconds") from error
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())[-300:]
        raise CannotInstall(f"`{' '.join(command[:4])}` failed: {said}")
    return done.stdout


def main() -> int:
    """Installs every server and says how each went; 1 if one could not be installed."""
    failed = 0
    for name in sys.argv[1:] or INSTALLERS:
        reason = install(name)
        print(f"{name}: {reason or 'ready in ' + str(servers() / name)}", flush=True)
        failed += bool(reason)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
