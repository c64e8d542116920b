"""publisher.yml to a Project: the team, its channels, its rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, cast

from msgspec import Struct, field

from publisher.content.checks import Settings, check_language, judge_url
from publisher.content.explain import explain
from publisher.content.notes import Notes
from publisher.content.settings import ChannelKeys, Keys
from publisher.content.spelling import find_near, suggest
from publisher.content.strict_yaml import Loaded, join, load
from publisher.content.times import parse_span
from publisher.words import Channel, Finding, Json, Severity

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from publisher.model import Voice

_CHANNEL = r"(?a)[a-z0-9][a-z0-9-]*"
_PERSON = r"[^\W_][\w.-]*"
_OWNER = r"(?a)@[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})"
_VARIABLE = r"(?a)[A-Z][A-Z0-9_]{0,79}"
_LEDGERS = ("git", "sqlite")
_SECRET_NAMES = (
    "_token", "_secret", "_password", "_passwd", "_passphrase", "_apikey", "_api_key", "_privatekey", "_private_key",
    "_credential", "_credentials",
)  # fmt: skip
_STARTS = (
    "ghp_", "github_pat_", "gho_", "ghu_", "ghs_", "ghr_", "glpat-", "xoxa-", "xoxb-", "xoxe-", "xoxp-", "xoxr-",
    "xoxs-", "xapp-", "sk-", "AKIA", "AIza", "ya29.", "EAA", "AAAA", "eyJ",
)  # fmt: skip
_TOKEN = rf"(?a)(?<!\w)(?:{'|'.join(map(re.escape, _STARTS))}|Bearer\s)[\w+/=.-]{{12,}}"
_CREDENTIALS = r"(?i)[a-z][a-z0-9+.-]*://[^/\s@]+@"
_HOOK = r"(?i)https?://[^\s]*/(?:api/)?(?:webhooks?|hooks?|services)/\S{12,}|https?://hooks?\.\S{12,}"


class Project(Struct, frozen=True, kw_only=True, dict=True):
    """Everything publisher.yml says. `late` is how long after its time a run still publishes a post.

    `await_link` is how long after its time a post waits for the page it links to; None when nobody looks for it.
    `ledger` is `git`, `sqlite`, or the name of an environment variable that holds the address of a database. `card`
    holds the colours given for cards, `ink` and `paper`, each `#rrggbb`. `approval` gives, by objectives, campaigns or
    channels and then by name, the people of whom one has to approve a post.
    """

    name: str = ""
    timezone: str = "UTC"
    language: str = "en"
    objectives: tuple[str, ...] = ()
    never_copied: str = "error"
    late: timedelta = timedelta(hours=24)
    await_link: timedelta | None = None
    media_base: str = ""
    content: str = "content"
    schedules: str = "schedules"
    people: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    notifications: tuple[str, ...] = ()
    ledger: str = "git"
    utm: bool = False
    card: Mapping[str, str] = field(default_factory=dict)
    networks: tuple[str, ...] = ()
    approval: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)

    @cached_property
    def laid(self) -> dict[str, tuple[Voice, Voice]]:
        """By channel its network's voice and, laid over it once for all posts, its own; `find_voices` fills it."""
        return {}

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of times without one."""
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.timezone)

    def settings(self, slots: Sequence[str] | None = None) -> Settings:
        """What a post must know of its project; with the schedule's slot names, a post's slot is checked too."""
        return Settings(
            channels={name: channel.network for name, channel in self.channels.items()},
            networks=self.networks,
            objectives=self.objectives,
            language=self.language,
            slots=None if slots is None else tuple(slots),
        )


def parse_project(
    source: bytes, *, path: str = "publisher.yml", networks: Sequence[str]
) -> tuple[Project | None, tuple[Finding, ...]]:
    """The project in a file's bytes, and all that is wrong with it; None when anything is an error. Never raises.

    `networks` are the names of the installed ones; without them, the file's names are taken on trust.
    """
    from publisher.content.source import read_text
    from publisher.findings import has_errors

    notes = Notes(path)
    text = read_text(source, notes)
    if text is None:
        return None, notes.found()
    loaded = load(text, path=path)
    keys, findings = explain(loaded, Keys)
    notes.extend(*findings)
    project = None if keys is None else _Checks(keys, loaded, tuple(networks), notes).project()
    _tell_secrets(loaded, notes)
    return (None if has_errors(notes.found()) else project), notes.found()


class _Checks:
    """Whether what publisher.yml says can be meant."""

    def __init__(self, keys: Keys, loaded: Loaded, networks: tuple[str, ...], notes: Notes) -> None:
        self._keys, self._loaded, self._networks, self._notes = keys, loaded, networks, notes

    def project(self) -> Project:
        keys = self._keys
        self._check_zone()
        check_language(keys.language, self._notes, self._loaded.value_at("language"))
        self._check_people()
        self._check_variables("notifications", keys.notifications)
        return Project(
            name=keys.name,
            timezone=keys.timezone or "UTC",
            language=keys.language,
            objectives=tuple(keys.objectives),
            never_copied=keys.never_copied,
            late=self._span("late", self._keys.late, "late: 24h") or timedelta(),
            await_link=self._span("await_link", self._keys.await_link, "await_link: 6h"),
            media_base=self._media_base(),
            content=self._folder("content", keys.content),
            schedules=self._folder("schedules", keys.schedules),
            people=keys.people,
            channels=self._channels(),
            notifications=tuple(keys.notifications),
            ledger=self._ledger(),
            utm=keys.utm,
            card=self._card(),
            networks=self._networks,
            approval=self._approval(),
        )

    def _refuse(self, rule: str, message: str, key: str, hint: str = "") -> None:
        self._notes.add(rule, message, self._loaded.value_at(key), hint=hint)

    def _check_zone(self) -> None:
        from zoneinfo import ZoneInfo, available_timezones

        zone = self._keys.timezone
        if not zone:
            hint = "timezone: Europe/Paris"
            self._notes.add(
                "no-timezone",
                "no `timezone`, so times are read as UTC",
                self._loaded.value_at(""),
                severity=Severity.WARNING,
                hint=hint,
            )
            return
        try:
            ZoneInfo(zone)
        except (LookupError, ValueError, OSError):
            near = find_near(zone, sorted(available_timezones())) if len(zone) > 3 else ""
            self._refuse(
                "unknown-timezone",
                f"`{zone[:60]}` is not a time zone",
                "timezone",
                f"did you mean `{near}`?" if near else "timezone: Europe/Paris",
            )

    def _span(self, key: str, written: str, hint: str) -> timedelta | None:
        span = parse_span(written)
        if span is None and written:
            self._refuse("bad-duration", f"`{written[:40]}` is not a duration", key, hint)
        return span

    def _media_base(self) -> str:
        base = self._keys.media_base
        fault, _ = judge_url(base) if base else ("", "")
        if fault:
            self._refuse("bad-link", fault.replace("the link", "media_base"), "media_base", "media_base: https://…")
        return base

    def _ledger(self) -> str:
        """Where the ledger is; an address itself would be for everybody to read."""
        place = self._keys.ledger
        if "://" in place or "@" in place or _is_secret(place):
            message = (
                "the address of the ledger belongs in an environment variable; it is not shown, for it may be a secret"
            )
            hint = "ledger: PUBLISHER_LEDGER, and the address in that variable; if it held a password, change that"
            self._refuse("secret-in-file", message, "ledger", hint)
        elif place not in _LEDGERS and not re.fullmatch(_VARIABLE, place):
            near = find_near(place.partition(":")[0], _LEDGERS)
            message = f"`{place[:40]}` is neither git, sqlite, nor the name of an environment variable"
            hint = (
                f"did you mean `{near}`?" if near else "ledger: PUBLISHER_LEDGER, a variable with a database's address"
            )
            self._refuse("unknown-value", message, "ledger", hint)
        return place

    def _card(self) -> Mapping[str, str]:
        """The colours given for cards, as `#rrggbb`; words in the one must be readable on the other."""
        given = {name: colour for name in ("ink", "paper") if (colour := getattr(self._keys.card, name))}
        if not given:
            return {}
        from publisher.media.colours import READABLE, Colours, contrast, parse_colour

        read = {name: parse_colour(colour) for name, colour in given.items()}
        for name in (name for name, colour in read.items() if colour is None):
            self._refuse("bad-colour", f"`{given[name][:40]}` is not a colour", f"card.{name}", f'{name}: "#14263d"')
        known = {name: colour for name, colour in read.items() if colour}
        colours = Colours(**known)
        found = contrast(colours.ink, colours.paper)
        if len(known) == len(given) and found < READABLE:
            told = f"words in {colours.ink} on {colours.paper} are hard to read: a contrast of {found:.1f}"
            self._refuse("low-contrast", told, "card", f"at least {READABLE}: a darker ink or a lighter paper")
        return known

    def _approval(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """Whose approval is asked for; a team cannot be asked, for a workflow's token may not read who is in it."""
        keys = self._keys.approval
        given = {"objectives": keys.objectives, "campaigns": keys.campaigns, "channels": keys.channels}
        known = {"objectives": self._keys.objectives, "channels": list(self._keys.channels)}
        for kind, rules in given.items():
            for name, owners in rules.items():
                key = join(f"approval.{kind}", name)
                if kind in known and name not in known[kind]:
                    self._refuse(
                        "unknown-value", f"there is no {kind[:-1]} `{name[:40]}`", key, suggest(name, known[kind])
                    )
                if not owners or not all(re.fullmatch(_OWNER, owner) for owner in owners):
                    told = "owners are people on GitHub, at least one; a team cannot be asked"
                    self._refuse("bad-owner", told, key, '["@anna", "@ben"]')
        return {kind: rules for kind, rules in given.items() if rules}

    def _folder(self, key: str, folder: str) -> str:
        clean = folder.strip("/").removeprefix("./")
        if not clean or folder.startswith(("/", "~")) or "\\" in folder or ".." in clean.split("/") or "\x00" in folder:
            self._refuse("bad-folder", f"`{key}` is a folder inside the project", key, f"{key}: {key}")
        return clean

    def _check_people(self) -> None:
        known = ("name", *self._networks)
        for person, names in self._keys.people.items():
            key = join("people", person)
            if not re.fullmatch(_PERSON, person):
                self._notes.add(
                    "bad-name",
                    f"`@{person[:40]}` cannot be written in a post",
                    self._loaded.key_at(key),
                    hint="use letters and digits",
                )
            for name in names:
                if self._networks and name not in known:
                    self._notes.add(
                        "unknown-key",
                        f"`{name[:40]}` is neither `name` nor an installed network",
                        self._loaded.key_at(join(key, name)),
                        hint=suggest(name, known),
                    )

    def _check_variables(self, key: str, names: Sequence[str]) -> None:
        for place, name in enumerate(names):
            self._check_variable(f"{key}.{place}", name)

    def _check_variable(self, key: str, name: str) -> None:
        if not re.fullmatch(_VARIABLE, name) or _is_secret(name):
            message = "this is not the name of an environment variable; it is not shown, for it may be a secret"
            self._refuse(
                "secret-in-file", message, key, "write a name such as TEAM_CHAT_URL; if it was a secret, renew it"
            )

    def _channels(self) -> dict[str, Channel]:
        if not (isinstance(self._loaded.value, dict) and self._loaded.value.get("channels")):
            self._notes.add(
                "no-channel",
                "there is no channel to publish on",
                self._loaded.key_at("channels"),
                severity=Severity.WARNING,
                hint='channels: {x: {handle: "@name"}}',
            )
        return {name: self._channel(name, given or ChannelKeys()) for name, given in self._keys.channels.items()}

    def _channel(self, name: str, given: ChannelKeys) -> Channel:
        key = join("channels", name)
        if not re.fullmatch(_CHANNEL, name):
            self._notes.add(
                "bad-name",
                f"`{name[:40]}` cannot be a channel's name: it takes a-z, 0-9 and `-`",
                self._loaded.key_at(key),
                hint=_tame(name),
            )
        network = given.network or name
        if self._networks and network not in self._networks:
            self._unknown_network(name, network, key, given=bool(given.network))
        for role, variable in given.secrets.items():
            self._check_variable(join(f"{key}.secrets", role), variable)
        return Channel(
            name=name,
            network=network,
            handle=given.handle,
            voice=self._voice(key),
            settings=given.settings,
            secrets=given.secrets,
            paused=given.paused,
        )

    def _unknown_network(self, name: str, network: str, key: str, *, given: bool) -> None:
        at = self._loaded.value_at(f"{key}.network") if given else self._loaded.key_at(key)
        hint = suggest(network, self._networks)
        message = f"no adapter for the network `{network[:40]}` is installed"
        if not given:
            hint = f"{hint} A channel with a name of its own says `network:`".strip()
        self._notes.add("unknown-network", message, at, hint=hint, channel=name)

    def _voice(self, key: str) -> Mapping[str, Json]:
        """The voice's keys that are really given, as they stand in the file; their shape has been checked."""
        value: Json = self._loaded.value
        for part in (*key.split(".", 1), "voice"):
            value = value.get(part) if isinstance(value, dict) else None
        return {name: one for name, one in value.items() if one is not None} if isinstance(value, dict) else {}


