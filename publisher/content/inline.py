"""One paragraph's Markdown as plain lines, with the links and pictures found on the way and the place of each."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote

from publisher.content.checks import judge_url
from publisher.content.notes import Notes, Place, quote
from publisher.content.plain import join_lines, tidy
from publisher.words import Severity

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

    Rule: TypeAlias = Callable[[StateInline, bool], bool]

NESTING = 20
_BRACKETS = 6
_ADDRESS = re.compile(r"https?://[^\s<>]*[^\s<>.,;:!?'\"”’»)\]]", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*-->\s*", re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_EMOJI_CODE = re.compile(r"(?<![\w:]):(?:[+-]1|[a-z][a-z0-9_+-]+):(?![\w:])")
_LOST = re.compile(r"\[\^[^\s\[\]]+\]|\[[^\[\]]+\]\[[^\[\]]*\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of the body: its address as it will be sent, its words, and where it stands."""

    url: str
    words: str
    at: Place

    @property
    def bare(self) -> bool:
        """Whether its words are only its address."""
        return self.words in (self.url, self.url.removeprefix("mailto:"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A picture named in the body."""

    file: str
    alt: str
    at: Place


@dataclass(slots=True)
class Line:
    """One line as the author broke it; `around` is its text without the words of its links."""

    text: str = ""
    around: str = ""
    links: list[Link] = field(default_factory=list)


@dataclass(slots=True)
class Found:
    """Everything a body's paragraphs hold besides words."""

    links: list[Link] = field(default_factory=list)
    shots: list[Shot] = field(default_factory=list)
    used: set[str] = field(default_factory=set)


@cache
def parser() -> MarkdownIt:
    """CommonMark with tables and struck-through words; every link, picture and tag remembers where it began."""
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import autolink, html_inline, image, link, strikethrough

    markdown = MarkdownIt("commonmark", {"maxNesting": NESTING}).enable(["table", "strikethrough"])
    rules = {
        "autolink": autolink,
        "html_inline": html_inline,
        "image": _shallow(image),
        "link": _shallow(link),
        "strikethrough": strikethrough.tokenize,
    }
    for name, rule in rules.items():
        markdown.inline.ruler.at(name, _placed(rule))
    vars(markdown).update(normalizeLink=str, normalizeLinkText=str)  # an address is sent as its author wrote it
    return markdown


def _shallow(rule: Rule) -> Rule:
    """The rule with fewer brackets in brackets: each level of them is one more search through all that follow."""

    def run(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # the signature of a rule
        before = state.level
        state.level = max(before, NESTING - _BRACKETS)
        done = rule(state, silent)
        state.level = before
        return done

    return run


def _placed(rule: Rule) -> Rule:
    def run(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # the signature of a rule
        start, before = state.pos, len(state.tokens)
        done = rule(state, silent)
        for token in state.tokens[before:] if done and not silent else ():
            token.meta.setdefault("at", start)
        return done

    return run


def join(lines: Sequence[Line]) -> str:
    """The lines of a paragraph as one tidy text."""
    text = ""
    for line in lines:
        text = join_lines(text, tidy(line.text))
    return text


class Reader:
    """Reads paragraphs one after the other; links and pictures add up in `found`."""

    def __init__(self, lines: Sequence[str], first_line: int, footnotes: set[str], notes: Notes) -> None:
        self._lines, self._first, self._notes = lines, first_line, notes
        self._marks = re.compile("|".join(re.escape(f"[^{name}]") for name in footnotes) or r"(?!)")
        self._ruled: Token | None = None  # a paragraph is looked at many times in a row, and measured once
        self._rules: tuple[list[int], list[int]] = ([0], [1])
        self.found = Found()

    def read(self, inline: Token) -> list[Line]:
        """The paragraph's lines as plain text, without empty ones."""
        lines = [line for line in _Paragraph(self, inline).read() if tidy(line.text)]
        cursor = 0
        for line in lines:
            cursor = self._find_addresses(line, inline, cursor)
        if ":" in inline.content or "[" in inline.content:
            self._tell_marks(inline)
        return lines

    def _tell_marks(self, inline: Token) -> None:
        """Name what its author wrote as a mark, and every reader will see as it stands."""
        for text in (self.without_footnotes(token.content) for token in inline.children or () if token.type == "text"):
            for code in _EMOJI_CODE.findall(text):
                at = self.place(inline, max(inline.content.find(code), 0))
                self.tell("emoji-code", f"most networks show `{code}` as it stands", at, "write the emoji itself")
            for lost in _LOST.findall(text):
                at, hint = self.place(inline, max(inline.content.find(lost), 0)), "say where, or remove the brackets"
                self.tell("lost-reference", f"nothing says what {quote(lost)} refers to", at, hint, Severity.WARNING)

    def _find_addresses(self, line: Line, inline: Token, cursor: int) -> int:
        """An address typed as it is makes a link too, on every network."""
        typed = _ADDRESS.findall(line.around)
        line.around = _ADDRESS.sub("", line.around)
        for url in typed:
            found = re.compile(rf"(?<![(<]){re.escape(url)}").search(inline.content, cursor)
            cursor = found.end() if found else cursor
            self.keep(Link(url=url, words=url, at=self.place(inline, found.start() if found else 0)), line)
        return cursor

    def keep(self, link: Link, line: Line) -> None:
        """Remember a link of a line, unless its address is one that must not be sent."""
        fault, hint = judge_url(link.url)
        if fault:
            self.tell("bad-link", fault, link.at, hint, Severity.ERROR)
            return
        line.links.append(link)
        self.found.links.append(link)

    def place(self, inline: Token, start: int) -> Place:
        """Line and column in the file of a character of a paragraph's source."""
        begins, columns = self._rows(inline)
        row = bisect_right(begins, start) - 1
        return self._first + (inline.map[0] if inline.map else 0) + row, columns[row] + start - begins[row]

    def _rows(self, inline: Token) -> tuple[list[int], list[int]]:
        """Where each line of a paragraph begins in its source, and in which column of the file."""
        if self._ruled is not inline:
            words, top = inline.content.split("\n"), inline.map[0] if inline.map else 0
            lengths = [len(line) + 1 for line in words]
            begins = [0, *accumulate(lengths[:-1])]
            found = (line.rfind(said) for said, line in zip(words, self._lines[top : top + len(words)], strict=False))
            columns = [max(indent, 0) + 1 for indent in found]
            self._ruled, self._rules = inline, (begins, columns + [1] * (len(words) - len(columns)))
        return self._rules

    def tell(self, rule: str, message: str, at: Place, hint: str, severity: Severity = Severity.HINT) -> None:
        """Note something about a paragraph; most of it is a hint, for the words are still said."""
        self._notes.add(rule, message, at, severity=severity, hint=hint)

    def without_footnotes(self, text: str) -> str:
        """The text without the marks of the footnotes that were taken out."""
        return self._marks.sub("", text)


class _Paragraph:
    """One walk over the tokens of a paragraph."""

    def __init__(self, reader: Reader, inline: Token) -> None:
        self._reader, self._inline = reader, inline
        self._lines = [Line()]
        self._links: list[tuple[str, Place, list[str]]] = []
        self._struck: list[str] | None = None
        self._struck_at: Place = (1, 1)

    def read(self) -> list[Line]:
        for token in self._inline.children or ():
            self._take(token)
        return self._lines

    def _at(self, token: Token) -> Place:
        return self._reader.place(self._inline, token.meta.get("at", 0))

    def _take(self, token: Token) -> None:
        takers: dict[str, Callable[[Token], None]] = {
            "link_open": self._open_link,
            "link_close": self._close_link,
            "image": self._picture,
            "html_inline": self._html,
            "s_open": self._open_struck,
            "s_close": self._close_struck,
        }
        if token.type in takers:
            takers[token.type](token)
        elif token.type in ("softbreak", "hardbreak"):
            self._break()
        else:
            self._say(token.content)

    def _break(self) -> None:
        if self._links or self._struck is not None:
            self._say(" ")
        else:
            self._lines.append(Line())

    def _say(self, text: str) -> None:
        text = self._reader.without_footnotes(text)
        if self._struck is not None:
            self._struck.append(text)
            return
        line = self._lines[-1]
        line.text += text
        if self._links:
            self._links[-1][2].append(text)
        else:
            line.around += text

    def _open_link(self, token: Token) -> None:
        self._links.append((str(token.attrGet("href") or ""), self._at(token), []))
        self._tell_title(token)

    def _close_link(self, _: Token) -> None:
        url, at, words = self._links.pop()
        link = Link(url=url, words=tidy("".join(words)), at=at)
        self._reader.found.used.add(url)
        if self._struck is None:
            self._keep(link)

    def _keep(self, link: Link) -> None:
        if link.url[:8].lower().startswith(("http://", "https://")):
            self._reader.keep(link, self._lines[-1])
        elif not link.url.startswith("mailto:"):
            self._reader.tell(
                "relative-link",
                f"nobody can follow the link to `{link.url[:80]}` from a network",
                link.at,
                "give the whole address, https://…",
            )
        elif not link.bare:
            self._reader.tell(
                "mail-link", f"the address behind {quote(link.words)} is not shown", link.at, "write the address itself"
            )

    def _picture(self, token: Token) -> None:
        source, alt = str(token.attrGet("src") or ""), _plain(token.children or ())
        self._reader.found.shots.append(Shot(file=unquote(source), alt=tidy(alt), at=self._at(token)))
        self._reader.found.used.add(source)
        self._tell_title(token)

    def _tell_title(self, token: Token) -> None:
        title = str(token.attrGet("title") or "")
        if title:
            self._reader.tell(
                "title-not-shown", f"no network shows {quote(title)}", self._at(token), "say it in the text"
            )

    def _html(self, token: Token) -> None:
        if _COMMENT.fullmatch(token.content):
            return
        if _BREAK.fullmatch(token.content):
            self._break()
        elif not token.content.startswith("</"):
            self._reader.tell(
                "html-not-shown",
                f"networks take no HTML: the tag `{token.content[:60]}` is left out",
                self._at(token),
                "remove it",
            )

    def _open_struck(self, token: Token) -> None:
        if self._struck is None:
            self._struck = []
            self._struck_at = self._at(token)

    def _close_struck(self, _: Token) -> None:
        if self._struck is None:
            return
        words, self._struck = "".join(self._struck), None
        message = f"no network shows struck-through words; left out: {quote(words)}"
        self._reader.tell("struck-text", message, self._struck_at, "remove them, or the ~~", Severity.WARNING)


def _plain(tokens: Sequence[Token]) -> str:
    """The words of an alt text, whatever marks are in it."""
    spoken = (
        " " if token.type in ("softbreak", "hardbreak") else _plain(token.children or ()) or token.content
        for token in tokens
    )
    return "".join(spoken)
