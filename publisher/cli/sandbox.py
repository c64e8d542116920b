"""`publisher sandbox`: serve it, look at what it holds, make it misbehave, forget it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli.options import AS_JSON, in_project, print_json
from publisher.cli.stages import SANDBOX_VARIABLE, open_world, served_at
from publisher.cli.workspace import Workspace
from publisher.errors import ConfigError, DeliveryError

if TYPE_CHECKING:
    from publisher.sandbox.world import World

JSON = "application/json"

STATE = click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The sandbox's file; by default .publisher/sandbox.db of the project.",
)


@click.group()
def command() -> None:
    """Rehearse on stand-ins of every network, on this machine, with no account."""


@command.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8222, show_default=True, help="0 takes a free one.")
@STATE
@in_project
def serve(port: int, state: Path | None, start: Path, now: object) -> None:
    """Serve the sandbox and its pages until interrupted.

    A run in another process uses it with PUBLISHER_SANDBOX=http://127.0.0.1:PORT.
    """
    from publisher.adapter import Rehearsable
    from publisher.registry import adapter, networks
    from publisher.sandbox.feeds import Feeds
    from publisher.sandbox.harness import Harness, StandIn
    from publisher.sandbox.server import serve as open_server

    def stand_in(network: str, world: World) -> StandIn:
        found = adapter(network)
        if not isinstance(found, Rehearsable):
            raise ConfigError(f"the network {network!r} has no stand-in and cannot be rehearsed")
        return found.stand_in(world)

    world = _world(state, start)
    rehearsable = tuple(name for name in networks() if isinstance(adapter(name), Rehearsable))
    feeds = Feeds(world=world, networks=rehearsable, adapter=adapter)
    try:
        server = open_server(Harness(world, stand_in), feeds.page, port)
    except OSError as error:
        raise ConfigError(f"port {port} cannot be used: {error.strerror}", hint="--port 0 takes a free one") from error
    url = f"http://127.0.0.1:{server.server_address[1]}"
    click.echo(f"The sandbox is at {url}  (state: {world.path})")
    click.echo(f"  look:  {url}/")
    click.echo(f"  use:   {SANDBOX_VARIABLE}={url} publisher run")
    try:
        server.serve_forever(poll_interval=0.1)
    finally:
        server.server_close()


@command.command()
@AS_JSON
@click.option("--network", default="", help="Only this network.")
@STATE
@in_project
def posts(as_json: bool, network: str, state: Path | None, start: Path, now: object) -> None:
    """List everything the sandbox's networks hold; of the served one when PUBLISHER_SANDBOX names it."""
    from publisher.sandbox.world import listed

    url = "" if state else served_at(os.environ)
    every = _ask(url, "/posts.json") if url else listed(_world(state, start))
    held = [one for one in every if network in ("", one["network"])]
    if as_json:
        print_json(held)
        return
    for post in held:
        first = str(post["text"]).partition("\n")[0] or "(no text)"
        click.echo(f"{click.style(str(post['network']), bold=True)}  {post['url'] or post['id']}\n    {first[:100]}")
    click.echo(f"{len(held)} post{'' if len(held) == 1 else 's'}")


