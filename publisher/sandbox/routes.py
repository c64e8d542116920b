"""Paths to answers: the little of a web framework that a stand-in needs."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from publisher.sandbox.harness import Request, Response

Answerer = Callable[..., Response]


class Routes:
    """A table of (method, path, answerer). `{name}` in a path matches one segment and is passed on, decoded."""

    def __init__(self, *table: tuple[str, str, Answerer]) -> None:
        self._table = [(method, _pattern(path), answerer) for method, path, answerer in table]

    def answer(self, request: Request) -> Response | None:
        """The answer of the first route that fits, or None."""
        for method, pattern, answerer in self._table:
            found = pattern.fullmatch(request.path)
            if found and method == request.method:
                return answerer(request, **{name: unquote(value) for name, value in found.groupdict().items()})
        return None


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path)))
