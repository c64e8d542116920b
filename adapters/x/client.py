"""Delivers to an X account through tweepy and API v2, signed with OAuth 1.0a, over the house's session.

tweepy knows only the media upload that X has closed, so pictures go through its `request` to the one of v2.
"""

from __future__ import annotations

import base64
import html
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import tweepy

from adapters.x.addresses import addresses
from adapters.x.verdicts import Judge, is_duplicate
from publisher.adapter import Account
from publisher.delivery.evidence import same_words
from publisher.delivery.wire import Session
from publisher.errors import DeliveryError, Rejected, Uncertain
from publisher.model import Attempt, Media, Part, Receipt

CLOCK_SKEW = timedelta(minutes=5)
PAGE, PAGES = 100, 5
FIELDS = ("created_at", "entities", "note_tweet", "referenced_tweets")

_USER_NAME = re.compile(r"[A-Za-z0-9_]{1,15}")
# These write headers or signatures at DEBUG.
_TALKATIVE = ("tweepy", "requests_oauthlib", "oauthlib")

_Post = Mapping[str, Any]


class XClient:
    """One X account, connected."""

    def __init__(self, account: Account, session: Session) -> None:
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.INFO)
        self._account, self._session, self._judge = account, session, Judge(account.channel, session)
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
        uploads = [self._upload(media) for media in part.media]
        try:
            with self._session.answered(self._judge):
                created = self._api.create_tweet(
                    text=part.text or None,
                    media_ids=uploads or None,
                    in_reply_to_tweet_id=thread[-1].id if thread else None,
                    reply_settings=part.native.get("reply_settings"),
                )
                return self._receipt(str(created["data"]["id"]))
        except Rejected as refusal:
            if not is_duplicate(self._session.last):
                raise
            return self._adopted(part, attempt, thread, refusal)

    def find(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        """The post among the account's own since the attempt that says what `part` says, links read through t.co."""
        known = {receipt.id for receipt in thread}
        parent = thread[-1].id if thread else ""
        with self._session.harmless(), self._session.answered(self._judge):
            for post in self._since(attempt.at - CLOCK_SKEW):
                if post["id"] not in known and _parent(post) in {"", parent} and _says(post, part):
                    return self._receipt(str(post["id"]))
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
        return found

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

    def _receipt(self, identity: str) -> Receipt:
        user = self._account.handle.lstrip("@").partition("@")[0]
        author = user if _USER_NAME.fullmatch(user) else "i/web"
        return Receipt(id=identity, url=f"https://x.com/{author}/status/{identity}", at=self._session.now())


def _parent(post: _Post) -> str:
    """The id of the post it answers; empty where there is none, or X did not say."""
    others = post.get("referenced_tweets") or post.get("referenced_posts") or ()
    return str(next((other["id"] for other in others if other["type"] == "replied_to"), ""))


def _says(post: _Post, part: Part) -> bool:
    """Whether a post shown by the API is the part. Raises Uncertain where neither has words and links do not decide."""
    long = post.get("note_tweet") or post.get("note_post") or {}
    theirs = html.unescape(str(long.get("text") or post["text"]))
    our_words, their_words = _without_links(part.text), _without_links(theirs)
    if our_words.strip():
        return same_words(our_words, their_words) or our_words.split() == their_words.split()
    if their_words.strip():
        return False
    links = {_bare(part.text[start:end]) for start, end in addresses(part.text)}
    shown = set(_shown_links({**post, **long}))
    if links and shown:
        return links == shown
    raise Uncertain(f"post {post['id']} has no words either; X cannot tell whether it is this one")


def _without_links(text: str) -> str:
    kept, position = [], 0
    for start, end in addresses(text):
        kept.append(text[position:start])
        position = end
    return " ".join([*kept, text[position:]])


def _shown_links(post: _Post) -> Iterator[str]:
    for url in post.get("entities", {}).get("urls", ()):
        if "media_key" not in url:
            yield _bare(str(url["expanded_url"]))


def _bare(url: str) -> str:
    return url.partition("://")[2].rstrip("/").casefold() if "://" in url else url.rstrip("/").casefold()
