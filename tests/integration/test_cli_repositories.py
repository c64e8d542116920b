"""Git as it is found: none, empty, detached, shallow, in a subfolder; what cannot be remembered is not sent."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from publisher.cli.workspace import REHEARSED, Destination, Workspace
from publisher.errors import ConfigError
from tests.integration.conftest import NOW, SETTINGS, Team
from tests.integration.console import Console, states
from tests.integration.ledgers import ME, attempt

SIX = ("x", "linkedin", "facebook", "instagram", "mastodon", "bluesky")
NEXT = "2026-11-23T12:20:00+01:00"


def console(team: Team, **env: str) -> Console:
    return Console(team.root, {**team.env, "PUBLISHER_SANDBOX": None, "PUBLISHER_NOW": None, **env})


def published(team: Team) -> dict[str, str]:
    return states(console(team).inside("status", "--json", "--now", NOW).json)


def test_without_git_nothing_is_sent_and_the_advice_is_to_install_it(team: Team, tmp_path: Path) -> None:
    path = team.write("listening")
    team.commit()
    (tmp_path / "bin").mkdir()
    bare = console(team, PATH=str(tmp_path / "bin"))
    for command in ("run", "plan", "status", f"push {path}"):
        said = bare.inside(command, "--now", NOW)
        assert said.code == 1
        assert "git is not installed, or not on PATH" in said.err
        assert "→ install git" in said.err
    assert bare.inside("check").code == 0
    assert "✗ git: not found" in bare.inside("doctor").out
    assert bare.inside("sandbox posts", "--json").json == []


def test_outside_git_without_git_says_the_same(team: Team, tmp_path: Path) -> None:
    team.write("listening")
    shutil.rmtree(team.root / ".git")
    said = console(team, PATH=str(tmp_path), GIT_CEILING_DIRECTORIES=str(tmp_path)).inside("run", "--now", NOW)
    assert said.code == 1
    assert "git is not installed" in said.err


def test_a_repository_without_commits_rehearses_and_publishes_nothing_for_real(team: Team) -> None:
    team.write("listening")
    shutil.rmtree(team.root / ".git")
    team.git("init", "-q", "-b", "main")
    assert "6 of 6 published" in console(team).inside("run", "--now", NOW).out
    assert "Nothing is due" in console(team).inside("run", "--now", NOW).out
    live = console(team).inside("run", "--now", NOW, "--live", "--json")
    assert live.code == 1
    assert set(states(live.json).values()) == {"held"}
    assert all("not committed" in row["reason"] for row in live.json)


def test_a_detached_head_is_as_good_as_a_branch(team: Team) -> None:
    team.write("listening")
    team.commit()
    team.git("checkout", "-q", "--detach")
    assert "6 of 6 published" in console(team).inside("run", "--now", NOW).out
    assert published(team) == dict.fromkeys(SIX, "published")
    assert team.git("status", "--porcelain") == ""


def test_a_linked_work_tree_shares_the_memory(team: Team, tmp_path: Path) -> None:
    team.write("listening")
    team.commit()
    console(team).inside("run", "--now", NOW)
    team.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    linked = Team(tmp_path / "linked", team.env)
    assert published(linked) == dict.fromkeys(SIX, "published")
    assert "Nothing is due" in console(linked).inside("run", "--now", NOW).out


@pytest.mark.parametrize("filters", [["--filter=blob:none"], ["--filter=tree:0"], []])
def test_a_shallow_clone_as_a_workflow_makes_it_goes_on_where_the_last_one_stopped(
    team: Team, served: str, tmp_path: Path, filters: list[str]
) -> None:
    for number in range(3):
        team.write(f"post-{number}", publish=f"2026-11-2{number + 1} 09:30")
        team.commit()
    team.git("push", "-q")
    remote = Path(team.git("remote", "get-url", "origin").strip())
    for setting in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        subprocess.run(["git", "-C", remote, "config", setting, "true"], check=True)
    sent = []
    for number in range(3):
        root = tmp_path / f"runner-{number}"
        words = ["git", "clone", "-q", "--depth=1", "--no-tags", *filters, remote.as_uri(), root]
        subprocess.run(words, env=team.env, check=True)
        runner = Team(root, team.env)
        runner.git("checkout", "-q", "--detach", "origin/main")
        said = console(runner, PUBLISHER_SANDBOX=served).inside(
            "run", "--json", "--now", f"2026-11-2{number + 1}T12:00:00+01:00"
        )
        assert said.code == 0, said.all
        sent.append({row["post"] for row in said.json if row["state"] == "published"})
        assert runner.git("status", "--porcelain") == ""
    assert sent == [{"post-0"}, {"post-1"}, {"post-2"}]
    held = console(team, PUBLISHER_SANDBOX=served).inside("sandbox posts", "--json").json
    assert len({(post["network"], post["text"]) for post in held}) == len(held)


def test_a_project_in_a_subfolder_is_a_project(team: Team, served: str, tmp_path: Path) -> None:
    """Its ledger is the repository's, its paths are its own, and commands work from any folder in it."""
    inner = Team(team.root / "social" / "team", team.env)
    inner.root.mkdir(parents=True)
    for name in ("publisher.yml", "content"):
        team.git("mv", name, "social/team/")
    path = inner.write("listening")
    team.commit()
    team.git("push", "-q")
    here = Console(inner.root / "content" / "2026", {**team.env, "PUBLISHER_SANDBOX": served})
    ran = here.inside("run", "--json", "--now", NOW)
    assert ran.code == 0, ran.all
    assert {row["path"] for row in ran.json} == {path}
    other = team.clone(tmp_path / "other")
    inside = Console(other.root / "social" / "team", here.env)
    assert states(inside.inside("status", "--json", "--now", NOW).json) == dict.fromkeys(SIX, "published")
    assert "Nothing is due" in inside.inside("run", "--now", NOW).out
    live = Console(inner.root, {**team.env, "X_CONSUMER_KEY": "one"}).inside("run", "--live", "--json", "--now", NOW)
    assert not any("not committed" in row["reason"] for row in live.json)


