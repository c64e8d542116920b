"""Real servers on this machine, started once for all tests that ask for them, and stopped after the last."""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import socket
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from publisher.adapter import Account, Client
from publisher.delivery.wire import Session, open_transport
from publisher.errors import Deferred, Uncertain
from publisher.model import Attempt, Media, Part, Receipt, part_key
from publisher.registry import adapter

from .install import HERE, missing, servers

START_SECONDS = 60
TRIES = 20
STOP_SECONDS = 10
PASSWORD = "only-on-this-machine"


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class RealAccount:
    """An account on a real server: where it is, and what logs in to it."""

    network: str
    handle: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str]

    def connect(
        self,
        transport: BaseAdapter | None = None,
        *,
        content: bytes = b"",
        kept: dict[str, str] | None = None,
        **secrets: str,
    ) -> Client:
        """Our client of the account; `transport` stands before the network, `content` for every picture's bytes.

        `kept` takes what it remembers of its uploads; `secrets` replace the account's own.
        """
        held = {**self.secrets, **secrets}
        session = Session(transport or open_transport(), clock=now, secrets=held.values())
        account = Account(
            channel=self.network,
            handle=self.handle,
            settings=self.settings,
            secrets=held,
            read=lambda media: content or picture(int(media.digest[:2], 16)),
            host=lambda media: f"https://media.example/{media.digest}",
            remember=lambda _attempt, uploads: (kept if kept is not None else {}).update(uploads),
        )
        return adapter(self.network).connect(account, session)


class LosesAnswers(BaseAdapter):
    """A transport that brings requests to the server, and the answer of one that posts to nobody, once."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._inner, self._path, self.lost = open_transport(), path, 0

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        answer = self._inner.send(request, *args, **kwargs)
        if not self.lost and request.method == "POST" and urlsplit(request.url or "").path.endswith(self._path):
            assert answer.status_code == 200, answer.text
            self.lost += 1
            answer.close()
            raise requests.ConnectionError("the answer was lost on its way", request=request)
        return answer

    def close(self) -> None:
        self._inner.close()


def publish(client: Client, part: Part, attempt: Attempt, thread: Sequence[Receipt] = ()) -> Receipt:
    """The receipt by the courier's way: send again what surely was not done, and look first where it may have been.

    Snac 2.75 resets a connection now and then, one POST in twenty here.
    """
    for _ in range(TRIES):
        try:
            return client.deliver(part, attempt, thread)
        except Deferred:
            continue
        except Uncertain:
            found = look(client, part, attempt, thread)
            if found:
                return found
    pytest.fail(f"{TRIES} tries and still no receipt")


def look(client: Client, part: Part, attempt: Attempt, thread: Sequence[Receipt] = ()) -> Receipt | None:
    """What the client finds, asked again as often as the server resets the connection."""
    for _ in range(TRIES):
        try:
            return client.find(part, attempt, thread)
        except Deferred:
            continue
    pytest.fail(f"{TRIES} tries and still no answer")


def again(act: Callable[[], Receipt]) -> Receipt:
    """What the act gives, done again as often as its answer is lost: for what is harmless to repeat."""
    for _ in range(TRIES):
        try:
            return act()
        except (Deferred, Uncertain):
            continue
    pytest.fail(f"{TRIES} tries and still no answer")


def lose(account: RealAccount, path: str, part: Part, attempt: Attempt, thread: Sequence[Receipt] = ()) -> None:
    """Delivers the part and loses the answer of the request that makes it public: it is live and nobody was told."""
    losing = LosesAnswers(path)
    for _ in range(TRIES):
        with pytest.raises((Deferred, Uncertain)) as told:
            account.connect(losing).deliver(part, attempt, thread)
        if losing.lost:
            assert told.type is Uncertain
            return
    pytest.fail(f"{TRIES} tries and the server took none")


_numbers = itertools.count(1)


def attempt(position: int = 0, name: str = "") -> Attempt:
    """An attempt that nobody made before."""
    post = name or f"post-{next(_numbers)}-{time.monotonic_ns()}"
    return Attempt(
        key=part_key(post, "real", 1, position), post=post, channel="real", position=position, digest="0" * 64, at=now()
    )


def picture(shade: int) -> bytes:
    """A small square PNG of one shade of grey."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")

    header = (8).to_bytes(4, "big") * 2 + bytes((8, 0, 0, 0, 0))
    rows = b"".join(b"\0" + bytes([shade]) * 8 for _ in range(8))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def grey(shade: int, alt: str) -> Media:
    """That picture as a post's media."""
    size = len(picture(shade))
    digest = f"{shade:02x}" + "0" * 62
    return Media(file="grey.png", alt=alt, digest=digest, mime="image/png", size=size, width=8, height=8)


def words(text: str, kind: str = "post", *media: Media, **native: Any) -> Part:
    """A part that says `text`."""
    return Part(kind=kind, text=text, length=len(text), limit=500, media=media, native=native)


# --- starting and stopping


