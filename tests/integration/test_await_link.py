"""A post whose page is not there yet waits for it, with a reason and a limit."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from publisher.cli.edition import Prepared, open_edition, prepare
from publisher.cli.status import find_lost
from publisher.cli.workspace import Destination, Workspace
from tests.integration.conftest import NOW, Team

URL = "https://example.org/listening"


def prepared(team: Team, later: timedelta, absence: str, *, live: bool = True, lost: bool = False) -> Prepared:
    now = datetime.fromisoformat(NOW) + later
    asked: list[str] = []

    def absent(url: str) -> str:
        asked.append(url)
        return absence

    workspace = Workspace(team.root, now=now, environ={}, absence=absent)
    edition = open_edition(workspace, Destination(live=live))
    made = prepare(edition, [item for item, _ in find_lost(edition)] if lost else edition.plan.due)
    assert asked == ([URL] if live and not lost else [])
    return made


@pytest.fixture
def waiting(team: Team) -> Team:
    settings = team.root / "publisher.yml"
    settings.write_text(f"await_link: 6h\n{settings.read_text(encoding='utf-8')}", encoding="utf-8")
    team.write("listening", publish="2026-11-23 12:00")
    team.commit()
    return team


def test_a_post_waits_for_its_page_until_a_limit(waiting: Team) -> None:
    made = prepared(waiting, timedelta(), "it answers 404")
    assert made.jobs == ()
    assert {(one.state, one.error) for one in made.held} == {("later", "")}
    assert {one.reason for one in made.held} == {f"waiting until 2026-11-23 18:00 for {URL}: it answers 404"}


def test_after_the_limit_somebody_is_told(waiting: Team) -> None:
    made = prepared(waiting, timedelta(hours=6), "it answers 404")
    assert {(one.state, one.reason) for one in made.held} == {("held", f"{URL} is not there: it answers 404")}
    assert {one.error for one in made.held} == {"ContentError"}


def test_a_page_that_is_there_lets_its_post_out(waiting: Team) -> None:
    assert len(prepared(waiting, timedelta(), "").jobs) == 6


def test_what_may_be_out_is_looked_for_whatever_became_of_its_page(waiting: Team) -> None:
    assert len(prepared(waiting, timedelta(), "it answers 404", lost=True).jobs) == 6


def test_a_rehearsal_asks_nobody(waiting: Team) -> None:
    assert len(prepared(waiting, timedelta(), "it answers 404", live=False).jobs) == 6


def test_a_channel_with_words_of_its_own_waits_for_the_page_its_network_links_to(waiting: Team) -> None:
    settings, path = waiting.root / "publisher.yml", waiting.root / "content/2026/listening.md"
    founder = 'linkedin-founder: {network: linkedin, handle: Founder, settings: {author: "urn:li:person:abc"}}'
    known = settings.read_text(encoding="utf-8").replace("  facebook:", f"  {founder}\n  facebook:")
    settings.write_text(known, encoding="utf-8")
    own = f"{{linkedin: {{link: {URL}}}, linkedin-founder: {{angle: quote}}}}"
    text = path.read_text(encoding="utf-8").replace(f"link: {URL}", f"channels: {own}")
    path.write_text(text, encoding="utf-8")
    waiting.commit()
    made = prepared(waiting, timedelta(), "it answers 404")
    assert [one.channel for one in made.held] == ["linkedin", "linkedin-founder"]
    assert len(made.jobs) == 5
