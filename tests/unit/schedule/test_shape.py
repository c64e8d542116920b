from __future__ import annotations

from zoneinfo import ZoneInfo

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest

from publisher.content.strict_yaml import load
from publisher.schedule.shape import schedule_schema
from publisher.schedule.sheets import KEYS
from publisher.schedule.timetable import parse_timetable

FILE = """
slots: {lunch: {days: [tue], at: "12:15", channels: [x]}, noon: {at: ["12:00"]}}
series: {numbers: {rule: FREQ=WEEKLY;BYDAY=MO, at: "09:30", from: 2026-01-01, until: 2026-12-31}}
evergreen: {classics: {slots: lunch, cooldown: 90d, channels: x}}
quiet: [{from: 2026-12-24, to: 2026-12-27, why: holidays}, {days: sat}]
gap: {default: 30m}
daily: 3
"""
UNSOUND = [
    "slot: {}",
    "slots: {lunch: {days: [tue]}}",
    "series: {numbers: {rule: FREQ=DAILY}}",
    "series: {numbers: {rule: FREQ=DAILY, at: 09:30, to: 2026-12-31}}",
    "evergreen: {classics: {slots: lunch}}",
    "quiet: {form: 2026-12-24}",
    "daily: many",
]


def findings(text: str) -> int:
    return len(parse_timetable({"week.yml": text}, ZoneInfo("UTC"), ("x",))[1])


def test_an_editor_and_the_reader_agree_on_a_whole_file() -> None:
    schema = schedule_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(load(FILE, path="week.yml").value, schema)
    assert findings(FILE) == 0
    assert tuple(schema["properties"]) == KEYS


@pytest.mark.parametrize("text", UNSOUND)
def test_an_editor_and_the_reader_refuse_the_same(text: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(load(text, path="week.yml").value, schedule_schema())
    assert findings(text)
