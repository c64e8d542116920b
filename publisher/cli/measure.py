"""`publisher measure`: a text's length as a network counts it, and what the network would link in it."""

from __future__ import annotations

import sys

import click

from publisher.adapter import Adapter
from publisher.cli import DONE, USAGE
from publisher.cli.options import AS_JSON


@click.command()
@click.argument("network")
@click.argument("text", required=False)
@AS_JSON
@click.option("--jsonl", is_flag=True, help='Read one {"text": …} a line and answer one JSON object a line.')
def command(network: str, text: str | None, as_json: bool, jsonl: bool) -> int:
    """Count TEXT (or standard input) as NETWORK counts it.

    Offsets of entities are in code points (start, end) and in UTF-8 bytes (byte_start, byte_end). With --jsonl a
    line that holds no text is answered with {"error": …}, and the exit code is 2.
    """
    from publisher.registry import adapter

    chosen = adapter(network)
    if jsonl:
        return _answer_lines(chosen)
    words = text if text is not None else _read_text()
    if not _is_whole(words):
        raise click.UsageError(f"{words!a:.60} is not Unicode text: it holds half a character")
    if as_json:
        _print_line(chosen, words)
        return DONE
    measure = chosen.measure(words)
    click.echo(f"{measure.length} of {measure.limit} {chosen.limits.unit}" + ("" if measure.valid else "  (not valid)"))
    for entity in measure.entities:
        click.echo(f"  {entity.kind}: {entity.text}")
    return DONE


def _answer_lines(adapter: Adapter) -> int:
    """Answers every line that is not blank, and gives the exit code."""
    import msgspec

    code = DONE
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            _print_line(adapter, _text_of(line, number))
        except click.UsageError as fault:
            code = USAGE
            click.echo(msgspec.json.encode({"error": fault.message}))
            click.echo(fault.message, err=True)
    return code


def _print_line(adapter: Adapter, text: str) -> None:
    import msgspec

    measure = adapter.measure(text)
    entities = [
        {
            "kind": entity.kind,
            "text": entity.text,
            "start": entity.start,
            "end": entity.end,
            "byte_start": _bytes(text[: entity.start]),
            "byte_end": _bytes(text[: entity.end]),
        }
        for entity in measure.entities
    ]
    answer = {"length": measure.length, "limit": measure.limit, "valid": measure.valid, "entities": entities}
    click.echo(msgspec.json.encode(answer))


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _text_of(line: bytes, number: int) -> str:
    import json

    try:
        text = json.loads(line)["text"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise click.UsageError(f'line {number} is not {{"text": …}}: {error}') from error
    if not isinstance(text, str) or not _is_whole(text):
        raise click.UsageError(f"line {number}: the text is {text!a:.40}, which is no Unicode text")
    return text


def _is_whole(text: str) -> bool:
    """Whether no half of a surrogate pair stands alone in it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _read_text() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8").removesuffix("\n")
    except UnicodeDecodeError as error:
        raise click.UsageError(f"what comes in is not UTF-8 text: {error.reason} at byte {error.start}") from error
