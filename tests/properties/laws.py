"""What holds of every post on every channel, whatever its author wrote. A law yields each breach in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import cast

import msgspec
import regex
from msgspec import structs

from publisher.content.pictures import place
from publisher.content.posts import Parsed, parse_post
from publisher.craft import tags
from publisher.craft.graphemes import clusters, count
from publisher.craft.language import speak
from publisher.craft.sentences import sentences
from publisher.model import Channel, Finding, Json, Media, Override, Part, Post, Rendition, Severity
from publisher.project import Project, parse_project
from publisher.proofs import Proof, prove
from publisher.registry import adapter, networks
from publisher.testing import media

ROOT = Path(__file__).parents[2]

ADDRESS = regex.compile(r"(?i)https?://\S+|www\.\S+|(?<!\S)[\w-]+(?:\.[\w-]+)+/\S*")
NATIVE = regex.compile(rf"{ADDRESS.pattern}|[@#]\S+|^\d+/\d+$", regex.MULTILINE)
COUNTER = regex.compile(r"\n\n\d+/\d+$")
# What two networks may well have in common.
COPIED = regex.compile(r"https?://\S+|www\.\S+|[@#]\S+")
NUMBER = regex.compile(r"\d+(?:[.,]\d+)*")
# Joiners hold a word together: what stands on either side of one is no word by itself.
WORD = regex.compile(r"[\p{L}\p{M}\p{N}\u200c\u200d\u00ad\u2060]+")
# What the house may say of its own accord, beside its calls to action.
HOUSE = ("Link in bio.", "Lien en bio.", "1234567890 / “ ” « » ‘ ’ ‹ › … — • – - → : .", "\u00a0 \u202f")
_MARKS = '.,;:!?…)"'
_PLAIN = str.maketrans("’‘“”«»„‹›'\u00a0\u202f", '"' * 10 + "  ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A post as it was written, and what became of it."""

    source: bytes
    parsed: Parsed
    project: Project
    proofs: tuple[Proof, ...]

    @property
    def post(self) -> Post:
        assert self.parsed.post is not None
        return self.parsed.post

    def renditions(self) -> Iterator[tuple[Channel, Rendition]]:
        return ((proof.channel, proof.rendition) for proof in self.proofs if proof.rendition is not None)

    def parts(self) -> Iterator[tuple[Channel, Part]]:
        return ((channel, part) for channel, rendition in self.renditions() for part in rendition.parts)


class Album:
    """Files in which `missing.png` is missing and every other picture is the house's own."""

    def measure(self, post_path: str, file: str, alt: str) -> Media | Finding:
        path = place(post_path, file)
        if isinstance(path, Finding):
            return path
        if path.endswith("missing.png"):
            return Finding(rule="missing-file", message=f"there is no file {path}", path=post_path)
        return replace(_picture(), file=path, alt=alt)


@cache
def _picture() -> Media:
    return media()


@cache
def project() -> Project:
    """The example team's."""
    found, findings = parse_project((ROOT / "publisher.yml").read_bytes(), networks=networks())
    assert found, findings
    return found


def print_post(source: str | bytes) -> Printed:
    """The post of a source, parsed and proved for all channels of the example team."""
    written = source if isinstance(source, bytes) else source.encode()
    parsed = parse_post("content/2026/draft.md", written, files=Album(), settings=project().settings())
    proofs = prove(parsed.post, project(), adapter) if parsed.post else ()
    return Printed(source=written, parsed=parsed, project=project(), proofs=proofs)


# --- what a rendition may draw on


def own(post: Post, channel: Channel) -> Override:
    """What the post says for a channel alone, by its name or else by its network's, field by field."""
    by_network = post.overrides.get(channel.network) or Override()
    by_name = post.overrides.get(channel.name) or by_network
    fields = ("text", "angle", "thread", "link", "tags", "warning")
    return structs.replace(by_network, **{f: getattr(by_name, f) for f in fields if getattr(by_name, f) is not None})


