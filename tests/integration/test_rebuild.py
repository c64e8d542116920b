"""A ledger that was deleted: nobody guesses, and the networks are asked."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.errors import LedgerError
from publisher.ledger.git import BRANCH, GitLedger
from publisher.ledger.runner import Runner
from tests.integration.conftest import NOW, Team
from tests.integration.ledgers import attempt

REHEARSED = "refs/heads/publisher-ledger-sandbox"
LATER = "2026-11-23T12:30:00+01:00"


def forget(team: Team) -> None:
    team.git("update-ref", "-d", REHEARSED)


def counted(team: Team) -> Counter[str]:
    return Counter(post["network"] for post in team.held())


def test_a_ledger_is_written_again_from_what_the_networks_show(team: Team) -> None:
    team.write("listening")
    team.write("later", publish="2026-11-24 09:30")
    team.commit()
    team.run()
    before = counted(team)
    forget(team)
    found = team.json("status", "--rebuild", "--now", LATER)
    assert {row["channel"] for row in found if not row["doubt"] and row["receipts"]} == {
        "x", "linkedin", "facebook", "instagram", "mastodon", "bluesky",
    }  # fmt: skip
    after = team.run()
    assert {row["state"] for (post, _), row in after.items() if post == "later"} == {"later"}
    assert not any(row["state"] == "due" for row in after.values())
    assert counted(team) == before


def test_what_no_network_shows_is_in_doubt_and_not_sent(team: Team) -> None:
    team.write("listening")
    team.commit()
    found = team.json("status", "--rebuild", "--now", NOW, code=4)
    assert {row["doubt"] for row in found} == {
        "the ledger was lost, and the network does not show it among what it lets us see"
    }
    assert counted(team) == Counter()
    team.publisher("resolve", "listening", "x", "--not-posted")
    rows = team.run(code=None)
    assert rows["listening", "x"]["state"] == "published"


def test_a_post_whose_words_were_changed_before_the_ledger_was_written_again_is_not_sent_again(team: Team) -> None:
    path = team.root / team.write("listening", muted=["linkedin", "facebook", "instagram"])
    team.commit()
    team.run()
    before = counted(team)
    path.write_text(
        path.read_text(encoding="utf-8").replace("nobody", "no one").replace("84%", "86%"), encoding="utf-8"
    )
    team.commit()
    forget(team)
    found = team.json("status", "--rebuild", "--now", LATER, code=4)
    assert any(row["doubt"] for row in found)
    for _ in range(2):
        rows = team.run("--now", LATER, code=4)
        assert "doubt" in {row["state"] for row in rows.values()}
        assert counted(team) == before


@pytest.mark.parametrize("remote", [None, "origin"])
def test_a_deleted_branch_is_missed_even_where_it_was_never_seen(
    team: Team, tmp_path: Path, remote: str | None
) -> None:
    def open_ledger(folder: Path) -> GitLedger:
        return GitLedger(folder, remote=remote, clock=lambda: datetime(2026, 11, 23, tzinfo=UTC), env=team.env)

    open_ledger(team.root).claim([attempt("listening")], Runner(host="h", pid=1))
    elsewhere = team.root
    if remote:
        team.git("push", "-q", "origin", f":{BRANCH}")
        elsewhere = team.clone(tmp_path / "elsewhere").root
    else:
        team.git("branch", "-q", "-D", BRANCH)
    with pytest.raises(LedgerError, match="was deleted") as error:
        open_ledger(elsewhere).refresh()
    assert "publisher status --rebuild" in error.value.hint
    anew = open_ledger(elsewhere)
    anew.forgo()
    anew.claim([attempt("listening")], Runner(host="h", pid=2))
    assert open_ledger(elsewhere).read(["listening"])["listening"].open_attempts("x")
