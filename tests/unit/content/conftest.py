from __future__ import annotations

from collections.abc import Callable

import pytest

from publisher.content.pictures import place
from publisher.content.posts import Parsed, Settings, parse_post
from publisher.model import Finding, Media

SETTINGS = Settings(
    channels={"x": "x", "mastodon": "mastodon", "founder": "linkedin"},
    networks=("facebook", "linkedin", "mastodon", "x"),
    objectives=("awareness", "recruiting"),
)


class Album:
    """Files in which `missing.png` is missing and every other picture is there."""

    def measure(self, post_path: str, file: str, alt: str) -> Media | Finding:
        path = place(post_path, file)
        if isinstance(path, Finding):
            return path
        if path.endswith("missing.png"):
            return Finding(rule="missing-file", message=f"there is no file {path}", path=post_path)
        return Media(file=path, alt=alt, digest="0" * 64, mime="image/png", size=9, width=4, height=3)


@pytest.fixture
def read() -> Callable[..., Parsed]:
    def parse(
        text: str | bytes, *, path: str = "content/2026/agile.md", settings: Settings = SETTINGS, body: bool = True
    ) -> Parsed:
        source = text if isinstance(text, bytes) else text.encode()
        return parse_post(path, source, files=Album(), settings=settings, body=body)

    return parse
