"""Delivers to a Bluesky account: plain XRPC over the house's session, each post under a key made before it is sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from requests import Response

from adapters.bluesky.limits import LIMITS
from publisher.adapter import Account
from publisher.delivery.address import server
from publisher.delivery.evidence import same_words
from publisher.delivery.uploads import renewed, uploading
from publisher.delivery.wire import Session, read_epoch
from publisher.errors import ConfigError, Deferred, DeliveryError, Rejected, Unauthorized, Uncertain, Unsupported
from publisher.model import Attempt, Json, Media, Part, Receipt

POST = "app.bsky.feed.post"
TID_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
DEAD_SESSION = frozenset({"ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired", "AccountTakedown"})


class Refusal(Exception):
    """The server said no; `name` is its own word for why."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class BlueskyClient:
    """One Bluesky account, connected. It logs in once, before the first request that needs it."""

    def __init__(self, account: Account, session: Session) -> None:
        self._account, self._session = account, session
        self._service = server(account, "service", "https://bsky.social")
        session.regain, session.home = regain, self._service
        self._identifier = account.settings.get("identifier") or account.handle.lstrip("@")
        if not self._identifier:
            raise ConfigError(
                f"{account.channel}: there is no handle to log in with",
                hint=f'in publisher.yml: channels: {{{account.channel}: {{handle: "@name.example"}}}}',
            )
        self._token = self._did = self._handle = ""

    def deliver(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt:
        """The receipt of the post, now live; an earlier delivery of the same attempt is recognised and not repeated."""
        with self._session.harmless(), self._session.answered(self._judge):
            self._log_in()
            above = self._above(thread)
        return renewed(lambda one: self._write(part, one, above), attempt, lambda no: "BlobNotFound" in str(no))

    def _write(self, part: Part, attempt: Attempt, above: Mapping[str, Json]) -> Receipt:
        record = {**self._record(part, attempt), **above}
        with self._session.answered(self._judge):
            receipt = self._put(record_key(attempt), record)
        return receipt or self._adopt(part, attempt)

    def edit(self, part: Part, attempt: Attempt, live: Receipt, thread: Sequence[Receipt]) -> Receipt:
        """The receipt of the record, rewritten under its key and with its date; the app may not show it.

        Raises Unsupported unless the channel's settings ask for it.
        """
        self._refuse_unasked()
        with self._session.harmless(), self._session.answered(self._judge):
            self._log_in()
            kept = self._get(self._own(live))
            if kept is None:
                raise Rejected(f"{live.url or live.id} is not there any more", status=404)
            stays = {name: kept["value"][name] for name in ("createdAt", "reply") if name in kept["value"]}
        record = {**self._record(part, attempt), **stays}
        with self._session.answered(self._judge):
            written = kept if kept["value"] == record else self._replace(kept, record)
            receipt = self._receipt(written)
        return replace(receipt, native={**receipt.native, "note": "Bluesky's app may go on showing the first version"})

    def _refuse_unasked(self) -> None:
        channel = self._account.channel
        if self._account.settings.get("edits", "").lower() not in {"true", "yes"}:
            raise Unsupported(
                "Bluesky's app is not known to show edits of a post",
                hint=f"withdraw it and write a new one, or change the record unseen, in publisher.yml: channels:"
                f" {{{channel}: {{settings: {{edits: true}}}}}}",
            )

    def _replace(self, kept: Any, record: Mapping[str, Json]) -> Any:
        """The record written in the place of the one that was read. Raises Deferred where it changed since."""
        body = {"repo": self._did, "collection": POST, "rkey": _key(kept["uri"]), "record": record}
        try:
            return self._ask("com.atproto.repo.putRecord", {**body, "swapRecord": kept["cid"]})
        except Refusal as refusal:
            if refusal.name == "InvalidSwap":
                raise Deferred("somebody else changed the post at the same time; nothing was edited") from refusal
            raise

    def withdraw(self, live: Receipt, thread: Sequence[Receipt]) -> None:
        """Deletes the record; one that is gone is no error to the server."""
        with self._session.harmless(), self._session.answered(self._judge):
            self._log_in()
            key = _key(self._own(live))
        with self._session.answered(self._judge):
            self._ask("com.atproto.repo.deleteRecord", {"repo": self._did, "collection": POST, "rkey": key})

    def _own(self, live: Receipt) -> str:
        """The address of a record of this account. Raises Rejected for any other."""
        repo = live.id.removeprefix("at://").partition("/")[0]
        if not live.id.startswith("at://") or repo not in {self._did, self._handle}:
            raise Rejected(f"{live.url or live.id} is no post of {self._identifier}")
        return live.id

    def find(self, part: Part, attempt: Attempt, thread: Sequence[Receipt]) -> Receipt | None:
        """The post under the attempt's own key, or None. Raises Uncertain when other words stand there."""
        with self._session.harmless(), self._session.answered(self._judge):
            self._log_in()
            kept = self._get(f"at://{self._did}/{POST}/{record_key(attempt)}")
            if kept is None:
                return None
            receipt, text = self._receipt(kept), str(kept["value"]["text"])
        if same_words(part.text, text) or part.text == text:
            return receipt
        raise Uncertain(f"{receipt.url} has the key of this post but other words: “{text}”")

    def search(self, part: Part, since: datetime, thread: Sequence[Receipt]) -> Receipt | None:
        """The newest record since then that reads like the part and answers what it would answer."""
        above = thread[-1].id if thread else ""
        with self._session.harmless(), self._session.answered(self._judge):
            self._log_in()
            found = (kept for kept in self._newest(since) if same_words(part.text, str(kept["value"].get("text"))))
            return next((self._receipt(kept) for kept in found if _answers(kept) == above), None)

    def _newest(self, since: datetime) -> Iterator[Any]:
        """The account's posts, the newest first, back to the first that is older."""
        query = {"repo": self._did, "collection": POST, "limit": "100"}
        while True:
            page = self._ask("com.atproto.repo.listRecords", query=query)
            for kept in page["records"]:
                if datetime.fromisoformat(kept["value"]["createdAt"]) < since:
                    return
                yield kept
            if not page.get("cursor"):
                return
            query["cursor"] = str(page["cursor"])

    # --- the post

    def _record(self, part: Part, attempt: Attempt) -> dict[str, Json]:
        created = attempt.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record: dict[str, Json] = {"$type": POST, "text": part.text, "createdAt": created, **part.native}
        with uploading(self._account, attempt) as uploads:
            blobs = uploads.take_all(part.media, self._upload)
        if blobs:
            images: list[Json] = [_image(blob, media) for blob, media in zip(blobs, part.media, strict=True)]
            record["embed"] = {"$type": "app.bsky.embed.images", "images": images}
        return record

    def _upload(self, media: Media) -> str:
        """The server's own description of the picture, which a record must repeat."""
        content = self._account.read(media)
        with self._session.harmless(), self._session.answered(self._judge):
            return json.dumps(self._ask("com.atproto.repo.uploadBlob", content=content, mime=media.mime)["blob"])

    def _above(self, thread: Sequence[Receipt]) -> Mapping[str, Json]:
        if not thread:
            return {}
        return {"reply": {"root": self._reference(thread[0]), "parent": self._reference(thread[-1])}}

    def _reference(self, receipt: Receipt) -> Json:
        """How an answer names a post above it; where the receipt has no cid, or only a handle, the server is asked."""
        cid = receipt.native.get("cid")
        if cid and receipt.id.startswith("at://did:"):
            return {"uri": receipt.id, "cid": cid}
        kept = self._get(receipt.id) if receipt.id.startswith("at://") else None
        if kept is None:
            raise Rejected(f"the post before this one in its thread is not to be found: {receipt.url or receipt.id}")
        return {"uri": str(kept["uri"]), "cid": str(kept["cid"])}

    def _put(self, key: str, record: Mapping[str, Json]) -> Receipt | None:
        """The receipt of the record, or None where one stands under that key already.

        `swapRecord: null` says that there must be none; `createRecord` answers a bare 500 instead (seen 2026-11).
        """
        body = {"repo": self._did, "collection": POST, "rkey": key, "record": record, "swapRecord": None}
        try:
            return self._receipt(self._ask("com.atproto.repo.putRecord", body))
        except Refusal as refusal:
            if refusal.name == "InvalidSwap":
                return None
            raise

    def _adopt(self, part: Part, attempt: Attempt) -> Receipt:
        found = self.find(part, attempt, ())
        if found is None:
            raise Uncertain("the server says that this post exists, and that it does not")
        return found

    def _get(self, uri: str) -> Any:
        repo, collection, key = [*uri.removeprefix("at://").split("/"), "", ""][:3]
        try:
            return self._ask("com.atproto.repo.getRecord", query={"repo": repo, "collection": collection, "rkey": key})
        except Refusal as refusal:
            if refusal.name == "RecordNotFound":
                return None
            raise

    def _receipt(self, written: Any) -> Receipt:
        uri, cid = str(written["uri"]), str(written["cid"])
        url = f"https://bsky.app/profile/{self._handle}/post/{_key(uri)}"
        return Receipt(id=uri, url=url, at=self._session.now(), native={"cid": cid})

    # --- the server

    def _log_in(self) -> None:
        if self._token:
            return
        entry = {"identifier": self._identifier, "password": self._account.secrets["app_password"]}
        opened = _read(self._session.post(self._address("com.atproto.server.createSession"), json=entry))
        for name in ("accessJwt", "refreshJwt"):
            self._session.hide(str(opened[name]))
        self._token, self._did, self._handle = (str(opened[name]) for name in ("accessJwt", "did", "handle"))

    def _ask(
        self,
        method: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        content: bytes | None = None,
        mime: str = "",
    ) -> Any:
        """The answer of one method. A session that has run out is opened once more: the server did nothing for it."""
        try:
            return _read(self._send(method, body, query, content, mime))
        except Refusal as refusal:
            if refusal.name != "ExpiredToken":
                raise
        self._token = ""
        with self._session.harmless():
            self._log_in()
        return _read(self._send(method, body, query, content, mime))

    def _send(
        self, method: str, body: Any, query: Mapping[str, str] | None, content: bytes | None, mime: str
    ) -> Response:
        headers = {"Authorization": f"Bearer {self._token}", **({"Content-Type": mime} if mime else {})}
        if query is not None:
            return self._session.get(self._address(method), params=query, headers=headers)
        return self._session.post(self._address(method), json=body, data=content, headers=headers)

    def _address(self, method: str) -> str:
        return f"{self._service}/xrpc/{method}"

    def _judge(self, response: Response, harmless: bool) -> DeliveryError | None:  # noqa: FBT001 - the wire's signature
        """Bluesky's own ways: a bad token is 400 as often as 401."""
        status, said = response.status_code, f"HTTP {response.status_code}: {self._session.excerpt(response)}"
        if status == 401 or (status == 400 and _name(response) in DEAD_SESSION):
            return Unauthorized(
                said,
                hint=f"make a new app password in Bluesky's settings and put it in the secret `app_password` of"
                f" {self._account.channel}, beside the handle {self._identifier}",
                status=status,
            )
        if status == 200 and not harmless:
            return Uncertain("the answer names no post, though it may be live", status=status)
        return None


def record_key(attempt: Attempt) -> str:
    """The attempt's record key, a TID: the same for ever, since it is made of the attempt and not of the clock.

    53 bits of microseconds, of which the attempt's instant gives the milliseconds, the part's place in its thread one
    more millisecond each, and the attempt's key the rest; then 10 bits of the key where a TID has its clock's name.
    """
    name = int.from_bytes(hashlib.sha256(attempt.key.encode()).digest()[:8], "big")
    milliseconds = int(attempt.at.timestamp() * 1000) + attempt.position
    number = (milliseconds * 1000 + name % 1000) << 10 | (name >> 32) & 1023
    return "".join(TID_LETTERS[(number >> shift) & 31] for shift in range(60, -1, -5))


def _image(blob: str, media: Media) -> Json:
    return {"image": json.loads(blob), "alt": media.alt, "aspectRatio": {"width": media.width, "height": media.height}}


def _key(uri: str) -> str:
    return uri.rpartition("/")[2]


def _read(response: Response) -> Any:
    if response.status_code != 200:
        raise Refusal(_name(response))
    return response.json()


def _name(response: Response) -> str:
    try:
        said = response.json()
    except ValueError:
        return ""
    return str(said.get("error", "")) if isinstance(said, dict) else ""


def regain(response: Response, _now: datetime) -> datetime | None:
    """When the server takes another post: it tells the tightest of its limits, where 1 or 2 points are too few for one.

    Sources: docs.bsky.app/docs/advanced-guides/rate-limits and packages/xrpc-server/src/rate-limiter.ts of
    bluesky-social/atproto (2026-11-22).
    """
    left = response.headers.get("RateLimit-Remaining", "")
    if response.status_code != 429 and not (left.isdecimal() and int(left) < LIMITS.more["points_post"].value):
        return None
    return read_epoch(response.headers.get("RateLimit-Reset", ""))


def _answers(kept: Any) -> str:
    """The post a record replies to, empty for one that stands by itself."""
    return str(kept["value"].get("reply", {}).get("parent", {}).get("uri", ""))
