"""The sandbox from the command line: serve it, look at it, break it, forget it; and addresses that are no sandbox."""

from __future__ import annotations

import http.server
import json
import re
import socket
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.sandbox.harness import FAULTS
from tests.integration.conftest import NOW, Team
from tests.integration.console import Console, states

SIX = ("x", "linkedin", "facebook", "instagram", "mastodon", "bluesky")
KEYS = {"network", "account", "id", "url", "text", "created", "reply_to", "media"}


@pytest.fixture
def console(team: Team) -> Console:
    team.write("listening")
    team.commit()
    return Console(team.root, {**team.env, "PUBLISHER_SANDBOX": None, "PUBLISHER_NOW": None})


@pytest.fixture
def page_server() -> Iterator[str]:
    """A server of web pages, which is no sandbox."""

    class Pages(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"not": "a list"}' if self.path == "/json/posts.json" else b"<h1>Welcome</h1>")

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.do_GET()

        def do_PUT(self) -> None:
            self.do_POST()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's own name
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


# --- look


def test_posts_lists_what_every_network_holds(console: Console) -> None:
    assert console.inside("sandbox posts", "--json").json == []
    assert console.inside("sandbox posts").out == "0 posts\n"
    console.inside("run", "--now", NOW)
    held = console.inside("sandbox posts", "--json").json
    assert {post["network"] for post in held} == set(SIX)
    assert all(set(post) == KEYS for post in held)
    assert all(set(picture) == {"alt"} for post in held for picture in post["media"])
    assert all(post["reply_to"] is None or any(one["id"] == post["reply_to"] for one in held) for post in held)
    only = console.inside("sandbox posts", "--json", "--network", "mastodon").json
    assert [post for post in held if post["network"] == "mastodon"] == only
    shown = console.inside("sandbox posts").out
    assert shown.endswith(f"{len(held)} posts\n")
    assert all(post["url"] in shown for post in held)


def test_the_served_sandbox_has_a_page_for_each_network_and_shows_the_same(
    team: Team, served: str, console: Console
) -> None:
    there = Console(team.root, {**console.env, "PUBLISHER_SANDBOX": served})
    assert states(there.inside("run", "--json", "--now", NOW).json) == dict.fromkeys(SIX, "published")
    held = there.inside("sandbox posts", "--json").json
    with urllib.request.urlopen(f"{served}/posts.json") as answer:
        assert json.load(answer) == held
    for network in SIX:
        with urllib.request.urlopen(f"{served}/{network}") as answer:
            page = answer.read().decode()
        assert "A loop of three steps: listen, discuss, adapt" in page
    assert console.inside("sandbox posts", "--json").json == [], "the sandbox of this machine is another one"


# --- break


def test_faults_are_listed_and_cleared(console: Console) -> None:
    assert console.inside("sandbox fault", "x", "lost").out == "x: lost on create, 1 more\n"
    said = console.inside("sandbox fault", "*", "status:503", "--times", "3", "--on", "any")
    assert said.out.splitlines() == ["x: lost on create, 1 more", "*: status:503 on any, 3 more"]
    assert console.inside("sandbox fault").out == said.out
    assert console.inside("sandbox fault", "--clear").out == ""
    assert console.inside("sandbox fault").out == ""


def test_faults_are_listed_for_machines(console: Console) -> None:
    made = console.inside("sandbox fault", "x", "lost", "--json").json
    assert made == [{"network": "x", "kind": "lost", "target": "create", "times": 1, "skip": 0}]
    assert console.inside("sandbox fault", "--json").json == made
    assert console.inside("sandbox fault", "--clear", "--json").json == []


def test_where_no_fault_is_dialled_in_that_is_said(console: Console) -> None:
    said = console.inside("sandbox fault")
    assert (said.code, said.out) == (0, "")
    assert "No fault is dialled in" in said.err


def test_asking_which_fault_names_them_all(console: Console) -> None:
    said = console.inside("sandbox fault", "x")
    assert said.code == 2
    assert all(kind in said.err for kind in FAULTS)


def test_the_help_names_every_fault(console: Console) -> None:
    said = console("sandbox", "fault", "--help").out
    assert [what for kind, what in FAULTS.items() if f"{kind:<10}  {what}" not in said] == []


@pytest.mark.parametrize("words", [["mastodn", "lost"], ["x", "lost", "--times", "0"], ["x", "lost", "--times", "-1"]])
def test_a_fault_that_could_never_happen_is_refused(console: Console, words: list[str]) -> None:
    said = console.inside("sandbox fault", *words)
    assert said.code in {1, 2}
    assert console.inside("sandbox fault").out == ""


