"""What the findings about calculations say, and what a slip is called."""

from fractions import Fraction

from .chains import Equality
from .finding import Words
from .rounding import near, shifted

COMPUTED = Words("Вычисление верно.", "The calculation is right.")
CONVERTED = Words("Единицы переведены верно.", "The units are converted rightly.")
NOT_CONVERTED = Words("{} — это {}, а не {}.", "{} is {}, not {}.")
DIMENSION = Words(
    "Число сходится, но из этих единиц не получается единица результата: {}.",
    "The number is right, but these units do not give the unit of the result: {}.",
)
UNCLEAR = Words(
    "Вычисление не сходится, но запись можно понять по-разному (единицы, проценты, степень).",
    "The calculation does not come out, but it can be read in more than one way (units, per cent, a power).",
)
_WRONG = Words("Получается {}, а записано {}.", "It comes to {}, but {} is written.")
_DOUBT = Words(
    "Похоже на ошибку, но на странице есть следы неточного распознавания: ",
    "This looks like a mistake, but the page shows traces of misreading: ",
)
_COMMA = Words(" Похоже, сдвинута запятая.", " The decimal comma seems to be shifted.")
_INVERSE = Words(" Похоже, делимое и делитель переставлены.", " Dividend and divisor seem to be exchanged.")
_OPERATION = Words(" Похоже, выполнено другое действие.", " Another operation seems to have been done.")
_SWAPPED = Words(" Похоже, цифры переставлены местами.", " Two digits seem to be exchanged.")
_SIGN = Words(" Похоже, потерян знак.", " A sign seems to be lost.")
_DIGIT = Words(" Отличается одна цифра.", " One digit is different.")
_OPERATIONS = ("+", "-", "·", "/")


def doubted(words: Words) -> Words:
    """An accusation that is not made."""
    return Words(_DOUBT.ru + words.ru, _DOUBT.en + words.en)


def slip(equality: Equality, value: Fraction, expected: str, stated: str) -> Words:
    """What it comes to, and what kind of slip it looks like, if it looks like one."""
    wrong = _WRONG.filled(expected, stated)
    name = _name(equality, value, expected)
    return Words(wrong.ru + name.ru, wrong.en + name.en) if name else wrong


def _name(equality: Equality, value: Fraction, expected: str) -> Words | None:
    number = equality.right.single
    if number is None:
        return None
    stated = number.value
    if stated == -value:
        return _SIGN
    if shifted(stated, value, (1, 2, 3, 4)):
        return _COMMA
    if value and near(stated, 1 / value, Fraction(1, 100)):
        return _INVERSE
    if _other_operation(equality, stated):
        return _OPERATION
    return _digits(expected, number.literal)


def _other_operation(equality: Equality, stated: Fraction) -> bool:
    items = equality.left.items
    if len(items) != 3 or len(equality.left.numbers) != 2:
        return False
    first, second = (number.value for number in equality.left.numbers)
    results = (first + second, first - second, first * second, first / second if second else stated - 1)
    pairs = zip(_OPERATIONS, results, strict=True)
    return any(near(stated, result, Fraction(1, 500)) for sign, result in pairs if sign != items[-1])


def _digits(expected: str, literal: str) -> Words | None:
    right, wrong = (text.split(" ")[0].replace(",", ".") for text in (expected, literal))
    if len(right) != len(wrong):
        return None
    different = [at for at, (one, other) in enumerate(zip(right, wrong, strict=True)) if one != other]
    if len(different) == 1:
        return _DIGIT
    return _SWAPPED if len(different) == 2 and sorted(right) == sorted(wrong) else None
