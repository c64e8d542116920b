"""The Graph API's errors as what to do next.

Sources: developers.facebook.com docs/graph-api/guides/error-handling and documentation/instagram-platform/
instagram-graph-api/reference/error-codes (2026-06-02); the subcodes from 1346003 to 2069019 are field reports.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from requests import Response

from publisher.errors import Deferred, DeliveryError, Rejected, Unauthorized, Uncertain
from publisher.model import Json

A_WHILE = timedelta(hours=1)  # where Meta says "later" and nothing else


class Duplicate(Rejected):
    """The network holds these very words already; an earlier attempt may have put them there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Whom to send where: the network's name, how to renew its token, and the permissions a token needs."""

    network: str
    renew: str
    permissions: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One `error` object of the Graph API."""

    code: int
    subcode: int
    words: str
    transient: bool
    trace: str

    def __str__(self) -> str:
        number = f"{self.code}/{self.subcode}" if self.subcode else str(self.code)
        trace = f", trace {self.trace}" if self.trace else ""
        return f"{self.words} (error {number}{trace})"


# What to do about it: token, grant (a permission is missing), person (somebody must log in to the network), later (not
# now, the network may say when), pause (not now, and it never says when), unsure (it may have happened), again (nothing
# happened, a new try begins afresh), twice (it is there already), refused.
_CODES: Mapping[int, tuple[str, str]] = {
    -2: ("again", ""),
    -1: ("unsure", ""),
    1: ("unsure", ""),
    2: ("unsure", ""),
    3: ("grant", ""),
    4: ("later", ""),
    9: ("pause", ""),
    10: ("grant", ""),
    17: ("later", ""),
    32: ("later", ""),
    100: ("refused", "if the id is the trouble, look at the channel's settings in publisher.yml"),
    102: ("token", ""),
    104: ("token", ""),
    190: ("token", ""),
    324: ("refused", "check that the picture opens, as JPEG or PNG"),
    341: ("later", ""),
    368: ("refused", "it was stopped by the network's own rules: change the words, or appeal in the Support Inbox"),
    506: ("twice", "change the words, or delete the other post"),
    613: ("later", ""),
    2500: ("refused", "look at the setting `version` of this channel"),
    2635: ("refused", "this version of the API is gone: raise the setting `version` of this channel"),
    80001: ("later", ""),
    80002: ("later", ""),
    1609008: ("refused", "Facebook takes no links to itself: leave out `link:`"),
}

_SUBCODES: Mapping[int, tuple[str, str]] = {
    33: ("refused", "check the id in the channel's settings, and that this token may use it"),
    1346003: ("refused", "it was reported as abusive: change the words"),
    1363047: ("later", ""),
    1366046: ("refused", "make the picture smaller than 4 MB, as JPEG or PNG"),
    1366051: ("twice", "use another picture, or delete the other post"),
    1390008: ("pause", "posting too fast: raise `gap:` in schedules/"),
    1404078: ("person", "the Page needs its publishing authorization: open the Page on Facebook"),
    1404102: ("refused", "it goes against the community standards: change the words"),
    1404112: ("person", "the account is limited for now: open it on Facebook"),
    1609008: ("refused", "Facebook takes no links to itself: leave out `link:`"),
    1609010: ("later", ""),
    2061006: ("refused", "check the address in `link:`"),
    2069019: ("refused", "check that the picture opens, as JPEG or PNG"),
    2207001: ("unsure", ""),
    2207003: ("again", "the picture took too long to fetch: is `media_base` fast enough?"),
    2207004: ("refused", "make the picture smaller than 8 MiB"),
    2207005: ("refused", "save the picture as JPEG"),
    2207006: ("again", ""),
    2207008: ("again", ""),
    2207009: ("refused", "crop the picture to between 4:5 and 1.91:1"),
    2207010: ("refused", "shorten the caption to 2,200 characters, 30 hashtags and 20 mentions"),
    2207020: ("again", ""),
    2207023: ("refused", "only pictures can be sent"),
    2207027: ("again", ""),
    2207028: ("refused", "a carousel takes 2 to 10 pictures"),
    2207032: ("again", ""),
    2207042: ("pause", "the account has published all it may in 24 hours"),
    2207050: ("person", "the account is inactive, checked or restricted: log in to the Instagram app and see"),
    2207051: ("refused", "Instagram takes this for spam: publish less often, or tell Instagram in its app"),
    2207052: ("refused", "the picture's address must be public and give a JPEG: check `media_base` in publisher.yml"),
    2207053: ("again", ""),
    2207082: ("again", ""),
}


def read_complaint(response: Response) -> Complaint | None:
    """The error in an answer, or None where it tells of none."""
    try:
        error = response.json()["error"]
        return Complaint(
            code=int(error.get("code", 0)),
            subcode=int(error.get("error_subcode") or 0),
            words=_words(error),
            transient=bool(error.get("is_transient")),
            trace=str(error.get("fbtrace_id") or ""),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def is_missing(response: Response | None) -> bool:
    """Whether an answer says that nothing is there, or nothing for this token: Meta does not tell the two apart."""
    complaint = read_complaint(response) if response is not None else None
    return complaint is not None and (complaint.code, complaint.subcode) == (100, 33)


def is_spent(response: Response | None) -> bool:
    """Whether an answer says that a container is not there any more, or its day is over."""
    complaint = read_complaint(response) if response is not None else None
    return complaint is not None and complaint.subcode in {33, 2207006, 2207008, 2207020}


def _words(error: Mapping[str, Json]) -> str:
    said, told = str(error.get("message") or "no reason given"), str(error.get("error_user_msg") or "")
    return f"{said} {told}" if told and told != said else said


def judge(
    response: Response, *, harmless: bool, now: datetime, until: datetime | None, advice: Advice
) -> DeliveryError | None:
    """What the answer's error asks for; None where it has none and its status must speak.

    `until` is when the answer lets such a request be made again, if it says so.
    """
    complaint = read_complaint(response)
    if complaint is None:
        return None
    outcome, hint = _outcome(complaint, response.status_code)
    said, status = f"{advice.network} says: {complaint}", response.status_code
    if outcome in {"token", "grant", "person"}:
        return Unauthorized(said, hint=hint or _access(outcome, advice), status=status)
    if outcome == "twice":
        return Duplicate(said, hint=hint, status=status)
    if outcome == "refused":
        return Rejected(said, hint=hint, status=status)
    if outcome == "unsure" and not harmless:
        return Uncertain(said, hint=hint, status=status)
    until = until or (now + A_WHILE if outcome == "pause" else None)
    return Deferred(said, until=until, hint=hint, status=status)


def _outcome(complaint: Complaint, status: int) -> tuple[str, str]:
    known = _SUBCODES.get(complaint.subcode) or _CODES.get(complaint.code)
    if status >= 500:
        return "unsure", ""
    if known:
        return known
    if 200 <= complaint.code < 300:
        return "grant", ""
    return ("later", "") if complaint.transient or status == 429 else ("refused", "")


def _access(outcome: str, advice: Advice) -> str:
    return advice.renew if outcome == "token" else f"give the token {advice.permissions}, then renew it"


def regain(response: Response, now: datetime) -> datetime | None:
    """When such a request is taken again: the minutes of X-Business-Use-Case-Usage, which are 0 while one is taken now.

    Source: developers.facebook.com/docs/graph-api/overview/rate-limiting (read 2026-08-22). X-App-Usage tells no time.
    """
    try:
        usage = json.loads(response.headers["X-Business-Use-Case-Usage"])
        minutes = max(int(case.get("estimated_time_to_regain_access", 0)) for cases in usage.values() for case in cases)
        return now + timedelta(minutes=minutes) if minutes > 0 else None
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError):
        return None


def hint_for(text: str) -> str:
    """What to do about a container's status text, which names its subcode in words; empty where it names none."""
    return next((hint for subcode, (_, hint) in _SUBCODES.items() if str(subcode) in text), "")
