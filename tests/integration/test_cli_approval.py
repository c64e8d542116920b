"""Sign-off: an approval counts for the words that were approved, by the people the base branch names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.github import Forge, served
from tests.integration.conftest import SETTINGS, Team
from tests.integration.console import Console, Said

RULES = """\
approval:
  objectives: {awareness: ["@anna", "@Ben"]}
  channels: {linkedin: ["@legal-lea"]}
"""


@pytest.fixture
def forge() -> Forge:
    return Forge()


@pytest.fixture
def console(team: Team, forge: Forge) -> Iterator[Console]:
    with served(forge) as env:
        clean = {"PUBLISHER_SANDBOX": None, "PUBLISHER_NOW": None, "GITHUB_ACTIONS": None}
        yield Console(team.root, {**team.env, **clean, **env})


@pytest.fixture
def branch(team: Team) -> Team:
    (team.root / "publisher.yml").write_text(SETTINGS + RULES)
    team.write("old")
    team.commit()
    team.git("push", "-q")
    team.git("switch", "-q", "-c", "words")
    return team


def approve(forge: Forge, team: Team, author: str, state: str = "APPROVED") -> None:
    """A review of the branch as it is committed now."""
    commit = team.git("rev-parse", "HEAD").strip()
    rows = (line.split(None, 3) for line in team.git("ls-tree", "-r", "HEAD").splitlines())
    forge.trees[commit] = {path: blob for _, _, blob, path in rows}
    forge.reviews.setdefault(7, []).append({"user": {"login": author}, "state": state, "commit_id": commit})


def ask(console: Console) -> Said:
    return console.inside("github approval", "--base", "main", "--head", "f" * 40, "--pull-request", "7")


def verdict(console: Console, forge: Forge) -> str:
    said = ask(console)
    assert said.code == 0, said.all
    assert forge.statuses[-1]["context"] == "publisher/approval"
    return forge.statuses[-1]["state"] + ": " + forge.statuses[-1]["description"]


def test_every_rule_needs_one_of_its_people(branch: Team, console: Console, forge: Forge) -> None:
    assert verdict(console, forge) == "success: Nobody's approval is asked for."
    branch.write("new")
    branch.commit()
    waits = "objective awareness: @anna or @Ben; channel linkedin: @legal-lea"
    assert verdict(console, forge) == f"failure: Waits for {waits}"
    approve(forge, branch, "mallory")
    approve(forge, branch, "ben")
    assert verdict(console, forge) == "failure: Waits for channel linkedin: @legal-lea"
    approve(forge, branch, "Legal-Lea")
    assert verdict(console, forge) == "success: Approved as it is."


def test_an_approval_does_not_cover_words_written_after_it(branch: Team, console: Console, forge: Forge) -> None:
    post = branch.root / branch.write("new", muted=("linkedin",))
    branch.commit()
    approve(forge, branch, "anna")
    (branch.root / "notes.txt").write_text("no word of the post")
    branch.commit()
    assert verdict(console, forge).startswith("success")
    post.write_text(post.read_text().replace("84%", "94%"))
    branch.commit()
    assert verdict(console, forge).startswith("failure")
    post.write_text(post.read_text().replace("94%", "84%"))
    branch.commit()
    assert verdict(console, forge).startswith("success")
    picture = branch.root / "content/2026/loop.jpg"
    picture.write_bytes(picture.read_bytes() + b"\0")
    branch.commit()
    assert verdict(console, forge).startswith("failure")


def test_whoever_asks_for_changes_takes_an_approval_back(branch: Team, console: Console, forge: Forge) -> None:
    branch.write("new", muted=("linkedin",))
    branch.commit()
    approve(forge, branch, "anna")
    approve(forge, branch, "anna", "COMMENTED")
    assert verdict(console, forge).startswith("success")
    approve(forge, branch, "anna", "CHANGES_REQUESTED")
    assert verdict(console, forge).startswith("failure")
    approve(forge, branch, "anna", "APPROVED")
    assert verdict(console, forge).startswith("success")
    forge.reviews[7][-1]["state"] = "DISMISSED"
    assert verdict(console, forge).startswith("failure")


def test_a_branch_cannot_lift_its_rules(branch: Team, console: Console, forge: Forge) -> None:
    """Neither by deleting them, nor by naming another owner, nor by calling the post something else."""
    for settings in (SETTINGS, SETTINGS + RULES.replace("@anna", "@mallory")):
        (branch.root / "publisher.yml").write_text(settings)
        assert "publisher.yml waits for objective awareness: @anna or @Ben" in ask(console).out
    (branch.root / "publisher.yml").write_text(SETTINGS + RULES)
    old = branch.root / "content/2026/old.md"
    old.write_text(old.read_text().replace("objective: awareness", "objective: community"))
    assert "content/2026/old.md waits for objective awareness" in ask(console).out
    (branch.root / "content/2027").mkdir()
    old.rename(branch.root / "content/2027/old.md")
    assert "content/2027/old.md waits for channel linkedin" in ask(console).out


def test_a_token_that_may_only_read_leaves_the_verdict_to_the_exit_code(branch: Team, forge: Forge) -> None:
    branch.write("new")
    forge.refuse = frozenset({"POST"})
    with served(forge) as env:
        said = ask(Console(branch.root, {**branch.env, **env}))
    assert (said.code, "Waits for" in said.out) == (1, True)


def test_settings_of_the_base_that_cannot_be_read_let_nothing_through(branch: Team, console: Console) -> None:
    branch.git("switch", "-q", "main")
    (branch.root / "publisher.yml").write_text("channels: [")
    branch.commit()
    (branch.root / "publisher.yml").write_text(SETTINGS)
    assert ask(console).code == 1


def test_owners_are_written_beside_what_others_wrote(branch: Team, console: Console) -> None:
    file = branch.root / ".github/CODEOWNERS"
    file.parent.mkdir()
    file.write_text("* @everybody\n")
    branch.write("a [b] c")
    for _ in range(2):
        assert console.inside("github owners", "--write").code == 0
    lines = file.read_text().splitlines()
    assert lines[0] == "* @everybody"
    assert lines[2:-1] == [
        "/.github/ @anna @Ben @legal-lea",
        "/publisher.yml @anna @Ben @legal-lea",
        r"/content/2026/a\ \[b\]\ c.md @anna @Ben @legal-lea",
        "/content/2026/old.md @anna @Ben @legal-lea",
    ]
    (branch.root / "publisher.yml").write_text(SETTINGS)
    assert console.inside("github owners", "--write").code == 0
    assert file.read_text() == "* @everybody\n"


@pytest.mark.parametrize(
    ("rules", "rule"),
    [
        ('approval: {objectives: {fame: ["@anna"]}}', "unknown-value"),
        ('approval: {channels: {linkedim: ["@anna"]}}', "unknown-value"),
        ('approval: {channels: {x: ["@team/legal"]}}', "bad-owner"),
        ("approval: {channels: {x: [anna]}}", "bad-owner"),
        ("approval: {campaigns: {spring: []}}", "bad-owner"),
        ("approval: {people: {}}", "unknown-key"),
    ],
)
def test_rules_that_cannot_be_meant_are_findings(team: Team, console: Console, rules: str, rule: str) -> None:
    (team.root / "publisher.yml").write_text(f"{SETTINGS}{rules}\n")
    found = console.inside("check", "--format", "json").json
    assert rule in {one["rule"] for one in found}
