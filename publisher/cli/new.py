"""`publisher new`: a post to fill in, in the right folder, valid from its first line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import click

from publisher.cli.options import in_project
from publisher.cli.workspace import Workspace
from publisher.errors import ContentError

DRAFT = """\
---
title: {title}
objective: {objective}
language: {language}
# publish: next          # an instant (2026-12-01 09:30), a slot's name, next or now; without this line it is a draft
keywords: []
# link: https://
# media:
#   - {{file: picture.jpg, alt: "What matters in the picture"}}
channels:
{channels}
---
{hook}

- {point}

> {quote}

{question}
"""

UNWRITTEN = {"Cc", "Cs", "Zl", "Zp"}  # controls, halves of characters, ends of lines and paragraphs

WORDS = {
    "en": (
        "The one thing this post says, in a sentence.",
        "A point that stands on its own.",
        "A line worth quoting.",
        "What would you ask your readers?",
    ),
    "fr": (
        "Ce que dit ce message, en une phrase.",
        "Une idée qui se suffit.",
        "Une phrase à citer.",
        "Que demanderiez-vous à vos lecteurs ?",
    ),
}


@click.command()
@click.argument("title")
@click.option("--language", "-l", help="en, fr, …; the project's own by default.")
@click.option("--objective", "-o", help="One of the project's objectives; its first by default.")
@in_project
def command(title: str, language: str | None, objective: str | None, start: Path, now: datetime | None) -> None:
    """Start a post called TITLE: content/<year>/<title>.md, a draft until it gets a `publish:` line."""
    if not title.strip() or any(unicodedata.category(sign) in UNWRITTEN for sign in title):
        raise click.UsageError(f"{title!r} is not a title: write some words, on one line")
    workspace = Workspace(start, now=now)
    project = workspace.project
    chosen = objective or (project.objectives[0] if project.objectives else "awareness")
    if project.objectives and chosen not in project.objectives:
        raise ContentError(f"no objective {chosen!r}", hint=f"choose one of: {', '.join(project.objectives)}")
    year = workspace.clock().astimezone(workspace.zone).year
    path = workspace.root / project.content / str(year) / f"{slug(title)}.md"
    shown = path.relative_to(workspace.root).as_posix()
    spoken = language or project.language
    _write(path, _draft(title, chosen, spoken, _channels(project.channels, {})))
    if unable := _unable(workspace, shown):
        path.write_text(_draft(title, chosen, spoken, _channels(project.channels, unable)), encoding="utf-8")
    click.echo(f"Made {shown}")
    click.echo(
        f"  write:    open {shown}\n  look:     publisher preview {shown}\n  publish:  give it a `publish:` line"
    )


def _draft(title: str, objective: str, language: str, channels: str) -> str:
    hook, point, quote, question = WORDS.get(language, WORDS["en"])
    return DRAFT.format(
        title=_quoted(title),
        objective=objective,
        language=language,
        channels=channels,
        hook=hook,
        point=point,
        quote=quote,
        question=question,
    )


def _channels(names: Iterable[str], unable: Mapping[str, str]) -> str:
    """A line for every channel; one that cannot take the post yet is left out of it until its line is deleted."""
    lines = [f"  {name}: false  # {unable[name]}" if name in unable else f"  # {name}: {{}}" for name in names]
    return "\n".join(lines if unable else [*lines, "  {}"])


def _unable(workspace: Workspace, path: str) -> Mapping[str, str]:
    """What stands against the draft, by channel."""
    from publisher.proofs import prove
    from publisher.registry import adapter

    post = workspace.parse(path).post
    proofs = prove(post, workspace.project, adapter) if post else ()
    return {
        proof.channel.name: next((one.message for one in proof.findings), "") for proof in proofs if not proof.is_clean
    }


def slug(title: str) -> str:
    """The title as a file name: letters and digits without accents, joined by hyphens, at most 60 characters."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain) or re.findall(r"\w+", title.lower())
    return "-".join(words)[:60].strip("-") or "post"


def _quoted(title: str) -> str:
    escaped = title.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ContentError(f"{path.name} exists already", hint="choose another title, or edit that file") from None
    except OSError as error:
        raise ContentError(f"{path} cannot be written: {error.strerror}") from error
