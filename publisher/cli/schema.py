"""`publisher schema`: the JSON Schemas that let an editor complete and check what is being typed."""

from __future__ import annotations

import click

from publisher.cli.options import print_json


@click.command()
@click.argument("kind", type=click.Choice(["post", "project", "schedule"]), default="post")
def command(kind: str) -> None:
    """Print the JSON Schema of a post's front matter, of publisher.yml (project), or of a schedule."""
    from publisher.content.schema import post_schema, project_schema
    from publisher.schedule.shape import schedule_schema

    print_json({"post": post_schema, "project": project_schema, "schedule": schedule_schema}[kind]())
