"""Posts as people write them, and as nobody should: every kind of Markdown, many scripts, odd front matter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

CHANNELS = ("x", "linkedin", "linkedin-founder", "facebook", "instagram", "mastodon", "bluesky", "community-chat")
BLOCKS = (*CHANNELS, "apprise")
ANGLES = ("hook", "point", "quote", "figure", "question", "story", "call", "list")

WORDS = {
    "en": "the a we people page reply isn't don't Monday harbour I'm listening slowly twice heard nothing back "
    "Dr. e.g. utilise St. U.S.A. o'clock well-kept and/or C++ C# Yahoo! Ph.D. a.m. cannot do not "
    "rock'n'roll O'Neill 'tis no. 5",
    "fr": "la page l'été aujourd'hui nous écoutons déjà réponse jusqu'à M. Mme n° p. ex. cœur « oui » prêt-à-porter "
    "où ça J.-C. Œuvre c'est qu'il d'accord 12 h 30 etc.",
    "rtl": "مرحبا بالعالم כתיבה של פוסט קצר السؤال؟ ١٢٣ שלום, הנה \u200fעמוד\u200f كتابٌ עִבְרִית می\u200cخواهم",
    "cjk": "多くの企業は。告知から始まります 5分で読む！ 我们先听，再说。 部品はどこで買えますか？ "
    "안녕하세요 한국어 １２３４ 「引用」 ｶﾞｷﾞ ハッシュタグ 微信、微博；",
    "marks": "e\u0301te\u0301 Z\u0351\u036ba\u0322\u034el\u0358go\u0348 हिन्दी ภาษาไทย நி தமிழ் क्षि ȧ\u0323 "
    "İstanbul ıŞ ﬁne ǅ straße ᾳ a\u20dd co\u00adop\u00aderate zero\u200bwidth word\u2060joiner ﷽",
    "emoji": "👩‍👩‍👧‍👦 👩🏽‍💻 🏳️‍🌈 🇫🇷 🏴󠁧󠁢󠁳󠁣󠁴󠁿 ❤️ ☺ 1️⃣ #️⃣ 🎉🎉🎉 🤷🏿‍♀️ © ™ :tada: :+1: 🫱🏼‍🫲🏿 🇫🇷🇩🇪🇯🇵 ✂️ :) <3 ;-)",
    "numbers": "84% 1,234.56 1.234,56 1 234,50 € $4.99 3.5× 10:30 2026-12-01 1/3 2/2 ½ -5 +33 1e10 007 12e 1st 0.5 "
    "10,000 100–200 5€ №5 30° #1 $5 ٣٫٥ 3-2 9/11 1.",
    "names": "README.md node.js main.py a.zip example.com www.example.org/path e.g.this file.mov ASP.NET foo.bar.baz "
    "t.co v1.2.3 中文.com münchen.de 1.2.3.4 localhost:8080 index.html …and.so.on",
    "people": "@saltmarsh @lumen @nobody @saltmarsh, (@lumen) @lumen's @a@mastodon.example hello@example.org "
    "@tidewater.example.org @_under @x/y .@saltmarsh @saltmarsh.example.org @LUMEN @été @ @@",
    "tags": "#Agile #social_media #C++ #été #日本語 #1st #a#b #Agile, (#tag) #tag's $TWTR $BRK.A $twtr #हिन्दी "
    "＃全角 #️⃣ # ## #a-b &#39; #SocialMedia",
    "urls": "https://example.org/a https://example.org/a?b=c&d=e#f https://example.org/a_(b) https://example.org/a. "
    "(https://example.org/x) http://例え.jp/パス https://münchen.example/ä https://xn--mnchen-3ya.example/ "
    "https://example.org/a,b;c https://example.org/a! HTTPS://EXAMPLE.ORG/A https://example.org:8443/~me/ "
    "https://example.org/%C3%A9 https://user@example.org/ ftp://example.org/f mailto:me@example.org "
    "https://example.org/👩‍💻 https://example.org/a'b https://example.org/**b** https://a.b.c.example.org "
    "<https://example.org/auto> https://example.org/#!/x http:// https://[::1]/ https://example.org/a|b "
    "https://example.org/é\u0301 javascript:alert(1) https://example.org/a。 「https://example.org/b」",
    "marked": "**bold** *it* ***both*** `code` ``a`b`` ~~struck~~ ~~old 5~~ \\*not\\* &amp; &nbsp; &#128512; &lt;b&gt; "
    "<b>html</b> <br> <!-- c --> [link](https://example.org/l) [mail](mailto:a@b.org) [rel](page.md) "
    '[t](https://example.org/t "title") [ref][one] [one] [lost][gone] [^n] [^lost] ![alt](a.png) ![](b.png) '
    "[![in](c.png)](https://example.org/i) **un*closed __init__ snake_case_word 2*3*4 a_b* [x](<a b>) [ ] [x] \\\\ "
    "[empty]() [](https://example.org/e) *a **b* c** http\\://x",
    "signs": "! ? ?! !!! … -- --- — – “q” 'q' \"q\" « q » „q“ ‘q’ () [] {} | \\ / * _ ~ ` ^ < > = + & % $ @ # ; : , . "
    "• → · ￼ \u00a0 \u202f \u3000 |a|b| {x} \\n (a) [b] &c",
}  # fmt: skip
LONG = (
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "w" * 281,
    "x" * 600,
    "長" * 160,
    "é" * 301,
    "👩‍👩‍👧‍👦" * 30,
    "https://example.org/" + "long-path/" * 40,
    "https://example.org/?" + "q" * 2100,
    "#" + "Tag" * 50,
    "@" + "name" * 20,
    "a-" * 200,
    "a\u0301" * 320,
    "z" + "\u0301" * 400,
)
ENDINGS = (
    ".",
    ".",
    ".",
    "!",
    "?",
    "…",
    " !",
    " ?",
    ":",
    "",
    "。",
    "؟",
    "?!",
    "!!!",
    ".)",
    ".”",
    " »",
    ". ",
    ";",
    "! 🎉",
)

tokens = st.one_of(
    *(st.sampled_from(words.split(" ")) for words in WORDS.values()),
    st.sampled_from(WORDS["en"].split(" ")),
    st.sampled_from(WORDS["en"].split(" ")),
    st.integers(0, 10**7).map(lambda number: f"{number:,}"),
    st.sampled_from(LONG),
)
plain_tokens = st.sampled_from((WORDS["en"] + " " + WORDS["fr"]).split(" "))
sentences = st.builds(
    lambda words, end: " ".join(words) + end,
    st.one_of(st.lists(plain_tokens, min_size=3, max_size=14), st.lists(tokens, min_size=1, max_size=12)),
    st.sampled_from(ENDINGS),
)
paragraphs = st.builds(
    lambda said, joint: joint.join(said),
    st.lists(sentences, min_size=1, max_size=5),
    st.sampled_from((" ", " ", "\n", "  \n", "\\\n")),
)


def _item(mark: str, text: str, depth: int) -> str:
    return "  " * depth + mark + text.replace("\n", "\n" + "  " * (depth + 1))


lists = st.lists(
    st.builds(_item, st.sampled_from(("- ", "* ", "1. ", "2) ", "- [ ] ", "- [x] ")), sentences, st.integers(0, 4)),
    min_size=1,
    max_size=6,
).map("\n".join)
quotes = st.builds(
    lambda text, source: "\n".join(f"> {line}" for line in text.split("\n")) + source,
    paragraphs,
    st.sampled_from(("", "", "\n> — Jane Doe", "\n> - Jane", "\n>> deeper", "\n> — @saltmarsh", "\n>\n> more of it")),
)
tables = st.lists(st.lists(tokens, min_size=2, max_size=2), min_size=1, max_size=3).map(
    lambda rows: "| a | b |\n|---|:-:|\n" + "\n".join("| " + " | ".join(row) + " |" for row in rows)
)
codes = sentences.map(lambda text: f"```py\n{text}\n```") | sentences.map(lambda text: "    " + text)
htmls = st.sampled_from(
    (
        "<div>\n\ninside\n\n</div>",
        "<!-- a\ncomment -->",
        "<script>alert(1)</script>",
        "<details><summary>More</summary>text</details>",
        "<img src=a.png>",
        "<p align=center>",
    )
)
oddities = st.sampled_from(
    (
        "# A heading",
        "## Another",
        "Set\n===",
        "---",
        "***",
        "[^n]: A note with 7 words.\n    And more.",
        "[one]: https://example.org/one 'One'",
        "[unused]: https://example.org/unused",
        "What would you do?",
        "Et vous ?",
        "[Read the guide](https://example.org/guide)",
        "https://example.org/lone",
        "![Alt of it](pic.jpg)",
        "![pic.jpg](pic.jpg)",
        "Term\n: definition",
        "$$x^2$$",
        "::: nosuch\nwords\n:::",
        ":::",
        "::: x",
        "\t- tabbed",
        "- \n- \n",
        "> ",
        "\\",
        "&nbsp;",
        "\u00a0",
        "\u200b",
        "---\ntitle: again\n---",
        "🎉",
        "👩‍👩‍👧‍👦" * 60,
        "!!!",
        "5",
        "#Agile",
        "@saltmarsh",
    )
)
own_words = st.one_of(
    st.lists(tokens | st.just("\n"), min_size=0, max_size=40).map(" ".join),
    st.builds(lambda text, times: " ".join([text] * times), sentences, st.integers(1, 60)),
    st.sampled_from(("", " ", "🎉", "https://example.org/alone", "#Agile #C", "The same words everywhere.")),
)
blocks = st.builds(lambda name, text: f"::: {name}\n{text}\n:::", st.sampled_from(BLOCKS), own_words)
essays = st.builds(
    lambda text, times: "\n\n".join(f"{text} Chapter {number} says so." for number in range(times)),
    paragraphs,
    st.integers(2, 120),
)
bodies = st.lists(
    st.one_of(
        paragraphs,
        paragraphs,
        paragraphs,
        lists,
        lists,
        quotes,
        tables,
        codes,
        htmls,
        oddities,
        oddities,
        blocks,
        essays,
    ),
    max_size=9,
).map("\n\n".join)

links = st.sampled_from(
    (
        "https://example.org/guide",
        "https://www.example.org/a/?q=1&utm=2#top",
        "https://münchen.example/straße",
        "https://example.org/" + "deep/" * 60,
        "https://example.org/a_(b)",
        "https://例え.jp/",
        "http://example.org",
        "HTTPS://Example.ORG/A",
        "https://www.facebook.com/events/1",
        "http://localhost:3000/",
        "@mastodon",
        "@x",
    )
)
words_or_list = st.lists(
    st.sampled_from(
        (
            "social media",
            "C++",
            "été 2026",
            "日本",
            "हिन्दी",
            "#tagged",
            "a/b",
            "5",
            "",
            "2026",
            "l'heure",
            "🎉 party",
            "x" * 120,
            "CamelCase",
            "camelcase",
            "don't",
            "R&D",
            "node.js",
            "İstanbul",
            "ﬁne",
            "a b c d e f",
            "@saltmarsh",
        )
    ),
    max_size=8,
)
speeches = st.one_of(
    st.just(False),
    st.fixed_dictionaries(
        {},
        optional={
            "text": own_words,
            "angle": st.sampled_from(ANGLES),
            "thread": st.sampled_from((True, False, "auto")),
            "link": links | st.just("none"),
            "tags": words_or_list,
            "warning": sentences,
        },
    ),
)
pictures = st.lists(
    st.fixed_dictionaries(
        {
            "file": st.sampled_from(
                ("loop.jpg", "a.jpg", "b/c.jpg", "été.jpg", "missing.png", "d.jpg", "e.jpg", "f.jpg")
            ),
            "alt": sentences | st.sampled_from(("", "loop.jpg", "word " * 700)),
        }
    ),
    max_size=6,
)
headers = st.fixed_dictionaries(
    {"title": sentences | st.sampled_from(("", "A title", "t" * 500))},
    optional={
        "language": st.sampled_from(("en", "fr", "fr-CA", "ja", "ar", "de", "tlh")),
        "objective": st.sampled_from(
            ("community", "interaction", "awareness", "recruiting", "selling", "ideas", "odd")
        ),
        "link": links,
        "keywords": words_or_list,
        "media": pictures,
        "channels": st.dictionaries(st.sampled_from(BLOCKS), speeches, max_size=5)
        | st.lists(st.sampled_from(BLOCKS), max_size=3),
        "hook": sentences,
        "points": st.lists(sentences, max_size=4),
        "quote": sentences,
        "quote_source": sentences,
        "figures": st.lists(sentences, max_size=3),
        "question": sentences,
        "call": sentences,
    },
)


def write(header: Mapping[str, Any], body: str) -> str:
    """The post as a file; JSON is YAML too."""
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in header.items())
    return "\n".join(("---", *lines, "---", body, ""))


drafts = st.builds(write, headers, bodies)
