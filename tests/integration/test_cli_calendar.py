"""`publisher calendar`: what is shown, what is written, and that nothing is sent, lost or written over."""

from __future__ import annotations

import csv
import io
import shutil
from datetime import UTC, datetime
from pathlib import Path

import icalendar
import pytest
from openpyxl import load_workbook

from tests.integration.conftest import POST, SETTINGS
from tests.integration.console import Console

NOW = ("--now", "2026-11-23T12:00:00+01:00")


@pytest.fixture
def console(tmp_path: Path) -> Console:
    """A team with a post of today, one of next month, one without a date and one that begins like a formula."""
    root = tmp_path / "team"
    (root / "content").mkdir(parents=True)
    (root / "publisher.yml").write_text(SETTINGS, encoding="utf-8")
    shutil.copy(Path(__file__).with_name("loop.jpg"), root / "content" / "loop.jpg")
    write(root, "gardens", "2026-11-23 09:30")
    write(root, "kettles", "2026-12-08 10:15", more="campaign: winter\n")
    write(root, "ladders", "", objective="community")
    environ = {"NO_COLOR": "1", "COLUMNS": "80", "PUBLISHER_SANDBOX": None, "PUBLISHER_NOW": None}
    return Console(root, environ)


def write(root: Path, slug: str, publish: str, *, objective: str = "awareness", more: str = "") -> Path:
    text = POST.format(title=slug.capitalize(), slug=slug, publish=publish)
    text = text.replace("objective: awareness", f"{more}objective: {objective}")
    path = root / "content" / f"{slug}.md"
    path.write_text(text if publish else text.replace("publish: \n", ""), encoding="utf-8")
    return path


def calendar(console: Console, *words: str, code: int = 0) -> str:
    said = console.inside("calendar", *NOW, *words)
    assert said.code == code, said.all
    return said.out if code == 0 else said.err


def posts(console: Console, *words: str) -> set[str]:
    return {row["post"] for row in console.inside("calendar", *NOW, "--json", *words).json}


# --- which days, which posts


def test_the_month_it_is_comes_first(console: Console) -> None:
    shown = calendar(console)
    assert shown.startswith("November 2026  6 entries (Europe/Paris)\n")
    assert "09:30" in shown
    assert "Gardens" in shown
    assert "Kettles" not in shown
    assert "Ladders" in shown.partition("Without a date")[2]
    assert "draft: no publish: line" in shown
    assert "6 later: --month 2026-12" in shown


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--month", "2026-12"], {"kettles", "ladders"}),
        (["--week"], {"gardens", "ladders"}),
        (["--week", "--from", "2026-12-13"], {"kettles", "ladders"}),
        (["--from", "2026-12-08", "--days", "1"], {"kettles", "ladders"}),
        (["--from", "2026-12-09"], {"ladders"}),
        (["--days", "16"], {"gardens", "kettles", "ladders"}),
        (["--days", "15"], {"gardens", "ladders"}),
        (["--days", "16", "--objective", "Awareness"], {"gardens", "kettles"}),
        (["--days", "16", "--campaign", "winter"], {"kettles"}),
        (["--days", "16", "--campaign", "winter", "--objective", "community"], set()),
        (["--days", "16", "--objective", "community", "--objective", "awareness"], {"gardens", "kettles", "ladders"}),
    ],
)
def test_what_is_asked_for_is_shown(console: Console, words: list[str], expected: set[str]) -> None:
    assert posts(console, *words) == expected


def test_one_channel_may_be_asked_for(console: Console) -> None:
    rows = console.inside("calendar", *NOW, "-c", "x", "-c", "mastodon", "--json").json
    assert [(row["post"], row["channel"]) for row in rows] == [
        ("gardens", "x"),
        ("gardens", "mastodon"),
        ("ladders", "x"),
        ("ladders", "mastodon"),
    ]


