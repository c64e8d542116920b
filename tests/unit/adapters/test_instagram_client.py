"""The Instagram client against its stand-in: containers, patience, publication, and what the stand-in refuses."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from msgspec import structs
from PIL import Image

from adapters.instagram.client import PAUSES, InstagramClient
from adapters.instagram.sandbox import InstagramServer
from publisher.adapter import Account
from publisher.delivery.wire import Session
from publisher.errors import ConfigError, Deferred, Rejected, Uncertain
from publisher.model import Attempt, Media, Part, Receipt
from publisher.sandbox.harness import Harness, Request, Response, StandIn, answer, token
from publisher.sandbox.transport import InProcess, Speaker
from publisher.sandbox.world import World
from publisher.testing import media, picture

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
USER = "17841400000000000"
SECRET = token("instagram", "token")


class Room:
    """An account in a sandbox of its own, at a clock that only the test and the client's pauses move."""

    def __init__(self, folder: Path) -> None:
        self.world, self.now = World(folder / "sandbox.db"), NOW
        self.pauses: list[float] = []
        self.harness = Harness(self.world, self.stand_in)
        speaker = Speaker(network="instagram", channel="instagram", handle="@tidewater")
        transport = InProcess(self.harness, speaker, lambda: self.now)
        self.session = Session(transport, clock=lambda: self.now, secrets=[SECRET])
        self.account = Account(
            channel="instagram",
            handle="@tidewater",
            settings={"user": USER},
            secrets={"token": SECRET},
            read=lambda _media: picture(),
            host=lambda _media: self.hosted(picture()),
        )
        self.client = InstagramClient(self.account, self.session, pause=self.wait)

    def stand_in(self, _network: str, world: World) -> StandIn:
        return InstagramServer(world)

    def wait(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += timedelta(seconds=seconds)

    def hosted(self, content: bytes) -> str:
        return f"https://media.sandbox.test/{self.world.keep(content, 'image/jpeg')}.jpg"

    def ask(self, method: str, path: str, **fields: str) -> dict[str, object]:
        form = urlencode({**fields, "access_token": SECRET})
        query, body = (f"?{form}", b"") if method != "POST" else ("", form.encode())
        headers = {"content-type": "application/x-www-form-urlencoded"} if body else {}
        url = f"https://graph.facebook.com/v26.0/{path}{query}"
        request = Request(method=method, url=url, headers=headers, body=body, channel="instagram", handle="@tidewater")
        found: dict[str, object] = json.loads(self.harness.answer("instagram", request, self.now).body)
        return found

    def refused(self, method: str, path: str, **fields: str) -> tuple[int, int]:
        error = self.ask(method, path, **fields)["error"]
        assert isinstance(error, dict)
        return error["code"], error.get("error_subcode", 0)

    def container(self, **fields: str) -> str:
        made = self.ask("POST", f"{USER}/media", **{"image_url": self.hosted(picture()), **fields})
        return str(made["id"])

    def look(self, container: str) -> object:
        return self.ask("GET", container, fields="status_code")["status_code"]

    def publish(self, container: str) -> dict[str, object]:
        return self.ask("POST", f"{USER}/media_publish", creation_id=container)


class Stuck(InstagramServer):
    """A server whose containers stay as they are."""

    status: Mapping[str, str] = {"status_code": "IN_PROGRESS", "status": "In Progress: Media is still being processed."}

    def answer(self, request: Request) -> Response:
        return answer(200, {"id": "1", **self.status}) if request.method == "GET" else super().answer(request)


class Broken(Stuck):
    """A server that cannot use a picture, and says so in the container's status."""

    status: Mapping[str, str] = {"status_code": "ERROR", "status": "Error: failed with error code 2207005"}


class StuckRoom(Room):
    def stand_in(self, _network: str, world: World) -> StandIn:
        return Stuck(world)


class BrokenRoom(Room):
    def stand_in(self, _network: str, world: World) -> StandIn:
        return Broken(world)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(tmp_path)
    yield room
    room.world.close()


def part(text: str = "Look at this.", *pictures: Media, kind: str = "post") -> Part:
    shown = pictures or (media(),) if kind == "post" else ()
    return Part(kind=kind, text=text, length=len(text), limit=2200, media=shown)


def attempt(at: datetime = NOW) -> Attempt:
    return Attempt(key="k", post="p", channel="instagram", position=0, digest="d", at=at)


def jpeg(width: int, height: int, kind: str = "JPEG") -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (width, height), "#3a6ea5").save(held, kind)
    return held.getvalue()


# --- the client


@pytest.mark.parametrize("user", ["", "@tidewater", "178/media"])
def test_a_channel_without_a_user_id_is_told_what_to_write(room: Room, user: str) -> None:
    with pytest.raises(ConfigError) as error:
        InstagramClient(replace(room.account, settings={"user": user}), room.session)
    assert "settings: {user:" in error.value.hint


