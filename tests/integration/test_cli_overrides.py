"""What a post says under a network's name is for every channel of it, also for one that has words of its own."""

from __future__ import annotations

import pytest

from tests.integration.conftest import NOW, Team

PATH = "content/2026/listening.md"
OTHERS = "x: false, facebook: false, instagram: false, mastodon: false, bluesky: false"
ACCOUNTS = {"Tidewater": "linkedin", "Founder": "linkedin-founder"}
FOUNDER = 'linkedin-founder: {network: linkedin, handle: Founder, settings: {author: "urn:li:person:abc"}}'


def write(team: Team, channels: str, block: str = "") -> None:
    """A post for the company and the founder, with that under `channels:`; a block follows its text."""
    settings = team.root / "publisher.yml"
    before = settings.read_text(encoding="utf-8")
    if FOUNDER not in before:
        settings.write_text(before.replace("  facebook:", f"  {FOUNDER}\n  facebook:"), encoding="utf-8")
    path = team.root / team.write("listening")
    text = path.read_text(encoding="utf-8").replace("media:", f"channels: {{{OTHERS}, {channels}}}\nmedia:")
    path.write_text(f"{text}\n{block}", encoding="utf-8")
    team.commit()


def held(team: Team) -> list[str]:
    return sorted(ACCOUNTS[post["account"]] for post in team.held())


def test_a_withdrawal_under_a_networks_name_takes_off_a_channel_with_words_of_its_own(team: Team) -> None:
    own = "linkedin-founder: {text: I listened for a month and said nothing at all.}"
    write(team, own)
    team.run()
    assert held(team) == ["linkedin", "linkedin-founder"]
    write(team, f"linkedin: {{publish: withdrawn}}, {own}")
    rows = team.run()
    assert {row["channel"]: row["act"] for row in rows.values()} == dict.fromkeys(
        ("linkedin", "linkedin-founder"), "withdraw"
    )
    assert team.held() == []


def test_a_withdrawal_under_a_networks_name_spares_a_channel_with_a_time_of_its_own(team: Team) -> None:
    own = 'linkedin-founder: {publish: "2026-11-23 10:00"}'
    write(team, own)
    team.run()
    write(team, f"linkedin: {{publish: withdrawn}}, {own}")
    team.run()
    assert held(team) == ["linkedin-founder"]


def test_a_time_under_a_networks_name_is_kept_by_a_channel_with_words_of_its_own(team: Team) -> None:
    write(team, 'linkedin: {publish: "2026-12-24 09:30"}, linkedin-founder: {angle: question}')
    rows = team.json("plan", "--now", NOW)
    assert {row["channel"]: row["state"] for row in rows} == {"linkedin": "later", "linkedin-founder": "later"}
    assert {row["state"] for row in team.run().values()} == {"later"}
    assert team.held() == []


def test_a_person_who_pushes_a_post_overrules_the_times_under_both_names(team: Team) -> None:
    write(team, 'linkedin: {publish: "2026-12-24 09:30"}, linkedin-founder: {publish: "2026-12-25 09:30"}')
    team.json("push", PATH, "--now", NOW)
    assert held(team) == ["linkedin", "linkedin-founder"]


def test_a_post_whose_own_words_were_joined_with_its_networks_is_settled_as_ever(team: Team) -> None:
    write(team, "linkedin: {angle: quote}, linkedin-founder: {tags: [one]}")
    team.run()
    assert (team.run(), len(team.held())) == ({}, 2)


@pytest.mark.parametrize("words", ["linkedin-founder: {text: I listened for a month.}", "linkedin-founder: true"])
def test_a_channel_named_beside_its_network_that_is_left_out_takes_part(team: Team, words: str) -> None:
    write(team, f"linkedin: false, {words}")
    team.run()
    assert held(team) == ["linkedin-founder"]


def test_a_block_for_a_channel_whose_network_is_left_out_is_sent_as_the_check_has_seen_it(team: Team) -> None:
    write(team, "linkedin: false", "::: linkedin-founder\nI listened for a month and said nothing at all.\n:::\n")
    assert [row["channel"] for row in team.json("preview", PATH)] == ["linkedin-founder"]
    assert [row["channel"] for row in team.json("plan", "--now", NOW)] == ["linkedin-founder"]
    team.run()
    assert held(team) == ["linkedin-founder"]


def test_the_times_of_a_post_that_goes_out_on_one_channel_only_are_checked(team: Team) -> None:
    write(team, "linkedin: {publish: next}, linkedin-founder: {text: I listened.}")
    path = team.root / PATH
    text = path.read_text(encoding="utf-8")
    assert [one["rule"] for one in team.json("check", PATH, code=1)] == ["no-slot", "no-slot"]
    path.write_text(text.replace("publish: 2026-11-23 09:30\n", ""), encoding="utf-8")
    found = team.json("check", PATH, code=1)
    assert [(one["rule"], one["channel"]) for one in found] == [
        ("no-slot", "linkedin"),
        ("no-slot", "linkedin-founder"),
    ]