def link_of(post: Post, channel: Channel) -> str:
    """The link that this channel should give."""
    said = own(post, channel).link
    return post.link if said is None else said


def written_for(post: Post, channel: Channel) -> tuple[str, ...]:
    """Every text the author wrote that may be said on a channel, as a reader of the post knows it."""
    material, mine = post.material, own(post, channel)
    texts = (material.hook, *material.points, material.quote, material.quote_source, *material.figures)
    more = (material.question, *material.story, material.call, post.title, mine.text or "", mine.warning or "")
    return tuple(filter(None, (*texts, *more, link_of(post, channel))))


def known_for(printed: Printed, channel: Channel, rendition: Rendition) -> tuple[str, ...]:
    """What the author wrote and what the house may add: calls, tags, names, other wordings it has told of."""
    post, spoken = printed.post, speak(printed.post.language)
    calls = [call for forms in spoken.calls.values() for told in forms.values() for call in told]
    people = [name for person in printed.project.people.values() for name in person.values()]
    mine = own(post, channel)
    made = tags.tag(post.keywords if mine.tags is None else mine.tags)
    link = link_of(post, channel)
    shown = regex.sub(r"^https?://(?:www\.)?|[?#].*$", "", link).rstrip("/")
    reworded = [change.detail.partition(" → ")[2] for change in rendition.changes]
    added = (*calls, *spoken.persons.values(), *people, *HOUSE, *(f"#{tag}" for tag in made), shown, *reworded)
    return (*written_for(post, channel), *added)


def words(texts: Iterable[str]) -> set[str]:
    """The words of some texts, whatever their case."""
    return {word.casefold() for text in texts for word in WORD.findall(text)}


def bare(text: str) -> str:
    """A text's letters and figures and nothing else."""
    return "".join(WORD.findall(text)).casefold()


def told(rendition: Rendition) -> str:
    """Everything that a rendition says, without the counters of a thread."""
    return "\n".join(COUNTER.sub("", part.text) for part in rendition.parts)


# --- the laws


def every_channel_speaks_or_says_why(printed: Printed) -> Iterator[str]:
    post = printed.post
    wanted = [one.name for one in printed.project.channels.values() if post.speaks_to(one.name, one.network)]
    if [proof.channel.name for proof in printed.proofs] != wanted:
        yield f"channels {wanted} have proofs {[proof.channel.name for proof in printed.proofs]}"
    for proof in printed.proofs:
        errors = [finding for finding in proof.findings if finding.severity is Severity.ERROR]
        silent = not proof.rendition or not any(part.text or part.media for part in proof.rendition.parts)
        if silent and not errors:
            yield f"{proof.channel.name} says nothing, and nobody says why"
        for finding in proof.findings:
            if not finding.message or not finding.hint:
                yield f"{proof.channel.name}: the finding {finding.rule} does not say what to do: {finding}"


def every_part_fits(printed: Printed) -> Iterator[str]:
    refused = {proof.channel.name for proof in printed.proofs if any(one.rule == "too-long" for one in proof.findings)}
    for channel, part in printed.parts():
        measured, folded = adapter(channel.network).measure(part.text), str(part.native.get("spoiler_text", ""))
        if part.length > part.limit and channel.name not in refused:
            yield f"{channel.name}: a {part.kind} of {part.length} where {part.limit} is the limit"
        if part.kind != "comment" and part.length != measured.length + count(folded):
            yield f"{channel.name}: a {part.kind} of {part.length} measures {measured.length}"
        if part.kind == "comment" and measured.length > part.limit:
            yield f"{channel.name}: a comment measures {measured.length} where {part.limit} is the limit"


def no_word_is_cut_or_made_up(printed: Printed) -> Iterator[str]:
    for channel, rendition in printed.renditions():
        extra = words([told(rendition)]) - words(known_for(printed, channel, rendition))
        if extra:
            yield f"{channel.name} says {sorted(extra)[:5]}"


