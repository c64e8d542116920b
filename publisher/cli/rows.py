"""What is told of a run or a plan: an outcome for every post and channel, and its row for machines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from publisher.schedule.items import Item

if TYPE_CHECKING:
    from publisher.delivery.courier import Outcome


def outcome(item: Item, **changed: object) -> Outcome:
    """A plan's item as a run's outcome."""
    from publisher.delivery.courier import Outcome

    told: dict[str, Any] = {
        "act": item.act,
        "post": item.post,
        "channel": item.channel,
        "network": item.network,
        "state": item.state.value,
        "reason": item.reason,
        "at": item.at,
        "receipts": item.receipts,
    }
    return Outcome(**{**told, **changed})


def paths_of(items: Iterable[Item]) -> dict[str, str]:
    """The file of every post, turns of an evergreen one included."""
    return {item.post: item.path for item in items}


def rows(
    items: Iterable[Item],
    outcomes: Iterable[Outcome],
    paths: Mapping[str, str],
    costs: Mapping[tuple[str, str], object] = MappingProxyType({}),
) -> list[dict[str, object]]:
    """What a machine reads of a run or a plan: one object per post and channel; only a plan tells costs."""
    told = {(one.post, one.channel): one for one in outcomes}
    listed = [told.get((item.post, item.channel)) or outcome(item) for item in items]
    return [
        {
            "post": one.post,
            "path": paths.get(one.post, ""),
            "channel": one.channel,
            "network": one.network,
            "act": one.act,
            "state": one.state,
            "reason": one.reason,
            "hint": one.hint,
            "error": one.error,
            "at": one.at,
            "receipts": one.receipts,
            "cost": costs.get((one.post, one.channel)),
        }
        for one in listed
    ]
