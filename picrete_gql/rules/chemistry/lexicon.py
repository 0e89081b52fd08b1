"""Russian words: what is none, but one letter away from one, was misread.

The dictionary is that of OpenCorpora, through `pymorphy3`; what chemists write and it does not know stands here.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

_LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_LEAST = 4
_MOST = 30
_LIKE_TEXT = "окси гидрат хлор сульф нитр фосф карбо бром иод йод этил метил амин пропи"
_ABBREVIATED_TEXT = """
абсол адиаб восст выдел вычис газов гидро данно доста избыт исход кисло колич конеч концен конц масс молек молярн насыщ
начал недост норм образ обр объем обьем окисл опред остав осад полн получ полур практ прод прореаг прореагир равн равнов
разб разл раств раствор реаг сконц смеш соед соотв сост степ стех суммар темп теор теоретич титр удельн умнож урав уравн
усл хим цикл част экв эквив элект
"""
_TERMS_TEXT = """
авогадро клапейрона гесса бойля бойль вант гофф гоффа титрант титранта титранты полуреакция полуреакции полуреакций
полуреакцию гидролиза хлороводорода хлороводородная молярность молярности моляльность стехиометрически фенолфталеин
метилоранж кулон кулонов изотон лакмус пикнометр аликвота аликвоты аликвоту
"""
_LIKE = tuple(_LIKE_TEXT.split())
_ABBREVIATED = frozenset(_ABBREVIATED_TEXT.split())
_TERMS = frozenset(_TERMS_TEXT.split())


@lru_cache(maxsize=8192)
def nearly(word: str) -> bool:
    """Whether a word (lower case, Cyrillic) is none, but one letter less, more or different makes it one.

    Names of substances are built freely, and abbreviations end anywhere: neither are judged.
    """
    if not _LEAST <= len(word) <= _MOST or _known(word) or word in _ABBREVIATED or word in _TERMS:
        return False
    if any(part in word for part in _LIKE) and len(word) > 2 * _LEAST:
        return any(other in _TERMS for other in _neighbours(word))
    return any(other in _TERMS or _known(other) for other in _neighbours(word))


def _known(word: str) -> bool:
    return bool(_dictionary().word_is_known(word))


def _neighbours(word: str) -> Iterator[str]:
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
        for letter in _LETTERS:
            yield word[:at] + letter + word[at + 1 :]
            yield word[:at] + letter + word[at:]


@cache
def _dictionary() -> "MorphAnalyzer":
    # 20 MB and 60 ms: only a process that really reads Russian pays them, once.
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer()
