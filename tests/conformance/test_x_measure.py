"""Our count and our entities, held against twitter-text's conformance suite where it is at hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.x.measure import measure

Suite = Callable[[str, str], Sequence[Mapping[str, Any]]]


@pytest.fixture
def suite(specs_folder: Path) -> Suite:
    """The cases of one group of a file of the suite; skips the test where the file is not at hand."""

    def cases(file: str, group: str) -> Sequence[Mapping[str, Any]]:
        path = specs_folder / "x" / "twitter-text" / "conformance" / file
        if not path.is_file():
            pytest.skip(f"no {path}")
        found: Sequence[Mapping[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["tests"][group]
        return found

    return cases


@pytest.mark.parametrize(
    "group", ["WeightedTweetsWithDiscountedEmojiCounterTest", "UnicodeDirectionalMarkerCounterTest"]
)
def test_a_text_weighs_what_the_suite_says(suite: Suite, group: str) -> None:
    for case in suite("validate.yml", group):
        measured, expected = measure(case["text"]), case["expected"]
        assert (measured.length, measured.valid) == (expected["weightedLength"], expected["valid"]), case["description"]


@pytest.mark.parametrize(
    ("group", "kind"),
    [
        ("urls", "url"),
        ("tco_urls_with_params", "url"),
        ("mentions", "mention"),
        ("hashtags", "hashtag"),
        ("hashtags_from_astral", "hashtag"),
        ("cashtags", "cashtag"),
    ],
)
def test_finds_in_a_text_what_the_suite_says(suite: Suite, group: str, kind: str) -> None:
    for case in suite("extract.yml", group):
        found = [entity.text for entity in measure(case["text"]).entities if entity.kind == kind]
        assert [text if kind == "url" else text[1:] for text in found] == case["expected"], case["description"]


@pytest.mark.parametrize(
    ("group", "kind"),
    [
        ("urls_with_indices", "url"),
        ("urls_with_directional_markers", "url"),
        ("mentions_with_indices", "mention"),
        ("mentions_or_lists_with_indices", "mention"),
        ("hashtags_with_indices", "hashtag"),
        ("cashtags_with_indices", "cashtag"),
    ],
)
def test_finds_it_where_the_suite_says(suite: Suite, group: str, kind: str) -> None:
    for case in suite("extract.yml", group):
        found = [[entity.start, entity.end] for entity in measure(case["text"]).entities if entity.kind == kind]
        assert found == [expected["indices"] for expected in case["expected"]], case["description"]