def test_a_fault_is_for_what_a_request_does_and_lets_the_first_pass(console: Console) -> None:
    said = console.inside("sandbox fault", "mastodon", "limited", "--on", "upload", "--skip", "1")
    assert said.out == "mastodon: limited on upload, 1 more, after 1 that go well\n"
    assert states(console.inside("run", "--json", "--now", NOW).json) == dict.fromkeys(SIX, "published")
    assert console.inside("sandbox fault").out == "mastodon: limited on upload, 1 more\n"


def test_the_served_sandbox_is_the_one_that_goes_wrong_and_is_emptied(
    team: Team, served: str, console: Console
) -> None:
    there = Console(team.root, {**console.env, "PUBLISHER_SANDBOX": served})
    assert there.inside("sandbox fault", "x", "limited").out == "x: limited on create, 1 more\n"
    assert console.inside("sandbox fault").out == "", "the sandbox of this machine is another one"
    assert states(there.inside("run", "--json", "--now", NOW).json)["x"] in {"later", "due"}
    there.inside("sandbox fault", "*", "lost", "--on", "any")
    assert there.inside("sandbox fault", "--clear").out == ""
    assert there.inside("sandbox forget", "--yes").code == 0
    assert there.inside("sandbox posts", "--json").json == []
    assert "6 of 6 published" in there.inside("run", "--now", NOW).out, "the memory that is shared is forgotten too"


