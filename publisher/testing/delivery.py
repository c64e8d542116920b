"""What every adapter owes: words measured and rendered, and a client that delivers once and finds what it delivered."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import msgspec
import pytest
from msgspec import structs

from publisher.errors import Unauthorized, Uncertain, Unsupported
from publisher.model import Attempt, Part, Receipt, Rendition
from publisher.registry import networks
from publisher.testing.rehearsal import ALT, MATERIAL, Rehearsal, attempt_of, first, media
from publisher.testing.steps import IT_WAS_DONE, NOTHING_WAS_DONE, Steps


class DeliveryContract(Steps):
    """The contract of `Adapter` and of `Client`."""

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
        rendition = self.render(material=structs.replace(MATERIAL, story=story))
        assert all(0 < part.length <= part.limit for part in rendition.parts)
        assert rendition.omitted

    def test_cuts_no_word(self) -> None:
        story = tuple(f"Unbreakable{n}word stays whole, whatever happens around it." for n in range(300))
        rendition = self.render(material=structs.replace(MATERIAL, story=story))
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
        longer = tuple(structs.replace(part, length=part.limit + 7) for part in rendition.parts)
        found = [finding.rule for finding in self.adapter.check(structs.replace(rendition, parts=longer))]
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
        with self.told(rehearsal) as error:
            rehearsal.connect().deliver(part, attempt, ())
        assert type(error[0]) is NOTHING_WAS_DONE[kind]
        assert rehearsal.texts() == []
        assert _found(rehearsal, part, attempt) in (None, Uncertain)

    @pytest.mark.parametrize("kind", IT_WAS_DONE)
    def test_is_uncertain_when_the_answer_is_lost_and_ends_with_one_post(self, rehearsal: Rehearsal, kind: str) -> None:
        part, attempt = first(self.render())
        rehearsal.world.dial(self.network, kind)
        with self.told(rehearsal) as error:
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


def _found(rehearsal: Rehearsal, part: Part, attempt: Attempt) -> Receipt | type[Uncertain] | None:
    try:
        return rehearsal.connect().find(part, attempt, ())
    except Uncertain:
        return Uncertain