def two_projects(team: Team) -> tuple[Team, Team]:
    """Two projects in one repository, each with a post of the same name and words of its own."""
    both = Team(team.root / "a", team.env), Team(team.root / "b", team.env)
    for one, title in zip(both, ("Tides of spring", "Herbs of autumn"), strict=True):
        one.root.mkdir()
        shutil.copy(team.root / "publisher.yml", one.root)
        shutil.copytree(team.root / "content", one.root / "content")
        one.write("launch", title=title)
    team.git("rm", "-rq", "publisher.yml", "content")
    team.commit()
    team.git("push", "-q")
    return both


@pytest.mark.parametrize("where", ["served", "here"])
def test_a_second_project_of_the_repository_does_not_take_the_firsts_ledger_for_its_own(
    team: Team, served: str, where: str
) -> None:
    a, b = two_projects(team)
    at = {"PUBLISHER_SANDBOX": served} if where == "served" else {}
    assert "6 of 6 published" in console(a, **at).inside("run", "--now", NOW).out
    before = console(a, **at).inside("sandbox posts", "--json").json
    for command in ("run", "plan", "status"):
        said = console(b, **at).inside(command, "--now", NOW)
        assert said.code == 1
        assert "is that of the project in the folder 'a', and this project is in 'b'" in said.err
        assert "a repository of its own, or a database (`ledger:` in publisher.yml)" in said.err
    assert "Nothing is due" in console(a, **at).inside("run", "--now", NOW).out
    assert console(a, **at).inside("sandbox posts", "--json").json == before
    assert console(b, **at).inside("sandbox forget", "--yes").code == 0
    assert "6 of 6 published" in console(b, **at).inside("run", "--now", NOW).out


def test_doctor_says_that_the_ledger_is_that_of_another_project(team: Team) -> None:
    a, b = two_projects(team)
    Workspace(a.root, environ={}).ledger(Destination(live=True)).claim([attempt()], ME)
    assert "✓ ledger: shared through the remote origin" in console(a).inside("doctor").out
    said = console(b).inside("doctor")
    assert said.code == 1
    assert "✗ ledger: the ledger on the branch publisher-ledger is that of the project in the folder 'a'" in said.out
    assert "a repository of its own, or a database" in said.out


