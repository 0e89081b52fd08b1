"""Levelling two texts before they are compared: what OCR, a model and a keyboard write differently becomes the same."""

import re
import unicodedata

_LOOK_ALIKE = str.maketrans("АВЕКМНОРСТУХаеорсух", "ABEKMHOPCTYXaeopcyx")
_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("«»“”„‟″", '"'),
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("·∙⋅•*", "·"),
        **dict.fromkeys("→⟶⇒⟹➔", ">"),
        **dict.fromkeys("⇄⇌↔⇆", "="),
        **dict.fromkeys("⁄∕", "/"),
        "ё": "е",
        "Ё": "Е",
    }
)
_MARKUP = re.compile(r"</?(?:sub|sup|b|i|u|em|strong|br|p|span|math)\s*/?>|\$+|\\[()\[\]]|\*\*|__", re.IGNORECASE)
_ARROW = re.compile(r"[-=]+>")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_GUTTER = re.compile(r"(?:^|\n)\| ?")
_SPACE = re.compile(r"\s+")
# "1. 5 mol" is a numbered line, not 1.5: a space between a full stop or a comma and a digit stays.
_SPACE_BESIDE_SIGN = re.compile(r" (?=[^\w\s])|(?<=[^\w\s]) (?!\d)|(?<=[^\w\s.,]) ")


def level(text: str) -> str:
    """What is left to compare by.

    Levelled: white space (and any beside a sign), case, quotation marks, dashes, arrows, multiplication points,
    sub- and superscript digits, decimal comma, ё, Cyrillic letters that look like Latin ones, `$` and simple markup,
    the gutter of the prompt, characters that nobody sees. Words, numbers and their order stay.
    """
    text = _GUTTER.sub(" ", _MARKUP.sub("", text))
    text = unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY).translate(_LOOK_ALIKE)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    text = _DECIMAL_COMMA.sub(".", _ARROW.sub(">", text))
    return _SPACE_BESIDE_SIGN.sub("", _SPACE.sub(" ", text)).strip().casefold()


def occurs(needle: str, text: str) -> bool:
    """Is the levelled needle in the levelled text, with no number cut at its ends ("n=5" is not in "n=50")?"""
    before = r"(?<!\d)(?<!\d\.)" if needle[:1].isdecimal() else ""
    after = r"(?!\.?\d)" if needle[-1:].isdecimal() else ""
    return bool(needle) and re.search(before + re.escape(needle) + after, text) is not None
