"""What conformance tests share: the networks' own specifications, and what our clients really send."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from publisher.testing import Rehearsal

ROOT = Path(__file__).parents[2]


class Recorder(BaseAdapter):
    """A transport that keeps every request and answer on their way to another."""

    def __init__(self, inner: BaseAdapter) -> None:
        super().__init__()
        self._inner = inner
        self.exchanges: list[tuple[requests.PreparedRequest, requests.Response]] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        answer = self._inner.send(request, *args, **kwargs)
        self.exchanges.append((request, answer))
        return answer

    def close(self) -> None:
        self._inner.close()


@pytest.fixture(scope="session")
def specs_folder() -> Path:
    """The folder of the networks' machine-readable specifications; skips the test where there is none."""
    folder = Path(os.environ.get("PUBLISHER_SPECS") or ROOT.parent / "shared" / "specs")
    if not folder.is_dir():
        pytest.skip(f"no specifications in {folder}: name their folder in PUBLISHER_SPECS")
    return folder


@pytest.fixture
def record() -> Callable[[Rehearsal], Recorder]:
    """Puts a recorder before a rehearsal's network."""

    def put(rehearsal: Rehearsal) -> Recorder:
        recorder = Recorder(rehearsal.session.get_adapter("https://any.example"))
        rehearsal.session.mount("https://", recorder)
        return recorder

    return put
