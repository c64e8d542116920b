"""Delivers to a Mastodon account through Mastodon.py, over the house's session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from mastodon import Mastodon as Api
from requests import Response

from publisher.adapter import Account
from publisher.delivery.address import server
from publisher.delivery.evidence import has_words, same_words, without_markup
from publisher.delivery.uploads import PICTURES, pictures_of, uploading
from publisher.delivery.wire import Session, read_epoch
from publisher.errors import Deferred, DeliveryError, Rejected, Unauthorized, Uncertain, Unsupported
from publisher.model import Attempt, Media, Part, Receipt

CLOCK_SKEW = timedelta(minutes=5)
RECENT, FULL_PAGE = 40, 20  # some servers give no more than 20 whatever is asked


class MastodonClient:
    """One Mastodon account, connected."""

    def __init__(self, account: Account, session: Session) -> None:
        self._account, self._session = account, session
        self._server = server(account, "instance")
        session.regain, session.home = regain, self._server
        self._token = {"Authorization": f"Bearer {account.secrets['token']}"}
        # The version is named, not asked: asking costs a request and some servers of this API have no answer.
        # With the mode "none" the named version would be ignored, and pictures go to an address that is gone.
        self._api = Api(
            access_token=account.secrets["token"],
            api_base_url=self._server,
            session=session,
            ratelimit_method="throw",
            version_check_mode="created",
            mastodon_version="4.5.0",
        )

    def deliver(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
        """The receipt of the status, now live; its Idempotency-Key is honoured by stock Mastodon for an hour."""
        kept = {name: media for name, media in attempt.uploads.items() if self._is_kept(media)}
        with uploading(self._account, replace(attempt, uploads=kept)) as uploads:
            media = uploads.take_all(part.media, self._upload)
        with self._session.answered(_judge):
            status = self._api.status_post(
                part.text,
                in_reply_to_id=thread[-1].id if thread else None,
                media_ids=media or None,
                visibility=str(part.native.get("visibility", "public")),
                spoiler_text=str(part.native.get("spoiler_text", "")) or None,
                language=str(part.native.get("language", "")) or None,
                idempotency_key=attempt.key,
            )
            return self._receipt(status, part)

    def find(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        """The status among the account's recent ones that says what `part` says, in its place, since the attempt.

        Raises Uncertain when there is nothing to recognise it by, or too many came after it to see that far back.
        """
        parent, since = thread[-1].id if thread else None, attempt.at - CLOCK_SKEW
        with self._session.harmless(), self._session.answered(_judge):
            me = self._api.account_verify_credentials()
            recent = self._api.account_statuses(me["id"], exclude_reblogs=True, limit=RECENT)
            if self._session.last is None or not isinstance(self._session.last.json(), list):
                raise ValueError("no list of statuses")  # Mastodon.py makes an empty one of an empty object
            near = [one for one in recent if one["created_at"] >= since and one["in_reply_to_id"] == parent]
            for status in near:
                if _says(part, without_markup(status["content"])):
                    return self._receipt(status, part)
        if not (has_words(part.text) or all(has_words(without_markup(one["content"])) for one in near)):
            raise Uncertain("a status without words cannot be recognised among others that have none")
        if len(recent) >= FULL_PAGE and recent[-1]["created_at"] >= since:
            raise Uncertain(f"the last {len(recent)} statuses are all newer than the attempt; it may lie behind them")
        return None

    def _upload(self, media: Media) -> str:
        content = self._account.read(media)
        with self._session.harmless(), self._session.answered(_judge):
            upload = self._api.media_post(content, media.mime, description=media.alt, file_name=media.digest[:16])
            if not upload["id"]:  # Mastodon.py gives None for a field that the answer lacks
                raise ValueError("a picture without an id")
            return str(upload["id"])

    def _is_kept(self, media: str) -> bool:
        """Whether an upload waits for its status; some versions leave out unknown ones without a word."""
        return self._shown(f"/api/v1/media/{quote(media)}") is not None

    def edit(self, part: Part, attempt: Attempt, live: Receipt, thread: Sequence[Receipt]) -> Receipt:
        """The receipt of the status, which now says what `part` says; pictures that did not change are kept.

        Raises Unsupported where who sees it would change.
        """
        shown = self._shown(_status(live.id))
        if shown is None:
            raise Rejected(f"{live.url or live.id} is not there any more", status=404)
        wanted = str(part.native.get("visibility", "public"))
        if shown["visibility"] != wanted:
            raise Unsupported(
                f"Mastodon lets nobody change who sees a status: it is {shown['visibility']}, not {wanted}",
                hint=f"set `visibility: {shown['visibility']}` again, or withdraw it and write a new one",
            )
        media = _kept(part, live, shown) or self._anew(part, attempt)
        words = {name: str(part.native.get(name, "")) for name in ("spoiler_text", "language")}
        form = [("status", part.text), *words.items(), *(("media_ids[]", one) for one in media)]
        with self._session.answered(_judge):
            status = _read(self._session.put(self._server + _status(live.id), data=form, headers=self._token))
            return self._receipt(status, part)

    def _anew(self, part: Part, attempt: Attempt) -> list[str]:
        with uploading(self._account, attempt) as uploads:
            return uploads.take_all(part.media, self._upload)

    def withdraw(self, live: Receipt, thread: Sequence[Receipt]) -> None:
        """Deletes the status and its pictures. Raises Rejected where it stays, as on servers that delete nothing."""
        try:
            with self._session.answered(_judge):
                # The SDK puts the parameter in a body, where the documentation has it in the query.
                path = self._server + _status(live.id)
                _read(self._session.delete(path, params={"delete_media": "true"}, headers=self._token))
        except Rejected as refusal:
            if refusal.status not in {404, 410} or self._shown(_status(live.id)) is not None:
                refusal.hint = f"delete it by hand: {live.url}"
                raise

    def _shown(self, path: str) -> Any:
        """What the server shows at that path, or None where it knows nothing of it."""
        with self._session.harmless(), self._session.answered(_judge):
            response = self._session.get(self._server + path, headers=self._token)
            return None if response.status_code in {404, 410} else _read(response)

    def _receipt(self, status: Any, part: Part) -> Receipt:
        if not status["id"]:  # Mastodon.py gives None for a field that the answer lacks
            raise ValueError("a status without an id")
        url, pictures = str(status["url"] or status["uri"]), pictures_of(part.media)
        return Receipt(id=str(status["id"]), url=url, at=self._session.now(), native={PICTURES: pictures})


def _status(identity: str) -> str:
    return f"/api/v1/statuses/{quote(identity)}"


def _read(response: Response) -> Any:
    if response.status_code not in {200, 202, 206}:
        raise ValueError(f"HTTP {response.status_code}")
    return response.json()


def _kept(part: Part, live: Receipt, shown: Any) -> list[str]:
    """The pictures under a status, if they are the part's; where the receipt does not tell, their alt texts do."""
    there = shown["media_attachments"]
    ours = [media.alt for media in part.media]
    same = [one["description"] or "" for one in there] == ours
    if live.native.get(PICTURES, pictures_of(part.media)) != pictures_of(part.media) or not same:
        return []
    return [str(one["id"]) for one in there]