def no_grapheme_is_cut(printed: Printed) -> Iterator[str]:
    for channel, rendition in printed.renditions():
        known = set(clusters("\n".join(known_for(printed, channel, rendition))))
        shown = {one for part in rendition.parts for one in clusters(part.text) if not one.isascii()}
        if shown - known:
            yield f"{channel.name} shows {sorted(shown - known)[:5]}"


def no_address_mention_or_tag_is_cut(printed: Printed) -> Iterator[str]:
    for channel, rendition in printed.renditions():
        measure = adapter(channel.network).measure
        known = [text.translate(_PLAIN) for text in known_for(printed, channel, rendition)]
        # A mark that a rule took away or added beside an address belongs to the sentence, not to the address.
        wanted = {entity.text.rstrip(_MARKS) for text in known for entity in measure(text).entities}
        wanted |= {word.rstrip(_MARKS) for text in known for word in text.split()}
        for part in rendition.parts:
            for entity in measure(part.text).entities:
                if entity.text.translate(_PLAIN).rstrip(_MARKS) not in wanted:
                    yield f"{channel.name} makes a {entity.kind} of {entity.text!r}"


def every_number_is_the_authors(printed: Printed) -> Iterator[str]:
    for channel, rendition in printed.renditions():
        known = {number for text in known_for(printed, channel, rendition) for number in NUMBER.findall(text)}
        extra = set(NUMBER.findall(NATIVE.sub(" ", told(rendition)))) - known
        if extra:
            yield f"{channel.name} counts {sorted(extra)[:5]}"


def every_link_is_kept_or_told(printed: Printed) -> Iterator[str]:
    for channel, rendition in printed.renditions():
        link = link_of(printed.post, channel)
        sent = [text for part in rendition.parts for text in (part.text, *_texts(part.native))]
        accounted = [change.detail for change in (*rendition.changes, *rendition.omitted)]
        to_itself = link in (f"@{channel.name}", f"@{channel.network}")
        if link and not to_itself and not any(link in one for one in (*sent, *accounted)):
            yield f"{channel.name} lost the link {link}"
        if to_itself and any(link in one for one in sent):
            yield f"{channel.name} links to itself"


def everything_left_out_is_told(printed: Printed) -> Iterator[str]:
    for channel, rendition in printed.renditions():
        shown = "\n".join(text for part in rendition.parts for text in (part.text, *_texts(part.native))).casefold()
        left = [change.detail.casefold() for change in (*rendition.omitted, *rendition.changes)]
        for what, one in _owed(printed.post, channel):
            if one.casefold() not in shown and not any(one.casefold() in detail for detail in left):
                yield f"{channel.name} lost the {what} {one!r}"
        kept = {picture.file for part in rendition.parts for picture in part.media}
        for picture in printed.post.media:
            if picture.file not in kept and not any(picture.file.casefold() in detail for detail in left):
                yield f"{channel.name} lost the picture {picture.file}"


def _texts(native: Json | Mapping[str, Json]) -> Iterator[str]:
    """Every text in what only a network knows."""
    if isinstance(native, str):
        yield native
    for one in native.values() if isinstance(native, Mapping) else native if isinstance(native, list) else ():
        yield from _texts(one)


def _owed(post: Post, channel: Channel) -> Iterator[tuple[str, str]]:
    """What must be shown as it is, or told to be left out."""
    mine = own(post, channel)
    yield from (("tag", one) for one in tags.tag(post.keywords if mine.tags is None else mine.tags))
    if mine.warning and mine.warning.strip():
        yield "warning", mine.warning.strip()