def test_a_second_project_may_have_a_database_of_its_own(team: Team) -> None:
    a, b = two_projects(team)
    (b.root / "publisher.yml").write_text(f"ledger: sqlite\n{SETTINGS}", encoding="utf-8")
    live = Destination(live=True)
    Workspace(a.root, environ={}).ledger(live).claim([attempt()], ME)
    assert not Workspace(b.root, environ={}).ledger(live).read(["agile"])["agile"].events
    (a.root / "publisher.yml").write_text(f"ledger: sqlite\n{SETTINGS}", encoding="utf-8")
    with pytest.raises(ConfigError, match="the branch publisher-ledger remembers"):
        Workspace(a.root, environ={}).ledger(live)


def test_a_second_project_with_the_very_words_of_the_first_is_not_taken_for_published(team: Team) -> None:
    a, b = two_projects(team)
    shutil.copy(a.root / "content/2026/launch.md", b.root / "content/2026/launch.md")
    team.commit()
    assert console(a).inside("run", "--now", NOW).code == 0
    assert "is that of the project in the folder 'a'" in console(b).inside("run", "--now", NOW).err


def test_a_project_that_moves_within_its_repository_takes_its_ledger_along(team: Team, served: str) -> None:
    path = team.write("listening")
    team.commit()
    at = {"PUBLISHER_SANDBOX": served}
    assert "6 of 6 published" in console(team, **at).inside("run", "--now", NOW).out
    moved = Team(team.root / "social" / "team", team.env)
    moved.root.mkdir(parents=True)
    for name in ("publisher.yml", "content"):
        team.git("mv", name, "social/team/")
    team.commit()
    assert "Nothing is due" in console(moved, **at).inside("run", "--now", NOW).out
    moved.write("speaking")
    team.commit()
    assert "6 of 6 published" in console(moved, **at).inside("run", "--now", NOW).out
    assert team.git("show", "refs/publisher/origin/publisher-ledger-sandbox:project") == "social/team\n"
    assert (moved.root / path).exists()


def test_an_old_ledger_that_does_not_say_whose_it_is_belongs_to_who_writes_next(team: Team) -> None:
    a, b = two_projects(team)
    assert console(a).inside("run", "--now", NOW).code == 0
    forget_whose(team)
    a.write("second")
    team.commit()
    assert "6 of 6 published" in console(a).inside("run", "--now", NOW).out
    assert team.git("show", f"{REHEARSED}:project") == "a\n"
    assert console(b).inside("run", "--now", NOW).code == 1


def forget_whose(team: Team) -> None:
    """The ledger as it was written before it said whose it is."""
    listed = [line for line in team.git("ls-tree", REHEARSED).splitlines(keepends=True) if "\tproject" not in line]
    words = ["git", "mktree"]
    tree = subprocess.run(
        words, cwd=team.root, env=team.env, input="".join(listed), capture_output=True, text=True, check=True
    )
    commit = team.git("commit-tree", "-m", "old", "-p", REHEARSED, tree.stdout.strip()).strip()
    team.git("update-ref", f"refs/heads/{REHEARSED}", commit)


# --- a remote that cannot be reached


def broken(team: Team, how: str, tmp_path: Path) -> None:
    remote = Path(team.git("remote", "get-url", "origin").strip())
    if how == "gone":
        shutil.move(remote, tmp_path / "elsewhere.git")
    elif how == "refusing":
        team.git("remote", "set-url", "origin", "https://x-access-token:gh-secret-token@127.0.0.1:9/team.git")
    elif how == "no-writing":
        hook = remote / "hooks" / "pre-receive"
        hook.write_text("#!/bin/sh\necho 'protected branch hook declined' >&2\nexit 1\n")
        hook.chmod(0o755)


@pytest.mark.parametrize("how", ["gone", "refusing", "no-writing"])
def test_what_cannot_be_remembered_is_not_sent_to_a_served_sandbox(
    team: Team, served: str, tmp_path: Path, how: str
) -> None:
    team.write("listening")
    team.commit()
    team.git("push", "-q")
    broken(team, how, tmp_path)
    here = console(team, PUBLISHER_SANDBOX=served)
    said = here.inside("run", "--now", NOW)
    assert said.code in {1, 3}
    assert "ledger" in said.all
    assert "→" in said.all
    assert "gh-secret-token" not in said.all
    assert here.inside("sandbox posts", "--json").json == []


