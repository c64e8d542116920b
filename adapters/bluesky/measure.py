"""Bluesky's count, and the links, mentions and tags that its official client finds in a text.

Source: rich-text/detection of @atproto/api 0.21.0 (2026-11), whose answers `tests/servers` compares with these.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from adapters.bluesky.limits import LIMITS
from publisher.craft.graphemes import count
from publisher.model import Entity, Measure

_START = r"(?<![^\s(])"
_LINK = re.compile(_START + r"(?:[hH][tT]{2}[pP][sS]?://\S+|(?P<domain>[a-zA-Z][a-zA-Z0-9]*(?:\.[a-zA-Z0-9]+)+)\S*)")
_MENTION = re.compile(_START + r"@(?P<handle>[a-zA-Z0-9.-]*[a-zA-Z0-9])(?![a-zA-Z0-9_])")
# What ends a tag besides a space: soft hyphen, joiners and other signs without a width.
_TAG = re.compile(r"(?<!\S)[#＃](?!\ufe0f)(?P<tag>[^\s\u00ad\u2060\u200a-\u200d\u20e2]+)")
_CASHTAG = re.compile(_START + r"\$[A-Za-z][A-Za-z0-9]{0,4}(?=[\s.,;:!?)\"'\u2019]|$)")

# Where a bare name may be a link. The client knows all 1,400 top-level domains; these are every country's and the
# generic ones in common use. A link to another one needs its https://.
_COUNTRIES = (
    "acadaeafagaialamaoaqarasatauawaxazbabbbdbebfbgbhbibjbmbnbobrbsbtbvbwbybzcacccdcfcgchcickclcmcncocrcucvcwcxcycz"
    "dedjdkdmdodzeceeegereseteufifjfkfmfofrgagbgdgegfggghgiglgmgngpgqgrgsgtgugwgyhkhmhnhrhthuidieiliminioiqirisitje"
    "jmjojpkekgkhkikmknkpkrkwkykzlalblclilklrlsltlulvlymamcmdmemgmhmkmlmmmnmompmqmrmsmtmumvmwmxmymznancnenfngninlno"
    "npnrnunzompapepfpgphpkplpmpnprpsptpwpyqarerorsrurwsasbscsdsesgshsisjskslsmsnsosrssstsusvsxsysztctdtftgthtjtktl"
    "tmtntotrtttvtwtzuaugukusuyuzvavcvevgvivnvuwfwsyeytzazmzw"
)
_GENERIC = (
    "academy aero africa agency amsterdam app art asia bar barcelona berlin biz blog bot brussels bzh cafe camp "
    "care cat center chat church city cloud club codes coffee com community company computer cool coop corsica "
    "courses cymru dad day design dev digital directory domains eco edu education email energy engineer esq eus "
    "events exchange expert farm finance foo foundation fun fund gal gallery games garden global gov green group "
    "guide guru hamburg health help here host hosting house how info ing institute int international jobs kitchen "
    "koeln land law legal life link live london love ltd management market marketing media meme mil mobi money "
    "mov museum name net network new news nexus ngo nyc ong online org page paris party phd photo photography "
    "photos pics pictures pizza place plus post press pro productions prof properties pub quebec rent report "
    "reviews rocks rsvp run sale school science scot services shop show site social software solutions soy space "
    "store studio style support swiss systems team tech technology tel tips today tokyo tools top tours town "
    "training travel tv university video vip vision vlaanderen wales website wien wiki wine work works world xyz "
    "zip zone"
)
_DOMAINS = frozenset((*(_COUNTRIES[i : i + 2] for i in range(0, len(_COUNTRIES), 2)), *_GENERIC.split()))


def measure(text: str) -> Measure:
    """The text's length in graphemes, and what the client would link in it, in order; both limits decide `valid`."""
    entities = tuple(sorted(_entities(text), key=lambda entity: entity.start))
    valid = 0 < weight(text) <= LIMITS.text.value
    return Measure(length=count(text), limit=LIMITS.text.value, valid=valid, entities=entities)


def weight(text: str) -> int:
    """The length with both limits in one number: graphemes, or a tenth of the bytes where those come to more."""
    bytes_each = LIMITS.more["bytes"].value // LIMITS.text.value
    return max(count(text), -(-len(text.encode()) // bytes_each))


def address(link: str) -> str:
    """Where a link in a text leads: itself, with https:// where it has no scheme."""
    return link if link.lower().startswith(("http://", "https://")) else f"https://{link}"


def _entities(text: str) -> Iterator[Entity]:
    yield from _links(text)
    for match in _MENTION.finditer(text):
        if _is_domain(match["handle"]) or match["handle"].endswith(".test"):
            yield _entity("mention", text, match.start(), match.end())
    for match in _TAG.finditer(text):
        tag = _without_final_punctuation(match["tag"])
        if any(not _is_sign(character) for character in match["tag"]) and 0 < count(tag) <= LIMITS.more["tag"].value:
            yield _entity("hashtag", text, match.start(), match.start() + 1 + len(tag))
    for match in _CASHTAG.finditer(text):
        yield _entity("cashtag", text, match.start(), match.end())


def _links(text: str) -> Iterator[Entity]:
    for match in _LINK.finditer(text):
        link = match[0]
        if match["domain"] and not _is_domain(match["domain"]):
            continue
        if link[-1] in ".,;:!?":
            link = link[:-1]
        if link.endswith(")") and "(" not in link:
            link = link[:-1]
        yield _entity("url", text, match.start(), match.start() + len(link))


def _entity(kind: str, text: str, start: int, end: int) -> Entity:
    return Entity(kind=kind, text=text[start:end], start=start, end=end)


def _is_domain(name: str) -> bool:
    return "." in name and name.rpartition(".")[2] in _DOMAINS


def _is_sign(character: str) -> bool:
    return character in "0123456789" or unicodedata.category(character)[0] == "P"


def _without_final_punctuation(tag: str) -> str:
    while tag and unicodedata.category(tag[-1])[0] == "P":
        tag = tag[:-1]
    return tag