def test_a_picture_is_published_once_its_container_is_finished(room: Room) -> None:
    receipt = room.client.deliver(part(), attempt(), ())
    (shown,) = room.world.posts("instagram")
    assert (receipt.id, receipt.url) == (shown.id, shown.url)
    assert shown.url.startswith("https://www.instagram.com/p/")
    assert [found.alt for found in shown.media] == [media().alt]
    assert room.pauses == [PAUSES[0]]


def test_several_pictures_are_a_carousel_in_their_order(room: Room) -> None:
    room.client.deliver(part("Look", *(media(alt=f"Picture {n}") for n in range(3))), attempt(), ())
    (shown,) = room.world.posts("instagram")
    assert [found.alt for found in shown.media] == ["Picture 0", "Picture 1", "Picture 2"]
    assert shown.native["kind"] == "carousel"


def test_a_post_without_a_picture_is_refused_before_anything_is_sent(room: Room) -> None:
    with pytest.raises(Rejected, match="this post has none"):
        room.client.deliver(structs.replace(part(), media=()), attempt(), ())
    assert room.session.last is None


def test_pictures_that_stay_in_the_works_are_deferred_and_nothing_is_published(tmp_path: Path) -> None:
    stuck = StuckRoom(tmp_path)
    with pytest.raises(Deferred, match="nothing was published"):
        stuck.client.deliver(part(), attempt(), ())
    assert stuck.pauses == list(PAUSES)
    assert stuck.world.posts("instagram") == []
    stuck.world.close()


def test_pictures_that_cannot_be_used_are_refused_with_what_to_do(tmp_path: Path) -> None:
    broken = BrokenRoom(tmp_path)
    with pytest.raises(Rejected, match="2207005") as error:
        broken.client.deliver(part(), attempt(), ())
    assert error.value.hint == "save the picture as JPEG"
    broken.world.close()


@pytest.mark.parametrize("kind", ["lost", "timeout", "html", "after:500", "no-id", "cut"])
def test_losing_a_container_publishes_nothing_and_is_safe_to_repeat(room: Room, kind: str) -> None:
    room.world.dial("instagram", kind, target=f"{USER}/media")
    with pytest.raises(Deferred):
        room.client.deliver(part(), attempt(), ())
    assert room.world.posts("instagram") == []
    room.client.deliver(part(), attempt(), ())
    assert len(room.world.posts("instagram")) == 1


def test_a_lost_publication_is_found_with_its_permalink(room: Room) -> None:
    room.world.dial("instagram", "lost")
    with pytest.raises(Uncertain):
        room.client.deliver(part(), attempt(), ())
    found = room.client.find(part(), attempt(), ())
    assert found is not None
    assert found.url == room.world.posts("instagram")[0].url


def test_another_caption_since_the_attempt_is_not_ours(room: Room) -> None:
    room.client.deliver(part("Something else"), attempt(), ())
    assert room.client.find(part(), attempt(), ()) is None


def test_a_caption_of_signs_alone_cannot_be_recognised(room: Room) -> None:
    room.client.deliver(part("Something else"), attempt(), ())
    assert room.client.find(part("✨"), attempt(), ()) is None
    room.client.deliver(part("🎉"), attempt(), ())
    with pytest.raises(Uncertain, match="no words"):
        room.client.find(part("✨"), attempt(), ())


def test_a_comment_that_is_a_link_is_found_by_it(room: Room) -> None:
    post = room.client.deliver(part(), attempt(), ())
    link = part("https://example.org/guide", kind="comment")
    comment = room.client.deliver(link, attempt(), (post,))
    assert room.client.find(link, attempt(), (post,)) == comment


def test_a_first_comment_stands_under_the_post_and_is_found_there(room: Room) -> None:
    post = room.client.deliver(part(), attempt(), ())
    words = part("https://example.org and more", kind="comment")
    assert room.client.find(words, attempt(), (post,)) is None
    comment = room.client.deliver(words, attempt(), (post,))
    shown = room.world.post("instagram", comment.id)
    assert shown is not None
    assert shown.reply_to == post.id
    assert room.client.find(words, attempt(), (post,)) == comment


def test_a_failing_look_at_the_permalink_does_not_lose_the_receipt(room: Room) -> None:
    room.world.dial("instagram", "status:500", target="/1800000")
    receipt = room.client.deliver(part(), attempt(), ())
    assert isinstance(receipt, Receipt)
    assert receipt.url == "https://www.instagram.com/tidewater/"


# --- the stand-in