def free_ports(number: int) -> list[int]:
    """Ports of this machine that nobody listens on."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [sock.getsockname()[1] for sock in held]
    for sock in held:
        sock.close()
    return ports


@contextmanager
def running(health: str, *command: str, cwd: Path, **environment: str) -> Iterator[None]:
    """The command's server, from when its health address answers until the end of the block."""
    log = cwd / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(health, process, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(STOP_SECONDS)


def _wait(health: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    gone = False
    while time.monotonic() < until and not gone:
        try:
            if requests.get(health, timeout=2).ok:
                return
        except requests.RequestException:
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            gone = True
    said = log.read_text(encoding="utf-8", errors="replace")[-600:]
    pytest.fail(f"{process.args} {'ended' if gone else 'did not answer'}: {said}")


def _installed(name: str) -> Path:
    reason = missing(name)
    if reason:
        pytest.skip(reason)
    return servers() / name


# --- Bluesky


@dataclass(frozen=True, kw_only=True)
class PersonalDataServer:
    """A real PDS, on which accounts can be made."""

    url: str
    modules: Path

    def join(self) -> RealAccount:
        """A new account with an app password."""
        handle = f"tide{next(_numbers)}.test"
        made = self.ask(
            "com.atproto.server.createAccount",
            {"handle": handle, "email": f"{handle}@example.com", "password": PASSWORD},
        )
        named = {"name": "publisher"}
        secret = self.ask("com.atproto.server.createAppPassword", named, token=made["accessJwt"])["password"]
        return RealAccount(
            network="bluesky",
            handle=f"@{handle}",
            settings={"service": self.url, "did": made["did"]},
            secrets={"app_password": secret},
        )

    def ask(self, method: str, body: Mapping[str, str], token: str = "") -> Any:
        """The answer of one procedure."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = requests.post(f"{self.url}/xrpc/{method}", json=body, headers=headers, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    def records(self, account: RealAccount) -> list[Any]:
        """The account's posts with their uris and cids, the oldest first."""
        query = {"repo": account.settings["did"], "collection": "app.bsky.feed.post", "reverse": "true"}
        answer = requests.get(f"{self.url}/xrpc/com.atproto.repo.listRecords", params=query, timeout=30)
        assert answer.ok, answer.text
        return list(answer.json()["records"])


@pytest.fixture(scope="session")
def pds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PersonalDataServer]:
    modules = _installed("pds")
    port, plc = free_ports(2)
    folder = tmp_path_factory.mktemp("pds")
    (folder / "node_modules").symlink_to(modules / "node_modules")
    url = f"http://127.0.0.1:{port}"
    settings = {"PDS_PORT": str(port), "PLC_PORT": str(plc), "PDS_FOLDER": str(folder)}
    with running(f"{url}/xrpc/_health", "node", str(HERE / "pds" / "start.mjs"), cwd=folder, **settings):
        yield PersonalDataServer(url=url, modules=modules)


# --- servers of the Mastodon API


def statuses(account: RealAccount) -> list[Any]:
    """The account's statuses as its server gives them, the oldest first."""
    base, session = account.settings["instance"], requests.Session()
    session.mount(base, HTTPAdapter(max_retries=TRIES))
    session.headers["Authorization"] = f"Bearer {account.secrets['token']}"
    with session:
        me = session.get(f"{base}/api/v1/accounts/verify_credentials", timeout=30).json()
        answer = session.get(f"{base}/api/v1/accounts/{me['id']}/statuses", params={"limit": "40"}, timeout=30)
    assert answer.ok, answer.text
    return list(reversed(answer.json()))


@pytest.fixture(scope="session")
def mastodon_mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAccount]:
    command = str(_installed("mastodon-mock") / "venv" / "bin" / "mastodon_mock")
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    serve = ("serve", "--host", "127.0.0.1", "--port", str(port), "--in-memory")
    with running(f"{url}/api/v2/instance", command, *serve, cwd=tmp_path_factory.mktemp("mock")):
        yield RealAccount(
            network="mastodon", handle="@mock", settings={"instance": url}, secrets={"token": "mock_token"}
        )


@pytest.fixture(scope="session")
def snac(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAccount]:
    binary = str(_installed("snac") / "usr" / "bin" / "snac")
    (port,) = free_ports(1)
    folder = tmp_path_factory.mktemp("snac")
    home = folder / "home"
    answers = f"127.0.0.1\n{port}\n127.0.0.1:{port}\n\n\n"
    subprocess.run([binary, "init", str(home)], input=answers, text=True, capture_output=True, check=True, timeout=30)
    made = subprocess.run(
        [binary, "adduser", str(home), "alice"], input="", text=True, capture_output=True, check=True, timeout=30
    )
    password = re.search(r"^User password is (\S+)$", made.stdout + made.stderr, re.MULTILINE)
    assert password, made.stdout + made.stderr
    settings = json.loads((home / "server.json").read_text(encoding="utf-8"))
    (home / "server.json").write_text(json.dumps({**settings, "protocol": "http"}), encoding="utf-8")
    url = f"http://127.0.0.1:{port}"
    with running(f"{url}/api/v1/instance", binary, "httpd", str(home), cwd=folder):
        yield RealAccount(
            network="mastodon",
            handle="@alice",
            settings={"instance": url},
            secrets={"token": _authorise(url, "alice", password[1])},
        )


def _authorise(url: str, user: str, password: str) -> str:
    """A token of the user, by the whole of snac's OAuth: an application, its form, a code."""
    here = "http://localhost/callback"
    wish = {"client_name": "publisher", "redirect_uris": here, "scopes": "read write"}
    app = requests.post(f"{url}/api/v1/apps", data=wish, timeout=10).json()
    query = {"response_type": "code", "client_id": app["client_id"], "redirect_uri": here, "scope": "read write"}
    page = requests.get(f"{url}/oauth/authorize", params={**query, "state": "x"}, timeout=10).text
    action = re.search(r'action="([^"]+)"', page)
    assert action, page
    fields = dict(re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', page))
    sent = {**fields, "login": user, "passwd": password}
    allowed = requests.post(urljoin(url, action[1]), data=sent, allow_redirects=False, timeout=10)
    code = parse_qs(urlsplit(allowed.headers["Location"]).query)["code"][0]
    keys = {"client_id": app["client_id"], "client_secret": app["client_secret"], "redirect_uri": here}
    grant = {"grant_type": "authorization_code", "code": code, **keys}
    return str(requests.post(f"{url}/oauth/token", data=grant, timeout=10).json()["access_token"])
