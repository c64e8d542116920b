"""Delivers to LinkedIn through python-linkedin-v2, turned to the versioned API, over the house's session."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from requests import Response

from adapters.linkedin.limits import LIMITS
from adapters.linkedin.little import little, plain
from adapters.linkedin.render import AUTHOR
from adapters.linkedin.rest import Rest
from publisher.adapter import Account
from publisher.delivery.evidence import same_words
from publisher.delivery.wire import Session, retry_after
from publisher.errors import ConfigError, Deferred, DeliveryError, Rejected, Unauthorized, Uncertain
from publisher.model import Attempt, Json, Media, Part, Receipt

CLOCK_SKEW = timedelta(minutes=5)
RECENT = 50
_EVERYWHERE: dict[str, Json] = {
    "feedDistribution": "MAIN_FEED",
    "targetEntities": [],
    "thirdPartyDistributionChannels": [],
}
_URN = re.compile(r"urn:li:(?:share|ugcPost|activity):\d+")


class Duplicate(Rejected):
    """LinkedIn has these words already, in the post `urn`; nothing was posted by this request."""

    def __init__(self, urn: str) -> None:
        super().__init__(f"LinkedIn has these words already, in {_page(urn)}", status=422)
        self.urn = urn


class LinkedInClient:
    """One LinkedIn author, connected."""

    def __init__(self, account: Account, session: Session) -> None:
        self._author = account.settings.get("author", "")
        if not AUTHOR.fullmatch(self._author):
            raise ConfigError(
                f"{account.channel}: the setting `author` is missing or no urn:li:person:… or urn:li:organization:…",
                hint=f'in publisher.yml: channels: {{{account.channel}: {{settings: {{author: "urn:li:…"}}}}}}',
            )
        self._account, self._session = account, session
        self._version = account.settings.get("version") or str(LIMITS.more["version"].value)
        self._rest = Rest(account.secrets["token"], self._version, session)

    @property
    def _is_person(self) -> bool:
        return self._author.startswith("urn:li:person:")

    def deliver(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
        """The receipt of the post or comment, now live; a post refused as a duplicate of our own attempt is adopted."""
        if part.kind == "comment":
            return self._comment(part, thread[0])
        body = self._body(part)
        try:
            with self._session.answered(self._judge):
                return self._receipt(self._rest.create("/rest/posts", body))
        except Duplicate as duplicate:
            return self._adopt(duplicate, attempt, thread)

    def find(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        """The post or comment that says what `part` says, since the attempt, if the author's tokens may read it.

        LinkedIn lets nobody read a person's posts. For those it is None, and the refusal of a duplicate is the look:
        sending the same words again is refused and names the post. Comments have no such refusal: Uncertain.
        """
        if self._is_person and part.kind == "comment":
            raise Uncertain(
                "LinkedIn lets no program read the comments of a person's post",
                hint=f"look at {thread[0].url}; then `publisher resolve {attempt.post} {attempt.channel}`",
            )
        if self._is_person:
            return None
        with self._session.harmless(), self._session.answered(self._judge):
            if part.kind == "comment":
                return self._find_comment(part, attempt, thread)
            return self._find_post(part, attempt, thread)

    def _body(self, part: Part) -> dict[str, Json]:
        content = self._content(part)
        return {
            "author": self._author,
            "commentary": little(part.text),
            "visibility": part.native["visibility"],
            "distribution": _EVERYWHERE,
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
            **({"content": content} if content else {}),
        }

    def _content(self, part: Part) -> dict[str, Json]:
        images: list[Json] = [{"id": self._upload(media), "altText": media.alt} for media in part.media]
        if len(images) == 1:
            return {"media": images[0]}
        if images:
            return {"multiImage": {"images": images}}
        article = part.native.get("article")
        return {"article": article} if article else {}

    def _upload(self, media: Media) -> str:
        content = self._account.read(media)
        with self._session.harmless(), self._session.answered(self._judge):
            return self._rest.upload(self._author, content, media.mime)

    def _comment(self, part: Part, post: Receipt) -> Receipt:
        body: dict[str, Json] = {"actor": self._author, "object": post.id, "message": {"text": part.text}}
        with self._session.answered(self._judge):
            identity = self._rest.create(f"/rest/socialActions/{quote(post.id, safe='')}/comments", body)
            return self._comment_receipt(_comment_urn(post.id, identity), post)

    def _adopt(self, duplicate: Duplicate, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
        if _posted_at(duplicate.urn) < attempt.at - CLOCK_SKEW or duplicate.urn in {receipt.id for receipt in thread}:
            duplicate.hint = f"change the words for {attempt.channel}: LinkedIn refuses to post the same ones twice"
            raise duplicate
        if not self._is_person:
            self._look_at(duplicate.urn, attempt)
        return self._receipt(duplicate.urn, {"evidence": "duplicate"})

    def _look_at(self, urn: str, attempt: Attempt) -> None:
        """Nothing, if the post is there: LinkedIn is reported to name posts that were deleted, or never were."""
        try:
            with self._session.harmless(), self._session.answered(self._judge):
                self._rest.read(f"/rest/posts/{quote(urn, safe='')}")
        except DeliveryError as error:
            raise Uncertain(
                f"LinkedIn says these words are already posted as {urn}, but that post cannot be seen ({error})",
                hint=f"look at {_page(urn)}; then `publisher resolve {attempt.post} {attempt.channel}`",
                status=error.status,
            ) from error

    def _find_post(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        known = {receipt.id for receipt in thread}
        asked = {"q": "author", "author": self._author, "count": str(RECENT), "sortBy": "CREATED"}
        for post in self._rest.read("/rest/posts", asked)["elements"]:
            recent = _instant(post["publishedAt"]) >= attempt.at - CLOCK_SKEW
            if recent and post["id"] not in known and same_words(part.text, plain(post["commentary"])):
                return self._receipt(post["id"])
        return None

    def _find_comment(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        post, known = thread[0], {receipt.id for receipt in thread}
        path = f"/rest/socialActions/{quote(post.id, safe='')}/comments"
        for comment in self._rest.read(path, {"count": str(RECENT)})["elements"]:
            urn, at = comment["commentUrn"], _instant(comment["created"]["time"])
            mine = comment["actor"] == self._author and urn not in known and at >= attempt.at - CLOCK_SKEW
            if mine and comment["message"]["text"].strip() == part.text.strip():
                return self._comment_receipt(urn, post)
        return None

    def _receipt(self, urn: str, native: Mapping[str, str] | None = None) -> Receipt:
        return Receipt(id=urn, url=_page(urn), at=self._session.now(), native=native or {})

    def _comment_receipt(self, urn: str, post: Receipt) -> Receipt:
        return Receipt(id=urn, url=f"{_page(post.id)}?commentUrn={quote(urn, safe='')}", at=self._session.now())

    def _judge(self, response: Response, harmless: bool) -> DeliveryError | None:  # noqa: FBT001 - the wire's signature
        """LinkedIn's own ways: retired versions, days that end at midnight UTC, and duplicates named by their URN."""
        status, said = response.status_code, self._session.excerpt(response)
        if status == 422 and "DUPLICATE_POST" in response.text:
            urn = _URN.search(response.text)
            return Duplicate(urn[0]) if urn else Uncertain(f"LinkedIn has these words somewhere: {said}", status=422)
        if status == 426:
            hint = f"set channels.{self._account.channel}.settings.version in publisher.yml to a newer month (YYYYMM)"
            return Rejected(f"LinkedIn no longer takes version {self._version} of its API", hint=hint, status=426)
        if status == 429:
            until = retry_after(response, self._session.now()) or _midnight(self._session.now())
            return Deferred(f"HTTP 429: {said}", until=until, status=429)
        if status in {401, 403}:
            return self._denied(status, said)
        if status == 409:
            return Deferred(f"HTTP 409: {said}", status=409)
        return _unreadable(response) if status < 300 and not harmless else None

    def _denied(self, status: int, said: str) -> DeliveryError:
        where = f"for {self._account.channel} at https://www.linkedin.com/developers/tools/oauth/token-generator"
        if status == 401:
            hint = f"a LinkedIn token lives 60 days: make a new one {where}"
            return Unauthorized(f"HTTP 401: {said}", hint=hint, status=401)
        kind = "w_member_social" if self._is_person else "w_organization_social and r_organization_social"
        return Rejected(f"HTTP 403: {said}", hint=f"make a token with {kind} {where}", status=403)


def _unreadable(response: Response) -> Uncertain:
    return Uncertain("the answer names no post, though it may be live", status=response.status_code)


def _page(urn: str) -> str:
    return f"https://www.linkedin.com/feed/update/{urn}/"


def _comment_urn(post: str, identity: str) -> str:
    return identity if identity.startswith("urn:li:comment:") else f"urn:li:comment:({post},{identity})"


def _posted_at(urn: str) -> datetime:
    """When a post was made: its number holds the milliseconds since 1970 above its lowest 22 bits (seen in reports)."""
    return _instant(int(urn.rpartition(":")[2]) >> 22)


def _instant(milliseconds: Any) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


def _midnight(now: datetime) -> datetime:
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1)