def test_a_machine_reads_what_plan_and_status_say_and_the_post_itself(console: Console) -> None:
    row = console.inside("calendar", *NOW, "-c", "x", "--json").json[0]
    plan = next(one for one in console.inside("plan", *NOW, "--json").json if one["channel"] == "x")
    del plan["cost"]  # only a plan tells what is yet to be paid
    assert plan.items() <= row.items()
    about = {"title": "Gardens", "objective": "awareness", "campaign": "", "url": ""}
    assert about.items() <= row.items()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--month", "2026-13"], 2, "write it like 2026-12"),
        (["--month", "december"], 2, "write it like 2026-12"),
        (["--from", "tomorrow"], 2, "write it like 2026-12-01"),
        (["--from", "0001-01-01"], 2, "write it like 2026-12-01"),
        (["--month", "2026-12", "--week"], 2, "--month is a month by itself"),
        (["--week", "--days", "3"], 2, "say one of --week and --days"),
        (["--days", "0"], 2, "--days"),
        (["-c", "fax"], 1, "channels: x, linkedin"),
        (["--objective", "sales"], 1, "objectives: community, awareness"),
        (["--campaign", "spring"], 1, "campaigns: winter"),
        (["--csv", "-", "--json"], 2, "standard output has room for one"),
        (["--csv", "-", "--ics", "-"], 2, "standard output has room for one"),
        (["--csv", "content/gardens.md"], 2, "write it like calendar.csv"),
        (["--html", "publisher.yml"], 2, "write it like calendar.html"),
        (["--html", ""], 2, "write it like calendar.html"),
    ],
)
def test_a_slip_says_what_to_type(console: Console, words: list[str], code: int, told: str) -> None:
    assert told in calendar(console, *words, code=code)


def test_the_last_month_that_may_be_asked_for_has_a_page(console: Console) -> None:
    assert calendar(console, "--month", "2999-12").startswith("December 2999  nothing planned")


# --- the past


def test_what_was_published_stays_where_it_went_out(console: Console) -> None:
    assert console.inside("run", *NOW).code == 0
    later = ("--now", "2026-12-20T12:00:00+01:00")
    rows = console.inside("calendar", *later, "--month", "2026-11", "--json").json
    live = [row for row in rows if row["state"] == "published"]
    assert {row["post"] for row in live} == {"gardens"}
    assert len(live) == 6
    assert all(row["url"] for row in live)
    shown = console.inside("calendar", *later, "--week", "--from", "2026-11-23").out
    assert "published: x, linkedin" in shown
    assert live[0]["url"][:40] in shown


def test_a_post_whose_file_is_gone_is_still_what_was_published(console: Console) -> None:
    console.inside("run", *NOW)
    (console.root / "content" / "gardens.md").unlink()
    rows = console.inside("calendar", *NOW, "-c", "x", "--json").json
    [live] = [row for row in rows if row["state"] == "published"]
    assert (live["post"], live["title"], live["path"]) == ("gardens", "gardens", "")
    assert live["url"]


def test_every_turn_of_an_evergreen_post_is_there(console: Console) -> None:
    schedule = """\
slots:
  noon: {days: [mon], at: "12:00"}
evergreen:
  tips: {slots: [noon], cooldown: 14d}
"""
    (console.root / "schedules").mkdir()
    (console.root / "schedules" / "times.yml").write_text(schedule, encoding="utf-8")
    write(console.root, "gardens", "tips")
    assert console.inside("run", *NOW).code == 0
    words = ("--days", "21", "-c", "x", "--objective", "awareness")
    rows = [row for row in console.inside("calendar", *NOW, *words, "--json").json if row["title"] == "Gardens"]
    assert [(row["state"], row["at"][:10], row["path"]) for row in rows] == [
        ("published", "2026-11-23", "content/gardens.md"),
        ("later", "2026-12-07", "content/gardens.md"),
    ]
    read = icalendar.Calendar.from_ical(calendar(console, *words, "--ics", "-"))
    names = [str(one["UID"]) for one in read.walk("VEVENT") if "Gardens" in one["SUMMARY"]]
    assert len(names) == len(set(names)) == 2


# --- exports


