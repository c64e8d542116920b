"""What `publisher sandbox` asks of a sandbox that another process serves: faults to dial in, and to forget it all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict

import msgspec

from publisher.sandbox.harness import Response, answer
from publisher.sandbox.world import World

FAULTS, FORGET = "/faults", "/forget"


class Dial(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fault to dial in, as it travels."""

    network: str
    kind: str
    target: str = "create"
    times: int = 1
    skip: int = 0


def obey(world: World, method: str, path: str, kind: str, body: bytes) -> Response:
    """The faults dialled in once the order is carried out, or why it is none.

    `kind` is the content type; only JSON is obeyed, which no page of another site can send without asking.
    """
    if kind != "application/json" or (method, path) not in _ORDERS:
        return answer(404, {"error": f"there is nothing at {method} {path}"})
    try:
        _ORDERS[method, path](world, body)
    except msgspec.DecodeError as error:
        return answer(400, {"error": f"this is no fault to dial in: {error}"})
    return answer(200, [asdict(fault) for fault in world.faults()])


def _dial(world: World, body: bytes) -> None:
    wish = msgspec.json.decode(body, type=Dial)
    world.dial(wish.network, wish.kind, target=wish.target, times=wish.times, skip=wish.skip)


_ORDERS: Mapping[tuple[str, str], Callable[[World, bytes], None]] = {
    ("GET", FAULTS): lambda _world, _body: None,
    ("POST", FAULTS): _dial,
    ("DELETE", FAULTS): lambda world, _body: world.clear_faults(),
    ("POST", FORGET): lambda world, _body: world.forget(),
}
