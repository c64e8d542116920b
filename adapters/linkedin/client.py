"""Delivers to LinkedIn through python-linkedin-v2, turned to the versioned API, over the house's session."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
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
from publisher.delivery.uploads import ADOPTED, FIXED, fixed_of, renewed, uploading
from publisher.delivery.wire import Session
from publisher.errors import ConfigError, Deferred, DeliveryError, Rejected, Unauthorized, Uncertain, Unsupported
from publisher.model import Attempt, Json, Media, Part, Receipt

CLOCK_SKEW = timedelta(minutes=5)
RECENT = 50
_EVERYWHERE: dict[str, Json] = {
    "feedDistribution": "MAIN_FEED",
    "targetEntities": [],
    "thirdPartyDistributionChannels": [],
}
_COMMENT = re.compile(r"urn:li:comment:\((urn:li:\w+:\d+),(\d+)\)")
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
        session.home = self._rest.BASE_URL

    @property
    def _is_person(self) -> bool:
        return self._author.startswith("urn:li:person:")

    def deliver(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
        """The receipt of the post or comment, now live; a post refused as a duplicate of our own attempt is adopted."""
        if part.kind == "comment":
            return self._comment(part, thread[0])
        asked = self._session.now()
        try:
            return renewed(lambda one: self._create(part, one), attempt, _lapsed)
        except Duplicate as duplicate:
            return self._adopt(duplicate, part, attempt, thread, asked)

    def find(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        """The post or comment that says what `part` says, since the attempt, if the author's tokens may read it.

        Raises Uncertain for a person, whose posts LinkedIn lets no program read.
        """
        if self._is_person:
            where = thread[0].url if part.kind == "comment" else "the profile’s activity on LinkedIn"
            what = "the comments of a person's post" if part.kind == "comment" else "a person's posts"
            raise Uncertain(
                f"LinkedIn lets no program read {what}",
                hint=f"look at {where}; then `publisher resolve {attempt.post} {attempt.channel}`",
            )
        with self._session.harmless(), self._session.answered(self._judge):
            if part.kind == "comment":
                return self._find_comment(part, attempt, thread)
            return self._find_post(part, attempt, thread)

    def edit(self, part: Part, attempt: Attempt, live: Receipt, thread: Sequence[Receipt]) -> Receipt:
        """The receipt of the post or comment, which now says what `part` says.

        Raises Unsupported where more than the words changed.
        """
        if live.native.get(FIXED, fixed_of(part)) != fixed_of(part):
            raise Unsupported(
                "LinkedIn lets nobody change the pictures, the card or the audience of a post that is live",
                hint="change its words alone, or withdraw it and write a new one",
            )
        with self._session.answered(self._judge):
            if part.kind == "comment":
                words: dict[str, Json] = {"message": {"$set": {"text": part.text}}}
                self._rest.update(_comment_path(live.id), words, {"actor": self._author})
            else:
                self._rest.update(_post_path(live.id), {"$set": {"commentary": little(part.text)}})
        return replace(live, at=self._session.now(), native={**live.native, FIXED: fixed_of(part)})

    def withdraw(self, live: Receipt, thread: Sequence[Receipt]) -> None:
        """Deletes the post or comment; one that is gone is no error, and a person's is believed to be."""
        is_comment = live.id.startswith("urn:li:comment:")
        path = _comment_path(live.id) if is_comment else _post_path(live.id)
        try:
            with self._session.answered(self._judge):
                self._rest.delete(path, {"actor": self._author} if is_comment else None)
        except Rejected as refusal:
            if refusal.status not in {404, 410} or (not self._is_person and self._is_there(path)):
                raise

    def _is_there(self, path: str) -> bool:
        try:
            with self._session.harmless(), self._session.answered(self._judge):
                self._rest.read(path)
        except Rejected as refusal:
            if refusal.status not in {404, 410}:
                raise
            return False
        return True

    def _create(self, part: Part, attempt: Attempt) -> Receipt:
        with uploading(self._account, attempt) as uploads:
            images = uploads.take_all(part.media, self._upload)
        with self._session.answered(self._judge):
            return self._receipt(self._rest.create("/rest/posts", self._body(part, images)), part)

    def _body(self, part: Part, images: Sequence[str]) -> dict[str, Json]:
        content = _content(part, images)
        return {
            "author": self._author,
            "commentary": little(part.text),
            "visibility": part.native["visibility"],
            "distribution": _EVERYWHERE,
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
            **({"content": content} if content else {}),
        }

    def _upload(self, media: Media) -> str:
        content = self._account.read(media)
        with self._session.harmless(), self._session.answered(self._judge):
            return self._rest.upload(self._author, content, media.mime)

    def _comment(self, part: Part, post: Receipt) -> Receipt:
        body: dict[str, Json] = {"actor": self._author, "object": post.id, "message": {"text": part.text}}
        with self._session.answered(self._judge):
            identity = self._rest.create(f"/rest/socialActions/{quote(post.id, safe='')}/comments", body)
            return self._comment_receipt(_comment_urn(post.id, identity), part, post)

    def _adopt(
        self, duplicate: Duplicate, part: Part, attempt: Attempt, thread: Sequence[Receipt], asked: datetime
    ) -> Receipt:
        """The receipt of the post that a refusal names, once it is sure that it is this attempt's, and there at all.

        After a post's deletion LinkedIn is reported to refuse its words for a day or two, naming a ghost: a new one
        with each refusal. An organization's is looked at. A person's cannot be, and is believed if it is clearly older
        than the request that was refused.
        """
        made = _posted_at(duplicate.urn)
        if made < attempt.at - CLOCK_SKEW or duplicate.urn in {receipt.id for receipt in thread}:
            duplicate.hint = f"change the words for {attempt.channel}: LinkedIn refuses to post the same ones twice"
            raise duplicate
        if not self._is_person:
            self._look_at(duplicate.urn, attempt)
        elif made >= asked - CLOCK_SKEW:
            raise _unseen(duplicate.urn, attempt, "LinkedIn lets no program read a person's posts")
        return self._receipt(duplicate.urn, part, ADOPTED)

    def _look_at(self, urn: str, attempt: Attempt) -> None:
        """Nothing, if the post is there. Raises Uncertain."""
        try:
            with self._session.harmless(), self._session.answered(self._judge):
                self._rest.read(_post_path(urn))
        except DeliveryError as error:
            raise _unseen(urn, attempt, str(error)) from error

    def _find_post(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        known = {receipt.id for receipt in thread}
        asked = {"q": "author", "author": self._author, "count": str(RECENT), "sortBy": "CREATED"}
        for post in self._rest.read("/rest/posts", asked)["elements"]:
            recent = _instant(post["publishedAt"]) >= attempt.at - CLOCK_SKEW
            if recent and post["id"] not in known and same_words(part.text, plain(post["commentary"])):
                return self._receipt(post["id"], part)
        return None

    def _find_comment(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        post, known = thread[0], {receipt.id for receipt in thread}
        path = f"/rest/socialActions/{quote(post.id, safe='')}/comments"
        for comment in self._rest.read(path, {"count": str(RECENT)})["elements"]:
            urn, at = comment["commentUrn"], _instant(comment["created"]["time"])
            mine = comment["actor"] == self._author and urn not in known and at >= attempt.at - CLOCK_SKEW
            if mine and comment["message"]["text"].strip() == part.text.strip():
                return self._comment_receipt(urn, part, post)
        return None

    def _receipt(self, urn: str, part: Part, native: Mapping[str, str] | None = None) -> Receipt:
        told = {FIXED: fixed_of(part), **(native or {})}
        return Receipt(id=urn, url=_page(urn), at=self._session.now(), native=told)

    def _comment_receipt(self, urn: str, part: Part, post: Receipt) -> Receipt:
        url = f"{_page(post.id)}?commentUrn={quote(urn, safe='')}"
        return Receipt(id=urn, url=url, at=self._session.now(), native={FIXED: fixed_of(part)})

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
            until = self._session.until(response) or _midnight(self._session.now())
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


def _unseen(urn: str, attempt: Attempt, why: str) -> Uncertain:
    return Uncertain(
        f"LinkedIn says these words are already posted as {urn}, but that post cannot be seen ({why})",
        hint=f"look at {_page(urn)}; then `publisher resolve {attempt.post} {attempt.channel}`",
        status=422,
    )


def _page(urn: str) -> str:
    return f"https://www.linkedin.com/feed/update/{urn}/"


def _post_path(urn: str) -> str:
    return f"/rest/posts/{quote(urn, safe='')}"


def _comment_path(urn: str) -> str:
    """Where a comment stands under its post. Raises Rejected for what is no comment's URN."""
    found = _COMMENT.fullmatch(urn)
    if not found:
        raise Rejected(f"{urn} is no comment that LinkedIn could find")
    return f"/rest/socialActions/{quote(found[1], safe='')}/comments/{found[2]}"


def _content(part: Part, urns: Sequence[str]) -> dict[str, Json]:
    images: list[Json] = [{"id": urn, "altText": media.alt} for urn, media in zip(urns, part.media, strict=True)]
    if len(images) == 1:
        return {"media": images[0]}
    if images:
        return {"multiImage": {"images": images}}
    article = part.native.get("article")
    return {"article": article} if article else {}


def _lapsed(refusal: Rejected) -> bool:
    """Whether a refusal may be about images that are gone."""
    return refusal.status in {400, 404, 422} and not isinstance(refusal, Duplicate)


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
