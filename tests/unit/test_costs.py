from __future__ import annotations

import pytest

from publisher.costs import Cost, add, charges, price
from publisher.model import Part, Rendition
from publisher.registry import adapter


def rendition(*texts: str) -> Rendition:
    parts = tuple(Part(kind="post", text=text, length=len(text), limit=280) for text in texts)
    return Rendition(post="a", channel="x", network="x", parts=parts)


def test_a_network_charges_when_its_adapter_gives_a_price() -> None:
    assert charges(adapter("x"))
    assert not charges(adapter("mastodon"))


@pytest.mark.parametrize(
    ("texts", "sent", "expected"),
    [
        (["Words only."], 0, "$0.015"),
        (["See https://example.org/a"], 0, "$0.20"),
        (["See example.org today"], 0, "$0.20"),  # X links it all the same
        (["Words only.", "https://example.org/a"], 0, "$0.215"),
        (["Words only.", "https://example.org/a"], 1, "$0.20"),
        (["Words only.", "https://example.org/a"], 2, "$0.00"),
    ],
)
def test_a_part_with_an_address_has_its_own_price_and_what_is_live_costs_nothing(
    texts: list[str], sent: int, expected: str
) -> None:
    assert str(price(rendition(*texts), adapter("x"), sent)) == expected


def test_a_sum_is_as_old_and_as_sure_as_its_weakest_price() -> None:
    costs = [
        Cost(thousandths=200, seen="2026-08-22"),
        Cost(thousandths=15, seen="2026-05-01", official=False),
    ]
    assert add(costs) == Cost(thousandths=215, seen="2026-05-01", official=False)
    assert add([]) is None


def test_sums_are_written_as_money() -> None:
    written = [str(Cost(thousandths=number, seen="")) for number in (0, 5, 10, 215, 1000, 12340)]
    assert written == ["$0.00", "$0.005", "$0.01", "$0.215", "$1.00", "$12.34"]