def test_every_format_is_written_at_once(console: Console, tmp_path: Path) -> None:
    files = {name: tmp_path / f"out.{name}" for name in ("ics", "csv", "xlsx", "html")}
    said = console.inside(
        "calendar", *NOW, "--days", "30", *(word for name in files for word in (f"--{name}", str(files[name])))
    )
    assert (said.code, said.out) == (0, "")
    assert f"Written to {files['csv']}: 23 November to 22 December 2026, 18 entries.\n" in said.err
    assert "12 entries. 6 without a date are not in it." in said.err
    assert sorted(one.name for one in tmp_path.iterdir()) == ["out.csv", "out.html", "out.ics", "out.xlsx", "team"]
    assert len(icalendar.Calendar.from_ical(files["ics"].read_bytes()).walk("VEVENT")) == 12
    assert load_workbook(files["xlsx"])["Calendar"].max_row == 19
    assert files["html"].read_text(encoding="utf-8").count('<article class="post"') == 3


def test_the_text_is_the_one_that_would_be_sent(console: Console) -> None:
    rows = list(csv.DictReader(io.StringIO(calendar(console, "--csv", "-").removeprefix("\ufeff"), newline="")))
    sent = {
        row["channel"]: row["parts"][0]["text"]
        for row in console.inside("preview", "content/gardens.md", "--json").json
    }
    assert {row["channel"]: row["text"] for row in rows if row["title"] == "Gardens"} == sent
    assert {row["visual"] for row in rows} == {"loop.jpg"}
    assert {row["link"] for row in rows if row["title"] == "Gardens"} == {"https://example.org/gardens"}


def test_events_are_at_the_project_s_hour_and_of_this_clock(console: Console) -> None:
    read = icalendar.Calendar.from_ical(calendar(console, "--ics", "-", "--month", "2026-12"))
    event = read.walk("VEVENT")[0]
    assert event.decoded("DTSTART").astimezone(UTC) == datetime(2026, 12, 8, 9, 15, tzinfo=UTC)
    assert event.decoded("DTSTAMP") == datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


def test_a_link_to_a_sibling_is_the_place_where_it_went(console: Console) -> None:
    path = write(console.root, "gardens", "2026-11-23 09:30")
    path.write_text(
        path.read_text(encoding="utf-8").replace("https://example.org/gardens", "'@mastodon'"), encoding="utf-8"
    )
    console.inside("run", *NOW)
    rows = list(csv.DictReader(io.StringIO(calendar(console, "--csv", "-").removeprefix("\ufeff"), newline="")))
    url = next(row["url"] for row in rows if row["channel"] == "mastodon" and row["title"] == "Gardens")
    assert url.startswith("https://mastodon.example/")
    assert {row["link"] for row in rows if row["title"] == "Gardens"} == {url}


def test_a_file_that_cannot_be_written_is_no_half_file(console: Console, tmp_path: Path) -> None:
    said = console.inside("calendar", *NOW, "--csv", str(tmp_path / "nowhere" / "out.csv"))
    assert said.code == 1
    assert "cannot be written" in said.err
    taken = tmp_path / "taken.csv"
    taken.mkdir()
    assert console.inside("calendar", *NOW, "--csv", str(taken)).code == 1
    assert sorted(one.name for one in tmp_path.iterdir()) == ["taken.csv", "team"]


def test_an_older_file_is_replaced_and_keeps_its_rights(console: Console, tmp_path: Path) -> None:
    file = tmp_path / "out.html"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o640)
    calendar(console, "--html", str(file))
    assert file.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_post_that_cannot_be_read_is_told_and_the_others_are_there(console: Console) -> None:
    (console.root / "content" / "broken.md").write_text("---\ntitle: [\n---\n", encoding="utf-8")
    said = console.inside("calendar", *NOW, "--csv", "-")
    assert said.code == 0
    assert "content/broken.md:2" in said.err
    assert "Gardens" in said.out


def test_nothing_is_sent_and_nothing_is_remembered(console: Console, tmp_path: Path) -> None:
    calendar(console, "--html", str(tmp_path / "out.html"))
    assert console.inside("sandbox posts", "--json").json == []
    assert {row["state"] for row in console.inside("status", *NOW, "--json").json} == {"due", "later", "held"}
