"""`publisher completion`: what to add to a shell's settings."""

from __future__ import annotations

import click

LINES = {
    "bash": 'eval "$(_PUBLISHER_COMPLETE=bash_source publisher)"',
    "zsh": 'eval "$(_PUBLISHER_COMPLETE=zsh_source publisher)"',
    "fish": "_PUBLISHER_COMPLETE=fish_source publisher | source",
}


@click.command()
@click.argument("shell", type=click.Choice(sorted(LINES)))
def command(shell: str) -> None:
    """Print the line that teaches SHELL these commands; add it to ~/.bashrc, ~/.zshrc or config.fish."""
    click.echo(LINES[shell])
