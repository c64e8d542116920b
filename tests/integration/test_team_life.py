"""The life of a team over three weeks: its real workflows on new machines, one bare remote, one served sandbox.

Runs come late, twice at once, or not at all; a colleague edits, another withdraws; a network fails and loses an answer.
The clock is played, and a run that waits for its minute plays on.
"""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.github import Forge
from tests.github import served as serve_forge
from tests.integration.conftest import Team
from tests.integration.test_workflows import REHEARSED, TEMPLATES
from tests.workflows import Machine, Ran

MUTED = ("facebook", "instagram", "bluesky")
SPOKEN = {"x", "linkedin", "mastodon"}
SCHEDULE = """\
slots:
  morning: {days: [mon, tue, wed, thu], at: "11:30"}
gap: {default: 30m}
daily: {default: 3}
"""
OWN_BRANCH = (
    "!cancelled() && needs.preview.outputs.letter != '' "
    "&& github.event.pull_request.head.repo.full_name == github.repository"
)


@dataclass
class Life:
    """The team, its remote, its runners and its forge."""

    team: Team
    folder: Path
    env: dict[str, str]
    forge: Forge
    machines: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 100)))

    def machine(self, now: str, ref: str = "main", **says: str) -> Machine:
        self.machines += 1
        env = {**self.env, "PUBLISHER_NOW": now, "GITHUB_ACTIONS": "true", "CI": "true"}
        place = self.folder / f"runner-{self.machines}"
        return Machine(place, self.folder / "remote.git", env, {**REHEARSED, **says}, ref)

    def run(self, machine: Machine, workflow: str, job: str) -> Ran:
        return machine.run(self.team.root / f".github/workflows/{workflow}.yml", job)

    def tick(self, now: str, code: int = 0) -> str:
        """One run of the publish workflow at that time."""
        ran = self.run(self.machine(now), "publish", "publish")
        assert ran.code == code, ran.out
        return ran.out

    def twice(self, now: str) -> None:
        """GitHub starts two runs at once."""
        machines = [self.machine(now), self.machine(now)]
        with ThreadPoolExecutor(2) as pool:
            both = list(pool.map(lambda one: self.run(one, "publish", "publish"), machines))
        assert {ran.code for ran in both} == {0}, [ran.out for ran in both]

    def propose(self, change: Callable[[], Any], now: str) -> str:
        """A pull request: the branch, its preview, its comment, its sign-off, the merge; gives the comment."""
        number, team = next(self.numbers), self.team
        team.git("switch", "-q", "-c", f"change-{number}")
        change()
        team.commit()
        team.git("push", "-q", "origin", f"change-{number}")
        head, base = (team.git("rev-parse", name).strip() for name in ("HEAD", "main"))
        team.git("switch", "-q", "--detach", "main")
        team.git("merge", "-q", "--no-ff", "-m", "Try the merge", f"change-{number}")
        team.git("push", "-q", "origin", f"HEAD:refs/pull/{number}/merge")
        says = {
            "github.event.pull_request.base.sha": base,
            "github.event.pull_request.head.sha": head,
            "github.event.pull_request.number": str(number),
            "github.token": self.env["GITHUB_TOKEN"],
            "!cancelled() && steps.install.outcome == 'success'": "true",
            OWN_BRANCH: "true",
        }
        preview = self.run(self.machine(now, f"refs/pull/{number}/merge", **says), "preview", "preview")
        assert preview.code == 0, preview.out
        assert preview.summary == preview.outputs["letter"] + "\n"
        says["needs.preview.outputs.letter"] = preview.outputs["letter"]
        for workflow, job in (("preview", "comment"), ("approval", "approval"))[: 2 if number == 1 else 1]:
            ran = self.run(self.machine(now, **says), workflow, job)
            assert ran.code == 0, ran.out
        assert number > 1 or self.forge.statuses[-1] == {
            "commit": head,
            "state": "success",
            "context": "publisher/approval",
            "description": "Nobody's approval is asked for.",
        }
        team.git("switch", "-q", "main")
        team.git("merge", "-q", "--no-ff", "-m", "Merge", f"change-{number}")
        team.git("push", "-q", "origin", "main")
        (comment,) = self.forge.comments[number]
        return str(comment["body"])

    def edit(self, slug: str, old: str, new: str) -> None:
        path = self.team.root / f"content/2026/{slug}.md"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def held(self) -> list[dict[str, Any]]:
        return self.team.held(self.env)

    def times(self, now: str) -> dict[str, dict[str, str]]:
        """When each post went live on each channel, as a new clone knows."""
        machine = self.machine(now)
        machine.work.mkdir(parents=True)
        machine._check_out({"fetch-depth": 1, "filter": "blob:none"})
        rows = Team(machine.work, self.env).json("status", "--now", now)
        told: dict[str, dict[str, str]] = {}
        for row in rows:
            if row["receipts"]:
                told.setdefault(row["post"], {})[row["channel"]] = row["receipts"][0]["at"]
        return told


