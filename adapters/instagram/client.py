"""Delivers to an Instagram account through facebook-sdk, over the house's session: container, patience, publication."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapters._meta.graph import Graph, permalink, recognise
from adapters._meta.verdicts import Advice, hint_for
from publisher.adapter import Account
from publisher.delivery.wire import Session
from publisher.errors import ConfigError, Deferred, Rejected
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
            identity = self._graph.make(parent.id, "comments", {"message": part.text})
            return self._receipt(identity, parent.url)
        with self._session.harmless():
            container = self._container(part)
            self._wait(container)
        identity = self._graph.make(self._user, "media_publish", {"creation_id": container})
        return self._receipt(identity, permalink(self._graph, identity, "permalink", self._profile()))

    def find(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        """What the account, or the post's comments, show since the attempt that says what `part` says."""
        known = {receipt.id for receipt in thread}
        text = "caption" if part.kind == "post" else "text"
        with self._session.harmless(), self._session.answered():
            found = recognise(self._shown(part, thread), part, attempt, known, text=text, at="timestamp")
        if found is None:
            return None
        otherwise = self._profile() if part.kind == "post" else _parent(thread).url
        return self._receipt(str(found["id"]), str(found.get("permalink") or otherwise))

    def _shown(self, part: Part, thread: Sequence[Receipt]) -> Sequence[Mapping[str, Any]]:
        if part.kind == "post":
            return self._graph.recent(self._user, "media", fields="id,caption,permalink,timestamp")
        return self._graph.recent(_parent(thread).id, "comments", fields="id,text,timestamp")

    def _container(self, part: Part) -> str:
        """The id of what can be published: one picture, or a carousel of several."""
        if not part.media:
            raise Rejected("Instagram shows pictures, and this post has none", hint="add one under `media:`")
        caption = {"caption": part.text} if part.text else {}
        if len(part.media) == 1:
            return self._make({**self._picture(part.media[0]), **caption})
        items = [self._make({**self._picture(media), "is_carousel_item": "true"}) for media in part.media]
        return self._make({"media_type": "CAROUSEL", "children": ",".join(items), **caption})

    def _make(self, fields: Mapping[str, str]) -> str:
        return self._graph.make(self._user, "media", fields)

    def _picture(self, media: Media) -> Mapping[str, str]:
        return {"image_url": self._account.host(media), **({"alt_text": media.alt} if media.alt else {})}

    def _wait(self, container: str) -> None:
        """Returns once the container can be published. Raises Rejected or Deferred when it cannot."""
        for pause in (*PAUSES, None):
            seen = self._graph.look(container, fields="status_code,status")
            code, status = str(seen.get("status_code", "")), str(seen.get("status", ""))
            if code == "FINISHED":
                return
            if code == "ERROR":
                raise Rejected(f"Instagram could not use the pictures: {status or code}", hint=hint_for(status))
            if code == "EXPIRED":
                break
            if pause is not None:
                self._pause(pause)
        raise Deferred(f"Instagram is not ready with the pictures ({status or code}); nothing was published")

    def _profile(self) -> str:
        return f"https://www.instagram.com/{self._account.handle.lstrip('@')}/"

    def _receipt(self, identity: str, url: str) -> Receipt:
        return Receipt(id=identity, url=url, at=self._session.now())


def _parent(thread: Sequence[Receipt]) -> Receipt:
    if not thread:
        raise Rejected("a comment needs the post it stands under, and there is none")
    return thread[0]
