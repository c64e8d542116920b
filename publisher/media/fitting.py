"""A variant's pictures made to fit its network, so that what is rendered, checked and sent is one and the same."""

from __future__ import annotations

from msgspec import structs
from msgspec.structs import replace

from publisher.errors import ConfigError, ContentError
from publisher.media.card import words_for_card
from publisher.media.colours import Colours
from publisher.media.darkroom import Darkroom
from publisher.media.wants import Wants, wants_of
from publisher.model import Change, Finding, Limits, Media, Post, Severity, Variant
from publisher.project import Project

Fitted = tuple[Variant, tuple[Finding, ...]]


def fit_pictures(post: Post, variant: Variant, limits: Limits, project: Project, darkroom: Darkroom) -> Fitted:
    """The variant with its pictures as the network wants them, or with a card where it needs one and there is none.

    A picture that cannot be made to fit stays as it is, with a finding that says why.
    """
    if not variant.media:
        return _with_card(post, variant, project, darkroom) if "images_needed" in limits.more else (variant, ())
    wants, sent = wants_of(limits), variant.media[: limits.images.value]
    pictures, changes, findings = list[Media](), list[Change](), list[Finding]()
    for media in sent:
        picture, change, finding = _develop(post, variant, media, wants, darkroom)
        pictures.append(picture)
        changes.extend(change)
        findings.extend(finding)
    rest = variant.media[len(sent) :]
    fitted = structs.replace(variant, media=(*pictures, *rest), changes=(*variant.changes, *changes))
    return fitted, tuple(findings)


def _develop(
    post: Post, variant: Variant, media: Media, wants: Wants, darkroom: Darkroom
) -> tuple[Media, tuple[Change, ...], tuple[Finding, ...]]:
    try:
        made = darkroom.develop(media, wants)
    except (ContentError, ConfigError) as error:
        return media, (), (_finding("picture-unfit", error, post, variant),)
    return made.media, (Change(rule="media", detail=made.done),) if made.done else (), ()


def _with_card(post: Post, variant: Variant, project: Project, darkroom: Darkroom) -> Fitted:
    words = words_for_card(post, variant, project.name)
    if words is None:
        return variant, ()
    try:
        card = darkroom.card(words, Colours(**project.card))
    except (ContentError, ConfigError) as error:
        return variant, (replace(_finding("no-card", error, post, variant), severity=Severity.WARNING),)
    why = Change(rule="card", detail=f"the post has no picture, and this network needs one: {words.text}")
    return structs.replace(variant, media=(card,), changes=(*variant.changes, why)), ()


def _finding(rule: str, error: ContentError | ConfigError, post: Post, variant: Variant) -> Finding:
    line = post.lines.get("media", 1)
    return Finding(rule=rule, message=str(error), path=post.path, line=line, channel=variant.channel, hint=error.hint)
