"""The commands that only answer: help, mistakes in typing, measure, schema, completion."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
import yaml

from publisher.cli import COMMANDS, cli
from publisher.cli.sandbox import command as sandbox
from publisher.registry import networks
from tests.integration.conftest import ROOT, SETTINGS
from tests.integration.console import Console

SUBCOMMANDS = [f"sandbox {name}" for name in sandbox.commands]


@pytest.fixture
def typed(tmp_path: Path) -> Console:
    (tmp_path / "publisher.yml").write_text(SETTINGS, encoding="utf-8")
    return Console(tmp_path, {"NO_COLOR": "1", "PUBLISHER_SANDBOX": None, "PUBLISHER_NOW": None})


# --- help and typing


def test_help_opens_with_a_command_that_works(typed: Console) -> None:
    said = typed("--help")
    assert said.code == 0
    assert re.search(r"^ +publisher init my-team && cd my-team && publisher run$", said.out, re.MULTILINE)
    assert all(re.search(rf"^  {name}\b", said.out, re.MULTILINE) for name in COMMANDS)


@pytest.mark.parametrize("command", [*COMMANDS, *SUBCOMMANDS])
def test_every_command_explains_itself(typed: Console, command: str) -> None:
    said = typed(*command.split(), "--help")
    assert said.code == 0
    assert said.out.startswith(f"Usage: publisher {command}")
    paragraph = said.out.split("\n\n")[1]
    assert re.match(r"  [A-Z]", paragraph)
    assert paragraph.rstrip().endswith((".", ":"))
    assert "\\b" not in said.out


@pytest.mark.parametrize("command", [*COMMANDS, *SUBCOMMANDS])
def test_every_option_and_argument_says_what_it_does(command: str) -> None:
    found: click.Command | None = cli
    for name in command.split():
        assert isinstance(found, click.Group)
        found = found.get_command(click.Context(found), name)
    assert found is not None
    assert found.help
    assert [option.name for option in found.params if isinstance(option, click.Option) and not option.help] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("chekc", "Did you mean 'check'?"),
        ("statsu", "Did you mean 'status'?"),
        ("qqqq", "No such command 'qqqq'"),
        ("check --formt json", "Did you mean '--format'?"),
        ("run --dry-rn", "Did you mean '--dry-run'?"),
        ("sandbox srve", "Did you mean 'serve'?"),
        ("sandbox posts --jsn", "Did you mean one of: '--json'"),
        ("--verson", "Did you mean '--version'?"),
        ("completion powershell", "'bash'"),
        ("schema pst", "'post'"),
        ("check --format xml", "'github'"),
        ("plan --days 0", "0 is not in the range"),
        ("plan --days soon", "not a valid integer"),
        ("preview", "Missing argument"),
        ("push", "Missing argument"),
        ("new", "Missing argument"),
        ("measure", "Missing argument"),
        ("run --now tomorrow", "write it like 2026-12-01T09:30"),
        ("run --now 2026-13-01", "write it like 2026-12-01T09:30"),
        ("run -C nowhere", "does not exist"),
        ("sandbox serve --port 80x", "not a valid integer"),
        ("sandbox serve --port 70000", "0<=x<=65535"),
        ("sandbox fault x", "which fault?"),
        ("sandbox fault x gone", "no fault 'gone'"),
        ("sandbox fault x status:teapot", "no fault"),
        ("resolve post x", "--posted"),
    ],
)
def test_a_slip_of_the_keys_is_a_usage_error_with_advice(typed: Console, words: str, said: str) -> None:
    project = ["-C", str(typed.root)] if words.startswith("sandbox fault") else []
    told = typed(*words.split(), *project)
    assert (told.code, told.out) == (2, "")
    assert said in told.err


@pytest.mark.parametrize("now", ["0001-01-01T00:00+14:00", "1969-07-20T20:17", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("command", ["run", "plan", "status", "new Title", "check", "sandbox posts"])
def test_an_instant_no_calendar_can_count_from_is_refused(typed: Console, command: str, now: str) -> None:
    said = typed.inside(command, "--now", now)
    assert said.code == 2
    assert "is not an instant of this millennium" in said.err


def test_an_instant_may_come_from_the_environment(typed: Console) -> None:
    assert typed.inside("new", "Soon", env={"PUBLISHER_NOW": "2031-05-06T07:08"}).code == 0
    assert (typed.root / "content/2031/soon.md").is_file()
    assert typed.inside("plan", env={"PUBLISHER_NOW": "soon"}).code == 2


def test_the_version_is_printed(typed: Console) -> None:
    assert re.fullmatch(r"publisher, version \d+\.\d+\.\d+\n", typed("--version").out)


# --- completion


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("bash", 'eval "$(_PUBLISHER_COMPLETE=bash_source publisher)"\n'),
        ("zsh", 'eval "$(_PUBLISHER_COMPLETE=zsh_source publisher)"\n'),
        ("fish", "_PUBLISHER_COMPLETE=fish_source publisher | source\n"),
    ],
)
def test_completion_is_one_line_for_the_shells_settings(typed: Console, shell: str, line: str) -> None:
    assert typed("completion", shell).out == line


# --- measure


@pytest.mark.parametrize("network", networks())
def test_measure_counts_a_text_for_people_and_machines(typed: Console, network: str) -> None:
    text = "Émile reads https://example.org/a 👩‍👩‍👧‍👦 #SocialMedia"
    said = typed("measure", network, text)
    assert said.code == 0
    counted = typed("measure", network, text, "--json").json
    assert set(counted) == {"length", "limit", "valid", "entities"}
    assert said.out.startswith(f"{counted['length']} of {counted['limit']} ")
    for entity in counted["entities"]:
        assert text[entity["start"] : entity["end"]] == entity["text"]
        assert text.encode()[entity["byte_start"] : entity["byte_end"]].decode() == entity["text"]


def test_measure_reads_standard_input_without_its_last_newline(typed: Console) -> None:
    assert typed("measure", "x", "--json", stdin="héllo\n").json["length"] == 5
    assert typed("measure", "x", stdin="").out.startswith("0 of 280")


def test_measure_answers_a_line_for_a_line(typed: Console) -> None:
    lines = ['{"text": "one"}', "", '{"text": "héllo"}', '{"text": ""}']
    said = typed("measure", "bluesky", "--jsonl", stdin="\n".join(lines))
    assert said.code == 0
    assert [json.loads(line)["length"] for line in said.out.splitlines()] == [3, 5, 0]


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"words": "x"}', '"x"', "null", "\\xff", '{"text": null}', '{"text": 3}', r'{"text": "a\ud800"}'],
)
def test_measure_names_the_line_that_cannot_be_read(typed: Console, line: str) -> None:
    said = typed("measure", "x", "--jsonl", stdin='{"text": "fine"}\n' + line + '\n{"text": "so is this"}\n')
    assert said.code == 2
    first, fault, last = map(json.loads, said.out.splitlines())
    assert (first["length"], last["length"]) == (4, 10)
    assert list(fault) == ["error"]
    assert "line 2" in fault["error"]
    assert "line 2" in said.err


@pytest.mark.parametrize("network", networks())
@pytest.mark.parametrize(
    "text", ["", "a\nb", "a\0b", "👩‍👩‍👧‍👦é\u0301", "\ufeff", "x" * 5000, "@a #b $C https://d.org/é"]
)
def test_measure_answers_any_text_in_one_shape(typed: Console, network: str, text: str) -> None:
    said = typed("measure", network, "--jsonl", stdin=json.dumps({"text": text}))
    (line,) = said.out.splitlines()
    answer = json.loads(line)
    assert list(answer) == ["length", "limit", "valid", "entities"]
    assert (type(answer["length"]), type(answer["limit"]), type(answer["valid"])) == (int, int, bool)
    for entity in answer["entities"]:
        assert list(entity) == ["kind", "text", "start", "end", "byte_start", "byte_end"]
        assert entity["kind"] in {"url", "mention", "hashtag", "cashtag"}
        assert text[entity["start"] : entity["end"]] == entity["text"]
        assert text.encode()[entity["byte_start"] : entity["byte_end"]].decode() == entity["text"]


def test_measure_says_that_bytes_are_not_text(typed: Console) -> None:
    said = typed("measure", "x", stdin=b"\xff\xfe")
    assert (said.code, said.out) == (2, "")
    assert "UTF-8" in said.err


def test_measure_says_that_half_a_character_is_not_text(typed: Console) -> None:
    said = typed("measure", "bluesky", "a\udcffb")
    assert (said.code, said.out) == (2, "")
    assert "half a character" in said.err


def test_measure_suggests_the_network_that_was_meant(typed: Console) -> None:
    said = typed("measure", "mastdon", "text")
    assert said.code == 1
    assert "did you mean 'mastodon'?" in said.err


# --- schema


FOLDERS = (ROOT / "content", ROOT / "publisher" / "cli" / "templates" / "content")
POSTS = sorted(one.relative_to(ROOT).as_posix() for folder in FOLDERS for one in folder.rglob("*.md"))


def in_json(source: str) -> Any:
    """What an editor sees of YAML: its values, with instants as the text they are written in."""

    class Plain(yaml.SafeLoader):
        pass

    Plain.yaml_implicit_resolvers = {
        sign: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
        for sign, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return yaml.load(source, Plain)  # noqa: S506 - a SafeLoader that reads fewer types


@pytest.mark.parametrize("file", POSTS)
def test_the_schema_of_posts_accepts_our_own_posts(typed: Console, file: str) -> None:
    schema = typed("schema", "post").json
    front = (ROOT / file).read_text(encoding="utf-8").split("---\n")[1]
    jsonschema.validators.validator_for(schema)(schema).validate(in_json(front))


@pytest.mark.parametrize("file", ["publisher.yml", "publisher/cli/templates/publisher.yml"])
def test_the_schema_of_settings_accepts_our_own_settings(typed: Console, file: str) -> None:
    schema = typed("schema", "project").json
    jsonschema.validators.validator_for(schema).check_schema(schema)
    jsonschema.validators.validator_for(schema)(schema).validate(in_json((ROOT / file).read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("post", {"titel": "x"}),
        ("post", {"title": ["x"]}),
        ("post", {"title": "x", "media": "loop.jpg"}),
        ("project", {"chanels": {}}),
        ("project", {"channels": ["x"]}),
        ("project", {"never_copied": "sometimes"}),
    ],
)
def test_the_schemas_refuse_what_check_refuses(typed: Console, kind: str, wrong: Any) -> None:
    schema = typed("schema", kind).json
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validators.validator_for(schema)(schema).validate(wrong)
