"""A post's body as material: what opens, what lists, what is quoted, asked, told and offered, all in plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from publisher.content import inline
from publisher.content.blocks import Block, take_blocks
from publisher.content.inline import Line, Link, Shot
from publisher.content.notes import Notes, Place, quote
from publisher.content.plain import asks, has_number, split_sentences, tidy
from publisher.words import Material, Severity

if TYPE_CHECKING:
    from markdown_it.token import Token

_SOURCE = re.compile(r"(?:[—–―]|-{1,3}(?=\s))\s*(\S.*)")
_TASK = re.compile(r"\[[ xX]\]\s+")
_TAG = re.compile(r"<[^>]*>")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a body holds. `places` says where each kind of material begins (`hook`, `points`, `points.0`, …)."""

    material: Material
    link: str = ""
    title: str = ""
    shots: tuple[Shot, ...] = ()
    blocks: tuple[Block, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    at: Place


@dataclass(slots=True)
class _Node:
    token: Token
    children: list[_Node] = field(default_factory=list)


def parse_body(body: str, notes: Notes, *, first_line: int, title: str = "", link: str = "") -> Body:
    """The material of a body; what no network will show, and every further link, is a finding.

    `title` and `link` are what the front matter gives: a heading that repeats the one is no loss, and a link found
    here takes the place of a missing other.
    """
    taken = take_blocks(body, first_line, notes)
    environment: dict[str, dict[str, dict[str, object]]] = {}
    tokens = inline.parser().parse("\n".join(taken.lines), environment)
    walk = _Walk(taken.lines, first_line, inline.Reader(taken.lines, first_line, taken.footnotes, notes), notes, title)
    walk.take(_grow(tokens))
    walk.tell_too_deep(tokens)
    walk.tell_unused(environment.get("references", {}))
    return walk.sort(link, tuple(taken.blocks))


def _grow(tokens: Sequence[Token]) -> list[_Node]:
    """The flat tokens as a tree."""
    root: list[_Node] = []
    rows = [root]
    for token in tokens:
        node = _Node(token)
        if token.nesting >= 0:
            rows[-1].append(node)
        if token.nesting > 0:
            rows.append(node.children)
        elif token.nesting < 0:
            rows.pop()
    return root


class _Walk:
    """One walk down the body's blocks."""

    def __init__(self, lines: Sequence[str], first_line: int, reader: inline.Reader, notes: Notes, title: str) -> None:
        self._lines, self._first, self._reader, self._notes = lines, first_line, reader, notes
        self._title, self._found_title = tidy(title), ""
        self._told: list[_Said] = []
        self._points: list[_Said] = []
        self._quote = self._source = _Said("", (1, 1))
        self._calls: list[Link] = []
        self._lone: list[Link] = []

    # --- blocks ---

    def take(self, nodes: Sequence[_Node]) -> None:
        takers: dict[str, Callable[[_Node], None]] = {
            "paragraph_open": self._paragraph,
            "bullet_list_open": self._list,
            "ordered_list_open": self._list,
            "blockquote_open": self._blockquote,
        }
        for node in nodes:
            takers.get(node.token.type, self._other)(node)

    def _at(self, node: _Node) -> Place:
        """Where a block's own words begin: after the marks of its list, quotation or heading."""
        row = node.token.map[0] if node.token.map else 0
        line = self._lines[row] if row < len(self._lines) else ""
        return self._first + row, len(line) - len(line.lstrip(" \t>")) + 1

    def _words_at(self, node: _Node) -> Place:
        inner = node.children[0].token if node.children else node.token
        return self._reader.place(inner, 0) if inner.type == "inline" else self._at(node)

    def _read(self, node: _Node) -> list[Line]:
        return [
            line for child in node.children if child.token.type == "inline" for line in self._reader.read(child.token)
        ]

    def _paragraph(self, node: _Node) -> None:
        kept = [line for line in self._read(node) if not self._take_call(line)]
        self._tell_addresses(kept)
        if kept:
            self._told.append(_Said(inline.join(kept), self._words_at(node)))

    def _take_call(self, line: Line) -> bool:
        """Whether the line is nothing but a link (or an address), and so an offer rather than something said."""
        if len(line.links) != 1 or tidy(line.around):
            return False
        link = line.links[0]
        (self._lone if link.bare else self._calls).append(link)
        return True

    def _tell_addresses(self, lines: Sequence[Line]) -> None:
        for line in lines:
            for link in line.links:
                if link.bare:
                    self._reader.tell(
                        "bare-link",
                        "this address is part of the text on every network",
                        link.at,
                        "write `[words](address)`, or use `link:`",
                    )

    def _list(self, node: _Node) -> None:
        self._points.extend(self._flatten(node))

    def _flatten(self, node: _Node) -> list[_Said]:
        return [point for item in node.children for point in self._item(item)]

    def _item(self, item: _Node) -> list[_Said]:
        """One list item and what is nested under it: `Listen:` leads its own list, any other stands beside it."""
        own: list[Line] = []
        nested: list[_Said] = []
        for child in item.children:
            if child.token.type == "paragraph_open":
                own.extend(self._read(child))
            elif child.token.type in ("bullet_list_open", "ordered_list_open"):
                nested.extend(self._flatten(child))
            else:
                self.take([child])
        self._tell_addresses(own)
        text = _TASK.sub("", inline.join(own), count=1) if _TASK.match(inline.join(own)) else inline.join(own)
        if not text:
            return nested
        at = self._words_at(item.children[0])
        if text.endswith(":") and nested:
            return [_Said(f"{text} {'; '.join(point.text.rstrip('.;,') for point in nested)}", at)]
        return [_Said(text, at), *nested]

    def _blockquote(self, node: _Node) -> None:
        said = self._quoted(node)
        source = ""
        if len(said) > 1:
            last = _SOURCE.fullmatch(said[-1].text)
            source = last.group(1) if last else ""
        text = tidy(" ".join(part.text for part in (said[:-1] if source else said)))
        if not text:
            return
        if self._quote.text:
            self._reader.tell(
                "second-quote",
                "a post has one quotation; this one is told with the rest",
                said[0].at,
                "make it a post of its own",
            )
            self._told.append(_Said(f"{text} — {source}" if source else text, said[0].at))
            return
        self._quote, self._source = _Said(text, said[0].at), _Said(source, said[-1].at)

    def _quoted(self, node: _Node) -> list[_Said]:
        """The lines of a quotation; `> - Jane` under it is a list to Markdown, and its source to everybody else."""
        said: list[_Said] = []
        for child in node.children:
            kind = child.token.type
            if kind == "paragraph_open":
                at = self._words_at(child)
                said.extend(_Said(tidy(line.text), (at[0] + row, at[1])) for row, line in enumerate(self._read(child)))
            elif kind == "blockquote_open":
                said.extend(self._quoted(child))
            elif kind in ("bullet_list_open", "ordered_list_open"):
                points = self._flatten(child)
                lone = len(points) == 1 and said and child is node.children[-1] and kind == "bullet_list_open"
                said.extend(_Said(f"— {point.text}" if lone else point.text, point.at) for point in points)
            else:
                self._other(child)
        return said

    def _other(self, node: _Node) -> None:
        kind = node.token.type
        if kind == "heading_open":
            self._heading(node)
        elif kind in ("fence", "code_block"):
            self._lose(
                "code-not-shown",
                "no network shows a block of code",
                node.token.content,
                node,
                "make it a picture, or link to it",
            )
        elif kind == "table_open":
            self._lose(
                "table-not-shown", "no network shows a table", _cells(node), node, "make it a list, or a picture"
            )
        elif kind == "html_block":
            self._html(node)

    def _lose(self, rule: str, why: str, words: str, node: _Node, hint: str) -> None:
        if words.strip():
            self._reader.tell(rule, f"{why}; left out: {quote(words)}", self._at(node), hint, Severity.WARNING)

    def _html(self, node: _Node) -> None:
        shown = _COMMENT.sub("", node.token.content)
        if shown.strip():
            words = _TAG.sub(" ", shown)
            self._lose(
                "html-not-shown",
                "networks take no HTML",
                words if words.strip() else shown,
                node,
                "write it in Markdown",
            )

    def _heading(self, node: _Node) -> None:
        text = inline.join(self._read(node))
        if not self._title and not self._found_title and node.token.tag == "h1":
            self._found_title = text
        elif text and text.casefold() != (self._title or self._found_title).casefold():
            self._reader.tell(
                "heading-not-shown",
                f"no network shows headings; left out: {quote(text)}",
                self._words_at(node),
                "make it a sentence of the text",
            )

    # --- what Markdown itself passes over ---

    def tell_too_deep(self, tokens: Sequence[Token]) -> None:
        """Markdown stops reading at a depth, and what lies deeper would be lost."""
        deep = next((token for token in tokens if token.level >= inline.NESTING - 1), None)
        if deep is not None:
            row = deep.map[0] if deep.map else 0
            self._notes.add(
                "too-deep",
                "lists and quotations are nested too deeply to be read",
                (self._first + row, 1),
                hint="use one or two levels",
            )

    def tell_unused(self, references: Mapping[str, Mapping[str, object]]) -> None:
        """Name the link definitions that nothing in the text uses."""
        for reference in references.values():
            if reference.get("href") not in self._reader.found.used:
                rows = reference.get("map")
                row = rows[0] if isinstance(rows, (list, tuple)) else 0
                self._reader.tell(
                    "unused-reference",
                    f"nothing refers to the address {str(reference.get('href'))[:80]}",
                    (self._first + row, 1),
                    "use it, or remove it",
                )

    # --- material ---

    def sort(self, link: str, blocks: tuple[Block, ...]) -> Body:
        """Everything that was said, by what it is good for."""
        hook, story = (self._told[0], self._told[1:]) if self._told else (_Said("", (1, 1)), [])
        figures = [
            _Said(sentence, said.at)
            for said in (*self._told[:1], *story, *self._points)
            for sentence in split_sentences(said.text)
            if has_number(sentence)
        ]
        question, story = _find_question(story)
        call, chosen = self._choose_link(link)
        material = Material(
            hook=hook.text,
            points=tuple(point.text for point in self._points),
            quote=self._quote.text,
            quote_source=self._source.text,
            figures=tuple(dict.fromkeys(figure.text for figure in figures)),
            question=question.text,
            story=tuple(said.text for said in story),
            call=call.text,
        )
        lists = {"points": self._points, "figures": figures, "story": story}
        single = {
            "hook": hook,
            "quote": self._quote,
            "quote_source": self._source,
            "question": question,
            "call": call,
            "link": chosen,
        }
        return Body(
            material=material,
            link=chosen.text,
            title=self._found_title,
            shots=tuple(self._reader.found.shots),
            blocks=blocks,
            places=_places(single, lists),
        )

    def _choose_link(self, given: str) -> tuple[_Said, _Said]:
        """The call to action and the post's link: the header's, else the call's, else the first one in the text."""
        links = self._reader.found.links
        first = next(iter((*self._calls, *self._lone, *links)), None)
        chosen = _Said(first.url, first.at) if first and not given else _Said(given, (1, 1))
        lone = frozenset(self._lone)
        for link in links:
            if link.url != chosen.text and (not link.bare or link in lone):
                message = f"a post has one link; {link.url[:80]} is not sent"
                self._reader.tell(
                    "further-link", message, link.at, "give it a post of its own, or say it in a `:::` block"
                )
        for link in self._calls[1:]:
            if link.words != self._calls[0].words:
                self._reader.tell(
                    "further-call", f"a post has one call to action; left out: {quote(link.words)}", link.at, "keep one"
                )
        return (_Said(self._calls[0].words, self._calls[0].at) if self._calls else _Said("", (1, 1))), chosen


def _cells(table: _Node) -> str:
    if table.token.type == "inline":
        return table.token.content
    return " ".join(filter(None, map(_cells, table.children)))


def _find_question(story: Sequence[_Said]) -> tuple[_Said, list[_Said]]:
    """The question to ask, and the story without it.

    A question that ends the post, or has a paragraph to itself, is asked; one inside the story stays part of it.
    """
    for place in range(len(story) - 1, -1, -1):
        said = story[place]
        sentences = split_sentences(said.text)
        if asks(said.text) and (place == len(story) - 1 or len(sentences) == 1):
            rest = said.text[: -len(sentences[-1])].rstrip(" ")
            left = [_Said(rest, said.at)] if rest else []
            return _Said(sentences[-1], said.at), [*story[:place], *left, *story[place + 1 :]]
    return _Said("", (1, 1)), list(story)


def _places(single: Mapping[str, _Said], lists: Mapping[str, Sequence[_Said]]) -> dict[str, Place]:
    found = {key: said.at for key, said in single.items() if said.text}
    for key, said in lists.items():
        found.update({f"{key}.{index}": one.at for index, one in enumerate(said)})
        found.update({key: said[0].at} if said else {})
    return found
