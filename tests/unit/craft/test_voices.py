from __future__ import annotations

from collections.abc import Mapping

import pytest

from publisher.craft.voices import lay, read_voice
from publisher.errors import AdapterError, ConfigError
from publisher.model import Json, Voice


def test_a_voice_is_read_from_its_file() -> None:
    voice = read_voice(
        "angles: [story, question]\nreads_well: [800, 1500]\nperson: I\ncalls: false\nprefer: {users: people}"
    )
    assert voice == Voice(
        angles=("story", "question"), reads_well=(800, 1500), person="I", calls=False, prefer={"users": "people"}
    )


def test_an_empty_file_is_the_plain_voice() -> None:
    assert read_voice("") == Voice()


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("emojis: 2", "emoji"),
        ("register: formall", "formal"),
        ("angles: [hok]", "hook"),
        ("tags: many", "tags"),
        ("reads_well: [1]", "reads_well"),
        ("- a\n- b", "key: value"),
    ],
)
def test_what_no_voice_can_have_is_refused_with_the_nearest_word(source: str, told: str) -> None:
    with pytest.raises(AdapterError) as refusal:
        read_voice(source)
    assert told in str(refusal.value) + refusal.value.hint


def test_a_channel_s_voice_is_laid_over_its_network_s_key_by_key() -> None:
    network = Voice(emoji=1, tags=3, prefer={"users": "people"})
    laid = lay(network, {"emoji": 0, "prefer": {"buy": "choose"}})
    assert (laid.emoji, laid.tags, laid.prefer) == (0, 3, {"users": "people", "buy": "choose"})


def test_nothing_laid_over_changes_nothing() -> None:
    assert lay(voice := Voice(), {}) is voice


@pytest.mark.parametrize("overrides", [{"colour": "red"}, {"emoji": "two"}, {"link": "txt"}])
def test_a_channel_s_voice_that_cannot_be_is_a_matter_of_settings(overrides: Mapping[str, Json]) -> None:
    with pytest.raises(ConfigError) as refusal:
        lay(Voice(), overrides)
    assert refusal.value.hint
