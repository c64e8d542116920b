from __future__ import annotations

import re
from importlib.resources import files

import pytest

from publisher.registry import adapter, networks
from publisher.studio.looks import collect_style, name_class, scope


@pytest.mark.parametrize(
    ("css", "scoped"),
    [
        (":root { --a: 1px; }", "& { --a: 1px; }"),
        ("body { margin: 0 }", "& { margin: 0 }"),
        ("main { border: 0 }", ".feed { border: 0 }"),
        ("main > .post, body .post { border: 0 }", ".feed > .post, & .post { border: 0 }"),
        (".body, .main, #main, .x-main { border: 0 }", ".body, .main, #main, .x-main { border: 0 }"),
        (
            '.post { grid-template-areas: "face body" "main root"; --main: var(--body); }',
            '.post { grid-template-areas: "face body" "main root"; --main: var(--body); }',
        ),
        ("@media (max-width: 480px) { :root { --a: 0 } }", "@media (max-width: 480px) { & { --a: 0 } }"),
        ("a { b: c } /* body { */ main { d: e }", "a { b: c }  .feed { d: e }"),
        ("", ""),
    ],
)
def test_what_a_sheet_says_of_its_page_it_says_of_one_part(css: str, scoped: str) -> None:
    assert scope(css, ".network-x") == f".network-x {{\n{scoped}\n}}"


@pytest.mark.parametrize(
    ("network", "expected"), [("x", "network-x"), ("My net.work", "network-my-net-work"), ("a{}b", "network-a-b")]
)
def test_a_network_of_any_name_has_a_class(network: str, expected: str) -> None:
    assert name_class(network) == expected


def test_each_network_keeps_its_own_colours() -> None:
    style = collect_style([adapter(name) for name in networks()])
    for name in networks():
        own = re.search(rf"\n\.network-{name} \{{\n& \{{(.*?)\}}", style, re.DOTALL)
        assert own
        assert "--accent" in own[1]
        assert own[1].strip() in _look(name)


@pytest.mark.parametrize("network", networks())
def test_no_rule_of_a_network_reaches_the_page_around_it(network: str) -> None:
    depth, outside = 0, ""
    for sign in scope(_look(network), ".here"):
        depth -= sign == "}"
        outside += sign if depth == 0 else ""
        depth += sign == "{"
    assert (outside.split(), depth) == ([".here", "{}"], 0)


def test_every_class_a_network_dresses_is_one_the_page_draws() -> None:
    drawn = "".join((files("publisher.studio") / "pages" / name).read_text() for name in ("card.html", "page.css"))
    made = {"url", "mention", "hashtag", "cashtag", "many-1", "many-2", "many-3", "many-4"}
    ours = set(re.findall(r"[\w-]+", drawn)) | made | {"column"}  # the sandbox's heading of a network's page
    dressed = {name: set(re.findall(r"\.([a-z][\w-]*)", _selectors(_look(name)))) - ours for name in networks()}
    assert {name: sorted(strange) for name, strange in dressed.items() if strange} == {}


def test_no_style_can_end_its_element() -> None:
    assert "</" not in collect_style([adapter(name) for name in networks()])


def _look(network: str) -> str:
    return (files(f"adapters.{network}") / "page.css").read_text(encoding="utf-8")


def _selectors(css: str) -> str:
    bare = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return " ".join(re.findall(r"[^{};]+(?=\{)", bare))
