"""Whether what the front matter says can be meant: its id, its times, its links, its language, its objective."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct, field

from publisher.content.header import KEYWORDS, LATE, Header
from publisher.content.notes import Notes, Place, quote
from publisher.content.spelling import find_near, suggest
from publisher.content.times import parse_day, parse_instant, parse_span, suggest_instant

_LANGUAGE = r"(?a)[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|\d{3}))?"
_LANGUAGES = {
    "english": "en", "french": "fr", "français": "fr", "german": "de", "deutsch": "de", "spanish": "es",
    "español": "es", "italian": "it", "italiano": "it", "dutch": "nl", "nederlands": "nl", "portuguese": "pt",
    "português": "pt", "polish": "pl", "swedish": "sv", "danish": "da", "japanese": "ja", "chinese": "zh",
    "arabic": "ar", "korean": "ko",
}  # fmt: skip
_SLOT = r"[^\W\d_][\w-]*"
_DRAFTS = ("draft", "false", "true", "no", "yes", "never", "none", "off")


class Settings(Struct, frozen=True, kw_only=True):
    """What a post must know of its project. `channels` maps a channel's name to its network; `networks` are installed.

    `slots` are the names of the schedule's slots; None where they are not known, and then any name passes.
    """

    channels: Mapping[str, str] = field(default_factory=dict)
    networks: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
    language: str = "en"
    slots: tuple[str, ...] | None = None

    @property
    def speakers(self) -> tuple[str, ...]:
        """Every name a post may give in `channels:`: the channels, and the networks they are on."""
        return tuple(dict.fromkeys((*self.channels, *self.channels.values())))


def check_id(written: str, notes: Notes, at: Place) -> str:
    """The id in Unicode's composed form; empty, with a finding, where it cannot be one."""
    name = written if written.isascii() else _compose(written)
    if len(name) <= 100 and name[:1].isalnum() and all(_may_stand(sign) for sign in name):
        return name
    tame = re.sub("-{2,}", "-", "".join(sign if _may_stand(sign) else "-" for sign in name)).strip("-._")[:100]
    message = f"`{quote(name)[1:-1]}` cannot be a post's id, which is at most 100 letters, digits, `.`, `_` and `-`"
    notes.add("bad-id", message, at, hint=f"id: {tame}" if tame[:1].isalnum() else "id: a-name-of-your-own")
    return ""


