"""Delivers to a Facebook Page through facebook-sdk, over the house's session."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapters._meta.graph import Graph, permalink, recognise
from adapters._meta.verdicts import Advice, Duplicate
from publisher.adapter import Account
from publisher.delivery.uploads import ADOPTED, FIXED, fixed_of, renewed, uploading
from publisher.delivery.wire import Session
from publisher.errors import ConfigError, Rejected, Unsupported
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
            return renewed(lambda one: self._send(part, one, thread), attempt, _lapsed)
        except Duplicate:
            found = self.find(part, attempt, thread)
            if found is None:
                raise
            return replace(found, native={**found.native, **ADOPTED})

    def find(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        """What the Page, or the post's comments, show since the attempt that says what `part` says."""
        known = {receipt.id for receipt in thread}
        with self._session.harmless(), self._session.answered():
            found = recognise(self._shown(part, thread), part, attempt, known, text="message", at="created_time")
        if found is None:
            return None
        identity = str(found["id"])
        return self._receipt(identity, str(found.get("permalink_url") or _address(identity)), part)

    def edit(self, part: Part, attempt: Attempt, live: Receipt, thread: Sequence[Receipt]) -> Receipt:
        """The receipt of the post or comment, which now says what `part` says.

        Raises Unsupported where more than the words changed.
        """
        if live.native.get(FIXED, fixed_of(part)) != fixed_of(part):
            raise Unsupported(
                "Facebook lets nobody change the pictures or the link of a post that is live",
                hint="change its words alone, or withdraw it and write a new one",
            )
        self._graph.change(self._node(live), {"message": part.text})
        return self._receipt(live.id, live.url, part)

    def withdraw(self, live: Receipt, thread: Sequence[Receipt]) -> None:
        """Deletes the post or comment; one that is gone is no error."""
        self._graph.remove(self._node(live))

    def _node(self, live: Receipt) -> str:
        """The id of what is live, with the Page's where an address named the post alone."""
        return live.id if "_" in live.id else f"{self._page}_{live.id}"

    def _shown(self, part: Part, thread: Sequence[Receipt]) -> Sequence[Mapping[str, Any]]:
        if part.kind == "post":
            return self._graph.recent(self._page, "published_posts", fields=FIELDS)
        return self._graph.recent(
            self._node(_parent(thread)), "comments", fields=FIELDS, filter="stream", order="reverse_chronological"
        )

    def _send(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
        message = {"message": part.text} if part.text else {}
        if part.kind != "post":
            identity = self._graph.make(self._node(_parent(thread)), "comments", message)
        elif len(part.media) == 1:
            identity = self._photo(part.media[0], message, answer="post_id")
        else:
            identity = self._graph.make(self._page, "feed", {**message, **self._attached(part, attempt)})
        return self._receipt(identity, permalink(self._graph, identity, "permalink_url", _address(identity)), part)

    def _attached(self, part: Part, attempt: Attempt) -> Mapping[str, str]:
        """The pictures, uploaded and kept back, and the link's card."""
        with self._session.harmless(), uploading(self._account, attempt) as uploads:
            photos = uploads.take_all(part.media, self._kept_back)
        attached = {f"attached_media[{n}]": json.dumps({"media_fbid": photo}) for n, photo in enumerate(photos)}
        return {**attached, **({"link": str(part.native["link"])} if part.native.get("link") else {})}

    def _kept_back(self, media: Media) -> str:
        return self._photo(media, {"published": "false"}, answer="id")

    def _photo(self, media: Media, fields: Mapping[str, str], *, answer: str) -> str:
        picture = (media.digest[:16], self._account.read(media), media.mime)
        alt = {"alt_text_custom": media.alt} if media.alt else {}
        return self._graph.make(self._page, "photos", {**alt, **fields}, answer=answer, picture=picture)

    def _receipt(self, identity: str, url: str, part: Part) -> Receipt:
        return Receipt(id=identity, url=url, at=self._session.now(), native={FIXED: fixed_of(part)})


def _lapsed(refusal: Rejected) -> bool:
    """Whether a refusal may be about photos that are gone; one of a duplicate is about photos that are live."""
    return refusal.status == 400 and not isinstance(refusal, Duplicate)


def _parent(thread: Sequence[Receipt]) -> Receipt:
    if not thread:
        raise Rejected("a comment needs the post it stands under, and there is none")
    return thread[0]


def _address(identity: str) -> str:
    return f"https://www.facebook.com/{identity}"