@pytest.mark.parametrize("how", ["gone", "refusing", "no-writing"])
def test_what_cannot_be_remembered_is_not_sent_for_real(team: Team, tmp_path: Path, how: str) -> None:
    text = SETTINGS.replace("https://mastodon.example", "https://127.0.0.1:9")
    (team.root / "publisher.yml").write_text(text)
    team.write("listening", muted=[one for one in SIX if one != "mastodon"])
    team.commit()
    team.git("push", "-q")
    broken(team, how, tmp_path)
    said = console(team, MASTODON_TOKEN="a-real-token").inside("run", "--now", NOW)
    assert said.code in {1, 3}
    assert said.out.startswith("Publishing for real.")
    assert "ledger" in said.all
    assert "127.0.0.1:9 could not be reached; nothing was sent" not in said.all
    assert "a-real-token" not in said.all


def test_a_remote_that_comes_back_gets_everything_once(team: Team, served: str, tmp_path: Path) -> None:
    team.write("listening")
    team.commit()
    team.git("push", "-q")
    remote = Path(team.git("remote", "get-url", "origin").strip())
    broken(team, "no-writing", tmp_path)
    here = console(team, PUBLISHER_SANDBOX=served)
    failed = here.inside("run", "--json", "--now", NOW)
    assert set(states(failed.json).values()) == {"due"}
    assert {row["error"] for row in failed.json} == {"LedgerError"}
    assert failed.code == 3
    (remote / "hooks" / "pre-receive").unlink()
    assert set(states(here.inside("run", "--json", "--now", NEXT).json).values()) == {"published"}
    held = here.inside("sandbox posts", "--json").json
    assert len({(post["network"], post["text"]) for post in held}) == len(held)
    assert {post["network"] for post in held} == set(SIX)


def test_a_rehearsal_on_this_machine_needs_no_remote(team: Team, tmp_path: Path) -> None:
    team.write("listening")
    team.commit()
    broken(team, "gone", tmp_path)
    assert "6 of 6 published" in console(team).inside("run", "--now", NOW).out


def test_a_real_run_without_a_remote_says_that_nobody_else_will_know(team: Team) -> None:
    told = "git push REMOTE publisher-ledger"
    assert told not in console(team).inside("run", "--live").out
    team.git("remote", "remove", "origin")
    assert told in console(team).inside("run", "--live").out
    assert told not in console(team).inside("run", "--sandbox").out


def test_a_ledger_is_not_written_again_with_settings_that_are_not_committed(team: Team) -> None:
    team.write("listening")
    team.commit()
    team.git("push", "-q")
    settings = team.root / "publisher.yml"
    settings.write_text(settings.read_text() + "ledger: sqlite\n")
    asked = ("status", "--rebuild", "--live", "--now", NOW)
    said = console(team).inside(*asked)
    assert (said.code, "publisher.yml is not committed" in said.err) == (1, True), said.all
    assert "git commit" in said.err
    team.commit()
    assert "not committed" not in console(team).inside(*asked).all


def test_the_ledgers_branch_deleted_from_the_remote_stops_everything(team: Team, served: str) -> None:
    team.write("listening")
    team.commit()
    team.git("push", "-q")
    here = console(team, PUBLISHER_SANDBOX=served)
    here.inside("run", "--now", NOW)
    team.git("push", "-q", "origin", "--delete", REHEARSED)
    said = here.inside("run", "--now", NEXT)
    assert said.code == 1
    assert "posts would be sent again" in said.err
    advice = said.err.partition("→ ")[2]
    assert "publisher sandbox forget" in advice
    named = [word for word in advice.replace(",", " ").split() if word.startswith("--")]
    known = console(team).inside("status", "--help").out + console(team).inside("run", "--help").out
    assert all(option in known for option in named), f"{named} is no option of ours"


def test_json_of_a_failing_ledger_leaves_standard_output_empty(team: Team, served: str, tmp_path: Path) -> None:
    team.write("listening")
    team.commit()
    team.git("push", "-q")
    broken(team, "gone", tmp_path)
    said = console(team, PUBLISHER_SANDBOX=served).inside("run", "--json", "--now", NOW)
    assert said.code == 1
    assert said.out == "" or json.loads(said.out) == []
