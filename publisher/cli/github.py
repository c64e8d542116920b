"""`publisher github`: what the workflows tell GitHub, and ask of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.errors import ConfigError

if TYPE_CHECKING:
    from publisher.forge.github import GitHub


def _open() -> GitHub:
    import os

    from publisher.forge.github import open_github

    return open_github(os.environ, lambda: datetime.now(UTC))


@click.group()
def command() -> None:
    """Tell GitHub what it should show. The workflows that `publisher init` writes call these.

    They need GITHUB_TOKEN, and each says which permission its job gives to that token.
    """


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--pull-request", "number", type=click.IntRange(min=1), required=True, help="Its number.")
def comment(file: Path, number: int) -> None:
    """Write what `publisher review --markdown FILE` wrote as the one comment on a pull request, or bring it up to date.

    FILE may be - for standard input. The token needs `pull-requests: write`.
    """
    from publisher.forge.letter import MARK

    with click.open_file(str(file), encoding="utf-8") as source:
        body = source.read()
    if not body.startswith(MARK) or len(body) > 65_536:
        raise ConfigError("this is not what publisher review --markdown writes", hint="write it again")
    click.echo(f"Written: {_open().comment(number, MARK, body)}")
