from __future__ import annotations

import base64
import hashlib
import html
import re

from msgspec.structs import replace

from publisher.studio.calendar.page import write_html
from tests.unit.studio.calendars import HOSTILE, paints, sample


def page(**changed: object) -> str:
    calendar = replace(sample(), **changed)  # type: ignore[arg-type]  # fields of Calendar
    return "".join(write_html(calendar, *paints(calendar)))


def days(source: str) -> dict[str, str]:
    found = re.findall(r'<li class="day ([^"]*)">\s*<h2><time datetime="([^"]+)">', source)
    return {day: looks for looks, day in found}


def test_the_page_asks_nobody_for_anything() -> None:
    source = page()
    assert "<script" not in source
    assert " style=" not in source
    assert not re.search(r"<(link|img|iframe|object|form)\b", source)
    assert not re.search(r"@import|url\(", source)
    assert set(re.findall(r'href="([^"]+)"', source)) >= {"https://a.example", "https://x.example/1", "#posts"}


def test_the_policy_allows_this_very_style_and_no_other() -> None:
    source = page()
    style = re.search(r"<style>(.*?)</style>", source, re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', source)
    assert style
    assert policy
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in html.unescape(policy[1])
    assert html.unescape(policy[1]).startswith("default-src 'none';")


def test_every_word_is_escaped() -> None:
    source = page(team=HOSTILE, zone=HOSTILE)
    assert HOSTILE not in source
    assert html.escape(HOSTILE, quote=False) in source.replace("&#34;", '"')
    assert source.count("</style>") == 1


def test_an_address_that_is_no_web_address_is_no_link() -> None:
    entries = tuple(replace(one, link="javascript:alert(1)") for one in sample().entries)
    source = page(entries=entries)
    assert 'href="javascript' not in source
    assert "javascript:alert(1)" in source


def test_the_month_is_whole_weeks_and_each_day_says_what_it_is() -> None:
    found = days(page())
    assert (min(found), max(found)) == ("2026-09-28", "2026-11-01")
    assert list(found) == sorted(found)
    assert len(found) == 35
    assert found["2026-09-28"] == "outside empty"
    assert found["2026-10-20"] == "today empty"
    assert found["2026-10-31"] == "quiet empty"
    assert found["2026-10-05"] == ""


def test_times_are_those_of_the_project() -> None:
    source = page()
    assert '<time datetime="2026-10-05T09:30+02:00">09:30</time>' in source
    assert '<time datetime="2026-10-26T09:30+01:00">09:30</time>' in source
    assert "Times are in Europe/Paris." in source


def test_channels_and_objectives_have_their_colours_and_a_legend() -> None:
    source, (channels, objectives) = page(), paints(sample())
    for place, name in enumerate(sample().named_channels):
        assert f".channel-{place} {{ --fill: {channels[name].fill}; --ink: {channels[name].ink}; }}" in source
        assert f'<span class="chip channel-{place}">{name}</span>' in source
    awareness = objectives["awareness"]
    assert f"background: light-dark({awareness.fill}, {awareness.ink})" in source
    for word in ("published", "no sign: planned", "held", "in doubt"):
        assert re.search(rf'<span class="sign">(<b>.</b> )?{word}</span>', source)


def test_what_is_not_going_out_says_why() -> None:
    source = page()
    assert '<p class="reason unsent">held on linkedin-founder: channel paused</p>' in source
    assert '<p class="reason unsent">held: draft: no publish: line</p>' in source
    assert "Without a date" in source


def test_every_post_has_one_place_with_what_each_channel_says() -> None:
    source = page()
    assert source.count('<article class="post"') == 4
    assert "=SUM(A1)\nand more" in source
    assert "Its file is gone." in source
    targets = set(re.findall(r'<a href="#(post-\d+)"', source))
    assert targets == set(re.findall(r'<article class="post" id="([^"]+)"', source))


def test_no_class_is_drawn_that_the_style_does_not_know() -> None:
    source = page()
    style, body = source.partition("</style>")[::2]
    used = {name for found in re.findall(r'class="([^"]*)"', body) for name in found.split()}
    assert sorted(name for name in used if f".{name}" not in style) == []


def test_an_empty_month_says_so() -> None:
    source = page(entries=(), undated=())
    assert "Nothing is planned for these days." in source
    assert "Without a date" not in source
    assert 'class="legend"' not in source


def test_a_page_is_the_same_however_often_it_is_written() -> None:
    assert page() == page()
