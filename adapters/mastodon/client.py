"""Delivers to a Mastodon account through Mastodon.py, over the house's session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from mastodon import Mastodon as Api
from requests import Response

from publisher.adapter import Account
from publisher.delivery.address import server
from publisher.delivery.evidence import same_words, without_markup
from publisher.delivery.wire import Session
from publisher.errors import Deferred, DeliveryError, Unauthorized, Uncertain
from publisher.model import Attempt, Media, Part, Receipt

CLOCK_SKEW = timedelta(minutes=5)
RECENT, FULL_PAGE = 40, 20  # some servers give no more than 20 whatever is asked


class MastodonClient:
    """One Mastodon account, connected."""

    def __init__(self, account: Account, session: Session) -> None:
        self._account, self._session = account, session
        # The version is named, not asked: asking costs a request and some servers of this API have no answer.
        # With the mode "none" the named version would be ignored, and pictures go to an address that is gone.
        self._api = Api(
            access_token=account.secrets["token"],
            api_base_url=server(account, "instance"),
            session=session,
            ratelimit_method="throw",
            version_check_mode="created",
            mastodon_version="4.5.0",
        )

    def deliver(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
        """The receipt of the status, now live; its Idempotency-Key is honoured by stock Mastodon for an hour."""
        uploads = [self._upload(media) for media in part.media]
        with self._session.answered(_judge):
            status = self._api.status_post(
                part.text,
                in_reply_to_id=thread[-1].id if thread else None,
                media_ids=uploads or None,
                visibility=str(part.native.get("visibility", "public")),
                spoiler_text=str(part.native.get("spoiler_text", "")) or None,
                language=str(part.native.get("language", "")) or None,
                idempotency_key=attempt.key,
            )
            return self._receipt(status)

    def find(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        """The status among the account's recent ones that says what `part` says, in its place, since the attempt.

        Raises Uncertain when there is nothing to recognise it by, or too many came after it to see that far back.
        """
        if not same_words(part.text, part.text):
            raise Uncertain("a status without words cannot be recognised among the others")
        parent, since = thread[-1].id if thread else None, attempt.at - CLOCK_SKEW
        with self._session.harmless(), self._session.answered(_judge):
            me = self._api.account_verify_credentials()
            recent = self._api.account_statuses(me["id"], exclude_reblogs=True, limit=RECENT)
            for status in recent:
                in_place = status["created_at"] >= since and status["in_reply_to_id"] == parent
                if in_place and _says(part, without_markup(status["content"])):
                    return self._receipt(status)
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

    def _receipt(self, status: Any) -> Receipt:
        if not status["id"]:  # Mastodon.py gives None for a field that the answer lacks
            raise ValueError("a status without an id")
        return Receipt(id=str(status["id"]), url=str(status["url"] or status["uri"]), at=self._session.now())


def _says(part: Part, content: str) -> bool:
    """Whether that is the part's text; some servers take its tags for markup (snac 2.75, seen 2026-11)."""
    return same_words(part.text, content) or same_words(without_markup(part.text), content)


def _judge(response: Response, harmless: bool) -> DeliveryError | None:  # noqa: FBT001 - the wire's signature
    """Mastodon's own ways: a rate limit ends at an ISO instant; media in the works and a bad token may both be 422."""
    said = " ".join(response.text.split())[:200]
    if response.status_code == 429:
        return Deferred(f"HTTP 429: {said}", until=_reset(response), status=429)
    if response.status_code == 422 and "not finished processing" in said:
        return Deferred(f"the picture is still being processed: {said}", status=422)
    # snac answers 422 and takahe 400 to a token it does not know (seen 2026-11).
    if response.status_code in {400, 422} and "token" in said.lower():
        return Unauthorized(f"HTTP {response.status_code}: {said}", status=response.status_code)
    if response.status_code == 200 and not harmless:
        return Uncertain("the answer has no status id, though the status may be live", status=200)
    return None


def _reset(response: Response) -> datetime | None:
    try:
        return datetime.fromisoformat(response.headers["X-RateLimit-Reset"])
    except (KeyError, ValueError):
        return None
