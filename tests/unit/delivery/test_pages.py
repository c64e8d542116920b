"""Whether a page is there: what it answers, where it leads, and that nobody private is asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from publisher.delivery.pages import HOPS, find_absence
from publisher.errors import Deferred

URL = "https://blog.example.org/post"
PUBLIC = "93.184.215.14"


def answers(*said: tuple[int, str] | Deferred) -> Callable[[str], tuple[int, str]]:
    waiting = list(said)

    def ask(_: str) -> tuple[int, str]:
        answer = waiting.pop(0)
        if isinstance(answer, Deferred):
            raise answer
        return answer

    return ask


def public(_: str) -> tuple[str, ...]:
    return (PUBLIC,)


@pytest.mark.parametrize("status", [200, 204, 301, 401, 403, 429])
def test_a_page_that_answers_is_there_even_if_it_refuses_programs(status: int) -> None:
    assert find_absence(URL, ask=answers((status, "")), resolve=public) == ""


@pytest.mark.parametrize("status", [404, 410, 500, 503])
def test_a_page_that_is_missing_or_broken_is_not_there(status: int) -> None:
    assert find_absence(URL, ask=answers((status, "")), resolve=public) == f"it answers {status}"


def test_a_redirect_is_followed_to_its_end() -> None:
    assert (
        find_absence(URL, ask=answers((301, "/new"), (302, "https://www.example.org/"), (200, "")), resolve=public)
        == ""
    )
    assert find_absence(URL, ask=answers((301, "/new"), (404, "")), resolve=public) == "it answers 404"
    assert find_absence(URL, ask=answers(*[(302, URL)] * HOPS), resolve=public) == "it leads from page to page"


def test_a_server_that_cannot_be_reached_is_told() -> None:
    lost = Deferred("blog.example.org could not be reached; nothing was sent")
    assert find_absence(URL, ask=answers(lost), resolve=public) == str(lost)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1%eth0", "100.64.0.1"])
def test_nobody_private_is_asked(address: str) -> None:
    told = find_absence(URL, ask=answers(), resolve=lambda _: (PUBLIC, address))
    assert told == "blog.example.org is not a public address"


def test_a_redirect_to_a_private_address_is_not_followed() -> None:
    def resolve(host: str) -> tuple[str, ...]:
        return ("10.0.0.1",) if host == "inside.example.org" else (PUBLIC,)

    told = find_absence(URL, ask=answers((302, "http://inside.example.org/")), resolve=resolve)
    assert told == "inside.example.org is not a public address"
    told = find_absence(URL, ask=answers((302, "file:///etc/passwd")), resolve=resolve)
    assert told == "it leads to something that is no page"


def test_a_name_that_nobody_knows_is_told() -> None:
    assert find_absence(URL, ask=answers(), resolve=lambda _: ()) == "blog.example.org is not known yet"
