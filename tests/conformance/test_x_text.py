"""Our count of X's characters, held against X's own configuration and list of top-level domains."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.x.addresses import addresses
from adapters.x.limits import LIMITS
from adapters.x.measure import measure, weigh

SPECS = Path(os.environ.get("PUBLISHER_SPECS") or Path(__file__).parents[3] / "shared" / "specs")
if not (SPECS / "x" / "twitter-text").is_dir():
    pytest.skip(f"twitter-text is not at {SPECS}; set PUBLISHER_SPECS", allow_module_level=True)

CONFIG: Mapping[str, Any] = json.loads((SPECS / "x" / "twitter-text" / "config" / "v3.json").read_text())
SUITE = SPECS / "x" / "twitter-text" / "conformance" / "tlds.yml"


def weight(sign: str) -> int:
    """What the configuration says one code point weighs."""
    inside = (one["weight"] for one in CONFIG["ranges"] if one["start"] <= ord(sign) <= one["end"])
    return int(next(inside, CONFIG["defaultWeight"])) // int(CONFIG["scale"])


def test_the_limits_are_those_of_the_configuration() -> None:
    assert LIMITS.text.value == CONFIG["maxWeightedTweetLength"]
    assert LIMITS.more["url"].value == CONFIG["transformedURLLength"]
    assert LIMITS.more["emoji"].value == CONFIG["defaultWeight"] // CONFIG["scale"]
    assert CONFIG["emojiParsingEnabled"] is True


def test_every_character_of_the_basic_plane_weighs_what_the_configuration_says() -> None:
    signs = (chr(point) for point in range(1, 0x10000) if not 0xD800 <= point < 0xE000)
    composed = (sign for sign in signs if unicodedata.is_normalized("NFC", sign))
    assert [hex(ord(sign)) for sign in composed if weigh(sign) != weight(sign)] == []


def test_every_top_level_domain_of_the_suite_ends_an_address() -> None:
    suite = yaml.load(SUITE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["tests"]
    cases = [case for group in suite.values() for case in group]
    found = {case["text"]: [case["text"][start:end] for start, end in addresses(case["text"])] for case in cases}
    assert len(cases) > 1500
    assert {case["text"]: case["expected"] for case in cases} == found


def test_every_top_level_domain_makes_an_address_count_23() -> None:
    suite = yaml.load(SUITE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["tests"]
    texts = [case["text"] for group in suite.values() for case in group]
    assert {measure(f"Go to {text} now").length for text in texts} == {6 + CONFIG["transformedURLLength"] + 4}
