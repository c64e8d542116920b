"""What X would complain about, or do to a text unasked: cashtags, file names turned into links, mixed pictures."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.x.addresses import has_protocol
from adapters.x.limits import LIMITS
from adapters.x.measure import find_invalid, measure
from publisher.craft.complaints import complaints
from publisher.model import Entity, Finding, Part, Rendition, Severity

REPLY_SETTINGS = ("following", "mentionedUsers", "subscribers", "verified")


def check(rendition: Rendition) -> Iterator[Finding]:
    """Every complaint X would have about the rendition."""
    yield from complaints(rendition, LIMITS)
    for part in rendition.parts:
        entities = measure(part.text).entities
        for finding in (*_tickers(entities), *_file_names(entities), *_opening(part, entities), *_form(part)):
            rule, message, severity, hint = finding
            yield Finding(rule=rule, message=message, severity=severity, channel=rendition.channel, hint=hint)


_Complaint = tuple[str, str, Severity, str]


def _tickers(entities: tuple[Entity, ...]) -> Iterator[_Complaint]:
    tickers = [entity.text for entity in entities if entity.kind == "cashtag"]
    if len(tickers) > LIMITS.more["cashtags"].value:
        message = f"{', '.join(tickers)}: X takes one cashtag a post"
        yield "cashtags", message, Severity.ERROR, "name the others in words, without the $"


def _file_names(entities: tuple[Entity, ...]) -> Iterator[_Complaint]:
    for entity in entities:
        if entity.kind == "url" and not has_protocol(entity.text) and not entity.text.lower().startswith("www."):
            yield (
                "looks-like-url",
                f"X makes a link of “{entity.text}”: it counts as {LIMITS.more['url'].value} and costs as a link",
                Severity.WARNING,
                f"if it is an address write https://{entity.text}, else say it without the dot",
            )


def _opening(part: Part, entities: tuple[Entity, ...]) -> Iterator[_Complaint]:
    if part.kind == "post" and entities and entities[0].kind == "mention" and entities[0].start == 0:
        yield (
            "opens-with-mention",
            f"a post that opens with {entities[0].text} is shown as a reply, to few people",
            Severity.WARNING,
            "begin with another word",
        )


def _form(part: Part) -> Iterator[_Complaint]:
    for code in find_invalid(part.text):
        yield "invalid-character", f"X refuses the character U+{code:04X}", Severity.ERROR, "delete it from the text"
    gifs = [media.file for media in part.media if media.mime == "image/gif"]
    if gifs and len(part.media) > 1:
        message = f"{gifs[0]} is a GIF: X takes one GIF or up to 4 other pictures"
        yield "gif-alone", message, Severity.ERROR, "leave it or the others out"
    answers = part.native.get("reply_settings")
    if answers is not None and answers not in REPLY_SETTINGS:
        yield (
            "reply-settings",
            f"X has no reply setting {answers!r}",
            Severity.ERROR,
            f"in publisher.yml, `reply_settings` is one of {', '.join(REPLY_SETTINGS)}, or absent for everyone",
        )
