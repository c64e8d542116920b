"""Delivers to a Facebook Page through facebook-sdk, over the house's session."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from adapters._meta.graph import Graph, permalink, recognise
from adapters._meta.verdicts import Advice, Duplicate
from publisher.adapter import Account
from publisher.delivery.wire import Session
from publisher.errors import ConfigError, Rejected
from publisher.model import Attempt, Media, Part, Receipt

ADVICE = Advice(
    network="Facebook",
    renew="make a new Page access token at https://developers.facebook.com/tools/explorer and store it as this"
    " channel's secret",
    permissions="pages_manage_posts, pages_read_engagement and, for comments, pages_manage_engagement",
)
FIELDS = "id,message,created_time,permalink_url"


class FacebookClient:
    """One Page, connected."""

    def __init__(self, account: Account, session: Session) -> None:
        self._page = account.settings.get("page", "")
        if not self._page.isdigit():
            raise ConfigError(
                f"{account.channel}: the setting `page` is missing or not a Page's id, which is a number",
                hint=f'in publisher.yml: channels: {{{account.channel}: {{settings: {{page: "1000…"}}}}}}',
            )
        self._account, self._session = account, session
        self._graph = Graph(session, account.secrets["token"], ADVICE, account.settings.get("version", ""))

    def deliver(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
        """The receipt of the post or comment, now live; Facebook's refusal of a duplicate adopts the one there is."""
        try:
            identity = self._send(part, thread)
        except Duplicate:
            found = self.find(part, attempt, thread)
            if found is None:
                raise
            return found
        return self._receipt(identity, permalink(self._graph, identity, "permalink_url", _address(identity)))

    def find(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        """What the Page, or the post's comments, show since the attempt that says what `part` says."""
        known = {receipt.id for receipt in thread}
        with self._session.harmless(), self._session.answered():
            found = recognise(self._shown(part, thread), part, attempt, known, text="message", at="created_time")
        if found is None:
            return None
        identity = str(found["id"])
        return self._receipt(identity, str(found.get("permalink_url") or _address(identity)))

    def _shown(self, part: Part, thread: Sequence[Receipt]) -> Sequence[Mapping[str, Any]]:
        if part.kind == "post":
            return self._graph.recent(self._page, "published_posts", fields=FIELDS)
        return self._graph.recent(
            _parent(thread).id, "comments", fields=FIELDS, filter="stream", order="reverse_chronological"
        )

    def _send(self, part: Part, thread: Sequence[Receipt]) -> str:
        message = {"message": part.text} if part.text else {}
        if part.kind != "post":
            return self._graph.make(_parent(thread).id, "comments", message)
        if len(part.media) == 1:
            return self._photo(part.media[0], message, answer="post_id")
        with self._session.harmless():
            photos = [self._photo(media, {"published": "false"}, answer="id") for media in part.media]
        attached = {f"attached_media[{n}]": json.dumps({"media_fbid": photo}) for n, photo in enumerate(photos)}
        link = {"link": str(part.native["link"])} if part.native.get("link") else {}
        return self._graph.make(self._page, "feed", {**message, **link, **attached})

    def _photo(self, media: Media, fields: Mapping[str, str], *, answer: str) -> str:
        picture = (media.digest[:16], self._account.read(media), media.mime)
        alt = {"alt_text_custom": media.alt} if media.alt else {}
        return self._graph.make(self._page, "photos", {**alt, **fields}, answer=answer, picture=picture)

    def _receipt(self, identity: str, url: str) -> Receipt:
        return Receipt(id=identity, url=url, at=self._session.now())


def _parent(thread: Sequence[Receipt]) -> Receipt:
    if not thread:
        raise Rejected("a comment needs the post it stands under, and there is none")
    return thread[0]


def _address(identity: str) -> str:
    return f"https://www.facebook.com/{identity}"
