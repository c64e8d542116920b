from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.content.posts import Parsed

Read = Callable[..., Parsed]

PIECES = st.sampled_from([
    "---\n", "title: a\n", "publish: ", "2026-12-01 09:30", "channels:\n", "  x: ", "{", "}", "[", "]",
    "media:\n  - ", "file: a.png\n",
    "alt: ", "*a", "&b ", "!t ", "- ", "> ", "::: x\n", ":::\n", "```\n", "| a | b |\n|--|--|\n",
    "[a](https://e.org) ", "![a](b.png)",
    "<b>", "<!--", "[^1]: a\n", "[^1]", "~~", "**", "# ", "1. ", "\n", "\n\n", "    ", "\t", "é", "😀", "?", "5 ",
    "\\", '"', "'", "\ufeff", "\u2028",
])  # fmt: skip


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.binary(max_size=80) | st.lists(PIECES, max_size=40).map(lambda parts: "".join(parts).encode()),
    st.booleans(),
    st.booleans(),
)
def test_any_bytes_at_all_give_a_post_or_a_finding(read: Read, source: bytes, headed: bool, body: bool) -> None:
    source = b"---\ntitle: a\n---\n" + source if headed else source
    parsed = read(source, body=body)
    lines = len(source.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"))
    assert parsed.post is not None or parsed.findings
    for finding in parsed.findings:
        assert 1 <= finding.line <= lines
        assert finding.column >= 1
        assert finding.message
        assert finding.path