@pytest.fixture
def life(team: Team, served: str, tmp_path: Path) -> Iterator[Life]:
    for file in ("workflows", "actions"):
        subprocess.run(["cp", "-r", TEMPLATES / ".github" / file, _made(team.root / ".github")], check=True)
    (team.root / "requirements.txt").write_bytes((TEMPLATES / "requirements.txt").read_bytes())
    (team.root / ".gitignore").write_text(".publisher/\n")
    team.commit()
    team.git("push", "-q")
    subprocess.run(["git", "-C", tmp_path / "remote.git", "config", "uploadpack.allowFilter", "true"], check=True)
    forge = Forge()
    with serve_forge(forge) as env:
        yield Life(team, tmp_path, {**team.env, **env, "PUBLISHER_SANDBOX": served}, forge)


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def write_three_posts(team: Team) -> None:
    (team.root / "schedules").mkdir()
    (team.root / "schedules/week.yml").write_text(SCHEDULE)
    team.write("opening", "2026-11-23 09:30", muted=MUTED)
    team.write("numbers", "2026-11-25 09:40", muted=MUTED)
    team.write("friday", "2026-11-27 18:00", muted=MUTED)


def test_three_weeks_of_a_team(life: Life) -> None:
    team = life.team
    letter = life.propose(lambda: write_three_posts(team), "2026-11-20T10:00:00+01:00")
    assert "Posts: 3 new." in letter

    # Monday: a run starts at an odd minute, waits for half past, and sends on the minute.
    assert "Waiting until 09:30:00 (17 min) for opening" in life.tick("2026-11-23T09:13:00+01:00")
    assert set(life.times("2026-11-23T09:43:00+01:00")["opening"].values()) == {"2026-11-23T08:30:00Z"}

    # Wednesday: GitHub starts two runs at once.
    life.twice("2026-11-25T09:43:00+01:00")

    # Thursday: an edit of what is live; it reaches the networks that allow one, and the other is told.
    letter = life.propose(lambda: life.edit("numbers", "84%", "86%"), "2026-11-26T10:00:00+01:00")
    assert "Posts: 1 changed." in letter
    shown = {one["network"] for one in life.held() if "84% of the comments on numbers" in one["text"]}
    assert shown
    out = life.tick("2026-11-26T13:13:00+01:00", code=1 if "x" in shown else 0)
    assert "(edited)" in out
    left = {one["network"] for one in life.held() if "84% of the comments on numbers" in one["text"]}
    assert left == shown & {"x"}

    # No run from Friday to Monday: what was for Friday evening is over a day late, and held.
    assert "missed its lateness limit of 24h" in life.tick("2026-11-30T09:13:00+01:00")
    assert "friday" not in life.times("2026-11-30T09:20:00+01:00")
    life.propose(lambda: life.edit("friday", "publish: 2026-11-27 18:00", "publish: next"), "2026-11-30T10:00:00+01:00")
    life.tick("2026-11-30T11:13:00+01:00")
    assert set(life.times("2026-11-30T11:43:00+01:00")["friday"].values()) == {"2026-11-30T10:30:00Z"}

    # Tuesday: one network lets nobody in, another loses its answer; both are settled without a second post.
    life.propose(lambda: team.write("tuesday", "2026-12-01 09:30", muted=MUTED), "2026-11-30T15:00:00+01:00")
    team.publisher("sandbox", "fault", "mastodon", "expired", env=life.env)
    team.publisher("sandbox", "fault", "linkedin", "lost", env=life.env)
    life.tick("2026-12-01T09:43:00+01:00", code=3)
    assert "mastodon" not in life.times("2026-12-01T09:50:00+01:00")["tuesday"]
    life.tick("2026-12-01T10:13:00+01:00")
    assert set(life.times("2026-12-01T10:20:00+01:00")["tuesday"]) == SPOKEN

    # The second week: a post is taken back, and a tick that finds nothing changes nothing.
    life.propose(
        lambda: life.edit("opening", "publish: 2026-11-23 09:30", "publish: withdrawn"), "2026-12-02T10:00:00+01:00"
    )
    life.tick("2026-12-02T10:13:00+01:00")
    held = life.held()
    assert not any("opening" in one["text"] for one in held)
    assert "Nothing is due" in life.tick("2026-12-11T10:13:00+01:00")
    assert life.held() == held

    # In the end: every post once on every channel, no text twice, and the words' branch knows nothing of receipts.
    times = life.times("2026-12-11T11:00:00+01:00")
    assert {post: set(channels) for post, channels in times.items() if post != "opening"} == dict.fromkeys(
        ("numbers", "friday", "tuesday"), SPOKEN
    )
    texts = Counter((one["network"], one["text"]) for one in held)
    assert max(texts.values()) == 1
    assert team.git("ls-tree", "-r", "--name-only", "origin/main").count("jsonl") == 0


def test_the_schedules_are_kept_awake_by_their_own_small_job(life: Life) -> None:
    life.forge.workflows = {"publish.yml": "disabled_inactivity", "watch.yml": "active"}
    says = {"github.event.repository.private != true": "true", "github.token": life.env["GITHUB_TOKEN"]}
    ran = life.run(life.machine("2026-11-23T09:13:00+01:00", **says), "watch", "awake")
    assert ran.code == 0, ran.out
    assert set(life.forge.workflows.values()) == {"active"}
