from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.content.header import ANGLES
from publisher.content.settings import VoiceKeys
from publisher.model import Channel, Finding, Severity, Voice
from publisher.project import Project, parse_project

NETWORKS = ("apprise", "linkedin", "mastodon", "x")

SOUND = """
name: Tidewater
timezone: Europe/Paris
language: fr
objectives: [community, awareness]
never_copied: warning
late: 12h
media_base: https://raw.example/tidewater
content: posts/
people: {acme: {name: Acme, x: "@acme", mastodon: "@acme@mastodon.example"}}
channels:
  x: {handle: "@tidewater"}
  linkedin: {handle: Tidewater, settings: {author: "urn:li:organization:1234", page: 0012}}
  founder: {network: linkedin, voice: {person: I, reads_well: [10, 20], avoid: [synergy]}, paused: true}
  mastodon:
  team-chat: {network: apprise, secrets: {url: TEAM_CHAT_URL}}
notifications: [TEAM_CHAT_URL]
ledger: TEAM_LEDGER
utm: true
"""


def told(text: str) -> list[tuple[str, int, int, str]]:
    return [(one.rule, one.line, one.column, one.hint) for one in findings(text)]


def findings(text: str) -> tuple[Finding, ...]:
    return parse_project(text.encode(), networks=NETWORKS)[1]


def test_a_project_holds_all_that_its_file_says() -> None:
    project, said = parse_project(SOUND.encode(), networks=NETWORKS)
    assert said == ()
    assert project == Project(
        name="Tidewater",
        timezone="Europe/Paris",
        language="fr",
        objectives=("community", "awareness"),
        never_copied="warning",
        late=timedelta(hours=12),
        media_base="https://raw.example/tidewater",
        content="posts",
        people={"acme": {"name": "Acme", "x": "@acme", "mastodon": "@acme@mastodon.example"}},
        channels={
            "x": Channel(name="x", network="x", handle="@tidewater"),
            "linkedin": Channel(
                name="linkedin",
                network="linkedin",
                handle="Tidewater",
                settings={"author": "urn:li:organization:1234", "page": "0012"},
            ),
            "founder": Channel(
                name="founder",
                network="linkedin",
                voice={"person": "I", "reads_well": [10, 20], "avoid": ["synergy"]},
                paused=True,
            ),
            "mastodon": Channel(name="mastodon", network="mastodon"),
            "team-chat": Channel(name="team-chat", network="apprise", secrets={"url": "TEAM_CHAT_URL"}),
        },
        notifications=("TEAM_CHAT_URL",),
        ledger="TEAM_LEDGER",
        utm=True,
        networks=NETWORKS,
    )
    assert project.zone.key == "Europe/Paris"


def test_a_project_tells_posts_what_they_must_know() -> None:
    project, _ = parse_project(SOUND.encode(), networks=NETWORKS)
    assert project is not None
    known = project.settings(["morning"])
    assert known.speakers == ("x", "linkedin", "founder", "mastodon", "team-chat", "apprise")
    assert (known.objectives, known.language, known.slots) == (("community", "awareness"), "fr", ("morning",))


SMALL = "timezone: UTC\nchannels: {x: }\n"


@pytest.mark.parametrize(
    ("line", "rule", "column", "hint"),
    [
        ("nam: a", "unknown-key", 1, "did you mean `name`?"),
        ("never_copied: eror", "unknown-value", 15, "did you mean `error`?"),
        ("late: a day", "bad-duration", 7, "late: 24h"),
        ("language: french", "bad-language", 11, "did you mean `fr`?"),
        ("media_base: raw.example", "bad-link", 13, "media_base: https://…"),
        ("content: ../other", "bad-folder", 10, "content: content"),
        ("schedules: /etc", "bad-folder", 12, "schedules: schedules"),
        ("utm: maybe", "wrong-type", 6, ""),
        ("objectives: community", "wrong-type", 13, "write [one, two]"),
        ("people: {acme: {mastodn: '@a'}}", "unknown-key", 17, "did you mean `mastodon`?"),
        ("people: {'a b': {name: A}}", "bad-name", 10, "use letters and digits"),
        ("ledger: sqlite3", "unknown-value", 9, "did you mean `sqlite`?"),
        ("ledger: sqlite:my/file.db", "unknown-value", 9, "did you mean `sqlite`?"),
        ("ledger: postgres", "unknown-value", 9, "ledger: PUBLISHER_LEDGER, a variable with a database's address"),
        ("ledger: [git]", "wrong-type", 9, ""),
    ],
)
def test_each_fault_of_the_settings_is_told_in_its_place(line: str, rule: str, column: int, hint: str) -> None:
    assert told(SMALL + line) == [(rule, 3, column, hint)]
    assert parse_project((SMALL + line).encode(), networks=NETWORKS)[0] is None


