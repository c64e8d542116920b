"""What a run tells the team, and what it tells nobody: no secret in an answer, a page, a message or the memory."""

from __future__ import annotations

import http.server
import json
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from publisher.registry import adapter
from tests.integration.conftest import NOW, SETTINGS, Team
from tests.integration.console import Console, states

SIX = ("x", "linkedin", "facebook", "instagram", "mastodon", "bluesky")
MARK = "s3cr3t"
ROLES = [(name, secret.role) for name in SIX for secret in adapter(name).secrets]
SECRETS = {f"{name}_{role}".upper(): f"{MARK}-{name}-{role}-value" for name, role in ROLES}

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Apprise's own, while its plugins are loaded


@dataclass
class Chat:
    """A team's chat: every message it got, and the status it answers with."""

    url: str = ""
    status: int = 200
    messages: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def chat() -> Iterator[Chat]:
    room = Chat()

    class Visit(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            room.messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(room.status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's own name
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Visit)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    room.url = f"json://{MARK}-user:{MARK}-password@127.0.0.1:{server.server_address[1]}/{MARK}-path"
    yield room
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def console(team: Team, chat: Chat) -> Console:
    (team.root / "publisher.yml").write_text(SETTINGS + "notifications: [TEAM_CHAT_URL]\n", encoding="utf-8")
    team.write("listening")
    team.commit()
    team.git("push", "-q")
    env = {"PUBLISHER_SANDBOX": None, "PUBLISHER_NOW": None, "TEAM_CHAT_URL": chat.url}
    return Console(team.root, {**team.env, **env})


# --- messages to the team


def test_a_run_that_published_tells_the_team_once(console: Console, chat: Chat) -> None:
    said = console.inside("run", "--now", NOW)
    assert said.code == 0
    (message,) = chat.messages
    assert "6 published" in message["title"]
    assert "Tidewater" in message["title"]
    assert "Rehearsal" in message["title"]
    assert "https://" in message["message"]
    assert MARK not in json.dumps(message) + said.all


def test_an_empty_run_tells_nothing(console: Console, chat: Chat) -> None:
    console.inside("run", "--now", NOW)
    chat.messages.clear()
    for words in (["run"], ["run", "--dry-run"], ["plan"], ["status"], ["run", "--json"]):
        console.inside(*words, "--now", NOW)
    assert chat.messages == []


def test_a_dry_run_tells_nothing(console: Console, chat: Chat) -> None:
    console.inside("run", "--dry-run", "--now", NOW)
    assert chat.messages == []


def test_failures_and_doubts_are_told_with_what_to_do(console: Console, chat: Chat) -> None:
    console.inside("sandbox fault", "bluesky", "expired")
    console.inside("sandbox fault", "mastodon", "lost")
    console.inside("sandbox fault", "mastodon", "limited", "--on", "/accounts", "--times", "9")
    assert console.inside("run", "--now", NOW).code == 4
    (message,) = chat.messages
    assert "4 published, 1 failed, 1 in doubt" in message["title"]
    assert "listening on bluesky" in message["message"]
    assert "publisher resolve listening mastodon" in message["message"]


def test_a_doubt_is_told_when_it_is_new_and_not_again_by_every_run(console: Console, chat: Chat) -> None:
    console.inside("sandbox fault", "x", "lost")
    console.inside("sandbox fault", "x", "limited", "--on", "/2/users", "--times", "99")
    assert console.inside("run", "--now", NOW).code == 4
    assert "5 published, 1 in doubt" in chat.messages[0]["title"]
    chat.messages.clear()
    for minute in ("30", "59"):
        said = console.inside("run", "--now", NOW.replace("12:00", f"12:{minute}"))
        assert (said.code, "In doubt: listening on x" in said.out) == (4, True)
    assert chat.messages == []


def test_a_doubt_that_is_barred_is_not_told_again_either(console: Console, chat: Chat) -> None:
    console.inside("sandbox fault", "x", "lost")
    console.inside("sandbox fault", "x", "limited", "--on", "/2/users", "--times", "99")
    console.inside("run", "--now", NOW)
    chat.messages.clear()
    settings = console.root / "publisher.yml"
    words = settings.read_text(encoding="utf-8")
    settings.write_text(words.replace("x: {", "x: {paused: true, ", 1), encoding="utf-8")
    said = console.inside("run", "--now", NOW)
    assert (said.code, "In doubt: listening on x" in said.out) == (4, True)
    assert chat.messages == []


def test_a_push_tells_the_team_too(console: Console, chat: Chat) -> None:
    console.inside("push", "content/2026/listening.md", "-c", "x", "--now", NOW)
    (message,) = chat.messages
    assert "1 published" in message["title"]


def test_a_chat_that_is_gone_or_refuses_changes_neither_the_run_nor_its_exit_code(console: Console, chat: Chat) -> None:
    chat.status = 403
    said = console.inside("run", "--json", "--now", NOW)
    assert (said.code, states(said.json)) == (0, dict.fromkeys(SIX, "published"))
    assert "The team could not be told" in said.err
    assert MARK not in said.all


@pytest.mark.parametrize("url", [f"json://{MARK}@127.0.0.1:9/", f"{MARK}", f"nosuch://{MARK}", f"tgram://{MARK}", " "])
def test_an_address_that_leads_nowhere_is_named_by_its_number_only(console: Console, url: str) -> None:
    said = console.inside("run", "--now", NOW, env={"TEAM_CHAT_URL": url})
    assert said.code == 0
    assert "6 of 6 published" in said.out
    assert MARK not in said.all


# --- secrets


def everything_remembered(team: Team) -> str:
    """Every object of the repository, the ledger's among them, and every file of the sandbox."""
    objects = team.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)")
    names = "".join(line.partition(" ")[0] + "\n" for line in objects.splitlines())
    words = ["git", "-C", str(team.root), "cat-file", "--batch"]
    told = subprocess.run(words, env=team.env, input=names.encode(), capture_output=True, check=True).stdout
    files = [one.read_bytes() for one in (team.root / ".publisher").rglob("*") if one.is_file()]
    return b"".join([told, *files]).decode("utf-8", "replace")


