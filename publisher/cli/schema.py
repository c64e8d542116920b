"""`publisher schema`: the JSON Schemas that let an editor complete and check what is being typed."""

from __future__ import annotations

import click

from publisher.cli.options import print_json


@click.command()
@click.argument("kind", type=click.Choice(["post", "project"]), default="post")
def command(kind: str) -> None:
    """Print the JSON Schema of a post's front matter, or of publisher.yml (project)."""
    from publisher.content.schema import post_schema, project_schema

    print_json(post_schema() if kind == "post" else project_schema())
