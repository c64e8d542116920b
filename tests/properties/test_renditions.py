"""Generated posts, on every channel of the example team: what becomes of them keeps every law."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given

from tests.properties.drafts import drafts
from tests.properties.laws import LAWS, Printed, print_post
from tests.properties.profiles import profile


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@profile
@given(source=drafts)
def test_any_post_keeps_the_law(law: Callable[[Printed], Iterator[str]], source: str) -> None:
    printed = print_post(source)
    if printed.parsed.post is None:
        assert printed.parsed.findings
    else:
        assert list(law(printed)) == []