@pytest.mark.parametrize(
    ("channel", "rule", "column", "hint"),
    [
        (
            "mastodn: {}",
            "unknown-network",
            3,
            "did you mean `mastodon`? A channel with a name of its own says `network:`",
        ),
        ("team: {network: mastodn}", "unknown-network", 19, "did you mean `mastodon`?"),
        ("Team_X: {network: x}", "bad-name", 3, "did you mean `team-x`?"),
        ("x: {handel: a}", "unknown-key", 7, "did you mean `handle`?"),
        ("x: {voice: {registr: formal}}", "unknown-key", 15, "did you mean `register`?"),
        ("x: {voice: {register: formel}}", "unknown-value", 25, "did you mean `formal`?"),
        ("x: {voice: {angles: [hooks]}}", "unknown-value", 24, "did you mean `hook`?"),
        ("x: {voice: {emoji: -1}}", "bad-value", 22, ""),
        ("x: {voice: {tags: two}}", "wrong-type", 21, ""),
        ("x: {voice: {reads_well: [1]}}", "wrong-type", 27, ""),
        ("x: '@tidewater'", "wrong-type", 6, 'write {handle: "@name"}'),
        ("x: {paused: maybe}", "wrong-type", 15, ""),
    ],
)
def test_each_fault_of_a_channel_is_told_in_its_place(channel: str, rule: str, column: int, hint: str) -> None:
    assert told(f"timezone: UTC\nchannels:\n  {channel}") == [(rule, 3, column, hint)]


def test_an_unknown_time_zone_has_a_near_one() -> None:
    assert told("timezone: Europe/Pariss\nchannels: {x: }") == [
        ("unknown-timezone", 1, 11, "did you mean `Europe/Paris`?")
    ]
    assert [one[0] for one in told("timezone: ../etc/passwd\nchannels: {x: }")] == ["unknown-timezone"]
    assert [one[0] for one in told("timezone: Europe\nchannels: {x: }")] == ["unknown-timezone"]


def test_what_is_missing_is_a_warning() -> None:
    project, said = parse_project(b"name: a\n", networks=NETWORKS)
    assert [(one.rule, one.severity) for one in said] == [
        ("no-channel", Severity.WARNING),
        ("no-timezone", Severity.WARNING),
    ]
    assert project is not None
    assert project.timezone == "UTC"


@pytest.mark.parametrize(
    ("line", "secret", "column"),
    [
        ("notifications: ['slack://abc/def/ghi']", "abc/def", 17),
        ("notifications: [team_chat_url]", "team_chat_url", 17),
        ("media_base: https://tide:hunter2@raw.example", "hunter2", 13),
        ("people: {acme: {name: ghp_abcdefghijklmnop0123}}", "ghp_", 23),
        ("name: https://discord.example/api/webhooks/123/abcdefghijklmnop", "abcdefghijklmnop", 7),
        ("name: AbCdEfGhIjKlMnOpQrStUvWx0123", "AbCdEf", 7),
        ("ledger: postgresql://tide:hunter2@db.example/team", "hunter2", 9),
        ("ledger: postgresql://db.example/team", "db.example", 9),
        ("ledger: tide:hunter2@db.example", "hunter2", 9),
    ],
)
def test_a_secret_in_the_file_is_an_error_that_does_not_repeat_it(line: str, secret: str, column: int) -> None:
    said = [one for one in findings(SMALL + line) if one.rule == "secret-in-file"]
    assert [(one.line, one.column, one.severity) for one in said] == [(3, column, Severity.ERROR)]
    assert not any(secret in one.message + one.hint for one in findings(SMALL + line))


@pytest.mark.parametrize(
    ("channel", "column"),
    [
        ("x: {settings: {token: hunter2}}", 25),
        ("x: {settings: {api_key: hunter2}}", 27),
        ("x: {secrets: {token: hunter2}}", 24),
        ("x: {secrets: {token: HUNTER2HUNTER2HUNTER2hunter2}}", 24),
    ],
)
def test_a_secret_of_a_channel_is_told_once(channel: str, column: int) -> None:
    said = findings(f"timezone: UTC\nchannels:\n  {channel}")
    assert [(one.rule, one.line, one.column) for one in said] == [("secret-in-file", 3, column)]
    assert "hunter2" not in (said[0].message + said[0].hint).casefold()


def test_network_names_are_taken_on_trust_where_none_are_known() -> None:
    project, said = parse_project(
        b"timezone: UTC\nchannels: {far-away: {handle: a}}\npeople: {a: {elsewhere: b}}", networks=()
    )
    assert said == ()
    assert project is not None
    assert project.channels["far-away"].network == "far-away"


def test_the_voice_in_publisher_yml_has_every_field_of_a_voice() -> None:
    assert {field.name for field in fields(Voice)} == set(VoiceKeys.__struct_fields__)
    sound = VoiceKeys(angles=list(ANGLES), person="I", reads_well=(1, 2))  # type: ignore[arg-type]  # the eight literals
    assert msgspec.convert(msgspec.to_builtins(sound), VoiceKeys) == sound


@pytest.mark.parametrize("source", [b"\xff", b"- a", b"a: [", b"a: \x00", b"&a a: *a", b"x" * 2_000_000])
def test_a_file_that_cannot_be_read_is_a_finding(source: bytes) -> None:
    project, said = parse_project(source, networks=NETWORKS)
    assert project is None
    assert said


PIECES = st.sampled_from([
    "name: ", "timezone: ", "UTC", "channels:\n", "  x: ", "{", "}", "[", "]", "handle: a", ", ", "voice: ",
    "emoji: ", "5", "-1", "people: ",
    "late: ", "true", "null", "\n", "  ", "- ", "settings: ", "secrets: ", "notifications: ", "content: ", "..",
    "/", "'", '"', "é", "*a", "#b",
])  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60) | st.lists(PIECES, max_size=30).map(lambda parts: "".join(parts).encode()))
def test_any_bytes_at_all_give_a_project_or_an_error(source: bytes) -> None:
    project, said = parse_project(source, networks=NETWORKS)
    assert (project is None) == any(one.severity is Severity.ERROR for one in said)
    assert all(one.line >= 1 and one.column >= 1 and one.path == "publisher.yml" for one in said)
