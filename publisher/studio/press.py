"""What every page of the studio is made with: its templates, and the policy that lets it ask nobody for anything."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from markupsafe import Markup


def load_template(name: str) -> Template:
    """The template of that name in `pages`; every word put into it is escaped."""
    return _templates().get_template(name)


def read_page(name: str) -> str:
    """The file of that name in `pages`."""
    return (files("publisher.studio") / "pages" / name).read_text(encoding="utf-8")


def write_policy(style: str) -> str:
    """A Content-Security-Policy that allows this very style and pictures inside the page, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    pages = Environment(
        loader=FunctionLoader(read_page),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["unescaped"] = Markup
    pages.filters["coded"] = show_code
    return pages


def show_code(text: str) -> Markup:
    """The text escaped, with what stands between two backticks as code."""
    from markupsafe import Markup, escape

    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped one call before
