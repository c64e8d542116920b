"""GitHub's API: one comment and one issue, found again by a mark that only our own account is believed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from publisher.delivery.wire import Session
from publisher.errors import ConfigError, Rejected, Unauthorized
from publisher.forge.github import GitHub, open_github
from tests.github import REPOSITORY, TOKEN, Forge, InMemory

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MARK = "<!-- mark -->"


def connect(forge: Forge, token: str = TOKEN) -> GitHub:
    session = Session(InMemory(forge), clock=lambda: NOW, secrets=(token,))
    return GitHub(session, repository=REPOSITORY, token=token)


def bodies(forge: Forge, number: int) -> list[str]:
    return [one["body"] for one in forge.comments[number]]


def test_a_comment_is_written_once_and_then_brought_up_to_date() -> None:
    forge = Forge()
    for body in ("first", "second", "second"):
        connect(forge).comment(7, MARK, f"{MARK}\n{body}")
    assert bodies(forge, 7) == [f"{MARK}\nsecond"]
    assert [verb for verb, _ in forge.asked if verb != "GET"] == ["POST", "PATCH"]


def test_a_strangers_comment_with_our_mark_is_left_alone() -> None:
    stranger = {"id": 1, "user": {"login": "mallory"}, "body": f"{MARK} all is well", "html_url": "u"}
    ghost = {"id": 2, "user": None, "body": MARK, "html_url": "u"}
    forge = Forge(comments={7: [stranger, ghost]})
    connect(forge).comment(7, MARK, f"{MARK} errors")
    assert bodies(forge, 7) == [f"{MARK} all is well", MARK, f"{MARK} errors"]


def test_the_comment_is_found_on_a_later_page() -> None:
    others = [{"id": number, "user": {"login": "anna"}, "body": "hm", "html_url": "u"} for number in range(230)]
    forge = Forge(comments={7: others})
    connect(forge).comment(7, MARK, f"{MARK} one")
    connect(forge).comment(7, MARK, f"{MARK} two")
    assert len(forge.comments[7]) == 231


def test_one_issue_is_opened_changed_closed_and_opened_anew() -> None:
    forge, github = Forge(), connect(Forge())
    github = connect(forge)
    for body in ("late", "later"):
        github.raise_issue(MARK, "No run", f"{MARK} {body}")
    assert [(one["state"], one["body"]) for one in forge.issues] == [("open", f"{MARK} later")]
    assert github.close_issue(MARK, "All is well again.") == "https://github.example/issues/1"
    assert github.close_issue(MARK, "All is well again.") == ""
    assert bodies(forge, 1) == ["All is well again."]
    github.raise_issue(MARK, "No run", f"{MARK} again")
    assert [one["state"] for one in forge.issues] == ["closed", "open"]


def test_a_refusal_says_what_is_missing_and_never_the_token() -> None:
    with pytest.raises(Rejected, match="HTTP 403") as refusal:
        connect(Forge(refuse=frozenset({"POST"}))).comment(7, MARK, MARK)
    assert "permission" in refusal.value.hint
    with pytest.raises(Unauthorized) as wrong:
        connect(Forge(), token="ghs_anotherTokenAltogether").comment(7, MARK, MARK)
    assert "anotherToken" not in str(wrong.value) + wrong.value.hint


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"GITHUB_TOKEN": TOKEN},
        {"GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY": "tidewater/voice/../../user"},
        {"GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_API_URL": "http://api.example.org"},
    ],
)
def test_a_token_goes_nowhere_else(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as error:
        open_github(environ, lambda: NOW)
    assert error.value.hint
    assert TOKEN not in str(error.value)
