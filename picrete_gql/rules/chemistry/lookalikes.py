"""Letters that look alike: Cyrillic and Latin ones, and digits that recognition takes for letters."""

import re

LATIN = str.maketrans("АВЕКМНОРСТУХаеорсух", "ABEKMHOPCTYXaeopcyx")
"""Cyrillic letters that a formula can be misread with, and what they stand for there."""

_CYRILLIC = re.compile("[А-Яа-яЁё]")
_DIGITS = str.maketrans({"З": "3", "з": "3", "б": "6"})
_COUNT = re.compile(r"(?<=[A-Za-z)\]])[Ззб]")

# What recognition confuses becomes one letter; the words we look for are folded by the same table.
_FOLD = str.maketrans("авекнорстухзёдйи0m8gnzr", "abekhopctyx3edui" + "otbdп3г")


def latinised(token: str) -> str | None:
    """The token in Latin letters, or None when some Cyrillic letter has no Latin double."""
    if token.isascii():
        return token
    token = _COUNT.sub(lambda match: match[0].translate(_DIGITS), token.translate(LATIN))
    return None if _CYRILLIC.search(token) else token


def skeleton(word: str) -> str:
    """A word folded so that letters which recognition confuses are the same letter."""
    return word.lower().translate(_FOLD)


def distance(one: str, other: str, most: int) -> int:
    """Edit distance, or `most + 1` as soon as it is certainly greater. Meant for words, not for texts."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        above, row = row, [i]
        for j, right in enumerate(other, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (left != right)))
        if min(row) > most:
            return most + 1
    return row[-1]
