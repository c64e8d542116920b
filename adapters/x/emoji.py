"""The emoji that X's own counter takes for one sign: those of Unicode 11, as twitter-text 3.1.0 knows them.

X's documentation counts every emoji as 2, its library only these; a newer sequence counts by its parts, which is never
less, so that a text that fits here fits on X either way. Source: what twemoji-parser 11.0.2, which the library uses,
finds in every code point alone, selected and modified; read 2026-11.
"""

from __future__ import annotations

import re

_TONE = "[\U0001f3fb-\U0001f3ff]"
_SELECTOR, _JOINER = "\ufe0f", "\u200d"

# With U+FE0F behind them, two code points are one sign.
_SELECTED = (
    "©®‼⁉™ℹ↔-↙↩↪⌚⌛⌨⏏⏭-⏯⏱⏲⏸-⏺Ⓜ▪▫▶◀◻-◾☀-☄☎☑☔☕☘☝☠☢☣☦☪☮☯☸-☺♀♂♈-♓♟♠♣♥♦♨♻♿⚒-⚗⚙⚛⚜⚠⚡⚪⚫⚰⚱⚽⚾⛄⛅⛈⛏⛑⛓⛔⛩⛪⛰-⛵⛷-⛺⛽✂✈✉✌✍✏✒✔✖✝✡✳✴"
    "❄❇❗❣❤➡⤴⤵⬅-⬇⬛⬜⭐⭕〰〽㊗㊙🀄🅰🅱🅾🅿🈂🈚🈯🈷🌡🌤-🌬🌶🍽🎖🎗🎙-🎛🎞🎟🏋-🏎🏔-🏟🏳🏵🏷🐿👁📽🕉🕊🕯🕰🕳-🕹🖇🖊-🖍🖐🖥🖨🖱🖲🖼🗂-🗄🗑-🗓🗜-🗞🗡🗣🗨🗯🗳🗺🛋"
    "🛍-🛏🛠-🛥🛩🛰🛳"
)
# People and hands, which take a skin tone; of these, those with the sign of a woman or a man.
_TONED = (
    "☝⛷⛹✊-✍🎅🏂-🏄🏇🏊-🏌👂👃👆-👐👦-👩👮👰-👸👼💁-💃💅-💇💪🕴🕵🕺🖐🖕🖖"
    "🙅-🙇🙋-🙏🚣🚴-🚶🛀🛌🤘-🤜🤞🤟🤦🤰-🤹🤽🤾🦵🦶🦸🦹🧑-🧝"
)
_ACTORS = "🏃🏄🏊👮👱👳👷💁💂💆💇🙅-🙇🙋🙍🙎🚣🚴-🚶🤦🤵🤷-🤹🤽🤾🦸🦹🧖-🧝"
_TASKS = "🌾🍳🎓🎤🎨🏫🏭💻💼🔧🔬🚀🚒🦰-🦳"

# The flags by their first letter.
_FLAGS = (
    "ACDEFGILMOQRSTUWXZ BABDEFGHIJLMNOQRSTVWYZ CACDFGHIKLMNOPRUVWXYZ DEGJKMOZ EACEGHRSTU FIJKMOR GABDEFGHILMNPQRSTUWY "
    "HKMNRTU ICDELMNOQRST JEMOP KEGHIMNPRWYZ LABCIKRSTUVY MACDEFGHKLMNOPQRSTUVWXYZ NACEFGILOPRUZ OM PAEFGHKLMNRSTWY QA "
    "REOSUW SABCDEGHIJKLMNORSTVXYZ TACDFGHJKLMNORTVWZ UAGMNSYZ VACEGINU WFS XK YET ZAMW"
)
_REGIONS = ("gbeng", "gbsct", "gbwls")


def _flag_letters(letters: str) -> str:
    return "".join(chr(ord(letter) + 0x1F1E6 - ord("A")) for letter in letters)


def _tags(region: str) -> str:
    return "🏴" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"


# The longest first: a pattern that begins with the same sign and reads further stands before the others.
EMOJI = re.compile(
    "|".join(
        (
            f"[👨👩]{_TONE}?{_JOINER}(?:[⚕⚖✈]{_SELECTOR}|[{_TASKS}])",
            f"[⛹🏋🏌🕴🕵](?:{_TONE}|{_SELECTOR}){_JOINER}[♀♂]{_SELECTOR}",
            f"(?:[{_ACTORS}]{_TONE}?|[👯🤼🧞🧟]){_JOINER}[♀♂]{_SELECTOR}",
            f"(?:👨{_JOINER}❤{_SELECTOR}{_JOINER}(?:💋{_JOINER})?👨|👩{_JOINER}❤{_SELECTOR}{_JOINER}(?:💋{_JOINER})?[👨👩])",
            f"(?:👨{_JOINER}[👨👩]|👩{_JOINER}👩|[👨👩]){_JOINER}(?:👦{_JOINER}👦|👧{_JOINER}[👦👧]|[👦👧])",
            f"🏳{_SELECTOR}{_JOINER}🌈|🏴{_JOINER}☠{_SELECTOR}|👁{_JOINER}🗨",
            f"[#*0-9]{_SELECTOR}?\u20e3",
            f"[☝⛷⛹✌✍🏋🏌🕴🕵🖐]{_SELECTOR}{_TONE}|[{_SELECTED}]{_SELECTOR}|[{_TONED}]{_TONE}",
            *map(_tags, _REGIONS),
            *(f"{_flag_letters(group[0])}[{_flag_letters(group[1:])}]" for group in _FLAGS.split()),
        )
    )
)
