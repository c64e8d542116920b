from __future__ import annotations

import pytest
from msgspec.structs import replace

from adapters.apprise import Apprise
from adapters.apprise.render import render
from publisher.errors import Unsupported
from publisher.model import Passage, Variant, Voice
from publisher.testing import media

LINK = "https://example.org/guide"


def variant(**changed: object) -> Variant:
    told = Variant(
        post="p",
        title="Agile beats viral",
        channel="chat",
        network="apprise",
        language="en",
        voice=Voice(reads_well=(100, 120), tags=0),
        angle="hook",
        passages=(
            Passage(kind="hook", text="The guide is out."),
            Passage(kind="story", text="It took us a summer of listening. " * 5),
            Passage(kind="call", text="Read it here:"),
        ),
        link=LINK,
    )
    return replace(told, **changed)


def test_a_message_is_the_news_then_the_link_and_says_what_it_left_out() -> None:
    rendition = render(variant())
    assert rendition.parts[0].text == (
        f"The guide is out.\n\nIt took us a summer of listening.\n\nRead it here:\n{LINK}"
    )
    assert [change.rule for change in rendition.omitted] == ["fit"]


def test_the_news_is_told_whole_even_where_it_is_longer_than_reads_well() -> None:
    news = "This is the news, and it is long. " * 8
    text = render(variant(passages=(Passage(kind="hook", text=news.strip()),))).parts[0].text
    assert text == f"{news.strip()}\n\n{LINK}"


def test_a_channel_says_how_much_its_service_takes() -> None:
    assert render(variant(settings={"characters": "4096"})).parts[0].limit == 4096
    with pytest.raises(Unsupported):
        render(variant(settings={"characters": "10"}))


def test_own_words_are_kept_and_the_link_is_added_once() -> None:
    assert render(variant(text="Mine.")).parts[0].text == f"Mine.\n\n{LINK}"
    assert render(variant(text=f"Mine: {LINK}!")).parts[0].text == f"Mine: {LINK}!"


def test_own_words_that_do_not_fit_are_refused() -> None:
    with pytest.raises(Unsupported) as error:
        render(variant(text="word " * 500))
    assert "`characters`" in error.value.hint


def test_a_link_with_no_place_is_listed_as_left_out() -> None:
    rendition = render(variant(voice=Voice(link="none")))
    assert LINK not in rendition.parts[0].text
    assert LINK in [change.detail for change in rendition.omitted]


def test_pictures_go_along_unless_the_channel_says_no() -> None:
    assert render(variant(media=(media(),))).parts[0].media == (media(),)
    without = render(variant(media=(media(),), settings={"pictures": "no"}))
    assert without.parts[0].media == ()
    assert "loop.jpg" in [change.detail for change in without.omitted]


def test_an_alt_text_too_long_for_a_name_is_told() -> None:
    (change,) = render(variant(media=(media(alt="a loop of steps " * 10),))).changes
    assert change.rule == "alt"
    assert "loop.jpg" in change.detail
    assert list(Apprise().check(render(variant(media=(media(alt="a loop of steps " * 10),))))) == []