def test_a_container_is_in_progress_before_it_is_finished(room: Room) -> None:
    container = room.container()
    assert room.refused("POST", f"{USER}/media_publish", creation_id=container) == (9007, 2207027)
    assert [room.look(container), room.look(container)] == ["IN_PROGRESS", "FINISHED"]
    assert room.publish(container)["id"]
    assert room.look(container) == "PUBLISHED"


def test_a_container_is_published_once(room: Room) -> None:
    container = room.container()
    room.look(container), room.look(container)
    assert room.publish(container) == room.publish(container)
    assert len(room.world.posts("instagram")) == 1


def test_a_container_ends_after_a_day(room: Room) -> None:
    container = room.container()
    room.now += timedelta(hours=24)
    assert room.look(container) == "EXPIRED"
    assert room.refused("POST", f"{USER}/media_publish", creation_id=container) == (-2, 2207020)


def test_a_container_of_another_account_is_not_there(room: Room) -> None:
    container = room.container()
    assert room.refused("POST", "17841400000000001/media_publish", creation_id=container) == (24, 2207006)


@pytest.mark.parametrize(
    ("content", "numbers"),
    [
        (jpeg(100, 126), (36003, 2207009)),
        (jpeg(192, 100), (36003, 2207009)),
        (jpeg(100, 100, "PNG"), (36001, 2207005)),
        (b"no picture", (36001, 2207005)),
        (jpeg(100, 100) + b"\0" * 8 * 1024 * 1024, (36000, 2207004)),
    ],
)
def test_a_picture_is_looked_at_and_not_believed(room: Room, content: bytes, numbers: tuple[int, int]) -> None:
    assert room.refused("POST", f"{USER}/media", image_url=room.hosted(content)) == numbers


@pytest.mark.parametrize("url", ["https://example.org/a.jpg", "https://media.sandbox.test/abc.jpg", "no address"])
def test_a_picture_that_cannot_be_fetched_is_refused(room: Room, url: str) -> None:
    assert room.refused("POST", f"{USER}/media", image_url=url) == (9004, 2207052)


@pytest.mark.parametrize(
    "caption", ["a" * 2201, " ".join(f"#Tag{n}x" for n in range(31)), " ".join(f"@friend{n}" for n in range(21))]
)
def test_a_caption_beyond_its_limits_is_refused(room: Room, caption: str) -> None:
    assert room.refused("POST", f"{USER}/media", image_url=room.hosted(picture()), caption=caption) == (100, 2207010)


def test_a_carousel_takes_two_to_ten_items_made_for_it(room: Room) -> None:
    items = [room.container(is_carousel_item="true") for _ in range(11)]
    for children in ("", items[0], ",".join(items), ",".join(items[:1] * 2)):
        assert room.refused("POST", f"{USER}/media", media_type="CAROUSEL", children=children) == (100, 2207028)
    alone = ",".join((items[0], room.container()))
    assert room.refused("POST", f"{USER}/media", media_type="CAROUSEL", children=alone) == (100, 0)
    assert room.ask("POST", f"{USER}/media", media_type="CAROUSEL", children=",".join(items[:10]))["id"]


def test_an_item_of_a_carousel_is_not_published_by_itself(room: Room) -> None:
    item = room.container(is_carousel_item="true")
    room.look(item), room.look(item)
    assert room.refused("POST", f"{USER}/media_publish", creation_id=item) == (100, 0)


def test_the_day_s_quota_is_counted_and_told(room: Room) -> None:
    for number in range(50):
        room.now += timedelta(seconds=number)
        container = room.container()
        room.look(container), room.look(container)
        room.publish(container)
    told = room.ask("GET", f"{USER}/content_publishing_limit", fields="quota_usage,config")["data"]
    assert told == [{"quota_usage": 50, "config": {"quota_total": 50, "quota_duration": 86_400}}]
    container = room.container()
    room.look(container), room.look(container)
    assert room.refused("POST", f"{USER}/media_publish", creation_id=container) == (9, 2207042)
    room.now = NOW + timedelta(days=1, seconds=1)
    container = room.container()
    room.look(container), room.look(container)
    assert "id" in room.publish(container)


def test_what_the_edge_does_not_know_is_refused(room: Room) -> None:
    assert room.refused("POST", f"{USER}/media", image_url="x", source="y") == (100, 0)
    assert room.refused("POST", f"{USER}/media", media_type="VIDEO") == (100, 2207023)
    assert room.refused("GET", f"{USER}/media", fields="id,colour") == (100, 0)
    assert room.refused("GET", "17900000000000001") == (100, 33)


def test_a_deleted_picture_is_gone(room: Room) -> None:
    receipt = room.client.deliver(part(), attempt(), ())
    assert room.ask("DELETE", receipt.id) == {"success": True}
    assert room.ask("GET", f"{USER}/media")["data"] == []
