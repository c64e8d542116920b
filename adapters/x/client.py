"""Delivers to an X account through tweepy and API v2, signed with OAuth 1.0a, over the house's session.

tweepy knows only the media upload that X has closed, so pictures go through its `request` to the one of v2.
"""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import tweepy

from adapters.x.recognition import VERSIONS, history, made_at, parent, refuse_closed, refuse_late, says, versions
from adapters.x.recognition import ShownPost as _Post
from adapters.x.verdicts import Judge, is_duplicate, regain
from publisher.adapter import Account
from publisher.delivery.uploads import ADOPTED, PICTURES, pictures_of, renewed, uploading
from publisher.delivery.wire import Session
from publisher.errors import DeliveryError, Rejected, Uncertain, Unsupported
from publisher.model import Attempt, Media, Part, Receipt

CLOCK_SKEW = timedelta(minutes=5)
PAGE, PAGES = 100, 5
FIELDS = ("created_at", "entities", "note_tweet", "referenced_tweets")

_USER_NAME = re.compile(r"[A-Za-z0-9_]{1,15}")
# These write headers or signatures at DEBUG.
_TALKATIVE = ("tweepy", "requests_oauthlib", "oauthlib")


class XClient:
    """One X account, connected."""

    def __init__(self, account: Account, session: Session) -> None:
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.INFO)
        self._account, self._session, self._judge = account, session, Judge(account.channel, session)
        session.regain, session.home = regain, "https://api.twitter.com"
        secrets = account.secrets
        self._api = tweepy.Client(
            consumer_key=secrets["consumer_key"],
            consumer_secret=secrets["consumer_secret"],
            access_token=secrets["access_token"],
            access_token_secret=secrets["access_token_secret"],
            return_type=dict,
        )
        self._api.session = session

    def deliver(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
        """The receipt of the post, now live. X has no idempotency key: what it calls a duplicate is looked for."""
        try:
            return renewed(lambda one: self._create(part, one, thread), attempt, lambda refusal: refusal.status == 400)
        except Rejected as refusal:
            if not is_duplicate(self._session.last):
                raise
            return self._adopted(part, attempt, thread, refusal)

    def _create(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
        media = self._uploaded(part, attempt)
        with self._session.answered(self._judge):
            created = self._api.create_tweet(
                text=part.text or None,
                media_ids=media or None,
                in_reply_to_tweet_id=thread[-1].id if thread else None,
                reply_settings=part.native.get("reply_settings"),
            )
            return self._receipt(str(created["data"]["id"]), part)

    def edit(self, part: Part, attempt: Attempt, live: Receipt, thread: Sequence[Receipt]) -> Receipt:
        """The receipt of the post's newest version, which says what `part` says and has an id of its own.

        Raises Unsupported where the account is no Premium one, or it is too late.
        """
        self._refuse_ordinary()
        refuse_late(made_at(versions(live)[0]), attempt.at)
        with self._session.harmless(), self._session.answered(self._judge):
            newest = self._newest(live)
            ids = history(newest)
            is_ours = ids[-1] != live.id or live.native.get(PICTURES) == pictures_of(part.media)
            is_done = is_ours and says(newest, part)
        if is_done:
            return self._receipt(ids[-1], part, ids)
        refuse_closed(newest.get("edit_controls", {}), self._session.now())
        media = self._uploaded(part, attempt)
        body: dict[str, Any] = {"text": part.text, "edit_options": {"previous_post_id": ids[-1]}}
        body |= {"media": {"media_ids": media}} if media else {}
        with self._session.answered(self._judge):
            edited = self._send("/2/tweets", {**body, **part.native})
            identity = str(edited["data"]["id"])
            return self._receipt(identity, part, [*ids, identity])

    def _refuse_ordinary(self) -> None:
        if self._account.settings.get("premium", "").lower() not in {"true", "yes"}:
            channel = self._account.channel
            raise Unsupported(
                f"X lets only Premium accounts edit a post, and {channel} is not known to be one",
                hint=f"if it is, in publisher.yml: channels: {{{channel}: {{settings: {{premium: true}}}}}}",
            )

    def _newest(self, live: Receipt) -> _Post:
        """The newest version of a post, which an edit may have made whose answer was lost. Raises Rejected."""
        post = self._seen(live.id)
        newest = history(post)[-1] if post else ""
        post = self._seen(newest) if newest not in {"", live.id} else post
        if post is None:
            raise Rejected(f"{live.url} is not there any more", status=404)
        return post

    def withdraw(self, live: Receipt, thread: Sequence[Receipt]) -> None:
        """Deletes the post with all its versions; one that X does not find is gone."""
        try:
            with self._session.answered(self._judge):
                gone = bool(self._api.delete_tweet(live.id)["data"]["deleted"])
        except Rejected as refusal:
            if refusal.status != 404 or self._seen(live.id) is not None:
                raise
            return
        if not gone and self._seen(live.id) is not None:
            raise Rejected("X says that it did not delete the post", hint=f"delete it by hand: {live.url}")

    def _seen(self, identity: str) -> _Post | None:
        """The post of that id, None where X finds none: it says so with 200 as well as with 404."""
        try:
            with self._session.harmless(), self._session.answered(self._judge):
                fields = [*FIELDS, "edit_controls", "edit_history_tweet_ids"]
                found = self._api.get_tweet(identity, tweet_fields=fields, user_auth=True)
                return found["data"] if "data" in found or "errors" not in found else None
        except Rejected as refusal:
            if refusal.status != 404:
                raise
            return None

    def find(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        """The post among the account's own since the attempt that says what `part` says, links read through t.co."""
        known = {one for receipt in thread for one in versions(receipt)}
        parents = {"", *(versions(thread[-1]) if thread else ())}
        with self._session.harmless(), self._session.answered(self._judge):
            for post in self._since(attempt.at - CLOCK_SKEW):
                if post["id"] not in known and parent(post) in parents and says(post, part):
                    return self._receipt(str(post["id"]), part)
        return None

    def _adopted(self, part: Part, attempt: Attempt, thread: Sequence[Receipt], refusal: Rejected) -> Receipt:
        try:
            found = self.find(part, attempt, thread)
        except DeliveryError as unknown:
            told = f"X says it has this text already, and looking for it failed: {unknown}"
            raise Uncertain(told, hint=unknown.hint, status=refusal.status) from unknown
        if found is None:
            raise Rejected(
                f"{refusal}; it is an older post's text, not this attempt's",
                hint=f"say it in other words: a new paragraph, or `text:` for {self._account.channel}",
                status=refusal.status,
            ) from refusal
        return replace(found, native={**found.native, **ADOPTED})

    def _uploaded(self, part: Part, attempt: Attempt) -> list[str]:
        with uploading(self._account, attempt) as uploads:
            return uploads.take_all(part.media, self._upload)

    def _upload(self, media: Media) -> str:
        content = base64.b64encode(self._account.read(media)).decode()
        with self._session.harmless(), self._session.answered(self._judge):
            uploaded = self._send("/2/media/upload", {"media": content, "media_category": "tweet_image"})
            identity = str(uploaded["data"]["id"])
            if media.alt:
                self._send("/2/media/metadata", {"id": identity, "metadata": {"alt_text": {"text": media.alt}}})
            return identity

    def _send(self, route: str, body: Mapping[str, Any]) -> Any:
        return self._api.request("POST", route, json=body, user_auth=True).json()

    def _since(self, start: datetime) -> Iterator[_Post]:
        me = self._api.get_me(user_auth=True)["data"]["id"]
        more: Mapping[str, str] = {}
        for _ in range(PAGES):
            page = self._api.get_users_tweets(
                me, max_results=PAGE, start_time=start, tweet_fields=list(FIELDS), user_auth=True, **more
            )
            yield from page.get("data", ())
            if "next_token" not in page["meta"]:
                return
            more = {"pagination_token": page["meta"]["next_token"]}
        raise Uncertain(f"the account has more than {PAGE * PAGES} posts since the attempt; X shows no more of them")

    def _receipt(self, identity: str, part: Part, history: Sequence[str] = ()) -> Receipt:
        user = self._account.handle.lstrip("@").partition("@")[0]
        author = user if _USER_NAME.fullmatch(user) else "i/web"
        native = {PICTURES: pictures_of(part.media), **({VERSIONS: " ".join(history)} if len(history) > 1 else {})}
        url = f"https://x.com/{author}/status/{identity}"
        return Receipt(id=identity, url=url, at=self._session.now(), native=native)