def test_no_command_prints_or_keeps_a_secret_in_a_rehearsal(team: Team, console: Console, chat: Chat) -> None:
    said = [
        console.inside(command, *["--now", NOW], env=SECRETS).all
        for command in ("check", "plan --sandbox", "preview content", "run --sandbox", "status --sandbox", "doctor")
    ]
    assert MARK not in "".join(said)
    assert MARK not in everything_remembered(team)
    assert MARK not in json.dumps(chat.messages)


def test_a_real_run_that_reaches_nothing_prints_and_keeps_no_secret(
    team: Team, console: Console, chat: Chat, tmp_path: Path
) -> None:
    """Networks that can be pointed at this machine answer nothing; what they are asked holds the secrets."""
    settings = (team.root / "publisher.yml").read_text()
    for real in ("https://mastodon.example", "https://bsky.social"):
        settings = settings.replace(f'"{real}"', '"http://127.0.0.1:9"')
    (team.root / "publisher.yml").write_text(settings)
    others = [one for one in SIX if one not in ("mastodon", "bluesky")]
    team.write("listening", muted=others)
    team.commit()
    team.git("push", "-q")
    said = console.inside("run", "--live", "--json", "--now", NOW, env=SECRETS)
    assert said.code == 3
    assert {row["state"] for row in said.json if row["channel"] in ("mastodon", "bluesky")} == {"due"}
    assert MARK not in said.all + everything_remembered(team) + json.dumps(chat.messages)


@pytest.mark.parametrize("echoing", ["body", "status", "header"])
def test_a_server_that_sends_our_secret_back_does_not_get_it_printed(
    team: Team, console: Console, chat: Chat, echoing: str
) -> None:
    class Echo(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
            token = self.headers.get("Authorization", "") + body
            self.send_response(400, token.replace("\r", " ").replace("\n", " ")[:200] if echoing == "status" else None)
            self.send_header("X-Echo", token.replace("\r", " ").replace("\n", " ")[:200] if echoing == "header" else "")
            self.end_headers()
            self.wfile.write(json.dumps({"error": token, "message": token}).encode() if echoing == "body" else b"{}")

        do_GET = do_POST  # noqa: N815 - the base class looks for this name

        def date_time_string(self, timestamp: float | None = None) -> str:
            return "by no clock"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - likewise
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        here = f'"http://127.0.0.1:{server.server_address[1]}"'
        settings = (team.root / "publisher.yml").read_text()
        for real in ('"https://mastodon.example"', '"https://bsky.social"'):
            settings = settings.replace(real, here)
        (team.root / "publisher.yml").write_text(settings)
        team.write("listening", muted=[one for one in SIX if one not in ("mastodon", "bluesky")])
        team.commit()
        team.git("push", "-q")
        said = console.inside("run", "--live", "--json", "--now", NOW, env=SECRETS)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert said.code in {3, 4}
    assert {row["state"] for row in said.json} <= {"failed", "doubt", "due", "held"}
    assert MARK not in said.all
    assert MARK not in everything_remembered(team)
    assert MARK not in json.dumps(chat.messages)


def test_the_sandboxs_pages_and_its_answers_hold_no_secret_of_anybody(
    team: Team, served: str, console: Console, tmp_path: Path
) -> None:
    there = Console(team.root, {**console.env, **SECRETS, "PUBLISHER_SANDBOX": served})
    assert there.inside("run", "--now", NOW).code == 0
    pages = []
    for path in ("", "posts.json", *SIX):
        with urllib.request.urlopen(f"{served}/{path}") as answer:
            pages.append(answer.read().decode())
    shown = "".join(pages)
    assert MARK not in shown
    assert "sandbox.x." not in shown, "the sandbox's own tokens are not shown either"
    assert MARK.encode() not in b"".join(one.read_bytes() for one in tmp_path.glob("served.db*"))
