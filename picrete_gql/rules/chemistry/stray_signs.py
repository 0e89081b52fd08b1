"""Signs that stand where nobody writes them: what recognition leaves behind between numbers, words and formulas."""

import re

_STRAY_COMMAS = (
    r"(?<=\d)\s?[.,]\s?[,](?=\s?\d)",  # 5.,8
    r"(?<=\d)[.,]\s(?=\d)",  # 5, 8
    r"\s[.,](?=\s|\d|\Z)",  # 5 ,8
    r"[,.][,'’-]|,\.",
    r"(?<=[А-Яа-яё])[.](?=[А-Яа-яё]{3})|(?<=[А-Яа-яё])[,'](?=[А-Яа-яё]{2})",  # рас.твор
    r"[·/=+]\s?[,.'](?=\s|\Z)|(?<!\d)[.,](?=\d)|-\s?[,.](?=\d)",
    r"(?<=[A-Za-z]),(?=[A-Za-z])|(?<=[A-Za-z0-9)])[.,]\s?[+=·→]|(?<=\s\d)\.(?=[A-Z])",
    r"(?<=\d)[.,]\s(?=(?:г|л|мл|моль|кПа|К|%)(?!\w))",  # 5, г
)
_STRAY_MARKS = (
    r"(?<=\w)['`’\"](?=\w)|~|(?<![^\W\d])_|_(?![^\W\d])|['`](?=\s|\Z)|['’`](?=\d)|(?<=\d)\s?['’`]",
    r"[·/=+]\s?\||±\s?[=·]|\d\|\d|(?<=[А-Яа-яё])['`’]",
    r"(?:[A-Z][a-z]|[A-Z]\d)\^[1-9](?![+\d-])|\^\d?[+-]\s+[A-Z]",  # SO4^2, «Na^+ Cl»
    r"\^[+-]?[а-яё]",
)
_LOST_SIGNS = (
    r"(?<=[A-Za-z])-(?=[A-Z]\d)|(?<=[A-Za-z])-(?=[A-Z]{2})",  # Na-OH
    r"(?<=[A-Za-z0-9)]) - (?=\d{0,2}[A-Z][a-z]?[A-Z0-9(])",  # CO2 - H2O
    r"(?<![\w^])[a-zA-Zωηνρφ]\s?-\s?(?=\d+[.,:/])",  # m - 5/2
    r"(?<=\)) ?- ?(?=\d+[.,]?\d*\s?(?:г|л|мл|моль)(?!\w))",  # m(NaCl) - 5 г
    r"(?<=\)) ?- ?(?=\d+[.,]?\d*\s?[·/:])|\([A-Z][A-Za-z0-9()]*\) {1,2}\d+[.,]?\d*\s?[·/]",  # m(H2) - 2·3
    r"[·/:]\s?[·/:=+]|[=→⇄]\s?[·/:+→]|\s\+\s?[·/:=→+]|\s[·/]\s?\Z|=\s?=",
    r"(?<=[\w)]) [·/](?=\d)|(?<=[\d)])[·/] (?=\d)|(?<=[A-Za-z0-9)]) \+(?=[\dA-Z])|(?<=[\d)])-(?=\s[A-Z\d])",
)
_TORN_NUMBERS = (
    r"(?<![\d.,])\d{1,3} \d{1,2}(?![\d])|(?<![\w.,])0\d+|(?<![\w.,])1[A-Z]|\d[а-я]\d",
    r"(?<![\w.,])\d+[OОZЗб](?![\w^(])",  # 12O
)
SIGNS = tuple(re.compile("|".join(patterns)) for patterns in (_STRAY_COMMAS, _STRAY_MARKS, _LOST_SIGNS, _TORN_NUMBERS))
"""What is looked for in normalised text; every match is one sign of misreading."""
