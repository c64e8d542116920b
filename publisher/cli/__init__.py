"""The command line: one module a command, loaded only when it is called."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import cast

import click

from publisher.errors import PublisherError

COMMANDS = {
    "init": "Make a content repository that works at once.",
    "new": "Start a post from a title.",
    "check": "Find what is wrong before anybody else does.",
    "preview": "Show what a post becomes on each network.",
    "review": "Show what a branch changes on the networks.",
    "measure": "Count a text as a network counts it.",
    "plan": "Say what will be published when, and why not.",
    "calendar": "Look at a month or a week, and take it elsewhere.",
    "run": "Publish everything that is due.",
    "push": "Publish one post now.",
    "withdraw": "Take one post off its networks now.",
    "status": "Show where every post stands.",
    "log": "Tell a post's whole story.",
    "resolve": "Say whether something in doubt is live.",
    "sandbox": "Rehearse: serve the sandbox, look at it, break it.",
    "github": "Tell GitHub what a workflow found.",
    "doctor": "Check the settings, the secrets and this machine.",
    "schema": "Print the JSON Schema of posts or of publisher.yml.",
    "completion": "Print the lines that teach a shell these commands.",
}

DONE, TO_FIX, USAGE, FAILED, DOUBT, INTERRUPTED = 0, 1, 2, 3, 4, 130


class Commands(click.Group):
    """The commands by name, in the order a newcomer needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return cast(click.Command, import_module(f"publisher.cli.{cmd_name}").command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            ctx.fail(f"No such command {args[0]!r}." + (f" Did you mean {near[0]!r}?" if near else ""))
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="publisher-pipeline", prog_name="publisher")
def cli() -> None:
    """Write a post once in Markdown; publish it natively on every network, on time, exactly once, from git.

    Begin with something that works and needs no account:

    \b
      publisher init my-team && cd my-team && publisher run
    """  # noqa: D301 - click looks for the backspace itself


def main() -> None:
    """Runs the command line and leaves with the house's exit codes; no traceback reaches a user."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a sign shows another one
    code = leave_code()
    gc.freeze()  # what is left goes with the process, without a last look for cycles
    sys.exit(code)


def leave_code(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line, with the process's own arguments by default, and gives its exit code."""
    try:
        return int(cli(arguments, prog_name="publisher", standalone_mode=False) or DONE)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except PublisherError as error:
        _tell(str(error), error.hint)
        return TO_FIX
    except OSError as error:
        if os.environ.get("PUBLISHER_DEBUG"):
            raise
        _tell(f"this machine does not allow it: {error}", "make room, or give this user the right to write there")
        return TO_FIX
    except Exception as error:
        if os.environ.get("PUBLISHER_DEBUG"):
            raise
        _tell(
            f"this is a mistake of ours, not yours: {type(error).__name__}: {error}",
            "run it again with PUBLISHER_DEBUG=1 and send us what it prints",
        )
        return TO_FIX


def _tell(message: str, hint: str) -> None:
    click.secho(f"publisher: {message}", fg="red", err=True)
    if hint:
        click.echo(f"  → {hint}", err=True)
