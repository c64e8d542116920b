from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest

from publisher.content.schema import post_schema, project_schema
from publisher.content.strict_yaml import load

POST = """
title: Agile beats viral
publish: 2026-12-01 09:30
keywords: [agile]
media: [{file: loop.png, alt: A loop}]
channels: {x: {thread: auto, tags: [one]}, linkedin: , facebook: false}
"""
PROJECT = """
timezone: Europe/Paris
ledger: PUBLISHER_LEDGER
people: {acme: {name: Acme, x: "@acme"}}
channels: {x: {handle: "@a", settings: {user: 17841400000000000}, voice: {person: I, reads_well: [1, 2]}}, mastodon: }
"""


@pytest.mark.parametrize(
    ("schema", "sound", "unsound"),
    [
        (
            post_schema,
            POST,
            ["titel: a", "media: [loop.png]", "media: [{alt: A}]", "channels: x", "channels: {x: {angle: points}}"],
        ),
        (
            project_schema,
            PROJECT,
            ["nam: a", "channels: {x: {voice: {emoji: -1}}}", "never_copied: eror", "utm: 5", "ledger: sqlit"],
        ),
    ],
)
def test_a_schema_takes_what_is_sound_and_refuses_what_is_not(
    schema: Callable[[], dict[str, Any]], sound: str, unsound: list[str]
) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    judge = jsonschema.Draft202012Validator(schema())
    assert list(judge.iter_errors(load(sound, path="p").value)) == []
    assert [text for text in unsound if judge.is_valid(load(text, path="p").value)] == []


@pytest.mark.parametrize("schema", [post_schema, project_schema])
def test_every_key_says_what_it_is_for(schema: Callable[[], dict[str, Any]]) -> None:
    made = schema()
    assert made["$schema"].endswith("2020-12/schema")
    for shape in (made, *made["$defs"].values()):
        assert shape["title"]
        assert [key for key, one in shape["properties"].items() if not one.get("description")] == []