def every_sentence_is_said_or_told(printed: Printed) -> Iterator[str]:
    material, language = printed.post.material, printed.post.language
    texts = (material.hook, *material.story, *material.points, material.quote, material.question, material.call)
    wanted = [sentence for text in texts for sentence in sentences(text, language)]
    for channel, rendition in printed.renditions():
        if own(printed.post, channel).text is None:
            left = "\n".join(change.detail for change in rendition.omitted)
            said, leftover = bare(told(rendition)), bare(left)
            have = words([told(rendition), left, *(one.detail for one in rendition.changes)])
            for one in wanted:
                if bare(one) not in said and bare(one) not in leftover and not words([one]) <= have:
                    yield f"{channel.name} lost {one!r}"


def own_words_are_kept(printed: Printed) -> Iterator[str]:
    for channel, rendition in printed.renditions():
        text = own(printed.post, channel).text
        renamed = any(change.rule == "people" for change in rendition.changes)
        if text is not None and not renamed and "".join(text.split()) not in "".join(told(rendition).split()):
            yield f"{channel.name} says other words than the author's own"


def entities_are_in_range_and_apart(printed: Printed) -> Iterator[str]:
    for channel, part in printed.parts():
        yield from (f"{channel.name}: {fault}" for fault in entity_faults(channel.network, part.text))
        yield from (f"{channel.name}: {fault}" for fault in facet_faults(part))


def entity_faults(network: str, text: str) -> Iterator[str]:
    entities = adapter(network).measure(text).entities
    for entity in entities:
        if not 0 <= entity.start < entity.end <= len(text) or text[entity.start : entity.end] != entity.text:
            yield f"{entity} is not where it says"
    for before, after in pairwise(entities):
        if after.start < before.end:
            yield f"{before.text!r} and {after.text!r} overlap"


def facet_faults(part: Part) -> Iterator[str]:
    written = part.text.encode()
    facets = cast("list[dict[str, dict[str, int]]]", part.native.get("facets", []))
    spans = [(facet["index"]["byteStart"], facet["index"]["byteEnd"]) for facet in facets]
    for start, end in spans:
        if not 0 <= start < end <= len(written):
            yield f"the facet {start}–{end} is out of range"
        if written[start:end].decode(errors="replace").endswith(("\ufffd", "”", "»", '"')):
            yield f"the facet {start}–{end} of {part.text!r} ends inside a character, or links a quotation mark"
    if any(after[0] < before[1] for before, after in pairwise(spans)):
        yield f"facets overlap: {spans}"
    if spans and len(written) > 3000:
        yield f"{len(written)} bytes"


def no_two_networks_say_the_same(printed: Printed) -> Iterator[str]:
    accused = {one.channel for proof in printed.proofs for one in proof.findings if one.rule == "copied"}
    for (one, here), (other, there) in combinations(printed.renditions(), 2):
        same = bare(COPIED.sub(" ", told(here))) == bare(COPIED.sub(" ", told(there))) != ""
        if same and not {one.name, other.name} & accused:
            yield f"{one.name} and {other.name} say the same, and nobody says so"


def rendering_is_steady(printed: Printed) -> Iterator[str]:
    again = print_post(printed.source)
    if again != printed:
        yield "the same post is rendered otherwise the second time"
    for (channel, rendition), (_, twin) in zip(printed.renditions(), again.renditions(), strict=False):
        travelled = msgspec.json.decode(msgspec.json.encode(rendition), type=Rendition)
        if not rendition.digest == twin.digest == travelled.digest:
            yield f"{channel.name} has another digest after a journey as JSON"


LAWS = (
    every_channel_speaks_or_says_why,
    every_part_fits,
    no_word_is_cut_or_made_up,
    no_grapheme_is_cut,
    no_address_mention_or_tag_is_cut,
    every_number_is_the_authors,
    every_link_is_kept_or_told,
    everything_left_out_is_told,
    every_sentence_is_said_or_told,
    own_words_are_kept,
    entities_are_in_range_and_apart,
    no_two_networks_say_the_same,
    rendering_is_steady,
)
