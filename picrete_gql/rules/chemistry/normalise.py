"""Recognised text made uniform, with the way back to the letters that stand on the page."""

import re
from fractions import Fraction

from .latex import plain
from .lookalikes import latinised
from .mapped import Mapped
from .readings import readings

MAX_CHARS = 20_000
"""Longest text of one block that is looked at; what comes after is not judged at all."""

_TABLE = {
    **dict.fromkeys(map(ord, "−–—‒‐‑―﹣－"), "-"),
    **dict.fromkeys(map(ord, "×✕✖⋅∙•∗*·‧"), "·"),
    **dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\t\v\f\r"), " "),
    **dict.fromkeys(map(ord, "⇄⇌↔⇆⇋⟷⇔"), "⇄"),
    **dict.fromkeys(map(ord, "→⟶⇒➔➝➞⟹↦➜"), "→"),
    **dict.fromkeys(map(ord, "═＝꞊"), "="),
    **dict.fromkeys(map(ord, "º˚"), "°"),
    **dict(zip(map(ord, "₀₁₂₃₄₅₆₇₈₉₊₋₍₎"), "0123456789+-()", strict=True)),
    ord("＋"): "+",
}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&nbsp;": " ", "&middot;": "·", "&rarr;": "→", "&deg;": "°"}
_TAGS = {"sup": "^", "br": "\n", "p": "\n", "div": "\n", "li": "\n", "tr": "\n", "td": " ", "th": " "}

_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]+")
_ENTITY = re.compile("&(?:lt|gt|amp|nbsp|middot|rarr|deg);")
_STRUCK = re.compile(r"<(del|s|strike)>[^<>]{0,400}</\1>|~~[^~\n]{1,400}~~")
_TAG = re.compile(
    r"<(/?)(sup|sub|br|p|div|li|tr|td|th|math|i|b|u|em|strong|span|table|tbody|thead|ul|ol|del|mark)\b[^<>]{0,200}>"
)
_SUPERSCRIPT = re.compile("[⁰¹²³⁴-⁹⁺⁻ⁿ]+")
_BOTH_WAYS = re.compile(r"<[-=]{1,4}>")
_ONE_WAY = re.compile(r"[-=]{1,4}>")
_OVER_ARROW = re.compile(r"(?<=[→⇄])(?:\[[^\[\]]{0,40}\]){1,2}(?=\s)")
_DOUBLE_EQUALS = re.compile(r"={2,}")
_DEGREE = re.compile(r"\^\s?°|(?<=\d)\^[0oOоО](?=\s?[CС](?![a-z0-9]))")
_BLANKS = re.compile(" {2,}")
_LONE_CARET = re.compile(r"\^(?=\s|\Z)|\^(?=\^)")
_HALF = re.compile("([0-9]{0,3})([½¼¾⅓⅔])")
_HALVES = {"½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4), "⅓": Fraction(1, 3), "⅔": Fraction(2, 3)}
_PYTHON_POWER = re.compile(r"(?<=\d)\*\*(?=[-+\d(])")
_BOLD = re.compile(r"\*{2,}|_{2,}|`+")
_POWER = re.compile(r"(?<=\d)(\s?)[xхXХ](\s?)(?=10(?:\^|\s|-|\d))")
_ZERO = re.compile(r"(?<![\w.,])[OОоo](?=[.,]\d)")
_ONE = re.compile(r"(?<![\w.,|])[lI|](?=[.,]\d)")
_THREE = re.compile(r"(?<![\w.,])З(?=[.,]\d)")
_AFTER_ZERO = re.compile(r"(?<![\w.,])0[.,][OОоolI|]{1,4}(?=\d)")
_AS_DIGITS = str.maketrans("OОоolI|", "0000111")
_MIXED = re.compile(r"(?<![\w.,])[0-9(\[]{0,12}[A-ZА-Я][A-Za-zА-Яа-яЁё0-9()\[\]]*")
_TEMPERATURE = re.compile(r"\d+[А-Яа-я]")


def normalise(text: str) -> Mapped:
    """One block as plain text: formulas on the line (`SO4^2-`), arrows → ⇄ =, `·` for every dot of multiplication.

    Undone: LaTeX and mhchem, HTML sub- and superscripts, Unicode ones, dashes, odd blanks, letters read for digits in
    decimal numbers, Cyrillic look-alikes in formulas. Decimal commas stay. Never raises; time is linear in the text.
    """
    read = Mapped.of(text[:MAX_CHARS])
    if not text.isascii():
        read = read.sub(_INVISIBLE, "").sub(_HALF, lambda m: str(int(m[1] or 0) + _HALVES[m[2]]))
    if "<" in text or "&" in text or "~~" in text:
        read = read.sub(_STRUCK, " ").sub(_TAG, _tag).sub(_ENTITY, lambda m: _ENTITIES[m[0]])
    read = (
        plain(read.sub(_PYTHON_POWER, "^").sub(_BOLD, ""))
        .sub(_SUPERSCRIPT, lambda m: "^" + m[0].translate(_SUPERSCRIPTS))
        .translate(_TABLE)
    )
    read = read.sub(_BOTH_WAYS, "⇄").sub(_ONE_WAY, "→").sub(_OVER_ARROW, "").sub(_DOUBLE_EQUALS, "=")
    read = read.sub(_DEGREE, "°").sub(_LONE_CARET, " ").sub(_BLANKS, " ")
    return _numbers(read).sub(_MIXED, _formula)


def _tag(match: re.Match[str]) -> str:
    closing, name = match[1], match[2]
    return _TAGS.get(name, "") if not closing or name not in ("sup", "sub") else ""


def _numbers(read: Mapped) -> Mapped:
    """Digits that were read as letters, where only a decimal number can stand."""
    read = read.sub(_POWER, lambda m: f"{m[1]}·{m[2]}")
    read = read.sub(_ZERO, "0").sub(_ONE, "1").sub(_THREE, "3")
    return read.sub(_AFTER_ZERO, lambda m: m[0].translate(_AS_DIGITS))


def _formula(match: re.Match[str]) -> str:
    """A token of mixed alphabets, or of letters with digits, in Latin letters if that makes it a formula."""
    token = match[0]
    latin = None if token.isascii() or _TEMPERATURE.fullmatch(token) else latinised(token)
    if latin is None or not any(char.isascii() and char.isalnum() for char in token):
        return token
    return latin if readings(latin.lstrip("0123456789")) else token