def _tame(name: str) -> str:
    tame = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
    return f"did you mean `{tame}`?" if tame else ""


def _tell_secrets(loaded: Loaded, notes: Notes) -> None:
    """A finding for everything that looks like a secret's value; none of them repeats it."""
    told = {(finding.line, finding.column) for finding in notes.found() if finding.rule == "secret-in-file"}
    for key, name, value in _texts(loaded.value, ""):
        secret = _is_secret(value) or (_names_secret(name) and not _names_variable(key))
        if secret and loaded.value_at(key) not in told:
            message = (
                f"`{name[:40]}` looks like a secret, and this file is for everybody to read"
                if name
                else "this looks like a secret"
            )
            notes.add(
                "secret-in-file",
                message,
                loaded.value_at(key),
                hint="keep it in an environment variable, and renew it: it has been written down",
            )


def _texts(value: Json, key: str, name: str = "") -> Iterator[tuple[str, str, str]]:
    """Every text in the file, with its dotted key and its last name."""
    if isinstance(value, str) and value:
        yield key, name, value
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, under in cast("Iterator[tuple[str | int, Json]]", iter(parts)):
        yield from _texts(under, join(key, part), part if isinstance(part, str) else name)


def _is_secret(text: str) -> bool:
    """Whether a text has the look of a token, a key, or an address with a password in it.

    A sign of each is looked for before its pattern: nearly every text has none, and patterns are slow to compile.
    """
    return bool(
        (any(start in text for start in (*_STARTS, "Bearer")) and re.search(_TOKEN, text))
        or ("://" in text and "@" in text and re.search(_CREDENTIALS, text))
        or (any(word in text.casefold() for word in ("hook", "services")) and re.search(_HOOK, text))
        or (len(text) >= 24 and _is_key(text))
    )


def _is_key(text: str) -> bool:
    """Whether a long text is one word of digits, small and capital letters, as nobody would write it."""
    return all(sign.isascii() and (sign.isalnum() or sign in "_+/=.-") for sign in text) and all(
        any(test(sign) for sign in text) for test in (str.isdigit, str.isupper, str.islower)
    )


def _names_secret(name: str) -> bool:
    return f"_{name.casefold().replace('-', '_')}".endswith(_SECRET_NAMES)


def _names_variable(key: str) -> bool:
    """Whether what stands at that key is the name of a variable, and has been checked as one."""
    first, _, rest = key.partition(".")
    return first == "notifications" or (first == "channels" and ".secrets." in rest)
