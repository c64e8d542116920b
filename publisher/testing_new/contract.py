"""The contract every adapter passes, ours or a stranger's: real client code against the adapter's own stand-in.

A network joins by subclassing in a test module:

    class TestThreads(AdapterContract):
        network = "threads"
        settings = {"user": "1000"}
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from publisher.adapter import Account, Adapter, Client, Rehearsable
from publisher.craft.compose import compose
from publisher.delivery.lines import host_in_sandbox
from publisher.errors import Deferred, DeliveryError, Unauthorized, Uncertain, Unsupported
from publisher.model import Attempt, Channel, Material, Media, Override, Part, Post, Receipt, Rendition, part_key
from publisher.registry import adapter, networks
from publisher.sandbox.harness import Harness, token
from publisher.sandbox.world import World

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
ALT = "A loop of three steps: listen, discuss, adapt"

NOTHING_WAS_DONE = {"refused": Deferred, "expired": Unauthorized, "limited": Deferred, "status:503": Uncertain}
IT_WAS_DONE = ("lost", "timeout", "after:500", "html", "cut", "no-id")

MATERIAL = Material(
    hook="Sixty million company pages, and nobody is listening.",
    points=("Listen before you speak.", "Answer in the first hour.", "Keep a steady tempo."),
    quote="Being on a network is not a strategy.",
    quote_source="our community lead",
    figures=("We answered 84% of comments within an hour in October.",),
    question="What did your last post bring you?",
    story=("In spring we posted twice a day and heard nothing back. In summer we posted twice a week and answered.",),
    call="Read the guide",
)


class Rehearsal:
    """One account of a network in a sandbox of its own."""

    def __init__(self, network: str, settings: Mapping[str, str], folder: Path) -> None:
        from publisher.delivery.wire import Session
        from publisher.sandbox.transport import InProcess, Speaker

        self.adapter = adapter(network)
        self.world = World(folder / "sandbox.db")
        self.secrets = {secret.role: token(network, secret.role) for secret in self.adapter.secrets}
        harness = Harness(self.world, _stand_in)
        speaker = Speaker(network=network, channel=network, handle="@tidewater@mastodon.example")
        self.session = Session(
            InProcess(harness, speaker, lambda: NOW), clock=lambda: NOW, secrets=self.secrets.values()
        )
        self.account = Account(
            channel=network,
            handle=speaker.handle,
            settings=settings,
            secrets=self.secrets,
            read=lambda _media: picture(),
            host=self._host,
        )

    def _host(self, media: Media) -> str:
        return host_in_sandbox(self.session, media, picture())

    def connect(self) -> Client:
        """A client of the account."""
        return self.adapter.connect(self.account, self.session)

    def texts(self) -> list[str]:
        """What the network shows, the oldest first."""
        return [post.text for post in self.world.posts(self.adapter.network)]


def _stand_in(network: str, world: World):  # type: ignore[no-untyped-def]
    found = adapter(network)
    assert isinstance(found, Rehearsable), f"{network} has no stand-in: add sandbox.py"
    return found.stand_in(world)


def picture() -> bytes:
    """A square JPEG of 320 pixels."""
    from PIL import Image

    held = io.BytesIO()
    Image.new("RGB", (320, 320), "#3a6ea5").save(held, "JPEG")
    return held.getvalue()


def media(**changed: object) -> Media:
    """That picture, with its alt text."""
    import hashlib

    content = picture()
    digest = hashlib.sha256(content).hexdigest()
    plain = Media(file="loop.jpg", alt=ALT, digest=digest, mime="image/jpeg", size=len(content), width=320, height=320)
    return replace(plain, **changed)  # type: ignore[arg-type]  # the caller names fields of Media


def post(**changed: object) -> Post:
    """A post with a little of everything."""
    full = Post(
        id="listen",
        path="content/listen.md",
        digest="0" * 40,
        title="Agile beats viral",
        objective="awareness",
        keywords=("social media", "listening"),
        link="https://example.org/guide",
        media=(media(),),
        material=MATERIAL,
    )
    return replace(full, **changed)  # type: ignore[arg-type]  # the caller names fields of Post


def attempt_of(rendition: Rendition, position: int = 0) -> Attempt:
    """The attempt to send one part of a rendition."""
    return Attempt(
        key=part_key(rendition.post, rendition.channel, 1, position),
        post=rendition.post,
        channel=rendition.channel,
        position=position,
        digest=rendition.digest,
        at=NOW,
    )


class AdapterContract:
    """What every adapter owes: subclass it, name the `network`, and give `settings` a channel cannot do without."""

    network: ClassVar[str] = ""
    settings: ClassVar[Mapping[str, str]] = {}

    @pytest.fixture
    def rehearsal(self, tmp_path: Path) -> Iterator[Rehearsal]:
        rehearsal = Rehearsal(self.network, self.settings, tmp_path)
        yield rehearsal
        rehearsal.world.close()

    @property
    def adapter(self) -> Adapter:
        return adapter(self.network)

    def render(self, **changed: object) -> Rendition:
        channel = Channel(name=self.network, network=self.network, settings=self.settings)
        source = post(**changed)
        return self.adapter.render(compose(source, [(channel, self.adapter.voice)])[self.network])

    def own(self, text: str, **changed: object) -> Rendition:
        override = Override(text=text, **changed)  # type: ignore[arg-type]  # the caller names fields of Override
        return self.render(overrides={self.network: override})

    # --- what it says of itself

    def test_is_registered_under_its_own_name(self) -> None:
        assert self.network in networks()
        assert self.adapter.network == self.network

    def test_dates_and_sources_every_limit(self) -> None:
        limits = self.adapter.limits
        for fact in (limits.text, limits.images, limits.alt, limits.image_bytes, *limits.more.values()):
            assert fact.trust in {"official", "field", "unverified"}
            assert fact.source
            assert datetime.fromisoformat(fact.seen)

    def test_says_how_to_get_every_secret(self) -> None:
        assert self.adapter.secrets
        assert all(secret.role.isidentifier() and len(secret.how) > 20 for secret in self.adapter.secrets)

    def test_has_a_voice_with_a_first_choice_of_angle(self) -> None:
        assert self.adapter.voice.angles

    # --- words out

    def test_measures_entities_where_they_stand(self) -> None:
        text = "Émile reads https://example.org/a and #SocialMedia."
        for entity in self.adapter.measure(text).entities:
            assert text[entity.start : entity.end] == entity.text

    def test_measures_more_for_more(self) -> None:
        short, long = self.adapter.measure("word " * 5), self.adapter.measure("word " * 50)
        assert 0 < short.length < long.length

    def test_renders_the_same_variant_the_same_way(self) -> None:
        assert self.render() == self.render()
        assert self.render().digest == self.render().digest

    def test_finds_its_own_rendition_clean(self) -> None:
        assert list(self.adapter.check(self.render())) == []

    def test_fits_every_part_of_a_long_essay_and_says_what_it_left_out(self) -> None:
        story = tuple(
            f"Paragraph {n} says something true about tempo and listening, at some length." for n in range(900)
        )
        rendition = self.render(material=replace(MATERIAL, story=story))
        assert all(0 < part.length <= part.limit for part in rendition.parts)
        assert rendition.omitted

    def test_cuts_no_word(self) -> None:
        story = tuple(f"Unbreakable{n}word stays whole, whatever happens around it." for n in range(300))
        rendition = self.render(material=replace(MATERIAL, story=story))
        shown = {
            word.strip(".,") for part in rendition.parts for word in part.text.split() if word.startswith("Unbreak")
        }
        assert shown <= {f"Unbreakable{n}word" for n in range(300)}

    def test_keeps_the_authors_own_words(self) -> None:
        words = "Exactly these words, 12 of them; and «nothing» else: no more, no less."
        assert words in self.own(words).parts[0].text

    def test_refuses_own_words_that_do_not_fit_rather_than_cut_them(self) -> None:
        words = "word " * 20_000
        refusal, rendition = None, None
        try:
            rendition = self.own(words.strip(), thread=False)
        except Unsupported as unsupported:
            refusal = unsupported
        told = "too-long" if rendition is None else [finding.rule for finding in self.adapter.check(rendition)]
        assert "too-long" in told
        assert refusal is None or refusal.hint

    def test_keeps_the_alt_text(self) -> None:
        assert [picture.alt for part in self.render().parts for picture in part.media] in ([ALT], [])

    def test_complains_of_a_picture_without_alt_text(self) -> None:
        rendition = self.render(media=(media(alt=""),))
        if any(part.media for part in rendition.parts):
            assert "missing-alt" in {finding.rule for finding in self.adapter.check(rendition)}

    def test_names_every_overlong_part(self) -> None:
        rendition = self.render()
        longer = tuple(replace(part, length=part.limit + 7) for part in rendition.parts)
        found = [finding.rule for finding in self.adapter.check(replace(rendition, parts=longer))]
        assert found.count("too-long") == len(longer)

    def test_has_renditions_that_survive_json(self) -> None:
        rendition = self.render()
        again = msgspec.json.decode(msgspec.json.encode(rendition), type=Rendition)
        assert again.digest == rendition.digest

    # --- hands

    def test_delivers_every_part_and_proves_it(self, rehearsal: Rehearsal) -> None:
        receipts = self.send(rehearsal, self.render())
        assert len({receipt.id for receipt in receipts}) == len(receipts)
        assert all(receipt.id and (not receipt.url or receipt.url.startswith("https://")) for receipt in receipts)
        assert len(rehearsal.texts()) == len(receipts)

    def test_brings_the_alt_text_to_the_network(self, rehearsal: Rehearsal) -> None:
        rendition = self.render()
        self.send(rehearsal, rendition)
        shown = [picture.alt for post in rehearsal.world.posts() for picture in post.media]
        assert shown == [picture.alt for part in rendition.parts for picture in part.media]

    def test_resumes_after_any_part(self, rehearsal: Rehearsal) -> None:
        rendition = self.render()
        receipts: list[Receipt] = []
        for position, part in enumerate(rendition.parts):
            receipts.append(rehearsal.connect().deliver(part, attempt_of(rendition, position), tuple(receipts)))
        parents = [post.reply_to for post in rehearsal.world.posts()]
        assert parents[:1] == [""]
        assert all(parents[1:])

    def test_finds_nothing_before_anything_was_sent(self, rehearsal: Rehearsal) -> None:
        part, attempt = first(self.render())
        assert _found(rehearsal, part, attempt) in (None, Uncertain)

    @pytest.mark.parametrize("kind", NOTHING_WAS_DONE)
    def test_tells_that_nothing_was_done(self, rehearsal: Rehearsal, kind: str) -> None:
        part, attempt = first(self.render())
        rehearsal.world.dial(self.network, kind)
        with _told(rehearsal) as error:
            rehearsal.connect().deliver(part, attempt, ())
        assert type(error[0]) is NOTHING_WAS_DONE[kind]
        assert rehearsal.texts() == []
        assert _found(rehearsal, part, attempt) in (None, Uncertain)

    @pytest.mark.parametrize("kind", IT_WAS_DONE)
    def test_is_uncertain_when_the_answer_is_lost_and_ends_with_one_post(self, rehearsal: Rehearsal, kind: str) -> None:
        part, attempt = first(self.render())
        rehearsal.world.dial(self.network, kind)
        with _told(rehearsal) as error:
            rehearsal.connect().deliver(part, attempt, ())
        assert type(error[0]) is Uncertain
        if _found(rehearsal, part, attempt) is None:  # then sending again must be safe
            rehearsal.connect().deliver(part, attempt, ())
        assert len(rehearsal.texts()) == 1

    def test_tells_of_a_dead_token_without_showing_it(self, rehearsal: Rehearsal) -> None:
        wrong = dict.fromkeys(rehearsal.secrets, "wrong-secret-value")
        rehearsal.session.hide("wrong-secret-value")
        client = self.adapter.connect(replace(rehearsal.account, secrets=wrong), rehearsal.session)
        part, attempt = first(self.render())
        with pytest.raises(Unauthorized) as error:
            client.deliver(part, attempt, ())
        assert "wrong-secret-value" not in f"{error.value} {error.value.hint}"

    def test_is_tested_whole(self) -> None:
        mine = {name for name in vars(type(self)) if name.startswith("test_")}
        assert not mine & set(vars(AdapterContract)), "a test of the contract is overridden"

    def send(self, rehearsal: Rehearsal, rendition: Rendition) -> list[Receipt]:
        client = rehearsal.connect()
        receipts: list[Receipt] = []
        for position, part in enumerate(rendition.parts):
            receipts.append(client.deliver(part, attempt_of(rendition, position), tuple(receipts)))
        return receipts


def first(rendition: Rendition) -> tuple[Part, Attempt]:
    """The first part of a rendition and the attempt to send it."""
    return rendition.parts[0], attempt_of(rendition)


def _found(rehearsal: Rehearsal, part: Part, attempt: Attempt) -> Receipt | type[Uncertain] | None:
    try:
        return rehearsal.connect().find(part, attempt, ())
    except Uncertain:
        return Uncertain


@contextmanager
def _told(rehearsal: Rehearsal) -> Iterator[list[DeliveryError]]:
    """Collects the one DeliveryError that must be raised, and checks that it tells no secret."""
    errors: list[DeliveryError] = []
    with pytest.raises(DeliveryError) as caught:
        yield errors
    errors.append(caught.value)
    text = f"{caught.value} {caught.value.hint}"
    assert not any(secret in text for secret in rehearsal.secrets.values())