def _says(part: Part, content: str) -> bool:
    """Whether that is the part's text; some servers take its tags for markup (snac 2.75, seen 2026-11)."""
    return same_words(part.text, content) or same_words(without_markup(part.text), content)


def _judge(response: Response, harmless: bool) -> DeliveryError | None:  # noqa: FBT001 - the wire's signature
    """Mastodon's own ways: media in the works and a bad token may both be 422."""
    said = " ".join(response.text.split())[:200]
    if response.status_code == 422 and "not finished processing" in said:
        return Deferred(f"the picture is still being processed: {said}", status=422)
    # snac answers 422 and takahe 400 to a token it does not know (seen 2026-11).
    if response.status_code in {400, 422} and "token" in said.lower():
        return Unauthorized(f"HTTP {response.status_code}: {said}", status=response.status_code)
    if response.status_code == 200 and not harmless:
        return Uncertain("the answer has no status id, though the status may be live", status=200)
    return None


def regain(response: Response, _now: datetime) -> datetime | None:
    """When the server takes such a request again: a date on Mastodon, seconds since 1970 on GoToSocial.

    Sources: docs.joinmastodon.org/api/rate-limits (2026-07-02), docs.gotosocial.org/en/latest/api/ratelimiting
    (2026-11-22). To a new status Mastodon tells what is left of its 300 in three hours, where that is less.
    """
    if response.status_code != 429 and response.headers.get("X-RateLimit-Remaining") != "0":
        return None
    written = response.headers.get("X-RateLimit-Reset", "")
    return read_epoch(written) or _read_instant(written)


def _read_instant(written: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        return None
    return instant if instant.tzinfo else None