@pytest.mark.parametrize("command", ["sandbox fault", "sandbox forget --yes"])
def test_orders_to_a_sandbox_that_nobody_serves_are_refused(console: Console, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    said = console.inside(command, env={"PUBLISHER_SANDBOX": url})
    assert (said.code, said.out) == (1, "")
    assert "no sandbox answers" in said.err


# --- forget


def test_forgetting_empties_networks_and_memory_so_that_everything_goes_out_again(console: Console) -> None:
    console.inside("run", "--now", NOW)
    before = len(console.inside("sandbox posts", "--json").json)
    assert console.inside("sandbox forget", "--yes").code == 0
    assert console.inside("sandbox posts", "--json").json == []
    assert "6 of 6 published" in console.inside("run", "--now", NOW).out
    assert len(console.inside("sandbox posts", "--json").json) == before


def test_forgetting_asks_first(console: Console) -> None:
    console.inside("run", "--now", NOW)
    said = console.inside("sandbox forget", stdin="n\n")
    assert said.code != 0
    assert console.inside("sandbox posts", "--json").json != []


def test_a_served_sandbox_goes_on_after_it_was_emptied(
    team: Team, served: str, console: Console, tmp_path: Path
) -> None:
    there = Console(team.root, {**console.env, "PUBLISHER_SANDBOX": served})
    there.inside("run", "--now", NOW)
    assert console.inside("sandbox forget", "--yes", "--state", str(tmp_path / "served.db")).code == 0
    assert there.inside("sandbox posts", "--json").json == []
    path = team.write("second")
    team.commit()
    assert states(there.inside("push", path, "--json", "--now", NOW).json) == dict.fromkeys(SIX, "published")


# --- what is no sandbox


@pytest.mark.parametrize("command", ["sandbox posts", "sandbox fault", "sandbox serve --port 0", "run"])
def test_a_state_file_that_is_no_database_is_named(console: Console, command: str) -> None:
    file = console.root / ".publisher" / "sandbox.db"
    file.parent.mkdir(exist_ok=True)
    file.write_text("this is not a database, and long enough for anybody to see that it is none\n" * 20)
    said = console.inside(command, *["--now", NOW] * (command == "run"))
    assert said.code == 1
    assert f"{file} cannot be used as the sandbox's memory" in said.err
    assert "→ publisher sandbox forget" in said.err


def test_forget_mends_the_projects_own_state_file_and_touches_no_other(console: Console, tmp_path: Path) -> None:
    own, other = console.root / ".publisher" / "sandbox.db", tmp_path / "letter.txt"
    own.parent.mkdir(exist_ok=True)
    for file in (own, other):
        file.write_text("Dear friend, this is a letter and not a database at all.\n" * 20)
    assert console.inside("sandbox forget", "--yes", "--state", str(other)).code == 1
    assert other.read_text().startswith("Dear friend")
    assert console.inside("sandbox forget", "--yes").code == 0
    assert "6 of 6 published" in console.inside("run", "--now", NOW).out


def forget_in_one_of_two(team: Team, served: str, console: Console, tmp_path: Path) -> tuple[Console, Console]:
    """The clone that has forgotten its rehearsals, and another one that has rehearsed too and remembers."""
    here, there = (
        Console(root, {**console.env, "PUBLISHER_SANDBOX": served}) for root in (team.root, tmp_path / "two")
    )
    team.git("push", "-q")
    team.clone(there.root)
    for one in (here, there):
        assert one.inside("run", "--now", NOW).code == 0
    assert here.inside("sandbox forget", "--yes").code == 0
    return here, there


def test_a_clone_that_remembers_forgotten_rehearsals_is_not_told_to_bring_them_back(
    team: Team, served: str, console: Console, tmp_path: Path
) -> None:
    here, there = forget_in_one_of_two(team, served, console, tmp_path)
    said = there.inside("run", "--now", NOW)
    hint = "→ publisher sandbox forget; or ask the networks what is live: publisher status --rebuild"
    assert (said.code, hint in said.err, "git push" in said.err) == (1, True, False), said.err
    assert "6 of 6 published" in here.inside("run", "--now", NOW).out
    said = there.inside("run", "--now", NOW)
    assert (said.code, "git push" in said.err) == (1, False), said.err
    (command,) = re.findall(
        r"→ accept it as it is, if others began to rehearse anew: (git update-ref -d \S+)$", said.err, re.M
    )
    Team(there.root, team.env).git(*command.split()[1:])
    assert "Nothing is due." in there.inside("run", "--now", NOW).out


def test_a_clone_that_remembers_forgotten_rehearsals_can_forget_them_too(
    team: Team, served: str, console: Console, tmp_path: Path
) -> None:
    _, there = forget_in_one_of_two(team, served, console, tmp_path)
    assert there.inside("sandbox forget", "--yes").code == 0
    assert "6 of 6 published" in there.inside("run", "--now", NOW).out


def test_a_port_in_use_is_said(console: Console) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = console.inside("sandbox serve", "--port", str(port))
    assert (said.code, said.out) == (1, "")
    assert f"port {port} cannot be used" in said.err
    assert "--port 0" in said.err


@pytest.mark.parametrize(
    "address",
    ["garbage", "127.0.0.1:8222", "http://", "http://[::1", "ftp://127.0.0.1/", "http://127.0.0.1:port", "file:///etc"],
)
@pytest.mark.parametrize("command", ["run", "plan", "status", "sandbox posts", "push content/2026/listening.md"])
def test_what_is_no_address_is_a_setting_to_mend(console: Console, command: str, address: str) -> None:
    said = console.inside(command, env={"PUBLISHER_SANDBOX": address})
    assert (said.code, said.out) == (1, "")
    assert "PUBLISHER_SANDBOX" in said.err
    assert address.strip("/") in said.err


def test_a_sandbox_that_nobody_serves_leaves_everything_due(console: Console) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    said = console.inside("run", "--json", "--now", NOW, env={"PUBLISHER_SANDBOX": url})
    assert said.code == 3
    assert states(said.json) == dict.fromkeys(SIX, "due")
    assert {row["error"] for row in said.json} == {"Deferred"}
    listed = console.inside("sandbox posts", env={"PUBLISHER_SANDBOX": url})
    assert listed.code == 1
    assert "no sandbox answers" in listed.err
    assert "→ publisher sandbox serve" in listed.err


@pytest.mark.parametrize("path", ["", "/json"])
def test_a_web_server_is_no_sandbox(console: Console, page_server: str, path: str) -> None:
    env = {"PUBLISHER_SANDBOX": page_server + path}
    listed = console.inside("sandbox posts", "--json", env=env)
    assert (listed.code, listed.out) == (1, "")
    assert "is not a sandbox" in listed.err
    ran = console.inside("run", "--json", "--now", NOW, env=env)
    assert ran.code in {3, 4}
    assert "published" not in states(ran.json).values()


def test_for_real_and_to_a_sandbox_at_once_is_refused(console: Console) -> None:
    said = console.inside("run", "--live", env={"PUBLISHER_SANDBOX": "http://127.0.0.1:8222"})
    assert (said.code, said.out) == (1, "")
    assert "→ unset PUBLISHER_SANDBOX" in said.err
    assert console.inside("run", "--live", "--sandbox").code == 2
    assert console.inside("run", "--sandbox", "--live").code == 2
