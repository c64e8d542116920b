"""What is clean on paper is taken by the network: generated posts, sent by the real clients to the stand-ins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given

from publisher.model import Part, Receipt, Rendition
from publisher.testing import Rehearsal, attempt_of
from tests.properties.drafts import drafts
from tests.properties.laws import link_of, print_post, project
from tests.properties.profiles import profile

LONG_ENOUGH = 12
"""Parts of a thread that are sent; the next hundred differ in nothing."""


@pytest.fixture(scope="module")
def rehearsals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Rehearsal]]:
    channels = project().channels.values()
    opened = {
        one.name: Rehearsal(one.network, one.settings, tmp_path_factory.mktemp(one.name, numbered=False))
        for one in channels
    }
    yield opened
    for rehearsal in opened.values():
        rehearsal.world.close()


@profile
@given(source=drafts)
def test_every_clean_rendition_is_taken_word_for_word(rehearsals: Mapping[str, Rehearsal], source: str) -> None:
    printed = print_post(source)
    for proof in printed.proofs:
        waits = link_of(printed.post, proof.channel).startswith("@")  # for the address another channel will give it
        if proof.rendition and proof.is_clean and not waits:
            parts = proof.rendition.parts[:LONG_ENOUGH]
            receipts, shown = send(rehearsals[proof.channel.name], proof.rendition, parts)
            assert len({receipt.id for receipt in receipts}) == len(parts)
            assert [bare(text) for text in shown] == [bare(part.text) for part in parts]


def send(rehearsal: Rehearsal, rendition: Rendition, parts: tuple[Part, ...]) -> tuple[list[Receipt], list[str]]:
    """The receipts of some parts, sent to a network on which nothing was said before, and what it shows then."""
    rehearsal.world.forget()
    client, receipts = rehearsal.connect(), list[Receipt]()
    for position, part in enumerate(parts):
        receipts.append(client.deliver(part, attempt_of(rendition, position), tuple(receipts)))
    return receipts, rehearsal.texts()


def bare(text: str) -> str:
    return "".join(text.split())
