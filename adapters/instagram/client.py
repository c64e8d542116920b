"""Delivers to an Instagram account through facebook-sdk, over the house's session: container, patience, publication."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapters._meta.graph import Graph, permalink, recognise
from adapters._meta.verdicts import Advice, hint_for, is_missing, is_spent
from adapters.instagram.identity import identify
from publisher.adapter import Account
from publisher.delivery.uploads import Uploads, pictures_of, print_of, uploading
from publisher.delivery.wire import Session
from publisher.errors import ConfigError, Deferred, DeliveryError, Rejected, Uncertain
from publisher.model import Attempt, Media, Part, Receipt

ADVICE = Advice(
    network="Instagram",
    renew="make a new access token at https://developers.facebook.com/tools/explorer, extend it, and store it as this"
    " channel's secret",
    permissions="instagram_basic, instagram_content_publish, pages_read_engagement and, for comments,"
    " instagram_manage_comments",
)
# Seconds between looks at a container; a picture is ready within a few.
PAUSES = (0.05, 0.5, 1, 2, 4, 8, 15, 15)
NOT_LIVE = frozenset({"IN_PROGRESS", "FINISHED", "ERROR"})
SPENT = frozenset({"ERROR", "EXPIRED"})


class InstagramClient:
    """One account, connected. `pause` waits that many seconds."""

    def __init__(self, account: Account, session: Session, pause: Callable[[float], None] = time.sleep) -> None:
        self._user = account.settings.get("user", "")
        if not self._user.isdigit():
            raise ConfigError(
                f"{account.channel}: the setting `user` is missing or not an IG user id, which is a number",
                hint=f'in publisher.yml: channels: {{{account.channel}: {{settings: {{user: "17841…"}}}}}}',
            )
        self._account, self._session, self._pause = account, session, pause
        self._graph = Graph(session, account.secrets["token"], ADVICE, account.settings.get("version", ""))

    def deliver(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
        """The receipt of the post or comment, now live; a container becomes public only when it is published."""
        if part.kind != "post":
            parent = _parent(thread)
            identity = self._graph.make(self._media(parent), "comments", {"message": part.text})
            return self._receipt(identity, parent.url)
        with self._session.harmless():
            container, state = self._ready(part, attempt)
        if state == "PUBLISHED":
            return self._published(part, attempt, thread)
        identity = self._graph.make(self._user, "media_publish", {"creation_id": container})
        return self._receipt(identity, permalink(self._graph, identity, "permalink", self._profile()))

    def find(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        """What the account, or the post's comments, show since the attempt that says what `part` says.

        Where an earlier try left its container, that tells whether it was published.
        """
        known = {receipt.id for receipt in thread}
        container = attempt.uploads.get(_name(part), "") if part.kind == "post" else ""
        text = "caption" if part.kind == "post" else "text"
        with self._session.harmless(), self._session.answered():
            state = self._look(container)[0] if container else ""
            if state in NOT_LIVE:
                return None
            found = recognise(self._shown(part, thread), part, attempt, known, text=text, at="timestamp")
        if found is None and state == "PUBLISHED":
            raise Uncertain("Instagram says that these pictures are published, and the account does not show them")
        if found is None:
            return None
        otherwise = self._profile() if part.kind == "post" else _parent(thread).url
        return self._receipt(str(found["id"]), str(found.get("permalink") or otherwise))

    def withdraw(self, live: Receipt, thread: Sequence[Receipt]) -> None:
        """Deletes the post or comment; one that is gone is no error."""
        self._graph.remove(self._media(live))

    def _published(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
        """The receipt of what an earlier try published, as its container says. Raises Uncertain."""
        found = self.find(part, attempt, thread)
        if found is None:
            raise Uncertain("Instagram says that these pictures are published, and the account does not show them")
        return found

    def _media(self, live: Receipt) -> str:
        """The id of what is live; one that is known by its address alone is looked for among the newest."""
        if live.id.isdigit():
            return live.id
        name = identify(live.url)
        with self._session.harmless():
            for one in self._graph.recent(self._user, "media", fields="id,permalink"):
                if name and identify(str(one.get("permalink"))) == name:
                    return str(one["id"])
        raise Rejected(f"Instagram does not show {live.url or 'this post'} among the account's newest")

    def _shown(self, part: Part, thread: Sequence[Receipt]) -> Sequence[Mapping[str, Any]]:
        if part.kind == "post":
            return self._graph.recent(self._user, "media", fields="id,caption,permalink,timestamp")
        return self._graph.recent(self._media(_parent(thread)), "comments", fields="id,text,timestamp")

    # --- containers

    def _ready(self, part: Part, attempt: Attempt) -> tuple[str, str]:
        """A container that can be published, or was, and which of the two; one of an earlier try where it still serves.

        Raises Rejected or Deferred.
        """
        container = self._container(part, attempt)
        state, told = self._watch(container)
        if state in SPENT and attempt.uploads:
            container = self._container(part, replace(attempt, uploads={}))
            state, told = self._watch(container)
        if state == "ERROR":
            raise Rejected(f"Instagram could not use the pictures: {told or state}", hint=hint_for(told))
        if state not in {"FINISHED", "PUBLISHED"}:
            raise Deferred(f"Instagram is not ready with the pictures ({told or state}); nothing was published")
        return container, state

    def _container(self, part: Part, attempt: Attempt) -> str:
        """The id of what can be published: one picture, or a carousel of several."""
        if not part.media:
            raise Rejected("Instagram shows pictures, and this post has none", hint="add one under `media:`")
        try:
            with uploading(self._account, attempt) as uploads:
                return uploads.take(_name(part), lambda: self._made(part, uploads))
        except DeliveryError:
            if not attempt.uploads or not is_spent(self._session.last):
                raise
        return self._container(part, replace(attempt, uploads={}))

    def _made(self, part: Part, uploads: Uploads) -> str:
        caption = {"caption": part.text} if part.text else {}
        if len(part.media) == 1:
            return self._make({**self._picture(part.media[0]), **caption})
        items = uploads.take_all(part.media, lambda one: self._make({**self._picture(one), "is_carousel_item": "true"}))
        return self._make({"media_type": "CAROUSEL", "children": ",".join(items), **caption})

    def _make(self, fields: Mapping[str, str]) -> str:
        return self._graph.make(self._user, "media", fields)

    def _picture(self, media: Media) -> Mapping[str, str]:
        return {"image_url": self._account.host(media), **({"alt_text": media.alt} if media.alt else {})}

    def _watch(self, container: str) -> tuple[str, str]:
        """The container's state once it has one that lasts, or its last after the longest wait; and what it says."""
        for pause in (*PAUSES, None):
            state, told = self._look(container)
            if state not in {"IN_PROGRESS", ""} or pause is None:
                break
            self._pause(pause)
        return state, told

    def _look(self, container: str) -> tuple[str, str]:
        try:
            seen = self._graph.look(container, fields="status_code,status")
        except Rejected:
            if not is_missing(self._session.last):
                raise
            return "EXPIRED", "it is not there any more"
        return str(seen.get("status_code", "")), str(seen.get("status", ""))

    def _profile(self) -> str:
        return f"https://www.instagram.com/{self._account.handle.lstrip('@')}/"

    def _receipt(self, identity: str, url: str) -> Receipt:
        return Receipt(id=identity, url=url, at=self._session.now())


def _name(part: Part) -> str:
    """The name of a part's container: it changes with its words and its pictures."""
    return f"container-{print_of(part.text, pictures_of(part.media))}"


def _parent(thread: Sequence[Receipt]) -> Receipt:
    if not thread:
        raise Rejected("a comment needs the post it stands under, and there is none")
    return thread[0]