@command.command()
@click.argument("network", required=False)
@click.argument("kind", required=False)
@click.option("--times", type=click.IntRange(1), default=1, show_default=True, help="How many requests it meets.")
@click.option(
    "--on",
    "target",
    default="create",
    show_default=True,
    help="What a request does (create, upload, edit, withdraw), any, or a part of its path.",
)
@click.option("--skip", type=click.IntRange(0), default=0, show_default=True, help="How many of them go well first.")
@click.option("--clear", is_flag=True, help="Forget every fault still dialled in.")
@AS_JSON
@STATE
@in_project
def fault(
    network: str | None,
    kind: str | None,
    *,
    times: int,
    target: str,
    skip: int,
    clear: bool,
    as_json: bool,
    state: Path | None,
    start: Path,
    now: object,
) -> None:
    """Make the next requests to NETWORK (or `*`) go wrong in the way of KIND; alone, list what is dialled in.

    It is the served sandbox that goes wrong when PUBLISHER_SANDBOX names one.

    \b
    KIND is one of
      refused     the connection is refused; nothing is done
      lost        the request is done, then the connection drops
      timeout     the request is done, but no answer comes in time
      expired     the token is no longer accepted; nothing is done
      limited     too many requests; nothing is done
      status:NNN  that status and nothing is done (status:503)
      after:NNN   the request is done, then that status comes back (after:500)
      html        the request is done, and a page of HTML comes back
      cut         the request is done, and its answer breaks off in the middle
      no-id       the request is done, and the answer lacks the id
    """  # noqa: D301 - click looks for the backspace itself
    from publisher.sandbox.harness import FAULTS

    if network and not kind:
        raise click.UsageError("which fault? " + "; ".join(f"{name}: {what}" for name, what in FAULTS.items()))
    if network and kind:
        _check_kind(network, kind)
    wish = {"network": network, "kind": kind, "target": target, "times": times, "skip": skip}
    method = "DELETE" if clear else "POST" if network else "GET"
    dialled = _order(method, "/faults", wish if method == "POST" else None, state, start)
    if as_json:
        print_json(dialled)
        return
    if not dialled:
        click.echo("No fault is dialled in. See what can go wrong with: publisher sandbox fault --help", err=True)
    for one in dialled:
        after = f", after {one['skip']} that go well" if one["skip"] else ""
        click.echo(f"{one['network']}: {one['kind']} on {one['target']}, {one['times']} more{after}")


@command.command()
@click.confirmation_option(prompt="Forget every post in the sandbox?")
@STATE
@in_project
def forget(state: Path | None, start: Path, now: object) -> None:
    """Empty the sandbox's networks, and the memory of the rehearsals with them.

    It is the served sandbox that is emptied when PUBLISHER_SANDBOX names one, with the memory that its users share.
    """
    if url := "" if state else served_at(os.environ):
        _ask(url, "/faults")  # where nobody answers, the memory of what is there is kept
    if state is None:
        Workspace(start).forget_rehearsals()
    try:
        _order("POST", "/forget", None, state, start)
    except ConfigError:
        if state or url:
            raise
        _remove(Workspace(start).state() / "sandbox.db")


def _order(
    method: str, path: str, wish: Mapping[str, object] | None, state: Path | None, start: Path
) -> list[dict[str, object]]:
    """The faults dialled in once the order is carried out, at the served sandbox or on this machine."""
    import json

    from publisher.sandbox.orders import obey

    url = "" if state else served_at(os.environ)
    if url:
        return _ask(url, path, method, wish)
    body = json.dumps(wish).encode()
    found: list[dict[str, object]] = json.loads(obey(_world(state, start), method, path, JSON, body).body)
    return found


def _remove(file: Path) -> None:
    """Removes the project's own sandbox when it cannot be read any more."""
    for one in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
        one.unlink(missing_ok=True)


def _world(state: Path | None, start: Path) -> World:
    return open_world(state) if state else Workspace(start).world


def _check_kind(network: str, kind: str) -> None:
    from publisher.registry import networks
    from publisher.sandbox.harness import FAULTS

    if network not in ("*", *networks()):
        raise click.UsageError(f"no network {network!r}; there are: {', '.join(networks())}, and * for all")

    name, mark, number = kind.partition(":")
    if kind not in FAULTS and not (mark and number.isdigit() and f"{name}:NNN" in FAULTS):
        raise click.UsageError(f"no fault {kind!r}; there are: {', '.join(FAULTS)}")


def _ask(url: str, path: str, method: str = "GET", wish: Mapping[str, object] | None = None) -> list[dict[str, object]]:
    """The list that the sandbox served at `url` answers with."""
    from datetime import UTC, datetime

    from publisher.delivery.wire import Session, open_transport

    try:
        with Session(open_transport(), clock=lambda: datetime.now(UTC)) as session:
            answered = session.request(method, f"{url}{path}", json=wish, headers={"Content-Type": JSON})
            held = answered.json() if answered.status_code == 200 else None
    except DeliveryError as error:
        raise ConfigError(f"no sandbox answers: {error}", hint="publisher sandbox serve") from error
    except ValueError:
        held = None
    if not isinstance(held, list):
        raise ConfigError(f"what answers at {url} is not a sandbox", hint="publisher sandbox serve")
    return held