def _compose(text: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFC", text)


def _may_stand(sign: str) -> bool:
    if sign.isascii():
        return sign in "._-" or sign.isalnum()
    import unicodedata

    return unicodedata.category(sign)[0] in "LMN"


def check_language(text: str, notes: Notes, at: Place) -> None:
    """A finding unless the text is a language tag such as `en`, `pt-BR` or `zh-Hant`."""
    if re.fullmatch(_LANGUAGE, text):
        return
    parts = text.replace("_", "-").split("-")
    tame = "-".join((parts[0].lower(), *(part.upper() if len(part) == 2 else part.title() for part in parts[1:])))
    known = _LANGUAGES.get(text.casefold(), tame if re.fullmatch(_LANGUAGE, tame) else "")
    hint = f"did you mean `{known}`?" if known else "known: en, fr, pt-BR, zh-Hant, …"
    notes.add("bad-language", f"`{text[:40]}` is not a language tag", at, hint=hint)


def check_objective(text: str, settings: Settings, notes: Notes, at: Place) -> None:
    """A finding unless the objective is one of publisher.yml's."""
    if settings.objectives and text not in settings.objectives:
        notes.add(
            "unknown-objective",
            f"`{text[:60]}` is not an objective of this project",
            at,
            hint=suggest(text, settings.objectives),
        )


def check_publish(text: str, settings: Settings, notes: Notes, at: Place, channel: str = "") -> None:
    """A finding unless the text is an instant, a slot's name, `@channel` (after that one) or one of the keywords."""
    if text in KEYWORDS or parse_instant(text):
        return
    if text.startswith("@"):
        _check_mention(text, settings, notes, at, channel)
    elif text.casefold() in KEYWORDS:
        _refuse_date(text, f"did you mean `{text.casefold()}`?", notes, at, channel)
    elif text.casefold() in _DRAFTS:
        _refuse_date(text, "leave `publish` out for a draft", notes, at, channel)
    elif not re.fullmatch(_SLOT, text):
        meant = suggest_instant(text)
        _refuse_date(text, f"did you mean `{meant}`?" if meant else "publish: 2026-12-01 09:30", notes, at, channel)
    elif settings.slots is not None and text not in settings.slots:
        known = (*settings.slots, *KEYWORDS)
        notes.add(
            "unknown-slot", f"no schedule has a slot `{text[:60]}`", at, hint=suggest(text, known), channel=channel
        )
    elif settings.slots is None and (near := find_near(text, KEYWORDS)):
        _refuse_date(text, f"did you mean `{near}`?", notes, at, channel)


def _refuse_date(text: str, hint: str, notes: Notes, at: Place, channel: str = "") -> None:
    message = f"{quote(text)} is not an instant, a slot's name, `next`, `now` or `withdrawn`"
    notes.add("bad-date", message, at, hint=hint, channel=channel)


def check_expires(header: Header, notes: Notes, at: Place) -> None:
    """A finding unless `expires` is an instant or a day, and comes after `publish` where both can be compared."""
    end: datetime | date | None = parse_instant(header.expires) or parse_day(header.expires)
    if end is None:
        meant = suggest_instant(header.expires)
        notes.add(
            "bad-date",
            f"{quote(header.expires)} is not a day or an instant",
            at,
            hint=f"did you mean `{meant}`?" if meant else "expires: 2026-12-08",
        )
        return
    start = parse_instant(header.publish)
    if start is not None and _ends_before(start, end):
        notes.add(
            "expires-early",
            f"it expires ({header.expires}) before it is published ({header.publish})",
            at,
            hint="put `expires` after `publish`",
        )


def _ends_before(start: datetime, end: datetime | date) -> bool:
    if not isinstance(end, datetime):
        return end < start.date()
    return (start.tzinfo is None) == (end.tzinfo is None) and end <= start


def check_late(text: str, notes: Notes, at: Place) -> None:
    """A finding unless the text is a duration, what a late run does, or both (`24h`, `next`, `2h publish`)."""
    *span, last = text.split() or [""]
    limit = " ".join(span if last in LATE else (*span, last))
    if (limit or last not in LATE) and parse_span(limit) is None:
        hint = "late: 24h, or one of publish, skip, next, or both"
        notes.add("bad-duration", f"{quote(text)} is neither a duration nor what a late run does", at, hint=hint)


def check_link(text: str, settings: Settings, notes: Notes, at: Place, *, channel: str = "") -> None:
    """A finding unless the text is a web address, `@channel`, or (for one channel) `none`."""
    if channel and text == "none":
        return
    if text.startswith("@"):
        _check_mention(text, settings, notes, at, channel)
        return
    fault, hint = judge_url(text)
    if fault:
        notes.add("bad-link", fault, at, hint=hint, channel=channel)


def _check_mention(text: str, settings: Settings, notes: Notes, at: Place, channel: str) -> None:
    """`@blog` is what becomes of this post on that channel, so the project must have it."""
    if text[1:] not in settings.speakers:
        hint = suggest(text, [f"@{name}" for name in settings.speakers])
        notes.add("unknown-channel", f"`{text[:60]}` is no channel of this project", at, hint=hint, channel=channel)


def judge_url(text: str) -> tuple[str, str]:
    """What is wrong with a web address, and what to type instead; both empty where nothing is."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        host, secret = parts.hostname or "", parts.username is not None or parts.password is not None
    except ValueError:
        return "the link is not a web address", "link: https://…"
    if secret:
        return "the link holds a name or a password, and everybody would read it", "give an address without them"
    if any(sign.isspace() or not sign.isprintable() for sign in text):
        return f"the link {quote(text)} has a space in it", "write %20 for a space"
    if parts.scheme not in ("http", "https") or not host:
        www = re.match(r"(?:www\.)?[\w-]+(?:\.[\w-]+)+(?:[/?#]|$)", text)
        return f"the link {quote(text)} is not a web address", f"link: https://{text}" if www else "link: https://…"
    if "." not in host.strip("."):
        return f"the link {quote(text)} leads nowhere outside this machine", "give the address that readers can open"
    return "", ""
